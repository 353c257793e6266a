// Recordings of every format version and system, kept for ever: what was readable once stays readable.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "tests/sensors/recording/recording_files.h"
#include "tests/support/repository.h"

namespace holdfast {
namespace {

using ::testing::IsEmpty;

class RecordingFixture : public testing::TestWithParam<const char*> {
 protected:
  std::string path() const { return in_repository("fixtures/recordings/") + GetParam(); }
};

TEST_P(RecordingFixture, GivesTheRecordsThatWereWrittenThen) {
  std::vector<std::string> expected;
  std::ifstream text(native_path(path() + ".txt"), std::ios::binary);
  for (std::string line; std::getline(text, line);) {
    v1::Record record;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(line, &record)) << line;
    expected.push_back(record.SerializeAsString());
  }
  ASSERT_FALSE(expected.empty()) << path();

  const ReadOutcome read = read_all(path());
  EXPECT_EQ(read.open_error, "");
  EXPECT_THAT(read.errors, IsEmpty());
  EXPECT_FALSE(read.torn);
  EXPECT_EQ(read.records, expected);
}

INSTANTIATE_TEST_SUITE_P(Files, RecordingFixture, testing::Values("v1-linux.hfr", "v2-linux.hfr"),
                         [](const auto& file) {
                           std::string name = file.param;
                           for (char& letter : name)
                             letter = std::isalnum(static_cast<unsigned char>(letter)) != 0 ? letter : '_';
                           return name;
                         });

TEST(RecordingFixture, ThereIsOneOfEveryVersionAndAWayFromEachToTheNewest) {
  const FormatHistory& history = format_history();
  ASSERT_EQ(history.upgrades.size() + 1, history.newest);
  for (std::uint32_t version = 1; version <= history.newest; ++version) {
    const std::string name = "v" + std::to_string(version) + "-linux.hfr";
    EXPECT_TRUE(RecordingReader::open(in_repository("fixtures/recordings/" + name))) << name;
    if (version < history.newest) {
      EXPECT_EQ(history.upgrades[version - 1].from, version);
    }
  }
}

// The program of a later year, which has made two more versions of the format.
constexpr FormatHistory::Upgrade kLater[] = {
    {.from = 1,
     .record = [](v1::Record& record) { record.mutable_input()->set_sequence(record.input().sequence() * 2); }},
    {.from = 2,
     .record = [](v1::Record& record) { record.mutable_input()->set_sequence(record.input().sequence() + 1); }},
};

TEST(FormatHistory, MakesEveryOldRecordOneOfTheNewestStepByStep) {
  const FormatHistory later{.newest = 3, .upgrades = kLater};
  v1::Record record;
  for (const auto& [version, sequence] : {std::pair{1U, 11U}, {2U, 6U}, {3U, 5U}}) {
    record.mutable_input()->set_sequence(5);
    later.upgrade(version, record);
    EXPECT_EQ(record.input().sequence(), sequence) << version;
  }
}

TEST(FormatHistory, LetsALaterProgramReadWhatThisOneWrote) {
  constexpr FormatHistory::Upgrade kRenames[] = {{.from = 1, .record = [](v1::Record& record) {
                                                    if (record.has_input()) record.mutable_input()->set_at_ns(7);
                                                  }}};
  const FormatHistory later{.newest = 2, .upgrades = kRenames};
  auto reader = RecordingReader::open(in_repository("fixtures/recordings/v1-linux.hfr"), system_disk(), later);
  ASSERT_TRUE(reader) << reader.error().text();
  v1::Record record;
  std::size_t inputs = 0;
  while (true) {
    const auto next = reader->next(record);
    ASSERT_TRUE(next) << next.error().text();
    if (*next == RecordingReader::Next::kEnd) break;
    if (!record.has_input()) continue;
    EXPECT_EQ(record.input().at_ns(), 7U);
    ++inputs;
  }
  EXPECT_GT(inputs, 0U);
}

TEST(FormatHistory, ThisProgramNamesWhatItCannotRead) {
  const FormatHistory earlier{.newest = 0, .upgrades = {}};
  const auto reader = RecordingReader::open(in_repository("fixtures/recordings/v1-linux.hfr"), system_disk(), earlier);
  ASSERT_FALSE(reader);
  EXPECT_THAT(reader.error().text(),
              testing::HasSubstr("has format version 1, and this program reads up to version 0; use a newer program"));
}

TEST(FormatHistory, ForgetsCommandLinesOfStatesOfVersionOne) {
  for (const auto& [version, kept] : {std::pair{1U, ""}, {2U, "a b"}}) {
    v1::Record record;
    record.mutable_snapshot()->add_process()->mutable_process()->set_command_line("a b");
    format_history().upgrade(version, record);
    EXPECT_EQ(record.snapshot().process(0).process().command_line(), kept) << version;
  }
}

TEST(RecordingFixtureV1Linux, TellsItsHeaderAndTrailer) {
  auto reader = RecordingReader::open(in_repository("fixtures/recordings/v1-linux.hfr"));
  ASSERT_TRUE(reader) << reader.error().text();
  EXPECT_EQ(reader->header().writer(), "holdfast 0.1.0, Linux");
  EXPECT_EQ(reader->header().origin(), v1::RecordingHeader::SIMULATED);
  EXPECT_EQ(reader->header().started_wall_ns(), 1'700'000'000'000'000'000u);
  v1::Record record;
  while (reader->next(record).value() == RecordingReader::Next::kRecord) {
  }
  EXPECT_EQ(reader->trailer().inputs_received(), 8u);
  EXPECT_EQ(reader->trailer().inputs_written(), 7u);
  EXPECT_EQ(reader->trailer().inputs_lost(), 1u);
  EXPECT_EQ(reader->trailer().outputs_written(), 6u);
  EXPECT_EQ(reader->trailer().snapshots_written(), 2u);
  EXPECT_GE(reader->trailer().chunks(), 3u);
  EXPECT_EQ(reader->trailer().first_at_ns(), 0u);
  EXPECT_EQ(reader->trailer().last_at_ns(), 42'000'000'000u);
  EXPECT_EQ(reader->trailer().decision_log_sha256(), std::string(32, '\x11'));
}

}  // namespace
}  // namespace holdfast
