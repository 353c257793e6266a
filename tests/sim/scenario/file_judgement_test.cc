#include "sim/scenario/file_judgement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

FileJudgement judged(const std::string& text, std::optional<FileKind> kind = std::nullopt) {
  return judge_text("a.txtpb", text, kind, usual_profile());
}

TEST(FileJudgement, BelievesWhatTheFileSaysOfItself) {
  EXPECT_EQ(judged("# proto-message: holdfast.v1.Settings\n").kind, "settings");
  EXPECT_EQ(judged("# a list\n#  proto-message: no\n# proto-message:  holdfast.v1.ExceptionList \r\n").kind,
            "exceptions");
  EXPECT_EQ(judged("# proto-message: holdfast.v1.Scenario\nname: \"x\"").kind, "scenario");
}

TEST(FileJudgement, GuessesByTheFieldsWhereItSaysNothing) {
  EXPECT_EQ(judged("event_monitoring { enabled: true }\n").kind, "settings");
  EXPECT_EQ(judged("approved { path: \"C:\\\\a.exe\" }\n").kind, "exceptions");
  EXPECT_EQ(judged("name: \"x\"\nat { t: \"1s\" loss {} }\nexpect { count { prompts: 0 } }\n").kind, "scenario");
  EXPECT_EQ(judged("").kind, "settings");
}

TEST(FileJudgement, TakesTheKindThatSomebodyNames) {
  EXPECT_EQ(parse_file_kind("exceptions"), FileKind::kExceptions);
  EXPECT_EQ(parse_file_kind("Exceptions"), std::nullopt);
  const FileJudgement list = judged("event_monitoring { enabled: true }\n", FileKind::kExceptions);
  EXPECT_EQ(list.kind, "exceptions");
  EXPECT_TRUE(list.error.has_value());
}

TEST(FileJudgement, RefusesWithTheLineOfTheField) {
  const FileJudgement settings = judged("name: \"x\"\nallow_if_unanswered_s: 0\n");
  ASSERT_TRUE(settings.error.has_value());
  EXPECT_THAT(settings.error->text(), HasSubstr("a.txtpb:2: allow_if_unanswered_s: 0 is out of range"));
  const FileJudgement list =
      judged("approved { path: \"C:\\\\ok.exe\" }\napproved { path: \"\\\\\\\\srv*\\\\a.exe\" }\n");
  ASSERT_TRUE(list.error.has_value());
  EXPECT_THAT(list.error->text(), HasSubstr("a.txtpb:2: approved[1].path: "));
}

TEST(FileJudgement, RemarksOnWhatIsSurelyNotMeant) {
  const FileJudgement list = judged("approved { path: \"C:\\\\*\" }\napproved { path: \"C:\\\\tools\\\\a.exe\" }\n");
  EXPECT_FALSE(list.error.has_value());
  ASSERT_EQ(list.remarks.size(), 1U);
  EXPECT_THAT(list.remarks[0].text(), HasSubstr("a.txtpb:2: approved[1]"));

  const std::string off = "event_monitoring { enabled: false\n policy { event: NEW_SERVICE do: DENY } }\n";
  const FileJudgement settings = judged(off);
  ASSERT_EQ(settings.remarks.size(), 1U);
  EXPECT_THAT(settings.remarks[0].text(), HasSubstr("a.txtpb:2: "));
  EXPECT_THAT(settings.remarks[0].text(), HasSubstr("without effect: "));
}

TEST(FileJudgement, LetsAScenarioShowHowSettingsAreRefused) {
  const FileJudgement story = judged(
      "name: \"x\"\nsettings { allow_if_unanswered_s: 0 }\nat { t: \"1s\" loss {} }\nexpect { count { prompts: 0 } "
      "}\n");
  EXPECT_FALSE(story.error.has_value()) << story.error->text();
  ASSERT_EQ(story.remarks.size(), 1U);
  EXPECT_THAT(story.remarks[0].text(), HasSubstr("the engine will refuse this"));
}

TEST(FileJudgement, SaysOfAFileThatIsNotThereThatItCannotBeRead) {
  const TemporaryFolder folder;
  const FileJudgement missing = judge_file(folder.path("none.txtpb"), std::nullopt, usual_profile());
  EXPECT_EQ(missing.kind, "file");
  EXPECT_TRUE(missing.error.has_value());
}

TEST(Platform, IsNamedWithoutRegardToCaseAndSeparators) {
  EXPECT_EQ(parse_platform("windows-10-x64"), v1::WINDOWS_10_X64);
  EXPECT_EQ(parse_platform("Windows Server_2019 x64"), v1::WINDOWS_SERVER_2019_X64);
  for (const char* wrong : {"", "windows", "platform_unspecified"}) EXPECT_FALSE(parse_platform(wrong)) << wrong;
}

}  // namespace
}  // namespace holdfast
