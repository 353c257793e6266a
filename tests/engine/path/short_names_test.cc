#include <gtest/gtest.h>

#include "engine/path/windows_path.h"
#include "tests/engine/path/profiles.h"

namespace holdfast::engine {
namespace {

TEST(ShortNames, AreUndoneLevelByLevel) {
  v1::AgentProfile profile;
  add_short_name(profile, R"(C:\VENDOR~1\PRODUC~1\RUNNIN~1.EXE)", R"(C:\Vendor Ltd\Product One\Running tool.exe)");
  const PathNormaliser paths(profile);
  EXPECT_EQ(paths.normalise(R"(C:\VENDOR~1\PRODUC~1\RUNNIN~1.EXE)").text,
            R"(C:\Vendor Ltd\Product One\Running tool.exe)");
  EXPECT_EQ(paths.normalise(R"(C:\Vendor Ltd\PRODUC~1\x.exe)").text, R"(C:\Vendor Ltd\Product One\x.exe)")
      << "one short part among long ones";
  EXPECT_EQ(paths.normalise(R"(C:\VENDOR~1\Product One\x.exe)").text, R"(C:\Vendor Ltd\Product One\x.exe)");
  EXPECT_EQ(paths.normalise(R"(C:\Other\PRODUC~1\x.exe)").text, R"(C:\Other\PRODUC~1\x.exe)")
      << "a short name counts only in its own folder";
}

TEST(ShortNames, MayStandInPairsInAnyOrder) {
  v1::AgentProfile profile;
  add_short_name(profile, R"(C:\VENDOR~1\PRODUC~1)", R"(C:\VENDOR~1\Product One)");
  add_short_name(profile, R"(C:\VENDOR~1)", R"(C:\Vendor Ltd)");
  EXPECT_EQ(PathNormaliser(profile).normalise(R"(C:\VENDOR~1\PRODUC~1\x.exe)").text,
            R"(C:\Vendor Ltd\Product One\x.exe)");
}

TEST(ShortNames, OfTheProfileWinOverThoseOfAStandardInstallation) {
  v1::AgentProfile profile;
  profile.set_platform(v1::WINDOWS_10_X64);
  add_short_name(profile, R"(C:\PROGRA~2)", R"(C:\Programme alt)");
  EXPECT_EQ(PathNormaliser(profile).normalise(R"(C:\PROGRA~2\x.exe)").text, R"(C:\Programme alt\x.exe)");
}

TEST(ShortNames, OfAStandardInstallationDependOnThePlatform) {
  v1::AgentProfile profile;
  profile.set_platform(v1::WINDOWS_7_X86);
  EXPECT_EQ(PathNormaliser(profile).normalise(R"(C:\PROGRA~2\x.exe)").text, R"(C:\ProgramData\x.exe)");
  profile.set_platform(v1::WINDOWS_XP_X86);
  EXPECT_EQ(PathNormaliser(profile).normalise(R"(C:\DOCUME~1\anna\LOCALS~1\Temp\x.exe)").text,
            R"(C:\Documents and Settings\anna\Local Settings\Temp\x.exe)");
  EXPECT_EQ(PathNormaliser(profile).normalise(R"(C:\DOCUME~1\ADMINI~1\STARTM~1\x.exe)").text,
            R"(C:\Documents and Settings\Administrator\Start Menu\x.exe)");
}

TEST(ShortNames, WithoutATildeAreUndoneToo) {
  v1::AgentProfile profile;
  add_short_name(profile, R"(C:\HIDDEN)", R"(C:\Program Files)");  // fsutil file setshortname
  EXPECT_EQ(PathNormaliser(profile).normalise(R"(C:\Hidden\x.exe)").text, R"(C:\Program Files\x.exe)");
}

TEST(ShortNames, ThatLeadInACircleAreLeftAlone) {
  v1::AgentProfile profile;
  add_short_name(profile, R"(C:\A~1)", R"(C:\B~1)");
  add_short_name(profile, R"(C:\B~1)", R"(C:\C~1)");
  add_short_name(profile, R"(C:\C~1)", R"(C:\A~1)");
  add_short_name(profile, R"(C:\X~1)", R"(C:\Y~1)");
  add_short_name(profile, R"(C:\Y~1)", R"(C:\Why)");
  const PathNormaliser paths(profile);
  EXPECT_EQ(paths.normalise(R"(C:\A~1\x.exe)").text, R"(C:\A~1\x.exe)");
  EXPECT_EQ(paths.normalise(R"(C:\X~1\x.exe)").text, R"(C:\Why\x.exe)") << "a chain that ends is followed to its end";
}

}  // namespace
}  // namespace holdfast::engine
