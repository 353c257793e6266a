// What the writer refuses, and what it leaves behind when the system refuses.
#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include "tests/refusals.h"
#include "tests/sensors/recording/recording_files.h"

namespace holdfast {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const v1::RecordingHeader kHeader;

std::string create_error(const std::string& path, RecordingWriter::Options options = {}) {
  const auto writer = RecordingWriter::create(path, kHeader, options);
  return writer ? "" : writer.error().text();
}

// ---------------------------------------------------------------- records that no reader would accept

TEST(RecordingWriter, RefusesSequenceNumbersThatDoNotAscendAndGoesOn) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), kHeader);
  EXPECT_THAT(writer->write(input_at(0, 1)).error().text(), HasSubstr("sequence: 0 does not follow 0"));
  ASSERT_TRUE(writer->write(input_at(5, 1)));
  EXPECT_THAT(writer->write(input_at(5, 2)).error().text(), HasSubstr("sequence: 5 does not follow 5"));
  EXPECT_FALSE(writer->write(input_at(4, 2)));
  ASSERT_TRUE(writer->write(input_at(6, 2)));
  ASSERT_TRUE(writer->close());

  EXPECT_THAT(read_all(folder.file("a.hfr")).records,
              ElementsAre(as_record(input_at(5, 1)), as_record(input_at(6, 2))));
}

TEST(RecordingWriter, RefusesTextThatIsNotUtf8AndGoesOn) {
  const google::protobuf::LogSilencer quiet;
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), kHeader);
  v1::Input bad = input_at(1, 1);
  bad.mutable_operation()->mutable_registry_set()->set_data("\xED\xA0\x80");
  EXPECT_THAT(writer->write(bad).error().text(),
              AllOf(HasSubstr("input.operation.registry_set.data"), HasSubstr("not valid UTF-8")));
  ASSERT_TRUE(writer->write(input_at(1, 1)));
  ASSERT_TRUE(writer->close());

  const ReadOutcome read = read_all(folder.file("a.hfr"));
  EXPECT_THAT(read.records, ElementsAre(as_record(input_at(1, 1))));
  EXPECT_THAT(read.errors, IsEmpty());
}

TEST(RecordingWriter, RefusesARecordLongerThanAChunkMayBeAndGoesOn) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), kHeader);
  v1::Input large = input_at(1, 1);
  large.mutable_operation()->mutable_file_create()->set_sha256(std::string(64u << 20, 'x'));
  EXPECT_THAT(writer->write(large).error().text(),
              AllOf(HasSubstr("Input"), HasSubstr("longer than the limit of 64 MiB")));
  large.mutable_operation()->mutable_file_create()->set_sha256(std::string((64u << 20) - 100, 'x'));
  ASSERT_TRUE(writer->write(large)) << "just below the limit";
  ASSERT_TRUE(writer->close());

  EXPECT_THAT(read_all(folder.file("a.hfr")).records, ElementsAre(as_record(large)));
}

TEST(RecordingWriter, RefusesAHeaderThatNoReaderWouldAccept) {
  const google::protobuf::LogSilencer quiet;
  const TestFolder folder;
  v1::RecordingHeader header;
  header.set_writer("\xFF");
  EXPECT_THAT(RecordingWriter::create(folder.file("a.hfr"), header).error().text(), HasSubstr("header.writer"));
  header.set_writer(std::string(17u << 20, 'x'));
  EXPECT_THAT(RecordingWriter::create(folder.file("a.hfr"), header).error().text(), HasSubstr("longer than 16 MiB"));
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(RecordingWriter, RefusesOptionsOutOfRange) {
  const TestFolder folder;
  const std::string path = folder.file("a.hfr");
  EXPECT_THAT(create_error(path, {.compression_level = 0, .chunk_bytes = 100}),
              HasSubstr("compression_level: 0 is outside 1 to 19"));
  EXPECT_THAT(create_error(path, {.compression_level = 20, .chunk_bytes = 100}), HasSubstr("compression_level: 20"));
  EXPECT_THAT(create_error(path, {.compression_level = 1, .chunk_bytes = 0}),
              HasSubstr("chunk_bytes: 0 is outside 1 to"));
  EXPECT_THAT(create_error(path, {.compression_level = 1, .chunk_bytes = (64u << 20) + 1}),
              HasSubstr("chunk_bytes: 67108865"));
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(RecordingWriter, RefusesEverythingOnceClosed) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), kHeader);
  ASSERT_TRUE(writer->close());
  EXPECT_THAT(writer->write(input_at(1, 1)).error().text(), HasSubstr("is closed"));
  EXPECT_THAT(writer->flush().error().text(), HasSubstr("is closed"));
  EXPECT_THAT(writer->close().error().text(), HasSubstr("is closed"));
}

// ---------------------------------------------------------------- names

TEST(RecordingWriter, HasItsFinalNameOnlyWhenItIsWhole) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), kHeader);
  ASSERT_TRUE(writer->write(input_at(1, 1)));
  EXPECT_THAT(folder.names(), ElementsAre("a.hfr.partial"));
  ASSERT_TRUE(writer->close());
  EXPECT_THAT(folder.names(), ElementsAre("a.hfr"));
}

TEST(RecordingWriter, KeepsTheOlderRecordingUntilTheNewOneIsWhole) {
  const TestFolder folder;
  write_bytes(folder.file("a.hfr"), {'o', 'l', 'd'});
  auto writer = RecordingWriter::create(folder.file("a.hfr"), kHeader);
  ASSERT_TRUE(writer->write(input_at(1, 1)));
  EXPECT_EQ(read_bytes(folder.file("a.hfr")), (FileBytes{'o', 'l', 'd'}));
  ASSERT_TRUE(writer->close());
  EXPECT_THAT(read_all(folder.file("a.hfr")).records, ElementsAre(as_record(input_at(1, 1))));
}

TEST(RecordingWriter, DiscardLeavesNothing) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), kHeader);
  ASSERT_TRUE(writer->write(input_at(1, 1)));
  writer->discard();
  EXPECT_THAT(folder.names(), IsEmpty());
  EXPECT_THAT(writer->close().error().text(), HasSubstr("was discarded"));
}

TEST(RecordingWriter, FlushedRecordsAreReadableWhileItGoesOn) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), kHeader);
  ASSERT_TRUE(writer->write(input_at(1, 1)));
  ASSERT_TRUE(writer->flush());
  EXPECT_THAT(read_all(folder.file("a.hfr.partial")).records, ElementsAre(as_record(input_at(1, 1))));
  ASSERT_TRUE(writer->close());
}

// ---------------------------------------------------------------- what the system refuses

TEST(RecordingWriter, RefusesADirectoryInPlaceOfTheFile) {
  const TestFolder folder;
  std::filesystem::create_directory(native_path(folder.file("a.hfr")));
  std::filesystem::create_directory(native_path(folder.file("b.hfr.partial")));
  EXPECT_THAT(create_error(folder.file("a.hfr")), HasSubstr("a.hfr: is a directory"));
  EXPECT_THAT(create_error(folder.file("b.hfr")), HasSubstr("b.hfr.partial: is a directory"));
  EXPECT_FALSE(std::filesystem::exists(native_path(folder.file("a.hfr.partial"))));
}

TEST(RecordingWriter, ReportsAFolderThatIsMissing) {
  const TestFolder folder;
  EXPECT_THAT(create_error(folder.file("none/a.hfr")),
              AllOf(HasSubstr("cannot be created"), HasSubstr("check the path")));
}

TEST(RecordingWriter, ReportsThatTheFinalNameWasTakenByADirectoryMeanwhile) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), kHeader);
  ASSERT_TRUE(writer->write(input_at(1, 1)));
  std::filesystem::create_directories(native_path(folder.file("a.hfr/in the way")));
  EXPECT_THAT(writer->close().error().text(),
              AllOf(HasSubstr("a.hfr: cannot be given to"), HasSubstr("a.hfr.partial")));
  EXPECT_THAT(read_all(folder.file("a.hfr.partial")).records, ElementsAre(as_record(input_at(1, 1))));
}

#ifdef HOLDFAST_CAN_BE_REFUSED

TEST(RecordingWriter, ReportsMissingPermission) {
  const TestFolder folder;
  std::filesystem::create_directory(native_path(folder.file("closed")));
  std::filesystem::permissions(native_path(folder.file("closed")), std::filesystem::perms::none);
  const WithoutPrivileges nobody;
  ASSERT_TRUE(nobody.holds()) << "the superuser's rights cannot be laid down here";
  EXPECT_THAT(create_error(folder.file("closed/a.hfr")), HasSubstr("cannot be created: Permission denied"));
}

TEST(RecordingReader, ReportsMissingPermission) {
  const TestFolder folder;
  write_bytes(folder.file("a.hfr"), {1, 2, 3});
  std::filesystem::permissions(native_path(folder.file("a.hfr")), std::filesystem::perms::none);
  const WithoutPrivileges nobody;
  ASSERT_TRUE(nobody.holds()) << "the superuser's rights cannot be laid down here";
  EXPECT_THAT(read_all(folder.file("a.hfr")).open_error, HasSubstr("cannot be opened: Permission denied"));
}

TEST(RecordingReader, RefusesADevice) {
  if (!std::filesystem::exists("/dev/zero")) GTEST_SKIP() << "NOT TESTED: there is no /dev/zero here";
  EXPECT_THAT(read_all("/dev/zero").open_error, HasSubstr("is not a regular file"));
}

TEST(RecordingWriter, ADiskThatFillsUpLeavesNoFileUnderTheFinalNameAndAReadablePart) {
  const TestFolder folder;
  std::uint64_t accepted = 0;
  std::string error;
  {
    auto writer = RecordingWriter::create(folder.file("a.hfr"), kHeader, {.compression_level = 1, .chunk_bytes = 1000});
    const FileSizeLimit limit(20'000);
    ASSERT_TRUE(limit.holds()) << "no file size limit can be set here";
    for (std::uint64_t sequence = 1; sequence <= 100'000 && error.empty(); ++sequence) {
      const auto written = writer->write(input_at(sequence, sequence));
      if (written)
        accepted = sequence;
      else
        error = written.error().text();
    }
    EXPECT_THAT(error, AllOf(HasSubstr("a.hfr.partial:offset 20000"), HasSubstr("cannot be written: File too large"),
                             HasSubstr("free some space")));
    EXPECT_EQ(writer->write(input_at(accepted + 5, 1)).error().text(), error) << "the same error ever after";
    EXPECT_EQ(writer->close().error().text(), error);
  }
  EXPECT_THAT(folder.names(), ElementsAre("a.hfr.partial"));
  const ReadOutcome read = read_all(folder.file("a.hfr.partial"));
  EXPECT_TRUE(read.torn);
  EXPECT_THAT(read.errors, IsEmpty());
  EXPECT_GT(read.records.size(), accepted / 2);
  EXPECT_LT(read.records.size(), accepted + 1);
}

TEST(RecordingWriter, ADiskThatIsFullFromTheStartLeavesNothing) {
  const TestFolder folder;
  const FileSizeLimit limit(10);
  ASSERT_TRUE(limit.holds()) << "no file size limit can be set here";
  EXPECT_THAT(create_error(folder.file("a.hfr")), HasSubstr("cannot be written"));
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(RecordingWriter, ADiskThatFillsUpWithTheTrailerLeavesNoFileUnderTheFinalName) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), kHeader);
  ASSERT_TRUE(writer->write(input_at(1, 1)));
  ASSERT_TRUE(writer->flush());
  const FileSizeLimit limit(std::filesystem::file_size(native_path(folder.file("a.hfr.partial"))) + 5);
  ASSERT_TRUE(limit.holds()) << "no file size limit can be set here";
  EXPECT_FALSE(writer->close());
  EXPECT_THAT(folder.names(), ElementsAre("a.hfr.partial"));
}

// The system's own full disk: everything written to this device fails with "no space left".
TEST(RecordingWriter, ReportsAFullDevice) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "NOT TESTED: there is no /dev/full here";
  const TestFolder folder;
  std::filesystem::create_symlink("/dev/full", native_path(folder.file("a.hfr.partial")));
  EXPECT_THAT(create_error(folder.file("a.hfr")),
              HasSubstr("cannot be written: No space left on device; free some space"));
}

#endif  // HOLDFAST_CAN_BE_REFUSED

}  // namespace
}  // namespace holdfast
