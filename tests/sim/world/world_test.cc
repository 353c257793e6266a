// The world as the host meets it: what it tells first, and who hears of what the engine wants.
#include "sim/world/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "sim/text/duration.h"
#include "tests/sim/text/scenario_text.h"

namespace holdfast {
namespace {

using ::testing::SizeIs;

TEST(World, TellsTheNetworkWhereTheScenarioDescribesOne) {
  const ScenarioRun run = run_text("world { network { has_ipv6: true proxy: \"proxy.example:3128\" } }");
  ASSERT_THAT(run.steps, SizeIs(3));
  EXPECT_TRUE(run.steps[0].input.has_agent_started());
  EXPECT_TRUE(run.steps[1].input.network_changed().state().has_ipv6());
  EXPECT_FALSE(run.steps[1].input.network_changed().state().has_ipv4());
  EXPECT_EQ(run.steps[1].input.network_changed().state().proxy(0), "proxy.example:3128");
  EXPECT_TRUE(run.steps[2].input.has_session_changed());
}

TEST(World, TellsNoNetworkWhereTheScenarioDescribesNone) {
  for (const Step& step : run_text("world { service { latency: \"1s\" } }").steps) {
    EXPECT_FALSE(step.input.has_network_changed());
  }
}

// What comes of one question while the network is as `text` says.
std::uint64_t held_ns(const std::string& text) {
  const ScenarioRun run = run_text(text + R"(
    settings {
      event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: DENY } }
      certified_safe_software { enabled: true service_url: "https://csss.example" }
    }
    at { t: "1s" process_start { pid: 10 image: "C:\\setup.exe" sha256: "the SHA-256 of setup.exe........" } }
    at { t: "2s" by: 10 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "U" } }
  )");
  std::uint64_t held_ns = 0;
  for (const Step& step : run.steps) {
    for (const v1::Output& output : step.outputs) held_ns = std::max(held_ns, output.verdict().held_ns());
  }
  return held_ns;
}

TEST(World, VariesByTheSeedOfTheScenario) {
  const auto varying = [](const std::string& seed) {
    return held_ns("world { service { latency: \"1ms\" latency_at_most: \"1900ms\" } } " + seed);
  };
  EXPECT_GE(varying(""), kSecond_ns / 1'000);
  EXPECT_EQ(varying("seed: 3"), varying("seed: 3"));
  EXPECT_NE(varying("seed: 3"), varying("seed: 4"));
  EXPECT_EQ(varying(""), varying("seed: 1"));
}

}  // namespace
}  // namespace holdfast
