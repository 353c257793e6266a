// An agent dies at any moment, and the next one knows what it knew.
#include "agent/flight/recovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "agent/flight/flight_recorder.h"
#include "engine/text/units.h"
#include "sim/world/random.h"
#include "tests/agent/flight/story_of_an_agent.h"
#include "tests/support/effort.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// How far a recording had come after a step: what a crash then leaves.
struct Moment {
  std::string file;
  std::uint64_t bytes = 0;
};

// Records the story and remembers the size of the open segment after each step.
std::vector<Moment> record(const ScenarioRun& story, const std::string& folder, std::uint64_t segment_ns) {
  engine::Engine engine;
  auto recorder = FlightRecorder::create(
      engine, header_of_an_agent(), {.folder = folder, .segment_ns_max = segment_ns, .unflushed_ns_max = kSecond_ns});
  EXPECT_TRUE(recorder);
  std::vector<Moment> moments;
  for (const Step& step : story.steps) {
    std::vector<v1::Output> outputs;
    engine.step(step.input, outputs);
    EXPECT_TRUE(recorder->on_step(step.input, outputs));
    Moment moment;
    for (const auto& file : fs::directory_iterator(folder)) {
      const std::string name = file.path().generic_string();
      if (name > moment.file) moment = {.file = name, .bytes = file.file_size()};
    }
    moments.push_back(moment);
  }
  return moments;
}

std::string state_of(const engine::Engine& engine) { return engine.snapshot().SerializeAsString(); }

bool tells_somebody(const v1::Output& output) {
  return output.has_verdict() || output.has_prompt() || output.has_violation() || output.has_http_request();
}

Recovered recovered_from(const std::string& folder) {
  auto recovered = recover(folder);
  EXPECT_TRUE(recovered) << recovered.error().text();
  EXPECT_TRUE(recovered->has_value());
  return std::move(**recovered);
}

TEST(Recovery, KnowsNothingWhereNothingWasLeft) {
  const TemporaryFolder folder;
  const auto nothing = recover(folder.path("ring"));
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(nothing->has_value());
}

TEST(Recovery, GivesBackTheEngineOfAnAgentThatStopped) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  record(story, folder.path("ring"), 10 * kSecond_ns);
  const Recovered recovered = recovered_from(folder.path("ring"));
  EXPECT_EQ(state_of(recovered.engine), state_of(engine_after(story, story.steps.size())));
  EXPECT_EQ(recovered.next_sequence, story.steps.size() + 1);
  EXPECT_EQ(recovered.at_ns, story.steps.back().input.at_ns());
  EXPECT_FALSE(recovered.torn);
}

// Where a segment is cut: every byte of its end, and one in a hundred before.
std::vector<std::size_t> cuts(std::size_t bytes) {
  std::vector<std::size_t> cuts;
  for (std::size_t cut = 0; cut < bytes; cut += (cut + 1'000 < bytes ? 97 : 1) * test::kOneIn) cuts.push_back(cut);
  return cuts;
}

// As a system leaves it that dies while it writes.
TEST(Recovery, FromWhereverASegmentEnds) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  record(story, folder.path("ring"), UINT64_MAX);
  const std::string whole = folder.read("ring/flight-0000000001.hfr");
  std::map<std::uint64_t, std::string> states;  // by inputs taken
  engine::Engine engine;
  std::vector<v1::Output> outputs;
  states[0] = state_of(engine);
  for (const Step& step : story.steps) {
    engine.step(step.input, outputs);
    states[step.input.sequence()] = state_of(engine);
  }
  fs::remove(folder.path("ring/flight-0000000001.hfr"));
  std::uint64_t points = 0;
  std::uint64_t inputs_before = 0;
  std::uint64_t without_snapshot = 0;
  for (const std::size_t bytes : cuts(whole.size())) {
    folder.write("ring/flight-0000000001.hfr.partial", whole.substr(0, bytes));
    const auto recovered = recover(folder.path("ring"));
    ASSERT_TRUE(recovered) << "cut at " << bytes;
    ++points;
    if (!*recovered) {
      ++without_snapshot;
      ASSERT_EQ(inputs_before, 0U) << "cut at " << bytes << ": what could be read before cannot be any more";
      continue;
    }
    const std::uint64_t inputs = (*recovered)->next_sequence - 1;
    ASSERT_GE(inputs, inputs_before) << "cut at " << bytes;
    ASSERT_EQ(state_of((*recovered)->engine), states.at(inputs)) << "cut at " << bytes;
    ASSERT_TRUE((*recovered)->torn);
    inputs_before = inputs;
  }
  EXPECT_EQ(inputs_before, story.steps.size());
  std::printf(
      "  %llu crash points, %llu of them before the first snapshot was whole; the engine's state was right at each\n",
      static_cast<unsigned long long>(points), static_cast<unsigned long long>(without_snapshot));
  EXPECT_GE(points, 1'000U / test::kOneIn);
}

// Killed after any step: what anybody had been told is known, and observations are missing for a second at most.
TEST(Recovery, LosesNothingThatAnybodyWasTold) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  const std::vector<Moment> moments = record(story, folder.path("ring"), UINT64_MAX);
  const std::string whole = folder.read("ring/flight-0000000001.hfr");
  fs::remove(folder.path("ring/flight-0000000001.hfr"));
  for (std::size_t i = 0; i < story.steps.size(); ++i) {
    folder.write("ring/flight-0000000001.hfr.partial", whole.substr(0, moments[i].bytes));
    const Recovered recovered = recovered_from(folder.path("ring"));
    const std::uint64_t kept = recovered.next_sequence - 1;
    for (std::size_t lost = kept; lost <= i; ++lost) {
      for (const v1::Output& output : story.steps[lost].outputs) {
        ASSERT_FALSE(tells_somebody(output)) << "killed after input " << i + 1 << ", input " << lost + 1 << " is lost";
      }
      ASSERT_LT(story.steps[i].input.at_ns() - recovered.at_ns, kSecond_ns);
    }
  }
}

// A dead agent and its successor together: one verdict for each operation, numbers of violations without gap or
// repetition.
TEST(Recovery, NothingIsDecidedTwiceAndNoViolationIsMissing) {
  const ScenarioRun story = story_of_an_agent();
  std::uint64_t held_by_the_dead = 0;
  for (std::size_t killed_after = 1; killed_after <= story.steps.size(); killed_after += 3) {
    const TemporaryFolder folder;
    std::map<std::uint64_t, int> verdicts;
    std::vector<std::uint64_t> violations;
    const auto carry_out = [&](const v1::Output& output) {
      if (output.has_verdict()) ++verdicts[output.verdict().operation_id()];
      if (!output.has_violation()) return;
      // Who keeps the log already has what came before.
      if (!violations.empty() && output.violation().violation_id() <= violations.back()) return;
      violations.push_back(output.violation().violation_id());
    };
    std::size_t asked = 0;
    {
      engine::Engine engine;
      auto recorder = FlightRecorder::create(engine, header_of_an_agent(), {.folder = folder.path("ring")});
      ASSERT_TRUE(recorder);
      for (std::size_t i = 0; i < killed_after; ++i) {
        std::vector<v1::Output> outputs;
        engine.step(story.steps[i].input, outputs);
        ASSERT_TRUE(recorder->on_step(story.steps[i].input, outputs));
        const bool killed_before_it_acts = i + 1 == killed_after;
        if (!killed_before_it_acts) std::ranges::for_each(outputs, carry_out);
        const v1::Input& input = story.steps[i].input;
        if (input.has_operation() && input.operation().hold() != v1::HOLD_CAPABILITY_NONE) ++asked;
      }
    }
    Recovered recovered = recovered_from(folder.path("ring"));
    for (const v1::Output& output : recovered.unconfirmed) {
      const bool known = output.has_verdict() && verdicts.contains(output.verdict().operation_id());
      if (!known) carry_out(output);
    }
    v1::Input start = story.steps.front().input;
    ASSERT_TRUE(start.has_agent_started());
    start.set_sequence(recovered.next_sequence);
    start.set_at_ns(recovered.at_ns);
    std::vector<v1::Output> outputs;
    recovered.engine.step(start, outputs);
    for (const v1::Output& output : outputs) {
      if (output.has_verdict()) {
        EXPECT_EQ(output.verdict().decision(), v1::Verdict::ALLOW);
        EXPECT_EQ(output.verdict().because(), v1::AGENT_STOPPED);
        ++held_by_the_dead;
      }
      carry_out(output);
    }
    for (const auto& [operation, times] : verdicts) {
      EXPECT_EQ(times, 1) << "operation " << operation << ", killed after " << killed_after;
    }
    EXPECT_EQ(verdicts.size(), asked) << "killed after " << killed_after;
    for (std::size_t i = 0; i < violations.size(); ++i) EXPECT_EQ(violations[i], i + 1);
  }
  EXPECT_GT(held_by_the_dead, 10U) << "some died while a program was held";
}

TEST(Recovery, GoesByAnOlderSegmentWhereTheLastHasNoSnapshot) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  record(story, folder.path("ring"), UINT64_MAX);
  folder.write("ring/flight-0000000002.hfr.partial", "cut off while its beginning was written");
  const Recovered recovered = recovered_from(folder.path("ring"));
  EXPECT_EQ(recovered.next_sequence, story.steps.size() + 1);
  EXPECT_THAT(recovered.segment, ::testing::EndsWith("flight-0000000001.hfr"));
}

// Damage costs what lies behind it in its segment, or the segment if it hits the snapshot; never more, and never a
// wrong state.
TEST(Recovery, FromARingInWhichAnyBitIsFlipped) {
  constexpr int kBits = 2'000 / test::kOneIn;
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  record(story, folder.path("ring"), 5 * kSecond_ns);
  std::vector<std::string> states{state_of(engine::Engine())};
  engine::Engine engine;
  std::vector<v1::Output> outputs;
  for (const Step& step : story.steps) {
    engine.step(step.input, outputs);
    states.push_back(state_of(engine));
  }
  std::map<std::string, std::string> files;
  for (const auto& file : fs::directory_iterator(folder.path("ring"))) {
    const std::string name = "ring/" + file.path().filename().string();
    files[name] = folder.read(name);
  }
  const auto& [newest, whole] = *files.rbegin();
  const auto& [before, ignored] = *std::next(files.rbegin());
  Random random(11);
  int older = 0;
  int less = 0;
  for (int i = 0; i < kBits; ++i) {
    std::string damaged = whole;
    const std::uint64_t bit = random.below(8 * whole.size());
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    folder.write(newest, damaged);
    const Recovered recovered = recovered_from(folder.path("ring"));
    const std::uint64_t kept = recovered.next_sequence - 1;
    ASSERT_EQ(state_of(recovered.engine), states.at(kept)) << "bit " << bit;
    ASSERT_TRUE(recovered.segment.ends_with(newest) || recovered.segment.ends_with(before)) << recovered.segment;
    older += recovered.segment.ends_with(before) ? 1 : 0;
    less += kept < story.steps.size() ? 1 : 0;
  }
  std::printf("  %d bits of the newest segment flipped: %d times something was lost, %d times the one before served\n",
              kBits, less, older);
  EXPECT_GT(older, 0);
  EXPECT_GT(less, older);
  EXPECT_LT(less, kBits) << "a flipped trailer costs nothing";
}

TEST(Recovery, RefusesToDecideOtherwiseWhatWasDecided) {
  const TemporaryFolder folder;
  record(story_of_an_agent(), folder.path("ring"), UINT64_MAX);
  engine::Tables other = engine::default_tables();
  other.cloud.attempt_timeout_ms = 5'000;
  const auto recovered = recover(folder.path("ring"), other);
  ASSERT_FALSE(recovered);
  EXPECT_EQ(recovered.error().field, "output");
}

// After an orderly stop the state alone is taken over, by whatever version of the engine.
TEST(Recovery, AnotherEngineMayFollowOneThatStopped) {
  const TemporaryFolder folder;
  ScenarioRun story = story_of_an_agent();
  Step& stop = story.steps.emplace_back();
  stop.input.set_sequence(story.steps.size());
  stop.input.set_at_ns(3'600 * kSecond_ns);
  stop.input.mutable_agent_stopping();
  record(story, folder.path("ring"), UINT64_MAX);
  engine::Tables other = engine::default_tables();
  other.cloud.attempt_timeout_ms = 5'000;
  const auto recovered = recover(folder.path("ring"), other);
  ASSERT_TRUE(recovered) << recovered.error().text();
  ASSERT_TRUE(recovered->has_value());
  EXPECT_EQ((*recovered)->inputs, 0U);
  EXPECT_EQ((*recovered)->next_sequence, story.steps.size() + 1);
}

}  // namespace
}  // namespace holdfast
