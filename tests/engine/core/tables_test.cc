#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/settings/effective_settings.h"
#include "tests/engine/core/story.h"
#include "tests/engine/core/table_specification.h"

namespace holdfast::engine {
namespace {

using Action = v1::MonitoredEventPolicy;
using ::testing::IsEmpty;

TEST(Platforms, AreSupportedAsPublished) { EXPECT_THAT(platform_contradictions(default_tables()), IsEmpty()); }

TEST(Actions, DecideLogAndWarnAsPublished) { EXPECT_THAT(action_contradictions(default_tables()), IsEmpty()); }

TEST(AutomaticAllow, HasEffectUnderExactlyItsTwoConditions) {
  EXPECT_THAT(automatic_allow_contradictions(default_tables()), IsEmpty());
}

TEST(Platforms, EveryPlatformOfTheSchemaHasExactlyOneRow) {
  for (int value = v1::Platform_MIN; value <= v1::Platform_MAX; ++value) {
    if (!v1::Platform_IsValid(value) || value == v1::PLATFORM_UNSPECIFIED) continue;
    int rows = 0;
    for (const PlatformRule& row : default_tables().platforms) rows += row.platform == value ? 1 : 0;
    EXPECT_EQ(rows, 1) << v1::Platform_Name(static_cast<v1::Platform>(value));
  }
}

v1::EffectiveField field(const Story& story, const std::string& name) {
  const v1::Output status = story.all(v1::Output::kStatus).back();
  for (const v1::EffectiveField& row : status.status().field()) {
    if (row.field() == name) return row;
  }
  return {};
}

TEST(Defaults, AreThePublishedOnes) {
  Story story;
  story.start({});
  EXPECT_EQ(field(story, "event_monitoring.enabled").effective(), "off");
  EXPECT_EQ(field(story, "malware_behavior_blocking.enabled").effective(), "on");
  EXPECT_EQ(field(story, "allow_if_unanswered_s").effective(), "30");
  EXPECT_EQ(field(story, "certified_safe_software.enabled").effective(), "off");
  for (const v1::MonitoredEvent event : kMonitoredEvents) {
    EXPECT_EQ(field(story, "event_monitoring.policy." + v1::MonitoredEvent_Name(event)).effective(), "ASSESS");
  }
}

TEST(GlobalSettings, ReachAllAgentsOrOnlyPrivilegedOnes) {
  v1::Settings settings = Story::settings(Action::ASK_WHEN_NECESSARY);
  settings.set_allow_if_unanswered_s(60);
  const auto shown = [&](v1::Reach reach, bool privileged) {
    settings.set_allow_if_unanswered_reach(reach);
    v1::AgentProfile profile = Story::profile();
    if (privileged) profile.add_privilege(v1::PRIVILEGE_BEHAVIOR_MONITORING);
    Story story;
    story.start(settings, profile);
    return field(story, "allow_if_unanswered_s");
  };
  EXPECT_EQ(shown(v1::ALL_AGENTS, false).effective(), "60");
  EXPECT_EQ(shown(v1::ALL_AGENTS, false).source(), v1::FROM_GLOBAL_ALL_AGENTS);
  EXPECT_EQ(shown(v1::PRIVILEGED_AGENTS, true).effective(), "60");
  EXPECT_EQ(shown(v1::PRIVILEGED_AGENTS, true).source(), v1::FROM_GLOBAL_PRIVILEGED);
  EXPECT_EQ(shown(v1::PRIVILEGED_AGENTS, false).effective(), "30");
  EXPECT_EQ(shown(v1::PRIVILEGED_AGENTS, false).source(), v1::DEFAULT_NOT_PRIVILEGED);
  EXPECT_EQ(shown(v1::PRIVILEGED_AGENTS, false).configured(), "60");
}

TEST(Service, ConfiguredButNotRunningIsVisible) {
  v1::AgentProfile profile = Story::profile();
  profile.set_unauthorized_change_prevention_stopped(true);
  Story story;
  story.start(Story::settings(Action::DENY), profile);
  const v1::Status status = story.all(v1::Output::kStatus).back().status();
  EXPECT_TRUE(status.configured_active());
  EXPECT_FALSE(status.effective_active());
  EXPECT_EQ(status.because(), v1::SERVICE_NOT_RUNNING);
}

TEST(Service, HasItsOwnSwitchForServersAndForDesktops) {
  v1::Settings settings = Story::settings(Action::DENY);
  settings.set_enabled_on_servers(true);
  const auto because = [&](v1::Platform platform) {
    Story story;
    story.start(settings, Story::profile(platform));
    return story.all(v1::Output::kStatus).back().status().because();
  };
  EXPECT_EQ(because(v1::WINDOWS_SERVER_2012_X64), v1::SERVICE_SWITCHED_OFF);
  EXPECT_EQ(because(v1::WINDOWS_10_X64), v1::BEHAVIOR_MONITORING_ACTIVE);
  settings.mutable_unauthorized_change_prevention()->set_enabled_on_servers(true);
  settings.mutable_unauthorized_change_prevention()->set_enabled_on_desktops(false);
  EXPECT_EQ(because(v1::WINDOWS_SERVER_2012_X64), v1::BEHAVIOR_MONITORING_ACTIVE);
  EXPECT_EQ(because(v1::WINDOWS_10_X64), v1::SERVICE_SWITCHED_OFF);
}

TEST(Settings, AreRefusedWholeWithTheField) {
  const auto refused = [](auto change) {
    v1::Settings settings = Story::settings(Action::DENY);
    change(settings);
    Story story;
    story.start(Story::settings(Action::ASSESS)).change(settings);
    const auto all = story.all(v1::Output::kSettingsRefused);
    return all.empty() ? std::string("accepted") : all[0].settings_refused().field();
  };
  EXPECT_EQ(refused([](v1::Settings& s) { s.set_allow_if_unanswered_s(0); }), "allow_if_unanswered_s");
  EXPECT_EQ(refused([](v1::Settings& s) { s.set_allow_if_unanswered_s(600); }), "accepted");
  EXPECT_EQ(refused([](v1::Settings& s) { s.set_allow_if_unanswered_s(601); }), "allow_if_unanswered_s");
  EXPECT_EQ(refused([](v1::Settings& s) { Story::policy(s, Action::ASSESS); }), "event_monitoring.policy[1].event");
  EXPECT_EQ(
      refused([](v1::Settings& s) { s.mutable_event_monitoring()->add_policy()->set_event(v1::THREAT_BEHAVIOR); }),
      "event_monitoring.policy[1].event");
  EXPECT_EQ(refused([](v1::Settings& s) {
              s.mutable_event_monitoring()->mutable_policy(0)->set_do_(static_cast<Action::Action>(99));
            }),
            "event_monitoring.policy[0].do");
  EXPECT_EQ(refused([](v1::Settings& s) { s.mutable_limits()->set_hold_max_s(86'401); }), "limits.hold_max_s");
  EXPECT_EQ(refused([](v1::Settings& s) { s.mutable_exceptions()->add_approved()->set_path("no\x01path"); }),
            "exceptions.approved[0].path");
}

TEST(Settings, ABadFirstOneLeavesTheDefaultsInForce) {
  v1::Settings bad = Story::settings(Action::DENY);
  bad.set_allow_if_unanswered_s(0);
  Story story;
  story.start(bad);
  EXPECT_EQ(story.all(v1::Output::kSettingsRefused).size(), 1U);
  EXPECT_EQ(field(story, "event_monitoring.enabled").effective(), "off");
}

}  // namespace
}  // namespace holdfast::engine
