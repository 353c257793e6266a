#include "agent/flight/flight_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "agent/playback/playback.h"
#include "engine/text/units.h"
#include "sensors/recording/join.h"
#include "sensors/recording/recording.h"
#include "tests/agent/flight/story_of_an_agent.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

// What a recording holds, and that an engine replays it from its first snapshot to the same outputs.
struct Replayed {
  std::uint64_t first_ns = UINT64_MAX;
  std::uint64_t last_ns = 0;
  std::uint64_t outputs = 0;
  std::uint64_t different = 0;
};

Replayed replay(const std::string& path) {
  Replayed replayed;
  auto reader = RecordingReader::open(path);
  EXPECT_TRUE(reader) << reader.error().text();
  Playback playback;
  v1::Record record;
  while (reader) {
    const auto next = reader->next(record);
    EXPECT_TRUE(next) << next.error().text();
    if (!next || *next == RecordingReader::Next::kEnd) break;
    const auto difference = playback.take(record);
    EXPECT_TRUE(difference) << difference.error().text();
    replayed.different += difference && *difference ? 1 : 0;
    if (!record.has_input()) continue;
    replayed.first_ns = std::min(replayed.first_ns, record.input().at_ns());
    replayed.last_ns = record.input().at_ns();
  }
  replayed.different += playback.end() ? 1 : 0;
  replayed.outputs = playback.fidelity().outputs;
  return replayed;
}

// An agent with both, that lives through the story until `until_ns`.
class Agent {
 public:
  Agent(const TemporaryFolder& folder, FlightDump::Options options)
      : recorder_(std::move(*FlightRecorder::create(
            engine_, header_of_an_agent(), {.folder = folder.path("ring"), .segment_ns_max = 4 * kSecond_ns}))),
        dump_(recorder_, std::move(options)) {}

  void lives_until(std::uint64_t until_ns) {
    for (; at_ < story_.steps.size() && story_.steps[at_].input.at_ns() < until_ns; ++at_) {
      std::vector<v1::Output> outputs;
      engine_.step(story_.steps[at_].input, outputs);
      ASSERT_TRUE(recorder_.on_step(story_.steps[at_].input, outputs));
      ASSERT_TRUE(dump_.on_step(story_.steps[at_].input, outputs));
    }
  }
  FlightDump& dump() { return dump_; }

 private:
  ScenarioRun story_ = story_of_an_agent();
  std::size_t at_ = 0;
  engine::Engine engine_;
  FlightRecorder recorder_;
  FlightDump dump_;
};

TEST(FlightDump, OnCommandIsOneRecordingThatCanBeReplayed) {
  const TemporaryFolder folder;
  Agent agent(folder, {.folder = folder.path(""), .reaches_back_ns = 6 * kSecond_ns});
  agent.lives_until(25 * kSecond_ns);
  ASSERT_TRUE(agent.dump().take("incident"));
  agent.lives_until(30 * kSecond_ns);
  agent.dump().wait();
  const FlightDump::Status status = agent.dump().status();
  ASSERT_EQ(status.written, 1U) << status.last_error;
  EXPECT_EQ(status.last_path, folder.path("") + "/incident.hfr");
  const Replayed replayed = replay(status.last_path);
  EXPECT_LE(replayed.first_ns, 19 * kSecond_ns);
  EXPECT_GE(replayed.first_ns, 13 * kSecond_ns);
  EXPECT_GE(replayed.last_ns, 24 * kSecond_ns);
  EXPECT_GT(replayed.outputs, 10U);
  EXPECT_EQ(replayed.different, 0U);
}

TEST(FlightDump, AVerdictCausesOne) {
  const TemporaryFolder folder;
  Agent agent(folder, {.folder = folder.path(""), .on_verdicts = {v1::Verdict::DENY}, .pause_ns = 3'600 * kSecond_ns});
  agent.lives_until(60 * kSecond_ns);
  agent.dump().wait();
  EXPECT_EQ(agent.dump().status().written, 1U);
  EXPECT_GT(agent.dump().status().passed_over, 0U) << "within the pause";
  const Replayed replayed = replay(agent.dump().status().last_path);
  EXPECT_EQ(replayed.last_ns, 3 * kSecond_ns) << "the first that was denied is the last that it holds";
}

// The user thinks for seven seconds.
std::uint64_t written_for_prompts_of(std::uint64_t seconds) {
  const TemporaryFolder folder;
  Agent agent(folder, {.folder = folder.path(""), .on_prompts_open_ns = seconds * kSecond_ns});
  agent.lives_until(60 * kSecond_ns);
  agent.dump().wait();
  return agent.dump().status().written;
}

TEST(FlightDump, APromptThatStandsLongCausesOne) { EXPECT_EQ(written_for_prompts_of(7), 1U); }
TEST(FlightDump, AShorterPromptCausesNone) { EXPECT_EQ(written_for_prompts_of(8), 0U); }

TEST(FlightDump, WhatCannotBeWrittenShows) {
  const TemporaryFolder folder;
  Agent agent(folder, {.folder = folder.path("missing")});
  agent.lives_until(5 * kSecond_ns);
  ASSERT_TRUE(agent.dump().take("incident"));
  agent.dump().wait();
  EXPECT_EQ(agent.dump().status().failed, 1U);
  EXPECT_THAT(agent.dump().status().last_error, HasSubstr("missing/incident.hfr"));
}

// ---------------------------------------------------------------- joining

std::string recording(const TemporaryFolder& folder, const std::string& name, std::uint64_t first, std::uint64_t inputs,
                      bool close = true) {
  const std::string path = folder.path(name);
  auto writer = RecordingWriter::create(path, header_of_an_agent());
  EXPECT_TRUE(writer);
  for (std::uint64_t i = 0; i < inputs; ++i) {
    v1::Input input;
    input.set_sequence(first + i);
    EXPECT_TRUE(writer->write(input));
  }
  writer->count_lost(2);
  if (close) {
    EXPECT_TRUE(writer->close());
    return path;
  }
  EXPECT_TRUE(writer->flush());
  return path + ".partial";
}

std::vector<RecordingReader> opened(const std::vector<std::string>& paths) {
  std::vector<RecordingReader> readers;
  for (const std::string& path : paths) readers.push_back(std::move(*RecordingReader::open(path)));
  return readers;
}

TEST(JoinRecordings, KeepsEveryRecordAndWhatWasLost) {
  const TemporaryFolder folder;
  const auto report = join_recordings(
      opened({recording(folder, "a", 1, 3), recording(folder, "b", 4, 2, false), recording(folder, "c", 9, 1)}),
      folder.path("whole.hfr"));
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->inputs, 6U);
  EXPECT_EQ(report->inputs_lost, 4U);
  EXPECT_EQ(report->torn, 1U);
  auto reader = RecordingReader::open(folder.path("whole.hfr"));
  v1::Record record;
  std::vector<std::uint64_t> sequences;
  while (*reader->next(record) == RecordingReader::Next::kRecord) sequences.push_back(record.input().sequence());
  EXPECT_THAT(sequences, ::testing::ElementsAre(1, 2, 3, 4, 5, 9));
  EXPECT_EQ(reader->trailer().inputs_lost(), 4U);
}

TEST(JoinRecordings, RefusesWhatDoesNotFollow) {
  const TemporaryFolder folder;
  const auto report =
      join_recordings(opened({recording(folder, "a", 5, 3), recording(folder, "b", 1, 2)}), folder.path("whole.hfr"));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().field, "sequence");
  EXPECT_FALSE(std::filesystem::exists(folder.path("whole.hfr")));
  EXPECT_FALSE(std::filesystem::exists(folder.path("whole.hfr.partial")));
  EXPECT_FALSE(join_recordings({}, folder.path("nothing.hfr")));
}

}  // namespace
}  // namespace holdfast
