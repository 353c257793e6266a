#include "sim/scenario/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/console.h"
#include "reports/junit.h"
#include "tests/refusals.h"
#include "tests/sim/text/scenario_text.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string scenario(std::string_view name, std::string_view expectation) {
  return "name: \"" + std::string(name) + "\"\n" + std::string(kAskAboutStartup) + std::string(kSetupStarts) +
         std::string(kSetupSetsRunValue) + "expect { " + std::string(expectation) + " }\n";
}

const std::string kMet = "verdict { of: \"registry_set\" because: NOBODY_ANSWERED }";
const std::string kNotMet = "verdict { of: \"registry_set\" because: USER_DENIED }";

std::vector<std::string> paths(const RunReport& report) {
  std::vector<std::string> paths;
  for (const CaseReport& one : report.cases) paths.push_back(one.path);
  return paths;
}

TEST(Runner, RunsAFolderSortedByBytes) {
  const TemporaryFolder folder;
  for (const char* name : {"b/two.txtpb", "b/One.txtpb", "a/z.txtpb", "root.txtpb", "a/not-a-scenario.txt"})
    folder.write(name, scenario(name, kMet));
  const RunReport report = run_scenarios({.paths = {folder.path("")}});
  EXPECT_THAT(paths(report), ElementsAre("a/z.txtpb", "b/One.txtpb", "b/two.txtpb", "root.txtpb"));
  EXPECT_EQ(report.passed, 4U);
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_THAT(report.errors, IsEmpty());
}

TEST(Runner, RunsAFileByTheNameItWasGiven) {
  const TemporaryFolder folder;
  folder.write("a/z.txtpb", scenario("x", kMet));
  const RunReport report = run_scenarios({.paths = {folder.path("a/z.txtpb")}});
  EXPECT_THAT(paths(report), ElementsAre(folder.path("a/z.txtpb")));
}

TEST(Runner, ReportsAFailureWithItsLineItsStoryAndItsCommand) {
  const TemporaryFolder folder;
  folder.write("a/z.txtpb", scenario("x", kNotMet));
  const RunReport report = run_scenarios({.paths = {folder.path("")}});
  EXPECT_EQ(report.exit_code(), 1);
  ASSERT_THAT(report.cases, SizeIs(1));
  ASSERT_THAT(report.cases[0].failures, SizeIs(1));
  const CaseFailure& failure = report.cases[0].failures[0];
  EXPECT_EQ(failure.where, "a/z.txtpb:5");
  EXPECT_EQ(failure.expected, "verdict of registry_set: because USER_DENIED");
  EXPECT_THAT(failure.actual, HasSubstr("NOBODY_ANSWERED"));
  EXPECT_THAT(failure.around, ::testing::Contains(::testing::StartsWith(">")));
  EXPECT_EQ(failure.reproduce, "holdfast run " + folder.path("a/z.txtpb"));
}

TEST(Runner, QuotesAPathThatAShellWouldSplit) {
  const TemporaryFolder folder;
  folder.write("a b.txtpb", scenario("x", kNotMet));
  const RunReport report = run_scenarios({.paths = {folder.path("")}});
  EXPECT_EQ(report.cases.at(0).failures.at(0).reproduce, "holdfast run \"" + folder.path("a b.txtpb") + "\"");
}

TEST(Runner, GoesOnAfterAFileThatCannotBeRead) {
  const TemporaryFolder folder;
  folder.write("a.txtpb", "nonsense {");
  folder.write("b.txtpb", scenario("x", kMet));
  const RunReport report = run_scenarios({.paths = {folder.path("")}});
  EXPECT_EQ(report.unreadable, 1U);
  EXPECT_EQ(report.passed, 1U);
  EXPECT_EQ(report.exit_code(), 2);
  EXPECT_THAT(report.cases[0].error, HasSubstr("a.txtpb:1: nonsense: Scenario has no such field"));
}

TEST(Runner, SaysWhatItCouldNotFind) {
  const TemporaryFolder folder;
  const RunReport missing = run_scenarios({.paths = {folder.path("nowhere")}});
  EXPECT_THAT(missing.errors, ElementsAre(HasSubstr("there is no such file or folder")));
  EXPECT_EQ(missing.exit_code(), 2);
  const RunReport empty = run_scenarios({.paths = {folder.path("")}});
  EXPECT_THAT(empty.errors, ElementsAre(HasSubstr("there is no .txtpb file in this folder")));
  const RunReport nothing = run_scenarios({});
  EXPECT_THAT(nothing.errors, ElementsAre(HasSubstr("nothing to run")));
}

TEST(Runner, FiltersByPathAndByName) {
  const TemporaryFolder folder;
  folder.write("apple.txtpb", scenario("one", kMet));
  folder.write("pear.txtpb", scenario("two apples", kMet));
  folder.write("plum.txtpb", scenario("three", kMet));
  folder.write("bad.txtpb", "nonsense");
  const RunReport report = run_scenarios({.paths = {folder.path("")}, .filter = "apple"});
  EXPECT_THAT(paths(report), ElementsAre("apple.txtpb", "pear.txtpb"));
  EXPECT_EQ(report.filtered_out, 2U);
  EXPECT_EQ(report.exit_code(), 0);
  const RunReport none = run_scenarios({.paths = {folder.path("")}, .filter = "cherry"});
  EXPECT_THAT(none.errors, ElementsAre(HasSubstr("no scenario's path or name contains \"cherry\"")));
}

TEST(Runner, GivesTheSameReportForAnyNumberOfJobs) {
  const TemporaryFolder folder;
  for (int i = 0; i < 40; ++i) {
    folder.write("s" + std::to_string(i) + ".txtpb", i % 7 == 0 ? "bad {" : scenario("x", i % 3 == 0 ? kNotMet : kMet));
  }
  const RunReport one = run_scenarios({.paths = {folder.path("")}, .jobs = 1});
  for (const unsigned jobs : {2U, 5U, 64U, 100'000U}) {
    const RunReport many = run_scenarios({.paths = {folder.path("")}, .jobs = jobs});
    EXPECT_EQ(console_report(one, {}), console_report(many, {})) << jobs;
    EXPECT_EQ(junit_report(one), junit_report(many)) << jobs;
    EXPECT_EQ(json_report(one), json_report(many)) << jobs;
    EXPECT_EQ(one.log_sha256, many.log_sha256) << jobs;
  }
}

TEST(Runner, UpdatesAFileInPlaceAndJudgesItAgain) {
  const TemporaryFolder folder;
  folder.write("a.txtpb", scenario("x", kNotMet));
  const RunReport report = run_scenarios({.paths = {folder.path("")}, .update = true});
  EXPECT_EQ(report.passed, 1U);
  EXPECT_THAT(report.cases[0].changed, ElementsAre(HasSubstr("a.txtpb:5: because: USER_DENIED -> NOBODY_ANSWERED")));
  EXPECT_EQ(folder.read("a.txtpb"), scenario("x", kMet));
}

#ifdef HOLDFAST_CAN_BE_REFUSED
TEST(Runner, LeavesAFileAsItWasWhereTheUpdateDoesNotFitOnTheDisk) {
  const TemporaryFolder folder;
  folder.write("a.txtpb", scenario("x", kNotMet));
  RunReport report;
  {
    const FileSizeLimit limit(50);
    ASSERT_TRUE(limit.holds());
    report = run_scenarios({.paths = {folder.path("a.txtpb")}, .update = true});
  }
  EXPECT_EQ(report.exit_code(), 2);
  EXPECT_THAT(report.cases.at(0).error, HasSubstr("a.txtpb: the new content cannot be written; check permissions and "
                                                  "free space; the file is as it was"));
  EXPECT_EQ(folder.read("a.txtpb"), scenario("x", kNotMet));
  EXPECT_FALSE(std::filesystem::exists(folder.path("a.txtpb.partial")));
}
#endif

TEST(Runner, LeavesFilesAloneWithoutUpdate) {
  const TemporaryFolder folder;
  folder.write("a.txtpb", scenario("x", kNotMet));
  run_scenarios({.paths = {folder.path("")}});
  EXPECT_EQ(folder.read("a.txtpb"), scenario("x", kNotMet));
}

class EverySecond final : public Clock {
 public:
  std::uint64_t now_ns() const override { return ++asked_ * 1'000'000'000; }

 private:
  mutable std::uint64_t asked_ = 0;
};

TEST(Runner, MeasuresOnlyWithTheStopwatchItIsGiven) {
  const TemporaryFolder folder;
  folder.write("a.txtpb", scenario("x", kMet));
  EXPECT_EQ(run_scenarios({.paths = {folder.path("")}}).took_ns, 0U);
  const EverySecond clock;
  const RunReport report = run_scenarios({.paths = {folder.path("")}, .stopwatch = &clock});
  EXPECT_EQ(report.took_ns, 3'000'000'000U);
  EXPECT_EQ(report.cases[0].took_ns, 1'000'000'000U);
}

TEST(Runner, RunsUnderOtherTables) {
  const TemporaryFolder folder;
  folder.write("a.txtpb", scenario("x", kMet));
  engine::Tables tables = engine::default_tables();
  tables.events = {};
  const RunReport report = run_scenarios({.paths = {folder.path("")}, .tables = &tables});
  EXPECT_EQ(report.failed, 1U) << "without the table of events nobody is asked";
}

}  // namespace
}  // namespace holdfast
