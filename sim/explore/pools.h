// The few names that made-up lives share, so that they meet each other again and again.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace holdfast::pools {

// Program files in many forms; the exception lists name some of them.
inline constexpr std::array<std::string_view, 22> kPrograms = {
    "C:\\Tools\\setup.exe",
    "C:\\Tools\\SETUP.EXE",
    "C:\\Downloads\\evil.exe",
    "C:\\DOWNLO~1\\evil.exe",
    "C:\\Windows\\System32\\svchost.exe",
    "C:\\Windows\\System32\\reg.exe",
    "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
    "C:\\Windows\\System32\\cmd.exe",
    "C:\\Windows\\explorer.exe",
    "\\Device\\HarddiskVolume2\\Tools\\setup.exe",
    "\\??\\C:\\Tools\\other.exe",
    "\\??\\",
    "",
    "D:\\tools\\setup.exe",
    "\\\\srv\\share\\tool.exe",
    "Z:\\tool.exe",
    "C:\\Users\\a\\AppData\\Local\\Temp\\is-1.tmp\\x.exe",
    "C:\\Users\\a\\Mail\\rechnung.pdf.exe",
    "C:\\Tools\\setup.exe:stream",
    "C:\\Tools \\setup.exe",
    "C:\\Program Files\\Vendor\\app.exe",
    "%ProgramFiles%\\Vendor\\app.exe",
};

// Where Windows lies on some machines; on the others where it usually does.
inline constexpr std::string_view kOtherRoot = "D:\\WinNT";

inline constexpr std::array<std::string_view, 12> kExceptions = {
    "C:\\Tools\\setup.exe",
    "C:\\Downloads\\evil.exe",
    "C:\\Tools\\*.exe",
    "%ProgramFiles%\\Vendor\\app.exe",
    "*\\evil.exe",
    "D:\\tools\\setup.exe",
    "\\\\srv\\share\\tool.exe",
    "C:\\Windows\\System32\\reg.exe",
    "C:\\Windows\\System32\\cmd.exe",
    "C:\\Users\\a\\Mail\\rechnung.pdf.exe",
    "C:\\DOWNLO~1\\evil.exe",
    "no path at all",
};

inline constexpr std::array<std::string_view, 8> kKeys = {
    "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run",
    "HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce",
    "\\REGISTRY\\MACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon",
    "HKLM\\SYSTEM\\CurrentControlSet\\Services\\evil",
    "HKLM\\Software\\Microsoft\\Internet Explorer\\Main",
    "HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows",
    "HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\StandardProfile",
    "HKCU\\Software\\Nobody",
};

inline constexpr std::array<std::string_view, 8> kValues = {
    "Updater", "Shell", "AppInit_DLLs", "Start Page", "EnableFirewall", "ImagePath", "", "w"};

inline constexpr std::array<std::string_view, 6> kUsers = {
    "EXAMPLE\\anna", "EXAMPLE\\bert", "NT AUTHORITY\\SYSTEM", "", "x", "EXAMPLE\\user"};

// Twelve programs by their hash, one that is none, and nothing.
inline constexpr std::size_t kHashes = 14;
inline std::string sha256(std::size_t index) {
  if (index >= kHashes - 1) return {};
  return std::string(index == kHashes - 2 ? 5 : 32, static_cast<char>('a' + index));
}

}  // namespace holdfast::pools
