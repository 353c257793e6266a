// What the importer's tests share: a folder of their own, a sink that keeps everything, archives made on the spot.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sensors/import/import.h"

namespace holdfast {

// Keeps what an import makes.
class KeptInputs final : public ImportSink {
 public:
  Expected<void> begin(const v1::RecordingHeader& started) override {
    EXPECT_EQ(begun, 0);
    ++begun;
    header = started;
    return {};
  }
  Expected<void> take(const v1::Input& input) override {
    EXPECT_EQ(begun, 1);
    inputs.push_back(input);
    return {};
  }
  const v1::Operation& operation(std::size_t index) const { return inputs.at(index).operation(); }

  int begun = 0;
  v1::RecordingHeader header;
  std::vector<v1::Input> inputs;
};

// A folder that vanishes with the test.
class ImportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const ::testing::TestInfo* info = ::testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string("holdfast-import-") + info->test_suite_name() + "-" + info->name();
    std::ranges::replace(name, '/', '-');  // of a test with a parameter
    folder_ = std::filesystem::temp_directory_path() / name;
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, std::string_view content) const;

  // Imports `content` as one file; fails the test where the import fails.
  ImportReport import(std::string_view content, const ImportOptions& options = {});
  Expected<ImportReport> import_files(const std::vector<std::string>& files, const ImportOptions& options = {});

  std::filesystem::path folder_;
  KeptInputs kept_;  // of the last import
};

struct Member {
  std::string name;
  std::string content;
};

enum class ArchiveKind { kZip, kSevenZip, kTarGz, kTarXz, kOldTar, kGz, kXz };
inline constexpr ArchiveKind kArchives[] = {ArchiveKind::kZip, ArchiveKind::kSevenZip, ArchiveKind::kTarGz,
                                            ArchiveKind::kTarXz, ArchiveKind::kOldTar};
inline constexpr ArchiveKind kCompressedFiles[] = {ArchiveKind::kGz, ArchiveKind::kXz};
// The bytes of an archive with these members (of a compressed file: the first one's content alone).
std::string make_archive(ArchiveKind kind, const std::vector<Member>& members);

// A line of newline-delimited JSON: a Sysmon event as flat fields. `fields` is JSON without braces: "\"Image\":
// \"a.exe\"".
std::string sysmon_line(int event_id, const std::string& fields,
                        const std::string& utc_time = "2020-09-04 07:06:10.123");
std::string security_line(int event_id, const std::string& fields, const std::string& time = "2020-09-04T07:06:10.5Z");

}  // namespace holdfast
