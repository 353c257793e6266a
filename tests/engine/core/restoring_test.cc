// An engine that is restored from its snapshot is the one that went on, from any moment: stories that each have told
// the two apart once.
#include <gtest/gtest.h>

#include <functional>

#include "engine/holds/holds.h"
#include "tests/engine/core/story.h"

namespace holdfast::engine {
namespace {

v1::Settings denies() { return Story::settings(v1::MonitoredEventPolicy::DENY); }

using Part = std::function<void(Story&)>;

// Plays `before` twice, restores one of the two, and plays `after`.
std::string the_same_after(const Part& before, const Part& after) {
  Story went_on;
  Story restored;
  before(went_on);
  before(restored);
  restored.restart_engine();
  const std::string states[] = {went_on.engine().snapshot().SerializeAsString(),
                                restored.engine().snapshot().SerializeAsString()};
  EXPECT_EQ(states[0], states[1]);
  after(went_on);
  after(restored);
  EXPECT_EQ(went_on.log(), restored.log());
  EXPECT_EQ(went_on.engine().snapshot().SerializeAsString(), restored.engine().snapshot().SerializeAsString());
  return went_on.log();
}

Story& change_profile(Story& story, const v1::AgentProfile& profile) {
  v1::Input input;
  *input.mutable_profile_changed()->mutable_profile() = profile;
  story.feed(input);
  return story;
}

TEST(Restoring, AnImageThatNamesNothingIsLearntLaterByBoth) {
  const std::string log = the_same_after(
      [](Story& story) {
        story.start(denies()).session(v1::SessionChanged::ACTIVE);
        v1::Operation operation = Story::run_key(7);
        operation.set_actor_image("\\??\\");
        story.happen(operation);
      },
      [](Story& story) {
        v1::Operation operation = Story::run_key(7);
        operation.set_actor_image("C:\\Windows\\System32\\svchost.exe");
        story.happen(operation);
      });
  EXPECT_NE(log.find("svchost.exe"), std::string::npos);
}

TEST(Restoring, ADriveThatIsMappedLaterMakesAProgramAnApprovedOneForBoth) {
  const std::string log = the_same_after(
      [](Story& story) {
        v1::Settings settings = denies();
        settings.mutable_exceptions()->add_approved()->set_path("D:\\tools\\setup.exe");
        story.start(settings).session(v1::SessionChanged::ACTIVE);
        story.happen(Story::program(7, "\\Device\\HarddiskVolume5\\tools\\setup.exe"));
        v1::AgentProfile profile = Story::profile();
        v1::Volume& volume = *profile.add_volume();
        volume.set_drive("D:");
        volume.set_device("\\Device\\HarddiskVolume5");
        change_profile(story, profile);
      },
      [](Story& story) { story.happen(Story::run_key(7)); });
  EXPECT_NE(log.find("because=ON_APPROVED_LIST"), std::string::npos);
}

TEST(Restoring, AShortNameThatIsToldLaterMakesAProgramABlockedOneForBoth) {
  const std::string log = the_same_after(
      [](Story& story) {
        v1::Settings settings = Story::settings(v1::MonitoredEventPolicy::ALLOW);
        settings.mutable_exceptions()->add_blocked()->set_path("C:\\Downloads\\evil.exe");
        story.start(settings).session(v1::SessionChanged::ACTIVE);
        story.happen(Story::program(7, "C:\\DOWNLO~9\\evil.exe"));
        v1::AgentProfile profile = Story::profile();
        v1::ShortName& name = *profile.add_short_name();
        name.set_short_path("C:\\DOWNLO~9");
        name.set_long_path("C:\\Downloads");
        change_profile(story, profile);
      },
      [](Story& story) { story.happen(Story::run_key(7)); });
  EXPECT_NE(log.find("decision=DENY"), std::string::npos);
}

TEST(Restoring, SettingsThatAreRefusedAtAStartLeaveTheDefaultsToTheTables) {
  the_same_after(
      [](Story& story) {
        v1::Settings settings = Story::asks();
        settings.mutable_limits()->set_processes_max(1);
        settings.mutable_limits()->set_downloads_max(1);
        story.start(settings).session(v1::SessionChanged::ACTIVE);
        v1::Settings bad = Story::asks();
        bad.mutable_limits()->set_hold_max_s(0);
        story.start(bad);
      },
      [](Story& story) {
        story.happen(Story::program(7, "C:\\a.exe"));
        story.happen(Story::program(8, "C:\\b.exe"));
      });
}

TEST(Restoring, WhatIsForgottenWhileOperationsAreJudgedAnewIsToldInThatStep) {
  const std::string log = the_same_after(
      [](Story& story) {
        v1::Settings settings = Story::asks();
        settings.mutable_limits()->set_processes_max(1);
        story.start(settings).session(v1::SessionChanged::ACTIVE);
        story.happen(Story::program(7, "C:\\a.exe"));
        story.happen(Story::run_key(7));
        story.happen(Story::program(8, "C:\\b.exe"));
        story.change(settings);
      },
      [](Story& story) { story.happen(Story::run_key(7, "w")); });
  EXPECT_NE(log.find("table=PROCESSES"), std::string::npos);
}

TEST(Restoring, MoreRowsThanTheDefaultsAllowAreForgottenWhereTheDefaultsComeIntoForce) {
  Story story;
  v1::Settings settings = denies();
  settings.mutable_limits()->set_processes_max(70'000);
  story.start(settings);
  for (std::uint32_t i = 1; i <= 66'000; ++i) story.happen(Story::program(i, "C:\\a.exe"));
  v1::Settings bad = settings;
  bad.mutable_limits()->set_hold_max_s(0);
  story.start(bad);
  EXPECT_EQ(story.engine().snapshot().process_size(), 65'536);
  const auto again = Engine::restore(story.engine().snapshot());
  ASSERT_TRUE(again) << again.error().text();
}

v1::Operation without_start(v1::Operation operation) {
  if (operation.has_process_start()) {
    operation.mutable_process_start()->set_start_ns(0);
  } else {
    operation.mutable_actor()->set_start_ns(0);
  }
  return operation;
}

TEST(Restoring, AnAnswerAboutOneProgramIsNoneAboutTheNextOneOfItsPid) {
  Story story;
  story.start(Story::asks()).session(v1::SessionChanged::ACTIVE);
  story.happen(without_start(Story::program(7, "C:\\good.exe")));
  const auto first = story.happen(without_start(Story::run_key(7)));
  story.happen(without_start(Story::program(7, "C:\\evil.exe")));
  const auto second = story.happen(without_start(Story::run_key(7, "evil")));
  EXPECT_EQ(story.verdict(first).decision(), v1::Verdict::MOOT);
  EXPECT_EQ(story.all(v1::Output::kPrompt).size(), 2U);
  story.answer(2, v1::PromptAnswer::DENY);
  EXPECT_EQ(story.verdict(second).decision(), v1::Verdict::DENY);
  EXPECT_EQ(story.verdict(second).program(), "C:\\evil.exe");
}

TEST(Restoring, AsManyBytesMayWaitAfterACountdownAsBefore) {
  the_same_after(
      [](Story& story) {
        v1::Settings settings = Story::asks();
        settings.mutable_event_monitoring()->mutable_policy(0)->set_on_expiry(v1::EXPIRY_KEEPS_HELD);
        story.start(settings).session(v1::SessionChanged::ACTIVE);
        v1::Operation operation = Story::run_key(7);
        operation.set_script(std::string(Holds::kBytesMax / 4, 'a'));
        for (int i = 0; i < 3; ++i) story.happen(operation);
        operation.set_script(std::string(Holds::kBytesMax / 4 - 1'000, 'a'));
        story.happen(operation);
        story.wait(60 * Story::kSecond);  // the chains of those who are kept held are longer now
      },
      [](Story& story) {
        for (int i = 0; i < 10; ++i) story.happen(Story::run_key(7));
        EXPECT_EQ(story.all(v1::Output::kLimitReached).back().limit_reached().table(), v1::LimitReached::PENDING_BYTES);
      });
}

TEST(Restoring, AnAnswerUntilExitIsForgottenWhenItsPidChangesHands) {
  Story story;
  v1::Settings settings = Story::asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_remember(v1::REMEMBER_UNTIL_EXIT);
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  story.happen(without_start(Story::program(7, "C:\\good.exe")));
  story.happen(without_start(Story::run_key(7)));
  story.answer(1, v1::PromptAnswer::ALLOW);
  v1::Operation other = without_start(Story::run_key(7));
  other.set_actor_image("C:\\evil.exe");
  story.happen(other);
  EXPECT_EQ(story.all(v1::Output::kPrompt).size(), 2U) << "it is asked about";
}

}  // namespace
}  // namespace holdfast::engine
