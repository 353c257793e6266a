// DOMAIN 1 to 4 said a second time, as examples.
#include <gtest/gtest.h>

#include "engine/core/effective_settings.h"
#include "tests/engine/core/story.h"

namespace holdfast::engine {
namespace {

using Action = v1::MonitoredEventPolicy;

struct PlatformCase {
  v1::Platform platform;
  std::uint32_t service_pack;
  bool enabled_on_servers;
  v1::ReasonCode because;
};

TEST(Platforms, AreSupportedAsPublished) {
  const PlatformCase cases[] = {
      {v1::WINDOWS_XP_X86, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_XP_X64, 2, false, v1::PLATFORM_NOT_SUPPORTED},
      {v1::WINDOWS_SERVER_2003_X86, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2003_X86, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
      {v1::WINDOWS_SERVER_2003_X64, 2, true, v1::PLATFORM_NOT_SUPPORTED},
      {v1::WINDOWS_VISTA_X86, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_VISTA_X64, 0, false, v1::SERVICE_PACK_MISSING},
      {v1::WINDOWS_VISTA_X64, 1, false, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2008_X86, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2008_X86, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
      {v1::WINDOWS_SERVER_2008_X64, 0, true, v1::SERVICE_PACK_MISSING},
      {v1::WINDOWS_SERVER_2008_X64, 1, true, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2008_X64, 1, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
      {v1::WINDOWS_7_X86, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_7_X64, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2008_R2_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2008_R2_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
      {v1::WINDOWS_8_X86, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_8_X64, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2012_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2012_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
      {v1::WINDOWS_8_1_X86, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_8_1_X64, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2012_R2_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2012_R2_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
      {v1::WINDOWS_10_X86, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_10_X64, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2016_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2016_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
      {v1::WINDOWS_SERVER_2019_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2019_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
      {v1::WINDOWS_11_X64, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2022_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2022_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
      {v1::WINDOWS_SERVER_2025_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
      {v1::WINDOWS_SERVER_2025_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
  };
  for (const PlatformCase& c : cases) {
    v1::Settings settings = Story::settings(Action::DENY);
    settings.set_enabled_on_servers(c.enabled_on_servers);
    settings.mutable_unauthorized_change_prevention()->set_enabled_on_servers(true);
    v1::AgentProfile profile = Story::profile(c.platform);
    profile.set_service_pack(c.service_pack);
    Story story;
    story.start(settings, profile).session(v1::SessionChanged::ACTIVE);
    story.happen(Story::program(10, "C:\\a.exe"));
    const v1::Verdict verdict = story.verdict(story.happen(Story::run_key(10)));
    const bool active = c.because == v1::BEHAVIOR_MONITORING_ACTIVE;
    const std::string name = v1::Platform_Name(c.platform);
    EXPECT_EQ(story.all(v1::Output::kStatus).at(0).status().because(), c.because) << name;
    EXPECT_EQ(story.all(v1::Output::kStatus).at(0).status().effective_active(), active) << name;
    EXPECT_EQ(verdict.decision(), active ? v1::Verdict::DENY : v1::Verdict::ALLOW) << name;
    if (!active) {
      EXPECT_EQ(verdict.because(), c.because) << name;
    }
  }
}

TEST(Platforms, EveryPlatformOfTheSchemaHasExactlyOneRow) {
  for (int value = v1::Platform_MIN; value <= v1::Platform_MAX; ++value) {
    if (!v1::Platform_IsValid(value) || value == v1::PLATFORM_UNSPECIFIED) continue;
    int rows = 0;
    for (const PlatformRule& row : default_tables().platforms) rows += row.platform == value ? 1 : 0;
    EXPECT_EQ(rows, 1) << v1::Platform_Name(static_cast<v1::Platform>(value));
  }
}

// DOMAIN 2, last two rows: the newly-encountered prompt's reach.
TEST(Platforms, NewlyEncounteredPortsAndServersAreAsPublished) {
  for (const PlatformRule& row : default_tables().platforms) {
    const std::string_view name = row.name;
    const bool old_desktop = name.starts_with("Windows XP") || name.starts_with("Windows Vista") ||
                             name.starts_with("Windows 7");
    EXPECT_EQ(row.newly_encountered_any_port, !old_desktop) << name;
    EXPECT_EQ(row.server, name.find("Server") != std::string_view::npos) << name;
  }
}

struct ActionCase {
  Action::Action action;
  bool asks;
  v1::Verdict::Decision decision;
  bool logged;
  bool warned;
};

TEST(Actions, DecideLogAndWarnAsPublished) {
  for (const ActionCase& c : {ActionCase{Action::ASSESS, false, v1::Verdict::ALLOW, true, false},
                              ActionCase{Action::ALLOW, false, v1::Verdict::ALLOW, false, false},
                              ActionCase{Action::DENY, false, v1::Verdict::DENY, true, true},
                              ActionCase{Action::ASK_WHEN_NECESSARY, true, v1::Verdict::DECISION_UNSPECIFIED, false, false}}) {
    Story story;
    story.start(Story::settings(c.action)).session(v1::SessionChanged::ACTIVE);
    story.happen(Story::program(10, "C:\\a.exe"));
    const v1::Verdict verdict = story.verdict(story.happen(Story::run_key(10)));
    EXPECT_EQ(verdict.decision(), c.decision) << c.action;
    EXPECT_EQ(verdict.logged(), c.logged) << c.action;
    EXPECT_EQ(verdict.user_warned(), c.warned) << c.action;
    EXPECT_EQ(story.all(v1::Output::kPrompt).size(), c.asks ? 1U : 0U) << c.action;
    EXPECT_EQ(story.all(v1::Output::kViolation).size(), c.logged ? 1U : 0U) << c.action;
    EXPECT_EQ(story.all(v1::Output::kWarning).size(), c.warned ? 1U : 0U) << c.action;
  }
}

v1::EffectiveField field(const Story& story, const std::string& name) {
  for (const v1::EffectiveField& row : story.all(v1::Output::kStatus).back().status().field()) {
    if (row.field() == name) return row;
  }
  return {};
}

TEST(AutomaticAllow, HasNoEffectWithoutEventMonitoring) {
  v1::Settings settings = Story::settings(Action::ASK_WHEN_NECESSARY);
  settings.mutable_event_monitoring()->set_enabled(false);
  settings.set_allow_if_unanswered_s(45);
  Story story;
  story.start(settings);
  EXPECT_EQ(field(story, "allow_if_unanswered_s").effective(), "45");
  EXPECT_EQ(field(story, "allow_if_unanswered_s").without_effect(), v1::EVENT_MONITORING_OFF);
}

TEST(AutomaticAllow, HasNoEffectWithoutAnEventThatAsks) {
  Story story;
  story.start(Story::settings(Action::DENY));
  EXPECT_EQ(field(story, "allow_if_unanswered_s").without_effect(), v1::NO_EVENT_ASKS);
  story.change(Story::settings(Action::ASK_WHEN_NECESSARY));
  EXPECT_EQ(field(story, "allow_if_unanswered_s").without_effect(), v1::REASON_CODE_UNSPECIFIED);
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
  EXPECT_EQ(refused([](v1::Settings& s) { s.mutable_event_monitoring()->add_policy()->set_event(v1::THREAT_BEHAVIOR); }),
            "event_monitoring.policy[1].event");
  EXPECT_EQ(refused([](v1::Settings& s) { s.mutable_event_monitoring()->mutable_policy(0)->set_do_(static_cast<Action::Action>(99)); }),
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
