// holdfast check finds fault with what people write, and names the line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/commands/program.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Check, FindsNoFaultWithOurOwnSettings) {
  const Ran ran = holdfast_program({"check", "fixtures/settings", "--strict"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("ok       fixtures/settings/ask-all.txtpb (settings)"), HasSubstr(" 0 refused")));
}

TEST(Check, KnowsAScenarioFromSettingsFromAnExceptionList) {
  const TemporaryFolder folder;
  folder.write("s.txtpb",
               "allow_if_unanswered_s: 20 event_monitoring { enabled: true policy { event: NEW_SERVICE do: "
               "ASK_WHEN_NECESSARY } }\n");
  folder.write("e.txtpb", "approved { path: \"C:\\\\tools\\\\*\" }\n");
  folder.write("n.txtpb",
               "name: \"a story\"\nat { t: \"1s\" process_start { pid: 1 image: \"C:\\\\a.exe\" } }\nexpect { count { "
               "prompts: 0 } }\n");
  const Ran ran = holdfast_program({"check", folder.path("")});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("s.txtpb (settings)"), HasSubstr("e.txtpb (exceptions)"),
                             HasSubstr("n.txtpb (scenario)")));
}

TEST(Check, RefusesWithLineFieldAndReason) {
  const TemporaryFolder folder;
  folder.write("range.txtpb", "# proto-message: holdfast.v1.Settings\nname: \"x\"\nallow_if_unanswered_s: 0\n");
  folder.write("wild.txtpb",
               "approved { path: \"C:\\\\ok.exe\" }\napproved { path: \"\\\\\\\\srv*\\\\tools\\\\*.exe\" }\n");
  folder.write("story.txtpb",
               "name: \"x\"\nat { t: \"soon\" process_start { pid: 1 image: \"C:\\\\a.exe\" } }\nexpect { count { "
               "prompts: 0 } }\n");
  const Ran ran = holdfast_program({"check", folder.path("")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("range.txtpb:3: allow_if_unanswered_s: "), HasSubstr("wild.txtpb:2: approved[1].path: "),
                    HasSubstr("story.txtpb:2: at[0].t: "), HasSubstr("3 checked, 3 refused")));
}

TEST(Check, RemarksOnEntriesThatAreNeverLookedAt) {
  const TemporaryFolder folder;
  folder.write("list.txtpb", "approved { path: \"C:\\\\*\" }\napproved { path: \"C:\\\\tools\\\\a.exe\" }\n");
  EXPECT_EQ(holdfast_program({"check", folder.path("list.txtpb")}).exit_code, 0);
  const Ran strict = holdfast_program({"check", folder.path("list.txtpb"), "--strict"});
  EXPECT_EQ(strict.exit_code, 1);
  EXPECT_THAT(strict.out, AllOf(HasSubstr("remark"), HasSubstr("list.txtpb:2: approved[1]")));
}

TEST(Check, RemarksOnSettingsThatHaveNoEffectHere) {
  const TemporaryFolder folder;
  folder.write(
      "idle.txtpb",
      "# proto-message: holdfast.v1.Settings\nevent_monitoring { enabled: true }\nallow_if_unanswered_s: 60\n");
  const Ran ran = holdfast_program({"check", folder.path("idle.txtpb")});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("idle.txtpb:3: allow_if_unanswered_s"), HasSubstr("without effect: no event asks")));
}

TEST(Check, RemarksOnAPolicyWithoutEffectInItsLine) {
  const TemporaryFolder folder;
  folder.write("off.txtpb",
               "# proto-message: holdfast.v1.Settings\n"
               "unauthorized_change_prevention { enabled_on_desktops: false }\n"
               "event_monitoring {\n  enabled: true\n"
               "  policy { event: HOSTS_FILE_MODIFICATION  do: DENY }\n"
               "  policy { event: NEW_SERVICE  do: DENY }\n}\n");
  const Ran ran = holdfast_program({"check", folder.path("off.txtpb")});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, HasSubstr("off.txtpb:6: event_monitoring.policy.NEW_SERVICE: set to DENY, without effect"));
}

TEST(Check, TakesTheKindItIsTold) {
  const TemporaryFolder folder;
  folder.write("e.txtpb", "approved { path: \"C:\\\\tools\\\\*\" }\n");
  EXPECT_EQ(holdfast_program({"check", folder.path("e.txtpb"), "--kind", "settings"}).exit_code, 2);
  EXPECT_EQ(holdfast_program({"check", folder.path("e.txtpb"), "--kind", "exceptions"}).exit_code, 0);
  const Ran wrong = holdfast_program({"check", folder.path("e.txtpb"), "--kind", "recipe"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--kind: \"recipe\" is no kind"));
}

}  // namespace
}  // namespace holdfast
