#include "engine/path/registry_path.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

namespace holdfast::engine {
namespace {

using namespace std::string_view_literals;

struct Key {
  std::string_view raw;
  std::string_view text;
  std::string_view folded;
};

void PrintTo(const Key& key, std::ostream* out) { *out << key.raw; }

constexpr Key kKeys[] = {
    // Names of the roots
    {R"(HKLM\Software\X)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {R"(hklm\Software\X)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {R"(HKEY_LOCAL_MACHINE\Software\X)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {R"(\REGISTRY\MACHINE\Software\X)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {R"(\Registry\Machine\Software\X)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {R"(REGISTRY\MACHINE\Software\X)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {R"(MACHINE\Software\X)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {R"(HKLM:\Software\X)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {R"(Registry::HKEY_LOCAL_MACHINE\Software\X)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {R"(Microsoft.PowerShell.Core\Registry::HKEY_CURRENT_USER\X)", R"(HKCU\X)", R"(HKCU\X)"},
    {R"(Computer\HKEY_LOCAL_MACHINE\Software\X)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {"HKLM", "HKLM", "HKLM"},
    {R"(\REGISTRY\MACHINE)", "HKLM", "HKLM"},
    {R"(HKEY_CURRENT_USER\Software\X)", R"(HKCU\Software\X)", R"(HKCU\SOFTWARE\X)"},
    {R"(CURRENT_USER\Software\X)", R"(HKCU\Software\X)", R"(HKCU\SOFTWARE\X)"},
    {R"(HKEY_CLASSES_ROOT\exefile\shell)", R"(HKCR\exefile\shell)", R"(HKLM\SOFTWARE\CLASSES\EXEFILE\SHELL)"},
    {R"(HKCC\Software)", R"(HKCC\Software)", R"(HKLM\SYSTEM\CURRENTCONTROLSET\HARDWARE PROFILES\CURRENT\SOFTWARE)"},
    // Users' hives
    {R"(HKU\S-1-5-21-1-2-3-1001\Software\X)", R"(HKU\S-1-5-21-1-2-3-1001\Software\X)", R"(HKCU\SOFTWARE\X)"},
    {R"(\REGISTRY\USER\S-1-5-21-1-2-3-1001\Software\X)", R"(HKU\S-1-5-21-1-2-3-1001\Software\X)", R"(HKCU\SOFTWARE\X)"},
    {R"(HKEY_USERS\S-1-5-18\Software\X)", R"(HKU\S-1-5-18\Software\X)", R"(HKCU\SOFTWARE\X)"},
    {R"(HKU\.DEFAULT\Software\X)", R"(HKU\.DEFAULT\Software\X)", R"(HKCU\SOFTWARE\X)"},
    {R"(HKU\S-1-5-21-1-2-3-1001_Classes\CLSID\{1})", R"(HKU\S-1-5-21-1-2-3-1001_Classes\CLSID\{1})",
     R"(HKCU\SOFTWARE\CLASSES\CLSID\{1})"},
    {R"(HKU\S-1-5-21-1-2-3-1001)", R"(HKU\S-1-5-21-1-2-3-1001)", "HKCU"},
    {R"(HKU\S-1-5-21-evil\X)", R"(HKU\S-1-5-21-evil\X)", R"(HKCU\X)"},
    {R"(HKU\s-1-5-18_classes)", R"(HKU\s-1-5-18_classes)", R"(HKCU\SOFTWARE\CLASSES)"},
    {R"(HKU\S-1-\X)", R"(HKU\S-1-\X)", R"(HKU\S-1-\X)"},
    {R"(HKU\S-1)", R"(HKU\S-1)", R"(HKU\S-1)"},
    {R"(HKU\Offline\Software)", R"(HKU\Offline\Software)", R"(HKU\OFFLINE\SOFTWARE)"},
    {"HKU", "HKU", "HKU"},
    // Control sets
    {R"(HKLM\SYSTEM\ControlSet001\Services\x)", R"(HKLM\SYSTEM\ControlSet001\Services\x)",
     R"(HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\X)"},
    {R"(\REGISTRY\MACHINE\SYSTEM\ControlSet002)", R"(HKLM\SYSTEM\ControlSet002)", R"(HKLM\SYSTEM\CURRENTCONTROLSET)"},
    {R"(HKLM\System\CurrentControlSet\Services\x)", R"(HKLM\System\CurrentControlSet\Services\x)",
     R"(HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\X)"},
    {R"(HKLM\SYSTEM\ControlSet0012\x)", R"(HKLM\SYSTEM\ControlSet0012\x)", R"(HKLM\SYSTEM\CONTROLSET0012\X)"},
    {R"(HKLM\SYSTEM\ControlSetABC\x)", R"(HKLM\SYSTEM\ControlSetABC\x)", R"(HKLM\SYSTEM\CONTROLSETABC\X)"},
    // The 32-bit view
    {R"(HKLM\SOFTWARE\WOW6432Node\Microsoft\X)", R"(HKLM\SOFTWARE\WOW6432Node\Microsoft\X)",
     R"(HKLM\SOFTWARE\MICROSOFT\X)"},
    {R"(HKLM\SOFTWARE\Wow6432Node)", R"(HKLM\SOFTWARE\Wow6432Node)", R"(HKLM\SOFTWARE)"},
    {R"(HKLM\SOFTWARE\Classes\WOW6432Node\CLSID)", R"(HKLM\SOFTWARE\Classes\WOW6432Node\CLSID)",
     R"(HKLM\SOFTWARE\CLASSES\CLSID)"},
    {R"(HKLM\SOFTWARE\WOW6432Node\Classes\WOW6432Node\CLSID)", R"(HKLM\SOFTWARE\WOW6432Node\Classes\WOW6432Node\CLSID)",
     R"(HKLM\SOFTWARE\CLASSES\CLSID)"},
    {R"(HKCR\Wow6432Node\CLSID)", R"(HKCR\Wow6432Node\CLSID)", R"(HKLM\SOFTWARE\CLASSES\CLSID)"},
    {R"(HKU\S-1-5-21-1\Software\Wow6432Node\X)", R"(HKU\S-1-5-21-1\Software\Wow6432Node\X)", R"(HKCU\SOFTWARE\X)"},
    {R"(HKU\S-1-5-21-1_Classes\Wow6432Node\X)", R"(HKU\S-1-5-21-1_Classes\Wow6432Node\X)",
     R"(HKCU\SOFTWARE\CLASSES\X)"},
    {R"(HKLM\SOFTWARE\Vendor\Wow6432Node)", R"(HKLM\SOFTWARE\Vendor\Wow6432Node)",
     R"(HKLM\SOFTWARE\VENDOR\WOW6432NODE)"},
    {R"(HKLM\SOFTWARE\Wow6432NodeX)", R"(HKLM\SOFTWARE\Wow6432NodeX)", R"(HKLM\SOFTWARE\WOW6432NODEX)"},
    // Hives without a root of their own
    {R"(\REGISTRY\A\{11112222}\Root\X)", R"(\REGISTRY\A\{11112222}\Root\X)", R"(\REGISTRY\A\{11112222}\ROOT\X)"},
    {R"(\REGISTRY\WC\Silo1\Software)", R"(\REGISTRY\WC\Silo1\Software)", R"(\REGISTRY\WC\SILO1\SOFTWARE)"},
    {R"(Software\X)", R"(Software\X)", R"(SOFTWARE\X)"},
    {"", "", ""},
    {R"(\)", "", ""},
    // Spellings
    {R"(HKLM\Software\X\)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {R"(HKLM\\Software\\\X\\)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {R"("HKLM\Software\X")", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {R"(  HKLM\Software\X)", R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {"HKLM\\Software\\X\0"sv, R"(HKLM\Software\X)", R"(HKLM\SOFTWARE\X)"},
    {"HKLM\\Software\\Ru\0n"sv, "HKLM\\Software\\Ru\uFFFDn", "HKLM\\SOFTWARE\\RU\uFFFDN"},
    {R"(HKCR\MIME\text/html)", R"(HKCR\MIME\text/html)", R"(HKLM\SOFTWARE\CLASSES\MIME\TEXT/HTML)"},
    {"HKLM\\Software\\\u00e4\xff", "HKLM\\Software\\\u00e4\uFFFD", "HKLM\\SOFTWARE\\\u00c4\uFFFD"},
    {R"(HKLM\Software\X. )", R"(HKLM\Software\X. )", R"(HKLM\SOFTWARE\X. )"},
    {R"(HKLMX\Software)", R"(HKLMX\Software)", R"(HKLMX\SOFTWARE)"},
};

class RegistryKey : public testing::TestWithParam<Key> {};

TEST_P(RegistryKey, HasOneNormalForm) {
  const RegistryPath path = normalise_registry_key(GetParam().raw);
  EXPECT_EQ(path.text, GetParam().text);
  EXPECT_EQ(path.folded, GetParam().folded);
}

TEST_P(RegistryKey, IsItsOwnNormalForm) {
  const RegistryPath once = normalise_registry_key(GetParam().raw);
  const RegistryPath twice = normalise_registry_key(once.text);
  EXPECT_EQ(twice.text, once.text);
  EXPECT_EQ(twice.folded, once.folded);
}

INSTANTIATE_TEST_SUITE_P(Table, RegistryKey, testing::ValuesIn(kKeys));

TEST(RegistryKeys, LeaveNothingOfTheFormerKeyInAReusedOne) {
  RegistryPath path;
  normalise_registry_key(R"(HKLM\SOFTWARE\A\very\long\key)", path);
  normalise_registry_key(R"(HKCU\b)", path);
  EXPECT_EQ(path.text, R"(HKCU\b)");
  EXPECT_EQ(path.folded, R"(HKCU\B)");
}

}  // namespace
}  // namespace holdfast::engine
