#include "sim/shrink/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sim/replay/recorded_run.h"
#include "sim/shrink/material.h"
#include "sim/shrink/shrink_story.h"
#include "sim/text/scenario_text.h"
#include "tests/sim/text/scenario_text.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

constexpr std::string_view kStory = R"(name: "a test"
settings { event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: DENY } } }
at { t: "0s" process_start { pid: 7 image: "C:\\Users\\u\\setup.exe" } }
at { t: "1s" by: 7 file_write { path: "C:\\Users\\u\\a.log" } }
at { t: "2s" by: 7 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "x" data: "y" } }
expect { log_lacks: "this text stands in no log" }
)";

class Completion : public testing::Test {
 protected:
  Completion() { folder_.write("a.txtpb", kStory); }
  ShrinkMaterial material() {
    auto made = material_of_scenario(folder_.path("a.txtpb"), DecisionWish{.program = {}});
    EXPECT_TRUE(made) << made.error().text();
    return made ? std::move(*made) : ShrinkMaterial();
  }
  TemporaryFolder folder_;
};

TEST_F(Completion, MaterialKnowsTheEntryThatTheDecisionIsAbout) {
  const ShrinkMaterial made = material();
  ASSERT_TRUE(made.verdict);
  EXPECT_EQ(made.verdict->decision(), v1::Verdict::DENY);
  EXPECT_EQ(made.story.at_size(), 3);
  EXPECT_EQ(made.decisive, 2U);
  EXPECT_EQ(made.events, 3U);
}

TEST_F(Completion, MaterialOfARecordingIsTheSameStory) {
  const auto file = load_scenario(folder_.path("a.txtpb"));
  ASSERT_TRUE(file);
  ASSERT_TRUE(write_recording(run_file(*file), "a test", folder_.path("a.hfr")));
  const auto made = material_of_recording({.path = folder_.path("a.hfr")}, DecisionWish{.program = {}}, {});
  ASSERT_TRUE(made) << made.error().text();
  ASSERT_TRUE(made->verdict);
  EXPECT_TRUE(is_same_decision(*made->verdict, *material().verdict));
  EXPECT_EQ(made->story.at(static_cast<int>(made->decisive)).what_case(), v1::At::kRegistrySet);
}

TEST_F(Completion, MaterialIsRefusedWhereThereIsNoSuchDecision) {
  const DecisionWish nobody{.program = "nobody.exe", .any = false};
  const auto made = material_of_scenario(folder_.path("a.txtpb"), nobody);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().text(), HasSubstr("decisions is the one that is meant"));
}

TEST_F(Completion, NamesTheStoryAfterItsDecisionAndExpectsIt) {
  const ShrinkMaterial made = material();
  v1::Scenario story = made.story;
  ASSERT_TRUE(complete_with_verdict(*made.verdict, "recording a.hfr", story));
  EXPECT_EQ(story.source(), "DOMAIN 4, recording a.hfr");
  EXPECT_THAT(story.name(), testing::StartsWith("setup.exe sets HKLM"));
  EXPECT_THAT(story.name(), HasSubstr(": denied, set to Deny"));
  ASSERT_EQ(story.expect_size(), 1);
  EXPECT_EQ(story.expect(0).verdict().of(), "registry_set");
  const auto played = prove_scenario("b.txtpb", scenario_text(story, {}), true);
  ASSERT_TRUE(played) << played.error().text();
  EXPECT_TRUE(played->met());
}

TEST_F(Completion, ProofFailsWhereTheStoryDoesNotPass) {
  const ShrinkMaterial made = material();
  v1::Scenario story = made.story;
  ASSERT_TRUE(complete_with_verdict(*made.verdict, "recording a.hfr", story));
  story.mutable_settings()->mutable_event_monitoring()->set_enabled(false);
  const auto played = prove_scenario("b.txtpb", scenario_text(story, {}), true);
  ASSERT_FALSE(played);
  EXPECT_THAT(played.error().text(), HasSubstr("b.txtpb: the story does not pass: "));
  EXPECT_TRUE(prove_scenario("b.txtpb", scenario_text(story, {}), false));
}

TEST_F(Completion, NamesAStoryOfABrokenPromiseAfterThePromise) {
  v1::Scenario story = material().story;
  story.set_source("DOMAIN 5");
  complete_with_promise("held operations get one verdict", "recording a.hfr", story);
  EXPECT_EQ(story.name(), "A promise is broken: held operations get one verdict");
  EXPECT_EQ(story.source(), "DOMAIN 5, recording a.hfr");
  EXPECT_EQ(story.expect_size(), 1);
}

TEST(PromiseNamed, IsTheOneThatContainsTheWordsWithoutRegardToCase) {
  const auto many = promise_named("");
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().what, HasSubstr("fits 0 of the promises"));
  const std::string first = many.error().remedy.substr(std::string("they are: ").size());
  const std::string sentence = first.substr(0, first.find("; "));
  EXPECT_EQ(promise_named(sentence), sentence);
}

}  // namespace
}  // namespace holdfast
