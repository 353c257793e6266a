// The order of arguments changes nothing: of every folder with a few files, the same recording comes out of any.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/import/import.h"
#include "tests/corpus/corpus_files.h"
#include "tests/corpus/timeline.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

class OrderOfArguments : public testing::Test {};

// What a recording would hold, as one number.
class HashedInputs final : public ImportSink {
 public:
  Expected<void> begin(const v1::RecordingHeader& header) override {
    hash_ = 0;
    timeline_ = {};
    add(header.SerializeAsString());
    return {};
  }
  Expected<void> take(const v1::Input& input) override {
    timeline_.take(input.operation());
    add(input.SerializeAsString());
    return {};
  }
  bool begins_anew() const override { return true; }

  std::uint64_t hash() const { return hash_; }
  const RecordedTimeline& timeline() const { return timeline_; }

 private:
  void add(const std::string& bytes) {
    constexpr std::uint64_t kOdd = 0x9E37'79B9'7F4A'7C15;
    hash_ = (hash_ + std::hash<std::string>()(bytes)) * kOdd;
    hash_ ^= hash_ >> 29;
  }

  std::uint64_t hash_ = 0;
  RecordedTimeline timeline_;
};

std::map<std::string, std::vector<std::string>> folders() {
  std::map<std::string, std::vector<std::string>> by_folder;
  for (const std::string& file : files_with(corpus_folder(), {".json", ".jsoncls", ".zip", ".gz", ".7z", ".evtx"})) {
    if (file.find("auditd") != std::string::npos) continue;  // Linux: none of its events is Windows'
    by_folder[std::filesystem::path(file).parent_path().string()].push_back(file);
  }
  std::erase_if(by_folder, [](const auto& folder) { return folder.second.size() < 2 || folder.second.size() > 6; });
  return by_folder;
}

TEST_F(OrderOfArguments, ChangesNothing) {
  std::size_t orders = 0;
  std::size_t folders_tried = 0;
  for (const auto& [folder, files] : folders()) {
    std::vector<std::vector<std::string>> given = {files, {files.rbegin(), files.rend()}};
    if (files.size() > 2) {
      Random random(files.size());
      std::vector<std::string> shuffled = files;
      for (std::size_t i = shuffled.size() - 1; i > 0; --i) std::swap(shuffled[i], shuffled[random.below(i + 1)]);
      given.push_back(std::move(shuffled));
    }
    HashedInputs first;
    std::string first_report;
    for (const std::vector<std::string>& order : given) {
      HashedInputs made;
      const auto report = import_events(order, made, {});
      ASSERT_TRUE(report) << folder << ": " << report.error().text();
      if (order == given.front()) {
        first = made;
        first_report = report->summary.SerializeAsString();
      }
      EXPECT_EQ(made.hash(), first.hash()) << folder;
      EXPECT_EQ(report->summary.SerializeAsString(), first_report) << folder;
      EXPECT_EQ(made.timeline().disordered, 0U) << folder;
      EXPECT_EQ(made.timeline().lacking, 0U) << folder << ": " << made.timeline().first_lacking;
      ++orders;
    }
    ++folders_tried;
  }
  std::printf("  %zu folders, %zu orders of their files\n", folders_tried, orders);
  EXPECT_GE(folders_tried, 135U);
}

}  // namespace
}  // namespace holdfast
