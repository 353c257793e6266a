// Each checker is shown an honest stream, which it must let pass, and falsified ones, each of which it must catch.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/text/units.h"
#include "sim/checkers/answers_as_given.h"
#include "sim/checkers/approved_never_asked.h"
#include "sim/checkers/blocked_never_runs.h"
#include "sim/checkers/bounded_tables.h"
#include "sim/checkers/checker.h"
#include "sim/checkers/id_ranges.h"
#include "sim/checkers/lookups_in_time.h"
#include "sim/checkers/no_forbidden_prompt.h"
#include "sim/checkers/no_timer_in_the_past.h"
#include "sim/checkers/nonsense_is_said.h"
#include "sim/checkers/one_verdict.h"
#include "sim/checkers/promises.h"
#include "sim/checkers/prompts_close_once.h"
#include "sim/checkers/reasons_decide.h"
#include "sim/checkers/seen_step.h"
#include "sim/checkers/single_flight.h"
#include "sim/checkers/state_matches.h"
#include "sim/checkers/steady_stream.h"
#include "sim/checkers/timers_fire_when_set.h"
#include "sim/checkers/verdict_in_time.h"
#include "sim/checkers/violations_told.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

struct Line {
  std::string input;
  std::vector<std::string> outputs = {};
};
using Stream = std::vector<Line>;

// What `checker` says about a stream whose inputs are numbered from 1; empty: nothing.
template <typename AChecker>
std::string verdict_on(const Stream& stream, bool cut = false, InputsFrom from = InputsFrom::kHost) {
  AChecker checker;
  StepWatch watch(from);
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
    checker.on_step(watch.see(input, outputs));
  }
  checker.on_end({.at_ns = at_ns, .cut = cut, .stalled_ns = watch.stalled_ns()});
  EXPECT_FALSE(checker.promise().empty());
  return checker.broken().empty() ? "" : checker.broken().front().what;
}

std::string at(std::uint64_t seconds, const std::string& kind) {
  return "at_ns: " + std::to_string(seconds * kSecond_ns) + " " + kind;
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
  EXPECT_EQ(verdict_on<NoTimerInThePast>(honest()), "");
  EXPECT_EQ(verdict_on<NonsenseIsSaid>(honest()), "");
  EXPECT_EQ(verdict_on<ViolationsTold>(honest()), "");
  EXPECT_EQ(verdict_on<AnswersAsGiven>(honest()), "");
  EXPECT_EQ(verdict_on<BoundedTables>(honest()), "");
  EXPECT_EQ(verdict_on<StateMatches>(honest()), "");
}

TEST(Checkers, AreAllPartOfEveryRun) { EXPECT_EQ(all_checkers().size(), 17U); }

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
        {at(held_s, "loss {}"), {"verdict { operation_id: 2 held_ns: " + std::to_string(held_s * kSecond_ns) + " }"}}};
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
  stream[3].outputs = {"verdict { operation_id: 2 decision: TERMINATE actor { pid: 7 start_ns: 70 } }"};
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

TEST(NoTimerInThePast, CatchesOne) {
  Stream stream = honest();
  stream[2].outputs[1] = "timer_set { timer_id: 1 at_ns: 1 }";
  EXPECT_EQ(verdict_on<NoTimerInThePast>(stream), "timer 1 is set for the past: 00:00:00.000000001");
}

TEST(TimersFireWhenSet, CatchesCancellingWhatIsNotSet) {
  Stream stream = honest();
  stream[1].outputs.push_back("timer_cancelled { timer_id: 6 }");
  EXPECT_EQ(verdict_on<TimersFireWhenSet>(stream), "timer 6 is cancelled and was not set");
}

TEST(VerdictInTime, LetsThoseWaitLongerWhoseTimerNobodyFired) {
  Stream stream = honest();
  stream[3].input = at(33, "timer_fired { timer_id: 1 }");
  stream[3].outputs[0] = "verdict { operation_id: 2 decision: ALLOW held_ns: 31000000000 prompt_id: 1 }";
  EXPECT_EQ(verdict_on<VerdictInTime>(stream, false, InputsFrom::kAnybody), "");
  // The timer itself was set too late: nobody else is to blame.
  stream[2].outputs[1] = "timer_set { timer_id: 1 at_ns: 33000000000 }";
  EXPECT_EQ(verdict_on<VerdictInTime>(stream, false, InputsFrom::kAnybody),
            "operation 2 was held for 31s; its bound is 30s");
}

TEST(VerdictInTime, BoundsWhoeverJoinsAPromptByTheLimitInForceThen) {
  const Stream stream = {
      {at(0, "agent_started { settings { limits { hold_max_s: 100 } pause_while_interacting: true } }"), {kActive}},
      {at(0, "settings_changed { settings { limits { hold_max_s: 5 } pause_while_interacting: true } }")},
      {at(1, kSet), {"prompt_update { prompt_id: 1 change: OPERATION_JOINED expires_at_ns: 100000000000 }"}},
      {at(7, "loss {}"), {"verdict { operation_id: 2 prompt_id: 1 held_ns: 6000000000 }"}}};
  EXPECT_EQ(verdict_on<VerdictInTime>(stream), "operation 2 was held for 6s; its bound is 5s");
}

TEST(VerdictInTime, LetsKeepHeldUpToTheLimitUnderWhichTheWaitBegan) {
  const std::string keeps = "policy { event: NEW_STARTUP_PROGRAM do: ASK_WHEN_NECESSARY on_expiry: EXPIRY_KEEPS_HELD }";
  Stream stream = {
      {at(0, "agent_started { settings { limits { hold_max_s: 100 } } }"), {kActive}},
      {at(1, kSet), {"prompt { prompt_id: 1 expires_at_ns: 31000000000 }"}},
      {at(2, "settings_changed { settings { event_monitoring { " + keeps + " } limits { hold_max_s: 3 } } }")},
      {at(101, "loss {}"), {"verdict { operation_id: 2 prompt_id: 1 held_ns: 100000000000 }"}}};
  EXPECT_EQ(verdict_on<VerdictInTime>(stream), "");
  stream[3] = {at(102, "loss {}"), {"verdict { operation_id: 2 prompt_id: 1 held_ns: 101000000000 }"}};
  EXPECT_EQ(verdict_on<VerdictInTime>(stream), "operation 2 was held for 101s; its bound is 100s");
}

TEST(BlockedNeverRuns, CatchesAStartOfAProgramThatTheListNames) {
  Stream stream = honest();
  stream[0].input = at(0,
                       "agent_started { settings { event_monitoring { enabled: true } exceptions { blocked { path: "
                       "'C:\\\\a.exe' } } } }");
  stream[1].input =
      at(1,
         "operation { id: 1 hold: HOLD_CAPABILITY_PRE_EXECUTION process_start { pid: 7 start_ns: 70 image: "
         "'C:\\\\a.exe' } }");
  stream[1].outputs = {"verdict { operation_id: 1 decision: ALLOW program: 'c:\\\\A.exe' }"};
  EXPECT_EQ(verdict_on<BlockedNeverRuns>(stream), "operation 1 started c:\\A.exe, which the blocked list names");
  stream[1].outputs = {"verdict { operation_id: 1 decision: ALLOW because: ON_BLOCKED_LIST }"};
  EXPECT_EQ(verdict_on<BlockedNeverRuns>(stream), "operation 1 of a blocked program was allowed");
}

TEST(ApprovedNeverAsked, CatchesAPromptAboutAProgramThatTheListNames) {
  Stream stream = honest();
  stream[0].input = at(0, "agent_started { settings { exceptions { approved { path: 'C:\\\\a.exe' } } } }");
  stream[1].input = at(1, "operation { id: 1 process_start { pid: 7 start_ns: 70 image: 'C:\\\\a.exe' } }");
  stream[2].outputs[0] =
      "prompt { prompt_id: 1 event: NEW_STARTUP_PROGRAM process { pid: 7 start_ns: 70 } program: 'C:\\\\a.exe' "
      "operation_id: 2 }";
  EXPECT_EQ(verdict_on<ApprovedNeverAsked>(stream), "prompt 1 asks about C:\\a.exe, which the approved list names");
}

TEST(NonsenseIsSaid, CatchesSilenceAboutNonsense) {
  Stream stream = honest();
  stream.push_back({at(33, "prompt_answer { prompt_id: 9 kind: ALLOW }")});
  EXPECT_EQ(verdict_on<NonsenseIsSaid>(stream), "input 5 makes no sense and nobody says so: prompt_answer");
  stream[4] = {at(33, "http_outcome { request_id: 9 }")};
  EXPECT_EQ(verdict_on<NonsenseIsSaid>(stream), "input 5 makes no sense and nobody says so: http_outcome");
  stream[4] = {at(3, "loss {}")};
  EXPECT_EQ(verdict_on<NonsenseIsSaid>(stream), "input 5 makes no sense and nobody says so: at_ns");
  stream[4] = {at(33, "loss {} sequence: 2")};
  EXPECT_EQ(verdict_on<NonsenseIsSaid>(stream), "input 2 makes no sense and nobody says so: sequence");
  stream[4].outputs = {"input_ignored { what: 'sequence' }", "status {}"};
  EXPECT_EQ(verdict_on<NonsenseIsSaid>(stream), "an input that came before changed something");
}

TEST(NonsenseIsSaid, CatchesAnAnswerThatIsIgnoredThoughItsPromptIsOpen) {
  Stream stream = honest();
  stream[3] = {at(5, "prompt_answer { prompt_id: 1 kind: ALLOW }"), {"input_ignored { what: 'prompt_answer' }"}};
  EXPECT_EQ(verdict_on<NonsenseIsSaid>(stream), "input 4 makes sense and is ignored: prompt_answer");
}

TEST(ViolationsTold, CatchesWhatIsNotLoggedOrLoggedOtherwise) {
  const auto says = [](std::vector<std::string> outputs) {
    return verdict_on<ViolationsTold>({{at(0, kAgent), {kActive}}, {at(1, kStart), std::move(outputs)}});
  };
  const std::string logged = "verdict { operation_id: 1 decision: DENY logged: true }";
  EXPECT_EQ(says({logged, "violation { violation_id: 1 operation_id: 1 result: DENY }"}), "");
  EXPECT_EQ(says({logged}), "operation 1 should be logged and is not");
  EXPECT_EQ(says({logged, "violation { violation_id: 2 operation_id: 1 result: DENY }"}),
            "violation 2 comes where 1 is next");
  EXPECT_EQ(says({logged, "violation { violation_id: 1 operation_id: 1 result: ALLOW }"}),
            "violation 1 is not about its verdict");
  EXPECT_EQ(says({"violation { violation_id: 1 }"}), "violation 1 follows no verdict");
  EXPECT_EQ(says({"verdict { operation_id: 1 user_warned: true }"}),
            "of operation 1 the user should be warned and is not");
}

TEST(AnswersAsGiven, CatchesAnAnswerThatNobodyGaveAndOneAboutAnotherProgram) {
  const std::string prompt = "prompt { prompt_id: 1 program: 'C:\\\\a.exe' operation_id: 2 }";
  Stream stream = {
      {at(0, kAgent), {kActive}},
      {at(2, kSet), {prompt}},
      {at(3, "prompt_answer { prompt_id: 1 kind: ALLOW }"),
       {"verdict { operation_id: 2 because: USER_ALLOWED prompt_id: 1 reason { code: USER_ALLOWED } }"}},
      {at(4, "loss {}"),
       {"verdict { operation_id: 3 because: REMEMBERED_ALLOW program: 'c:\\\\A.exe' reason { code: REMEMBERED_ALLOW "
        "number: 1 } }"}}};
  EXPECT_EQ(verdict_on<AnswersAsGiven>(stream), "");
  Stream other = stream;
  other[3].outputs = {
      "verdict { operation_id: 3 because: REMEMBERED_ALLOW program: 'C:\\\\b.exe' reason { code: REMEMBERED_ALLOW "
      "number: 1 } }"};
  EXPECT_EQ(verdict_on<AnswersAsGiven>(other), "operation 3 of C:\\b.exe is decided by an answer about C:\\a.exe");
  Stream turned = stream;
  turned[3].outputs = {
      "verdict { operation_id: 3 because: REMEMBERED_DENY reason { code: REMEMBERED_DENY number: 1 } }"};
  EXPECT_EQ(verdict_on<AnswersAsGiven>(turned), "operation 3 is decided by an answer to prompt 1 that nobody gave");
  Stream nobody = stream;
  nobody[2].input = at(3, "loss {}");
  EXPECT_EQ(verdict_on<AnswersAsGiven>(nobody), "operation 2 is decided by a user who did not answer so");
}

TEST(ReasonsDecide, CatchesAVerdictThatItsReasonContradicts) {
  const auto says = [](const std::string& verdict) {
    return verdict_on<ReasonsDecide>(
        {{at(0, kAgent), {kActive}}, {at(1, kStart), {"verdict { operation_id: 1 " + verdict + " }"}}});
  };
  EXPECT_EQ(says("decision: DENY because: USER_DENIED reason { code: USER_DENIED }"), "");
  EXPECT_EQ(says("decision: ALLOW because: USER_DENIED reason { code: USER_DENIED }"),
            "operation 1: ALLOW because of USER_DENIED");
  EXPECT_EQ(says("decision: DENY because: USER_DENIED"), "operation 1 is not decided by the last of its reasons");
  EXPECT_EQ(says("decision: DENY because: ACTION_IS_DENY event: NEW_STARTUP_PROGRAM reason { code: ACTION_IS_DENY }"),
            "operation 1: ACTION_IS_DENY, and the settings say ASK_WHEN_NECESSARY");
}

// ---------------------------------------------------------------- states

v1::EngineState state_of(const std::string& text) {
  v1::EngineState state;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &state)) << text;
  return state;
}

template <typename AChecker>
std::string verdict_on_state(const std::string& text) {
  AChecker checker;
  checker.on_state(state_of(text));
  return checker.broken().empty() ? "" : checker.broken().front().what;
}

TEST(BoundedTables, CatchesEachTableThatHoldsTooMuch) {
  const std::string row = " process {}";
  EXPECT_EQ(verdict_on_state<BoundedTables>("settings { limits { processes_max: 1 } }" + row), "");
  EXPECT_EQ(verdict_on_state<BoundedTables>("settings { limits { processes_max: 1 } }" + row + row),
            "processes: 2 rows, and the limit is 1");
  EXPECT_EQ(verdict_on_state<BoundedTables>("settings { limits { downloads_max: 1 } } download {} download {}"),
            "downloads: 2 rows, and the limit is 1");
  EXPECT_EQ(
      verdict_on_state<BoundedTables>("settings { limits { cached_answers_max: 1 } } cloud { answer {} answer {} }"),
      "cached answers: 2 rows, and the limit is 1");
}

TEST(BoundedTables, CatchesAPromptThatWaitsForAPlaceThoughThereIsOne) {
  const std::string waits = "prompt { pending {} not_shown: PROMPTS_FULL }";
  EXPECT_EQ(verdict_on_state<BoundedTables>("settings { limits { prompts_max: 1 } } prompt { pending {} }" + waits),
            "");
  EXPECT_EQ(verdict_on_state<BoundedTables>("settings { limits { prompts_max: 2 } } prompt { pending {} }" + waits),
            "1 prompts wait for a place, and 1 of 2 are taken");
}

TEST(BoundedTables, LetsThoseGoOnWaitingThatAnEarlierLimitAllowed) {
  BoundedTables checker;
  StepWatch watch(InputsFrom::kHost);
  const auto change = [&](const std::string& text, const std::string& kind) {
    v1::Input input;
    EXPECT_TRUE(
        google::protobuf::TextFormat::ParseFromString(kind + " { settings { limits { " + text + " } } }", &input));
    checker.on_step(watch.see(input, {}));
  };
  const v1::EngineState two = state_of("prompt { pending {} pending {} }");
  change("operations_per_prompt_max: 2", "agent_started");
  change("operations_per_prompt_max: 1", "settings_changed");
  checker.on_state(two);
  EXPECT_TRUE(checker.broken().empty());
  change("operations_per_prompt_max: 1", "agent_started");  // nobody waits any more
  checker.on_state(two);
  ASSERT_EQ(checker.broken().size(), 1U);
  EXPECT_EQ(checker.broken().front().what, "operations of a prompt: 2 rows, and the limit is 1");
}

TEST(BoundedTables, CatchesATableThatGrowsBeyondALimitThatWasLowered) {
  const std::string limit = "settings { limits { operations_per_prompt_max: 1 } } ";
  BoundedTables checker;
  checker.begin_with(state_of(limit + "prompt { pending {} pending {} pending {} }"), SettingsInForce());
  checker.on_state(state_of(limit + "prompt { pending {} pending {} pending {} }"));
  checker.on_state(state_of(limit + "prompt { pending {} pending {} }"));
  EXPECT_TRUE(checker.broken().empty());
  checker.on_state(state_of(limit + "prompt { pending {} pending {} pending {} }"));
  ASSERT_EQ(checker.broken().size(), 1U);
  EXPECT_EQ(checker.broken().front().what, "operations of a prompt: 3 rows, and the limit is 2");
}

TEST(StateMatches, CatchesATimerAPromptAndAnOperationThatTheStreamDoesNotKnow) {
  EXPECT_EQ(verdict_on_state<StateMatches>(""), "");
  EXPECT_EQ(verdict_on_state<StateMatches>("cloud { lookup { timer_id: 3 } }"), "timers: told , in the state 3");
  EXPECT_EQ(verdict_on_state<StateMatches>("prompt { prompt_id: 4 }"), "open prompts: told , in the state 4");
  EXPECT_EQ(
      verdict_on_state<StateMatches>(
          "cloud { lookup { waiter { operation { operation { id: 5 hold: HOLD_CAPABILITY_PRE_EXECUTION } } } } }"),
      "held operations: told , in the state 5");
}

// ---------------------------------------------------------------- all at once

const std::string kMidst =
    "version: 1 started: true last_sequence: 41 now_ns: 5000000000 next_prompt_id: 2 next_violation_id: 7 "
    "settings { event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: ASK_WHEN_NECESSARY } } } "
    "prompt { prompt_id: 1 timer_id: 3 timer_at_ns: 30000000000 expires_at_ns: 30000000000 "
    "hold_ends_at_ns: 3600000000000 pending { asked_at_ns: 1000000000 "
    "operation { id: 2 hold: HOLD_CAPABILITY_PRE_EXECUTION } } }";

std::vector<std::string> broken_after(const v1::EngineState& state, const Stream& stream) {
  Promises promises;
  promises.begin_with(state);
  promises.on_state(state);
  for (const Line& line : stream) {
    v1::Input input;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(line.input, &input)) << line.input;
    std::vector<v1::Output> outputs;
    for (const std::string& text : line.outputs) {
      EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &outputs.emplace_back())) << text;
    }
    EXPECT_TRUE(promises.on_step(input, outputs));
  }
  promises.end(false);
  std::vector<std::string> broken;
  for (const Promises::Broken& one : promises.broken()) broken.push_back(broken_promise_text(one));
  EXPECT_EQ(promises.kept(), broken.empty());
  return broken;
}

TEST(Promises, CanBeginInTheMidstOfALife) {
  const Stream stream = {
      {at(30, "timer_fired { timer_id: 3 } sequence: 42"),
       {"verdict { operation_id: 2 decision: ALLOW held_ns: 29000000000 prompt_id: 1 because: NOBODY_ANSWERED reason { "
        "code: NOBODY_ANSWERED } logged: true }",
        "violation { violation_id: 7 operation_id: 2 result: ALLOW because: NOBODY_ANSWERED }",
        "prompt_closed { prompt_id: 1 }"}}};
  EXPECT_THAT(broken_after(state_of(kMidst), stream), ::testing::IsEmpty());
}

TEST(Promises, HoldNothingAgainstTheEngineWhoseTimerNobodyFires) {
  Promises promises(InputsFrom::kAnybody);
  promises.begin_with(state_of(kMidst));
  for (const std::string& text : {at(6, "loss {} sequence: 42"), at(6'000, "operation { id: 3 } sequence: 43")}) {
    v1::Input input;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &input));
    EXPECT_TRUE(promises.on_step(input, {}));
  }
  promises.end(true);
  EXPECT_THAT(promises.sentences(), ::testing::IsEmpty());
}

TEST(Promises, HoldWhatWasUnderWayAgainstTheEngine) {
  const auto broken = broken_after(state_of(kMidst), {{at(6, "loss {} sequence: 42"), {}}});
  EXPECT_THAT(broken, ::testing::Contains(HasSubstr("operation 2 never got a verdict")));
  EXPECT_THAT(broken, ::testing::Contains(HasSubstr("prompt 1 is never closed")));
  EXPECT_THAT(broken, ::testing::Contains(HasSubstr("timer 3 of 00:00:30.000 never fired")));
}

TEST(IdRanges, AreASet) {
  IdRanges ids;
  std::set<std::uint64_t> same;
  std::uint64_t mixed = 1;
  for (int i = 0; i < 5'000; ++i) {
    mixed = mixed * 6364136223846793005U + 1442695040888963407U;
    const std::uint64_t id = 1 + (mixed >> 33U) % 60;
    if (i % 3 == 0) {
      ids.remove(id);
      same.erase(id);
    } else {
      ids.add(id);
      same.insert(id);
    }
    for (std::uint64_t every = 0; every <= 61; ++every) ASSERT_EQ(ids.contains(every), same.contains(every)) << i;
  }
}

}  // namespace
}  // namespace holdfast
