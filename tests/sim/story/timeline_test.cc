#include "sim/story/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/text/duration.h"
#include "tests/sim/text/scenario_text.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;

Timeline compiled(const ScenarioFile& file) { return std::move(*Timeline::compile(file.scenario, file.locations)); }

std::vector<std::string> names(const Timeline& timeline) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < timeline.entries().size(); ++i) names.push_back(timeline.name(i));
  return names;
}

TEST(Timeline, IsOrderedByTimeThenByPlaceInTheFile) {
  const ScenarioFile file = good_scenario(R"(
    at { t: "2s" label: "late" loss {} }
    at { t: "1s" label: "early" loss {} }
    at { t: "1s" label: "early too" loss {} })");
  EXPECT_THAT(names(compiled(file)), ElementsAre("early", "early too", "late"));
}

TEST(Timeline, RepeatsAnEntryAtItsInterval) {
  const ScenarioFile file = good_scenario(R"(at { t: "1s" every: "10s" times: 3 loss {} })");
  const Timeline timeline = compiled(file);
  ASSERT_EQ(timeline.entries().size(), 3U);
  EXPECT_EQ(timeline.entries()[0].at_ns, 1 * kSecond_ns);
  EXPECT_EQ(timeline.entries()[1].at_ns, 11 * kSecond_ns);
  EXPECT_EQ(timeline.entries()[2].at_ns, 21 * kSecond_ns);
  EXPECT_THAT(names(timeline), ElementsAre("loss#1", "loss#2", "loss#3"));
}

TEST(Timeline, ALabelledEntryCountsAmongItsKindToo) {
  const ScenarioFile file = good_scenario(R"(
    at { t: "1s" loss {} }
    at { t: "2s" label: "mine" loss {} }
    at { t: "3s" loss {} })");
  const Timeline timeline = compiled(file);
  EXPECT_THAT(names(timeline), ElementsAre("loss#1", "mine", "loss#3"));
  EXPECT_THAT(timeline.find("loss#2"), ElementsAre(1U));
  EXPECT_THAT(timeline.find("mine"), ElementsAre(1U));
  EXPECT_THAT(timeline.find("loss"), ElementsAre(0U, 1U, 2U));
}

TEST(Timeline, FindsNothingForNamesThatAreNone) {
  const ScenarioFile file = good_scenario(R"(at { t: "1s" loss {} })");
  const Timeline timeline = compiled(file);
  for (const std::string_view name : {"", "#1", "loss#0", "loss#2", "loss#", "loss#x", "loss#99999999", "loss#1#1"}) {
    EXPECT_TRUE(timeline.find(name).empty()) << name;
  }
}

TEST(Timeline, NamesTheProgramOfAnActorThatStartedBeforeTheStory) {
  const ScenarioFile file =
      good_scenario(R"(at { t: "1s" by: 7 actor_image: "C:\\a.exe" file_write { path: "C:\\x" } })");
  EXPECT_EQ(compiled(file).prototype(0).operation().actor_image(), "C:\\a.exe");
  EXPECT_THAT(complaint_about("name: \"x\" at { t: \"1s\" actor_image: \"a.exe\" loss {} } expect { count {} }"),
              ::testing::HasSubstr("at[0].actor_image: no program does a loss"));
}

TEST(Timeline, APidMeansTheLatestProgramThatStartedWithIt) {
  const ScenarioFile file = good_scenario(R"(
    at { t: "1s" by: 7 process_exit {} }
    at { t: "2s" process_start { pid: 7 image: "a" } }
    at { t: "3s" by: 7 process_exit {} }
    at { t: "4s" process_start { pid: 7 image: "b" } }
    at { t: "5s" by: 7 process_exit {} })");
  const Timeline timeline = compiled(file);
  EXPECT_EQ(timeline.runs(), 2U);
  EXPECT_EQ(timeline.entries()[0].actor_run, kNoRun);
  EXPECT_EQ(timeline.entries()[2].actor_run, 0U);
  EXPECT_EQ(timeline.entries()[4].actor_run, 1U);
}

TEST(Timeline, HoldsWhatSensorsCanHoldUnlessTheScenarioSaysOtherwise) {
  const ScenarioFile file = good_scenario(R"(
    at { t: "1s" process_start { pid: 7 image: "a" } }
    at { t: "2s" file_write { path: "a" } }
    at { t: "3s" process_exit {} }
    at { t: "4s" dns_query { name: "a" } }
    at { t: "5s" hold: HOLD_CAPABILITY_NONE file_write { path: "a" } }
    at { t: "6s" hold: HOLD_CAPABILITY_BEST_EFFORT process_start { pid: 8 image: "a" } })");
  const Timeline timeline = compiled(file);
  std::vector<v1::HoldCapability> holds;
  for (std::uint32_t i = 0; i < 6; ++i) holds.push_back(timeline.prototype(i).operation().hold());
  EXPECT_THAT(
      holds, ElementsAre(v1::HOLD_CAPABILITY_PRE_EXECUTION, v1::HOLD_CAPABILITY_PRE_EXECUTION, v1::HOLD_CAPABILITY_NONE,
                         v1::HOLD_CAPABILITY_NONE, v1::HOLD_CAPABILITY_NONE, v1::HOLD_CAPABILITY_BEST_EFFORT));
}

// Both messages describe the same operations; a kind that only one of them knows would be lost silently.
TEST(Timeline, EveryOperationOfTheSchemaCanStandInIt) {
  const auto* at = v1::At::descriptor()->FindOneofByName("what");
  const auto* operation = v1::Operation::descriptor()->FindOneofByName("what");
  for (int i = 0; i < operation->field_count(); ++i) {
    const auto* twin = v1::At::descriptor()->FindFieldByNumber(operation->field(i)->number());
    ASSERT_NE(twin, nullptr) << operation->field(i)->name();
    EXPECT_EQ(twin->name(), operation->field(i)->name());
    EXPECT_EQ(twin->message_type(), operation->field(i)->message_type());
  }
  for (int i = 0; i < at->field_count(); ++i) {
    if (at->field(i)->number() < 60) {
      EXPECT_NE(v1::Operation::descriptor()->FindFieldByNumber(at->field(i)->number()), nullptr)
          << at->field(i)->name();
    }
  }
}

TEST(Timeline, EveryOtherInputReachesTheEngine) {
  const auto* what = v1::At::descriptor()->FindOneofByName("what");
  for (int i = 0; i < what->field_count(); ++i) {
    if (what->field(i)->number() < 60) continue;
    v1::Scenario scenario;
    v1::At& at = *scenario.add_at();
    at.set_t("1s");
    v1::At::GetReflection()->MutableMessage(&at, what->field(i));
    const auto timeline = Timeline::compile(scenario, TextLocations("test"));
    ASSERT_TRUE(timeline) << timeline.error().text();
    EXPECT_NE(timeline->prototype(0).kind_case(), v1::Input::KIND_NOT_SET) << what->field(i)->name();
  }
}

}  // namespace
}  // namespace holdfast
