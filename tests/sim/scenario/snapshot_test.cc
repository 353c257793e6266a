// Cutting a run at any input changes nothing: the state is written, read into a new engine, and the story goes on.
#include <gtest/gtest.h>

#include "sim/scenario/scenario_run.h"
#include "sim/text/text_file.h"
#include "tests/sim/text/scenario_text.h"
#include "tests/support/effort.h"
#include "tests/support/repository.h"

namespace holdfast {
namespace {

// A new engine that knows what `engine` knows, by way of bytes.
engine::Engine reborn(const engine::Engine& engine) {
  const std::string bytes = engine.snapshot().SerializeAsString();
  v1::EngineState state;
  EXPECT_TRUE(state.ParseFromString(bytes));
  auto restored = engine::Engine::restore(state);
  EXPECT_TRUE(restored) << restored.error().text();
  EXPECT_EQ(restored->snapshot().SerializeAsString(), bytes) << "the state itself changed";
  return std::move(*restored);
}

// Steps `engine` and compares with what the whole run gave; false at the first difference.
::testing::AssertionResult answers_alike(engine::Engine& engine, const Step& step) {
  std::vector<v1::Output> outputs;
  engine.step(step.input, outputs);
  if (outputs.size() != step.outputs.size()) {
    return ::testing::AssertionFailure() << outputs.size() << " outputs instead of " << step.outputs.size()
                                         << " at input " << step.input.sequence();
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].SerializeAsString() == step.outputs[i].SerializeAsString()) continue;
    return ::testing::AssertionFailure() << "input " << step.input.sequence() << ":\n"
                                         << outputs[i].DebugString() << "instead of\n"
                                         << step.outputs[i].DebugString();
  }
  return ::testing::AssertionSuccess();
}

// A new engine at every input: what is lost at one shows at a later one.
void cut_everywhere(const ScenarioRun& run) {
  engine::Engine engine;
  for (const Step& step : run.steps) {
    ASSERT_TRUE(answers_alike(engine, step));
    engine = reborn(engine);
  }
}

// One cut only, for each place: an error that another cut would heal.
void cut_at_each(const ScenarioRun& run) {
  for (std::size_t cut = 0; cut < run.steps.size(); ++cut) {
    engine::Engine engine;
    for (std::size_t i = 0; i < run.steps.size(); ++i) {
      ASSERT_TRUE(answers_alike(engine, run.steps[i])) << "cut after input " << cut;
      if (i == cut) engine = reborn(engine);
    }
  }
}

constexpr std::size_t kEachCutStepsMax = 12;        // beyond it single cuts take squares of time
constexpr std::size_t kEverywhereStepsMax = 2'000;  // beyond it the first so many steps must do

TEST(Snapshot, AtEveryInputOfEveryScenarioChangesNothing) {
  const auto files = find_text_files(in_repository("scenarios"), ".txtpb", 100'000);
  ASSERT_TRUE(files) << files.error().text();
  ASSERT_GE(files->size(), 5U);
  std::size_t cuts = 0;
  for (const std::string& path : test::some_of(*files)) {
    SCOPED_TRACE(path);
    const auto file = load_scenario(path);
    ASSERT_TRUE(file) << file.error().text();
    ScenarioRun run = run_file(*file);
    ASSERT_GE(run.steps.size(), 1U);
    if (run.steps.size() <= kEachCutStepsMax) cut_at_each(run);
    if (run.steps.size() > kEverywhereStepsMax) run.steps.resize(kEverywhereStepsMax);
    cut_everywhere(run);
    cuts += run.steps.size();
    if (HasFatalFailure()) return;
  }
  RecordProperty("cuts", static_cast<int>(cuts));
}

TEST(Snapshot, IsEqualForEqualHistories) {
  const ScenarioRun run =
      run_text(std::string(kAskAboutStartup) + std::string(kSetupStarts) + std::string(kSetupSetsRunValue));
  engine::Engine one;
  engine::Engine two;
  std::vector<v1::Output> outputs;
  for (const Step& step : run.steps) {
    one.step(step.input, outputs);
    two.step(step.input, outputs);
    EXPECT_EQ(one.snapshot().SerializeAsString(), two.snapshot().SerializeAsString());
  }
}

}  // namespace
}  // namespace holdfast
