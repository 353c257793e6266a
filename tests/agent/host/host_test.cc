#include "agent/host/host.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "agent/host/live_clock.h"
#include "engine/log/decision_log.h"
#include "sim/world/virtual_clock.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;

// What a sensor reports, at the times at which it happened.
using Script = std::vector<v1::Input>;

v1::Input at(std::uint64_t at_ns, v1::Input input) {
  input.set_at_ns(at_ns);
  return input;
}

v1::Input agent_started() {
  v1::Input input;
  v1::AgentStarted& started = *input.mutable_agent_started();
  started.mutable_profile()->set_platform(v1::WINDOWS_10_X64);
  v1::EventMonitoringSettings& monitoring = *started.mutable_settings()->mutable_event_monitoring();
  monitoring.set_enabled(true);
  v1::MonitoredEventPolicy& policy = *monitoring.add_policy();
  policy.set_event(v1::NEW_STARTUP_PROGRAM);
  policy.set_do_(v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY);
  started.mutable_settings()->set_allow_if_unanswered_s(1);
  return input;
}

v1::Input user_logs_on() {
  v1::Input input;
  input.mutable_session_changed()->set_session_id(1);
  input.mutable_session_changed()->set_state(v1::SessionChanged::ACTIVE);
  return input;
}

v1::Input run_key(std::uint64_t id, std::uint32_t pid) {
  v1::Input input;
  v1::Operation& operation = *input.mutable_operation();
  operation.set_id(id);
  operation.set_hold(v1::HOLD_CAPABILITY_PRE_EXECUTION);
  operation.mutable_actor()->set_pid(pid);
  operation.set_actor_image("C:\\Users\\user\\setup.exe");
  operation.mutable_registry_set()->set_key("HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run");
  operation.mutable_registry_set()->set_value("Updater");
  operation.mutable_registry_set()->set_data("C:\\Users\\user\\setup.exe");
  return input;
}

v1::Input user_allows(std::uint64_t prompt) {
  v1::Input input;
  input.mutable_prompt_answer()->set_prompt_id(prompt);
  input.mutable_prompt_answer()->set_kind(v1::PromptAnswer::ALLOW);
  return input;
}

// One program that nobody answers for, one whose user allows it, one asked about again as its deadline passes.
Script story() {
  return {at(0, agent_started()),
          at(0, user_logs_on()),
          at(10 * kMillisecond, run_key(1, 100)),
          at(20 * kMillisecond, run_key(2, 200)),
          at(220 * kMillisecond, user_allows(2)),
          at(1'010 * kMillisecond, run_key(3, 100)),
          at(1'100 * kMillisecond, run_key(4, 300))};
}

// Reports the script when its time has come, by whichever clock it is given.
template <typename Wait>
class ScriptedSensor final : public Sensor {
 public:
  ScriptedSensor(Script script, Wait wait_until) : script_(std::move(script)), wait_until_(std::move(wait_until)) {}

  Expected<Next> next(std::uint64_t until_ns, v1::Input& input) override {
    const bool over = next_ == script_.size();
    if (over && until_ns == kForever) return Next::kEnd;
    if (over || script_[next_].at_ns() >= until_ns) {
      wait_until_(until_ns);
      return Next::kDeadline;
    }
    wait_until_(script_[next_].at_ns());
    input = script_[next_++];
    return Next::kInput;
  }

 private:
  Script script_;
  Wait wait_until_;
  std::size_t next_ = 0;
};

class LogObserver final : public StepObserver {
 public:
  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override {
    sequences.push_back(input.sequence());
    for (const v1::Output& output : outputs) engine::append_log_line(input.at_ns(), output, log);
    if (fail_at == input.sequence())
      return std::unexpected(Error{.where = "disk", .field = "", .what = "full", .remedy = ""});
    return {};
  }
  std::string log;
  std::vector<std::uint64_t> sequences;
  std::optional<std::uint64_t> fail_at;
};

std::string play_virtually(Script script) {
  VirtualClock clock;
  ScriptedSensor sensor(std::move(script), [&](std::uint64_t at_ns) { clock.advance_to(at_ns); });
  engine::Engine engine;
  LogObserver log;
  Host host({.engine = engine, .sensor = sensor, .actuators = {}, .observers = {&log}});
  EXPECT_TRUE(host.run().has_value());
  return log.log;
}

TEST(Host, TellsTheSameStoryLiveAndVirtual) {
  const LiveClock clock;
  ScriptedSensor sensor(story(), [&](std::uint64_t at_ns) {
    while (clock.now_ns() < at_ns) std::this_thread::sleep_for(std::chrono::nanoseconds(at_ns - clock.now_ns()));
  });
  engine::Engine engine;
  LogObserver live;
  Host host({.engine = engine, .sensor = sensor, .actuators = {}, .observers = {&live}});
  ASSERT_TRUE(host.run().has_value());
  EXPECT_GE(clock.now_ns(), 2'100 * kMillisecond) << "the live host really waited";
  EXPECT_EQ(live.log, play_virtually(story()));
  EXPECT_NE(live.log.find("NOBODY_ANSWERED"), std::string::npos);
  EXPECT_NE(live.log.find("USER_ALLOWED"), std::string::npos);
}

TEST(Host, FiresATimerBeforeAnInputOfTheSameTime) {
  const std::string log = play_virtually({at(0, agent_started()), at(0, user_logs_on()), at(0, run_key(1, 100)),
                                          at(1'000 * kMillisecond, user_allows(1))});
  EXPECT_NE(log.find("because=NOBODY_ANSWERED"), std::string::npos);
  EXPECT_NE(log.find("input-ignored\twhat=prompt_answer"), std::string::npos);
}

TEST(Host, NumbersInputsWithoutGaps) {
  VirtualClock clock;
  ScriptedSensor sensor(story(), [&](std::uint64_t at_ns) { clock.advance_to(at_ns); });
  engine::Engine engine;
  LogObserver log;
  Host host({.engine = engine, .sensor = sensor, .actuators = {}, .observers = {&log}});
  ASSERT_TRUE(host.run().has_value());
  for (std::size_t i = 0; i < log.sequences.size(); ++i) EXPECT_EQ(log.sequences[i], i + 1);
}

TEST(Host, StopsAtTheTimeItIsGiven) {
  VirtualClock clock;
  ScriptedSensor sensor({at(0, agent_started()), at(0, user_logs_on()), at(0, run_key(1, 100))},
                        [&](std::uint64_t at_ns) { clock.advance_to(at_ns); });
  engine::Engine engine;
  LogObserver log;
  Host host({.engine = engine, .sensor = sensor, .actuators = {}, .observers = {&log}});
  ASSERT_TRUE(host.run(500 * kMillisecond).has_value());
  EXPECT_EQ(log.log.find("NOBODY_ANSWERED"), std::string::npos);
  ASSERT_TRUE(host.run().has_value());
  EXPECT_NE(log.log.find("NOBODY_ANSWERED"), std::string::npos);
}

TEST(Host, HandsOnTheErrorOfAnObserver) {
  VirtualClock clock;
  ScriptedSensor sensor(story(), [&](std::uint64_t at_ns) { clock.advance_to(at_ns); });
  engine::Engine engine;
  LogObserver log;
  log.fail_at = 3;
  Host host({.engine = engine, .sensor = sensor, .actuators = {}, .observers = {&log}});
  const auto ended = host.run();
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().what, "full");
}

TEST(Host, ArmsTheTimersOfARestoredEngine) {
  VirtualClock clock;
  const auto wait = [&](std::uint64_t at_ns) { clock.advance_to(at_ns); };
  ScriptedSensor first({at(0, agent_started()), at(0, user_logs_on()), at(0, run_key(1, 100))}, wait);
  engine::Engine engine;
  LogObserver log;
  Host host({.engine = engine, .sensor = first, .actuators = {}, .observers = {&log}});
  ASSERT_TRUE(host.run(kMillisecond).has_value());

  const v1::EngineState state = engine.snapshot();
  auto restored = engine::Engine::restore(state);
  ASSERT_TRUE(restored.has_value());
  ScriptedSensor nothing(Script{}, wait);
  Host second({.engine = *restored,
               .sensor = nothing,
               .actuators = {},
               .observers = {&log},
               .first_sequence = state.last_sequence() + 1});
  second.resume(state);
  ASSERT_TRUE(second.run().has_value());
  EXPECT_NE(log.log.find("because=NOBODY_ANSWERED"), std::string::npos);
}

TEST(LiveClock, GoesOnWhereAnEarlierRunStood) {
  constexpr std::uint64_t kYear = 31'536'000'000 * kMillisecond;
  const LiveClock first;
  const LiveClock second(kYear);
  EXPECT_LT(first.now_ns(), 60'000 * kMillisecond);
  EXPECT_GE(second.now_ns(), kYear);
  EXPECT_LT(second.now_ns(), kYear + 60'000 * kMillisecond);
}

}  // namespace
}  // namespace holdfast
