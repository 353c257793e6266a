// Two runs are compared, as a person or a CI server would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/commands/program.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class DiffCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(holdfast_program({"record", kUserAway, "-o", recording()}).exit_code, 0);
    ASSERT_EQ(holdfast_program({"replay", recording(), "--user", "deny", "--log", denied()}).exit_code, 0);
  }
  std::string recording() const { return folder_.path("a.hfr"); }
  std::string denied() const { return folder_.path("denied.log"); }
  std::string imported() const {
    EXPECT_EQ(holdfast_program({"import", "fixtures/events/workday.json", "-o", folder_.path("i.hfr")}).exit_code, 0);
    return folder_.path("i.hfr");
  }

  TemporaryFolder folder_;
};

TEST_F(DiffCommand, SaysThatARecordingItsReplayAndItsScenarioDecideTheSame) {
  const std::string log = folder_.path("same.log");
  ASSERT_EQ(holdfast_program({"replay", recording(), "--log", log}).exit_code, 0);
  for (const std::string& other : {recording(), log, std::string(kUserAway)}) {
    const Ran ran = holdfast_program({"diff", recording(), other});
    EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("\n  3 equal\n"));
  }
}

TEST_F(DiffCommand, NamesWhatIsDecidedOtherwiseByProgramAndEvent) {
  const Ran ran = holdfast_program({"diff", recording(), denied()});
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("a.hfr   as recorded, 3 decisions   log "),
                             HasSubstr("denied.log   decision log, 3 decisions   log "),
                             HasSubstr("  C:\\Users\\user\\AppData\\Roaming\\invoice.exe\n    New Startup Program\n"
                                       "      changed  2015-03-01 00:00:40.000  registry_set     "),
                             HasSubstr("ALLOW because nobody answered → DENY because the user said no   logged no → "
                                       "yes\n"),
                             HasSubstr("  1 equal, 2 changed\n  lines \"violation\": 1 → 2\n")));
}

TEST_F(DiffCommand, NamesTheSettingsAndWhoWaited) {
  const Ran ran = holdfast_program({"diff", recording(), denied()});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("settings as delivered: ALLOW because nobody answered"),
                             HasSubstr("longest 30 s (invoice.exe) → 10 s in all, longest 5 s (invoice.exe)\n")));
}

TEST_F(DiffCommand, TakesAWaitThatGrewForADifference) {
  ASSERT_EQ(holdfast_program(
                {"replay", recording(), "--user", "deny", "--answers-after", "7s", "--log", folder_.path("later.log")})
                .exit_code,
            0);
  const Ran grew = holdfast_program({"diff", denied(), folder_.path("later.log")});
  EXPECT_EQ(grew.exit_code, 1);
  EXPECT_THAT(grew.out, AllOf(HasSubstr("      waits    "), HasSubstr(" after 5 s → 7 s\n"),
                              HasSubstr("1 equal, 2 after a longer wait")));
  EXPECT_EQ(holdfast_program({"diff", denied(), folder_.path("later.log"), "--wait-threshold", "3s"}).exit_code, 0);
  EXPECT_EQ(holdfast_program({"diff", folder_.path("later.log"), denied()}).exit_code, 0) << "a shorter wait is none";
}

TEST_F(DiffCommand, SaysRecordedOnlyOfWhatWasRecorded) {
  const std::string forked = folder_.path("forked.hfr");
  ASSERT_EQ(holdfast_program({"fork", recording(), "--user", "deny", "-o", forked}).exit_code, 0);
  EXPECT_THAT(holdfast_program({"diff", recording(), forked}).out,
              AllOf(HasSubstr("a.hfr   as recorded, "), HasSubstr("forked.hfr   as forked, ")));
}

TEST_F(DiffCommand, NamesWhatIsGoneAndAdded) {
  folder_.write("none.log", "");
  const Ran gone = holdfast_program({"diff", recording(), folder_.path("none.log")});
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_THAT(gone.out, AllOf(HasSubstr("gone     2015-03-01 00:00:40.000"), HasSubstr("0 equal, 3 gone")));
  const Ran added = holdfast_program({"diff", folder_.path("none.log"), recording()});
  EXPECT_EQ(added.exit_code, 1);
  EXPECT_THAT(added.out, AllOf(HasSubstr("added    2015-03-01 00:00:40.000"), HasSubstr("0 equal, 3 added")));
}

TEST_F(DiffCommand, ListsSoManyAndEverythingIfAsked) {
  const Ran one = holdfast_program({"diff", recording(), denied(), "--limit", "1"});
  EXPECT_THAT(one.out, AllOf(HasSubstr("… and 1 more (--all lists all)"), Not(HasSubstr("2015-03-02 00:00:40.000"))));
  EXPECT_EQ(one.exit_code, 1);
  const Ran all = holdfast_program({"diff", recording(), denied(), "--all"});
  EXPECT_THAT(all.out, AllOf(HasSubstr("2015-03-02 00:00:40.000"), Not(HasSubstr(" more "))));
}

TEST_F(DiffCommand, ListsOtherReasonsForTheSameOnlyIfAsked) {
  ASSERT_EQ(holdfast_program({"replay", recording(), "--log", folder_.path("a.log")}).exit_code, 0);
  std::string log = folder_.read("a.log");
  log.replace(log.find("NOT_ON_EXCEPTION_LIST"), 21, "CSSS_OFF");
  folder_.write("b.log", log);
  const Ran usual = holdfast_program({"diff", recording(), folder_.path("b.log")});
  EXPECT_EQ(usual.exit_code, 1);
  EXPECT_THAT(usual.out, AllOf(HasSubstr("2 equal, 1 for other reasons"), Not(HasSubstr("invoice.exe\n"))));
  const Ran all = holdfast_program({"diff", recording(), folder_.path("b.log"), "--all"});
  EXPECT_THAT(all.out, HasSubstr("ALLOW because nobody answered   NOT_ON_EXCEPTION_LIST > "));
  EXPECT_THAT(all.out, HasSubstr("NOBODY_ANSWERED(#30) → CSSS_OFF > "));
}

TEST_F(DiffCommand, DecidesNowWhereAskedAndWhereNothingWasRecorded) {
  const Ran both = holdfast_program({"diff", recording(), denied(), "--replayed", "--user", "deny"});
  EXPECT_EQ(both.exit_code, 0) << both.out << both.err;
  EXPECT_THAT(both.out, HasSubstr("decided now, 3 decisions"));
  const std::string log = folder_.path("i.log");
  ASSERT_EQ(holdfast_program({"replay", imported(), "--log", log}).exit_code, 0);
  const Ran ran = holdfast_program({"diff", imported(), log});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_EQ(holdfast_program({"diff", imported(), log, "--settings", "fixtures/settings/deny-all.txtpb"}).exit_code, 1);
}

TEST_F(DiffCommand, SaysThatAnEndIsTornOff) {
  const std::string whole = folder_.read("a.hfr");
  folder_.write("torn.hfr.partial", whole.substr(0, whole.size() - 100));
  const Ran ran = holdfast_program({"diff", recording(), folder_.path("torn.hfr.partial")});
  EXPECT_THAT(ran.out, HasSubstr("its end is torn off"));
}

TEST_F(DiffCommand, TellsMachinesTheSame) {
  const Ran ran = holdfast_program({"diff", recording(), denied(), "--json"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr(R"("before":{"path":")"), HasSubstr(R"("origin":"decision log")"),
                    HasSubstr(R"("same":false,"equal":1,"moved":0,"changed":2,"reasons":0,"gone":0,"added":0)"),
                    HasSubstr(R"("other_lines":[{"kind":"violation","before":1,"after":2}])"),
                    HasSubstr(R"("verdict":"DENY","because":"USER_DENIED")")));
}

TEST_F(DiffCommand, PrintsWhatIsNoTextSafely) {
  std::string log = folder_.read("denied.log");
  log.replace(log.find("what=registry_set") + 5, 12, "%1B[31m\xff\x1b");
  folder_.write("odd.log", log);
  const Ran ran = holdfast_program({"diff", denied(), folder_.path("odd.log")});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("%1B[31m\xEF\xBF\xBD\\x1b"), Not(HasSubstr("\x1b"))));
}

TEST_F(DiffCommand, RefusesBadInput) {
  folder_.write("text.log", "hello\n");
  const Ran text = holdfast_program({"diff", recording(), folder_.path("text.log")});
  EXPECT_EQ(text.exit_code, 2);
  EXPECT_THAT(text.err, HasSubstr("text.log:1: is no line of a decision log"));
  EXPECT_EQ(holdfast_program({"diff", folder_.path("missing.hfr"), recording()}).exit_code, 2);
  EXPECT_EQ(holdfast_program({"diff", recording(), folder_.path("missing.log")}).exit_code, 2);
  EXPECT_EQ(holdfast_program({"diff", recording()}).exit_code, 2);
}

TEST_F(DiffCommand, RefusesOptionsThatMeanNothing) {
  const Ran user = holdfast_program({"diff", recording(), denied(), "--user", "deny"});
  EXPECT_EQ(user.exit_code, 2);
  EXPECT_THAT(user.err, AllOf(HasSubstr("--user"), HasSubstr("add --replayed")));
  const Ran logs = holdfast_program({"diff", denied(), denied(), "--replayed"});
  EXPECT_EQ(logs.exit_code, 2);
  EXPECT_THAT(logs.err, AllOf(HasSubstr("--replayed"), HasSubstr("leave it out")));
}

}  // namespace
}  // namespace holdfast
