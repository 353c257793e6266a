#include "engine/monitoring/system_files.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "engine/monitoring/event_rules.h"
#include "engine/monitoring/pattern.h"

namespace holdfast::engine {
namespace {

enum : FolderMask {
  kWindows = 1U << 0U,
  kSystem32 = 1U << 1U,
  kSysWow64 = 1U << 2U,
  kWbem = 1U << 3U,
  kPowerShell = 1U << 4U,
  kOobe = 1U << 5U,
  kDrivers = 1U << 6U,
  kServicing = 1U << 7U,
  kDefender = 1U << 8U,
  kSystemApps = 1U << 9U,
  kControlPanel = 1U << 10U,
  kDotNet = 1U << 11U,
  kInternetExplorer = 1U << 12U,
  kBoot = 1U << 13U,
  kComponentStore = 1U << 14U,
  kUpdateStack = 1U << 15U,
  kInetsrv = 1U << 16U,
  kDefinitionUpdates = 1U << 17U,
};
constexpr FolderMask kBoth = kSystem32 | kSysWow64;

struct Folder {
  FolderMask bit;
  std::string_view pattern;
};

// What each bit means. Patterns without [A|B], compared with the folder of a file.
constexpr auto kFolders = std::to_array<Folder>({
    {kWindows, R"(%SYSTEMROOT%)"},
    {kSystem32, R"(%SYSTEMROOT%\SYSTEM32)"},
    {kSysWow64, R"(%SYSTEMROOT%\SYSWOW64)"},
    {kWbem, R"(%SYSTEMROOT%\SYSTEM32\WBEM)"},
    {kWbem, R"(%SYSTEMROOT%\SYSWOW64\WBEM)"},
    {kPowerShell, R"(%SYSTEMROOT%\SYSTEM32\WINDOWSPOWERSHELL\V1.0)"},
    {kPowerShell, R"(%SYSTEMROOT%\SYSWOW64\WINDOWSPOWERSHELL\V1.0)"},
    {kOobe, R"(%SYSTEMROOT%\SYSTEM32\OOBE)"},
    {kDrivers, R"(%SYSTEMROOT%\SYSTEM32\DRIVERS)"},
    {kServicing, R"(%SYSTEMROOT%\SERVICING)"},
    {kDefender, R"(%SYSTEMDRIVE%\PROGRAM FILES\WINDOWS DEFENDER)"},
    {kDefender, R"(%SYSTEMDRIVE%\PROGRAM FILES\MICROSOFT SECURITY CLIENT)"},
    {kDefender, R"(%SYSTEMDRIVE%\PROGRAMDATA\MICROSOFT\WINDOWS DEFENDER\PLATFORM\*)"},
    {kSystemApps, R"(%SYSTEMROOT%\SYSTEMAPPS\*)"},
    {kControlPanel, R"(%SYSTEMROOT%\IMMERSIVECONTROLPANEL)"},
    {kDotNet, R"(%SYSTEMROOT%\MICROSOFT.NET\FRAMEWORK\*)"},
    {kDotNet, R"(%SYSTEMROOT%\MICROSOFT.NET\FRAMEWORK64\*)"},
    {kInternetExplorer, R"(%SYSTEMDRIVE%\PROGRAM FILES\INTERNET EXPLORER)"},
    {kInternetExplorer, R"(%SYSTEMDRIVE%\PROGRAM FILES (X86)\INTERNET EXPLORER)"},
    {kBoot, R"(%SYSTEMROOT%\SYSTEM32\BOOT)"},
    {kComponentStore, R"(%SYSTEMROOT%\WINSXS\*)"},
    {kUpdateStack, R"(%SYSTEMROOT%\UUS\*)"},
    {kInetsrv, R"(%SYSTEMROOT%\SYSTEM32\INETSRV)"},
    {kDefinitionUpdates, R"(%SYSTEMDRIVE%\PROGRAMDATA\MICROSOFT\WINDOWS DEFENDER\DEFINITION UPDATES\*)"},
    {kDefinitionUpdates, R"(%SYSTEMDRIVE%\PROGRAMDATA\MICROSOFT\MICROSOFT ANTIMALWARE\DEFINITION UPDATES\*)"},
});

// Where Windows keeps spare copies of its files, and programs that have left it for the Store. Only administrators and
// Windows' own deployment can write there: of the spooler's folders this holds for printer drivers only.
constexpr auto kSpareCopies = std::to_array<std::string_view>({
    R"(%SYSTEMROOT%\WINSXS\**)",
    R"(%SYSTEMROOT%\SERVICING\**)",
    R"(%SYSTEMROOT%\SOFTWAREDISTRIBUTION\**)",
    R"(%SYSTEMROOT%\SERVICEPACKFILES\**)",
    R"(%SYSTEMROOT%\$NTSERVICEPACKUNINSTALL$\**)",
    R"(%SYSTEMROOT%\CBSTEMP\**)",
    R"(%SYSTEMROOT%\UUS\**)",
    R"(%SYSTEMROOT%\BOOT\**)",
    R"(%SYSTEMROOT%\SYSTEM32\DLLCACHE\**)",
    R"(%SYSTEMROOT%\SYSTEM32\DRIVERSTORE\**)",
    R"(%SYSTEMROOT%\SYSTEM32\SPOOL\DRIVERS\W32X86\**)",
    R"(%SYSTEMROOT%\SYSTEM32\SPOOL\DRIVERS\X64\**)",
    R"(%SYSTEMROOT%\SYSTEM32\SPOOL\DRIVERS\IA64\**)",
    R"(%SYSTEMROOT%\SYSTEM32\SPOOL\DRIVERS\ARM64\**)",
    R"(%SYSTEMDRIVE%\PROGRAM FILES\WINDOWSAPPS\**)",
});

constexpr SystemFileRole kName = SystemFileRole::kName;
constexpr SystemFileRole kOwnWork = SystemFileRole::kOwnWork;
constexpr SystemFileRole kEssential = SystemFileRole::kEssential;
constexpr SystemFileRole kBroker = SystemFileRole::kBroker;

// Names that other vendors give their own programs too (curl.exe, find.exe, version.dll, ...) have no place here; nor
// have files of which nothing more is known than where they belong: kNamedFiles.
constexpr auto kKnownFiles = std::to_array<SystemFile>({
    {"ADVAPI32.DLL", kBoth, kName},
    {"AMSI.DLL", kBoth, kName},
    {"APPIDCERTSTORECHECK.EXE", kSystem32, kOwnWork},
    {"APPIDPOLICYCONVERTER.EXE", kSystem32, kOwnWork},
    {"APPLICATIONFRAMEHOST.EXE", kSystem32, kOwnWork},
    {"ATBROKER.EXE", kBoth, kName},
    {"AUDIODG.EXE", kSystem32, kOwnWork},
    {"AUDITPOL.EXE", kBoth, kName},
    {"AUTOCHK.EXE", kBoth, kOwnWork},
    {"BACKGROUNDTASKHOST.EXE", kBoth, kOwnWork},
    {"BACKGROUNDTRANSFERHOST.EXE", kBoth, kOwnWork},
    {"BCDEDIT.EXE", kSystem32, kName},
    {"BITSADMIN.EXE", kBoth, kName},
    {"BTHUDTASK.EXE", kSystem32, kOwnWork},
    {"CERTUTIL.EXE", kBoth, kName},
    {"CLEANMGR.EXE", kSystem32, kOwnWork},
    {"CLIPRENEW.EXE", kSystem32, kOwnWork},
    {"CMD.EXE", kBoth, kName},
    {"CMSTP.EXE", kBoth, kName},
    {"COMPATTELRUNNER.EXE", kSystem32, kOwnWork},
    {"CONHOST.EXE", kSystem32, kOwnWork},
    {"CONSENT.EXE", kSystem32, kOwnWork},
    {"CREDENTIALENROLLMENTMANAGER.EXE", kSystem32, kOwnWork},
    {"CSCRIPT.EXE", kBoth, kName},
    {"CSRSS.EXE", kSystem32, kEssential},
    {"CTFMON.EXE", kBoth, kOwnWork},
    {"DASHOST.EXE", kSystem32, kOwnWork},
    {"DEFRAG.EXE", kSystem32, kOwnWork},
    {"DEVICECENSUS.EXE", kSystem32, kOwnWork},
    {"DFSRS.EXE", kSystem32, kOwnWork},
    {"DFSSVC.EXE", kSystem32, kOwnWork},
    {"DIRECTXDATABASEUPDATER.EXE", kSystem32, kOwnWork},
    {"DISKSNAPSHOT.EXE", kSystem32, kOwnWork},
    {"DISPLAYSWITCH.EXE", kSystem32, kName},
    {"DLLHOST.EXE", kBoth, kName},
    {"DMCLIENT.EXE", kSystem32, kOwnWork},
    {"DRVINST.EXE", kSystem32, kOwnWork},
    {"DSTOKENCLEAN.EXE", kSystem32, kOwnWork},
    {"DUSMTASK.EXE", kSystem32, kOwnWork},
    {"DWM.EXE", kSystem32, kOwnWork},
    {"EVENTVWR.EXE", kBoth, kName},
    {"EXPLORER.EXE", kWindows | kSysWow64, kOwnWork},
    {"FODHELPER.EXE", kSystem32, kName},
    {"FONTDRVHOST.EXE", kBoth, kEssential},
    {"GDI32.DLL", kBoth, kName},
    {"GPUPDATE.EXE", kBoth, kOwnWork},
    {"HAL.DLL", kSystem32, kName},
    {"IEXPLORE.EXE", kInternetExplorer, kName},
    {"INETINFO.EXE", kInetsrv, kOwnWork},
    {"INSTALLUTIL.EXE", kDotNet, kName},
    {"ISMSERV.EXE", kSystem32, kOwnWork},
    {"KERNEL32.DLL", kBoth, kName},
    {"KERNELBASE.DLL", kBoth, kName},
    {"LOCATIONNOTIFICATIONWINDOWS.EXE", kSystem32, kOwnWork},
    {"LOGONUI.EXE", kSystem32, kEssential},
    {"LPREMOVE.EXE", kSystem32, kOwnWork},
    {"LSAISO.EXE", kSystem32, kEssential},
    {"LSASRV.DLL", kSystem32, kName},
    {"LSASS.EXE", kSystem32, kEssential},
    {"LSM.EXE", kSystem32, kEssential},
    {"MAGNIFY.EXE", kBoth, kName},
    {"MAVINJECT.EXE", kBoth, kName},
    {"MMC.EXE", kBoth, kName},
    {"MOUSOCOREWORKER.EXE", kSystem32 | kUpdateStack, kOwnWork},
    {"MPCMDRUN.EXE", kDefender, kOwnWork},
    {"MPKSL*.SYS", kDefinitionUpdates, kOwnWork},
    {"MPSIGSTUB.EXE", kSystem32, kOwnWork},
    {"MSASCUIL.EXE", kDefender, kOwnWork},
    {"MSBUILD.EXE", kDotNet, kName},
    {"MSDT.EXE", kBoth, kName},
    {"MSHTA.EXE", kBoth, kName},
    {"MSIEXEC.EXE", kBoth, kName},
    {"MSMPENG.EXE", kDefender, kEssential},
    {"MUSNOTIFICATION.EXE", kSystem32, kOwnWork},
    {"NARRATOR.EXE", kBoth, kName},
    {"NET1.EXE", kBoth, kName},
    {"NETSH.EXE", kBoth, kName},
    {"NISSRV.EXE", kDefender, kEssential},
    {"NOTEPAD.EXE", kWindows | kBoth, kName},
    {"NTDLL.DLL", kBoth, kName},
    {"NTFRS.EXE", kSystem32, kOwnWork},
    {"NTOSKRNL.EXE", kSystem32, kName},
    {"OLE32.DLL", kBoth, kName},
    {"OSK.EXE", kBoth, kName},
    {"POWERSHELL.EXE", kPowerShell, kName},
    {"PROVTOOL.EXE", kSystem32, kOwnWork},
    {"RASERVER.EXE", kSystem32, kOwnWork},
    {"RDPCLIP.EXE", kSystem32, kOwnWork},
    {"REG.EXE", kBoth, kName},
    {"REGASM.EXE", kDotNet, kName},
    {"REGEDIT.EXE", kWindows | kSysWow64, kName},
    {"REGSVCS.EXE", kDotNet, kName},
    {"REGSVR32.EXE", kBoth, kName},
    {"RUNDLL32.EXE", kBoth, kName},
    {"RUNONCE.EXE", kBoth, kName},
    {"RUNTIMEBROKER.EXE", kBoth, kOwnWork},
    {"SC.EXE", kBoth, kName},
    {"SCHTASKS.EXE", kBoth, kName},
    {"SCRCONS.EXE", kWbem, kName},
    {"SDIAGNHOST.EXE", kBoth, kOwnWork},
    {"SEARCHFILTERHOST.EXE", kBoth, kOwnWork},
    {"SEARCHINDEXER.EXE", kBoth, kOwnWork},
    {"SEARCHPROTOCOLHOST.EXE", kBoth, kOwnWork},
    {"SEARCHUI.EXE", kSystemApps, kOwnWork},
    {"SECURITYHEALTHSERVICE.EXE", kSystem32, kOwnWork},
    {"SERVICES.EXE", kSystem32, kBroker},
    {"SETHC.EXE", kBoth, kName},
    {"SGRMBROKER.EXE", kSystem32, kOwnWork},
    {"SHELL32.DLL", kBoth, kName},
    {"SHELLEXPERIENCEHOST.EXE", kSystemApps, kOwnWork},
    {"SIHCLIENT.EXE", kSystem32, kOwnWork},
    {"SIHOST.EXE", kSystem32, kOwnWork},
    {"SLUI.EXE", kSystem32, kName},
    {"SMARTSCREEN.EXE", kSystem32, kOwnWork},
    {"SMSS.EXE", kSystem32, kEssential},
    {"SPACEAGENT.EXE", kSystem32, kOwnWork},
    {"SPACEMAN.EXE", kSystem32, kOwnWork},
    {"SPOOLSV.EXE", kSystem32, kEssential},
    {"SPPSVC.EXE", kSystem32, kOwnWork},
    {"SRTASKS.EXE", kSystem32, kOwnWork},
    {"SVCHOST.EXE", kBoth, kBroker},
    {"SYSTEMSETTINGS.EXE", kControlPanel, kName},
    {"TASKENG.EXE", kSystem32, kOwnWork},
    {"TASKHOST.EXE", kSystem32, kEssential},
    {"TASKHOSTEX.EXE", kSystem32, kEssential},
    {"TASKHOSTW.EXE", kSystem32, kEssential},
    {"TASKMGR.EXE", kBoth, kName},
    {"TIWORKER.EXE", kComponentStore, kOwnWork},
    {"TRUSTEDINSTALLER.EXE", kServicing, kOwnWork},
    {"TZSYNC.EXE", kSystem32, kOwnWork},
    {"UNSECAPP.EXE", kWbem, kOwnWork},
    {"USER32.DLL", kBoth, kName},
    {"USERINIT.EXE", kBoth, kEssential},
    {"USOCLIENT.EXE", kSystem32, kOwnWork},
    {"USOCOREWORKER.EXE", kSystem32 | kUpdateStack, kOwnWork},
    {"UTILMAN.EXE", kBoth, kName},
    {"VSSADMIN.EXE", kBoth, kName},
    {"VSSVC.EXE", kSystem32, kOwnWork},
    {"W32TM.EXE", kBoth, kName},
    {"WAASMEDICAGENT.EXE", kSystem32, kOwnWork},
    {"WBENGINE.EXE", kSystem32, kOwnWork},
    {"WERFAULT.EXE", kBoth, kOwnWork},
    {"WERFAULTSECURE.EXE", kBoth, kName},
    {"WERMGR.EXE", kBoth, kOwnWork},
    {"WEVTUTIL.EXE", kBoth, kName},
    {"WIFITASK.EXE", kSystem32, kOwnWork},
    {"WINDOWS.MEDIA.BACKGROUNDPLAYBACK.EXE", kSystem32, kOwnWork},
    {"WININIT.EXE", kSystem32, kEssential},
    {"WINLOAD.EFI", kSystem32 | kBoot, kName},
    {"WINLOAD.EXE", kSystem32 | kBoot, kName},
    {"WINLOGON.EXE", kSystem32, kEssential},
    {"WINRSHOST.EXE", kBoth, kName},
    {"WLANEXT.EXE", kSystem32, kOwnWork},
    {"WMIADAP.EXE", kWbem, kOwnWork},
    {"WMIC.EXE", kWbem, kName},
    {"WMIPRVSE.EXE", kWbem, kBroker},
    {"WSCRIPT.EXE", kBoth, kName},
    {"WSMPROVHOST.EXE", kBoth, kName},
    {"WSQMCONS.EXE", kSystem32, kOwnWork},
    {"WUAUCLT.EXE", kBoth | kUpdateStack, kOwnWork},
    {"WUDFHOST.EXE", kSystem32, kOwnWork},
    {"XBLGAMESAVETASK.EXE", kSystem32, kOwnWork},
});

constexpr auto kNamedFiles = std::to_array<SystemFile>({
#include "engine/monitoring/system_file_names.inc"
});

constexpr auto kFiles = [] {
  std::array<SystemFile, kKnownFiles.size() + kNamedFiles.size()> all{};
  std::ranges::merge(kKnownFiles, kNamedFiles, all.begin(), {}, &SystemFile::name, &SystemFile::name);
  return all;
}();
static_assert(std::ranges::adjacent_find(kFiles, std::ranges::greater_equal(), &SystemFile::name) == kFiles.end());

// Defender loads a driver under a new name each time ("MPKSL1A2B3C4D.SYS"): they share a row.
constexpr std::string_view kDefenderDriver = "MPKSL*.SYS";

// Sysmon and the kernel name these without a folder, which no program file can imitate.
constexpr auto kKernelProcesses = std::to_array<std::string_view>({"MEMCOMPRESSION", "REGISTRY", "SYSTEM"});

// For 32-bit, 64-bit and ARM Windows.
constexpr auto kRecorders = std::to_array<std::string_view>({"SYSMON.EXE", "SYSMON64.EXE", "SYSMON64A.EXE"});
static_assert(std::ranges::is_sorted(kRecorders));

constexpr auto kExecutableExtensions = std::to_array<std::string_view>(
    {"ACM", "AX", "BAT", "CMD", "COM", "CPL", "DLL", "DRV", "EFI", "EXE", "OCX", "PIF", "SCR", "SYS", "TSP"});
static_assert(std::ranges::is_sorted(kExecutableExtensions));

// Compares without building the placed pattern: this runs for operations on every machine all day.
bool folder_matches(std::string_view pattern, std::string_view folder, std::string_view system_root) {
  constexpr std::string_view kRoot = "%SYSTEMROOT%";
  constexpr std::string_view kDrive = "%SYSTEMDRIVE%";
  const bool below_root = pattern.starts_with(kRoot);
  const std::string_view base = below_root ? system_root : system_root.substr(0, system_root.find('\\'));
  pattern.remove_prefix(below_root ? kRoot.size() : kDrive.size());
  if (!folder.starts_with(base)) return false;
  return path_matches(pattern, folder.substr(base.size()));
}

bool in_folders(FolderMask folders, std::string_view folder, std::string_view system_root) {
  return std::ranges::any_of(kFolders, [&](const Folder& row) {
    return (row.bit & folders) != 0 && folder_matches(row.pattern, folder, system_root);
  });
}

bool genuine_with_role(const WindowsPath& image, std::string_view system_root, SystemFileRole least) {
  const SystemFile* file = find_system_file(image.file_name());
  return file != nullptr && file->role >= least && is_genuine(*file, image, system_root);
}

}  // namespace

std::span<const SystemFile> system_files() { return kFiles; }

const SystemFile* find_system_file(std::string_view file_name) {
  if (glob_matches(kDefenderDriver, file_name)) file_name = kDefenderDriver;
  const auto at = std::ranges::lower_bound(kFiles, file_name, {}, &SystemFile::name);
  return at != kFiles.end() && at->name == file_name ? &*at : nullptr;
}

bool is_genuine(const SystemFile& file, const WindowsPath& image, std::string_view system_root) {
  return image.kind == WindowsPath::Kind::kLocal && image.stream.empty() && !image.lookalike &&
         in_folders(file.folders, image.folder(), system_root);
}

bool is_misplaced(const WindowsPath& path, std::string_view system_root) {
  if (path.kind == WindowsPath::Kind::kEmpty || path.kind == WindowsPath::Kind::kRelative) return false;
  if (path.lookalike && folder_matches(R"(%SYSTEMROOT%\**)", path.folder(), system_root)) return true;
  const SystemFile* file = find_system_file(path.file_name());
  if (file == nullptr || is_genuine(*file, path, system_root)) return false;
  if (path.lookalike || !path.stream.empty()) return true;
  const std::string_view folder = path.folder();
  return std::ranges::none_of(kSpareCopies,
                              [&](std::string_view pattern) { return folder_matches(pattern, folder, system_root); });
}

bool is_system_process(const WindowsPath& image, std::string_view system_root) {
  return genuine_with_role(image, system_root, kEssential);
}

bool is_broker(const WindowsPath& image, std::string_view system_root) {
  return genuine_with_role(image, system_root, kBroker);
}

bool is_recorder(const WindowsPath& image, std::string_view system_root) {
  return image.kind == WindowsPath::Kind::kLocal && image.stream.empty() && !image.lookalike &&
         image.folder() == system_root && std::ranges::binary_search(kRecorders, image.file_name());
}

bool is_executable_extension(std::string_view extension) {
  return std::ranges::binary_search(kExecutableExtensions, extension);
}

std::vector<std::string_view> system_file_literals() {
  std::vector<std::string_view> literals;
  for (const Folder& folder : kFolders) literals.push_back(folder.pattern);
  literals.insert(literals.end(), kSpareCopies.begin(), kSpareCopies.end());
  literals.insert(literals.end(), kKernelProcesses.begin(), kKernelProcesses.end());
  literals.insert(literals.end(), kRecorders.begin(), kRecorders.end());
  literals.insert(literals.end(), kExecutableExtensions.begin(), kExecutableExtensions.end());
  return literals;
}

bool is_system_program(const WindowsPath& image, const PathNormaliser& paths) {
  if (image.kind == WindowsPath::Kind::kRelative) {
    return image.stream.empty() && std::ranges::binary_search(kKernelProcesses, std::string_view(image.folded));
  }
  return !is_interpreter(image.file_name()) && genuine_with_role(image, paths.system_root(), kOwnWork);
}

}  // namespace holdfast::engine
