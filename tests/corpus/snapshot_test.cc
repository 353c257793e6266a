// A large real recording, with every event set to Ask so that prompts are open at many of its inputs: an engine that is
// cut off at 1,000 random inputs, each time saved, restored from the bytes and gone on with, decides as one that never
// stopped.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/engine.h"
#include "engine/log/decision_log.h"
#include "engine/settings/effective_settings.h"
#include "engine/text/sha256.h"
#include "sensors/import/import.h"
#include "tests/corpus/corpus_files.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

constexpr const char* kRecording =
    "OTRF+Security-Datasets/datasets/compound/LSASS_campaign_01/metasploit_logonpasswords_lsass_memory_dump.zip";
constexpr std::uint64_t kCuts = 1'000;

// Keeps every input of an imported recording, behind the start of an agent that asks about everything.
class Collected final : public ImportSink {
 public:
  Expected<void> begin(const v1::RecordingHeader& header) override {
    v1::AgentStarted& started = *inputs.emplace_back().mutable_agent_started();
    *started.mutable_profile() = header.profile();
    started.mutable_settings()->mutable_event_monitoring()->set_enabled(true);
    for (const v1::MonitoredEvent event : engine::kMonitoredEvents) {
      v1::MonitoredEventPolicy& policy = *started.mutable_settings()->mutable_event_monitoring()->add_policy();
      policy.set_event(event);
      policy.set_do_(v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY);
    }
    v1::SessionChanged& session = *inputs.emplace_back().mutable_session_changed();
    session.set_session_id(1);
    session.set_state(v1::SessionChanged::ACTIVE);
    return {};
  }
  Expected<void> take(const v1::Input& input) override {
    inputs.push_back(input);
    return {};
  }
  std::vector<v1::Input> inputs;
};

// Plays the inputs, timers included; `between` may replace the engine after each step.
std::string play(const std::vector<v1::Input>& inputs, const std::function<void(engine::Engine&)>& between) {
  engine::Engine engine;
  engine::Sha256 hash;
  std::uint64_t sequence = 0;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> timers;  // (time, order of setting) -> id
  std::vector<v1::Output> outputs;
  std::string log;
  const auto step = [&](v1::Input input) {
    input.set_sequence(++sequence);
    outputs.clear();
    engine.step(input, outputs);
    log.clear();
    for (const v1::Output& output : outputs) {
      if (output.has_timer_set()) timers[{output.timer_set().at_ns(), sequence}] = output.timer_set().timer_id();
      if (output.has_timer_cancelled()) {
        std::erase_if(timers, [&](const auto& timer) { return timer.second == output.timer_cancelled().timer_id(); });
      }
      engine::append_log_line(input.at_ns(), output, log);
    }
    hash.update(log);
    between(engine);
  };
  for (const v1::Input& input : inputs) {
    while (!timers.empty() && timers.begin()->first.first <= input.at_ns()) {
      v1::Input fired;
      fired.set_at_ns(timers.begin()->first.first);
      fired.mutable_timer_fired()->set_timer_id(timers.begin()->second);
      timers.erase(timers.begin());
      step(fired);
    }
    step(input);
  }
  return hash.hex();
}

TEST(Snapshot, AtAThousandRandomInputsOfALargeRecordingChangesNothing) {
  const auto file = corpus_folder() / kRecording;
  Collected recording;
  ASSERT_TRUE(import_events({file.string()}, recording, {}).has_value());
  ASSERT_GT(recording.inputs.size(), 10'000U);

  std::uint64_t steps = 0;
  const std::string whole = play(recording.inputs, [&](engine::Engine&) { ++steps; });

  Random random(20'260'101);
  std::uint64_t step = 0;
  std::uint64_t cuts = 0;
  std::uint64_t with_open_prompt = 0;
  const std::string cut = play(recording.inputs, [&](engine::Engine& engine) {
    // Selection sampling: exactly kCuts of the steps, each set of them equally likely.
    const std::uint64_t left = steps - step++;
    if (random.below(left) >= kCuts - cuts) return;
    ++cuts;
    v1::EngineState state;
    ASSERT_TRUE(state.ParseFromString(engine.snapshot().SerializeAsString()));
    with_open_prompt += state.prompt().empty() ? 0 : 1;
    auto restored = engine::Engine::restore(state);
    ASSERT_TRUE(restored.has_value()) << restored.error().text();
    engine = std::move(*restored);
  });
  std::printf("%llu of %llu inputs cut, %llu with a prompt open\n", static_cast<unsigned long long>(cuts),
              static_cast<unsigned long long>(steps), static_cast<unsigned long long>(with_open_prompt));
  EXPECT_EQ(cuts, kCuts);
  EXPECT_GT(with_open_prompt, 0U);
  EXPECT_EQ(cut, whole);
}

}  // namespace
}  // namespace holdfast
