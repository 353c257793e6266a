#include "sim/scenario/what_if.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/settings/effective_settings.h"
#include "engine/text/utf8.h"

namespace holdfast {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

// Shorter ways to say it.
struct Alias {
  std::string_view key;
  std::string_view means;
};
constexpr Alias kAliases[] = {
    {"user.after", "world.user.answers.after"},
    {"user.kind", "world.user.answers.kind"},
    {"user.under_way_for", "world.user.answers.under_way_for"},
};

// "proxy[1]"
struct Part {
  std::string name;
  std::optional<int> index;
};

std::unexpected<Error> wrong(std::string_view key, std::string what, std::string remedy = {}) {
  return std::unexpected(
      Error{.where = "--what-if", .field = std::string(key), .what = std::move(what), .remedy = std::move(remedy)});
}

std::string names_of_fields(const Descriptor& message) {
  std::string names;
  for (int i = 0; i < message.field_count(); ++i) names += (i == 0 ? "" : ", ") + message.field(i)->name();
  return names;
}

std::string names_of_values(const FieldDescriptor& field) {
  std::string names;
  for (int i = 1; i < field.enum_type()->value_count(); ++i) {
    names += (i == 1 ? "" : ", ") + field.enum_type()->value(i)->name();
  }
  return names;
}

Expected<Part> part_of(std::string_view key, std::string_view text) {
  constexpr std::size_t kDigitsMax = 6;
  const std::size_t bracket = text.find('[');
  if (bracket == std::string_view::npos) return Part{.name = std::string(text), .index = {}};
  const std::string_view digits = text.substr(bracket + 1, text.size() - bracket - 2);
  if (!text.ends_with(']') || digits.empty() || digits.size() > kDigitsMax ||
      digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return wrong(key, fmt::format("\"{}\" is no entry of a list", text), "write proxy[0] for the first");
  }
  int index = 0;
  for (const char c : digits) index = index * 10 + (c - '0');
  return Part{.name = std::string(text.substr(0, bracket)), .index = index};
}

Expected<std::vector<Part>> parts_of(std::string_view key) {
  std::string path(key);
  for (const Alias& alias : kAliases) {
    if (alias.key == key) path = alias.means;
  }
  std::vector<Part> parts;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t dot = std::min(path.find('.', at), path.size());
    Expected<Part> part = part_of(key, std::string_view(path).substr(at, dot - at));
    if (!part) return std::unexpected(std::move(part.error()));
    parts.push_back(std::move(*part));
    at = dot + 1;
  }
  const bool of_world = v1::Scenario::descriptor()->FindFieldByName(parts.front().name) == nullptr &&
                        v1::World::descriptor()->FindFieldByName(parts.front().name) != nullptr;
  if (of_world) parts.insert(parts.begin(), Part{.name = "world", .index = {}});
  return parts;
}

// Errors of protobuf's parser are told in our words.
class Silence final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int, int, const std::string&) override {}
};

class Change {
 public:
  Change(std::string_view key, std::string_view value, std::vector<Part> parts)
      : key_(key), value_(value), parts_(std::move(parts)) {}

  Expected<void> apply(Message& message, std::size_t depth = 0) const {
    const Part& part = parts_[depth];
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(part.name);
    if (field == nullptr) {
      return wrong(key_, fmt::format("{} has no field \"{}\"", message.GetDescriptor()->name(), part.name),
                   "it has " + names_of_fields(*message.GetDescriptor()));
    }
    const bool is_last = depth + 1 == parts_.size();
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (is_last && is_message) {
      return wrong(key_, fmt::format("{} is set by its fields", part.name),
                   "one of " + names_of_fields(*field->message_type()));
    }
    if (!is_last && !is_message) return wrong(key_, fmt::format("{} has no fields", part.name));
    if (part.index && !field->is_repeated()) return wrong(key_, fmt::format("{} is no list", part.name));
    if (is_last) return set(message, *field);
    if (field->is_repeated()) return apply_to_list(message, *field, depth);
    return apply(*message.GetReflection()->MutableMessage(&message, field), depth + 1);
  }

 private:
  Expected<void> apply_to_list(Message& message, const FieldDescriptor& list, std::size_t depth) const {
    const int size = message.GetReflection()->FieldSize(message, &list);
    const Part& part = parts_[depth];
    if (size == 0) return wrong(key_, fmt::format("the scenario has no {}", list.name()), "add one to it");
    if (part.index && *part.index >= size) {
      return wrong(key_, fmt::format("the scenario has {} of {}, counted from 0", size, list.name()));
    }
    const int first = part.index.value_or(0);
    const int last = part.index.value_or(size - 1);
    for (int i = first; i <= last; ++i) {
      HOLDFAST_TRY_DO(apply(*message.GetReflection()->MutableRepeatedMessage(&message, &list, i), depth + 1));
    }
    return {};
  }

  Expected<void> set(Message& message, const FieldDescriptor& field) const {
    if (field.is_repeated()) {
      return wrong(key_, fmt::format("{} is a list of values, which cannot be changed from here", field.name()));
    }
    if (field.type() == FieldDescriptor::TYPE_BYTES) {
      return wrong(key_, fmt::format("{} holds bytes, which cannot be written here", field.name()));
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      message.GetReflection()->SetString(&message, &field, value_);
      return {};
    }
    // By name only: protobuf would take any number.
    const bool is_enum = field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
    const bool is_known = !is_enum || field.enum_type()->FindValueByName(value_) != nullptr;
    Silence silence;
    TextFormat::Parser parser;
    parser.RecordErrorsTo(&silence);
    if (is_known && parser.ParseFieldValueFromString(value_, &field, &message)) return {};
    return wrong(key_, fmt::format("\"{}\" is no value of {}", value_, field.name()),
                 is_enum ? "one of " + names_of_values(field) : fmt::format("write a {}", field.cpp_type_name()));
  }

  std::string key_;
  std::string value_;
  std::vector<Part> parts_;
};

}  // namespace

Expected<void> apply_what_if(std::string_view change, v1::Scenario& scenario) {
  constexpr std::size_t kBytesMax = 4'096;
  if (change.size() > kBytesMax) return wrong("", fmt::format("it is longer than {} bytes", kBytesMax));
  if (!is_utf8(change)) return wrong("", "it is not UTF-8");
  const std::size_t equals = change.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return wrong("", fmt::format("\"{}\" is no KEY=VALUE", change), "write service.latency=5s, for instance");
  }
  const std::string_view key = change.substr(0, equals);
  Expected<std::vector<Part>> parts = parts_of(key);
  if (!parts) return std::unexpected(std::move(parts.error()));
  v1::Scenario changed = scenario;
  HOLDFAST_TRY_DO(Change(key, change.substr(equals + 1), std::move(*parts)).apply(changed));
  // Settings that the engine refuses would leave the story to the defaults, which nobody asked about.
  const auto judged = engine::validate_settings(changed.settings());
  if (!judged && engine::validate_settings(scenario.settings())) {
    return wrong(key, judged.error().field + ": " + judged.error().what, judged.error().remedy);
  }
  scenario = std::move(changed);
  return {};
}

}  // namespace holdfast
