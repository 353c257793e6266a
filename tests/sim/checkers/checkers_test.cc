// Each checker is shown an honest stream, which it must let pass, and falsified ones, each of which it must catch.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/checkers/approved_never_asked.h"
#include "sim/checkers/blocked_never_runs.h"
#include "sim/checkers/checker.h"
#include "sim/checkers/lookups_in_time.h"
#include "sim/checkers/no_forbidden_prompt.h"
#include "sim/checkers/one_verdict.h"
#include "sim/checkers/prompts_close_once.h"
#include "sim/checkers/single_flight.h"
#include "sim/checkers/steady_stream.h"
#include "sim/checkers/timers_fire_when_set.h"
#include "sim/checkers/verdict_in_time.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

struct Line {
  std::string input;
  std::vector<std::string> outputs = {};
};
using Stream = std::vector<Line>;

constexpr std::uint64_t kSecond = 1'000'000'000;

// What `checker` says about a stream whose inputs are numbered from 1; empty: nothing.
template <typename AChecker>
std::string verdict_on(const Stream& stream, bool cut = false) {
  AChecker checker;
  std::uint64_t sequence = 0;
  std::uint64_t at_ns = 0;
  for (const Line& line : stream) {
    v1::Input input;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(line.input, &input)) << line.input;
    ++sequence;
    if (input.sequence() == 0) input.set_sequence(sequence);
    at_ns = std::max(at_ns, input.at_ns());
    std::vector<v1::Output> outputs;
    for (const std::string& text : line.outputs) {
      EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &outputs.emplace_back())) << text;
    }
    checker.on_step(input, outputs);
  }
  checker.on_end({.at_ns = at_ns, .cut = cut});
  EXPECT_FALSE(checker.promise().empty());
  return checker.broken().empty() ? "" : checker.broken().front().what;
}

std::string at(std::uint64_t seconds, const std::string& kind) {
  return "at_ns: " + std::to_string(seconds * kSecond) + " " + kind;
}

// ---------------------------------------------------------------- an honest run, to be falsified line by line

const std::string kAgent =
    "agent_started { profile { platform: WINDOWS_10_X64 } settings { event_monitoring { enabled: true "
    "policy { event: NEW_STARTUP_PROGRAM do: ASK_WHEN_NECESSARY } } } }";
const std::string kActive = "status { configured_active: true effective_active: true }";
const std::string kStart =
    "operation { id: 1 hold: HOLD_CAPABILITY_PRE_EXECUTION process_start { pid: 7 start_ns: 70 image: 'a' } }";
const std::string kSet =
    "operation { id: 2 actor { pid: 7 start_ns: 70 } hold: HOLD_CAPABILITY_PRE_EXECUTION registry_set { key: 'k' } }";

Stream honest() {
  return {
      {at(0, kAgent), {kActive}},
      {at(1, kStart), {"verdict { operation_id: 1 decision: ALLOW }"}},
      {at(2, kSet),
       {"prompt { prompt_id: 1 event: NEW_STARTUP_PROGRAM operation_id: 2 }",
        "timer_set { timer_id: 1 at_ns: 32000000000 }"}},
      {at(32, "timer_fired { timer_id: 1 }"),
       {"verdict { operation_id: 2 decision: ALLOW held_ns: 30000000000 prompt_id: 1 reason { code: NOBODY_ANSWERED } "
        "}",
        "prompt_closed { prompt_id: 1 }"}},
  };
}

TEST(Checkers, LetAnHonestRunPass) {
  EXPECT_EQ(verdict_on<SteadyStream>(honest()), "");
  EXPECT_EQ(verdict_on<OneVerdict>(honest()), "");
  EXPECT_EQ(verdict_on<VerdictInTime>(honest()), "");
  EXPECT_EQ(verdict_on<BlockedNeverRuns>(honest()), "");
  EXPECT_EQ(verdict_on<ApprovedNeverAsked>(honest()), "");
  EXPECT_EQ(verdict_on<NoForbiddenPrompt>(honest()), "");
  EXPECT_EQ(verdict_on<PromptsCloseOnce>(honest()), "");
  EXPECT_EQ(verdict_on<LookupsInTime>(honest()), "");
  EXPECT_EQ(verdict_on<SingleFlight>(honest()), "");
  EXPECT_EQ(verdict_on<TimersFireWhenSet>(honest()), "");
}

TEST(Checkers, AreAllPartOfEveryRun) { EXPECT_EQ(all_checkers().size(), 10U); }

// ---------------------------------------------------------------- mutants

TEST(SteadyStream, CatchesAGapInTheNumbers) {
  Stream stream = honest();
  stream[2].input += " sequence: 9";
  EXPECT_EQ(verdict_on<SteadyStream>(stream), "input 9 follows input 2");
}

TEST(SteadyStream, CatchesTimeThatRunsBackwards) {
  Stream stream = honest();
  stream[3].input = at(1, "timer_fired { timer_id: 1 }");
  EXPECT_EQ(verdict_on<SteadyStream>(stream), "input 4 lies before its predecessor");
}

TEST(OneVerdict, CatchesAnOperationWithoutAVerdict) {
  Stream stream = honest();
  stream[3].outputs.clear();
  EXPECT_EQ(verdict_on<OneVerdict>(stream), "operation 2 never got a verdict");
  EXPECT_EQ(verdict_on<OneVerdict>(stream, true), "") << "the story was cut while it waited";
}

TEST(OneVerdict, CatchesASecondVerdict) {
  Stream stream = honest();
  stream[3].outputs.push_back("verdict { operation_id: 1 decision: DENY }");
  EXPECT_EQ(verdict_on<OneVerdict>(stream), "operation 1 got a second verdict");
}

TEST(OneVerdict, CatchesAVerdictAboutNothing) {
  Stream stream = honest();
  stream[1].outputs = {"verdict { operation_id: 5 decision: ALLOW }"};
  EXPECT_EQ(verdict_on<OneVerdict>(stream), "a verdict for operation 5, which nobody tried");
}

TEST(OneVerdict, CatchesAnAgentThatStopsAndLeavesAProgramHeld) {
  Stream stream = honest();
  stream[3] = {at(5, "agent_stopping {}")};
  EXPECT_EQ(verdict_on<OneVerdict>(stream), "the agent stopped and left operation 2 held");
}

TEST(OneVerdict, ExpectsNoneForWhatCouldNotBeHeld) {
  Stream stream = honest();
  stream.push_back({at(40, "operation { id: 3 hold: HOLD_CAPABILITY_NONE process_exit {} }")});
  EXPECT_EQ(verdict_on<OneVerdict>(stream), "");
}

TEST(VerdictInTime, CatchesAVerdictAfterTheBound) {
  Stream stream = honest();
  stream[3].input = at(33, "timer_fired { timer_id: 1 }");
  EXPECT_EQ(verdict_on<VerdictInTime>(stream), "operation 2 was held for 31s; its bound is 30s");
}

TEST(VerdictInTime, CatchesAVerdictThatLiesAboutItsHoldTime) {
  Stream stream = honest();
  stream[3].outputs = {"verdict { operation_id: 2 decision: ALLOW held_ns: 1000000000 }"};
  EXPECT_EQ(verdict_on<VerdictInTime>(stream), "operation 2 was held for 30s and its verdict says 1s");
}

TEST(VerdictInTime, CatchesAnOperationThatIsStillHeldAtTheEnd) {
  Stream stream = honest();
  stream[3] = {at(60, "loss {}")};
  EXPECT_EQ(verdict_on<VerdictInTime>(stream, true), "operation 2 was held for 58s; its bound is 30s");
}

// A run in which the service is asked about operation 2 and detection 7.
Stream asking_the_service() {
  return {
      {at(0, "agent_started { settings { certified_safe_software { enabled: true hold_budget_ms: 3000 } } }"),
       {kActive}},
      {at(0, kSet), {R"(http_request { request_id: 1 url: "u" deadline_ns: 2000000000 })"}},
      {at(1, "detection { detection_id: 7 module: FIREWALL }"),
       {R"(http_request { request_id: 2 url: "v" deadline_ns: 3000000000 })"}},
      {at(2, "http_outcome { request_id: 1 }"), {R"(http_request { request_id: 3 url: "u" deadline_ns: 3000000000 })"}},
      {at(3, "timer_fired { timer_id: 1 }"),
       {"verdict { operation_id: 2 }", "detection_answer { detection_id: 7 waited_ns: 2000000000 }"}}};
}

TEST(LookupsInTime, LetsPassWhatKeepsTheBudget) {
  EXPECT_EQ(verdict_on<LookupsInTime>(asking_the_service()), "");
  EXPECT_EQ(verdict_on<SingleFlight>(asking_the_service()), "");
}

TEST(LookupsInTime, CatchesAVerdictOrAPromptAfterTheBudget) {
  Stream stream = asking_the_service();
  stream[4].input = at(4, "timer_fired { timer_id: 1 }");
  EXPECT_EQ(verdict_on<LookupsInTime>(stream), "operation 2 waited 4s for a service; the budget is 3s");
  stream[4].outputs = {"prompt { prompt_id: 1 operation_id: 2 }"};
  EXPECT_EQ(verdict_on<LookupsInTime>(stream), "operation 2 waited 4s for a service; the budget is 3s");
}

TEST(LookupsInTime, CatchesADetectionAnsweredLateTwiceNeverOrWithALie) {
  Stream late = asking_the_service();
  late[4].outputs[1] = {};
  late.push_back({at(5, "loss {}"), {"detection_answer { detection_id: 7 waited_ns: 4000000000 }"}});
  EXPECT_EQ(verdict_on<LookupsInTime>(late), "detection 7 waited 4s for a service; the budget is 3s");
  Stream twice = asking_the_service();
  twice.push_back({at(3, "loss {}"), {"detection_answer { detection_id: 7 }"}});
  EXPECT_EQ(verdict_on<LookupsInTime>(twice), "an answer to detection 7, which nobody waits for");
  Stream never = asking_the_service();
  never[4].outputs.pop_back();
  EXPECT_EQ(verdict_on<LookupsInTime>(never), "detection 7 was never answered");
  EXPECT_EQ(verdict_on<LookupsInTime>(never, true), "");
  Stream lie = asking_the_service();
  lie[4].outputs[1] = "detection_answer { detection_id: 7 waited_ns: 1000000000 }";
  EXPECT_EQ(verdict_on<LookupsInTime>(lie), "detection 7 waited 2s and its answer says 1s");
}

TEST(SingleFlight, CatchesASecondAttemptBesideTheFirst) {
  Stream stream = asking_the_service();
  stream[3].input = at(2, "loss {}");
  EXPECT_EQ(verdict_on<SingleFlight>(stream), "request 3 asks what request 1 is asking already");
  stream[3].outputs.insert(stream[3].outputs.begin(), "http_cancel { request_id: 1 }");
  EXPECT_EQ(verdict_on<SingleFlight>(stream), "");
}

TEST(SingleFlight, CatchesADeadlineInThePast) {
  Stream stream = asking_the_service();
  stream[3].outputs = {R"(http_request { request_id: 3 url: "u" deadline_ns: 1000000000 })"};
  EXPECT_EQ(verdict_on<SingleFlight>(stream), "request 3 has a deadline in the past");
}

TEST(VerdictInTime, ReadsTheBoundFromTheSettings) {
  const auto with = [](const std::string& settings, std::uint64_t held_s) {
    Stream stream = {
        {at(0, "agent_started { settings { " + settings + " } }"), {kActive}},
        {at(0, kSet)},
        {at(held_s, "loss {}"), {"verdict { operation_id: 2 held_ns: " + std::to_string(held_s * kSecond) + " }"}}};
    return verdict_on<VerdictInTime>(stream);
  };
  EXPECT_EQ(with("allow_if_unanswered_s: 45", 45), "");
  EXPECT_THAT(with("allow_if_unanswered_s: 45", 46), HasSubstr("bound is 45s"));
  EXPECT_THAT(with("allow_if_unanswered_s: 45 allow_if_unanswered_reach: PRIVILEGED_AGENTS", 45),
              HasSubstr("bound is 30s"));
  EXPECT_THAT(with("allow_if_unanswered_s: 45 limits { hold_max_s: 20 }", 30), HasSubstr("bound is 20s"));
  EXPECT_EQ(with("certified_safe_software { enabled: true }", 40), "");
  EXPECT_THAT(with("certified_safe_software { enabled: true hold_budget_ms: 1500 }", 32), HasSubstr("bound is 31.5s"));
  EXPECT_EQ(with("newly_encountered { enabled: true allow_if_unanswered_s: 90 }", 100), "");
  EXPECT_THAT(with("pause_while_interacting: true", 3601), HasSubstr("bound is 1h"));
  EXPECT_EQ(with("event_monitoring { policy { event: NEW_SERVICE on_expiry: EXPIRY_KEEPS_HELD } }", 3600), "");
}

TEST(BlockedNeverRuns, CatchesADeniedProgramThatActs) {
  Stream stream = honest();
  stream[1].outputs = {"verdict { operation_id: 1 decision: DENY }"};
  EXPECT_EQ(verdict_on<BlockedNeverRuns>(stream), "operation 2 by pid 7, whose start was denied");
}

TEST(BlockedNeverRuns, CatchesAHeldProgramThatActs) {
  Stream stream = honest();
  stream[1].outputs.clear();
  EXPECT_EQ(verdict_on<BlockedNeverRuns>(stream), "operation 2 by pid 7, whose start is still held");
}

TEST(BlockedNeverRuns, CatchesATerminatedProgramThatGoesOn) {
  Stream stream = honest();
  stream[3].outputs = {"verdict { operation_id: 2 decision: TERMINATE }"};
  stream.push_back({at(33, "operation { id: 3 actor { pid: 7 start_ns: 70 } file_write { path: 'x' } }")});
  EXPECT_EQ(verdict_on<BlockedNeverRuns>(stream), "operation 3 by pid 7, which was terminated");
}

TEST(BlockedNeverRuns, KnowsThatNobodyCouldBlockWhatWasSeenTooLate) {
  Stream stream = honest();
  stream[1] = {at(1, "operation { id: 1 hold: HOLD_CAPABILITY_NONE process_start { pid: 7 start_ns: 70 } }"),
               {"verdict { operation_id: 1 decision: DENY }"}};
  EXPECT_EQ(verdict_on<BlockedNeverRuns>(stream), "");
}

TEST(ApprovedNeverAsked, CatchesAPromptAboutAnApprovedProgram) {
  Stream stream = honest();
  stream[3].outputs = {
      "verdict { operation_id: 2 prompt_id: 1 reason { code: ON_APPROVED_LIST } reason { code: USER_ALLOWED } }"};
  EXPECT_EQ(verdict_on<ApprovedNeverAsked>(stream), "prompt 1 asked about operation 2 of an approved program");
}

TEST(ApprovedNeverAsked, AllowsApprovalWhileThePromptIsOpen) {
  Stream stream = honest();
  stream[3].outputs = {
      "verdict { operation_id: 2 prompt_id: 1 reason { code: SETTINGS_CHANGED_MEANWHILE } reason { code: "
      "ON_APPROVED_LIST } }"};
  EXPECT_EQ(verdict_on<ApprovedNeverAsked>(stream), "");
}

TEST(NoForbiddenPrompt, CatchesAPromptWhereEventMonitoringIsOff) {
  Stream stream = honest();
  stream[0].input = at(0,
                       "agent_started { settings { event_monitoring { policy { event: NEW_STARTUP_PROGRAM do: "
                       "ASK_WHEN_NECESSARY } } } }");
  EXPECT_THAT(verdict_on<NoForbiddenPrompt>(stream), HasSubstr("Event Monitoring is off"));
}

TEST(NoForbiddenPrompt, CatchesAPromptForAnEventThatIsNotAskedAbout) {
  Stream stream = honest();
  stream[2].outputs[0] = "prompt { prompt_id: 1 event: NEW_SERVICE }";
  EXPECT_THAT(verdict_on<NoForbiddenPrompt>(stream), HasSubstr("the action of that event is not ASK_WHEN_NECESSARY"));
}

TEST(NoForbiddenPrompt, CatchesAPromptWhereBehaviorMonitoringDoesNotRun) {
  Stream stream = honest();
  stream[0].outputs = {"status { configured_active: true }"};
  EXPECT_THAT(verdict_on<NoForbiddenPrompt>(stream), HasSubstr("Behavior Monitoring does not run"));
}

TEST(NoForbiddenPrompt, CatchesANewlyEncounteredPromptThatNobodyAskedFor) {
  Stream stream = honest();
  stream[2].outputs[0] = "prompt { prompt_id: 1 event: NEWLY_ENCOUNTERED_PROGRAM }";
  EXPECT_THAT(verdict_on<NoForbiddenPrompt>(stream), HasSubstr("newly encountered programs are not watched"));
}

TEST(NoForbiddenPrompt, FollowsChangesAndIgnoresRefusedOnes) {
  Stream stream = honest();
  const Line off{at(1, "settings_changed { settings {} }"), {}};
  stream.insert(stream.begin() + 1, off);
  EXPECT_THAT(verdict_on<NoForbiddenPrompt>(stream), HasSubstr("Event Monitoring is off"));
  stream[1].outputs = {"settings_refused { field: 'x' }"};
  EXPECT_EQ(verdict_on<NoForbiddenPrompt>(stream), "");
}

TEST(PromptsCloseOnce, CatchesAPromptThatStaysOpen) {
  Stream stream = honest();
  stream[3].outputs.pop_back();
  EXPECT_EQ(verdict_on<PromptsCloseOnce>(stream), "prompt 1 is never closed");
  EXPECT_EQ(verdict_on<PromptsCloseOnce>(stream, true), "");
}

TEST(PromptsCloseOnce, CatchesASecondClosing) {
  Stream stream = honest();
  stream[3].outputs.push_back("prompt_closed { prompt_id: 1 }");
  EXPECT_EQ(verdict_on<PromptsCloseOnce>(stream), "prompt 1 is closed after it was closed");
}

TEST(PromptsCloseOnce, CatchesASecondOpening) {
  Stream stream = honest();
  stream[3].outputs.push_back("prompt { prompt_id: 1 }");
  EXPECT_EQ(verdict_on<PromptsCloseOnce>(stream), "prompt 1 is opened twice");
}

TEST(PromptsCloseOnce, CatchesAChangeOfAPromptThatNeverWas) {
  Stream stream = honest();
  stream[1].outputs.push_back("prompt_update { prompt_id: 4 }");
  EXPECT_EQ(verdict_on<PromptsCloseOnce>(stream), "prompt 4 changes and was never opened");
}

TEST(TimersFireWhenSet, CatchesATimerThatNobodySet) {
  Stream stream = honest();
  stream[2].outputs.pop_back();
  EXPECT_EQ(verdict_on<TimersFireWhenSet>(stream), "timer 1 fires and is not set");
}

TEST(TimersFireWhenSet, CatchesATimerThatFiresAtAnotherTime) {
  Stream stream = honest();
  stream[3].input = at(31, "timer_fired { timer_id: 1 }");
  EXPECT_EQ(verdict_on<TimersFireWhenSet>(stream), "timer 1 was set for 00:00:32.000");
}

TEST(TimersFireWhenSet, CatchesATimerThatFiresAfterItWasCancelled) {
  Stream stream = honest();
  stream.insert(stream.begin() + 3, {at(3, "loss {}"), {"timer_cancelled { timer_id: 1 }"}});
  EXPECT_EQ(verdict_on<TimersFireWhenSet>(stream), "timer 1 fires and is not set");
}

TEST(TimersFireWhenSet, CatchesATimerThatNeverFires) {
  Stream stream = honest();
  stream[3] = {at(40, "loss {}")};
  EXPECT_EQ(verdict_on<TimersFireWhenSet>(stream), "timer 1 of 00:00:32.000 never fired");
}

TEST(TimersFireWhenSet, CatchesATimerForThePast) {
  Stream stream = honest();
  stream[2].outputs[1] = "timer_set { timer_id: 1 at_ns: 1 }";
  EXPECT_EQ(verdict_on<TimersFireWhenSet>(stream), "timer 1 is set for the past");
}

TEST(TimersFireWhenSet, CatchesCancellingWhatIsNotSet) {
  Stream stream = honest();
  stream[1].outputs.push_back("timer_cancelled { timer_id: 6 }");
  EXPECT_EQ(verdict_on<TimersFireWhenSet>(stream), "timer 6 is cancelled and was not set");
}

}  // namespace
}  // namespace holdfast
