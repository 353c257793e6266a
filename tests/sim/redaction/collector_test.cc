#include "sim/redaction/collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sim/redaction/some_pseudonyms.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

class CollectorTest : public ::testing::Test {
 protected:
  Names names_{some_pseudonyms(), common_words()};
  Collector collector_{names_};
};

struct Case {
  FieldClass type;
  std::string text;
  std::vector<std::string> names;  // folded
};

TEST_F(CollectorTest, TakesWhatNamesSomebodyAndNothingElse) {
  const std::vector<Case> cases{
      {FieldClass::kFile, R"(C:\Users\alice\Documents\Tax 2026\plan.docx)", {"ALICE", "TAX", "PLAN"}},
      {FieldClass::kFile, R"(\\?\c:/users/alice\x.archive)", {"ALICE", "ARCHIVE"}},
      {FieldClass::kFile, R"(C:\Windows\System32\..\..\Users\.\alice\plan.txt)", {"ALICE", "PLAN"}},
      {FieldClass::kFile, R"(\Device\HarddiskVolume3\Users\alice\plan.txt)", {"ALICE", "PLAN"}},
      {FieldClass::kFile, R"(C:\DOCUME~1\ALICES~1\plan.txt)", {"ALICES", "PLAN"}},
      {FieldClass::kFile, R"(C:\Program Files\Vendor\tool.exe)", {}},
      {FieldClass::kFile, R"(C:\Users\Public\Desktop\plan.txt)", {"PLAN"}},
      {FieldClass::kFile, R"(\\files01\share\plan.txt)", {"FILES01"}},
      {FieldClass::kFile, R"(\\?\UNC\files01\share\plan.txt)", {"FILES01"}},
      {FieldClass::kFile, R"(\\10.1.2.3\share\plan.txt)", {}},
      {FieldClass::kFolder, R"(C:\Users\alice\acme.corp)", {"ALICE", "ACME", "CORP"}},
      {FieldClass::kText, R"(%USERPROFILE%\Plans\x)", {"PLANS"}},
      {FieldClass::kText,
       R"(HKU\S-1-5-21-1004336348-1177238915-682003330-1001\Software)",
       {"1004336348", "1177238915", "682003330"}},
      {FieldClass::kText, "mail alice@corp.example now", {"ALICE", "CORP"}},
      {FieldClass::kText, "https://files01/share", {}},
      {FieldClass::kCommand,
       R"(psexec \\files01 -u CORP\svc_bob -p abc123x cmd)",
       {"FILES01", "CORP", "SVC", "BOB", "ABC123X"}},
      {FieldClass::kCommand, R"(shutdown /r /m "\\files01")", {"FILES01"}},
      {FieldClass::kCommand, R"(reg add "HKLM\x\SpecialAccounts\Userlist" /v Mallory$ /t REG_DWORD)", {"MALLORY"}},
      {FieldClass::kCommand, R"(cscript //nologo run.vbs)", {}},
      {FieldClass::kText, R"({"path":"C:\\Users\\alice\\plan.txt"})", {"ALICE", "PLAN"}},
      {FieldClass::kCommand, R"(copy C:\Users\alice\My Plans\a b.txt D:\out.txt /y)", {"ALICE", "PLANS", "A B"}},
      {FieldClass::kCommand, R"(cmd /c "cd C:\Users\John Smith\plans" && whoami.exe /all)", {"JOHN", "SMITH", "PLANS"}},
      {FieldClass::kCommand, R"(type C:\Users\alice\plan.txt | more /e)", {"ALICE", "PLAN"}},
      {FieldClass::kCommand, R"(runas /user:CORP\bob "tool -token=abc123")", {"CORP", "BOB", "ABC123"}},
      {FieldClass::kAccount, R"(CORP\alice)", {"CORP", "ALICE"}},
      {FieldClass::kAccount, R"(CORP\PC17$)", {"CORP", "PC17"}},
      {FieldClass::kAccount, R"(NT AUTHORITY\SYSTEM)", {}},
      {FieldClass::kAccount, R"(Window Manager\DWM-12345678)", {}},
      {FieldClass::kAccount, "alice@corp.example", {"ALICE", "CORP"}},
      {FieldClass::kMachine, "dc01.corp.local", {"DC01", "CORP"}},
      {FieldClass::kHost, "files01", {"FILES01"}},
      {FieldClass::kHost, "www.example.com", {}},
      {FieldClass::kHost, "10.1.2.3", {}},
      {FieldClass::kHost, "fe80::1:2", {}},
  };
  for (const Case& one : cases) {
    Names names(some_pseudonyms(), common_words());
    Collector collector(names);
    const auto taken = collector.take(one.type, one.text);
    ASSERT_TRUE(taken) << one.text << ": " << taken.error().text();
    std::size_t found = 0;
    for (const std::string& name : one.names) {
      if (name == "A B") continue;  // single letters name nobody
      EXPECT_TRUE(names.contains(name)) << one.text << " holds " << name;
      ++found;
    }
    EXPECT_EQ(names.size(), found) << one.text;
  }
}

TEST_F(CollectorTest, KnowsWhereTheEndpointKeepsItsProfiles) {
  v1::AgentProfile profile;
  profile.set_platform(v1::WINDOWS_10_X64);
  auto& shared = *profile.add_environment();
  shared.set_name("PUBLIC");
  shared.set_value(R"(E:\Homes\Public)");
  collector_.on_endpoint(profile);
  ASSERT_TRUE(collector_.take(FieldClass::kFile, R"(E:\Homes\alice\plan.txt)"));
  EXPECT_TRUE(names_.contains("ALICE"));
  EXPECT_TRUE(names_.contains("PLAN"));
}

TEST_F(CollectorTest, ReplacesANameOfCommonWordsWhole) {
  ASSERT_TRUE(collector_.take(FieldClass::kMachine, "FILES-1"));
  EXPECT_EQ(names_.map("FILES-1 files 1").substr(16), " files 1");
}

TEST_F(CollectorTest, RefusesAnAccountThatCannotBeReplaced) {
  for (const char* name : {R"(CORP\Windows)", "x", R"(PC\startup)"}) {
    const auto taken = collector_.take(FieldClass::kAccount, name);
    ASSERT_FALSE(taken) << name;
    EXPECT_THAT(taken.error().text(), HasSubstr("is nothing but words that the engine decides by"));
  }
}

TEST_F(CollectorTest, RefusesEntriesWhoseWildcardStandsForAPartOfAName) {
  ASSERT_TRUE(collector_.take(FieldClass::kFile, R"(C:\Users\alice\plans\setup.exe)"));
  for (const char* kept :
       {R"(C:\Users\alice\*)", R"(C:\Users\*\setup.exe)", R"(C:\Users\*\Downloads\*.exe)",
        R"(C:\Users\alice\*\plans\x.ex*)", R"(C:\Tools\set*.exe)", R"(%APPDATA%\*\x.exe)", R"(C:\Tools\alice\*.exe)"}) {
    EXPECT_TRUE(collector_.check_entry(kept)) << kept;
  }
  for (const char* lost :
       {R"(C:\Users\al*\x.exe)", R"(C:\Users\alice\plan*\x.exe)", R"(C:\Users\alice\*up.exe)", R"(C:\Tools\alice*.exe)",
        R"(C:\Users\alice\?.exe)", R"(%APPDATA%\pl*\x.exe)", R"(\\*plans\x.exe)"}) {
    const auto checked = collector_.check_entry(lost);
    ASSERT_FALSE(checked) << lost;
    EXPECT_THAT(checked.error().text(), HasSubstr("a wildcard stands for a part of a name that is replaced"));
  }
}

}  // namespace
}  // namespace holdfast
