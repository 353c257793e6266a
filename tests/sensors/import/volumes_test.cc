#include "sensors/import/volumes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast {
namespace {

struct VolumeRow {
  std::string path;
  VolumePath what;
  std::string named;
};

void expect_named(Volumes& volumes, const std::vector<VolumeRow>& rows) {
  for (const auto& [path, what, named] : rows) {
    std::string text = path;
    EXPECT_EQ(volumes.name_drive("PC1", text), what) << path;
    EXPECT_EQ(text, named.empty() ? path : named);
  }
}

TEST(Volumes, AreNamedByFoldersThatOnlyTheDriveOfWindowsHas) {
  const std::vector<VolumeRow> rows = {
      {R"(\Device\HarddiskVolume2\Windows\System32\lsass.exe)", VolumePath::kNamed, R"(C:\Windows\System32\lsass.exe)"},
      {R"(\device\harddiskvolume13\USERS\u\x.exe)", VolumePath::kNamed, R"(C:\USERS\u\x.exe)"},
      {R"(\Device\HarddiskVolume3\Program Files (x86)\a.exe)", VolumePath::kNamed, R"(C:\Program Files (x86)\a.exe)"},
      {R"(\Device\HarddiskVolume3\Windows)", VolumePath::kNamed, R"(C:\Windows)"},
      {R"(\Device\HarddiskVolume3\\Windows\x.exe)", VolumePath::kNamed, R"(C:\Windows\x.exe)"},
      {R"(\\?\GLOBALROOT\Device\HarddiskVolume3\Windows\x.exe)", VolumePath::kNamed, R"(C:\Windows\x.exe)"},
      {R"(\??\GlobalRoot\Device\HarddiskVolume3\Windows\x.exe)", VolumePath::kNamed, R"(C:\Windows\x.exe)"},
      {R"(\Device\Harddisk0\Partition3\Windows\x.exe)", VolumePath::kNamed, R"(C:\Windows\x.exe)"},
      {R"(\\?\Volume{4c1b02c4-d990-11dc-99ae-806e6f6e6963}\Windows\x.exe)", VolumePath::kNamed, R"(C:\Windows\x.exe)"},
      {R"(\Device\HarddiskVolume3\Users\u\svchost.exe )", VolumePath::kNamed, R"(\\?\C:\Users\u\svchost.exe )"},
      {R"(\Device\HarddiskVolume3\Windows\System32.\x.exe)", VolumePath::kNamed, R"(\\?\C:\Windows\System32.\x.exe)"},
      {R"(\Device\HarddiskVolume3\Windows.\x.exe)", VolumePath::kLeft, {}},
      {R"(\Device\HarddiskVolume3\Windows.old\x.exe)", VolumePath::kLeft, {}},
      {R"(\Device\HarddiskVolume3\data\Windows\x.exe)", VolumePath::kLeft, {}},
      {R"(\Device\HarddiskVolume3\)", VolumePath::kLeft, {}},
      {R"(\Device\Harddisk0\DR0\Windows\x.exe)", VolumePath::kNone, {}},
      {R"(\Device\HarddiskVolumeShadowCopy1\Windows\x.exe)", VolumePath::kNone, {}},
      {R"(\Device\HarddiskVolume\Windows\x.exe)", VolumePath::kNone, {}},
      {R"(\Device\HarddiskVolume3)", VolumePath::kNone, {}},
      {R"(\Device\HarddiskVolume3Windows\x.exe)", VolumePath::kNone, {}},
      {R"(\\?\Volume{4c1b02c4\Windows\x.exe)", VolumePath::kNone, {}},
      {R"(\\?\C:\Windows\x.exe)", VolumePath::kNone, {}},
      {R"(C:\Windows\x.exe)", VolumePath::kNone, {}},
      {"", VolumePath::kNone, {}},
  };
  for (const VolumeRow& row : rows) {
    Volumes volumes;
    expect_named(volumes, {row});
  }
}

TEST(Volumes, OfWhichOneIsTheDriveOfWindowsLeaveNoOtherOne) {
  Volumes volumes;
  expect_named(volumes, {{R"(\Device\HarddiskVolume3\Windows\x.exe)", VolumePath::kNamed, R"(C:\Windows\x.exe)"},
                         {R"(\Device\HarddiskVolume9\Windows\System32\svchost.exe)", VolumePath::kLeft, {}},
                         {R"(\Device\HarddiskVolume3\Temp\x.exe)", VolumePath::kNamed, R"(C:\Temp\x.exe)"},
                         {R"(\Device\HarddiskVolume3\)", VolumePath::kNamed, R"(C:\)"},
                         {R"(\Device\HarddiskVolume31\Temp\x.exe)", VolumePath::kLeft, {}},
                         {R"(\Device\Harddisk0\Partition2\Windows\x.exe)", VolumePath::kNamed, R"(C:\Windows\x.exe)"},
                         {R"(\Device\Harddisk1\Partition2\Windows\x.exe)", VolumePath::kLeft, {}}});
}

TEST(Volumes, AreEachComputersOwn) {
  Volumes volumes;
  std::string one = R"(\Device\HarddiskVolume3\Windows\x.exe)";
  std::string other = R"(\Device\HarddiskVolume9\Windows\x.exe)";
  EXPECT_EQ(volumes.name_drive("PC1", one), VolumePath::kNamed);
  EXPECT_EQ(volumes.name_drive("PC2", other), VolumePath::kNamed);
}

TEST(Volumes, OfTooManyComputersAreLeft) {
  Volumes volumes;
  for (std::size_t i = 0; i <= Volumes::kComputersMax; ++i) {
    std::string path = R"(\Device\HarddiskVolume3\Windows\x.exe)";
    const VolumePath named = volumes.name_drive("PC" + std::to_string(i), path);
    ASSERT_EQ(named, i < Volumes::kComputersMax ? VolumePath::kNamed : VolumePath::kLeft) << i;
  }
}

}  // namespace
}  // namespace holdfast
