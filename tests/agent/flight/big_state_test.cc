// No state is too big for the recorder: a program that starts others by the thousand must not blind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agent/flight/flight_recorder.h"
#include "agent/flight/recovery.h"
#include "engine/text/units.h"
#include "tests/agent/flight/story_of_an_agent.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// An agent on whose machine programs with names of `image_bytes` start one after the other.
class Crowded {
 public:
  Crowded(FlightRecorder::Options options, std::size_t image_bytes) : image_bytes_(image_bytes) {
    auto created = FlightRecorder::create(engine_, header_of_an_agent(), std::move(options));
    EXPECT_TRUE(created) << created.error().text();
    recorder_.emplace(std::move(*created));
    v1::Input started;
    v1::AgentStarted& agent = *started.mutable_agent_started();
    agent.mutable_profile()->set_platform(v1::WINDOWS_10_X64);
    agent.mutable_settings()->mutable_event_monitoring()->set_enabled(true);
    agent.mutable_settings()->mutable_limits()->set_process_bytes_max(1U << 30U);
    feed(started);
  }

  void starts(std::uint32_t programs) {
    for (std::uint32_t i = 0; i < programs; ++i) {
      v1::Input input;
      v1::Operation& operation = *input.mutable_operation();
      operation.set_id(sequence_ + 1);
      v1::Process& process = *operation.mutable_process_start();
      process.set_pid(4 * ++last_pid_);
      process.set_start_ns(now_ns_ + 1);
      process.set_image("C:\\" + std::to_string(last_pid_) + '\\' + std::string(image_bytes_, 'x') + ".exe");
      feed(input);
    }
  }

  void passes(std::uint64_t ns) {
    now_ns_ += ns;
    v1::Input input;
    input.mutable_loss()->set_events(1);
    feed(input);
  }

  // What would be left if the agent were killed now.
  static std::string left(const TemporaryFolder& folder) {
    fs::copy(folder.path("ring"), folder.path("left"), fs::copy_options::recursive);
    return folder.path("left");
  }
  FlightRecorder::Status status() const { return recorder_->status(); }
  std::string state() const { return engine_.snapshot().SerializeAsString(); }

 private:
  void feed(v1::Input& input) {
    input.set_sequence(++sequence_);
    input.set_at_ns(now_ns_);
    outputs_.clear();
    engine_.step(input, outputs_);
    EXPECT_TRUE(recorder_->on_step(input, outputs_));
  }

  std::size_t image_bytes_;
  engine::Engine engine_;
  std::optional<FlightRecorder> recorder_;
  std::vector<v1::Output> outputs_;
  std::uint64_t sequence_ = 0;
  std::uint64_t now_ns_ = 0;
  std::uint32_t last_pid_ = 0;
};

fs::path newest_in(const std::string& folder) {
  fs::path newest;
  for (const auto& file : fs::directory_iterator(folder)) newest = std::max(newest, file.path());
  return newest;
}

TEST(BigState, IsRecordedInPartsAndRecovered) {
  const TemporaryFolder folder;
  Crowded agent({.folder = folder.path("ring"), .segment_ns_max = kSecond_ns, .snapshot_part_bytes = 1'000}, 50);
  for (int segment = 0; segment < 4; ++segment) {
    agent.starts(50);
    agent.passes(2 * kSecond_ns);
  }
  EXPECT_EQ(agent.status().inputs_lost, 0U);
  EXPECT_EQ(agent.status().segments, 5U);
  const auto recovered = recover(agent.left(folder));
  ASSERT_TRUE(recovered && *recovered);
  EXPECT_EQ((*recovered)->engine.snapshot().SerializeAsString(), agent.state());
}

TEST(BigState, ASegmentThatIsTornInsideItsSnapshotCountsAsNotBegun) {
  const TemporaryFolder folder;
  Crowded agent({.folder = folder.path("ring"), .segment_ns_max = kSecond_ns, .snapshot_part_bytes = 1'000}, 50);
  agent.starts(100);
  agent.passes(2 * kSecond_ns);
  const std::string left = agent.left(folder);
  const fs::path newest = newest_in(left);
  for (std::uintmax_t bytes = fs::file_size(newest); bytes > 100; bytes -= std::min<std::uintmax_t>(bytes, 211)) {
    fs::resize_file(newest, bytes);
    const auto recovered = recover(left);
    ASSERT_TRUE(recovered && *recovered) << bytes;
    ASSERT_EQ((*recovered)->engine.snapshot().SerializeAsString(), agent.state()) << "by the segment before";
  }
}

TEST(BigState, OfMoreThanAnyRecordMayHaveIsRecordedToo) {
  const TemporaryFolder folder;
  Crowded agent({.folder = folder.path("ring"), .segment_ns_max = kSecond_ns}, 30'000);
  agent.starts(2'400);
  agent.passes(2 * kSecond_ns);
  agent.passes(2 * kSecond_ns);
  ASSERT_GT(agent.state().size(), 64U << 20U);
  EXPECT_EQ(agent.status().inputs_lost, 0U) << agent.status().last_error;
  EXPECT_EQ(agent.status().last_error, "");
  const auto recovered = recover(agent.left(folder));
  ASSERT_TRUE(recovered && *recovered);
  EXPECT_TRUE((*recovered)->engine.snapshot().SerializeAsString() == agent.state());
}

}  // namespace
}  // namespace holdfast
