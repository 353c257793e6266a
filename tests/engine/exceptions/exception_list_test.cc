#include "engine/exceptions/exception_list.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/engine/exceptions/lists.h"

namespace holdfast::engine {
namespace {

using List = ExceptionList::List;

TEST(ExceptionList, IsEmptyUntilItIsCreated) {
  const ExceptionList list;
  const WindowsPath path = PathNormaliser(workstation()).normalise(R"(C:\x.exe)");
  EXPECT_EQ(list.size(), 0);
  EXPECT_EQ(list.find({.path = &path, .sha256 = "x", .trusted_signer = "y"}).list, List::kNone);
  EXPECT_EQ(list.find({}).list, List::kNone);
}

TEST(ExceptionList, NamesTheEntryThatMatched) {
  const Exceptions exceptions(entries({R"(C:\a.exe)", R"(C:\Tools\*)"}, {R"(C:\b.exe)"}));
  const ExceptionList::Hit hit = exceptions.find(R"(c:\tools\x.exe)");
  EXPECT_EQ(hit.list, List::kApproved);
  EXPECT_EQ(hit.line, 2);
  EXPECT_EQ(hit.entry, R"(C:\Tools\*)");
  EXPECT_EQ(exceptions.find(R"(C:\B.EXE)").line, 1);
  EXPECT_EQ(exceptions.find(R"(C:\c.exe)").list, List::kNone);
  EXPECT_EQ(exceptions.list().size(), 3);
}

TEST(ExceptionList, NamesTheFirstOfSeveralThatMatch) {
  const Exceptions exceptions(entries({R"(C:\*\x.exe)", R"(C:\Tools\x.exe)", R"(C:\*)"}));
  EXPECT_EQ(exceptions.find(R"(C:\Tools\x.exe)").line, 1);
  EXPECT_EQ(exceptions.find(R"(C:\x.exe)").line, 3);
}

TEST(ExceptionPrecedence, BlockedWinsOverApprovedHoweverEachIsWritten) {
  EXPECT_TRUE(Exceptions(entries({R"(C:\x.exe)"}, {R"(C:\x.exe)"})).block(R"(C:\x.exe)"));
  EXPECT_TRUE(Exceptions(entries({R"(C:\x.exe)"}, {R"(C:\*)"})).block(R"(C:\x.exe)"));
  EXPECT_TRUE(Exceptions(entries({R"(C:\*)"}, {R"(C:\x.exe)"})).block(R"(C:\x.exe)"));
  EXPECT_TRUE(Exceptions(entries({R"(C:\*)"}, {R"(C:\x.exe)"})).approve(R"(C:\y.exe)"));

  v1::ExceptionList list = entries({R"(C:\x.exe)"});
  list.add_blocked()->set_sha256(std::string(32, '\x07'));
  const Exceptions exceptions(list);
  const WindowsPath path = exceptions.paths().normalise(R"(C:\x.exe)");
  EXPECT_EQ(exceptions.list().find({.path = &path, .sha256 = std::string(32, '\x07'), .trusted_signer = ""}).list,
            List::kBlocked);
}

TEST(ExceptionList, FindsBySha256WithoutAPath) {
  v1::ExceptionList list;
  list.add_approved()->set_sha256(std::string(31, '\x01') + '\xab');
  const Exceptions exceptions(list);
  const ExceptionList::Hit hit =
      exceptions.list().find({.path = nullptr, .sha256 = std::string(31, '\x01') + '\xab', .trusted_signer = ""});
  EXPECT_EQ(hit.list, List::kApproved);
  EXPECT_TRUE(hit.entry.starts_with("010101")) << hit.entry;
  EXPECT_TRUE(hit.entry.ends_with("01ab")) << hit.entry;
  EXPECT_EQ(exceptions.list().find({.path = nullptr, .sha256 = std::string(32, '\x01'), .trusted_signer = ""}).list,
            List::kNone);
}

TEST(ExceptionList, FindsBySignerWithoutRegardToCase) {
  v1::ExceptionList list;
  list.add_approved()->set_signer("M\u00fcller Software");
  const Exceptions exceptions(list);
  const auto by_signer = [&](std::string_view signer) {
    return exceptions.list().find({.path = nullptr, .sha256 = "", .trusted_signer = signer}).list;
  };
  EXPECT_EQ(by_signer("M\u00dcLLER SOFTWARE"), List::kApproved);
  EXPECT_EQ(by_signer("M\u00fcller Software AG"), List::kNone);
  EXPECT_EQ(by_signer(""), List::kNone);
}

TEST(ExceptionPaths, AreReadAsTheEndpointReadsThem) {
  const Exceptions exceptions(
      entries({R"(%ProgramFiles%\Vendor\x.exe)", R"(c:/progra~2/y.exe)", R"(\\localhost\C$\z.exe)"}));
  EXPECT_TRUE(exceptions.approve(R"(C:\Program Files\Vendor\x.exe)"));
  EXPECT_TRUE(exceptions.approve(R"(C:\Program Files (x86)\y.exe)"));
  EXPECT_TRUE(exceptions.approve(R"(C:\z.exe)"));
  EXPECT_FALSE(exceptions.approve(R"(C:\Program Files (x86)\Vendor\x.exe)"));
}

TEST(ExceptionPaths, CannotBePassedByAnotherSpelling) {
  const Exceptions exceptions(entries({}, {R"(C:\Tools\bad.exe)"}));
  for (const std::string_view spelling :
       {R"(\\?\C:\Tools\bad.exe)", R"(\Device\HarddiskVolume3\Tools\bad.exe)", R"(C:\Tools\.\x\..\BAD.EXE)",
        R"(c:/tools/bad.exe)", R"(C:\Tools\bad.exe. )", R"(C:\Tools\bad.exe:stream)", R"(\\127.0.0.1\c$\Tools\bad.exe)",
        R"(C:\Tools \bad.exe)"}) {
    EXPECT_TRUE(exceptions.block(spelling)) << spelling;
  }
}

TEST(ExceptionPaths, ApproveNeitherStreamsNorLookalikes) {
  const Exceptions exceptions(entries({R"(C:\Windows\System32\*)", R"(C:\Tools\good.exe)"}));
  EXPECT_TRUE(exceptions.approve(R"(C:\Windows\System32\x.exe)"));
  EXPECT_FALSE(exceptions.approve(R"(C:\Windows \System32\x.exe)")) << "another folder, made to be mistaken";
  EXPECT_TRUE(exceptions.approve(R"(C:\Tools\good.exe::$DATA)")) << "the file itself";
  EXPECT_FALSE(exceptions.approve(R"(C:\Tools\good.exe:evil.exe)")) << "another program inside the file";
}

TEST(ExceptionPaths, MatchNothingThatIsNoFullPath) {
  const Exceptions exceptions(entries({R"(C:\*)", R"(\\srv\*)"}));
  for (const std::string_view raw :
       {"System", "", R"(\Device\HarddiskVolume9\x.exe)", R"(C:x.exe)", R"(\\.\PhysicalDrive0)"}) {
    EXPECT_EQ(exceptions.find(raw).list, List::kNone) << raw;
  }
}

TEST(ExceptionPaths, OfUsersVariablesMeanAnyUserButOnlyOneLevel) {
  const Exceptions exceptions(
      entries({R"(%TEMP%\setup.exe)", R"(%AppData%\*\tool.exe)"}, {R"(%UserProfile%\bad.exe)"}));
  EXPECT_TRUE(exceptions.approve(R"(C:\Users\anna\AppData\Local\Temp\setup.exe)"));
  EXPECT_TRUE(exceptions.approve(R"(C:\Users\bert\AppData\Local\Temp\setup.exe)"));
  EXPECT_FALSE(exceptions.approve(R"(C:\Users\a\b\AppData\Local\Temp\setup.exe)"));
  EXPECT_FALSE(exceptions.approve(R"(C:\Windows\Temp\setup.exe)")) << "the services' folder is nobody's";
  EXPECT_TRUE(exceptions.approve(R"(C:\Users\anna\AppData\Roaming\v\1\tool.exe)"));
  EXPECT_TRUE(exceptions.block(R"(C:\Users\anna\bad.exe)"));
  EXPECT_FALSE(exceptions.block(R"(C:\Users\bad.exe)"));
}

TEST(ExceptionPaths, OfTempCoverTheFoldersOfATerminalServersSessions) {
  const Exceptions exceptions(entries({R"(%TEMP%\tool.exe)", R"(%TMP%\v*\*.exe)"}, {R"(%TEMP%\bad.exe)"}));
  for (const std::string temp : {R"(C:\Users\anna\AppData\Local\Temp)", R"(C:\Users\anna\AppData\Local\Temp\2)",
                                 R"(C:\Users\anna\AppData\Local\Temp\65536)"}) {
    EXPECT_TRUE(exceptions.approve(temp + R"(\tool.exe)")) << temp;
    EXPECT_TRUE(exceptions.approve(temp + R"(\v1\a\b.exe)")) << temp;
    EXPECT_TRUE(exceptions.block(temp + R"(\bad.exe)")) << temp;
    EXPECT_FALSE(exceptions.approve(temp + R"(\x\tool.exe)")) << temp;
    EXPECT_FALSE(exceptions.approve(temp + R"(\2\3\tool.exe)")) << temp;
  }
  EXPECT_FALSE(exceptions.approve(R"(C:\Users\anna\AppData\Local\Temp\2a\tool.exe)"));
  EXPECT_FALSE(exceptions.approve(R"(C:\Users\anna\AppData\Local\2\tool.exe)"));
  const Exceptions numbered(entries({R"(%TEMP%\2\tool.exe)", R"(%LOCALAPPDATA%\Temp\written.exe)"}));
  EXPECT_TRUE(numbered.approve(R"(C:\Users\anna\AppData\Local\Temp\2\tool.exe)")) << "no session's, the entry's own";
  EXPECT_TRUE(numbered.approve(R"(C:\Users\anna\AppData\Local\Temp\7\2\tool.exe)"));
  EXPECT_FALSE(numbered.approve(R"(C:\Users\anna\AppData\Local\Temp\2\written.exe)"))
      << "written out, it is one folder";
}

TEST(ExceptionPaths, MeanTheSameByTheirOldNames) {
  const Exceptions exceptions(
      entries({R"(%USERPROFILE%\Application Data\a.exe)", R"(C:\Documents and Settings\*\Local Settings\b?.exe)",
               R"(%windir%\Sysnative\c*.exe)", R"(C:\Users\All Users\*\d.exe)", R"(C:\Users\*\LOCALS~1\e.exe)"}));
  EXPECT_TRUE(exceptions.approve(R"(C:\Users\anna\AppData\Roaming\a.exe)"));
  EXPECT_TRUE(exceptions.approve(R"(C:\Users\anna\Application Data\a.exe)"));
  EXPECT_TRUE(exceptions.approve(R"(C:\Users\anna\AppData\Local\bx.exe)"));
  EXPECT_TRUE(exceptions.approve(R"(C:\Documents and Settings\anna\Local Settings\bx.exe)"));
  EXPECT_TRUE(exceptions.approve(R"(C:\Windows\System32\cmd.exe)"));
  EXPECT_TRUE(exceptions.approve(R"(C:\ProgramData\v\d.exe)"));
  EXPECT_TRUE(exceptions.approve(R"(C:\Users\anna\AppData\Local\e.exe)"));
  EXPECT_FALSE(exceptions.approve(R"(C:\Windows\SysWOW64\cmd.exe)"));
}

TEST(ExceptionList, MovesWithItsEntries) {
  const PathNormaliser paths(workstation());
  ExceptionList first = *ExceptionList::create(entries({R"(C:\x.exe)"}), paths);
  ExceptionList second;
  second = std::move(first);
  const WindowsPath path = paths.normalise(R"(C:\x.exe)");
  EXPECT_EQ(second.find({.path = &path, .sha256 = {}, .trusted_signer = {}}).list, List::kApproved);
}

}  // namespace
}  // namespace holdfast::engine
