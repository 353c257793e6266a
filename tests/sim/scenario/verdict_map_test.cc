#include "sim/scenario/verdict_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> values(std::string_view axis) {
  const auto parsed = parse_axis(axis);
  return parsed ? parsed->values : std::vector<std::string>{"refused: " + parsed.error().what};
}

TEST(Axis, IsAListOrARange) {
  EXPECT_THAT(values("service.behaviour=SERVICE_HANGS,SERVICE_REFUSES"),
              ElementsAre("SERVICE_HANGS", "SERVICE_REFUSES"));
  EXPECT_THAT(values("service.latency=100ms..1s/4"), ElementsAre("100ms", "400ms", "700ms", "1s"));
  EXPECT_THAT(values("a=1..8"), ElementsAre("1", "2", "3", "4", "5", "6", "7", "8"));
  EXPECT_THAT(values("a=0..2/8"), ElementsAre("0", "1", "2"));
  EXPECT_THAT(values("a=0..18446744073709551615/2"), ElementsAre("0", "18446744073709551615"));
  EXPECT_EQ(parse_axis("service.latency=1s")->key, "service.latency");
}

TEST(Axis, RefusesWhatCannotBeDrawn) {
  for (const char* axis : {"", "=1", "latency", "a=", "a=1,,2", "a=1..", "a=..2", "a=2..1", "a=1..1", "a=1s..2",
                           "a=x..y", "a=1..9/1", "a=1..9/0", "a=1..9/101", "a=1..9/2s", "a=1..9/"}) {
    const auto parsed = parse_axis(axis);
    ASSERT_FALSE(parsed) << axis;
    EXPECT_FALSE(parsed.error().what.empty());
    EXPECT_THAT(parsed.error().remedy, HasSubstr("KEY=FROM..TO"));
  }
}

ScenarioFile mapped_story() {
  const auto file = parse_scenario("slow.txtpb", R"(
name: "A slow service"
settings {
  event_monitoring { enabled: true  policy { event: NEW_STARTUP_PROGRAM  do: DENY } }
  certified_safe_software {
    enabled: true  service_url: "https://csss.example"  hold_budget_ms: 1000  attempts_max: 1
  }
}
world { service { knows { sha256: "the SHA-256 of setup.exe........"  verdict: SAFE } } }
at { t: "1s"  process_start { pid: 10  image: "C:\\setup.exe"  sha256: "the SHA-256 of setup.exe........" } }
at { t: "2s"  by: 10  registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run"  value: "x" } }
expect { verdict { of: "registry_set"  decision: ALLOW } }
)");
  EXPECT_TRUE(file) << file.error().text();
  return *file;
}

TEST(VerdictMap, ShowsWhereTheVerdictFlips) {
  const auto map = map_verdicts(mapped_story(), "", *parse_axis("service.latency=500ms,900ms,1100ms"),
                                parse_axis("settings.certified_safe_software.hold_budget_ms=600,1000,2000").value(), 2);
  ASSERT_TRUE(map) << map.error().text();
  EXPECT_EQ(map_text(*map),
            "  registry_set\n"
            "  settings.certified_safe_software.hold_budget_ms  across: service.latency\n"
            "                                                    500ms   900ms  1100ms\n"
            "  600                                                   A      |B       B\n"
            "  1000                                                  A       A      |B\n"
            "  2000                                                  A       A       A\n"
            "  A  ALLOW, CERTIFIED_SAFE\n"
            "  B  DENY, ACTION_IS_DENY\n");
  EXPECT_THAT(map_csv(*map), HasSubstr("1100ms,1000,DENY,ACTION_IS_DENY,1000000000,no\n"));
  EXPECT_THAT(map_json(*map), HasSubstr(R"({"x":"1100ms","y":"1000","decision":"DENY")"));
  EXPECT_THAT(map_csv(*map), HasSubstr("900ms,1000,ALLOW,CERTIFIED_SAFE,900000000,yes\n"));
}

TEST(VerdictMap, TakesOneAxisAndIsTheSameForAnyNumberOfThreads) {
  const Axis x = *parse_axis("service.latency=100ms..2s/20");
  const auto one = map_verdicts(mapped_story(), "registry_set", x, std::nullopt, 1);
  const auto many = map_verdicts(mapped_story(), "registry_set", x, std::nullopt, 8);
  ASSERT_TRUE(one && many);
  EXPECT_EQ(one->cells.size(), 20U);
  EXPECT_EQ(map_csv(*one), map_csv(*many));
  EXPECT_THAT(map_csv(*one),
              testing::StartsWith("service.latency,decision,because,held_ns,expectations_met\n100ms,ALLOW"));
}

TEST(VerdictMap, NamesWhatItCannotFind) {
  const Axis x = *parse_axis("service.latency=1s,2s");
  EXPECT_EQ(map_verdicts(mapped_story(), "file_write", x, std::nullopt, 1).error().field, "--of");
  EXPECT_FALSE(map_verdicts(mapped_story(), "", *parse_axis("service.colour=1,2"), std::nullopt, 1));
  EXPECT_FALSE(map_verdicts(mapped_story(), "", *parse_axis("service.latency=soon,late"), std::nullopt, 1));
  ScenarioFile silent = mapped_story();
  silent.scenario.clear_expect();
  EXPECT_THAT(map_verdicts(silent, "", x, std::nullopt, 1).error().what, HasSubstr("verdicts of 0 operations"));
}

TEST(VerdictMap, SaysWhereThereIsNoVerdict) {
  const auto map = map_verdicts(mapped_story(), "registry_set", *parse_axis("runs_for=2010ms,1h"), std::nullopt, 1);
  ASSERT_TRUE(map) << map.error().text();
  EXPECT_EQ(map->cells[0].decision, "");
  EXPECT_EQ(map->cells[1].decision, "ALLOW");
  EXPECT_THAT(map_text(*map), HasSubstr("A  no verdict\n"));
}

}  // namespace
}  // namespace holdfast
