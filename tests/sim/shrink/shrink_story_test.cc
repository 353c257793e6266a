#include "sim/shrink/shrink_story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/text/duration.h"
#include "sim/text/text_file.h"
#include "tests/sim/text/scenario_text.h"
#include "tests/support/effort.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

constexpr std::string_view kDenyStartup =
    "settings { name: \"denying\" log_every_decision: true event_monitoring { enabled: true policy { event: "
    "NEW_STARTUP_PROGRAM do: DENY } policy { event: NEW_SERVICE do: DENY } } }\n";

// The first verdict of a run that stopped something; or else its last one.
v1::Verdict telling_verdict(const ScenarioRun& run) {
  v1::Verdict last;
  for (const Step& step : run.steps) {
    for (const v1::Output& output : step.outputs) {
      if (!output.has_verdict()) continue;
      last = output.verdict();
      if (last.decision() != v1::Verdict::ALLOW) return last;
    }
  }
  return last;
}

struct Shrinking {
  v1::Scenario story;
  Goal goal;
  Expected<ShrunkStory> shrunk;
  RunBudget budget;
};

Shrinking shrink_file(const ScenarioFile& file, std::uint64_t runs_max = 100'000) {
  Shrinking done{.story = {}, .goal = {}, .shrunk = std::unexpected(Error{}), .budget = {.runs_max = runs_max}};
  const auto timeline = Timeline::compile(file.scenario, file.locations);
  const ScenarioRun run = run_file(file);
  done.story = unfolded(*timeline);
  const v1::Verdict verdict = telling_verdict(run);
  auto decisive = static_cast<std::size_t>(done.story.at_size());
  for (const PlayedEntry& played : run.played) {
    if (played.operation_id == verdict.operation_id()) decisive = played.occurrence;
  }
  done.goal = decision_goal(verdict);
  done.shrunk = shrink_story(done.story, decisive, done.goal, done.budget);
  return done;
}

bool holds(const v1::Scenario& scenario, const Goal& goal) {
  const auto run = run_scenario(scenario);
  return run && goal(*run);
}

// Each single entry, each policy and each phase of the network left out must break what was to be seen.
void expect_one_minimal(const v1::Scenario& story, const Goal& goal, const std::string& name) {
  EXPECT_TRUE(holds(story, goal)) << name;
  for (int i = 0; i < story.at_size(); ++i) {
    v1::Scenario less = story;
    less.mutable_at()->DeleteSubrange(i, 1);
    EXPECT_FALSE(holds(less, goal)) << name << ": at[" << i << "] was not needed\n" << story.DebugString();
  }
  for (int i = 0; i < story.settings().event_monitoring().policy_size(); ++i) {
    v1::Scenario less = story;
    less.mutable_settings()->mutable_event_monitoring()->mutable_policy()->DeleteSubrange(i, 1);
    EXPECT_FALSE(holds(less, goal)) << name << ": policy[" << i << "] was not needed";
  }
  for (int i = 0; i < story.world().phase_size(); ++i) {
    v1::Scenario less = story;
    less.mutable_world()->mutable_phase()->DeleteSubrange(i, 1);
    EXPECT_FALSE(holds(less, goal)) << name << ": phase[" << i << "] was not needed";
  }
}

std::string with_noise(std::string_view story) {
  std::string text(story);
  for (int i = 0; i < 500; ++i) {
    text += "at { t: \"" + std::to_string(i * 7) + "ms\" by: " + std::to_string(100 + i % 9) +
            " file_write { path: \"C:\\\\Users\\\\u\\\\" + std::to_string(i) + ".log\" } }\n";
  }
  return text;
}

TEST(ShrinkStory, KeepsTheProgramAndWhatItDid) {
  const ScenarioFile file = good_scenario(
      with_noise(std::string(kDenyStartup) + std::string(kSetupStarts) + std::string(kSetupSetsRunValue)));
  const Shrinking done = shrink_file(file);
  ASSERT_TRUE(done.shrunk) << done.shrunk.error().text();
  const v1::Scenario& story = done.shrunk->scenario;
  ASSERT_EQ(story.at_size(), 2) << story.DebugString();
  EXPECT_TRUE(story.at(0).has_process_start());
  EXPECT_TRUE(story.at(1).has_registry_set());
  EXPECT_EQ(story.settings().event_monitoring().policy_size(), 1);
  EXPECT_EQ(story.settings().name(), "");
  EXPECT_TRUE(done.shrunk->minimal);
  EXPECT_LE(done.budget.runs, 100U);
}

TEST(ShrinkStory, IsOneMinimalForEveryScenario) {
  const auto files = find_text_files("scenarios", ".txtpb", 10'000);
  ASSERT_TRUE(files);
  std::size_t shrunk = 0;
  for (const std::string& path : test::some_of(*files)) {
    const auto file = load_scenario(path);
    ASSERT_TRUE(file) << file.error().text();
    if (file->scenario.at_size() == 0) continue;
    const Shrinking done = shrink_file(*file);
    if (!done.shrunk) continue;  // nothing was decided
    ++shrunk;
    EXPECT_TRUE(done.shrunk->minimal) << path;
    EXPECT_LE(done.shrunk->scenario.at_size(), 20) << path;
    expect_one_minimal(done.shrunk->scenario, done.goal, path);
  }
  EXPECT_GE(shrunk, 50U / test::kOneIn);
}

TEST(ShrinkStory, KeepsTheFaultThatDecides) {
  const ScenarioFile file = good_scenario(R"(
    settings {
      event_monitoring { enabled: true  policy { event: NEW_STARTUP_PROGRAM do: DENY } }
      certified_safe_software { enabled: true service_url: "https://csss.example" attempts_max: 1 }
    }
    world {
      service { knows { sha256: "the SHA-256 of setup.exe........" verdict: SAFE } latency: "30ms" }
      phase { from: "1h" service: SERVICE_SENDS_PAGE }
      phase { until: "1h" service: SERVICE_UNAVAILABLE }
    }
    at { t: "1s" process_start { pid: 4711 image: "C:\\setup.exe" sha256: "the SHA-256 of setup.exe........" } }
    at { t: "2s" by: 4711 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "x" } })");
  const ScenarioRun run = run_file(file);
  ASSERT_EQ(telling_verdict(run).decision(), v1::Verdict::DENY);
  const Shrinking done = shrink_file(file);
  ASSERT_TRUE(done.shrunk) << done.shrunk.error().text();
  EXPECT_LE(done.shrunk->scenario.world().phase_size(), 1);
  expect_one_minimal(done.shrunk->scenario, done.goal, "the service is down");
}

TEST(ShrinkStory, MovesWhatIsLeftCloseTogether) {
  const ScenarioFile file =
      good_scenario(std::string(kDenyStartup) +
                    "at { t: \"2h 3m 4.567s\" process_start { pid: 4711 image: \"C:\\\\a.exe\" } }"
                    "at { t: \"9h 0.25s\" by: 4711 registry_set { key: "
                    "\"HKLM\\\\Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run\" value: "
                    "\"x\" } }");
  const Shrinking done = shrink_file(file);
  ASSERT_TRUE(done.shrunk);
  ASSERT_EQ(done.shrunk->scenario.at_size(), 2);
  EXPECT_EQ(done.shrunk->scenario.at(0).t(), "1s");
  EXPECT_EQ(done.shrunk->scenario.at(1).t(), "2s");
}

TEST(ShrinkStory, UnfoldsRepetitions) {
  const ScenarioFile file = good_scenario(R"(
    at { t: "1s" every: "10s" times: 3 label: "again" loss {} }
    at { t: "5s" loss { events: 1 } })");
  const auto timeline = Timeline::compile(file.scenario, file.locations);
  const v1::Scenario story = unfolded(*timeline);
  ASSERT_EQ(story.at_size(), 4);
  EXPECT_EQ(story.at(1).loss().events(), 1U);
  EXPECT_EQ(story.at(3).t(), "21s");
  EXPECT_EQ(story.expect_size(), 0);
}

TEST(ShrinkStory, SaysSoWhenItsRunsAreSpent) {
  const ScenarioFile file = good_scenario(
      with_noise(std::string(kDenyStartup) + std::string(kSetupStarts) + std::string(kSetupSetsRunValue)));
  for (std::uint64_t runs = 1; runs < 30; ++runs) {
    const Shrinking done = shrink_file(file, runs);
    ASSERT_TRUE(done.shrunk);
    EXPECT_EQ(done.budget.runs, runs);
    EXPECT_FALSE(done.shrunk->minimal);
    EXPECT_TRUE(holds(done.shrunk->scenario, done.goal)) << runs;
  }
  EXPECT_THAT(shrink_file(file, 0).shrunk.error().text(), HasSubstr("--runs-max"));
}

TEST(ShrinkStory, RefusesAStoryThatDoesNotShowIt) {
  const ScenarioFile file = good_scenario(kSetupStarts);
  RunBudget budget{.runs_max = 100};
  const auto shrunk = shrink_story(file.scenario, 0, [](const ScenarioRun&) { return false; }, budget);
  ASSERT_FALSE(shrunk);
  EXPECT_THAT(shrunk.error().text(), HasSubstr("does not show it"));
}

TEST(ShrinkStory, TakesABrokenPromiseByItsSentence) {
  ScenarioRun run;
  const Goal goal = broken_promise_goal("exactly one VERDICT");
  EXPECT_FALSE(goal(run));
  run.failures.push_back({.expectation = 0, .expected = "exactly one verdict", .actual = "none", .mismatches = {}});
  EXPECT_FALSE(goal(run)) << "an expectation is no promise";
  run.failures.push_back(
      {.expected = "always: each held operation gets exactly one verdict", .actual = "", .mismatches = {}});
  EXPECT_TRUE(goal(run));
}

}  // namespace
}  // namespace holdfast
