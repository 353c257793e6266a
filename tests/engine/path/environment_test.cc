#include "engine/path/environment.h"

#include <gtest/gtest.h>

#include "engine/path/windows_path.h"
#include "tests/engine/path/profiles.h"

namespace holdfast::engine {
namespace {

TEST(Environment, HasTheVariablesOfAStandardInstallation) {
  struct Row {
    const char* text;
    const char* on_x64;
    const char* on_x86;
    const char* on_xp;
  };
  constexpr Row kRows[] = {
      {"%SystemRoot%", R"(C:\Windows)", R"(C:\Windows)", R"(C:\Windows)"},
      {"%WINDIR%", R"(C:\Windows)", R"(C:\Windows)", R"(C:\Windows)"},
      {"%SystemDrive%", "C:", "C:", "C:"},
      {"%ProgramFiles%", R"(C:\Program Files)", R"(C:\Program Files)", R"(C:\Program Files)"},
      {"%ProgramFiles(x86)%", R"(C:\Program Files (x86))", "%ProgramFiles(x86)%", "%ProgramFiles(x86)%"},
      {"%ProgramData%", R"(C:\ProgramData)", R"(C:\ProgramData)", "%ProgramData%"},
      {"%ALLUSERSPROFILE%", R"(C:\ProgramData)", R"(C:\ProgramData)", R"(C:\Documents and Settings\All Users)"},
      {"%PUBLIC%", R"(C:\Users\Public)", R"(C:\Users\Public)", "%PUBLIC%"},
      {"%TEMP%", R"(C:\Windows\Temp)", R"(C:\Windows\Temp)", R"(C:\Windows\Temp)"},
      {"%ComSpec%", R"(C:\Windows\System32\cmd.exe)", R"(C:\Windows\System32\cmd.exe)",
       R"(C:\Windows\System32\cmd.exe)"},
  };
  v1::AgentProfile x64;
  v1::AgentProfile x86;
  v1::AgentProfile xp;
  x64.set_platform(v1::WINDOWS_11_X64);
  x86.set_platform(v1::WINDOWS_7_X86);
  xp.set_platform(v1::WINDOWS_XP_X86);
  for (const Row& row : kRows) {
    EXPECT_EQ(Environment(x64).expand(row.text), row.on_x64);
    EXPECT_EQ(Environment(x86).expand(row.text), row.on_x86);
    EXPECT_EQ(Environment(xp).expand(row.text), row.on_xp);
  }
}

TEST(Environment, ExpandsAsExpandEnvironmentStringsDoes) {
  v1::AgentProfile profile;
  add_variable(profile, "Tools", R"(D:\Tools)");
  const PathNormaliser paths(profile);
  EXPECT_EQ(paths.expand(R"(%tools%\x.exe;%TOOLS%)"), R"(D:\Tools\x.exe;D:\Tools)");
  EXPECT_EQ(paths.expand(R"(%nobody%\x)"), R"(%nobody%\x)");
  EXPECT_EQ(paths.expand("100% sure"), "100% sure");
  EXPECT_EQ(paths.expand("100%%tools%"), "100%D:\\Tools");
  EXPECT_EQ(paths.expand("%%"), "%%");
  EXPECT_EQ(paths.expand(""), "");
}

TEST(Environment, LetsTheProfileMoveWhatOthersAreBuiltOf) {
  v1::AgentProfile profile;
  profile.set_system_root(R"(D:\WINNT)");
  add_variable(profile, "ProgramFiles", R"(%SystemDrive%\Apps)");
  const Environment environment(profile);
  EXPECT_EQ(environment.expand("%CommonProgramFiles%"), R"(D:\Apps\Common Files)");
  EXPECT_EQ(environment.expand("%windir%"), R"(D:\WINNT)");
  EXPECT_EQ(environment.users_folder(), R"(D:\Users)");
}

TEST(Environment, ExpandsOnlyOnce) {
  v1::AgentProfile profile;
  add_variable(profile, "A", "%B%");
  add_variable(profile, "B", "%A%");
  EXPECT_EQ(Environment(profile).expand("%A%"), "%B%");
}

TEST(EnvironmentInEntries, MeansAnyUsersFolderWhateverTheServiceSees) {
  v1::AgentProfile profile;
  add_variable(profile, "TEMP", R"(C:\Windows\Temp)");
  const Environment environment(profile);
  EXPECT_EQ(environment.expand_entry(R"(%TEMP%\x.exe)").value_or("refused"),
            R"(C:\Users\<any user>\AppData\Local\Temp\<any session>\x.exe)");
  EXPECT_EQ(environment.expand_entry(R"(%AppData%\x.exe)").value_or("refused"),
            R"(C:\Users\<any user>\AppData\Roaming\x.exe)");
  EXPECT_EQ(environment.expand_entry(R"(%UserProfile%\x.exe)").value_or("refused"), R"(C:\Users\<any user>\x.exe)");
}

TEST(EnvironmentInEntries, FindsTheUsersWhereTheProfilePutsThem) {
  v1::AgentProfile profile;
  add_variable(profile, "PUBLIC", R"(E:\People\Public)");
  EXPECT_EQ(Environment(profile).expand_entry(R"(%LOCALAPPDATA%\x)").value_or("refused"),
            R"(E:\People\<any user>\AppData\Local\x)");
  v1::AgentProfile xp;
  xp.set_platform(v1::WINDOWS_XP_X86);
  EXPECT_EQ(Environment(xp).expand_entry("%TEMP%").value_or("refused"),
            R"(C:\Documents and Settings\<any user>\Local Settings\Temp\<any session>)");
}

TEST(EnvironmentInEntries, UnderstandsVariablesOfOtherWindowsVersions) {
  v1::AgentProfile x86;
  x86.set_platform(v1::WINDOWS_7_X86);
  EXPECT_EQ(Environment(x86).expand_entry(R"(%ProgramFiles(x86)%\x.exe)").value_or("refused"),
            R"(C:\Program Files\x.exe)");
  v1::AgentProfile xp;
  xp.set_platform(v1::WINDOWS_XP_X86);
  EXPECT_EQ(Environment(xp).expand_entry("%ProgramData%").value_or("refused"),
            R"(C:\Documents and Settings\All Users\Application Data)");
}

TEST(EnvironmentInEntries, RefusesWhatNoEndpointHas) {
  const Expected<std::string> expanded = Environment(v1::AgentProfile()).expand_entry(R"(%ProgarmFiles%\x.exe)");
  ASSERT_FALSE(expanded);
  EXPECT_EQ(expanded.error().what, "no endpoint has an environment variable %ProgarmFiles%");
}

}  // namespace
}  // namespace holdfast::engine
