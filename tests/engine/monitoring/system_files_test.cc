#include "engine/monitoring/system_files.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "engine/monitoring/event_rules.h"

namespace holdfast::engine {
namespace {

class SystemFiles : public ::testing::Test {
 protected:
  WindowsPath path(const std::string& raw) const { return paths_.normalise(raw); }
  bool misplaced(const std::string& raw) const { return is_misplaced(path(raw), paths_.system_root()); }
  bool system_program(const std::string& raw) const { return is_system_program(path(raw), paths_); }
  bool system_process(const std::string& raw) const { return is_system_process(path(raw), paths_.system_root()); }

  PathNormaliser paths_{v1::AgentProfile()};
};

TEST_F(SystemFiles, AreThoseOfWindowsEachWithAFolder) {
  EXPECT_GE(system_files().size(), 1800U);
  for (const SystemFile& file : system_files()) {
    EXPECT_NE(file.folders, 0U) << file.name;
    EXPECT_EQ(find_system_file(file.name), &file);
  }
}

TEST_F(SystemFiles, NeverCountAnInterpreterAmongThoseThatDoTheirOwnWork) {
  for (const SystemFile& file : system_files()) {
    if (file.role == SystemFileRole::kName) continue;
    EXPECT_FALSE(is_interpreter(file.name)) << file.name;
  }
}

TEST_F(SystemFiles, AreMisplacedOutsideTheirFolders) {
  for (const char* raw : {R"(C:\Users\Public\svchost.exe)",
                          R"(C:\bitsadmin.exe)",
                          R"(C:\Windows\svchost.exe)",
                          R"(C:\Windows\lsass.exe)",
                          R"(D:\Windows\System32\svchost.exe)",
                          R"(\\srv\c$\Windows\System32\svchost.exe)",
                          R"(C:\Windows\System32\drivers\svchost.exe)",
                          R"(C:\Windows\System32\explorer.exe)",
                          R"(C:\Users\alice\AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup\cmd.exe)",
                          R"(C:\Windows\System32\..\Temp\lsass.exe)",
                          R"(C:/users/public/SVCHOST.EXE. )",
                          R"(C:\Windows\System32\svchost.exe:evil)",
                          R"(C:\Windows \System32\svchost.exe)",
                          R"(\Device\HarddiskVolume9\x\lsass.exe)",
                          R"(C:\Users\user\Desktop\calc.exe)",
                          R"(C:\Program Files\App\CRYPTBASE.dll)",
                          R"(C:\Users\Public\system32\npmproxy.dll)",
                          R"(C:\Windows\System32\sysprep\cryptbase.dll)",
                          R"(C:\Users\Public\MpKslDrv.sys)",
                          R"(C:\Windows\System32\ndis.sys)",
                          R"(C:\Windows\System32\spool\drivers\color\lsass.exe)",
                          R"(C:\Windows\System32\spool\SERVERS\svchost.exe)",
                          R"(C:\Windows\System32\spool\PRINTERS\svchost.exe)",
                          R"(C:\Windows\System32\spool\svchost.exe)",
                          R"(C:\Users\Public\hidusb.sys)"}) {
    EXPECT_TRUE(misplaced(raw)) << raw;
  }
}

TEST_F(SystemFiles, AreNotTheLibrariesThatProgramsShipBesideThemselves) {
  for (const char* name : {"msvcp140.dll",
                           "msvcr71.dll",
                           "vcruntime140_1.dll",
                           "ucrtbase.dll",
                           "api-ms-win-crt-runtime-l1-1-0.dll",
                           "concrt140.dll",
                           "mfc100u.dll",
                           "atl.dll",
                           "d3dcompiler_47.dll",
                           "d3d9.dll",
                           "dxgi.dll",
                           "dbghelp.dll",
                           "sqlite3.dll",
                           "winsqlite3.dll",
                           "icuuc.dll",
                           "opengl32.dll",
                           "gdiplus.dll",
                           "riched20.dll",
                           "msxml6.dll",
                           "version.dll",
                           "curl.exe",
                           "tar.exe",
                           "whoami.exe",
                           "OneDriveSetup.exe",
                           "AppVOrchestration.dll",
                           "psexec.exe"}) {
    EXPECT_FALSE(misplaced(std::string(R"(C:\Program Files\App\)") + name)) << name;
    EXPECT_FALSE(misplaced(std::string(R"(C:\Windows\System32\)") + name)) << name;
  }
}

// Such a folder can only be made on purpose: whatever lies in it is to pass for a file of Windows.
TEST_F(SystemFiles, AreMimickedByWhateverLiesInAMockFolder) {
  for (const char* raw :
       {R"(C:\Windows \System32\winSAT.exe)", R"(C:\Windows \System32\anything.dat)", R"(C:\Windows\System32 \x.dll)",
        R"(C:\Windows...\WinSxS\x\svchost.exe)", R"(C:\Windows \x.exe)", R"(\\?\C:\Windows \System32\x.dll)"}) {
    EXPECT_TRUE(misplaced(raw)) << raw;
  }
  EXPECT_FALSE(misplaced(R"(C:\Program Files \App\x.dll)"));
  EXPECT_FALSE(misplaced(R"(C:\WindowsApps \x.dll)"));
  EXPECT_FALSE(misplaced(R"(C:\Windows \)"));
}

TEST_F(SystemFiles, AreAtHomeInEachOfTheirFoldersAndInWindowsSpareCopies) {
  for (const char* raw :
       {R"(C:\Windows\System32\svchost.exe)",
        R"(c:/WINDOWS/SysWOW64/SVCHOST.EXE)",
        R"(C:\Windows\explorer.exe)",
        R"(C:\Windows\SysWOW64\explorer.exe)",
        R"(C:\Windows\notepad.exe)",
        R"(C:\Windows\System32\wbem\WmiPrvSE.exe)",
        R"(C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe)",
        R"(C:\Program Files\Windows Defender\MsMpEng.exe)",
        R"(C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.2001.10-0\MsMpEng.exe)",
        R"(C:\Windows\Microsoft.NET\Framework64\v4.0.30319\MSBuild.exe)",
        R"(C:\Windows\servicing\TrustedInstaller.exe)",
        R"(C:\Windows\WinSxS\amd64_x_31bf3856ad364e35_10.0\svchost.exe)",
        R"(C:\Windows\SoftwareDistribution\Download\x\cmd.exe)",
        R"(C:\Windows\System32\dllcache\cmd.exe)",
        R"(C:\Windows\System32\calc.exe)",
        R"(C:\Windows\SysWOW64\cryptbase.dll)",
        R"(C:\Windows\System32\drivers\ndis.sys)",
        R"(C:\Windows\System32\spool\drivers\x64\3\xpsprint.dll)",
        R"(C:\Windows\System32\spool\drivers\W32X86\PCC\xpsprint.dll)",
        R"(C:\Windows\System32\spool\drivers\ARM64\3\xpsprint.dll)",
        R"(C:\Windows\System32\spool\drivers\IA64\3\xpsprint.dll)",
        R"(C:\Program Files\WindowsApps\Microsoft.Paint_11.1_x64__8wekyb3d8bbwe\PaintApp\mspaint.exe)",
        R"(C:\Users\Public\mine.exe)",
        R"(C:\Program Files\Git\usr\bin\find.exe)",
        "svchost.exe",
        ""}) {
    EXPECT_FALSE(misplaced(raw)) << raw;
  }
}

TEST_F(SystemFiles, FollowTheSystemRootOfTheProfile) {
  v1::AgentProfile profile;
  profile.set_system_root(R"(D:\WINNT)");
  const PathNormaliser other(profile);
  EXPECT_FALSE(is_misplaced(other.normalise(R"(D:\WINNT\system32\svchost.exe)"), other.system_root()));
  EXPECT_TRUE(is_misplaced(other.normalise(R"(C:\Windows\System32\svchost.exe)"), other.system_root()));
  EXPECT_TRUE(is_system_program(other.normalise(R"(D:\WINNT\system32\svchost.exe)"), other));
  EXPECT_FALSE(is_system_program(other.normalise(R"(C:\Windows\System32\svchost.exe)"), other));
}

TEST_F(SystemFiles, DoTheSystemsOwnWorkOnlyWhereTheyBelong) {
  for (const char* raw : {R"(C:\Windows\System32\svchost.exe)", R"(C:\Windows\System32\services.exe)", "System",
                          "Registry", R"(C:\Windows\System32\wbem\WmiPrvSE.exe)", R"(C:\Windows\System32\smss.exe)",
                          R"(\\?\C:\Windows\system32\wbem\WMIADAP.EXE)", R"(\SystemRoot\System32\smss.exe)",
                          R"(C:\Windows\explorer.exe)", R"(C:\Program Files\Windows Defender\MsMpEng.exe)"}) {
    EXPECT_TRUE(system_program(raw)) << raw;
  }
  for (const char* raw :
       {R"(C:\Users\Public\svchost.exe)", "svchost.exe", R"(C:\Windows\System32\cmd.exe)",
        R"(C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe)", R"(C:\Windows\System32\rundll32.exe)",
        R"(C:\Windows\System32\dllhost.exe)", R"(C:\Windows\System32\svchost.exe:evil)",
        R"(C:\Windows\System32\notepad.exe)", R"(C:\Program Files\Vendor\MsMpEng.exe)", R"(C:\x\System)", "System:evil",
        R"(C:\Windows \System32\svchost.exe)", ""}) {
    EXPECT_FALSE(system_program(raw)) << raw;
  }
}

TEST_F(SystemFiles, TellWindowsProcessesFromItsPrograms) {
  EXPECT_TRUE(system_process(R"(C:\Windows\System32\lsass.exe)"));
  EXPECT_TRUE(system_process(R"(C:\Windows\System32\svchost.exe)"));
  EXPECT_FALSE(system_process(R"(C:\Users\Public\lsass.exe)"));
  EXPECT_FALSE(system_process(R"(C:\Windows\explorer.exe)"));
  EXPECT_FALSE(system_process(R"(C:\Windows\System32\notepad.exe)"));
}

TEST_F(SystemFiles, KnowWhoActsForOthers) {
  const std::string& root = paths_.system_root();
  std::set<std::string_view> brokers;
  for (const SystemFile& file : system_files()) {
    if (file.role == SystemFileRole::kBroker) brokers.insert(file.name);
  }
  EXPECT_EQ(brokers, (std::set<std::string_view>{"SERVICES.EXE", "SVCHOST.EXE", "WMIPRVSE.EXE"}));
  EXPECT_TRUE(is_broker(path(R"(C:\Windows\System32\services.exe)"), root));
  EXPECT_FALSE(is_broker(path(R"(C:\Users\Public\services.exe)"), root));
  EXPECT_FALSE(is_broker(path(R"(C:\Windows\System32\lsass.exe)"), root));
}

TEST_F(SystemFiles, KnowSysmonByItsPlaceAndTrustItWithNothingElse) {
  for (const char* raw :
       {R"(C:\Windows\Sysmon.exe)", R"(c:/windows/SYSMON64.exe)", R"(\\?\C:\Windows\Sysmon64a.exe)"}) {
    EXPECT_TRUE(is_recorder(path(raw), paths_.system_root())) << raw;
    EXPECT_FALSE(system_program(raw)) << raw;
  }
  for (const char* raw : {R"(C:\Windows\System32\Sysmon.exe)", R"(C:\Tools\Sysmon64.exe)", R"(D:\Windows\Sysmon.exe)",
                          R"(C:\Windows\Sysmon.exe:x)", R"(C:\Windows \Sysmon.exe)", R"(\\srv\ADMIN$\Sysmon.exe)",
                          R"(C:\Windows\Sysmon64.com)", "Sysmon.exe", ""}) {
    EXPECT_FALSE(is_recorder(path(raw), paths_.system_root())) << raw;
  }
}

TEST(ExecutableExtension, IsOneThatWindowsRuns) {
  for (const char* extension : {"EXE", "DLL", "SYS", "COM", "SCR", "CPL", "OCX", "DRV", "EFI", "BAT", "CMD", "PIF"}) {
    EXPECT_TRUE(is_executable_extension(extension)) << extension;
  }
  for (const char* extension : {"", "TXT", "MOF", "exe", "EXE2", "MUI"})
    EXPECT_FALSE(is_executable_extension(extension));
}

TEST(Interpreter, RunsWhatOthersTellIt) {
  for (const char* name :
       {"CMD.EXE",         "POWERSHELL.EXE", "PWSH.EXE",     "WSCRIPT.EXE",   "CSCRIPT.EXE",   "MSHTA.EXE",
        "RUNDLL32.EXE",    "REGSVR32.EXE",   "MSIEXEC.EXE",  "WMIC.EXE",      "MSBUILD.EXE",   "INSTALLUTIL.EXE",
        "REGASM.EXE",      "REGSVCS.EXE",    "CMSTP.EXE",    "DLLHOST.EXE",   "PYTHON.EXE",    "PERL.EXE",
        "NODE.EXE",        "JAVA.EXE",       "REG.EXE",      "SC.EXE",        "SCHTASKS.EXE",  "NET.EXE",
        "NET1.EXE",        "NETSH.EXE",      "CERTUTIL.EXE", "BITSADMIN.EXE", "MAVINJECT.EXE", "XCOPY.EXE",
        "WSMPROVHOST.EXE", "SCRCONS.EXE"}) {
    EXPECT_TRUE(is_interpreter(name)) << name;
  }
  for (const char* name : {"SVCHOST.EXE", "EXPLORER.EXE", "MSMPENG.EXE", "NOTEPAD.EXE", "SETUP.EXE", "cmd.exe", ""}) {
    EXPECT_FALSE(is_interpreter(name)) << name;
  }
}

}  // namespace
}  // namespace holdfast::engine
