#include "sim/world/world_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "sim/world/address.h"
#include "tests/sim/text/scenario_text.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The world begins in the second line.
std::string with_world(const std::string& world) {
  return "name: \"x\" expect { count { prompts: 0 } }\nworld {\n" + world + "\n}\n";
}

std::string hash(const std::string& byte, int bytes = 32) {
  std::string text = "\"";
  for (int i = 0; i < bytes; ++i) text += byte;
  return text + '"';
}

struct WrongWorld {
  std::string_view name;
  std::string world;
  std::string_view complaint;
};

class BadWorld : public ::testing::TestWithParam<WrongWorld> {};

TEST_P(BadWorld, IsRefusedWithItsPlaceAndReason) {
  EXPECT_THAT(complaint_about(with_world(GetParam().world)), HasSubstr(GetParam().complaint));
}

const WrongWorld kWrongWorlds[] = {
    {"LatencyWithoutUnit", "service { latency: \"5\" }", "test.txtpb:3: world.service.latency: \"5\" has no unit"},
    {"RetryAfterThatIsNone", "service { retry_after: \"soon\" }", "world.service.retry_after: \"soon\" is no duration"},
    {"RetryAfterInParts", "service { retry_after: \"1.5s\" }",
     "world.service.retry_after: Retry-After tells whole seconds; write \"2s\""},
    {"LatencyAtMostThatIsNone", "service { latency_at_most: \"soon\" }",
     "world.service.latency_at_most: \"soon\" is no duration"},
    {"LatencyAtMostBelowLatency", "service { latency: \"2s\"\n latency_at_most: \"1s\" }",
     "test.txtpb:4: world.service.latency_at_most: it is less than the latency, 2s; latency is the shortest"},
    {"LatencyAtMostBelowTheDefault", "service { latency_at_most: \"10ms\" }",
     "world.service.latency_at_most: it is less than the latency, 20ms"},
    {"MoreThanAllAreLost", "service { loss_percent: 101 }",
     "world.service.loss_percent: 101 of a hundred cannot vanish; write 0 to 100"},
    {"BlackHoleWithoutAnAddress", "service { ipv6_black_hole: true }",
     "world.service.ipv6_black_hole: the service has no IPv6 address that could be a black hole; add has_ipv6: true"},
    {"BehaviourThatIsNone", "service { behaviour: SERVICE_SLEEPS }", "behaviour: there is no value SERVICE_SLEEPS"},
    {"BehaviourByAnUnknownNumber", "service { behaviour: 99 }", "world.service.behaviour: there is no behaviour 99"},
    {"ShortHash", "service { knows { sha256: " + hash("\\xab", 31) + " } }",
     "world.service.knows[0].sha256: a SHA-256 has 32 bytes, this one has 31; write each byte as \\xNN"},
    {"HashInDigits", "service { knows { sha256: " + hash("ab") + " } }", "this one has 64"},
    {"HashTwice", "service { knows { sha256: " + hash("\\xab") + " }\n knows { sha256: " + hash("\\253") + " } }",
     "test.txtpb:4: world.service.knows[1].sha256: knows[0] is the same program"},
    {"ProxyWithoutAddress", "proxy {}", "world.proxy[0].address: the address is empty; write host and port"},
    {"ProxyWithoutPort", "proxy { address: \"proxy.example\" }",
     "world.proxy[0].address: \"proxy.example\" has no port; write host and port: \"proxy.example:3128\""},
    {"ProxyWithPortZero", "proxy { address: \"proxy.example:0\" }", "does not end with a port from 1 to 65535"},
    {"ProxyTwice", "proxy { address: \"proxy.example:1\" }\nproxy { address: \"Proxy.Example:1\" }",
     "test.txtpb:4: world.proxy[1].address: \"Proxy.Example:1\" is the address of proxy[0]; addresses are unique"},
    {"ProxyLatencyWithoutUnit", "proxy { address: \"p:1\" latency: \"5\" }",
     "world.proxy[0].latency: \"5\" has no unit"},
    {"ProxyThatGreetsWrongCredentials", "proxy { address: \"p:1\" wrong_credentials_status: 200 }",
     "world.proxy[0].wrong_credentials_status: 200 is no status that refuses a client; 407, or 401"},
    {"ProxyConnectTimeoutWithoutUnit", "proxy { address: \"p:1\" connect_timeout: \"5\" }",
     "world.proxy[0].connect_timeout: \"5\" has no unit"},
    {"ProxyBehaviourByAnUnknownNumber", "proxy { address: \"p:1\" behaviour: 99 }",
     "world.proxy[0].behaviour: there is no behaviour 99"},
    {"PhaseThatIsEmpty", "phase { from: \"1s\" until: \"1s\" service: SERVICE_HANGS }",
     "world.phase[0].until: the phase ends before it begins; until is exclusive"},
    {"PhaseThatOverlapsItself", "phase { until: \"2s\" every: \"1s\" service: SERVICE_HANGS }",
     "world.phase[0].every: the phase begins again before it has ended; it lasts 2s: repeat it at most so often"},
    {"PhaseThatNeverEndsButRepeats", "phase { every: \"1s\" service: SERVICE_HANGS }",
     "world.phase[0].every: a phase that lasts for ever cannot begin again; add until"},
    {"PhaseThatChangesNothing", "phase { from: \"1s\" }",
     "world.phase[0]: nothing is different in this phase; add service, proxy or latency"},
    {"PhaseFromWithoutUnit", "phase { from: \"1\" service: SERVICE_HANGS }", "world.phase[0].from: \"1\" has no unit"},
    {"PhaseUntilWithoutUnit", "phase { until: \"1\" service: SERVICE_HANGS }",
     "world.phase[0].until: \"1\" has no unit"},
    {"PhaseEveryWithoutUnit", "phase { until: \"1s\" every: \"1\" service: SERVICE_HANGS }",
     "world.phase[0].every: \"1\" has no unit"},
    {"PhaseLatencyWithoutUnit", "phase { latency: \"1\" }", "world.phase[0].latency: \"1\" has no unit"},
    {"PhaseServiceByAnUnknownNumber", "phase { service: 99 }", "world.phase[0].service: there is no behaviour 99"},
    {"PhaseProxyByAnUnknownNumber", "phase { proxy: 99 }", "world.phase[0].proxy: there is no behaviour 99"},
};

INSTANTIATE_TEST_SUITE_P(Scenario, BadWorld, ::testing::ValuesIn(kWrongWorlds),
                         [](const auto& instance) { return std::string(instance.param.name); });

std::string repeated(int times, const std::string& text) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string numbered_proxies(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += "proxy { address: \"proxy" + std::to_string(i) + ":3128\" }\n";
  return all;
}

TEST(WorldLimits, AreSoManyProxiesPhasesAndKnownPrograms) {
  EXPECT_THAT(complaint_about(with_world(numbered_proxies(kProxiesMax + 1))),
              HasSubstr("test.txtpb:67: world.proxy[64]: there are more than 64 proxies"));
  EXPECT_THAT(complaint_about(with_world(repeated(kPhasesMax + 1, "phase { service: SERVICE_HANGS }\n"))),
              HasSubstr("test.txtpb:1003: world.phase[1000]: there are more than 1000 phases"));
  EXPECT_THAT(complaint_about(with_world("service {\n" + repeated(kKnownProgramsMax + 1, "knows {}\n") + "}")),
              HasSubstr("test.txtpb:10004: world.service.knows[10000]: there are more than 10000 known programs"));
}

TEST(WorldLimits, CanBeReached) {
  good_scenario("world {\n" + numbered_proxies(kProxiesMax) +
                repeated(kPhasesMax, "phase { until: \"1s\" every: \"1s\" service: SERVICE_HANGS }\n") + "}");
}

TEST(Address, IsHostAndPort) {
  for (const std::string_view good : {"proxy.example:3128", "10.0.0.1:80", "[2001:db8::1]:65535", "p:1"}) {
    EXPECT_THAT(fault_of_address(good), IsEmpty()) << good;
  }
  for (const std::string_view bad : {"", ":3128", "proxy", "proxy:", "proxy:x", "proxy:65536", "proxy:000001",
                                     "http://proxy:3128", "user@proxy:3128", "2001:db8::1:3128", "[]:1", "a b:1"}) {
    EXPECT_FALSE(fault_of_address(bad).empty()) << bad;
  }
  EXPECT_FALSE(fault_of_address(std::string(300, 'a') + ":1").empty());
}

}  // namespace
}  // namespace holdfast
