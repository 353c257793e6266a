#include "sim/scenario/scenario_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/text/sha256.h"
#include "sim/text/duration.h"
#include "tests/sim/text/scenario_text.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string story(std::string_view more, bool setup = true) {
  std::string text(kAskAboutStartup);
  if (setup) text += std::string(kSetupStarts) + std::string(kSetupSetsRunValue);
  return text + std::string(more);
}

// What an expectation says when it is not met; "met" if it is.
std::string judged(std::string_view more, const std::string& expectation) {
  const ScenarioRun run = run_text(story(more) + "expect { " + expectation + " }\n");
  return run.met() ? "met" : run.failures[0].expected + " | " + run.failures[0].actual;
}

// ---------------------------------------------------------------- how a run begins and ends

TEST(Run, BeginsWithTheAgentAndTheUserWhoIsLoggedOn) {
  const ScenarioRun run = run_text("agent { platform: WINDOWS_7_X64 } at { t: \"0s\" loss {} }");
  ASSERT_THAT(run.steps, SizeIs(3));
  EXPECT_EQ(run.steps[0].input.agent_started().profile().platform(), v1::WINDOWS_7_X64);
  EXPECT_EQ(run.steps[0].input.agent_started().wall_ns(), 1'425'168'000 * kSecond_ns);
  EXPECT_EQ(run.steps[1].input.session_changed().state(), v1::SessionChanged::ACTIVE);
  EXPECT_EQ(run.steps[1].input.session_changed().user(), "EXAMPLE\\user");
  EXPECT_TRUE(run.steps[2].input.has_loss());
  EXPECT_EQ(run.steps[2].input.sequence(), 3U);
}

TEST(Run, SupposesWindows10WhereTheScenarioSaysNothing) {
  EXPECT_EQ(run_text("").steps[0].input.agent_started().profile().platform(), v1::WINDOWS_10_X64);
}

TEST(Run, LogsNobodyOnWhereTheScenarioSaysSo) {
  EXPECT_THAT(run_text("world { user { not_logged_on {} } }").steps, SizeIs(1));
}

TEST(Run, LogsOnEachUserInASessionOfTheirOwn) {
  const ScenarioRun run = run_text("world { user { user: \"A\\\\a\" } user { user: \"A\\\\b\" session_id: 4 } }");
  ASSERT_THAT(run.steps, SizeIs(3));
  EXPECT_EQ(run.steps[2].input.session_changed().session_id(), 4U);
}

TEST(Run, EndsWhenNothingIsLeftToHappen) { EXPECT_EQ(run_text(story("")).simulated_ns, 31 * kSecond_ns); }

TEST(Run, EndsWhereItIsToldTo) {
  const ScenarioRun run = run_text(story("runs_for: \"10s\""));
  EXPECT_EQ(run.simulated_ns, 10 * kSecond_ns);
  EXPECT_THAT(run.failures, IsEmpty()) << run.failures[0].actual;
}

TEST(Run, GivesTheHashOfItsDecisionLog) {
  const ScenarioRun run = run_text(story(""));
  engine::Sha256 digest;
  digest.update(run.log);
  EXPECT_EQ(run.log_sha256, digest.hex());
  EXPECT_THAT(run.log, HasSubstr("NOBODY_ANSWERED"));
}

TEST(Run, IsTheSameEveryTime) {
  const std::string text = story("world { user { answers { kind: DENY after: \"3s\" } } }");
  const ScenarioRun once = run_text(text);
  const ScenarioRun twice = run_text(text);
  EXPECT_EQ(once.log, twice.log);
  ASSERT_EQ(once.steps.size(), twice.steps.size());
  for (std::size_t i = 0; i < once.steps.size(); ++i) {
    EXPECT_EQ(once.steps[i].input.SerializeAsString(), twice.steps[i].input.SerializeAsString());
  }
}

TEST(Run, OfABadScenarioSaysWhatIsWrong) {
  v1::Scenario scenario;
  scenario.add_at()->set_t("soon");
  scenario.mutable_at(0)->mutable_loss();
  const auto run = run_scenario(scenario);
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error().text(), HasSubstr("scenario: at[0].t: \"soon\" is no duration"));
}

TEST(Run, TellsItsStoryInLines) {
  const ScenarioRun run = run_text(story("world { user { answers { kind: DENY after: \"3s\" } } }"));
  const std::vector<std::string> lines = story_lines(run, 0, run.steps.size());
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("registry_set")));
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("prompt_answer")));
}

// ---------------------------------------------------------------- people and prompts

TEST(Run, AUserWhoDeniesIsHeard) {
  EXPECT_EQ(judged("world { user { answers { kind: DENY after: \"3s\" } } }",
                   "verdict { of: \"registry_set\" decision: DENY because: USER_DENIED at: \"4s\" }"),
            "met");
}

TEST(Run, AnAnswerUnderWayArrivesAndIsIgnored) {
  EXPECT_EQ(judged("world { user { answers { kind: DENY after: \"29s\" under_way_for: \"2s\" } } }",
                   "verdict { of: \"registry_set\" decision: ALLOW because: NOBODY_ANSWERED at: \"31s\" }"),
            "met");
}

TEST(Run, AUserWhoLogsOnLaterSeesThePromptThatWaits) {
  EXPECT_EQ(judged("world { user { not_logged_on {} then { kind: DENY after: \"3s\" } } }\n"
                   "at { t: \"10s\" session_changed { session_id: 1 user: \"EXAMPLE\\\\user\" state: ACTIVE } }",
                   "verdict { of: \"registry_set\" decision: DENY because: USER_DENIED at: \"13s\" }"),
            "met");
}

TEST(Run, ALockedScreenKeepsTheUserFromAnswering) {
  EXPECT_EQ(judged("world { user { answers { kind: DENY after: \"5s\" } } }\n"
                   "at { t: \"3s\" session_changed { session_id: 1 user: \"EXAMPLE\\\\user\" state: LOCKED } }",
                   "verdict { of: \"registry_set\" decision: ALLOW because: NOBODY_ANSWERED }"),
            "met");
}

TEST(Run, AProgramWhoseStartIsDeniedLeavesNoTrace) {
  const ScenarioRun run = run_text(std::string("settings { event_monitoring { enabled: true } exceptions { blocked { "
                                               "path: \"C:\\\\Users\\\\u\\\\setup.exe\" } } }\n") +
                                   std::string(kSetupStarts) + std::string(kSetupSetsRunValue) +
                                   "expect { never_happens: \"registry_set\" }");
  EXPECT_THAT(run.failures, IsEmpty()) << run.failures[0].actual;
  ASSERT_THAT(run.suppressed, SizeIs(1));
  EXPECT_EQ(run.suppressed[0].name, "registry_set");
}

// ---------------------------------------------------------------- every kind of expectation, met and not met

struct Expectation {
  std::string_view name;
  std::string text;
  std::string verdict;  // "met", or a part of the complaint
};

class ExpectationKind : public ::testing::TestWithParam<Expectation> {};

TEST_P(ExpectationKind, IsJudged) {
  EXPECT_THAT(judged("world { user { answers { kind: DENY after: \"3s\" } } }", GetParam().text),
              HasSubstr(GetParam().verdict));
}

const Expectation kExpectations[] = {
    {"Verdict",
     "verdict { of: 'registry_set' decision: DENY because: USER_DENIED at: '4s' held: '3s' held_at_most: '3s' event: "
     "NEW_STARTUP_PROGRAM logged: true user_warned: false hold: HOLD_CAPABILITY_PRE_EXECUTION }",
     "met"},
    {"VerdictOther", "verdict { of: 'registry_set' decision: ALLOW at: '2s' }",
     "verdict of registry_set: decision ALLOW, at 2s | DENY because USER_DENIED at 00:00:04.000   (differs: decision "
     "DENY, at \"4s\")"},
    {"VerdictHeldTooLong", "verdict { of: 'registry_set' held_at_most: '2s' }", "differs: held_at_most \"3s\""},
    {"VerdictLogged", "verdict { of: 'registry_set' logged: false }", "not logged | "},
    {"VerdictOfAnyone", "verdict { because: USER_DENIED }", "met"},
    {"VerdictOfNobody", "verdict { because: USER_ALLOWED }", "verdict: because USER_ALLOWED | "},
    {"VerdictVia", "verdict { of: 'registry_set' via: BEHAVIOR_MONITORING_ACTIVE via: USER_DENIED }", "met"},
    {"VerdictViaInAnotherOrder", "verdict { of: 'registry_set' via: USER_DENIED via: BEHAVIOR_MONITORING_ACTIVE }",
     "differs: via ["},
    {"NoVerdict", "no_verdict { because: USER_ALLOWED }", "met"},
    {"NoVerdictButOne", "no_verdict { of: 'registry_set' decision: DENY }",
     "no verdict of registry_set: decision DENY | DENY because USER_DENIED at 00:00:04.000"},
    {"Prompt",
     "prompt { event: NEW_STARTUP_PROGRAM of: 'registry_set' shown_at: '1s' countdown_s: 30 session_id: 1 operations: "
     "1 closed_at: '4s' closed_because: USER_DENIED on_expiry: EXPIRY_ALLOWS }",
     "met"},
    {"PromptOther", "prompt { countdown_s: 20 closed_at: '5s' }",
     "prompt for NEW_STARTUP_PROGRAM at 00:00:01.000   (differs: countdown_s 30, closed_at \"4s\")"},
    {"PromptOfAnother", "prompt { of: 'process_start' }", "prompt of process_start | no prompt"},
    {"NotShown", "prompt { not_shown: NO_USER_LOGGED_ON }", "differs: not_shown REASON_CODE_UNSPECIFIED"},
    {"NoPrompt", "no_prompt { event: NEW_SERVICE }", "met"},
    {"NoPromptOf", "no_prompt { of: 'process_start' }", "met"},
    {"NoPromptButOne", "no_prompt {}", "no prompt | prompt for NEW_STARTUP_PROGRAM at 00:00:01.000"},
    {"Violation",
     "violation { event: NEW_STARTUP_PROGRAM of: 'registry_set' program: 'setup.exe' result: DENY action: "
     "ASK_WHEN_NECESSARY }",
     "met"},
    {"ViolationByFullPath", "violation { program: 'C:\\\\Users\\\\u\\\\setup.exe' }", "met"},
    {"ViolationByPartOfAName", "violation { program: 'tup.exe' }", "differs: program"},
    {"ViolationOther", "violation { result: ALLOW }", "violation: result ALLOW | violation of NEW_STARTUP_PROGRAM by"},
    {"NoViolation", "no_violation { of: 'process_start' }", "met"},
    {"NoViolationButOne", "no_violation {}", "no violation | violation of NEW_STARTUP_PROGRAM"},
    {"Status", "status { configured_active: true effective_active: true because: BEHAVIOR_MONITORING_ACTIVE at: '0s' }",
     "met"},
    {"StatusOther", "status { effective_active: false }",
     "status: not effective_active | status at 00:00:00.000: active because BEHAVIOR_MONITORING_ACTIVE"},
    {"StatusField", "status { field { field: 'event_monitoring.enabled' effective: 'on' } }", "met"},
    {"StatusFieldOther", "status { field { field: 'event_monitoring.enabled' effective: 'off' } }",
     "differs: field.effective \"on\""},
    {"StatusFieldUnknown", "status { field { field: 'event_monitoring.enabld' } }", "no field of that name"},
    {"Count",
     "count { verdicts: 2 prompts: 1 violations: 1 warnings: 0 settings_refused: 0 limits_reached: 0 inputs_ignored: 0 "
     "}",
     "met"},
    {"CountOther", "count { prompts: 0 warnings: 2 }", "count: prompts 0, warnings 2 | count prompts 1 warnings 0"},
    {"Refused", "refused {}", "refusal of settings | no refusal of settings"},
    {"Limit", "limit { table: PROMPTS }", "limit reached: table PROMPTS | no limit reached"},
    {"LogContains", "log_contains: 'USER_DENIED'", "met"},
    {"LogContainsNot", "log_contains: 'USER_ALLOWED'", "a line of the log with \"USER_ALLOWED\" | none of its"},
    {"LogLacks", "log_lacks: 'USER_ALLOWED'", "met"},
    {"LogLacksNot", "log_lacks: 'USER_DENIED'", "no line of the log with \"USER_DENIED\" | 00:00:04"},
    {"NeverHappens", "never_happens: 'registry_set'", "registry_set never happens | it happened at 00:00:01.000"},
};

INSTANTIATE_TEST_SUITE_P(Scenario, ExpectationKind, ::testing::ValuesIn(kExpectations),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(Expectation, OfWhatNeverHappenedSaysWhy) {
  const ScenarioRun run = run_text(std::string("settings { event_monitoring { enabled: true } exceptions { blocked { "
                                               "path: \"C:\\\\Users\\\\u\\\\setup.exe\" } } }\n") +
                                   std::string(kSetupStarts) + std::string(kSetupSetsRunValue) +
                                   "expect { verdict { of: \"registry_set\" decision: ALLOW } }");
  ASSERT_THAT(run.failures, SizeIs(1));
  EXPECT_EQ(run.failures[0].actual, "registry_set never happened: pid 4711 was denied its start at 00:00:00.000");
}

TEST(Expectation, OfAShownPromptIsNotMetByOneThatNobodySees) {
  EXPECT_THAT(judged("world { user { not_logged_on {} } }", "prompt { event: NEW_STARTUP_PROGRAM }"),
              HasSubstr("not shown: NO_USER_LOGGED_ON"));
  EXPECT_EQ(judged("world { user { not_logged_on {} } }", "prompt { not_shown: NO_USER_LOGGED_ON }"), "met");
  EXPECT_THAT(judged("world { user { not_logged_on {} } }", "no_prompt {}"), HasSubstr("no prompt | prompt for"));
}

TEST(Expectation, OfRefusedSettingsNamesFieldAndReason) {
  const std::string bad = "at { t: \"2s\" settings_changed { allow_if_unanswered_s: 601 } }";
  EXPECT_EQ(judged(bad, "refused { field: \"allow_if_unanswered_s\" reason_contains: \"600\" }"), "met");
  EXPECT_THAT(judged(bad, "refused { field: \"name\" }"),
              HasSubstr("settings refused at 00:00:02.000: allow_if_unanswered_s"));
}

TEST(Expectation, MismatchesAreGivenAsProtobufText) {
  const ScenarioRun run =
      run_text(story("world { user { answers { kind: DENY after: \"3s\" } } }\n"
                     "expect { verdict { of: \"registry_set\" decision: ALLOW at: \"2s\" logged: false } }"));
  ASSERT_THAT(run.failures, SizeIs(1));
  std::vector<std::string> pairs;
  for (const Mismatch& mismatch : run.failures[0].mismatches) pairs.push_back(mismatch.field + ": " + mismatch.actual);
  EXPECT_THAT(pairs, ElementsAre("decision: DENY", "at: \"4s\"", "logged: true"));
}

}  // namespace
}  // namespace holdfast
