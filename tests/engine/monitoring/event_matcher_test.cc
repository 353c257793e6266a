// What the matcher promises beside finding the right rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"
#include "tests/engine/monitoring/rule_specification.h"
#include "tests/support/allocations.h"

namespace holdfast::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> ids(const Findings& findings) {
  std::vector<std::string> all;
  for (const EventRule* rule : findings.rules) all.emplace_back(rule->id);
  return all;
}

class Matcher : public ::testing::Test {
 protected:
  Findings match(const v1::Operation& operation, bool want_target = false, std::uint32_t facts = 0) {
    const WindowsPath image = paths_.normalise(R"(C:\Users\alice\Downloads\setup.exe)");
    Findings findings;
    Subject subject;
    subject.image = &image;
    subject.facts = facts;
    matcher_.match(operation, subject, want_target, findings);
    return findings;
  }
  static v1::Operation set_value(const std::string& key, const std::string& value, const std::string& data) {
    v1::Operation o;
    o.mutable_registry_set()->set_key(key);
    o.mutable_registry_set()->set_value(value);
    o.mutable_registry_set()->set_data(data);
    return o;
  }
  static v1::Operation rename(const std::string& from, const std::string& to) {
    v1::Operation o;
    o.mutable_file_rename()->set_path(from);
    o.mutable_file_rename()->set_new_path(to);
    return o;
  }

  PathNormaliser paths_{v1::AgentProfile()};
  EventMatcher matcher_{event_rules(), paths_};
};

TEST_F(Matcher, FindsTheSameKeyInEverySpelling) {
  for (const char* key : {R"(HKU\S-1-5-21-1-2-3-1001\Software\Microsoft\Windows\CurrentVersion\Run)",
                          R"(\REGISTRY\USER\S-1-5-21-1-2-3-1001\Software\Microsoft\Windows\CurrentVersion\Run)",
                          R"(HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Run)",
                          R"(HKEY_LOCAL_MACHINE\software\microsoft\windows\currentversion\run)"}) {
    EXPECT_THAT(ids(match(set_value(key, "x", "y"))), ElementsAre("startup.run-key")) << key;
  }
  EXPECT_THAT(ids(match(set_value(R"(HKLM\SYSTEM\ControlSet001\Services\x)", "ImagePath", R"(C:\x.exe)"))),
              ElementsAre("service.image-path"));
  EXPECT_THAT(
      ids(match(set_value(R"(HKU\S-1-5-21-1-2-3-500_Classes\Folder\shell\open\command)", "DelegateExecute", ""))),
      ElementsAre("shell.folder-command"));
}

TEST_F(Matcher, NamesAtMostOneRowPerEventAndTheFirstOfTheTable) {
  // userinit.exe is a logon program, an executable of System32, and here dropped by a program from Temp.
  v1::Operation o;
  o.mutable_file_create()->set_path(R"(C:\Windows\System32\userinit.exe)");
  EXPECT_THAT(ids(match(o, false, kStartedFromTemp)),
              ElementsAre("system-file.logon-program", "suspicious.copies-itself-from-temp"));
}

TEST_F(Matcher, SeesBothFacesOfARename) {
  EXPECT_THAT(ids(match(rename(R"(C:\Windows\System32\sethc.exe)", R"(C:\Windows\System32\sethc.bak)"))),
              ElementsAre("system-file.logon-program"));
  EXPECT_THAT(ids(match(rename(R"(C:\x.tmp)", R"(C:\Windows\System32\sethc.exe)"))),
              ElementsAre("system-file.logon-program"));
  // The second face stands before the first one in the table, and only one of them may name the event.
  EXPECT_THAT(ids(match(rename(R"(C:\Windows\System32\other.dll)", R"(C:\Windows\System32\sethc.exe)"))),
              ElementsAre("system-file.logon-program"));
  EXPECT_THAT(ids(match(rename(R"(C:\Windows\System32\svchost.exe)", R"(C:\Users\Public\svchost.exe)"))),
              ElementsAre("system-file.executable", "duplicated.created"));
}

TEST_F(Matcher, LeavesMarksOfTheWebAlone) {
  v1::Operation o;
  for (const char* mark : {":Zone.Identifier", ":zone.identifier:$DATA", ":Zone.Identifier:$data"}) {
    o.mutable_file_create()->set_path(std::string(R"(C:\Users\Public\svchost.exe)") + mark);
    EXPECT_THAT(ids(match(o)), IsEmpty()) << mark;
  }
  for (const char* stream : {":Zone.Identifier.exe", ":Zone.Identifier2", ":Zone.Identifie", ":evil:$DATA"}) {
    o.mutable_file_create()->set_path(std::string(R"(C:\Windows\System32\calc.exe)") + stream);
    EXPECT_THAT(ids(match(o)), ElementsAre("system-file.executable", "duplicated.created")) << stream;
  }
}

// What a key that was prepared elsewhere holds is not told: every row speaks that reaches it or what lies below it.
TEST_F(Matcher, TakesAKeyThatIsMovedForAllThatItCanBring) {
  const auto moved_to = [&](const std::string& key) {
    v1::Operation o;
    o.mutable_registry_key_rename()->set_key(R"(HKCU\Software\Classes\prepared)");
    o.mutable_registry_key_rename()->set_new_key(key);
    return ids(match(o));
  };
  EXPECT_THAT(moved_to(R"(HKCU\Software\Classes\ms-settings)"), ElementsAre("shell.folder-command"));
  EXPECT_THAT(moved_to(R"(HKCU\Software\Classes\ms-settings\shell)"), ElementsAre("shell.folder-command"));
  EXPECT_THAT(moved_to(R"(HKCU\Software\Classes\.exe)"), ElementsAre("shell.extension-class"));
  EXPECT_THAT(moved_to(R"(HKLM\SYSTEM\ControlSet001\Services\x\Parameters)"), ElementsAre("service.library"));
  EXPECT_THAT(moved_to(R"(HKLM\Software\Microsoft\Windows NT\CurrentVersion\Winlogon)"),
              ElementsAre("startup.userinit", "library-injection.winlogon-notify", "shell.winlogon-shell"));
  EXPECT_THAT(moved_to(R"(HKLM\Software\Microsoft\Windows Defender)"),
              ElementsAre("security-policy.defender-exclusion", "suspicious.defender-off"));
  EXPECT_THAT(moved_to(R"(HKLM\Software\Vendor)"), IsEmpty());
  EXPECT_THAT(moved_to(R"(HKCU\Environment\x)"), IsEmpty());
}

TEST_F(Matcher, TellsTheShellFromAProgramThatNamesItInItsArguments) {
  const std::string winlogon = R"(HKLM\Software\Microsoft\Windows NT\CurrentVersion\Winlogon)";
  EXPECT_THAT(ids(match(set_value(winlogon, "Shell", R"(C:\evil.exe explorer.exe)"))),
              ElementsAre("startup.winlogon-shell", "shell.winlogon-shell"));
}

TEST_F(Matcher, FindsTheWindowsFolderOfTheProfileInATextToo) {
  v1::AgentProfile profile;
  profile.set_system_root(R"(D:\WINNT)");
  const PathNormaliser paths(profile);
  EventMatcher matcher(event_rules(), paths);
  const auto found = [&](const char* text) {
    Findings findings;
    matcher.match(set_value(R"(HKLM\Software\Microsoft\Windows NT\CurrentVersion\Winlogon)", "Userinit", text),
                  Subject(), false, findings);
    return ids(findings);
  };
  EXPECT_THAT(found(R"(D:\WINNT\system32\userinit.exe,)"), IsEmpty());
  EXPECT_THAT(found(R"(%systemroot%\system32\userinit.exe,)"), IsEmpty());
  EXPECT_THAT(found(R"(C:\Windows\system32\userinit.exe,)"), ElementsAre("startup.userinit"));
}

TEST_F(Matcher, NotesWhereAProgramStartedAndWhatItDropped) {
  v1::Operation start;
  start.mutable_process_start()->set_image(R"(C:\Users\alice\AppData\Local\Temp\a\setup.exe)");
  EXPECT_EQ(match(start).new_facts, kStartedFromTemp);
  start.mutable_process_start()->set_image(R"(C:\Users\alice\Downloads\setup.exe)");
  EXPECT_EQ(match(start).new_facts, 0U);

  v1::Operation drop;
  drop.mutable_file_create()->set_path(R"(C:\Windows\System32\x.dll)");
  EXPECT_EQ(match(drop).new_facts, kWroteToSystemFolder);
  drop.mutable_file_create()->set_path(R"(C:\Windows\System32\x.log)");
  EXPECT_EQ(match(drop).new_facts, 0U);
  drop.mutable_file_create()->set_executable(true);
  EXPECT_EQ(match(drop).new_facts, kWroteToSystemFolder);
  drop.mutable_file_create()->set_path(R"(C:\Windows\Temp\x.dll)");
  EXPECT_EQ(match(drop).new_facts, 0U);
  drop.mutable_file_create()->set_path(R"(C:\Windows2\x.dll)");
  EXPECT_EQ(match(drop).new_facts, 0U);
  EXPECT_EQ(match(rename(R"(C:\x.dll)", R"(C:\Windows\System32\x.dll)")).new_facts, kWroteToSystemFolder);
  v1::Operation removal;
  removal.mutable_file_delete()->set_path(R"(C:\Windows\System32\x.dll)");
  EXPECT_EQ(match(removal).new_facts, 0U);
}

TEST_F(Matcher, SaysTheTargetWhenARowMatchesOrSomebodyAsks) {
  EXPECT_EQ(match(set_value(R"(hklm\Software\Microsoft\Windows\CurrentVersion\Run)", "Updater", "x")).target,
            R"(HKLM\Software\Microsoft\Windows\CurrentVersion\Run\Updater)");
  EXPECT_EQ(match(set_value(R"(HKLM\Software\Vendor)", "", "x")).target, "");
  EXPECT_EQ(match(set_value(R"(HKLM\Software\Vendor)", "", "x"), true).target, R"(HKLM\Software\Vendor\(Default))");
  EXPECT_EQ(match(rename(R"(C:\a\..\x.txt)", R"(C:\y.txt)"), true).target, R"(C:\x.txt -> C:\y.txt)");
}

TEST_F(Matcher, SaysATargetForEveryOperationThatHasOne) {
  for (const RuleSpecification& rule : rule_specifications()) {
    EXPECT_NE(match(operation_of(plain_example(rule)), true).target, "") << rule.id;
  }
  EXPECT_EQ(match(v1::Operation(), true).target, "");
}

TEST_F(Matcher, TakesAnUnknownActorForNoSystemProgram) {
  v1::Operation o;
  o.mutable_process_access()->set_target_image(R"(C:\Windows\System32\lsass.exe)");
  o.mutable_process_access()->set_access_mask(0x1fffff);
  Findings findings;
  matcher_.match(o, Subject(), false, findings);
  EXPECT_THAT(ids(findings), ElementsAre("system-process.write"));
}

TEST_F(Matcher, AllocatesNothingForWhatIsNoEvent) {
  std::vector<v1::Operation> quiet;
  for (int i = 0; i < 6; ++i) {
    quiet.push_back(set_value(R"(HKLM\System\CurrentControlSet\Services\W32Time\SecureTimeLimits\RunTime)", "x", "y"));
    v1::Operation file;
    file.mutable_file_create()->set_path(R"(C:\Windows\System32\LogFiles\WMI\RtBackup\EtwRTDiagLog.etl)");
    quiet.push_back(file);
    v1::Operation access;
    access.mutable_process_access()->set_target_image(R"(C:\Windows\System32\svchost.exe)");
    access.mutable_process_access()->set_access_mask(0x1400);
    quiet.push_back(access);
    v1::Operation load;
    load.mutable_image_load()->set_path(R"(C:\Windows\System32\kernel32.dll)");
    quiet.push_back(load);
    v1::Operation start;
    start.mutable_process_start()->set_image(R"(C:\Windows\System32\svchost.exe)");
    start.mutable_process_start()->set_command_line(R"(C:\Windows\System32\svchost.exe -k netsvcs)");
    quiet.push_back(start);
  }
  const WindowsPath image = paths_.normalise(R"(C:\Windows\System32\svchost.exe)");
  Subject subject;
  subject.image = &image;
  Findings findings;
  for (const v1::Operation& o : quiet) matcher_.match(o, subject, false, findings);  // memory that is reused afterwards
  const std::size_t before = allocations_so_far();
  for (const v1::Operation& o : quiet) matcher_.match(o, subject, false, findings);
  EXPECT_EQ(allocations_so_far() - before, 0U);
  EXPECT_THAT(ids(findings), IsEmpty());
}

#if GTEST_HAS_DEATH_TEST
TEST_F(Matcher, EndsTheProgramOverATableThatCannotBeRead) {
  const auto table_of = [](EventRule rule) {
    rule.id = "bad.row";
    rule.operations = kValueSet;
    return std::array<EventRule, 1>{rule};
  };
  const auto bad_pattern = table_of({.id = {}, .event = v1::NEW_SERVICE, .target = "[A"});
  const auto bad_text = table_of({.id = {}, .event = v1::NEW_SERVICE, .text = "("});
  EXPECT_DEATH(EventMatcher(bad_pattern, paths_), "rule bad.row: ");
  EXPECT_DEATH(EventMatcher(bad_text, paths_), "rule bad.row: ");
}
#endif

TEST_F(Matcher, TakesAnyBytes) {
  const std::string odd("\xff\xfe\0\x01\\..\\\xc3", 9);
  EXPECT_THAT(ids(match(set_value(odd, odd, odd))), IsEmpty());
  v1::Operation o;
  o.mutable_process_start()->set_image(odd);
  o.mutable_process_start()->set_command_line(odd);
  o.mutable_process_start()->set_original_file_name(odd);
  EXPECT_THAT(ids(match(o)), IsEmpty());
}

}  // namespace
}  // namespace holdfast::engine
