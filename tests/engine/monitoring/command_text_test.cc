#include "engine/monitoring/command_text.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::engine {
namespace {

TEST(ProgramOfCommand, IsQuotedOrEndsWithTheFirstProgramEnding) {
  struct {
    std::string command;
    std::string program;
  } const kCases[] = {
      {R"("C:\Program Files\A\a.exe" /s)", R"(C:\Program Files\A\a.exe)"},
      {R"(C:\Program Files\A\a.exe /s b.exe)", R"(C:\Program Files\A\a.exe)"},
      {R"(C:\Windows\system32\svchost.exe -k netsvcs)", R"(C:\Windows\system32\svchost.exe)"},
      {R"(\SystemRoot\System32\drivers\X.SYS)", R"(\SystemRoot\System32\drivers\X.SYS)"},
      {"%COMSPEC% /C start /b powershell", "%COMSPEC%"},
      {"  a.exe  ", "a.exe"},
      {"a.exeb c", "a.exeb"},
      {R"("C:\unclosed a.exe)", R"(C:\unclosed a.exe)"},
      {"\"", ""},
      {"   ", ""},
      {"", ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(program_of_command(c.command), c.program) << c.command;
}

TEST(ArgumentsOf, StandBehindTheProgram) {
  EXPECT_EQ(arguments_of(R"("C:\a b.exe" /c del x)"), " /c del x");
  EXPECT_EQ(arguments_of("cmd /c del x"), "/c del x");
  EXPECT_EQ(arguments_of("cmd"), "");
  EXPECT_EQ(arguments_of("\"unclosed"), "");
  EXPECT_EQ(arguments_of(""), "");
}

class CommandText : public ::testing::Test {
 protected:
  PathNormaliser paths_{v1::AgentProfile()};
};

TEST_F(CommandText, ResolvesVariablesAndTheSystemRoot) {
  const std::string svchost = R"(C:\WINDOWS\SYSTEM32\SVCHOST.EXE)";
  EXPECT_EQ(program_path(R"(%SystemRoot%\System32\svchost.exe -k x)", paths_).folded, svchost);
  EXPECT_EQ(program_path(R"(\SystemRoot\System32\svchost.exe -k x)", paths_).folded, svchost);
  EXPECT_EQ(program_path(R"(system32\svchost.exe -k x)", paths_).folded, svchost);
  EXPECT_EQ(program_path(R"(\??\C:\Windows\System32\svchost.exe)", paths_).folded, svchost);
}

TEST_F(CommandText, TakesNothingButWindowsOwnProgramsInTheirFoldersAsSystem) {
  EXPECT_TRUE(command_is_system(R"(C:\Windows\System32\svchost.exe -k x)", paths_));
  EXPECT_FALSE(command_is_system("svchost.exe -k x", paths_));
  EXPECT_FALSE(command_is_system("System", paths_));
  EXPECT_FALSE(command_is_system(R"(C:\Windows\System32\cmd.exe /c x)", paths_));
  EXPECT_FALSE(command_is_system("", paths_));
}

TEST_F(CommandText, AsksEveryCommandOfATask) {
  const std::string good = R"(<Command>%windir%\system32\usoclient.exe</Command>)";
  EXPECT_TRUE(task_is_system(good, paths_));
  EXPECT_TRUE(task_is_system(good + good, paths_));
  EXPECT_FALSE(task_is_system(good + R"(<Command>C:\x.exe</Command>)", paths_));
  EXPECT_TRUE(task_is_system(R"(<Command> "C:\Windows\System32\usoclient.exe" </Command>)", paths_));
  EXPECT_FALSE(task_is_system("<ComHandler/>", paths_));
  EXPECT_FALSE(task_is_system(good + "<ComHandler><ClassId>{0A}</ClassId></ComHandler>", paths_));
  EXPECT_FALSE(task_is_system(R"(<ComHandler id="x"/>)" + good, paths_));
  EXPECT_FALSE(task_is_system(good + R"(<Command >C:\x.exe</Command>)", paths_));
  EXPECT_FALSE(task_is_system(good + R"(<t:Command>C:\x.exe</t:Command>)", paths_));
  EXPECT_FALSE(task_is_system(good + "<t:ComHandler/>", paths_));
  EXPECT_FALSE(task_is_system(R"(<Command>C:\Windows\System32\usoclient.exe &amp; x)", paths_));
  EXPECT_FALSE(task_is_system("", paths_));
}

TEST_F(CommandText, KnowsTheHandlersThatWindowsRegistersAnewAllDay) {
  const std::string own = "<ClassId>{b1aebb5d-EAD9-4476-B375-9C3ED9F32AFC}</ClassId>";
  const std::string handler = "<ComHandler>" + own + "<Data><![CDATA[timer]]></Data></ComHandler>";
  EXPECT_TRUE(task_is_system(handler, paths_));
  EXPECT_TRUE(task_is_system(handler + "<Command>gpupdate.exe</Command>", paths_));
  EXPECT_FALSE(task_is_system(handler + "<Command>x.exe</Command>", paths_));
  EXPECT_FALSE(task_is_system(handler + "<ComHandler><ClassId>{0A}</ClassId></ComHandler>", paths_));
  EXPECT_FALSE(task_is_system("<ComHandler><ClassId >{0A}</ClassId ></ComHandler>" + handler, paths_));
  EXPECT_FALSE(task_is_system("<ComHandler><!--" + own + "--><t:ClassId>{0A}</t:ClassId></ComHandler>", paths_));
  EXPECT_FALSE(task_is_system("<ComHandler></ComHandler>", paths_));
}

TEST_F(CommandText, LooksForABareNameOfATaskInSystem32) {
  for (const char* command : {"gpupdate.exe", "GPUPDATE", R"("usoclient.exe")"}) {
    EXPECT_TRUE(task_is_system("<Exec><Command>" + std::string(command) + "</Command></Exec>", paths_)) << command;
  }
  for (const char* command : {"powershell.exe", "cmd", "updater.exe", "gpupdate.bat", R"(x\gpupdate.exe)",
                              "explorer.exe", "gpupdate.exe:evil", R"(..\gpupdate.exe)", "msmpeng.exe"}) {
    EXPECT_FALSE(task_is_system("<Exec><Command>" + std::string(command) + "</Command></Exec>", paths_)) << command;
  }
}

TEST_F(CommandText, LetsATaskStartAService) {
  const auto judged = [&](const std::string& command, const std::string& arguments) {
    const std::string what = "<Command>" + command + "</Command>";
    const std::string how = "<Arguments>" + arguments + "</Arguments>";
    const bool one = task_is_system("<Exec>" + what + how + "</Exec>", paths_);
    EXPECT_EQ(task_is_system("<Exec id=\"x\">" + how + what + "</Exec>", paths_), one) << "either order";
    return one;
  };
  EXPECT_TRUE(judged("sc.exe", "start wuauserv"));
  EXPECT_TRUE(judged(R"(%windir%\system32\sc.exe)", "start w32time task_started"));
  EXPECT_FALSE(judged("sc.exe", ""));
  EXPECT_FALSE(judged("sc.exe", "create x binpath= x.exe"));
  EXPECT_FALSE(judged("sc.exe", R"(\\srv start x)"));
  EXPECT_FALSE(judged(R"(C:\Users\Public\sc.exe)", "start x"));
  EXPECT_FALSE(judged("net.exe", "start x"));
  const std::string other = "<Exec><Command>x.exe</Command><Arguments>start x</Arguments></Exec>";
  EXPECT_FALSE(task_is_system("<Exec><Command>sc.exe</Command></Exec>" + other, paths_));
  EXPECT_FALSE(task_is_system(other + "<Exec><Command>sc.exe</Command></Exec>", paths_));
}

TEST_F(CommandText, KnowsTheDriverOfDefenderByItsFolder) {
  const std::string folder = R"(\??\C:\ProgramData\Microsoft\Windows Defender\Definition Updates\{0A-1B}\)";
  EXPECT_TRUE(command_is_system(folder + "MpKsl1a2b3c4d.sys", paths_));
  EXPECT_TRUE(command_is_system(folder + "MpKslDrv.sys", paths_));
  EXPECT_FALSE(command_is_system(folder + R"(x\MpKslDrv.sys)", paths_));
  EXPECT_FALSE(command_is_system(folder + "evil.sys", paths_));
  EXPECT_FALSE(command_is_system(R"(C:\Users\Public\MpKslDrv.sys)", paths_));
  EXPECT_TRUE(command_is_system(R"(\SystemRoot\System32\drivers\ndis.sys)", paths_));
  EXPECT_FALSE(command_is_system(R"(\SystemRoot\System32\drivers\evil.sys)", paths_));
}

}  // namespace
}  // namespace holdfast::engine
