// The guide for scenario authors is followed literally: every example in it is a scenario, and behaves as the guide
// says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "sim/scenario/runner.h"
#include "sim/scenario/scenario_file.h"
#include "sim/story/timeline.h"
#include "sim/text/settings_file.h"
#include "sim/text/text_file.h"
#include "tests/sim/text/scenario_text.h"
#include "tests/support/repository.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

std::string guide() {
  const auto text = read_text_file(in_repository("docs/writing-scenarios.md"), kTextFileBytesMax);
  EXPECT_TRUE(text) << text.error().text();
  return text.value_or("");
}

// The fenced blocks whose first line names `language`.
std::vector<std::string> blocks(const std::string& text, const std::string& language) {
  std::vector<std::string> found;
  const std::string open = "```" + language + "\n";
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    at += open.size();
    const std::size_t end = text.find("```", at);
    found.push_back(text.substr(at, end - at));
    at = end;
  }
  return found;
}

TEST(Guide, EveryScenarioInItPasses) {
  const std::vector<std::string> scenarios = blocks(guide(), "textproto");
  ASSERT_GE(scenarios.size(), 5U);
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    const auto file = parse_scenario("example " + std::to_string(i + 1), scenarios[i]);
    ASSERT_TRUE(file) << file.error().text() << "\n" << scenarios[i];
    const ScenarioRun run = run_file(*file);
    for (const Failure& failure : run.failures) {
      ADD_FAILURE() << file->path << ": " << failure.expected << " | " << failure.actual << "\n" << scenarios[i];
    }
  }
}

// Parts of a scenario, shown on their own.
TEST(Guide, EveryPieceInItCanStandInAScenario) {
  const std::vector<std::string> pieces = blocks(guide(), "textproto-piece");
  ASSERT_GE(pieces.size(), 3U);
  for (const std::string& piece : pieces) {
    v1::Scenario scenario;
    const auto locations = parse_text_proto("piece", piece, scenario);
    ASSERT_TRUE(locations) << locations.error().text() << "\n" << piece;
    scenario.clear_expect();  // they speak of entries that stand elsewhere
    const auto timeline = Timeline::compile(scenario, *locations);
    EXPECT_TRUE(timeline) << timeline.error().text() << "\n" << piece;
  }
}

// "```textproto-wrong" blocks end with a comment that is the complaint.
TEST(Guide, EveryMistakeInItGivesTheComplaintThatItShows) {
  const std::vector<std::string> mistakes = blocks(guide(), "textproto-wrong");
  ASSERT_GE(mistakes.size(), 3U);
  for (const std::string& mistake : mistakes) {
    const std::size_t comment = mistake.rfind("# ");
    ASSERT_NE(comment, std::string::npos) << mistake;
    std::string complaint = mistake.substr(comment + 2);
    while (!complaint.empty() && complaint.back() == '\n') complaint.pop_back();
    EXPECT_EQ(complaint_about(mistake), complaint) << mistake;
  }
}

TEST(Guide, NamesEveryKindOfEntryAndExpectation) {
  const std::string text = guide();
  for (const auto* descriptor : {v1::At::descriptor(), v1::Expect::descriptor()}) {
    const auto* what = descriptor->FindOneofByName("what");
    for (int i = 0; i < what->field_count(); ++i) {
      EXPECT_THAT(text, HasSubstr("`" + what->field(i)->name() + "`")) << descriptor->name();
    }
  }
}

TEST(Guide, ItsFirstStepsWorkAsWritten) {
  const std::vector<std::string> scenarios = blocks(guide(), "textproto");
  ASSERT_FALSE(scenarios.empty());
  const TemporaryFolder folder;
  folder.write("scenarios/mine/first.txtpb", scenarios.front());
  const RunReport report = run_scenarios({.paths = {folder.path("scenarios")}});
  EXPECT_EQ(report.passed, 1U);
}

}  // namespace
}  // namespace holdfast
