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

TEST(FileJudgement, RemarksOnWhatCannotWorkBesideTheRest) {
  const std::string monitoring = "event_monitoring { enabled: true }\n";
  const struct {
    std::string text;
    std::string remark;
  } kRows[] = {
      {"certified_safe_software { enabled: true }",
       "certified_safe_software.enabled: without effect: service_url names"},
      {R"(certified_safe_software { enabled: true service_url: "https://s.example" for_event_monitoring: false
          for_firewall: false for_antivirus: false })",
       "without effect: no part of the agent that could ask may do so"},
      {"newly_encountered { enabled: true }",
       "newly_encountered.enabled: without effect: certified_safe_software.serv"},
      {R"(proxy { mode: DIRECT host: "p" port: 3128 })", "proxy.host: without effect: proxy.mode is not EXPLICIT"},
      {R"(proxy { host: "p" })", "proxy.host: without effect: proxy.mode is not EXPLICIT"},
      {"event_monitoring { enabled: true policy { event: NEW_SERVICE do: DENY on_expiry: EXPIRY_DENIES } }",
       "event_monitoring.policy[0].on_expiry: without effect: this event's action asks nobody"},
  };
  for (const auto& row : kRows) {
    const FileJudgement judgement = judged(row.text.starts_with("event") ? row.text : monitoring + row.text);
    ASSERT_FALSE(judgement.error) << judgement.error->text();
    std::string remarks;
    for (const Remark& remark : judgement.remarks) remarks += remark.text() + '\n';
    EXPECT_THAT(remarks, HasSubstr(row.remark)) << row.text;
  }
  const FileJudgement blocked = judged("exceptions { blocked { path: \"C:\\\\Tools\\\\a.exe\" } }\n");
  ASSERT_EQ(blocked.remarks.size(), 1U);
  EXPECT_THAT(blocked.remarks[0].text(), HasSubstr("a.txtpb:1: exceptions.blocked[0]: without effect: nothing is bl"));
  const std::string works = monitoring + R"(certified_safe_software { enabled: true service_url: "https://s.example" }
      exceptions { blocked { path: "C:\\Tools\\a.exe" } } proxy { mode: EXPLICIT host: "p" port: 3128 })";
  EXPECT_THAT(judged(works).remarks, IsEmpty());
}

// Wanted is also what is only configured in its parts.
TEST(FileJudgement, RemarksOnTheBlockingThatIsNotThereWhereOnlyItsPartsAreConfigured) {
  const FileJudgement judgement = judged("malware_behavior_blocking { protect_documents: true }\n");
  ASSERT_EQ(judgement.remarks.size(), 1U);
  EXPECT_THAT(judgement.remarks[0].text(), HasSubstr("protect_documents: set to on, without effect: "));
}

TEST(FileJudgement, RemarksOnWhatNoPartCarriesOut) {
  const std::string settings = "malware_behavior_blocking { enabled: true\n protect_documents: true }\n";
  const std::string story = "at { t: \"1s\" loss {} }\nexpect { count { prompts: 0 } }\n";
  const auto expect_both = [](const FileJudgement& judgement, int line) {
    ASSERT_FALSE(judgement.error.has_value()) << judgement.error->text();
    ASSERT_EQ(judgement.remarks.size(), 2U);
    const std::string where = "a.txtpb:" + std::to_string(line);
    EXPECT_THAT(judgement.remarks[0].text(), HasSubstr(where + ": "));
    EXPECT_THAT(judgement.remarks[0].text(),
                HasSubstr("set to on, without effect: this version has no Malware Behavior Blocking"));
    EXPECT_THAT(judgement.remarks[1].text(), HasSubstr("a.txtpb:" + std::to_string(line + 1) + ": "));
    EXPECT_THAT(judgement.remarks[1].text(), HasSubstr("protect_documents: set to on, without effect: "));
  };
  expect_both(judged("name: \"x\"\n" + settings), 2);
  expect_both(judged("name: \"x\"\nsettings {\n" + settings + "}\n" + story), 3);
  EXPECT_THAT(judged("malware_behavior_blocking { enabled: false protect_documents: true }\n").remarks, IsEmpty());
}

// A story of settings and a world that says nothing else.
FileJudgement judged_story(const std::string& settings, const std::string& world) {
  return judged("name: \"x\"\nsettings {\n" + settings + "\n}\nworld {\n" + world +
                "\n}\nat { t: \"1s\" loss {} }\nexpect { count { prompts: 0 } }\n");
}

TEST(FileJudgement, RemarksOnAnAddressToWhichNothingLeads) {
  const std::string by_ipv6 = "certified_safe_software { enabled: true service_url: \"http://[2001:db8::1]\" }";
  for (const char* world : {"", "network { has_ipv4: true }"}) {
    const FileJudgement story = judged_story(by_ipv6, world);
    ASSERT_EQ(story.remarks.size(), 1U) << world;
    EXPECT_THAT(story.remarks[0].text(), HasSubstr("a.txtpb:3: settings.certified_safe_software.service_url: "));
    EXPECT_THAT(story.remarks[0].text(), HasSubstr("no route leads there"));
  }
  EXPECT_THAT(judged_story(by_ipv6, "network { has_ipv6: true }").remarks, IsEmpty());
  EXPECT_THAT(judged_story(by_ipv6, "network { has_ipv4: true has_ipv6: true }").remarks, IsEmpty());
  EXPECT_THAT(
      judged_story("certified_safe_software { enabled: true service_url: \"http://[::1]\" }", "network {}").remarks,
      IsEmpty());

  const std::string by_name = "certified_safe_software { enabled: true service_url: \"http://csss.example\" }";
  EXPECT_THAT(judged_story(by_name, "network { has_ipv6: true }").remarks, IsEmpty()) << "that is a story of its own";
  const FileJudgement proxied =
      judged_story(by_name + "\nproxy { mode: EXPLICIT host: \"192.0.2.1\" port: 80 converts_address_families: true }",
                   "network { has_ipv6: true }");
  ASSERT_EQ(proxied.remarks.size(), 1U);
  EXPECT_THAT(proxied.remarks[0].text(), HasSubstr("a.txtpb:4: settings.proxy.host: nothing leads to this address"));
}

TEST(FileJudgement, RemarksOnAFamilyThatTheAddressContradicts) {
  const auto with = [](const std::string& host, const std::string& has_ipv6) {
    return judged("certified_safe_software { enabled: true service_url: \"http://" + host +
                  "\"\n service_has_ipv6: " + has_ipv6 + " }\n")
        .remarks;
  };
  ASSERT_EQ(with("192.0.2.1", "true").size(), 1U);
  EXPECT_THAT(with("192.0.2.1", "true")[0].text(),
              HasSubstr("a.txtpb:2: certified_safe_software.service_has_ipv6: set to true, without effect: "));
  EXPECT_EQ(with("[2001:db8::1]", "false").size(), 1U);
  EXPECT_THAT(with("[2001:db8::1]", "true"), IsEmpty());
  EXPECT_THAT(with("192.0.2.1", "false"), IsEmpty());
  EXPECT_THAT(with("csss.example", "true"), IsEmpty());
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
