// A replay is the run again: whatever was recorded, the same engine gives the same decision log.
#include "sim/replay/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/engine.h"
#include "engine/log/decision_log.h"
#include "sensors/recording/recording.h"
#include "sim/replay/recorded_beginning.h"
#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"
#include "sim/text/text_file.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

std::string record(const TemporaryFolder& folder, const std::vector<v1::Input>& inputs,
                   v1::RecordingHeader::Origin origin = v1::RecordingHeader::SIMULATED) {
  v1::RecordingHeader header;
  header.set_origin(origin);
  header.set_started_wall_ns(1'600'571'100'000'000'000);
  header.mutable_profile()->set_platform(v1::WINDOWS_10_X64);
  std::string path = folder.path("a.hfr");
  auto writer = RecordingWriter::create(path, header);
  EXPECT_TRUE(writer);
  for (const v1::Input& input : inputs) EXPECT_TRUE(writer->write(input));
  EXPECT_TRUE(writer->close());
  return path;
}

std::string record(const TemporaryFolder& folder, const ScenarioRun& run) {
  std::vector<v1::Input> inputs;
  for (const Step& step : run.steps) inputs.push_back(step.input);
  return record(folder, inputs);
}

struct Replayed {
  ReplayResult result;
  std::string log_sha256;
  std::string log;
};

Expected<void> append(void* whom, std::string_view lines) {
  static_cast<std::string*>(whom)->append(lines);
  return {};
}

Replayed replayed(ReplayOptions options) {
  Replayed replayed;
  auto replay = Replay::open(std::move(options));
  EXPECT_TRUE(replay) << (replay ? "" : replay.error().text());
  if (!replay) return replayed;
  DecisionLog log(append, &replayed.log);
  const auto result = replay->run({&log});
  EXPECT_TRUE(result) << (result ? "" : result.error().text());
  EXPECT_TRUE(log.finish());
  if (result) replayed.result = *result;
  replayed.log_sha256 = log.sha256();
  return replayed;
}

constexpr const char* kAskedTwice = R"(name: "A person allows the first change and denies the second"
settings { name: "asking" event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: ASK_WHEN_NECESSARY } } }
world { user { then { kind: ALLOW after: "3s" } then { kind: DENY after: "4s" } } }
at { t: "1s" process_start { pid: 7 image: "C:\\Users\\user\\setup.exe" } }
at { t: "2s" by: 7 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "One" data: "x" } }
at { t: "20s" by: 7 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "Two" data: "x" } }
expect { count { prompts: 2 } }
)";

ScenarioRun asked_twice() {
  const auto file = parse_scenario("asked-twice.txtpb", kAskedTwice);
  EXPECT_TRUE(file) << (file ? "" : file.error().text());
  const auto run = run_scenario(file->scenario);
  EXPECT_TRUE(run);
  return *run;
}

TEST(Replay, OfEveryScenarioGivesTheLogOfItsRun) {
  const auto files = find_text_files("scenarios", ".txtpb", 10'000);
  ASSERT_TRUE(files);
  ASSERT_GT(files->size(), 0U);
  const TemporaryFolder folder;
  for (const std::string& path : *files) {
    const auto file = load_scenario(path);
    ASSERT_TRUE(file) << file.error().text();
    if (!file->scenario.runs_for().empty()) continue;  // cut off before its timers: a replay would let them fire
    const auto run = run_scenario(file->scenario);
    ASSERT_TRUE(run) << path;
    if (run->steps.empty()) continue;
    EXPECT_EQ(replayed({.path = record(folder, *run)}).log_sha256, run->log_sha256) << path;
  }
}

TEST(Replay, KeepsTheRecordedAnswers) {
  const TemporaryFolder folder;
  const ScenarioRun run = asked_twice();
  const Replayed again = replayed({.path = record(folder, run)});
  EXPECT_EQ(again.log, run.log);
  EXPECT_EQ(again.result.left_out, 0U);
  EXPECT_EQ(again.result.events, 3U);
  EXPECT_EQ(again.result.first_at_ns, 1'000'000'000U);
  EXPECT_EQ(again.result.last_at_ns, 20'000'000'000U);
}

TEST(Replay, UnderOtherSettingsLeavesTheRecordedAnswersOutAndCountsThem) {
  const TemporaryFolder folder;
  v1::Settings settings;
  settings.mutable_event_monitoring()->set_enabled(true);
  auto& policy = *settings.mutable_event_monitoring()->add_policy();
  policy.set_event(v1::NEW_STARTUP_PROGRAM);
  policy.set_do_(v1::MonitoredEventPolicy::DENY);
  const Replayed denied = replayed({.path = record(folder, asked_twice()), .settings = settings});
  EXPECT_EQ(denied.result.left_out, 2U);
  EXPECT_THAT(denied.log, HasSubstr("ACTION_IS_DENY"));
  EXPECT_THAT(denied.log, testing::Not(HasSubstr("USER_")));
}

TEST(Replay, OfAnImportedRecordingAddsAnAgentAndAPerson) {
  const TemporaryFolder folder;
  std::vector<v1::Input> observations;
  for (const Step& step : asked_twice().steps) {
    if (step.input.has_operation()) observations.push_back(step.input);
  }
  const std::string path = record(folder, observations, v1::RecordingHeader::IMPORTED);
  const Replayed assessed = replayed({.path = path});
  EXPECT_EQ(assessed.result.steps, observations.size() + 2) << "the agent starts, a person logs on";
  EXPECT_THAT(assessed.log, HasSubstr("ACTION_IS_ASSESS"));
  EXPECT_EQ(replayed({.path = path, .user = ReplayUser::kAway}).result.steps, observations.size() + 1);
}

TEST(Replay, OfAnEmptyRecordingDecidesNothing) {
  const TemporaryFolder folder;
  const Replayed empty = replayed({.path = record(folder, std::vector<v1::Input>{}, v1::RecordingHeader::IMPORTED)});
  EXPECT_EQ(empty.result.events, 0U);
}

TEST(Replay, RunsOnce) {
  const TemporaryFolder folder;
  auto replay = Replay::open({.path = record(folder, asked_twice())});
  ASSERT_TRUE(replay);
  EXPECT_TRUE(replay->run({}));
  EXPECT_FALSE(replay->run({}));
}

TEST(Replay, HandsOnTheErrorOfAnObserver) {
  class FullDisk final : public StepObserver {
    Expected<void> on_step(const v1::Input&, const std::vector<v1::Output>&) override {
      return std::unexpected(Error{.where = "disk", .field = {}, .what = "full", .remedy = {}});
    }
  };
  const TemporaryFolder folder;
  auto replay = Replay::open({.path = record(folder, asked_twice())});
  ASSERT_TRUE(replay);
  FullDisk observer;
  const auto result = replay->run({&observer});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().text(), "disk: full");
}

// The recording of a run from its input number `first` on, begun with the state that the engine had then.
std::string record_from(const TemporaryFolder& folder, const ScenarioRun& run, std::size_t first) {
  engine::Engine engine;
  std::vector<v1::Output> outputs;
  auto writer = RecordingWriter::create(folder.path("dump.hfr"), {});
  EXPECT_TRUE(writer);
  for (std::size_t i = 0; i < run.steps.size(); ++i) {
    if (i == first) {
      EXPECT_TRUE(writer->write(engine.snapshot()));
    }
    if (i >= first) {
      EXPECT_TRUE(writer->write(run.steps[i].input));
    }
    engine.step(run.steps[i].input, outputs);
  }
  EXPECT_TRUE(writer->close());
  return folder.path("dump.hfr");
}

// The decision log of the steps from `first` on.
std::string log_from(const ScenarioRun& run, std::size_t first) {
  std::string log;
  for (std::size_t i = first; i < run.steps.size(); ++i) {
    for (const v1::Output& output : run.steps[i].outputs) {
      engine::append_log_line(run.steps[i].input.at_ns(), output, log);
    }
  }
  return log;
}

TEST(Replay, OfADumpGoesOnFromTheStateItBeginsWith) {
  const TemporaryFolder folder;
  const ScenarioRun run = asked_twice();
  for (std::size_t first = 0; first < run.steps.size(); ++first) {
    EXPECT_EQ(replayed({.path = record_from(folder, run, first)}).log, log_from(run, first)) << first;
  }
}

TEST(Replay, OfADumpUnderOtherSettingsChangesThemFirst) {
  const TemporaryFolder folder;
  const ScenarioRun run = asked_twice();
  v1::Settings settings = assess_everything();
  auto& policy = *settings.mutable_event_monitoring()->add_policy();
  policy.set_event(v1::NEW_STARTUP_PROGRAM);
  policy.set_do_(v1::MonitoredEventPolicy::DENY);
  constexpr std::size_t kAfterTheStart = 3;
  const Replayed denied = replayed({.path = record_from(folder, run, kAfterTheStart), .settings = settings});
  EXPECT_THAT(denied.log, HasSubstr("ACTION_IS_DENY"));
  EXPECT_THAT(denied.log, testing::Not(HasSubstr("USER_")));
}

TEST(Replay, NeedsAPlatform) {
  const TemporaryFolder folder;
  v1::RecordingHeader header;
  header.set_origin(v1::RecordingHeader::IMPORTED);
  auto writer = RecordingWriter::create(folder.path("a.hfr"), header);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->close());
  const auto refused = Replay::open({.path = folder.path("a.hfr")});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("--platform"));
  EXPECT_TRUE(Replay::open({.path = folder.path("a.hfr"), .platform = v1::WINDOWS_7_X64}));
}

TEST(CountInputs, CountsWhatAReplayWouldRead) {
  const TemporaryFolder folder;
  const ScenarioRun run = asked_twice();
  EXPECT_EQ(count_inputs(record(folder, run)), run.steps.size());
  EXPECT_FALSE(count_inputs(folder.path("missing.hfr")));
}

// ---- another endpoint

TEST(Replay, TakesFactsOfTheEndpointForThoseThatWereRecorded) {
  const TemporaryFolder folder;
  v1::AgentProfile facts;
  facts.set_endpoint("PC-7");
  facts.set_web_reputation_enabled(true);
  facts.add_volume()->set_drive("D:");
  const std::string path = record(folder, std::vector<v1::Input>{}, v1::RecordingHeader::IMPORTED);
  const auto replay = Replay::open({.path = path, .profile = facts});
  ASSERT_TRUE(replay) << replay.error().text();
  EXPECT_EQ(replay->profile().platform(), v1::WINDOWS_10_X64) << "what the facts do not say stays";
  EXPECT_EQ(replay->profile().endpoint(), "PC-7");
  EXPECT_TRUE(replay->profile().web_reputation_enabled());
  facts.set_platform(v1::WINDOWS_7_X64);
  const auto older = Replay::open({.path = path, .profile = facts, .platform = v1::WINDOWS_8_1_X64});
  ASSERT_TRUE(older);
  EXPECT_EQ(older->profile().platform(), v1::WINDOWS_8_1_X64) << "the platform that is named wins";
}

TEST(TakeOver, AListTakesThePlaceOfTheWholeList) {
  v1::AgentProfile profile;
  profile.add_short_name();
  profile.add_volume()->set_drive("C:");
  profile.add_volume()->set_drive("D:");
  v1::AgentProfile facts;
  facts.add_volume()->set_drive("E:");
  take_over(facts, profile);
  ASSERT_EQ(profile.volume_size(), 1);
  EXPECT_EQ(profile.volume(0).drive(), "E:");
  EXPECT_EQ(profile.short_name_size(), 1);
}

}  // namespace
}  // namespace holdfast
