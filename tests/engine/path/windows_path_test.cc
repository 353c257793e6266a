#include "engine/path/windows_path.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "tests/engine/path/profiles.h"
#include "tests/support/allocations.h"

namespace holdfast::engine {
namespace {

TEST(WindowsPath, ViewsNameThePartsOfTheFoldedPath) {
  const WindowsPath path = PathNormaliser(workstation()).normalise(R"(c:\Tools\Archive.tar.gz)");
  EXPECT_EQ(path.file_name(), "ARCHIVE.TAR.GZ");
  EXPECT_EQ(path.folder(), R"(C:\TOOLS)");
  EXPECT_EQ(path.extension(), "GZ");
  EXPECT_FALSE(path.empty());
}

TEST(WindowsPath, ViewsAreEmptyWhereThereIsNothingToName) {
  const PathNormaliser paths(workstation());
  EXPECT_EQ(paths.normalise(R"(C:\)").file_name(), "");
  EXPECT_EQ(paths.normalise(R"(C:\)").folder(), "C:");
  EXPECT_EQ(paths.normalise("System").folder(), "");
  EXPECT_EQ(paths.normalise("System").extension(), "");
  EXPECT_TRUE(paths.normalise("").empty());
}

TEST(WindowsPath, SpellsOutWhatItsTextLeavesOut) {
  const PathNormaliser paths(workstation());
  EXPECT_EQ(paths.normalise(R"(C:\Tools\x.exe)").spelling(), R"(C:\Tools\x.exe)");
  EXPECT_EQ(paths.normalise(R"(C:\Tools\x.exe:evil.exe)").spelling(), R"(C:\Tools\x.exe:EVIL.EXE)");
  const std::string mock = paths.normalise(R"(C:\Windows \System32\x.exe)").spelling();
  EXPECT_NE(mock, R"(C:\Windows\System32\x.exe)") << "the two must not share a key";
  EXPECT_TRUE(paths.normalise(mock).lookalike);
}

TEST(WindowsPath, KnowsTheDnsNamesOfItsEndpoint) {
  v1::AgentProfile profile = workstation();
  const std::string raw = R"(\\pc042.corp.example\C$\x.exe)";
  EXPECT_EQ(PathNormaliser(profile).normalise(raw).text, raw) << "whose domain is that?";
  add_variable(profile, "USERDNSDOMAIN", "CORP.EXAMPLE");
  EXPECT_EQ(PathNormaliser(profile).normalise(raw).text, R"(C:\x.exe)");
  profile = workstation();
  profile.set_endpoint("pc042.Corp.Example");
  EXPECT_EQ(PathNormaliser(profile).normalise(raw).text, R"(C:\x.exe)");
  EXPECT_EQ(PathNormaliser(profile).normalise(R"(\\PC042\C$\x.exe)").text, R"(C:\x.exe)");
  EXPECT_EQ(PathNormaliser(profile).normalise(R"(\\pc042.other.example\C$\x.exe)").text,
            R"(\\pc042.other.example\C$\x.exe)");
}

TEST(WindowsPath, ShowsWhatMakesALookalike) {
  const PathNormaliser paths(workstation());
  constexpr std::string_view kShown[][2] = {
      {R"(C:\Windows \System32\x.exe)", R"(C:\Windows \System32\x.exe)"},
      {R"(\\?\C:\Windows \System32 \x.exe)", R"(C:\Windows \System32 \x.exe)"},
      {R"(c:/Windows../system32/x.exe.)", R"(C:\Windows..\system32\x.exe)"},
      {R"(C:\Windows\ \x.exe)", R"(C:\Windows\ \x.exe)"},
      {R"(C:\Windows\...\ \x.exe)", R"(C:\Windows\...\ \x.exe)"},
      {R"(C:\a \b\..\Windows \x.exe)", R"(C:\a \Windows \x.exe)"},
      {R"(C:\a \b\..\..\x.exe)", R"(C:\...\x.exe)"},
      {R"(\\srv \tools\x.exe)", R"(\\srv \tools\x.exe)"},
      {R"(Windows \x.exe)", R"(Windows \x.exe)"},
      {R"(... \x.exe)", R"(...\x.exe)"},
      {R"(C:\Documents and Settings \x.exe)", R"(C:\Documents and Settings \x.exe)"},
      {R"(C:\Users\All Users\ \x.exe)", R"(C:\Users\All Users\ \x.exe)"},
  };
  for (const auto& [raw, shown] : kShown) {
    const WindowsPath path = paths.normalise(raw);
    EXPECT_TRUE(path.lookalike) << raw;
    EXPECT_EQ(path.text, shown) << raw;
  }
  const std::string padded = "C:\\Windows" + std::string(300, ' ') + R"(\System32\x.exe)";
  EXPECT_EQ(paths.normalise(padded).text, R"(C:\Windows\System32\...\x.exe)");
  EXPECT_EQ(paths.normalise(padded).folded, R"(C:\WINDOWS\SYSTEM32\X.EXE)");
}

TEST(WindowsPath, FoldsByNtfsRulesWhateverTheLanguage) {
  const WindowsPath path = PathNormaliser(workstation()).normalise("C:\\stra\u00dfe\\\u00e4\u0131\u017f.exe");
  EXPECT_EQ(path.folded, "C:\\STRA\u00dfE\\\u00c4\u0131\u017f.EXE");
}

TEST(WindowsPath, OrdinaryPathsTakeNoMemoryOnceThePathIsReused) {
  const PathNormaliser paths(workstation());
  constexpr std::string_view kOrdinary[] = {
      R"(C:\Program Files\Common Files\Vendor\Product\bin\program.exe)",
      R"(\Device\HarddiskVolume3\Windows\System32\svchost.exe)",
      R"(\\srv\tools\x.exe)",
      R"(\\?\C:\Windows\System32\svchost.exe)",
      "System",
  };
  WindowsPath path;
  for (const std::string_view raw : kOrdinary) paths.normalise(raw, path);
  const std::size_t before = allocations_so_far();
  for (const std::string_view raw : kOrdinary) paths.normalise(raw, path);
  EXPECT_EQ(allocations_so_far(), before);
}

TEST(WindowsPath, LeavesNothingOfTheFormerPathInAReusedOne) {
  const PathNormaliser paths(workstation());
  WindowsPath path;
  paths.normalise(R"(C:\Windows \System32\x.exe:ads)", path);
  paths.normalise(R"(C:\a.exe)", path);
  EXPECT_EQ(path.text, R"(C:\a.exe)");
  EXPECT_EQ(path.folded, R"(C:\A.EXE)");
  EXPECT_EQ(path.stream, "");
  EXPECT_FALSE(path.lookalike);
  paths.normalise("", path);
  EXPECT_TRUE(path.empty());
  EXPECT_EQ(path.text + path.folded + path.stream, "");
}

TEST(WindowsPath, EndsAtTheLongestPathThatWindowsCanOpen) {
  const PathNormaliser paths(workstation());
  std::string raw = "C:";
  while (raw.size() < 40000) raw += R"(\0123456789)";
  const WindowsPath path = paths.normalise(raw);
  EXPECT_LE(path.folded.size(), WindowsPath::kUnitsMax);
  EXPECT_GT(path.folded.size(), WindowsPath::kUnitsMax - 12);
  EXPECT_TRUE(path.text.ends_with(R"(\...\0123456789)"));
  EXPECT_TRUE(path.lookalike) << "what is cut may be what matters";
  EXPECT_EQ(paths.normalise(path.text).text, path.text);
}

TEST(WindowsPath, TakesThePathOfExactlyTheLongestLength) {
  const PathNormaliser paths(workstation());
  std::string raw = R"(C:\)";
  raw.append(WindowsPath::kUnitsMax - raw.size(), 'x');
  EXPECT_EQ(paths.normalise(raw).text, raw);
  EXPECT_FALSE(paths.normalise(raw).lookalike);
  EXPECT_EQ(paths.normalise(raw + "x").text, R"(C:\)") << "a part that does not fit is left out whole";
}

TEST(WindowsPath, CutsOneEndlessNameSoThatSomethingIsLeftToShow) {
  const WindowsPath path = PathNormaliser(workstation()).normalise(std::string(1U << 20U, 'x'));
  EXPECT_EQ(path.kind, WindowsPath::Kind::kRelative);
  EXPECT_EQ(path.folded.size(), WindowsPath::kUnitsMax);
  EXPECT_TRUE(path.lookalike);
}

TEST(WindowsPath, CountsALengthInUtf16Units) {
  const PathNormaliser paths(workstation());
  std::string raw = "C:";
  for (int i = 0; i < 3000; ++i) raw += "\\\U0001F600\U0001F600\u20ac\u00e4";  // 7 units, 14 bytes each
  EXPECT_EQ(paths.normalise(raw).text, raw);
}

TEST(WindowsPath, NeedsNoProfileForTheForms) {
  const PathNormaliser paths{v1::AgentProfile()};
  EXPECT_EQ(paths.normalise(R"(\SystemRoot\x.exe)").text, R"(C:\Windows\x.exe)");
  EXPECT_EQ(paths.normalise(R"(\Device\HarddiskVolume3\x.exe)").kind, WindowsPath::Kind::kDevice)
      << "which drive it is, only the profile can tell";
  EXPECT_EQ(paths.system_root(), R"(C:\WINDOWS)");
}

TEST(WindowsPath, FollowsASystemRootElsewhere) {
  v1::AgentProfile profile;
  profile.set_system_root(R"(d:\WINNT\)");
  const PathNormaliser paths(profile);
  EXPECT_EQ(paths.system_root(), R"(D:\WINNT)");
  EXPECT_EQ(paths.normalise(R"(\SystemRoot\system32\x.exe)").text, R"(D:\WINNT\system32\x.exe)");
  EXPECT_EQ(paths.normalise(R"(\winnt\x.exe)").text, R"(D:\winnt\x.exe)");
  EXPECT_EQ(paths.normalise(R"(D:\PROGRA~1\x.exe)").text, R"(D:\Program Files\x.exe)");
}

TEST(WindowsPath, SurvivesAProfileWithoutSense) {
  v1::AgentProfile profile;
  profile.set_system_root(R"(\SystemRoot\x)");
  add_volume(profile, "", R"(\Device\HarddiskVolume1)", "");
  add_volume(profile, "CD", R"(\Device\HarddiskVolume1)", "");
  add_volume(profile, "C:", R"(C:\)", "");
  add_volume(profile, "C:", "\\", "");
  add_short_name(profile, "", "");
  add_short_name(profile, R"(C:\A~1\B~1)", R"(C:\Long)");
  add_variable(profile, "", "");
  add_variable(profile, "SystemDrive", "?");
  const PathNormaliser paths(profile);
  EXPECT_EQ(paths.normalise(R"(\Device\HarddiskVolume1\x.exe)").text, R"(\Device\HarddiskVolume1\x.exe)");
  EXPECT_EQ(paths.normalise(R"(C:\A~1\B~1)").text, R"(C:\A~1\B~1)");
  EXPECT_FALSE(paths.system_root().empty());
}

TEST(WindowsPath, CutAtEveryByteIsStillOnePathOrNone) {
  const PathNormaliser paths(workstation());
  constexpr std::string_view kRaw =
      "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume3\\PROGRA~1\\..\\\u00e4\U0001F600 .exe:s:$DATA";
  for (std::size_t length = 0; length <= kRaw.size(); ++length) {
    const WindowsPath path = paths.normalise(kRaw.substr(0, length));
    EXPECT_EQ(path.folded == folded(path.text), !path.lookalike) << length;
    EXPECT_EQ(paths.normalise(path.text).text, path.text) << length << ": a normal form has no other";
  }
}

TEST(WindowsPath, FollowsEndlessNestingAndClimbingToTheirEnd) {
  const PathNormaliser paths(workstation());
  std::string bomb = "\\\\?";
  for (int i = 0; i < 100'000; ++i) bomb += "\\GLOBALROOT\\GLOBAL??";
  EXPECT_LE(paths.normalise(bomb + "\\C:\\x.exe").text.size(), WindowsPath::kUnitsMax);
  std::string down_and_up = "C:";
  for (int i = 0; i < 6'000; ++i) down_and_up += "\\a\\..";
  EXPECT_EQ(paths.normalise(down_and_up + "\\x.exe").text, "C:\\x.exe");
}

// No program has such a path; what is left of it must not pass for another.
TEST(WindowsPath, MarksWhatIsLeftOfATextThatIsTooLongToLookAt) {
  const PathNormaliser paths(workstation());
  constexpr std::string_view kProgram = "\\Tools\\agent.exe";
  std::string raw = "C:";
  raw.resize(4 * WindowsPath::kUnitsMax - kProgram.size(), '\\');
  raw += kProgram;
  EXPECT_FALSE(paths.normalise(raw).lookalike);
  EXPECT_TRUE(paths.normalise(raw + "x").lookalike);
}

}  // namespace
}  // namespace holdfast::engine
