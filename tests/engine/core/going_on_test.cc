// Promises of the whole engine that random input broke once: an engine that goes on and one restored from its state
// decide alike, and every operation has its verdict within its own bound.
#include <gtest/gtest.h>

#include <functional>

#include "tests/engine/core/story.h"

namespace holdfast::engine {
namespace {

v1::Settings asks() { return Story::settings(v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY); }
v1::Settings denies() { return Story::settings(v1::MonitoredEventPolicy::DENY); }

// The same story, once by an engine that goes on and once by one that is restored between its halves.
void expect_same_after_restore(const std::function<void(Story&)>& before, const std::function<void(Story&)>& after) {
  Story going_on;
  Story restored;
  before(going_on);
  before(restored);
  restored.restart_engine();
  EXPECT_EQ(going_on.engine().snapshot().SerializeAsString(), restored.engine().snapshot().SerializeAsString());
  after(going_on);
  after(restored);
  EXPECT_EQ(going_on.log(), restored.log());
  EXPECT_EQ(going_on.engine().snapshot().SerializeAsString(), restored.engine().snapshot().SerializeAsString());
}

void change_profile(Story& story, const v1::AgentProfile& profile) {
  v1::Input input;
  *input.mutable_profile_changed()->mutable_profile() = profile;
  story.feed(input);
}

v1::Operation without_start_time(v1::Operation operation) {
  if (operation.has_process_start()) {
    operation.mutable_process_start()->set_start_ns(0);
  } else {
    operation.mutable_actor()->set_start_ns(0);
  }
  return operation;
}

TEST(GoingOn, AnImageThatNamesNoFile) {
  expect_same_after_restore(
      [](Story& story) {
        story.start(denies()).session(v1::SessionChanged::ACTIVE);
        auto operation = Story::run_key(7);
        operation.set_actor_image("\\??\\");
        story.happen(operation);
      },
      [](Story& story) {
        auto operation = Story::run_key(7);
        operation.set_actor_image("C:\\Windows\\System32\\svchost.exe");
        story.happen(operation);
      });
}

TEST(GoingOn, ADriveThatIsMappedLaterNamesWhatRunsAlready) {
  expect_same_after_restore(
      [](Story& story) {
        v1::Settings settings = denies();
        settings.mutable_exceptions()->add_approved()->set_path("D:\\tools\\setup.exe");
        story.start(settings).session(v1::SessionChanged::ACTIVE);
        story.happen(Story::program(7, "\\Device\\HarddiskVolume5\\tools\\setup.exe"));
        v1::AgentProfile profile = Story::profile();
        profile.add_volume()->set_drive("D:");
        profile.mutable_volume(0)->set_device("\\Device\\HarddiskVolume5");
        change_profile(story, profile);
      },
      [](Story& story) {
        const auto id = story.happen(Story::run_key(7));
        EXPECT_EQ(story.verdict(id).because(), v1::ON_APPROVED_LIST);
      });
}

TEST(GoingOn, AShortNameThatBecomesKnownIsNoWayRoundTheBlockedList) {
  expect_same_after_restore(
      [](Story& story) {
        v1::Settings settings = Story::settings(v1::MonitoredEventPolicy::ALLOW);
        settings.mutable_exceptions()->add_blocked()->set_path("C:\\Downloads\\evil.exe");
        story.start(settings).session(v1::SessionChanged::ACTIVE);
        story.happen(Story::program(7, "C:\\DOWNLO~9\\evil.exe"));
        v1::AgentProfile profile = Story::profile();
        profile.add_short_name()->set_short_path("C:\\DOWNLO~9");
        profile.mutable_short_name(0)->set_long_path("C:\\Downloads");
        change_profile(story, profile);
      },
      [](Story& story) {
        const auto id = story.happen(Story::run_key(7));
        EXPECT_EQ(story.verdict(id).because(), v1::ON_BLOCKED_LIST);
      });
}

TEST(GoingOn, SettingsRefusedAtAStartLeaveNoOldLimits) {
  expect_same_after_restore(
      [](Story& story) {
        v1::Settings settings = asks();
        settings.mutable_limits()->set_processes_max(1);
        settings.mutable_limits()->set_downloads_max(1);
        story.start(settings).session(v1::SessionChanged::ACTIVE);
        v1::Settings bad = asks();
        bad.mutable_limits()->set_hold_max_s(0);
        story.start(bad);
      },
      [](Story& story) {
        story.happen(Story::program(7, "C:\\a.exe"));
        story.happen(Story::program(8, "C:\\b.exe"));
        EXPECT_TRUE(story.all(v1::Output::kLimitReached).empty()) << "the defaults hold";
      });
}

TEST(GoingOn, AStateOfSettingsRefusedAtAStartCanBeTakenBack) {
  Story story;
  v1::Settings settings = denies();
  settings.mutable_limits()->set_processes_max(70'000);
  story.start(settings);
  for (std::uint32_t pid = 1; pid <= 66'000; ++pid) story.happen(Story::program(pid, "C:\\a.exe"));
  settings.mutable_limits()->set_hold_max_s(0);
  story.start(settings);
  EXPECT_TRUE(Engine::restore(story.engine().snapshot()));
}

TEST(GoingOn, AProcessForgottenWhileJudgingAnewIsToldInThatStep) {
  expect_same_after_restore(
      [](Story& story) {
        v1::Settings settings = asks();
        settings.mutable_limits()->set_processes_max(1);
        story.start(settings).session(v1::SessionChanged::ACTIVE);
        story.happen(Story::program(7, "C:\\a.exe"));
        story.happen(Story::run_key(7));
        story.happen(Story::program(8, "C:\\b.exe"));  // 7 is forgotten
        const auto before = story.all(v1::Output::kLimitReached).size();
        story.change(settings);  // its operation is judged anew: 7 comes back, 8 is forgotten
        EXPECT_EQ(story.all(v1::Output::kLimitReached).size(), before + 1);
      },
      [](Story& story) { story.happen(Story::run_key(7, "w")); });
}

TEST(Bounds, WhoJoinsAnOldPromptBringsTheLimitOfNow) {
  Story story;
  v1::Settings settings = asks();
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
  EXPECT_EQ(story.verdict(last).held_ns(), 5 * Story::kSecond);
  EXPECT_EQ(story.verdict(first).held_ns(), 3'600 * Story::kSecond)
      << "it keeps the bound under which it began to wait";
  EXPECT_EQ(story.timers(), 0U);
}

TEST(Bounds, AnotherProgramOverTheSameKeyHasNoPartInThePromptOfTheFirst) {
  Story story;
  story.start(asks()).session(v1::SessionChanged::ACTIVE);
  story.happen(without_start_time(Story::program(7, "C:\\good.exe")));
  const auto first = story.happen(without_start_time(Story::run_key(7)));
  story.happen(without_start_time(Story::program(7, "C:\\evil.exe")));
  const auto second = story.happen(without_start_time(Story::run_key(7, "evil")));
  EXPECT_EQ(story.verdict(first).decision(), v1::Verdict::MOOT);
  story.answer(1, v1::PromptAnswer::ALLOW);
  EXPECT_TRUE(story.verdicts(second).empty()) << "nobody answered about evil.exe";
  EXPECT_EQ(story.all(v1::Output::kPrompt).size(), 2U);
}

TEST(Bounds, AnotherProgramOverTheSameKeyInheritsNoAnswer) {
  Story story;
  v1::Settings settings = asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_remember(v1::REMEMBER_UNTIL_EXIT);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  story.happen(without_start_time(Story::program(7, "C:\\good.exe")));
  story.happen(without_start_time(Story::run_key(7)));
  story.answer(1, v1::PromptAnswer::ALLOW);
  story.happen(without_start_time(Story::program(7, "C:\\evil.exe")));
  const auto second = story.happen(without_start_time(Story::run_key(7, "evil")));
  EXPECT_TRUE(story.verdicts(second).empty()) << "it is asked about";
}

TEST(Bounds, AProgramThatActsUnderAKnownPidAndIsAnotherEndsTheFirst) {
  Story story;
  story.start(asks()).session(v1::SessionChanged::ACTIVE);
  auto good = without_start_time(Story::run_key(7));
  good.set_actor_image("C:\\good.exe");
  const auto first = story.happen(good);
  auto evil = without_start_time(Story::run_key(7, "evil"));
  evil.set_actor_image("C:\\evil.exe");
  const auto second = story.happen(evil);
  EXPECT_EQ(story.verdict(first).decision(), v1::Verdict::MOOT);
  EXPECT_TRUE(story.verdicts(second).empty());
}

TEST(Bounds, AnInteractionAfterTheCountdownSetsNoTimerIntoThePast) {
  Story story;
  v1::Settings settings = asks();
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
  v1::Settings settings = asks();
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
  v1::Settings settings = asks();
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
  story.start(asks()).session(v1::SessionChanged::ACTIVE);
  story.start(asks());  // whoever logged off meanwhile is not told of
  story.happen(Story::program(7, "C:\\a.exe"));
  story.happen(Story::run_key(7));
  EXPECT_EQ(story.all(v1::Output::kPrompt).back().prompt().not_shown(), v1::NO_USER_LOGGED_ON);
}

TEST(Bounds, LoweringALimitOfAnswersForgetsTheOldestAtOnce) {
  Story story;
  v1::Settings settings = asks();
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

}  // namespace
}  // namespace holdfast::engine
