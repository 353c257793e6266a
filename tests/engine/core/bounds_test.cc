// Every operation has its verdict within its own bound, every table keeps its limit, and nobody inherits what is
// another's.
#include <gtest/gtest.h>

#include "tests/engine/core/story.h"

namespace holdfast::engine {
namespace {

// A start of a program with Windows, by a process that the sensor could not name.
v1::Operation by_nobody(const std::string& image) {
  v1::Operation operation = Story::run_key(0);
  operation.clear_actor();
  operation.set_actor_image(image);
  return operation;
}

TEST(Bounds, WhoJoinsAnOldPromptBringsTheLimitOfNow) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_on_expiry(v1::EXPIRY_KEEPS_HELD);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  story.happen(Story::program(7, "C:\\a.exe"));
  const auto first = story.happen(Story::run_key(7));
  settings.mutable_limits()->set_hold_max_s(5);
  story.change(settings);
  const auto joined = story.happen(Story::run_key(7, "w"));
  const auto last = story.happen(Story::run_key(7, "x"));
  story.wait(4 * Story::kSecond);
  story.restart_engine();
  story.wait(4'000 * Story::kSecond);
  EXPECT_EQ(story.verdict(joined).held_ns(), 5 * Story::kSecond);
  EXPECT_EQ(story.verdict(joined).because(), v1::HOLD_LIMIT_REACHED);
  EXPECT_EQ(story.verdict(joined).reason().rbegin()->number(), 5) << "seconds that it waited itself";
  EXPECT_EQ(story.verdict(last).held_ns(), 5 * Story::kSecond);
  EXPECT_EQ(story.verdict(first).held_ns(), 3'600 * Story::kSecond)
      << "it keeps the bound under which it began to wait";
  EXPECT_EQ(story.timers(), 0U);
}

TEST(Bounds, AProgramThatActsUnderAKnownPidAndIsAnotherEndsTheFirst) {
  Story story;
  story.start(Story::asks()).session(v1::SessionChanged::ACTIVE);
  v1::Operation good = Story::run_key(7);
  good.mutable_actor()->clear_start_ns();
  good.set_actor_image("C:\\good.exe");
  const auto first = story.happen(good);
  v1::Operation evil = Story::run_key(7, "evil");
  evil.mutable_actor()->clear_start_ns();
  evil.set_actor_image("C:\\evil.exe");
  const auto second = story.happen(evil);
  EXPECT_EQ(story.verdict(first).decision(), v1::Verdict::MOOT);
  EXPECT_TRUE(story.verdicts(second).empty());
}

TEST(Bounds, AnInteractionAfterTheCountdownSetsNoTimerIntoThePast) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.set_pause_while_interacting(true);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  story.happen(Story::program(7, "C:\\a.exe"));
  story.happen(Story::run_key(7));
  const auto at = [&](std::uint64_t at_s, v1::PromptAnswer::Kind kind) {
    v1::Input input;
    input.set_at_ns(at_s * Story::kSecond);
    input.mutable_prompt_answer()->set_prompt_id(1);
    input.mutable_prompt_answer()->set_kind(kind);
    story.feed(input);
  };
  at(40, v1::PromptAnswer::INTERACTION_STARTED);
  at(50, v1::PromptAnswer::INTERACTION_ENDED);
  EXPECT_EQ(story.all(v1::Output::kTimerSet).size(), 1U) << "the prompt's own";
  EXPECT_EQ(story.all(v1::Output::kTimerSet).back().timer_set().at_ns(), 30 * Story::kSecond);
}

TEST(Bounds, AnExitOfNobodyForgetsNothing) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_remember(v1::REMEMBER_ALWAYS);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  story.happen(Story::program(7, "C:\\a.exe"));
  story.happen(Story::run_key(7));
  story.answer(1, v1::PromptAnswer::ALLOW);
  v1::Operation nobody;
  nobody.mutable_process_exit();
  story.happen(nobody);
  const auto id = story.happen(Story::run_key(7, "w"));
  EXPECT_EQ(story.verdict(id).because(), v1::REMEMBERED_ALLOW);
}

TEST(Bounds, MoreRoomForPromptsShowsWhoWaitsAtOnce) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_limits()->set_prompts_max(1);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  for (const std::uint32_t pid : {7U, 8U, 9U}) {
    story.happen(Story::program(pid, "C:\\p" + std::to_string(pid) + ".exe"));
    story.happen(Story::run_key(pid));
  }
  EXPECT_TRUE(story.all(v1::Output::kPromptUpdate).empty());
  settings.mutable_limits()->set_prompts_max(2);
  story.change(settings);
  ASSERT_EQ(story.all(v1::Output::kPromptUpdate).size(), 1U) << "the oldest, and no more than there is room for";
  EXPECT_EQ(story.all(v1::Output::kPromptUpdate)[0].prompt_update().prompt_id(), 2U);
  EXPECT_EQ(story.all(v1::Output::kPromptUpdate)[0].prompt_update().change(), v1::PromptUpdate::MOVED_TO_SESSION);
}

TEST(Bounds, SessionsBeginAnewWithTheAgent) {
  Story story;
  story.start(Story::asks()).session(v1::SessionChanged::ACTIVE);
  story.start(Story::asks());  // whoever logged off meanwhile is not told of
  story.happen(Story::program(7, "C:\\a.exe"));
  story.happen(Story::run_key(7));
  EXPECT_EQ(story.all(v1::Output::kPrompt).back().prompt().not_shown(), v1::NO_USER_LOGGED_ON);
}

TEST(Bounds, LoweringALimitOfAnswersForgetsTheOldestAtOnce) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_remember(v1::REMEMBER_ALWAYS);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  for (const std::uint32_t pid : {7U, 8U}) {
    story.happen(Story::program(pid, "C:\\p" + std::to_string(pid) + ".exe"));
    story.happen(Story::run_key(pid));
    story.answer(pid - 6, v1::PromptAnswer::ALLOW);
  }
  settings.mutable_limits()->set_remembered_answers_max(1);
  story.change(settings);
  EXPECT_EQ(story.all(v1::Output::kLimitReached).back().limit_reached().table(), v1::LimitReached::REMEMBERED_ANSWERS);
  EXPECT_EQ(story.engine().snapshot().remembered_size(), 1);
}

TEST(Bounds, WhoWaitsIsJudgedAnewByItsOwnProgram) {
  Story story;
  v1::Settings settings = Story::asks();
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  v1::Operation evil = Story::program(100, "C:\\evil.exe");
  evil.mutable_process_start()->set_start_ns(5);
  story.happen(evil);
  v1::Operation write = Story::run_key(100);
  write.mutable_actor()->clear_start_ns();
  const auto id = story.happen(write);
  v1::Operation good = Story::program(100, "C:\\good.exe");
  good.mutable_process_start()->set_start_ns(9);
  good.mutable_process_start()->mutable_signature()->set_status(v1::SIGNATURE_STATUS_VALID);
  story.happen(good);
  settings.set_name("of no concern");
  story.change(settings);
  EXPECT_TRUE(story.verdicts(id).empty()) << "another program's signature settles nothing";
}

TEST(Bounds, WhatIsKeptHeldIsSoNoLongerThanTheSettingsSay) {
  for (const v1::OnExpiry now : {v1::EXPIRY_ALLOWS, v1::EXPIRY_DENIES}) {
    v1::Settings settings = Story::asks();
    settings.mutable_event_monitoring()->mutable_policy(0)->set_on_expiry(v1::EXPIRY_KEEPS_HELD);
    Story story;
    story.start(settings).session(v1::SessionChanged::ACTIVE);
    story.happen(Story::program(7, "C:\\a.exe"));
    const auto op = story.happen(Story::run_key(7));
    story.wait(40 * Story::kSecond);
    EXPECT_TRUE(story.verdicts(op).empty());
    settings.mutable_event_monitoring()->mutable_policy(0)->set_on_expiry(now);
    story.change(settings);
    const bool denies = now == v1::EXPIRY_DENIES;
    EXPECT_EQ(story.verdict(op).decision(), denies ? v1::Verdict::DENY : v1::Verdict::ALLOW);
    EXPECT_EQ(story.verdict(op).because(), denies ? v1::EXPIRY_SET_TO_DENY : v1::NOBODY_ANSWERED);
    EXPECT_TRUE(has_reason(story.verdict(op), v1::SETTINGS_CHANGED_MEANWHILE));
    EXPECT_EQ(story.all(v1::Output::kPromptClosed).size(), 1U);
    EXPECT_EQ(story.timers(), 0U);
  }
}

TEST(Bounds, WhoJoinsAPromptKeptHeldCountsDownUnlessItIsKeptHeldToo) {
  v1::Settings settings = Story::asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_on_expiry(v1::EXPIRY_KEEPS_HELD);
  v1::MonitoredEventPolicy& hosts = *settings.mutable_event_monitoring()->add_policy();
  hosts.set_event(v1::HOSTS_FILE_MODIFICATION);
  hosts.set_do_(v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY);
  Story story;
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  story.happen(Story::program(7, "C:\\a.exe"));
  const auto first = story.happen(Story::run_key(7));
  story.wait(40 * Story::kSecond);
  v1::Operation write = Story::run_key(7);
  write.mutable_file_write()->set_path("C:\\Windows\\System32\\drivers\\etc\\hosts");
  const auto joined = story.happen(write);
  story.restart_engine();
  story.wait(30 * Story::kSecond);
  EXPECT_EQ(story.verdict(joined).held_ns(), 30 * Story::kSecond);
  EXPECT_EQ(story.verdict(joined).because(), v1::NOBODY_ANSWERED);
  EXPECT_TRUE(story.verdicts(first).empty());
  story.answer(1, v1::PromptAnswer::DENY);
  EXPECT_EQ(story.verdict(first).because(), v1::USER_DENIED);
}

TEST(Bounds, AnActorUnderAForgottenPidInheritsNeitherAnswerNorPrompt) {
  const auto under_a_pid = [](const std::string& image) {
    v1::Operation operation = Story::run_key(7);
    operation.mutable_actor()->clear_start_ns();
    operation.set_actor_image(image);
    return operation;
  };
  v1::Settings settings = Story::asks();
  settings.mutable_limits()->set_processes_max(1);
  settings.mutable_event_monitoring()->mutable_policy(0)->set_remember(v1::REMEMBER_UNTIL_EXIT);
  Story story;
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  story.happen(under_a_pid("C:\\a.exe"));
  story.answer(1, v1::PromptAnswer::ALLOW);
  story.happen(Story::exit(8));  // the table has room for one
  const auto held = story.happen(under_a_pid("C:\\b.exe"));
  EXPECT_TRUE(story.verdicts(held).empty()) << "what was allowed was a.exe";
  story.happen(Story::exit(8));
  const auto again = story.happen(under_a_pid("C:\\b.exe"));
  EXPECT_TRUE(story.verdicts(held).empty()) << "it is the same program";
  story.happen(Story::exit(8));
  story.happen(under_a_pid("C:\\c.exe"));
  EXPECT_EQ(story.verdict(held).decision(), v1::Verdict::MOOT);
  EXPECT_EQ(story.verdict(again).decision(), v1::Verdict::MOOT);
  EXPECT_EQ(story.all(v1::Output::kPrompt).size(), 3U);
}

TEST(Bounds, WhoIsAskedAboutSomethingElseNowEndsAsThatSays) {
  v1::Settings settings = Story::asks();
  const auto add = [&](v1::MonitoredEvent event, v1::MonitoredEventPolicy::Action action, v1::OnExpiry on_expiry) {
    v1::MonitoredEventPolicy& row = *settings.mutable_event_monitoring()->add_policy();
    row.set_event(event);
    row.set_do_(action);
    row.set_on_expiry(on_expiry);
  };
  add(v1::DUPLICATED_SYSTEM_FILE, v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY, v1::EXPIRY_ALLOWS);
  add(v1::SYSTEM_FILE_MODIFICATION, v1::MonitoredEventPolicy::ALLOW, v1::EXPIRY_DENIES);
  Story story;
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  story.happen(Story::program(7, "C:\\a.exe"));
  v1::Operation drop = Story::run_key(7);
  drop.mutable_file_create()->set_path("C:\\Windows\\System32\\explorer.exe");
  drop.mutable_file_create()->set_executable(true);
  const auto op = story.happen(drop);
  ASSERT_EQ(story.all(v1::Output::kPrompt)[0].prompt().event(), v1::DUPLICATED_SYSTEM_FILE);
  settings.mutable_event_monitoring()->mutable_policy(1)->set_do_(v1::MonitoredEventPolicy::ALLOW);
  settings.mutable_event_monitoring()->mutable_policy(2)->set_do_(v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY);
  story.change(settings);
  story.restart_engine();
  EXPECT_TRUE(story.verdicts(op).empty());
  story.wait(60 * Story::kSecond);
  EXPECT_EQ(story.verdict(op).event(), v1::SYSTEM_FILE_MODIFICATION);
  EXPECT_EQ(story.verdict(op).because(), v1::EXPIRY_SET_TO_DENY);
  EXPECT_TRUE(has_reason(story.verdict(op), v1::SETTINGS_CHANGED_MEANWHILE));
}

TEST(Bounds, AProgramThatTheTableForgotLeavesNoAnswerToItsSuccessor) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_remember(v1::REMEMBER_UNTIL_EXIT);
  settings.mutable_limits()->set_processes_max(1);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  const auto unknown_start = [](v1::Operation operation) {
    if (operation.has_process_start()) operation.mutable_process_start()->clear_start_ns();
    if (operation.has_actor()) operation.mutable_actor()->clear_start_ns();
    return operation;
  };
  story.happen(unknown_start(Story::program(100, "C:\\good.exe")));
  story.happen(unknown_start(Story::run_key(100)));
  story.answer(1, v1::PromptAnswer::ALLOW);
  story.happen(Story::program(101, "C:\\other.exe"));  // 100 is forgotten
  story.happen(unknown_start(Story::program(100, "C:\\evil.exe")));
  const auto id = story.happen(unknown_start(Story::run_key(100, "evil")));
  EXPECT_TRUE(story.verdicts(id).empty()) << "it is asked about";
}

TEST(Bounds, NobodyLendsAnAnswerOrAPromptToAnybody) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_remember(v1::REMEMBER_UNTIL_EXIT);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  const auto first = story.happen(by_nobody("C:\\good.exe"));
  const auto second = story.happen(by_nobody("C:\\evil.exe"));
  story.answer(1, v1::PromptAnswer::ALLOW);
  EXPECT_EQ(story.verdict(first).decision(), v1::Verdict::ALLOW);
  EXPECT_TRUE(story.verdicts(second).empty());
  const auto third = story.happen(by_nobody("C:\\third.exe"));
  EXPECT_TRUE(story.verdicts(third).empty());
  EXPECT_TRUE(Engine::restore(story.engine().snapshot()));
}

TEST(Bounds, NobodyIsNotTheProgramThatWasToldBefore) {
  Story story;
  story.start(Story::asks()).session(v1::SessionChanged::ACTIVE);
  const auto windows = story.happen(by_nobody(R"(C:\Windows\System32\wbem\unsecapp.exe)"));
  EXPECT_EQ(story.verdict(windows).decision(), v1::Verdict::ALLOW) << "a genuine Windows program";
  const auto stranger = story.happen(by_nobody(""));
  EXPECT_TRUE(story.verdicts(stranger).empty()) << "it is asked about";
}

TEST(Bounds, WhatAnotherSourceToldAlreadyIsLearntAndNotDecidedAgain) {
  Story story;
  story.start(Story::settings(v1::MonitoredEventPolicy::DENY)).session(v1::SessionChanged::ACTIVE);
  v1::Operation repeated = Story::run_key(100);
  repeated.set_hold(v1::HOLD_CAPABILITY_NONE);
  repeated.set_actor_image("C:\\evil.exe");
  const auto first = story.happen(repeated);
  EXPECT_EQ(story.verdict(first).decision(), v1::Verdict::DENY);
  repeated.set_repeats(true);
  EXPECT_TRUE(story.verdicts(story.happen(repeated)).empty());
  v1::Operation start = Story::program(7, "C:\\told.exe");
  start.set_hold(v1::HOLD_CAPABILITY_NONE);
  start.set_repeats(true);
  story.happen(start);
  EXPECT_EQ(story.verdict(story.happen(Story::run_key(7))).program(), "C:\\told.exe");
  repeated.set_hold(v1::HOLD_CAPABILITY_PRE_EXECUTION);
  EXPECT_FALSE(story.verdicts(story.happen(repeated)).empty()) << "somebody waits for it";
}

// A program that loads its own image is seen before its start where two sensors tell of one run.
TEST(Bounds, AStartIsJudgedByWhatItTellsThoughTheProgramWasSeenBefore) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_exceptions()->add_blocked()->set_path("C:\\evil.exe");
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  v1::Operation load;
  load.mutable_actor()->set_pid(7);
  load.mutable_actor()->set_start_ns(7);
  load.mutable_image_load()->set_path("C:\\Windows\\System32\\ntdll.dll");
  story.happen(load);
  EXPECT_EQ(story.verdict(story.happen(Story::program(7, "C:\\evil.exe"))).because(), v1::ON_BLOCKED_LIST);
  story.happen(Story::program(8, "C:\\good.exe"));
  EXPECT_EQ(story.verdict(story.happen(Story::program(8, "C:\\evil.exe"))).because(), v1::ON_BLOCKED_LIST);
}

TEST(Bounds, WhoHasExitedCreatesNobody) {
  Story story;
  v1::Settings settings = Story::asks();
  v1::MonitoredEventPolicy& row = *settings.mutable_event_monitoring()->add_policy();
  row.set_event(v1::SUSPICIOUS_BEHAVIOR);
  row.set_do_(v1::MonitoredEventPolicy::DENY);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  v1::Operation evil = Story::program(20, "C:\\Users\\user\\evil.exe");
  evil.mutable_process_start()->clear_start_ns();
  story.happen(evil);
  v1::Operation exit = Story::exit(20);
  exit.mutable_actor()->clear_start_ns();
  story.happen(exit);
  v1::Operation start = Story::program(30, "C:\\Windows\\System32\\cmd.exe");
  start.mutable_actor()->set_pid(20);
  start.set_actor_image("C:\\Windows\\explorer.exe");
  start.mutable_process_start()->set_command_line("cmd.exe /c del C:\\Users\\user\\evil.exe");
  EXPECT_EQ(story.verdict(story.happen(start)).decision(), v1::Verdict::ALLOW);
  start.set_actor_image("C:\\Users\\user\\evil.exe");
  start.mutable_process_start()->set_pid(31);
  EXPECT_EQ(story.verdict(story.happen(start)).decision(), v1::Verdict::DENY) << "the operation tells who it is";
}

TEST(Bounds, AnAnswerAboutAProgramThatWasForgottenIsNobodysWhoComesUnderItsPid) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_remember(v1::REMEMBER_UNTIL_EXIT);
  settings.mutable_limits()->set_processes_max(1);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  const auto acts = [](const std::string& image) {
    v1::Operation operation = Story::run_key(7);
    operation.mutable_actor()->clear_start_ns();
    operation.set_actor_image(image);
    return operation;
  };
  story.happen(acts("C:\\good.exe"));
  story.happen(Story::program(8, "C:\\other.exe"));  // 7 is forgotten
  v1::Operation nameless;
  nameless.mutable_actor()->set_pid(7);
  nameless.mutable_file_write()->set_path("C:\\notes.txt");
  story.happen(nameless);
  story.answer(1, v1::PromptAnswer::ALLOW);
  EXPECT_TRUE(story.verdicts(story.happen(acts("C:\\evil.exe"))).empty()) << "it is asked about";
}

// Two sensors tell of one run: one names it, the other starts it without a name; and somebody else comes under its pid.
TEST(Bounds, AStartThatTellsNoImageLeavesTheProgramItsName) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_remember(v1::REMEMBER_UNTIL_EXIT);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  v1::Operation good = Story::run_key(7);
  good.set_actor_image("C:\\good.exe");
  story.happen(good);
  story.happen(Story::program(7, ""));
  story.answer(1, v1::PromptAnswer::ALLOW);
  v1::Operation other = Story::run_key(7);
  other.mutable_actor()->clear_start_ns();
  other.set_actor_image("C:\\evil.exe");
  EXPECT_TRUE(story.verdicts(story.happen(other)).empty()) << "it is asked about";
  const auto again = story.happen(Story::run_key(7, "again"));
  EXPECT_EQ(story.verdict(again).program(), "C:\\good.exe");
  EXPECT_EQ(story.verdict(again).because(), v1::REMEMBERED_ALLOW);
}

TEST(Bounds, AnAnswerAboutSomebodyWithoutANameIsNobodysWhoIsNamedByAPidAlone) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_remember(v1::REMEMBER_UNTIL_EXIT);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  story.happen(Story::run_key(7));
  story.answer(1, v1::PromptAnswer::ALLOW);
  v1::Operation named = Story::run_key(7, "named");
  named.mutable_actor()->clear_start_ns();
  named.set_actor_image("C:\\evil.exe");
  EXPECT_TRUE(story.verdicts(story.happen(named)).empty()) << "it is asked about";
  EXPECT_TRUE(story.verdicts(story.happen(Story::run_key(7, "again"))).empty()) << "so is its next";
}

TEST(Bounds, TheOldestPromptKeepsItsPlaceWhereThereAreFewerPlaces) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_limits()->set_prompts_max(2);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  for (const std::uint32_t pid : {7U, 8U}) {
    story.happen(Story::program(pid, "C:\\p" + std::to_string(pid) + ".exe"));
    story.happen(Story::run_key(pid));
  }
  settings.mutable_limits()->set_prompts_max(1);
  story.change(settings);
  const auto updates = story.all(v1::Output::kPromptUpdate);
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0].prompt_update().prompt_id(), 2U);
  EXPECT_EQ(updates[0].prompt_update().not_shown(), v1::PROMPTS_FULL);
}

TEST(Bounds, AnAnswerAboutNobodyIsNotKeptUnderAnothersName) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_remember(v1::REMEMBER_ALWAYS);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  story.happen(by_nobody("C:\\good.exe"));
  story.happen(by_nobody("C:\\evil.exe"));
  story.change(settings);
  story.answer(1, v1::PromptAnswer::ALLOW);
  const v1::EngineState state = story.engine().snapshot();
  ASSERT_EQ(state.remembered_size(), 1);
  EXPECT_EQ(state.remembered(0).program(), "C:\\GOOD.EXE");
}

}  // namespace
}  // namespace holdfast::engine
