// What must hold for every path, tried on paths put together at random from the pieces that attacks are made of.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/path/registry_path.h"
#include "engine/path/windows_path.h"
#include "engine/text/utf8.h"
#include "tests/engine/path/profiles.h"
#include "tests/engine/path/random_text.h"

namespace holdfast::engine {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kPathPieces[] = {
    "\\",
    "\\",
    "\\",
    "/",
    "\\\\",
    "\\\\?\\",
    "\\\\.\\",
    "\\??\\",
    "C:",
    "c:\\",
    "Z:",
    "UNC",
    "GLOBALROOT",
    "Device",
    "\\Device\\",
    "HarddiskVolume3",
    "Harddisk1",
    "Partition1",
    "Mup",
    "LanmanRedirector",
    ";Z:0",
    ";x",
    "SystemRoot",
    "\\SystemRoot\\",
    "Windows",
    "DosDevices",
    "GLOBAL??",
    "??",
    "?",
    ".",
    "..",
    "...",
    ". ",
    " ",
    "  ",
    "\t",
    "\"",
    ":",
    "::$DATA",
    ":ads",
    ":$I30:$INDEX_ALLOCATION",
    "PROGRA~1",
    "progra~2",
    "COMMON~1",
    "ALEXAN~1",
    "LOCALS~1",
    "Users",
    "Documents and Settings",
    "All Users",
    "Default User",
    "Application Data",
    "APPLIC~1",
    "Local Settings",
    "AppData\\Local",
    "ProgramData",
    "Sysnative",
    "Tools",
    "LONGTO~1.EXE",
    "x",
    "x.exe",
    "a",
    "localhost",
    "127.0.0.1",
    "pc042",
    "C$",
    "ADMIN$",
    "srv",
    "pipe",
    "\u00e4",
    "\xff",
    "\xC0\xAF",
    "\U0001F600",
    "\x01",
    "\r\n",
    "\0"sv,
    "PhysicalDrive0",
    "Volume{6e0e4ef5-0000-0000-0000-100000000000}",
    "~",
    "$",
    "*",
};

constexpr std::string_view kKeyPieces[] = {
    "\\",
    "\\",
    "\\",
    "\\\\",
    "/",
    "HKLM",
    "HKLM:",
    "HKCR",
    "HKU",
    "HKCU",
    "HKCC",
    "HKEY_USERS",
    "REGISTRY",
    "\\REGISTRY\\",
    "MACHINE",
    "USER",
    "A",
    "Registry::",
    "Computer",
    "SYSTEM",
    "ControlSet001",
    "CurrentControlSet",
    "SOFTWARE",
    "Classes",
    "WOW6432Node",
    "S-1-5-18",
    "S-1-5-21-1_Classes",
    ".DEFAULT",
    "_Classes",
    "x",
    " ",
    "\"",
    "\t",
    "\0"sv,
    "\u00e4",
    "\xff",
    ":",
    ".",
};

bool is_valid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (!point.valid) return false;
    at += point.bytes;
  }
  return true;
}

void expect_normal_form(const WindowsPath& path, const std::string& raw) {
  EXPECT_TRUE(is_valid_utf8(path.text)) << raw;
  if (path.lookalike) {
    EXPECT_NE(path.folded, folded(path.text)) << raw << ": nobody can see that it is one";
  } else {
    EXPECT_EQ(path.folded, folded(path.text)) << raw;
  }
  EXPECT_EQ(path.empty(), path.text.empty()) << raw;
  EXPECT_EQ(path.text.find_first_of("/:\"", path.kind == WindowsPath::Kind::kLocal ? 2 : 0), std::string::npos) << raw;
  EXPECT_FALSE(path.text.ends_with('\\') && path.text.size() > 3) << raw;
  EXPECT_EQ(path.text.find("\\\\", 1), std::string::npos) << raw;
  for (const std::string_view never : {"\\..\\", " \\", ".\\"}) {
    const bool device_root = path.kind == WindowsPath::Kind::kDevice && path.text.starts_with("\\\\.\\");
    EXPECT_EQ(path.folded.find(never, device_root ? 4 : 0), std::string::npos) << raw;
  }
}

TEST(PathProperties, EveryNormalFormIsItsOwn) {
  const PathNormaliser paths(workstation());
  RandomText random(20240611);
  WindowsPath once;
  WindowsPath twice;
  for (int i = 0; i < 300000; ++i) {
    const std::string raw = random.from_pieces(kPathPieces, 12);
    paths.normalise(raw, once);
    paths.normalise(once.text, twice);
    ASSERT_EQ(twice.text, once.text) << "of \"" << raw << "\"";
    ASSERT_EQ(twice.folded, once.folded) << "of \"" << raw << "\"";
    ASSERT_EQ(twice.kind, once.kind) << "of \"" << raw << "\"";
    expect_normal_form(once, raw);
    if (HasFailure()) break;
  }
}

TEST(PathProperties, TheSpellingOfAPathGivesAllOfItBack) {
  const PathNormaliser paths(workstation());
  RandomText random(41);
  int lookalikes = 0;
  int streams = 0;
  for (int i = 0; i < 200000; ++i) {
    const WindowsPath path = paths.normalise(random.from_pieces(kPathPieces, 10));
    const WindowsPath again = paths.normalise(path.spelling());
    ASSERT_EQ(again.text, path.text) << path.spelling();
    ASSERT_EQ(again.kind, path.kind) << path.spelling();
    ASSERT_EQ(again.stream, path.stream) << path.spelling();
    ASSERT_EQ(again.lookalike, path.lookalike) << path.spelling();
    lookalikes += static_cast<int>(path.lookalike);
    streams += static_cast<int>(!path.stream.empty());
  }
  EXPECT_GT(lookalikes, 1000);
  EXPECT_GT(streams, 1000);
}

TEST(PathProperties, CaseChangesNothingButTheText) {
  const PathNormaliser paths(workstation());
  RandomText random(7);
  for (int i = 0; i < 50000; ++i) {
    const std::string raw = random.from_pieces(kPathPieces, 10);
    const WindowsPath path = paths.normalise(raw);
    const WindowsPath raised = paths.normalise(folded(raw));
    ASSERT_EQ(raised.folded, path.folded) << "of \"" << raw << "\"";
    ASSERT_EQ(raised.kind, path.kind) << "of \"" << raw << "\"";
    ASSERT_EQ(raised.stream, path.stream) << "of \"" << raw << "\"";
  }
}

TEST(PathProperties, AReusedPathEqualsAFreshOne) {
  const PathNormaliser paths(workstation());
  RandomText random(99);
  WindowsPath reused;
  for (int i = 0; i < 50000; ++i) {
    const std::string raw = random.from_pieces(kPathPieces, 8);
    paths.normalise(raw, reused);
    const WindowsPath fresh = paths.normalise(raw);
    ASSERT_EQ(reused.text + '|' + reused.folded + '|' + reused.stream,
              fresh.text + '|' + fresh.folded + '|' + fresh.stream);
    ASSERT_EQ(reused.kind, fresh.kind);
    ASSERT_EQ(reused.lookalike, fresh.lookalike);
  }
}

TEST(RegistryProperties, EveryNormalFormIsItsOwn) {
  RandomText random(20240612);
  for (int i = 0; i < 200000; ++i) {
    const std::string raw = random.from_pieces(kKeyPieces, 10);
    const RegistryPath once = normalise_registry_key(raw);
    const RegistryPath twice = normalise_registry_key(once.text);
    ASSERT_EQ(twice.text, once.text) << "of \"" << raw << "\"";
    ASSERT_EQ(twice.folded, once.folded) << "of \"" << raw << "\"";
    ASSERT_TRUE(is_valid_utf8(once.text)) << raw;
    ASSERT_FALSE(once.text.ends_with('\\')) << raw;
  }
}

}  // namespace
}  // namespace holdfast::engine
