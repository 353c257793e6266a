#include "tests/corpus/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <ranges>

#include "tests/corpus/corpus_files.h"
#include "tests/support/repository.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kMinute_ns = 60'000'000'000;

// Of the message that `what` holds: one of the fields is enough.
struct Essentials {
  std::string_view what;
  std::array<std::string_view, 2> fields;
};
constexpr Essentials kEssentials[] = {
    {"process_start", {"image"}},
    {"file_create", {"path"}},
    {"file_delete", {"path"}},
    {"file_time_change", {"path"}},
    {"file_access", {"path"}},
    {"file_stream_create", {"path"}},
    {"registry_key_create", {"key"}},
    {"registry_key_delete", {"key"}},
    {"registry_key_rename", {"key"}},
    {"registry_set", {"key"}},
    {"registry_delete", {"key"}},
    {"service_install", {"name", "image_path"}},
    {"scheduled_task_register", {"name"}},
    {"driver_load", {"path"}},
    {"image_load", {"path"}},
    {"remote_thread", {"target_image", "target"}},
    {"process_access", {"target_image"}},
    {"network_connect", {"destination_ip"}},
    {"dns_query", {"name"}},
    {"pipe_create", {"name"}},
    {"pipe_connect", {"name"}},
    {"wmi_subscription", {"name", "content"}},
    {"audit_policy_change", {"category", "subcategory"}},
};

// Empty where the operation tells all.
std::string lacks(const v1::Operation& operation) {
  const google::protobuf::Reflection& whole = *operation.GetReflection();
  const auto* kinds = operation.GetDescriptor()->FindOneofByName("what");
  const google::protobuf::FieldDescriptor* what = whole.GetOneofFieldDescriptor(operation, kinds);
  if (what == nullptr) return "what happened";
  const std::string name(what->name());
  const auto* row = std::ranges::find(kEssentials, std::string_view(name), &Essentials::what);
  if (row == std::end(kEssentials)) return {};
  const google::protobuf::Message& told = whole.GetMessage(operation, what);
  const auto is_told = [&](std::string_view field) {
    return !field.empty() &&
           told.GetReflection()->HasField(told, told.GetDescriptor()->FindFieldByName(std::string(field)));
  };
  return std::ranges::any_of(row->fields, is_told) ? std::string()
                                                   : name + " without its " + std::string(row->fields[0]);
}

struct LongRecording {
  std::string span;
  std::string reason;
  bool met = false;
};

// By path below the corpus. A line at the margin is the reason of the indented ones below it.
std::map<std::string, LongRecording>& long_recordings() {
  static std::map<std::string, LongRecording> rows = [] {
    std::map<std::string, LongRecording> read;
    std::ifstream file(in_repository("tests/corpus/long_recordings.txt"));
    std::string reason;
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line.starts_with('#')) continue;
      if (!line.starts_with(' ')) {
        reason = line;
        continue;
      }
      const std::size_t span = line.find_first_not_of(' ');
      const std::size_t end = line.find(' ', span);
      const std::size_t path = line.find_first_not_of(' ', end);
      EXPECT_FALSE(reason.empty()) << line;
      read[line.substr(path)] = {line.substr(span, end - span), reason};
    }
    return read;
  }();
  return rows;
}

}  // namespace

void RecordedTimeline::take(const v1::Operation& operation) {
  if (first_ns_ == 0) first_ns_ = last_ns_ = operation.wall_ns();
  if (operation.wall_ns() < last_ns_) ++disordered;
  last_ns_ = std::max(last_ns_, operation.wall_ns());
  const std::string lack = lacks(operation);
  if (!lack.empty() && lacking++ == 0) first_lacking = lack + " in " + operation.ShortDebugString().substr(0, 300);
}

std::string span_text(std::uint64_t span_ns) {
  const std::uint64_t minutes = span_ns / kMinute_ns;
  const std::string rest = std::to_string(minutes % 60);
  return std::to_string(minutes / 60) + (rest.size() == 1 ? ":0" : ":") + rest;
}

void expect_timeline(const std::string& file, const RecordedTimeline& timeline) {
  EXPECT_EQ(timeline.disordered, 0U) << file;
  EXPECT_EQ(timeline.lacking, 0U) << file << ": " << timeline.first_lacking;
  const std::string path = std::filesystem::path(file).lexically_relative(corpus_folder()).generic_string();
  const std::string span = timeline.span_ns() > 60 * kMinute_ns ? span_text(timeline.span_ns()) : "at most an hour";
  const auto row = long_recordings().find(path);
  const bool is_listed = row != long_recordings().end();
  EXPECT_EQ(span, is_listed ? row->second.span : "at most an hour") << "  " << span << "  " << path;
  if (is_listed) row->second.met = true;
}

void expect_long_recordings_met(std::initializer_list<std::string_view> endings) {
  for (const auto& [path, row] : long_recordings()) {
    const bool is_meant = std::ranges::any_of(endings, [&](std::string_view ending) { return path.ends_with(ending); });
    EXPECT_TRUE(row.met || !is_meant) << path << " is not there";
  }
}

}  // namespace holdfast
