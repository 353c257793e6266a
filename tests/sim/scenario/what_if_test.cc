#include "sim/scenario/what_if.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "sim/scenario/runner.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::string_view kScenario = R"(
    settings { event_monitoring { enabled: true policy { event: NEW_SERVICE do: DENY } } }
    world { user { answers { kind: ALLOW after: '1s' } } proxy { address: 'a:1' } proxy { address: 'b:1' } }
    at { t: '1s' loss {} })";

v1::Scenario scenario() {
  v1::Scenario scenario;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(std::string(kScenario), &scenario));
  return scenario;
}

v1::Scenario changed(std::string_view change) {
  v1::Scenario what = scenario();
  const auto applied = apply_what_if(change, what);
  EXPECT_TRUE(applied) << applied.error().text();
  return what;
}

TEST(WhatIf, SetsAFieldOfTheWorldByItsShortName) {
  EXPECT_EQ(changed("service.latency=5s").world().service().latency(), "5s");
  EXPECT_EQ(changed("world.service.latency=5s").world().service().latency(), "5s");
  EXPECT_EQ(changed("service.behaviour=SERVICE_HANGS").world().service().behaviour(), v1::SERVICE_HANGS);
  EXPECT_TRUE(changed("network.has_ipv6=true").world().network().has_ipv6());
  EXPECT_EQ(changed("service.loss_percent=30").world().service().loss_percent(), 30U);
  EXPECT_EQ(changed("user.after=1h 30m").world().user(0).answers().after(), "1h 30m");
}

TEST(WhatIf, SetsAnyOtherFieldOfTheScenario) {
  EXPECT_FALSE(changed("settings.event_monitoring.enabled=false").settings().event_monitoring().enabled());
  EXPECT_EQ(changed("settings.event_monitoring.policy.do=ASSESS").settings().event_monitoring().policy(0).do_(),
            v1::MonitoredEventPolicy::ASSESS);
  EXPECT_EQ(changed("agent.platform=WINDOWS_7_X64").agent().platform(), v1::WINDOWS_7_X64);
  EXPECT_EQ(changed("seed=18446744073709551615").seed(), UINT64_MAX);
  EXPECT_EQ(changed("at[0].t=2s").at(0).t(), "2s");
}

TEST(WhatIf, MeansAllOfAListOrOneByItsIndex) {
  const v1::World all = changed("proxy.behaviour=PROXY_REFUSES").world();
  EXPECT_EQ(all.proxy(0).behaviour(), v1::PROXY_REFUSES);
  EXPECT_EQ(all.proxy(1).behaviour(), v1::PROXY_REFUSES);
  const v1::World one = changed("proxy[1].behaviour=PROXY_REFUSES").world();
  EXPECT_EQ(one.proxy(0).behaviour(), v1::PROXY_BEHAVIOUR_UNSPECIFIED);
  EXPECT_EQ(one.proxy(1).behaviour(), v1::PROXY_REFUSES);
}

struct Bad {
  std::string_view name;
  std::string_view change;
  std::string_view complaint;
};

class BadWhatIf : public ::testing::TestWithParam<Bad> {};

TEST_P(BadWhatIf, IsRefusedAndChangesNothing) {
  v1::Scenario what = scenario();
  const auto applied = apply_what_if(GetParam().change, what);
  ASSERT_FALSE(applied);
  EXPECT_THAT(applied.error().text(), HasSubstr(GetParam().complaint));
  EXPECT_EQ(what.SerializeAsString(), scenario().SerializeAsString());
}

const Bad kBad[] = {
    {"Empty", "", "\"\" is no KEY=VALUE; write service.latency=5s, for instance"},
    {"NotUtf8", "service.latency=\xC3\x28", "--what-if: it is not UTF-8"},
    {"NoValue", "service.latency", "\"service.latency\" is no KEY=VALUE"},
    {"NoKey", "=5s", "\"=5s\" is no KEY=VALUE"},
    {"UnknownField", "service.latncy=5s", "service.latncy: ServiceModel has no field \"latncy\"; it has behaviour, "},
    {"WhatTheEngineRefuses", "settings.limits.hold_max_s=0", "settings.limits.hold_max_s: limits.hold_max_s: "},
    {"UnknownRoot", "cloud.latency=5s", "cloud.latency: Scenario has no field \"cloud\"; it has name, "},
    {"EmptyPart", "service..latency=5s", "ServiceModel has no field \"\""},
    {"EndsWithADot", "service.=5s", "ServiceModel has no field \"\""},
    {"WholeMessage", "service=5s", "service: service is set by its fields; one of behaviour, "},
    {"BelowAValue", "service.latency.x=5s", "service.latency.x: latency has no fields"},
    {"UnknownValue", "service.behaviour=SERVICE_SLEEPS",
     "\"SERVICE_SLEEPS\" is no value of behaviour; one of SERVICE_ANSWERS, "},
    {"ValueByNumber", "service.behaviour=99", "\"99\" is no value of behaviour"},
    {"TextForANumber", "service.loss_percent=many", "\"many\" is no value of loss_percent; write a uint32"},
    {"NumberBelowZero", "service.loss_percent=-1", "\"-1\" is no value of loss_percent"},
    {"HugeNumber", "service.loss_percent=99999999999999999999", "is no value of loss_percent"},
    {"SomethingBehindANumber", "service.loss_percent=5 latency: '1s'", "is no value of loss_percent"},
    {"TextForAFlag", "network.has_ipv6=perhaps", "\"perhaps\" is no value of has_ipv6; write a bool"},
    {"EmptyList", "phase.latency=5s", "phase.latency: the scenario has no phase; add one to it"},
    {"BeyondTheList", "proxy[2].latency=5s", "the scenario has 2 of proxy, counted from 0"},
    {"IndexOfNoList", "service[0].latency=5s", "service is no list"},
    {"IndexThatIsNone", "proxy[x].latency=5s", "\"proxy[x]\" is no entry of a list; write proxy[0] for the first"},
    {"IndexUnclosed", "proxy[.latency=5s", "\"proxy[\" is no entry of a list"},
    {"ListOfValues", "network.proxy=a:1", "proxy is a list of values, which cannot be changed from here"},
};

INSTANTIATE_TEST_SUITE_P(WhatIf, BadWhatIf, ::testing::ValuesIn(kBad),
                         [](const auto& instance) { return std::string(instance.param.name); });

// ---------------------------------------------------------------- as the runner takes it

constexpr std::string_view kStory = R"(name: "Nobody answers in time"
settings { event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: ASK_WHEN_NECESSARY } } }
world { user { answers { kind: DENY after: "40s" } } }
at { t: "0s" process_start { pid: 10 image: "C:\\setup.exe" } }
at { t: "1s" by: 10 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "x" } }
expect { verdict { of: "registry_set" decision: ALLOW } }
)";

RunReport run_story(std::vector<std::string> what_if, const TemporaryFolder& folder) {
  folder.write("a.txtpb", kStory);
  return run_scenarios({.paths = {folder.path("a.txtpb")}, .what_if = std::move(what_if)});
}

TEST(WhatIf, ChangesTheRunAndNotTheFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(run_story({}, folder).passed, 1U);
  const RunReport report = run_story({"user.after=5s"}, folder);
  EXPECT_EQ(report.failed, 1U);
  ASSERT_THAT(report.cases, SizeIs(1));
  EXPECT_THAT(report.cases[0].failures[0].actual, HasSubstr("DENY because USER_DENIED"));
  EXPECT_THAT(report.cases[0].failures[0].reproduce, HasSubstr(" --what-if \"user.after=5s\""));
  EXPECT_EQ(run_story({}, folder).passed, 1U);
}

TEST(WhatIf, LaterOnesWin) {
  const TemporaryFolder folder;
  EXPECT_EQ(run_story({"user.after=5s", "user.after=50s"}, folder).passed, 1U);
}

TEST(WhatIf, ThatMakesNoSenseIsNamedAndNothingIsPlayed) {
  const TemporaryFolder folder;
  const RunReport unknown = run_story({"user.aftr=5s"}, folder);
  EXPECT_EQ(unknown.unreadable, 1U);
  EXPECT_THAT(unknown.cases[0].error, HasSubstr("--what-if: user.aftr: UserModel has no field \"aftr\""));
  const RunReport senseless = run_story({"user.after=5"}, folder);
  EXPECT_EQ(senseless.unreadable, 1U);
  EXPECT_THAT(senseless.cases[0].error, HasSubstr("world.user[0].answers.after: \"5\" has no unit"));
}

}  // namespace
}  // namespace holdfast
