#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/core/story.h"

namespace holdfast::engine {
namespace {

using Action = v1::MonitoredEventPolicy;

// A story in which pid 10, an unsigned setup.exe, runs and every start-up entry is asked about.
Story asking(v1::Settings settings = Story::settings(Action::ASK_WHEN_NECESSARY)) {
  Story story;
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  story.happen(Story::program(10, "C:\\Users\\user\\Downloads\\setup.exe"));
  return story;
}

TEST(PromptExpiry, AllowsWhenNobodyAnswersWithinTheLimit) {
  Story story = asking();
  const auto op = story.happen(Story::run_key(10));
  story.wait(30 * Story::kSecond - 1);
  EXPECT_TRUE(story.verdicts(op).empty());
  story.wait(1);
  const v1::Verdict verdict = story.verdict(op);
  EXPECT_EQ(verdict.decision(), v1::Verdict::ALLOW);
  EXPECT_EQ(verdict.because(), v1::NOBODY_ANSWERED);
  EXPECT_EQ(verdict.held_ns(), 30 * Story::kSecond);
  EXPECT_FALSE(verdict.logged());
}

TEST(PromptExpiry, FollowsTheConfiguredSeconds) {
  v1::Settings settings = Story::settings(Action::ASK_WHEN_NECESSARY);
  settings.set_allow_if_unanswered_s(600);
  Story story = asking(settings);
  const auto op = story.happen(Story::run_key(10));
  story.wait(599 * Story::kSecond);
  EXPECT_TRUE(story.verdicts(op).empty());
  story.wait(Story::kSecond);
  EXPECT_EQ(story.verdict(op).because(), v1::NOBODY_ANSWERED);
}

TEST(PromptExpiry, DeniesWhereTheSettingsSaySo) {
  v1::Settings settings;
  settings.mutable_event_monitoring()->set_enabled(true);
  Story::policy(settings, Action::ASK_WHEN_NECESSARY).set_on_expiry(v1::EXPIRY_DENIES);
  Story story = asking(settings);
  const auto op = story.happen(Story::run_key(10));
  story.wait(30 * Story::kSecond);
  EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::DENY);
  EXPECT_EQ(story.verdict(op).because(), v1::EXPIRY_SET_TO_DENY);
  EXPECT_TRUE(has_reason(story.verdict(op), v1::NOBODY_ANSWERED));
  EXPECT_TRUE(story.verdict(op).logged());
}

TEST(PromptExpiry, KeepsHeldWhereTheSettingsSaySoButNotForEver) {
  v1::Settings settings;
  settings.mutable_event_monitoring()->set_enabled(true);
  settings.mutable_limits()->set_hold_max_s(100);
  Story::policy(settings, Action::ASK_WHEN_NECESSARY).set_on_expiry(v1::EXPIRY_KEEPS_HELD);
  Story story = asking(settings);
  const auto op = story.happen(Story::run_key(10));
  story.wait(99 * Story::kSecond);
  EXPECT_TRUE(story.verdicts(op).empty());
  story.wait(Story::kSecond);
  EXPECT_EQ(story.verdict(op).because(), v1::HOLD_LIMIT_REACHED);
  EXPECT_EQ(story.all(v1::Output::kLimitReached).size(), 1U);
}

TEST(PromptExpiry, ComesBeforeAnAnswerOfTheSameMoment) {
  Story story = asking();
  const auto op = story.happen(Story::run_key(10));
  story.wait(30 * Story::kSecond);
  story.answer(1, v1::PromptAnswer::DENY);
  EXPECT_EQ(story.verdict(op).because(), v1::NOBODY_ANSWERED);
  EXPECT_EQ(story.all(v1::Output::kInputIgnored).size(), 1U);
}

TEST(PromptAnswer, AllowIsNotLoggedAndDenyIs) {
  Story story = asking();
  const auto first = story.happen(Story::run_key(10, "A"));
  story.answer(1, v1::PromptAnswer::ALLOW);
  const auto second = story.happen(Story::run_key(10, "B"));
  story.answer(2, v1::PromptAnswer::DENY);
  EXPECT_EQ(story.verdict(first).because(), v1::USER_ALLOWED);
  EXPECT_FALSE(story.verdict(first).logged());
  EXPECT_EQ(story.verdict(second).because(), v1::USER_DENIED);
  EXPECT_EQ(story.verdict(second).decision(), v1::Verdict::DENY);
  EXPECT_TRUE(story.verdict(second).logged());
  EXPECT_FALSE(story.verdict(second).user_warned());
  EXPECT_EQ(story.timers(), 0U);
}

TEST(PromptAnswer, CountsOnce) {
  Story story = asking();
  const auto op = story.happen(Story::run_key(10));
  story.answer(1, v1::PromptAnswer::ALLOW).answer(1, v1::PromptAnswer::DENY);
  EXPECT_EQ(story.verdicts(op).size(), 1U);
  EXPECT_EQ(story.all(v1::Output::kInputIgnored).size(), 1U);
}

TEST(PromptAnswer, DismissingIsNoAnswer) {
  Story story = asking();
  const auto op = story.happen(Story::run_key(10));
  story.answer(1, v1::PromptAnswer::DISMISS).wait(29 * Story::kSecond);
  EXPECT_TRUE(story.verdicts(op).empty());
  story.wait(Story::kSecond);
  EXPECT_EQ(story.verdict(op).because(), v1::NOBODY_ANSWERED);
  EXPECT_TRUE(has_reason(story.verdict(op), v1::PROMPT_DISMISSED));
}

TEST(PromptAnswer, ADeadPromptProgramLeavesTheDeadlineInForce) {
  Story story = asking();
  const auto op = story.happen(Story::run_key(10));
  story.answer(1, v1::PromptAnswer::NOT_SHOWN).wait(30 * Story::kSecond);
  EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::ALLOW);
  EXPECT_TRUE(has_reason(story.verdict(op), v1::PROMPT_PROGRAM_FAILED));
}

TEST(PromptCoalescing, OnePromptAndOneVerdictEachForSeveralOperationsOfAProgram) {
  Story story = asking();
  const auto first = story.happen(Story::run_key(10, "A"));
  story.wait(10 * Story::kSecond);
  const auto second = story.happen(Story::run_key(10, "B"));
  EXPECT_EQ(story.all(v1::Output::kPrompt).size(), 1U);
  story.wait(20 * Story::kSecond);
  EXPECT_EQ(story.verdict(first).held_ns(), 30 * Story::kSecond);
  EXPECT_EQ(story.verdict(second).held_ns(), 20 * Story::kSecond);
  EXPECT_TRUE(has_reason(story.verdict(second), v1::JOINED_PROMPT));
}

TEST(PromptCoalescing, TwoProgramsGetTwoPrompts) {
  Story story = asking();
  story.happen(Story::program(20, "C:\\Users\\user\\other.exe"));
  story.happen(Story::run_key(10));
  story.happen(Story::run_key(20));
  EXPECT_EQ(story.all(v1::Output::kPrompt).size(), 2U);
}

TEST(PendingDecision, EndsMootWhenTheProgramExits) {
  Story story = asking();
  const auto op = story.happen(Story::run_key(10));
  story.happen(Story::exit(10));
  EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::MOOT);
  EXPECT_EQ(story.verdict(op).because(), v1::PROGRAM_EXITED);
  EXPECT_EQ(story.all(v1::Output::kPromptClosed).size(), 1U);
  EXPECT_EQ(story.timers(), 0U);
}

TEST(PendingDecision, IsReleasedWhenTheAgentStops) {
  Story story = asking();
  const auto op = story.happen(Story::run_key(10));
  v1::Input input;
  input.mutable_agent_stopping()->set_reason(v1::AgentStopping::SERVICE_STOP);
  story.feed(input);
  EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::ALLOW);
  EXPECT_EQ(story.verdict(op).because(), v1::AGENT_STOPPED);
  const auto late = story.happen(Story::run_key(10));
  EXPECT_EQ(story.verdict(late).because(), v1::AGENT_STOPPED);
}

TEST(PendingDecision, FollowsNewSettingsAtOnce) {
  struct Case {
    Action::Action action;
    v1::Verdict::Decision decision;
    bool logged;
    bool warned;
  };
  for (const Case& c :
       {Case{Action::DENY, v1::Verdict::DENY, true, true}, Case{Action::ASSESS, v1::Verdict::ALLOW, true, false},
        Case{Action::ALLOW, v1::Verdict::ALLOW, false, false}}) {
    Story story = asking();
    const auto op = story.happen(Story::run_key(10));
    story.wait(5 * Story::kSecond).change(Story::settings(c.action));
    EXPECT_EQ(story.verdict(op).decision(), c.decision);
    EXPECT_EQ(story.verdict(op).because(), v1::SETTINGS_CHANGED_MEANWHILE);
    EXPECT_EQ(story.verdict(op).held_ns(), 5 * Story::kSecond);
    EXPECT_EQ(story.verdict(op).logged(), c.logged);
    EXPECT_EQ(story.verdict(op).user_warned(), c.warned);
    EXPECT_EQ(story.all(v1::Output::kPromptClosed).size(), 1U);
  }
}

TEST(PendingDecision, GoesOnWaitingWhenNewSettingsStillAsk) {
  Story story = asking();
  const auto op = story.happen(Story::run_key(10));
  v1::Settings longer = Story::settings(Action::ASK_WHEN_NECESSARY);
  longer.set_allow_if_unanswered_s(600);
  story.wait(5 * Story::kSecond).change(longer).wait(25 * Story::kSecond);
  EXPECT_EQ(story.verdict(op).because(), v1::NOBODY_ANSWERED) << "the deadline that the prompt shows stays";
}

TEST(PendingDecision, IsAllowedWhenItsProgramIsApprovedMeanwhile) {
  Story story = asking();
  const auto op = story.happen(Story::run_key(10));
  v1::Settings approved = Story::settings(Action::ASK_WHEN_NECESSARY);
  approved.mutable_exceptions()->add_approved()->set_path("C:\\Users\\user\\Downloads\\setup.exe");
  story.change(approved);
  EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::ALLOW);
  EXPECT_TRUE(has_reason(story.verdict(op), v1::ON_APPROVED_LIST));
}

TEST(PendingDecision, RefusedSettingsChangeNothing) {
  Story story = asking();
  const auto op = story.happen(Story::run_key(10));
  v1::Settings bad = Story::settings(Action::DENY);
  bad.set_allow_if_unanswered_s(601);
  story.change(bad);
  EXPECT_TRUE(story.verdicts(op).empty());
  ASSERT_EQ(story.all(v1::Output::kSettingsRefused).size(), 1U);
  EXPECT_EQ(story.all(v1::Output::kSettingsRefused)[0].settings_refused().field(), "allow_if_unanswered_s");
  story.wait(30 * Story::kSecond);
  EXPECT_EQ(story.verdict(op).because(), v1::NOBODY_ANSWERED);
}

TEST(PendingDecision, IsReleasedWhenTheServiceStops) {
  Story story = asking();
  const auto op = story.happen(Story::run_key(10));
  v1::Input input;
  input.mutable_service_state_changed()->set_running(false);
  story.feed(input);
  EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::ALLOW);
  EXPECT_EQ(story.verdict(op).because(), v1::BEHAVIOR_MONITORING_STOPPED);
}

TEST(Sessions, WithoutAUserTheDeadlineStillRules) {
  Story story;
  story.start(Story::settings(Action::ASK_WHEN_NECESSARY));
  story.happen(Story::program(10, "C:\\a.exe"));
  const auto op = story.happen(Story::run_key(10));
  EXPECT_EQ(story.all(v1::Output::kPrompt)[0].prompt().not_shown(), v1::NO_USER_LOGGED_ON);
  story.wait(30 * Story::kSecond);
  EXPECT_EQ(story.verdict(op).because(), v1::NOBODY_ANSWERED);
  EXPECT_TRUE(has_reason(story.verdict(op), v1::NO_USER_LOGGED_ON));
}

TEST(Sessions, ALockedScreenShowsNothingUntilItIsUnlocked) {
  Story story;
  story.start(Story::settings(Action::ASK_WHEN_NECESSARY)).session(v1::SessionChanged::LOCKED);
  story.happen(Story::program(10, "C:\\a.exe"));
  story.happen(Story::run_key(10));
  EXPECT_EQ(story.all(v1::Output::kPrompt)[0].prompt().not_shown(), v1::SESSION_LOCKED);
  story.wait(Story::kSecond).session(v1::SessionChanged::ACTIVE);
  ASSERT_EQ(story.all(v1::Output::kPromptUpdate).size(), 1U);
  const v1::PromptUpdate update = story.all(v1::Output::kPromptUpdate)[0].prompt_update();
  EXPECT_EQ(update.change(), v1::PromptUpdate::MOVED_TO_SESSION);
  EXPECT_EQ(update.session_id(), 1U);
  EXPECT_EQ(update.expires_at_ns(), 30 * Story::kSecond);
}

TEST(Sessions, ThePromptAppearsInTheProgramsOwnSession) {
  Story story;
  story.start(Story::settings(Action::ASK_WHEN_NECESSARY));
  story.session(v1::SessionChanged::ACTIVE, 1).session(v1::SessionChanged::REMOTE, 3);
  v1::Operation start = Story::program(10, "C:\\a.exe");
  start.mutable_process_start()->set_session_id(3);
  story.happen(start);
  story.happen(Story::run_key(10));
  EXPECT_EQ(story.all(v1::Output::kPrompt)[0].prompt().session_id(), 3U);
}

TEST(Remembering, IsOffByDefault) {
  Story story = asking();
  story.happen(Story::run_key(10));
  story.answer(1, v1::PromptAnswer::ALLOW, v1::REMEMBER_ALWAYS);
  story.happen(Story::run_key(10));
  EXPECT_EQ(story.all(v1::Output::kPrompt).size(), 2U);
}

v1::Settings remembering(v1::Remember remember) {
  v1::Settings settings;
  settings.mutable_event_monitoring()->set_enabled(true);
  Story::policy(settings, Action::ASK_WHEN_NECESSARY).set_remember(remember);
  return settings;
}

TEST(Remembering, UntilExitEndsWithTheProgram) {
  Story story = asking(remembering(v1::REMEMBER_UNTIL_EXIT));
  story.happen(Story::run_key(10));
  story.answer(1, v1::PromptAnswer::ALLOW);
  EXPECT_EQ(story.verdict(story.happen(Story::run_key(10))).because(), v1::REMEMBERED_ALLOW);
  story.happen(Story::exit(10));
  story.happen(Story::program(11, "C:\\Users\\user\\Downloads\\setup.exe"));
  story.happen(Story::run_key(11));
  EXPECT_EQ(story.all(v1::Output::kPrompt).size(), 2U);
}

TEST(Remembering, AlwaysCountsForTheNextLaunchAndTheUserMayWishForLess) {
  Story story = asking(remembering(v1::REMEMBER_ALWAYS));
  story.happen(Story::run_key(10));
  story.answer(1, v1::PromptAnswer::DENY, v1::REMEMBER_ONCE);
  story.happen(Story::run_key(10));
  story.answer(2, v1::PromptAnswer::DENY);
  story.happen(Story::program(11, "C:\\Users\\user\\Downloads\\SETUP.exe"));
  const v1::Verdict verdict = story.verdict(story.happen(Story::run_key(11)));
  EXPECT_EQ(verdict.because(), v1::REMEMBERED_DENY);
  EXPECT_TRUE(verdict.logged());
}

TEST(Countdown, StandsStillWhileTheUserInteractsIfTheSettingsSaySo) {
  v1::Settings settings = Story::settings(Action::ASK_WHEN_NECESSARY);
  settings.set_pause_while_interacting(true);
  Story story = asking(settings);
  const auto op = story.happen(Story::run_key(10));
  story.wait(20 * Story::kSecond).answer(1, v1::PromptAnswer::INTERACTION_STARTED).wait(60 * Story::kSecond);
  EXPECT_TRUE(story.verdicts(op).empty());
  story.answer(1, v1::PromptAnswer::INTERACTION_ENDED).wait(10 * Story::kSecond - 1);
  EXPECT_TRUE(story.verdicts(op).empty());
  story.wait(1);
  EXPECT_EQ(story.verdict(op).held_ns(), 90 * Story::kSecond);
}

TEST(Countdown, GoesOnWhileTheUserInteractsByDefault) {
  Story story = asking();
  const auto op = story.happen(Story::run_key(10));
  story.wait(20 * Story::kSecond).answer(1, v1::PromptAnswer::INTERACTION_STARTED).wait(10 * Story::kSecond);
  EXPECT_EQ(story.verdict(op).because(), v1::NOBODY_ANSWERED);
}

TEST(Countdown, APauseEndsAtTheHoldLimit) {
  v1::Settings settings = Story::settings(Action::ASK_WHEN_NECESSARY);
  settings.set_pause_while_interacting(true);
  settings.mutable_limits()->set_hold_max_s(50);
  Story story = asking(settings);
  const auto op = story.happen(Story::run_key(10));
  story.answer(1, v1::PromptAnswer::INTERACTION_STARTED).wait(50 * Story::kSecond);
  EXPECT_EQ(story.verdict(op).because(), v1::HOLD_LIMIT_REACHED);
}

TEST(Limits, AFullPendingTableAllowsByName) {
  v1::Settings settings = Story::settings(Action::ASK_WHEN_NECESSARY);
  settings.mutable_limits()->set_pending_max(1);
  Story story = asking(settings);
  story.happen(Story::run_key(10, "A"));
  const auto op = story.happen(Story::run_key(10, "B"));
  EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::ALLOW);
  EXPECT_EQ(story.verdict(op).because(), v1::PENDING_TABLE_FULL);
  EXPECT_EQ(story.all(v1::Output::kLimitReached).size(), 1U);
}

TEST(Limits, AFullPromptAllowsByName) {
  v1::Settings settings = Story::settings(Action::ASK_WHEN_NECESSARY);
  settings.mutable_limits()->set_operations_per_prompt_max(1);
  Story story = asking(settings);
  story.happen(Story::run_key(10, "A"));
  EXPECT_EQ(story.verdict(story.happen(Story::run_key(10, "B"))).because(), v1::PROMPT_OPERATIONS_FULL);
}

TEST(Limits, PromptsBeyondTheLimitWaitForAPlace) {
  v1::Settings settings = Story::settings(Action::ASK_WHEN_NECESSARY);
  settings.mutable_limits()->set_prompts_max(1);
  Story story = asking(settings);
  story.happen(Story::program(20, "C:\\b.exe"));
  story.happen(Story::run_key(10));
  const auto op = story.happen(Story::run_key(20));
  EXPECT_EQ(story.all(v1::Output::kPrompt)[1].prompt().not_shown(), v1::PROMPTS_FULL);
  story.wait(Story::kSecond).answer(1, v1::PromptAnswer::ALLOW);
  ASSERT_EQ(story.all(v1::Output::kPromptUpdate).size(), 1U);
  EXPECT_EQ(story.all(v1::Output::kPromptUpdate)[0].prompt_update().session_id(), 1U);
  story.wait(29 * Story::kSecond);
  EXPECT_EQ(story.verdict(op).because(), v1::NOBODY_ANSWERED);
  EXPECT_FALSE(has_reason(story.verdict(op), v1::PROMPTS_FULL));
}

TEST(Limits, RememberedAnswersAreBounded) {
  v1::Settings settings = remembering(v1::REMEMBER_UNTIL_EXIT);
  settings.mutable_limits()->set_remembered_answers_max(1);
  Story story = asking(settings);
  story.happen(Story::program(20, "C:\\b.exe"));
  story.happen(Story::run_key(10));
  story.answer(1, v1::PromptAnswer::ALLOW);
  story.happen(Story::run_key(20));
  story.answer(2, v1::PromptAnswer::ALLOW);
  EXPECT_EQ(story.all(v1::Output::kLimitReached).size(), 1U);
  EXPECT_TRUE(story.verdicts(story.happen(Story::run_key(10))).empty())
      << "the oldest answer is forgotten: asked again";
}

TEST(HeldOperation, WithTheIdOfOneThatWaitsIsIgnored) {
  Story story = asking();
  v1::Operation twice = Story::run_key(10);
  twice.set_id(77);
  story.happen(twice);
  story.happen(twice);
  story.wait(30 * Story::kSecond);
  EXPECT_EQ(story.verdicts(77).size(), 1U);
  EXPECT_EQ(story.all(v1::Output::kInputIgnored).size(), 1U);
}

TEST(Snapshot, InTheMiddleOfAPromptChangesNothing) {
  v1::Settings settings = remembering(v1::REMEMBER_ALWAYS);
  settings.mutable_limits()->set_prompts_max(1);
  const auto play = [&](bool restart) {
    Story story = asking(settings);
    const auto cut = [&] {
      if (restart) story.restart_engine();
    };
    story.happen(Story::program(20, "C:\\b.exe"));
    cut();
    story.happen(Story::run_key(10));
    cut();
    story.happen(Story::run_key(20));
    cut();
    story.answer(1, v1::PromptAnswer::DENY);
    cut();
    story.happen(Story::run_key(10));
    cut();
    story.wait(30 * Story::kSecond);
    return story.log();
  };
  EXPECT_EQ(play(true), play(false));
}

}  // namespace
}  // namespace holdfast::engine
