// What a flight recorder makes of a disk that refuses, holds on to files, or has not stored what a dead agent left.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/flight/flight_recorder.h"
#include "engine/text/units.h"
#include "sensors/recording/recording.h"
#include "sim/world/random.h"
#include "tests/agent/flight/story_of_an_agent.h"
#include "tests/support/effort.h"
#include "tests/support/simulated_disk.h"

namespace holdfast {
namespace {

constexpr const char* kFolder = "ring";

class RecorderOnADisk : public testing::Test {
 protected:
  void begin(FlightRecorder::Options options) {
    engine_.emplace();
    auto created = FlightRecorder::create(*engine_, header_of_an_agent(), std::move(options), disk_);
    ASSERT_TRUE(created) << created.error().text();
    recorder_.emplace(std::move(*created));
  }
  void live_through(std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      std::vector<v1::Output> outputs;
      engine_->step(story_.steps[i].input, outputs);
      ASSERT_TRUE(recorder_->on_step(story_.steps[i].input, outputs));
    }
  }
  std::uint64_t bytes_of_the_ring() {
    std::uint64_t sum = 0;
    const auto files = disk_.list(kFolder);
    for (const Disk::Entry& file : *files) sum += file.bytes;
    return sum;
  }
  // Inputs that can be read of all that lies there.
  std::uint64_t inputs_on(SimulatedDisk& disk) {
    std::uint64_t inputs = 0;
    const auto files = disk.list(kFolder);
    for (const Disk::Entry& file : *files) {
      auto reader = RecordingReader::open(std::string(kFolder) + '/' + file.name, disk);
      v1::Record record;
      while (reader) {
        const auto next = reader->next(record);
        if (next && *next == RecordingReader::Next::kEnd) break;
        inputs += next && record.has_input() ? 1 : 0;
      }
    }
    return inputs;
  }

  const ScenarioRun story_ = story_of_an_agent();
  SimulatedDisk disk_;
  std::optional<engine::Engine> engine_;
  std::optional<FlightRecorder> recorder_;
};

// Every moment at which the disk may fill up, while inputs wait in memory for the next time they are handed over.
TEST_F(RecorderOnADisk, CountsEveryInputAsWrittenOrLost) {
  for (std::size_t full = 1; full + 1 < story_.steps.size(); full += test::kOneIn) {
    disk_ = SimulatedDisk();
    begin({.folder = kFolder, .unflushed_ns_max = 5 * kSecond_ns, .retry_after_ns = 1});
    live_through(0, full);
    disk_.set_free_bytes(full % 40);
    const std::size_t free = std::min(full + 30, story_.steps.size() - 1);
    live_through(full, free);
    disk_.set_free_bytes(UINT64_MAX);
    live_through(free, story_.steps.size());
    recorder_->last(0);
    const FlightRecorder::Status status = recorder_->status();
    ASSERT_EQ(status.inputs_written + status.inputs_lost, story_.steps.size());
    ASSERT_EQ(status.inputs_written, inputs_on(disk_)) << "the disk filled up before input " << full;
  }
}

TEST_F(RecorderOnADisk, StoresWhatAKilledAgentLeftBeforeAnythingOfItIsRemoved) {
  constexpr std::uint64_t kCuts = 200;
  begin({.folder = kFolder, .bytes_max = 12'000, .segment_bytes_max = 4'000, .unflushed_ns_max = 0});
  live_through(0, story_.steps.size());
  recorder_.reset();  // nobody synced
  begin({.folder = kFolder, .bytes_max = 12'000, .segment_bytes_max = 4'000, .unflushed_ns_max = 0});
  disk_.advance_to(disk_.idle_at_ns());
  Random random(1);
  for (std::uint64_t i = 0; i < kCuts; ++i) {
    SimulatedDisk left = disk_.after_power_cut(i % 2 == 0 ? PowerCut::kTorn : PowerCut::kReordered, random);
    const auto files = left.list(kFolder);
    const bool begins = files && std::ranges::any_of(*files, [&](const Disk::Entry& file) {
                          auto reader = RecordingReader::open(std::string(kFolder) + '/' + file.name, left);
                          v1::Record record;
                          return reader && reader->next(record) && record.has_snapshot();
                        });
    ASSERT_TRUE(begins) << "no snapshot is left to begin with";
  }
}

TEST_F(RecorderOnADisk, TriesAgainToRemoveWhatAnotherProgramHeld) {
  begin({.folder = kFolder, .bytes_max = 20'000, .segment_bytes_max = 2'000, .unflushed_ns_max = 0});
  disk_.set_holds_files(true);
  live_through(0, story_.steps.size() / 2);
  EXPECT_GT(bytes_of_the_ring(), 20'000U) << "nothing went";
  EXPECT_NE(recorder_->status().last_error.find("cannot be removed"), std::string::npos);
  disk_.set_holds_files(false);
  live_through(story_.steps.size() / 2, story_.steps.size());
  EXPECT_LE(bytes_of_the_ring(), 20'000U);
}

}  // namespace
}  // namespace holdfast
