#include "sim/replay/from_recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/sim/text/scenario_text.h"

namespace holdfast {
namespace {

Conversion told(const std::vector<Step>& steps, std::uint64_t operation_id) {
  FromRecording story;
  for (const Step& step : steps) EXPECT_TRUE(story.on_step(step.input, step.outputs));
  return story.take(operation_id);
}

Step operation(std::uint64_t at_ns, std::uint64_t id, std::uint32_t pid, std::uint64_t start_ns) {
  Step step;
  step.input.set_at_ns(at_ns);
  step.input.mutable_operation()->set_id(id);
  step.input.mutable_operation()->mutable_actor()->set_pid(pid);
  step.input.mutable_operation()->mutable_actor()->set_start_ns(start_ns);
  return step;
}

Step write(std::uint64_t at_ns, std::uint64_t id, std::uint32_t pid, std::uint64_t start_ns) {
  Step step = operation(at_ns, id, pid, start_ns);
  step.input.mutable_operation()->mutable_file_write()->set_path("C:\\x");
  step.input.mutable_operation()->set_actor_image("C:\\a.exe");
  return step;
}

Step start(std::uint64_t at_ns, std::uint64_t id, std::uint32_t pid, std::uint64_t start_ns) {
  Step step = operation(at_ns, id, 4, 0);
  step.input.mutable_operation()->mutable_process_start()->set_pid(pid);
  step.input.mutable_operation()->mutable_process_start()->set_start_ns(start_ns);
  step.input.mutable_operation()->mutable_process_start()->set_image("C:\\a.exe");
  return step;
}

std::map<std::string, std::uint64_t> counts(const Conversion& told) {
  std::map<std::string, std::uint64_t> counts;
  for (const LeftOut& thing : told.left_out) counts[thing.what] = thing.inputs;
  return counts;
}

TEST(FromRecording, TellsTheStoryThatWasPlayed) {
  const ScenarioFile file =
      good_scenario(std::string(kAskAboutStartup) + "world { user { answers { kind: DENY after: \"3s\" } } }" +
                    std::string(kSetupStarts) + std::string(kSetupSetsRunValue));
  const ScenarioRun run = run_file(file);
  const Conversion story = told(run.steps, 2);
  EXPECT_EQ(story.decisive, 1U);
  EXPECT_THAT(story.left_out, testing::IsEmpty());
  EXPECT_EQ(story.scenario.world().user(0).answers().after(), "3s");
  const auto again = run_scenario(story.scenario);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->log, run.log);
}

TEST(FromRecording, OfADumpTakesWhatTheEngineKnewWhenItBegan) {
  const ScenarioFile file =
      good_scenario(std::string(kAskAboutStartup) + "world { user { answers { kind: DENY after: \"3s\" } } }" +
                    std::string(kSetupStarts) + std::string(kSetupSetsRunValue));
  const ScenarioRun run = run_file(file);
  engine::Engine engine;
  std::vector<v1::Output> outputs;
  FromRecording story;
  bool begun = false;
  for (const Step& step : run.steps) {
    if (!begun && step.input.operation().has_registry_set()) {
      story.begin_with(engine.snapshot());
      begun = true;
    }
    if (begun) {
      EXPECT_TRUE(story.on_step(step.input, step.outputs));
    }
    engine.step(step.input, outputs);
  }
  ASSERT_TRUE(begun);
  const Conversion dump = story.take(2);
  EXPECT_EQ(dump.scenario.at_size(), 1);
  EXPECT_EQ(dump.scenario.at(0).actor_image(), file.scenario.at(0).process_start().image());
  const auto again = run_scenario(dump.scenario);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_THAT(again->log, testing::HasSubstr("because=USER_DENIED"));
}

TEST(FromRecording, LearnsFromTheAnswersWhatTheServiceKnows) {
  constexpr std::string_view kAsksService = R"(
    settings {
      event_monitoring { enabled: true  policy { event: NEW_STARTUP_PROGRAM do: DENY } }
      certified_safe_software { enabled: true service_url: "https://csss.example" attempts_max: 1 }
    }
    at { t: "1s" process_start { pid: 4711 image: "C:\\setup.exe" sha256: "the SHA-256 of setup.exe........" } }
    at { t: "2s" by: 4711 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "x" } }
  )";
  for (const char* service :
       {"knows { sha256: \"the SHA-256 of setup.exe........\" verdict: SAFE }", "behaviour: SERVICE_ABORTS",
        "behaviour: SERVICE_UNAVAILABLE", "behaviour: SERVICE_HANGS", "behaviour: SERVICE_SENDS_PAGE"}) {
    const ScenarioFile file = good_scenario(std::string(kAsksService) + "world { service { " + service + " } }");
    const ScenarioRun run = run_file(file);
    const Conversion story = told(run.steps, 2);
    EXPECT_THAT(story.left_out, testing::IsEmpty()) << service;
    const auto again = run_scenario(story.scenario);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->log, run.log) << service;
  }
}

TEST(FromRecording, TellsWhenTheServiceWasDown) {
  const ScenarioFile file = good_scenario(R"(
    settings {
      event_monitoring { enabled: true  policy { event: NEW_STARTUP_PROGRAM do: DENY } }
      certified_safe_software { enabled: true service_url: "https://csss.example" attempts_max: 1 }
    }
    world {
      service { knows { sha256: "the SHA-256 of setup.exe........" verdict: SAFE } }
      phase { from: "10s" until: "30s" service: SERVICE_ABORTS }
    }
    at { t: "1s" process_start { pid: 7 image: "C:\\setup.exe" sha256: "the SHA-256 of other.exe........" } }
    at { t: "2s" by: 7 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "x" } }
    at { t: "20s" process_start { pid: 8 image: "C:\\a.exe" sha256: "the SHA-256 of setup.exe........" } }
    at { t: "21s" by: 8 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "x" } }
    at { t: "40s" by: 8 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "y" } })");
  const ScenarioRun run = run_file(file);
  const Conversion story = told(run.steps, 4);
  EXPECT_EQ(story.scenario.world().phase_size(), 2);
  const auto again = run_scenario(story.scenario);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->log, run.log);
}

TEST(FromRecording, GivesEveryProcessAPidOfItsOwn) {
  const Conversion story = told({start(1, 1, 7, 100), write(2, 2, 7, 100), start(3, 3, 7, 200), write(4, 4, 7, 100),
                                 write(5, 5, 7, 200), write(6, 6, 7, 0), write(7, 7, 8, 0)},
                                4);
  ASSERT_EQ(story.scenario.at_size(), 7);
  EXPECT_EQ(story.scenario.at(1).by(), 7U);
  EXPECT_EQ(story.scenario.at(2).process_start().pid(), 1'000'007U);
  EXPECT_EQ(story.scenario.at(3).by(), 7U);
  EXPECT_EQ(story.scenario.at(4).by(), 1'000'007U);
  EXPECT_EQ(story.scenario.at(5).by(), 1'000'007U) << "a key without a start means the latest";
  EXPECT_EQ(story.scenario.at(6).by(), 8U);
  EXPECT_EQ(story.decisive, 3U);
}

Step on(const std::string& endpoint, Step step) {
  step.input.mutable_operation()->set_endpoint(endpoint);
  return step;
}

TEST(FromRecording, GivesProcessesOfOtherComputersPidsOfTheirOwn) {
  const Conversion story =
      told({write(1, 1, 7, 0), on("PC2", write(2, 2, 7, 0)), on("PC2", start(3, 3, 7, 300)),
            on("pc2", write(4, 4, 7, 0)), start(5, 5, 7, 500), write(6, 6, 7, 0), on("PC3", write(7, 7, 8, 0))},
           1);
  ASSERT_EQ(story.scenario.at_size(), 7);
  EXPECT_EQ(story.scenario.at(0).by(), 7U);
  EXPECT_EQ(story.scenario.at(1).by(), 1'000'007U);
  EXPECT_EQ(story.scenario.at(2).process_start().pid(), 1'000'007U);
  EXPECT_EQ(story.scenario.at(3).by(), 1'000'007U);
  EXPECT_EQ(story.scenario.at(4).process_start().pid(), 7U);
  EXPECT_EQ(story.scenario.at(5).by(), 7U);
  EXPECT_EQ(story.scenario.at(6).by(), 8U);
}

TEST(FromRecording, NamesTheProgramOfAnActorThatStartedBefore) {
  const Conversion story = told({write(1, 1, 7, 100), start(2, 2, 8, 200), write(3, 3, 8, 200)}, 1);
  EXPECT_EQ(story.scenario.at(0).actor_image(), "C:\\a.exe");
  EXPECT_EQ(story.scenario.at(2).actor_image(), "");
}

TEST(FromRecording, CountsWhatAScenarioCannotSay) {
  Step outcome;
  outcome.input.mutable_http_outcome();
  Step elsewhere = write(1, 1, 7, 0);
  elsewhere.input.mutable_operation()->set_endpoint("other.example");
  elsewhere.input.mutable_operation()->set_wall_ns(5);
  Step timer;
  timer.input.mutable_timer_fired();
  const Conversion story = told({outcome, outcome, elsewhere, timer, start(2, 2, 0, 0)}, 2);
  EXPECT_THAT(counts(story),
              testing::ElementsAre(testing::Pair("http_outcome", 2U), testing::Pair("operation.endpoint", 1U),
                                   testing::Pair("operation.wall_ns", 1U), testing::Pair("process_start", 1U)));
  EXPECT_EQ(story.decisive, 1U) << "the start of a program without a pid is no entry";
}

}  // namespace
}  // namespace holdfast
