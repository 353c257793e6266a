// Junctions of installations that are not the standard one; those of the standard one stand among the attacks.
#include <gtest/gtest.h>

#include <string>

#include "engine/path/windows_path.h"
#include "tests/engine/path/profiles.h"

namespace holdfast::engine {
namespace {

std::string normal(const v1::AgentProfile& profile, std::string_view raw) {
  return PathNormaliser(profile).normalise(raw).text;
}

TEST(Junctions, AreFoldersOfTheirOwnBeforeVista) {
  v1::AgentProfile xp;
  xp.set_platform(v1::WINDOWS_XP_X86);
  for (const char* path :
       {R"(C:\Documents and Settings\anna\Local Settings\Temp\x.exe)",
        R"(C:\Documents and Settings\All Users\Application Data\x.exe)", R"(C:\Windows\Sysnative\x.exe)"}) {
    EXPECT_EQ(normal(xp, path), path);
  }
}

TEST(Junctions, SysnativeIsKnownToPlatformsWithTwoSystemFolders) {
  v1::AgentProfile profile;
  profile.set_platform(v1::WINDOWS_7_X86);
  EXPECT_EQ(normal(profile, R"(C:\Windows\Sysnative\x.exe)"), R"(C:\Windows\Sysnative\x.exe)");
  profile.set_platform(v1::WINDOWS_7_X64);
  EXPECT_EQ(normal(profile, R"(C:\Windows\Sysnative\x.exe)"), R"(C:\Windows\System32\x.exe)");
  profile.set_system_root(R"(d:\WINNT)");
  EXPECT_EQ(normal(profile, R"(D:\winnt\Sysnative\x.exe)"), R"(D:\WINNT\System32\x.exe)");
  EXPECT_EQ(normal(profile, R"(C:\Windows\Sysnative\x.exe)"), R"(C:\Windows\Sysnative\x.exe)");
}

TEST(Junctions, LeadWhereTheProfilePutsFolders) {
  v1::AgentProfile profile;
  profile.set_platform(v1::WINDOWS_10_X64);
  add_variable(profile, "PUBLIC", R"(E:\People\Public)");
  add_variable(profile, "ALLUSERSPROFILE", R"(F:\Shared\)");
  EXPECT_EQ(normal(profile, R"(C:\Documents and Settings\anna\Application Data\x)"),
            R"(E:\People\anna\AppData\Roaming\x)");
  EXPECT_EQ(normal(profile, R"(E:\People\All Users\Application Data\x)"), R"(F:\Shared\x)");
  EXPECT_EQ(normal(profile, R"(C:\Users\anna\Application Data\x)"), R"(C:\Users\anna\Application Data\x)");
}

TEST(Junctions, ThatLeadInACircleAreLeftAlone) {
  v1::AgentProfile profile;
  profile.set_platform(v1::WINDOWS_10_X64);
  add_variable(profile, "PUBLIC", R"(C:\Documents and Settings\Public)");
  EXPECT_EQ(normal(profile, R"(C:\Documents and Settings\anna\x)"), R"(C:\Documents and Settings\anna\x)");
  EXPECT_EQ(normal(profile, R"(C:\Documents and Settings\anna\Local Settings\x)"),
            R"(C:\Documents and Settings\anna\AppData\Local\x)")
      << "only the one that leads to itself is";
  add_variable(profile, "ProgramData", R"(C:\Documents and Settings\All Users)");
  EXPECT_EQ(normal(profile, R"(C:\Documents and Settings\All Users\x)"), R"(C:\Documents and Settings\All Users\x)");
}

TEST(Junctions, KeepWhatTheTextAndTheFoldedTextCountDifferently) {
  v1::AgentProfile profile;
  profile.set_platform(v1::WINDOWS_10_X64);
  // U+0250 has two bytes, its capital U+2C6F three.
  const WindowsPath path = PathNormaliser(profile).normalise("C:\\Users\\\u0250\u0250\\Application Data\\\u0250.exe");
  EXPECT_EQ(path.text, "C:\\Users\\\u0250\u0250\\AppData\\Roaming\\\u0250.exe");
}

TEST(Junctions, NestedDeeplyComeToAnEnd) {
  v1::AgentProfile profile;
  profile.set_platform(v1::WINDOWS_10_X64);
  std::string raw = R"(C:\ProgramData)";
  for (int i = 0; i < 1500; ++i) raw += R"(\Application Data)";
  EXPECT_EQ(normal(profile, raw + R"(\x.exe)"), R"(C:\ProgramData\x.exe)");
}

}  // namespace
}  // namespace holdfast::engine
