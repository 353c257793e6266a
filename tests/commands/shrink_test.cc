// From event logs and scenarios to the few lines that one decision rests on, as a person would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "engine/text/sha256.h"
#include "tests/commands/program.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kExample = "fixtures/settings/example.txtpb";
constexpr const char* kDeny = "fixtures/settings/deny-all.txtpb";

class ShrinkCommand : public testing::Test {
 protected:
  void SetUp() override {
    const Ran imported = holdfast_program({"import", "fixtures/events/workday.json", "-o", recording()});
    ASSERT_EQ(imported.exit_code, 0) << imported.err;
  }

  std::string recording() const { return folder_.path("workday.hfr"); }

  Ran shrink(std::vector<std::string> options, const std::string& output = "a.txtpb") const {
    options.insert(options.begin(), {"shrink", recording(), "-o", folder_.path(output)});
    return holdfast_program(options);
  }

  TemporaryFolder folder_;
};

TEST_F(ShrinkCommand, MakesOfARecordingAScenarioThatPasses) {
  const Ran ran = shrink({"--settings", kExample, "--program", "CMD.exe", "--verdict", "deny"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("22 events"), HasSubstr("minimal: "), HasSubstr("next: holdfast run ")));
  engine::Sha256 hash;
  hash.update(folder_.read("workday.hfr"));
  EXPECT_THAT(folder_.read("a.txtpb"),
              AllOf(HasSubstr("recording workday.hfr, SHA-256 " + hash.hex()), HasSubstr("because: ACTION_IS_DENY"),
                    HasSubstr("HOSTS_FILE_MODIFICATION")));
  const Ran again = holdfast_program({"run", folder_.path("a.txtpb")});
  EXPECT_EQ(again.exit_code, 0) << again.out;
}

TEST_F(ShrinkCommand, EveryDecisionOfTheRecordingBecomesAScenarioThatPasses) {
  int decisions = 0;
  for (int number = 1; number <= 40; ++number) {
    const Ran ran =
        shrink({"--settings", kDeny, "--decision", std::to_string(number)}, std::to_string(number) + ".txtpb");
    if (ran.exit_code == 2) {
      EXPECT_THAT(ran.err, HasSubstr("is the one that is meant"));
      break;
    }
    ++decisions;
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
  }
  EXPECT_GE(decisions, 5);
  const Ran all = holdfast_program({"run", folder_.path("")});
  EXPECT_EQ(all.exit_code, 0) << all.out;
}

TEST_F(ShrinkCommand, GivesTheSameEveryTime) {
  shrink({"--settings", kDeny}, "a.txtpb");
  shrink({"--settings", kDeny}, "b.txtpb");
  EXPECT_EQ(folder_.read("a.txtpb"), folder_.read("b.txtpb"));
}

TEST_F(ShrinkCommand, KeepsThePersonWhoAnswered) {
  const Ran ran =
      shrink({"--settings", "fixtures/settings/ask-all.txtpb", "--user", "deny", "--because", "USER_DENIED"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(folder_.read("a.txtpb"), HasSubstr("kind: DENY"));
}

TEST_F(ShrinkCommand, ShrinksAScenarioToo) {
  shrink({"--settings", kDeny});
  const Ran ran =
      holdfast_program({"shrink", folder_.path("a.txtpb"), "-o", folder_.path("b.txtpb"), "--verdict", "DENY"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(folder_.read("b.txtpb"), HasSubstr(", scenario a.txtpb, SHA-256 "));
  const Ran settings = holdfast_program({"shrink", folder_.path("a.txtpb"), "-o", "b", "--settings", kDeny});
  EXPECT_EQ(settings.exit_code, 2);
  EXPECT_THAT(settings.err, HasSubstr("a scenario says this itself"));
}

TEST_F(ShrinkCommand, SaysWhenItsRunsWereSpent) {
  const Ran ran = shrink({"--settings", kDeny, "--runs-max", "5"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("not minimal: the runs were spent"));
  EXPECT_EQ(holdfast_program({"run", folder_.path("a.txtpb")}).exit_code, 0);
}

TEST_F(ShrinkCommand, RefusesWhatMakesNoSense) {
  struct Case {
    std::vector<std::string> options;
    const char* says;
  };
  const Case cases[] = {
      {{"--verdict", "PERHAPS"}, "--verdict: there is no \"PERHAPS\""},
      {{"--event", "NEW"}, "--event: there is no \"NEW\""},
      {{"--because", "IT_IS"}, "--because: there is no \"IT_IS\""},
      {{"--decision", "0"}, "--decision: decisions are numbered from 1"},
      {{"--decision", "4000"}, "none of its "},
      {{"--program", "nobody.exe"}, "none of its "},
      {{"--runs-max", "-1"}, "--runs-max: "},
      {{"--checker", "nothing of the kind"}, "--checker: "},
      {{"--checker", "exactly one verdict", "--decision", "1"}, "--checker: a broken promise is meant"},
      {{"--checker", "exactly one verdict"}, "does not show it"},
      {{"--settings", "missing.txtpb"}, "missing.txtpb"},
  };
  for (const Case& bad : cases) {
    const Ran ran = shrink(bad.options, "none.txtpb");
    EXPECT_EQ(ran.exit_code, 2) << bad.says;
    EXPECT_THAT(ran.err, HasSubstr(bad.says));
    EXPECT_FALSE(std::filesystem::exists(folder_.path("none.txtpb")));
  }
  EXPECT_THAT(holdfast_program({"shrink", recording()}).err, HasSubstr("--output: is missing"));
  EXPECT_EQ(holdfast_program({"shrink", folder_.path("missing.hfr"), "-o", "x"}).exit_code, 2);
  folder_.write("bad.hfr", "this is no recording");
  const Ran bad = holdfast_program({"shrink", folder_.path("bad.hfr"), "-o", folder_.path("none.txtpb")});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.err, HasSubstr("bad.hfr"));
}

}  // namespace
}  // namespace holdfast
