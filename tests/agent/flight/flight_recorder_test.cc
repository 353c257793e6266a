#include "agent/flight/flight_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "engine/text/units.h"
#include "sensors/recording/recording.h"
#include "tests/agent/flight/story_of_an_agent.h"
#include "tests/refusals.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// An agent whose recorder is under test.
class Recorded {
 public:
  explicit Recorded(FlightRecorder::Options options) {
    auto created = FlightRecorder::create(engine_, header_of_an_agent(), std::move(options));
    EXPECT_TRUE(created) << created.error().text();
    recorder_.emplace(std::move(*created));
  }

  void lives_through(const ScenarioRun& story) {
    for (const Step& step : story.steps) lives_through(step);
  }
  void lives_through(const Step& step) {
    std::vector<v1::Output> outputs;
    engine_.step(step.input, outputs);
    EXPECT_TRUE(recorder_->on_step(step.input, outputs));
  }
  void stops() { recorder_.reset(); }
  FlightRecorder& recorder() { return *recorder_; }
  const engine::Engine& engine() const { return engine_; }

 private:
  engine::Engine engine_;
  std::optional<FlightRecorder> recorder_;
};

std::vector<std::string> files(const TemporaryFolder& folder) {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(folder.path("ring"))) {
    names.push_back(file.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::uint64_t bytes(const TemporaryFolder& folder) {
  std::uint64_t sum = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.path("ring"))) sum += file.file_size();
  return sum;
}

// Every record of a segment, whole or torn.
std::vector<v1::Record> records(const std::string& path) {
  std::vector<v1::Record> records;
  auto reader = RecordingReader::open(path);
  EXPECT_TRUE(reader) << reader.error().text();
  v1::Record record;
  while (reader) {
    const auto next = reader->next(record);
    EXPECT_TRUE(next) << next.error().text();
    if (!next || *next == RecordingReader::Next::kEnd) break;
    records.push_back(record);
  }
  return records;
}

FlightRecorder::Options ring_in(const TemporaryFolder& folder) { return {.folder = folder.path("ring")}; }

TEST(FlightRecorder, KeepsEveryInputAndOutputBehindASnapshot) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  Recorded agent(ring_in(folder));
  agent.lives_through(story);
  agent.stops();
  ASSERT_THAT(files(folder), ElementsAre("flight-0000000001.hfr"));
  const std::vector<v1::Record> kept = records(folder.path("ring/flight-0000000001.hfr"));
  ASSERT_TRUE(kept.front().has_snapshot());
  std::size_t at = 1;
  for (const Step& step : story.steps) {
    ASSERT_EQ(kept.at(at++).input().SerializeAsString(), step.input.SerializeAsString());
    for (const v1::Output& output : step.outputs) {
      ASSERT_EQ(kept.at(at++).output().SerializeAsString(), output.SerializeAsString());
    }
  }
  EXPECT_EQ(at, kept.size());
}

TEST(FlightRecorder, EachSegmentBeginsWithTheStateBeforeItsFirstInput) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  FlightRecorder::Options options = ring_in(folder);
  options.segment_ns_max = 5 * kSecond_ns;
  Recorded agent(std::move(options));
  agent.lives_through(story);
  agent.stops();
  ASSERT_GT(files(folder).size(), 4U);
  std::uint64_t next_sequence = 1;
  for (const std::string& name : files(folder)) {
    const std::vector<v1::Record> kept = records(folder.path("ring/" + name));
    ASSERT_TRUE(kept.front().has_snapshot()) << name;
    EXPECT_EQ(kept.front().snapshot().SerializeAsString(),
              engine_after(story, next_sequence - 1).snapshot().SerializeAsString());
    for (const v1::Record& record : kept) {
      if (!record.has_input()) continue;
      EXPECT_EQ(record.input().sequence(), next_sequence++);
    }
  }
  EXPECT_EQ(next_sequence, story.steps.size() + 1) << "nothing is missing between the segments";
}

TEST(FlightRecorder, StaysWithinItsBytes) {
  const TemporaryFolder folder;
  FlightRecorder::Options options = ring_in(folder);
  options.segment_bytes_max = 4'000;
  options.bytes_max = 40'000;
  options.unflushed_ns_max = 0;
  Recorded agent(std::move(options));
  std::uint64_t most = 0;
  for (const Step& step : story_of_an_agent().steps) {
    agent.lives_through(step);
    most = std::max(most, bytes(folder));
  }
  EXPECT_LE(most, 40'000U + 1'000U) << "one chunk more at most";
  EXPECT_GT(most, 30'000U) << "and it uses what it may";
  EXPECT_GT(agent.recorder().status().segments, files(folder).size()) << "older segments went";
}

TEST(FlightRecorder, ForgetsWhatIsTooOld) {
  const TemporaryFolder folder;
  FlightRecorder::Options options = ring_in(folder);
  options.segment_ns_max = 2 * kSecond_ns;
  options.reaches_back_ns = 6 * kSecond_ns;
  Recorded agent(std::move(options));
  agent.lives_through(story_of_an_agent());
  EXPECT_LE(files(folder).size(), 5U);
  EXPECT_GE(files(folder).size(), 3U);
}

TEST(FlightRecorder, WhatSomebodyIsToldIsWithTheSystemBefore) {
  const TemporaryFolder folder;
  FlightRecorder::Options options = ring_in(folder);
  options.unflushed_ns_max = UINT64_MAX;
  Recorded agent(std::move(options));
  std::size_t told = 0;
  for (const Step& step : story_of_an_agent().steps) {
    agent.lives_through(step);
    const bool decides = std::ranges::any_of(
        step.outputs, [](const v1::Output& output) { return output.has_verdict() || output.has_prompt(); });
    if (!decides) continue;
    ++told;
    const std::vector<v1::Record> kept = records(folder.path("ring/flight-0000000001.hfr.partial"));
    EXPECT_EQ(kept.back().output().SerializeAsString(), step.outputs.back().SerializeAsString());
  }
  EXPECT_GT(told, 10U);
}

TEST(FlightRecorder, ObservationsWaitNoLongerThanTheySay) {
  const TemporaryFolder folder;
  FlightRecorder::Options options = ring_in(folder);
  options.unflushed_ns_max = 1 * kSecond_ns;
  Recorded agent(std::move(options));
  for (const Step& step : story_of_an_agent().steps) {
    agent.lives_through(step);
    std::uint64_t kept_until = 0;
    for (const v1::Record& record : records(folder.path("ring/flight-0000000001.hfr.partial"))) {
      if (record.has_input()) kept_until = record.input().at_ns();
    }
    ASSERT_LT(step.input.at_ns() - kept_until, 1 * kSecond_ns);
  }
}

TEST(FlightRecorder, HandsOutItsLastMinutesWithoutStopping) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  FlightRecorder::Options options = ring_in(folder);
  options.segment_ns_max = 5 * kSecond_ns;
  Recorded agent(std::move(options));
  for (const Step& step : story.steps) {
    if (step.input.at_ns() > 20 * kSecond_ns) break;
    agent.lives_through(step);
  }
  const std::vector<std::string> last = agent.recorder().last(8 * kSecond_ns);
  std::uint64_t first_ns = UINT64_MAX;
  std::uint64_t last_ns = 0;
  for (const std::string& path : last) {
    EXPECT_TRUE(path.ends_with(".hfr")) << path;
    for (const v1::Record& record : records(path)) {
      if (!record.has_input()) continue;
      first_ns = std::min(first_ns, record.input().at_ns());
      last_ns = std::max(last_ns, record.input().at_ns());
    }
  }
  EXPECT_LE(first_ns, 12 * kSecond_ns);
  EXPECT_GE(first_ns, 6 * kSecond_ns) << "one segment too many at most";
  EXPECT_GE(last_ns, 19 * kSecond_ns);
  EXPECT_EQ(agent.recorder().status().inputs_lost, 0U);
}

TEST(FlightRecorder, GoesOnWithTheRingOfAnEarlierRun) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  for (int run = 0; run < 2; ++run) {
    Recorded agent(ring_in(folder));
    agent.lives_through(story.steps.front());
  }
  folder.write("ring/notes.txt", "not a segment");
  folder.write("ring/flight-x.hfr", "neither");
  FlightRecorder::Options options = ring_in(folder);
  Recorded agent(std::move(options));
  EXPECT_THAT(files(folder), ElementsAre("flight-0000000001.hfr", "flight-0000000002.hfr",
                                         "flight-0000000003.hfr.partial", "flight-x.hfr", "notes.txt"));
}

TEST(FlightRecorder, OneRecordThatNobodyCouldReadCostsNoOtherOne) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  Recorded agent(ring_in(folder));
  for (std::size_t i = 0; i < 20; ++i) {
    Step step = story.steps[i];
    if (i == 10) {
      step.input.mutable_operation()->mutable_actor()->set_pid(11);
      step.input.mutable_operation()->mutable_file_write()->set_path("C:\\caf\xe9.txt");
    }
    agent.lives_through(step);
  }
  const FlightRecorder::Status status = agent.recorder().status();
  EXPECT_EQ(status.inputs_lost, 1U);
  EXPECT_EQ(status.inputs_written, 19U);
  EXPECT_NE(status.last_error.find("not valid UTF-8"), std::string::npos) << status.last_error;
}

#ifdef HOLDFAST_CAN_BE_REFUSED
TEST(FlightRecorder, AnAgentGoesOnWhereTheDiskIsFull) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  FlightRecorder::Options options = ring_in(folder);
  options.retry_after_ns = 2 * kSecond_ns;
  options.unflushed_ns_max = 0;
  Recorded agent(std::move(options));
  std::size_t at = 0;
  const auto live_until = [&](std::uint64_t ns) {
    for (; at < story.steps.size() && story.steps[at].input.at_ns() < ns; ++at) agent.lives_through(story.steps[at]);
  };
  live_until(5 * kSecond_ns);
  {
    const FileSizeLimit full(0);
    ASSERT_TRUE(full.holds());
    live_until(10 * kSecond_ns);
  }
  const FlightRecorder::Status lost = agent.recorder().status();
  EXPECT_GT(lost.inputs_lost, 0U);
  EXPECT_FALSE(lost.last_error.empty());
  live_until(20 * kSecond_ns);
  EXPECT_EQ(agent.recorder().status().inputs_written + agent.recorder().status().inputs_lost, at);
  const std::vector<std::string> last = agent.recorder().last(1 * kSecond_ns);
  ASSERT_FALSE(last.empty());
  auto reader = RecordingReader::open(last.front());
  ASSERT_TRUE(reader);
  v1::Record record;
  while (*reader->next(record) != RecordingReader::Next::kEnd) {
  }
  EXPECT_EQ(reader->trailer().inputs_lost(), agent.recorder().status().inputs_lost) << "the recording says so itself";
}
#endif

// Has the disk store what was written so far; with an error it fails to.
void sync(FlightRecorder& recorder, const std::optional<Error>& error = {}) {
  Syncer& syncer = recorder.syncer();
  const std::uint64_t now_ns = syncer.due_ns();
  const auto job = syncer.take(now_ns);
  ASSERT_TRUE(job) << "there is nothing to store";
  Syncer::Outcome outcome = job->run(system_disk());
  if (error) outcome = {.files = 0, .error = error};
  syncer.done(*job, outcome, now_ns);
}

TEST(FlightRecorder, KeepsTheSegmentThatAPowerCutWouldLeave) {
  const TemporaryFolder folder;
  FlightRecorder::Options options = ring_in(folder);
  options.segment_bytes_max = 2'000;
  options.bytes_max = 12'000;
  Recorded agent(std::move(options));
  const ScenarioRun story = story_of_an_agent();
  agent.lives_through(story.steps.front());
  sync(agent.recorder());
  for (const Step& step : story.steps) {
    if (step.input.sequence() > 1) agent.lives_through(step);
    ASSERT_LE(bytes(folder), 12'000U + 1'000U);
  }
  EXPECT_EQ(files(folder).front(), "flight-0000000001.hfr") << "nothing newer is on the medium";
  EXPECT_GT(agent.recorder().status().segments, files(folder).size()) << "others went";
  sync(agent.recorder());
  EXPECT_EQ(agent.recorder().syncer().stored(), agent.recorder().status().segments);
  agent.recorder().last(0);
  EXPECT_NE(files(folder).front(), "flight-0000000001.hfr") << "now it may go";
}

TEST(FlightRecorder, ASegmentOfADeadAgentStaysUntilSomethingNewerIsStored) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  {
    Recorded dead(ring_in(folder));
    dead.lives_through(story.steps.front());
  }
  folder.write("ring/flight-0000000002.hfr.partial", "cut off while its beginning was written");
  FlightRecorder::Options options = ring_in(folder);
  options.segment_bytes_max = 2'000;
  options.bytes_max = 12'000;
  Recorded agent(std::move(options));
  agent.lives_through(story);
  EXPECT_EQ(agent.recorder().syncer().stored(), 1U);
  EXPECT_EQ(files(folder).front(), "flight-0000000001.hfr");
  EXPECT_NE(files(folder).at(1), "flight-0000000002.hfr.partial") << "with that one no agent could begin";
}

TEST(FlightRecorder, BeginsAnewWhereTheMediumRefuses) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  FlightRecorder::Options options = ring_in(folder);
  options.retry_after_ns = 2 * kSecond_ns;
  Recorded agent(std::move(options));
  agent.lives_through(story.steps.front());
  sync(agent.recorder(), Error{.where = "medium", .field = {}, .what = "is worn out", .remedy = {}});
  for (const Step& step : story.steps) {
    if (step.input.sequence() > 1) agent.lives_through(step);
    const bool waits = step.input.at_ns() < 2 * kSecond_ns;
    ASSERT_EQ(agent.recorder().status().segments == 1, waits) << "a worn out medium is not written full";
  }
  EXPECT_EQ(agent.recorder().status().segments, 2U);
  EXPECT_EQ(agent.recorder().status().inputs_lost, 0U);
  sync(agent.recorder());
  EXPECT_EQ(agent.recorder().syncer().stored(), 2U);
}

TEST(FlightRecorder, RefusesOptionsThatContradictEachOther) {
  const TemporaryFolder folder;
  const engine::Engine engine;
  FlightRecorder::Options options = ring_in(folder);
  options.bytes_max = 3 * options.segment_bytes_max - 1;
  const auto small = FlightRecorder::create(engine, header_of_an_agent(), options);
  ASSERT_FALSE(small);
  EXPECT_EQ(small.error().field, "bytes_max");
  folder.write("file", "in the way");
  const auto blocked = FlightRecorder::create(engine, header_of_an_agent(), {.folder = folder.path("file/ring")});
  ASSERT_FALSE(blocked);
  EXPECT_EQ(blocked.error().where, folder.path("file/ring"));
}

}  // namespace
}  // namespace holdfast
