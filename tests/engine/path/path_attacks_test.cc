// Ways of writing a path to get past a rule, each with what the rule must see (DOMAIN 6).
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

#include "engine/path/windows_path.h"
#include "tests/engine/path/profiles.h"

namespace holdfast::engine {
namespace {

using namespace std::string_view_literals;
using Kind = WindowsPath::Kind;

struct Attack {
  std::string_view raw;
  std::string_view text;
  Kind kind;
  std::string_view stream = "";
  bool lookalike = false;
};

void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.raw; }

constexpr Attack kAttacks[] = {
    // Nothing to undo
    {R"(C:\Windows\System32\cmd.exe)", R"(C:\Windows\System32\cmd.exe)", Kind::kLocal},
    {R"(\\srv\tools\x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {"System", "System", Kind::kRelative},
    {"", "", Kind::kEmpty},
    {"   ", "", Kind::kEmpty},
    // Drive letters
    {R"(c:\windows\cmd.exe)", R"(C:\windows\cmd.exe)", Kind::kLocal},
    {"C:", R"(C:\)", Kind::kLocal},
    {R"(C:\)", R"(C:\)", Kind::kLocal},
    {R"(C:\\)", R"(C:\)", Kind::kLocal},
    {"C:cmd.exe", "cmd.exe", Kind::kRelative},
    {R"(C:..\cmd.exe)", "cmd.exe", Kind::kRelative},
    {R"(Z:\x.exe)", R"(Z:\x.exe)", Kind::kLocal},
    // Prefixes of the Win32 and NT name spaces
    {R"(\\?\C:\Tools\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\\.\C:\Tools\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\??\C:\Tools\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\DosDevices\C:\Tools\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\GLOBAL??\C:\Tools\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(//?/C:/Tools/x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\\?\c:)", R"(C:\)", Kind::kLocal},
    {R"(\\?\UNC\srv\tools\x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {R"(\\.\unc\srv\tools\x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {R"(\??\UNC\srv\tools\x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {R"(\\?\GLOBALROOT\Device\HarddiskVolume3\Tools\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\\.\GLOBALROOT\??\C:\Tools\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\\?\GLOBALROOT\Device\Mup\srv\tools\x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {R"(\\?\GLOBALROOT\GLOBAL??\GLOBALROOT\DosDevices\C:\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(\\\?\\C:\\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    // Devices
    {R"(\Device\HarddiskVolume3\Tools\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\DEVICE\harddiskvolume3\Tools\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\Device/HarddiskVolume3\Tools\..\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(\\?\HarddiskVolume3\Tools\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\Device\Harddisk1\Partition1\x.exe)", R"(E:\x.exe)", Kind::kLocal},
    {R"(\\?\Volume{6e0e4ef5-0000-0000-0000-100000000000}\x.exe)", R"(D:\x.exe)", Kind::kLocal},
    {R"(\Device\HarddiskVolume33\x.exe)", R"(\Device\HarddiskVolume33\x.exe)", Kind::kDevice},
    {R"(\Device\HarddiskVolume3)", R"(C:\)", Kind::kLocal},
    {R"(\Device\Foo\..\HarddiskVolume3\x.exe)", R"(\Device\Foo\HarddiskVolume3\x.exe)", Kind::kDevice},
    {R"(\\.\PhysicalDrive0)", R"(\\.\PhysicalDrive0)", Kind::kDevice},
    {R"(\\?\Volume{00000000-0000-0000-0000-000000000000}\x.exe)",
     R"(\\.\Volume{00000000-0000-0000-0000-000000000000}\x.exe)", Kind::kDevice},
    {R"(\\.\pipe\svc)", R"(\Device\NamedPipe\svc)", Kind::kDevice},
    // Network paths as the kernel names them
    {R"(\Device\Mup\srv\tools\x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {R"(\Device\LanmanRedirector\srv\tools\x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {R"(\Device\LanmanRedirector\;Z:000000000001e240\srv\tools\x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {R"(\Device\Mup\;LanmanRedirector\;Z:000000000001e240\srv\tools\x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {R"(\Device\WebDavRedirector\;X:0\srv@SSL\DavWWWRoot\x.exe)", R"(\\srv@SSL\DavWWWRoot\x.exe)", Kind::kUnc},
    {R"(\Device\Mup)", R"(\Device\Mup)", Kind::kDevice},
    // This endpoint by way of the network
    {R"(\\localhost\C$\Tools\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\\127.0.0.1\c$\Tools\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\\127.8.9.1\D$\x.exe)", R"(D:\x.exe)", Kind::kLocal},
    {R"(\\pc042\ADMIN$\x.exe)", R"(C:\Windows\x.exe)", Kind::kLocal},
    {R"(\\0--1.ipv6-literal.net\C$\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(\\localhost.\C$\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(\\127.1\C$\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(\\2130706433\C$\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(\\0x7f.0.0.1\C$\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(\\0177.1\C$\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(\\--1.ipv6-literal.net\C$\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(\\--ffff-127.0.0.1.ipv6-literal.net\C$\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(\\--1s4.ipv6-literal.net\C$\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(\\--2.ipv6-literal.net\C$\x.exe)", R"(\\--2.ipv6-literal.net\C$\x.exe)", Kind::kUnc},
    {R"(\\126.1\C$\x.exe)", R"(\\126.1\C$\x.exe)", Kind::kUnc},
    {R"(\\localhost\tools\x.exe)", R"(\\localhost\tools\x.exe)", Kind::kUnc},
    {R"(\\pc043\C$\x.exe)", R"(\\pc043\C$\x.exe)", Kind::kUnc},
    {R"(\\127.0.0.1.evil.example\C$\x.exe)", R"(\\127.0.0.1.evil.example\C$\x.exe)", Kind::kUnc},
    // The system root
    {R"(\SystemRoot\System32\drivers\x.sys)", R"(C:\Windows\System32\drivers\x.sys)", Kind::kLocal},
    {R"(\systemroot\..\x.sys)", R"(C:\x.sys)", Kind::kLocal},
    {R"(\WINDOWS\system32\hal.dll)", R"(C:\WINDOWS\system32\hal.dll)", Kind::kLocal},
    {R"(\??\GLOBALROOT\SystemRoot\x.exe)", R"(C:\Windows\x.exe)", Kind::kLocal},
    {R"(\Tools\x.exe)", R"(\Tools\x.exe)", Kind::kDevice},
    // Ways round
    {R"(C:\Windows\.\System32\..\x.exe)", R"(C:\Windows\x.exe)", Kind::kLocal},
    {R"(C:\..\..\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(C:\Temp\..)", R"(C:\)", Kind::kLocal},
    {R"(C:\a\b\..\..\..\Windows\..\x.exe)", R"(C:\x.exe)", Kind::kLocal},
    {R"(\\srv\tools\..\..\x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {R"(\\srv\..\tools\x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {R"(..\..\x.exe)", "x.exe", Kind::kRelative},
    // Separators
    {R"(C:/Tools/x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(C:\\Tools\\\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(C:\Tools\/x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(C:\Tools\)", R"(C:\Tools)", Kind::kLocal},
    {R"(//srv/tools/x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {R"(\\\\srv\\tools\\x.exe)", R"(\\srv\tools\x.exe)", Kind::kUnc},
    {R"(\)", R"(\)", Kind::kDevice},
    {R"(\\)", R"(\)", Kind::kDevice},
    // Dots and spaces that Windows drops
    {R"(C:\Tools\x.exe.)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(C:\Tools\x.exe. . .)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(C:\Tools\x.exe   )", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(C:\Tools.\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(\\?\c:/Windows/.\system32\..\System32\CMD.EXE. )", R"(C:\Windows\System32\CMD.EXE)", Kind::kLocal, "", true},
    // ... and those that it keeps: another folder, made to look like this one
    {R"(C:\Windows \System32\x.exe)", R"(C:\Windows\System32\x.exe)", Kind::kLocal, "", true},
    {R"(C:\Windows...\System32\x.exe)", R"(C:\Windows\System32\x.exe)", Kind::kLocal, "", true},
    {R"(C:\ \Windows\x.exe)", R"(C:\Windows\x.exe)", Kind::kLocal, "", true},
    {R"(C:\Windows\.. \x.exe)", R"(C:\Windows\x.exe)", Kind::kLocal, "", true},
    {R"(\Device\HarddiskVolume3\Windows \System32\x.exe)", R"(C:\Windows\System32\x.exe)", Kind::kLocal, "", true},
    // Nobody drops anything from what Win32 does not read: these are other files.
    {R"(C:\Windows.\System32\x.exe)", R"(C:\Windows\System32\x.exe)", Kind::kLocal},
    {R"(\\.\C:\Windows.\System32\x.exe.)", R"(C:\Windows\System32\x.exe)", Kind::kLocal},
    {R"(\\?\C:\Windows.\System32\x.exe)", R"(C:\Windows\System32\x.exe)", Kind::kLocal, "", true},
    {R"(\??\C:\Windows.\System32\x.exe)", R"(C:\Windows\System32\x.exe)", Kind::kLocal, "", true},
    {R"(\Device\HarddiskVolume3\Windows.\x.exe)", R"(C:\Windows\x.exe)", Kind::kLocal, "", true},
    {R"(\\?\C:\Windows\x.exe )", R"(C:\Windows\x.exe)", Kind::kLocal, "", true},
    {R"(\\?\C:\Windows\x.exe.)", R"(C:\Windows\x.exe)", Kind::kLocal, "", true},
    {R"(//?/C:/Windows/x.exe.)", R"(C:\Windows\x.exe)", Kind::kLocal, "", true},
    {R"(\\?\UNC\srv\tools\x.exe )", R"(\\srv\tools\x.exe)", Kind::kUnc, "", true},
    {R"(\Device\HarddiskVolume3\Windows\x.exe )", R"(C:\Windows\x.exe)", Kind::kLocal, "", true},
    // Short names
    {R"(C:\PROGRA~1\x.exe)", R"(C:\Program Files\x.exe)", Kind::kLocal},
    {R"(c:\progra~2\x.exe)", R"(C:\Program Files (x86)\x.exe)", Kind::kLocal},
    {R"(C:\PROGRA~3\x.exe)", R"(C:\ProgramData\x.exe)", Kind::kLocal},
    {R"(C:\PROGRA~1\COMMON~1\x.exe)", R"(C:\Program Files\Common Files\x.exe)", Kind::kLocal},
    {R"(C:\DOCUME~1\anna\LOCALS~1\Temp\x.exe)", R"(C:\Users\anna\AppData\Local\Temp\x.exe)", Kind::kLocal},
    {R"(C:\Users\ALEXAN~1\x.exe)", R"(C:\Users\Alexandra\x.exe)", Kind::kLocal},
    {R"(C:\Tools\longto~1.exe)", R"(C:\Tools\Long tool name.exe)", Kind::kLocal},
    {R"(\\?\C:\Tools\.\LONGTO~1.EXE.)", R"(C:\Tools\Long tool name.exe)", Kind::kLocal, "", true},
    {R"(\\?\C:\Tools\.\LONGTO~1.EXE)", R"(C:\Tools\Long tool name.exe)", Kind::kLocal},
    {R"(C:\Tools\LONGTO~1.EXE:a)", R"(C:\Tools\Long tool name.exe)", Kind::kLocal, "A"},
    {R"(D:\PROGRA~1\x.exe)", R"(D:\PROGRA~1\x.exe)", Kind::kLocal},
    {R"(\\localhost\C$\PROGRA~1\x.exe)", R"(C:\Program Files\x.exe)", Kind::kLocal},
    // Junctions that setup makes, and what 32-bit programs call System32
    {R"(C:\Documents and Settings\anna\x.exe)", R"(C:\Users\anna\x.exe)", Kind::kLocal},
    {R"(c:\documents and settings)", R"(C:\Users)", Kind::kLocal},
    {R"(C:\Users\All Users\x.exe)", R"(C:\ProgramData\x.exe)", Kind::kLocal},
    {R"(C:\Users\ALLUSE~1\x.exe)", R"(C:\ProgramData\x.exe)", Kind::kLocal},
    {R"(C:\Users\Default User\x.exe)", R"(C:\Users\Default\x.exe)", Kind::kLocal},
    {R"(C:\ProgramData\Application Data\APPLICATION DATA\x.exe)", R"(C:\ProgramData\x.exe)", Kind::kLocal},
    {R"(C:\Documents and Settings\All Users\Application Data\x.exe)", R"(C:\ProgramData\x.exe)", Kind::kLocal},
    {R"(C:\Documents and Settings\All Users\Start Menu\Programs\Startup\x.exe)",
     R"(C:\ProgramData\Microsoft\Windows\Start Menu\Programs\Startup\x.exe)", Kind::kLocal},
    {R"(C:\Users\All Users\Desktop\x.exe)", R"(C:\Users\Public\Desktop\x.exe)", Kind::kLocal},
    {R"(C:\Users\anna\Application Data\x.exe)", R"(C:\Users\anna\AppData\Roaming\x.exe)", Kind::kLocal},
    {R"(C:\Users\anna\Local Settings\Application Data\x.exe)", R"(C:\Users\anna\AppData\Local\x.exe)", Kind::kLocal},
    {R"(C:\Users\anna\SendTo\x.exe)", R"(C:\Users\anna\AppData\Roaming\Microsoft\Windows\SendTo\x.exe)", Kind::kLocal},
    {R"(C:\Users\anna\My Documents\My Pictures\x.exe)", R"(C:\Users\anna\Pictures\x.exe)", Kind::kLocal},
    {R"(\Device\HarddiskVolume3\Users\anna\LOCALS~1\x.exe)", R"(C:\Users\anna\AppData\Local\x.exe)", Kind::kLocal},
    {R"(C:\Windows\Sysnative\cmd.exe)", R"(C:\Windows\System32\cmd.exe)", Kind::kLocal},
    {R"(\SystemRoot\sysnative\cmd.exe)", R"(C:\Windows\System32\cmd.exe)", Kind::kLocal},
    {R"(C:\Users\anna\Application Data\x.exe:ads)", R"(C:\Users\anna\AppData\Roaming\x.exe)", Kind::kLocal, "ADS"},
    {R"(C:\Documents and Settings \x.exe)", R"(C:\Users\x.exe)", Kind::kLocal, "", true},
    {R"(C:\Users\All Users\..\x.exe)", R"(C:\Users\x.exe)", Kind::kLocal},  // by names, as Win32 goes back
    {R"(C:\Windows\Sysnative\..\x.exe)", R"(C:\Windows\x.exe)", Kind::kLocal},
    {R"(C:\Documents and Settings.old\x.exe)", R"(C:\Documents and Settings.old\x.exe)", Kind::kLocal},
    {R"(C:\Windows\Sysnatives\x.exe)", R"(C:\Windows\Sysnatives\x.exe)", Kind::kLocal},
    {R"(D:\Documents and Settings\x.exe)", R"(D:\Documents and Settings\x.exe)", Kind::kLocal},
    {R"(C:\Users\Application Data\x.exe)", R"(C:\Users\Application Data\x.exe)", Kind::kLocal},
    {R"(C:\Tools\anna\Application Data\x.exe)", R"(C:\Tools\anna\Application Data\x.exe)", Kind::kLocal},
    {R"(\\srv\C$\Documents and Settings\x.exe)", R"(\\srv\C$\Documents and Settings\x.exe)", Kind::kUnc},
    // Streams
    {R"(C:\Tools\x.exe:ads)", R"(C:\Tools\x.exe)", Kind::kLocal, "ADS"},
    {R"(C:\Tools\x.exe:ads:$DATA)", R"(C:\Tools\x.exe)", Kind::kLocal, "ADS"},
    {R"(C:\Tools\x.exe::$DATA)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(C:\Tools\x.exe::$data. )", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(C:\Tools\x.exe:)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(C:\Tools\x.exe:Zone.Identifier)", R"(C:\Tools\x.exe)", Kind::kLocal, "ZONE.IDENTIFIER"},
    {R"(C:\Tools\x.exe:ads:$BITMAP)", R"(C:\Tools\x.exe)", Kind::kLocal, "ADS:$BITMAP"},
    {R"(C:\Tools:$I30:$INDEX_ALLOCATION\x.exe)", R"(C:\Tools\x.exe)", Kind::kLocal},
    {R"(C:\Tools::$INDEX_ALLOCATION)", R"(C:\Tools)", Kind::kLocal},
    {R"(C:\Tools\x.exe:ads\..\y.exe)", R"(C:\Tools\y.exe)", Kind::kLocal},
    {R"(\\srv\tools\x.exe:ads)", R"(\\srv\tools\x.exe)", Kind::kUnc, "ADS"},
    // Quotes, blanks, control characters, NUL
    {R"("C:\Program Files\x.exe")", R"(C:\Program Files\x.exe)", Kind::kLocal},
    {R"("C:\Program Files"\x.exe)", R"(C:\Program Files\x.exe)", Kind::kLocal},
    {R"(  "C:\x.exe"  )", R"(C:\x.exe)", Kind::kLocal},
    {"\t C:\\x.exe\r\n", R"(C:\x.exe)", Kind::kLocal},
    {"C:\\x.exe\0.txt"sv, R"(C:\x.exe)", Kind::kLocal},
    {"C:\\Tools\\x.exe\0"sv, R"(C:\Tools\x.exe)", Kind::kLocal},
    {"C:\\x.exe\x01", R"(C:\x.exe)", Kind::kLocal},
    // Not UTF-8: overlong separators and torn sequences stay no separators
    {"C:\\a\xC0\xAF"
     "b.exe",
     "C:\\a\uFFFD\uFFFDb.exe", Kind::kLocal},
    {"C:\\a\xE2\x82", "C:\\a\uFFFD", Kind::kLocal},
    {"C:\\\xED\xA0\x80.exe", "C:\\\uFFFD\uFFFD\uFFFD.exe", Kind::kLocal},
    // Characters that only look like others
    {"C:\\Tools\u2215x.exe", "C:\\Tools\u2215x.exe", Kind::kLocal},
    {"C:\\Tools\\x\uFF0Eexe", "C:\\Tools\\x\uFF0Eexe", Kind::kLocal},
};

class PathAttack : public testing::TestWithParam<Attack> {};

TEST_P(PathAttack, IsSeenThrough) {
  const PathNormaliser paths(workstation());
  const Attack& attack = GetParam();
  const WindowsPath path = paths.normalise(attack.raw);
  // The text of a lookalike shows what makes it one.
  EXPECT_EQ(path.text != attack.text, attack.lookalike) << path.text;
  EXPECT_EQ(path.kind, attack.kind);
  EXPECT_EQ(path.stream, attack.stream);
  EXPECT_EQ(path.lookalike, attack.lookalike);
  EXPECT_EQ(path.folded, folded(attack.text));
}

INSTANTIATE_TEST_SUITE_P(Table, PathAttack, testing::ValuesIn(kAttacks));

TEST(PathAttacks, TableIsLongEnoughToMeanSomething) { EXPECT_GE(std::size(kAttacks), 60U); }

}  // namespace
}  // namespace holdfast::engine
