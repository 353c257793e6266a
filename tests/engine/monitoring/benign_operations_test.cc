// What healthy machines do all day, as recorded ones did: no row may speak of it, or the trust in the genuine Windows
// program that does it settles every row.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"
#include "tests/engine/monitoring/rule_specification.h"

namespace holdfast::engine {
namespace {

enum class Outcome { kQuiet, kSettled, kSeen };

struct Benign {
  std::string what;
  std::string actor;
  OperationMask kind;
  std::string target;
  std::string value;
  std::string text;
  std::uint32_t access = ~0U;
};

const std::string kSvchost = R"(C:\Windows\System32\svchost.exe)";
const std::string kServicesExe = R"(C:\Windows\System32\services.exe)";
const std::string kExplorer = R"(C:\Windows\explorer.exe)";
const std::string kEdge = R"(C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe)";
const std::string kDefender = R"(C:\Program Files\Windows Defender\MsMpEng.exe)";

class BenignOperation : public ::testing::Test {
 protected:
  Outcome judge(const Benign& benign) {
    RuleCase example;
    example.kind = benign.kind;
    example.target = "<=" + benign.target + ">";
    example.value = benign.value.empty() ? "" : "<=" + benign.value + ">";
    example.text = benign.text;
    example.access = benign.access;
    example.actor = benign.actor;
    Trial trial(paths_);
    const Findings& findings = trial.run(matcher_, example);
    if (findings.rules.empty()) return Outcome::kQuiet;
    const bool trusted = is_system_program(paths_.normalise(benign.actor), paths_);
    for (const EventRule* rule : findings.rules) {
      if (!trusted || !rule->trust_settles) return Outcome::kSeen;
    }
    return Outcome::kSettled;
  }

  PathNormaliser paths_{v1::AgentProfile()};
  EventMatcher matcher_{event_rules(), paths_};
};

TEST_F(BenignOperation, IsNoEvent) {
  const Benign kOperations[] = {
      {"console control thread", R"(C:\Windows\System32\csrss.exe)", kThreadInjected, kSvchost, "", "CtrlRoutine"},
      {"desktop window manager", R"(C:\Windows\System32\dwm.exe)", kThreadInjected, R"(C:\Windows\System32\csrss.exe)",
       "", ""},
      {"process creation", R"(C:\Windows\System32\csrss.exe)", kProcessOpened, kSvchost, "", "", 0x1fffff},
      {"session start", R"(C:\Windows\System32\smss.exe)", kProcessOpened, R"(C:\Windows\System32\winlogon.exe)", "",
       "", 0x1fffff},
      {"consent prompt", R"(C:\Windows\System32\consent.exe)", kProcessOpened, kSvchost, "", "", 0x70},
      {"process listing", R"(C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe)", kProcessOpened,
       R"(C:\Windows\System32\lsass.exe)", "", "", 0x1410},
      {"handle lookup", R"(C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe)", kProcessOpened,
       R"(C:\Windows\System32\lsass.exe)", "", "", 0x40},
      {"Sysmon tells of a process", R"(C:\Windows\Sysmon64.exe)", kProcessOpened, R"(C:\Windows\System32\lsass.exe)",
       "", "", 0x1fffff},
      {"process monitor", R"(C:\Tools\Procmon64.exe)", kProcessOpened, R"(C:\Windows\System32\lsass.exe)", "", "",
       0x1410},
      {"state cache", R"(C:\Windows\System32\wbem\WmiPrvSE.exe)", kFileCreated,
       R"(C:\Windows\System32\Configuration\DSCEngineCache.mof)", "", ""},
      {"page file", R"(C:\Windows\System32\smss.exe)", kFileCreated, R"(C:\pagefile.sys)", "", ""},
      {"event log", kSvchost, kFileCreated, R"(C:\Windows\System32\winevt\Logs\Security.evtx)", "", ""},
      {"remote read of the hosts file", "", kFileOpened, R"(C:\Windows\System32\drivers\etc\hosts)", "", "", 0x120089},
      {"per-user service", kServicesExe, kValueSet, R"(HKLM\System\CurrentControlSet\Services\cbdhsvc_2739d6)",
       "ImagePath", R"(C:\windows\system32\svchost.exe -k ClipboardSvcGroup -p)"},
      {"per-user service", kServicesExe, kServiceInstalled, "", "",
       R"(C:\windows\system32\svchost.exe -k ClipboardSvcGroup -p)"},
      {"start type", kServicesExe, kValueSet, R"(HKLM\System\CurrentControlSet\Services\BITS)", "Start", "3"},
      {"scheduled scan", kSvchost, kValueSet,
       R"(HKLM\Software\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Microsoft\Windows)"
       R"(\Windows Defender\MP Scheduled Scan)",
       "Id", "{0A}"},
      {"task run", kSvchost, kValueSet,
       R"(HKLM\Software\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Microsoft\Windows)"
       R"(\UpdateOrchestrator)",
       "SD", "00"},
      {"cloud protection", kDefender, kValueSet, R"(HKLM\Software\Microsoft\Windows Defender\Spynet)", "SSLOptions",
       "3"},
      {"file association chosen", kSvchost, kValueSet,
       R"(HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\FileExts\.3gp\UserChoice)", "ProgId", "AppX"},
      {"a program's own file type", R"(C:\Tools\Procmon64.exe)", kValueSet,
       R"(HKCU\Software\Classes\ProcMon.Logfile.1\shell\open\command)", "", R"("C:\Tools\Procmon64.exe" "%1")"},
      {"policy key opened", kExplorer, kKeyCreated, R"(HKLM\Software\Policies\Microsoft\SystemCertificates)", "", ""},
      {"proxy key opened", kEdge, kKeyCreated,
       R"(HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\Connections)", "", ""},
      {"toolbar key opened", kExplorer, kKeyCreated, R"(HKCU\Software\Microsoft\Internet Explorer\Toolbar)", "", ""},
      {"Store app rule", kSvchost, kFirewallRuleChanged, "", "",
       "@{Windows.PrintDialog_6.2.1.0_neutral_neutral_cw5n1h2txyewy?ms-resource://Windows.PrintDialog/resources/"
       "DisplayName}"},
      {"stock start", kSvchost, kStart, kSvchost, "", R"(C:\Windows\system32\svchost.exe -k netsvcs -p)"},
      {"first URL of a program", R"(C:\Users\user\AppData\Local\App\updater.exe)", kValueSet,
       R"(HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\ZoneMap)", "ProxyBypass", "1"},
      {"first URL of a program", R"(C:\Users\user\AppData\Local\App\updater.exe)", kValueSet,
       R"(HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\ZoneMap)", "IntranetName", "1"},
      {"first URL of a program", R"(C:\Users\user\AppData\Local\App\updater.exe)", kValueSet,
       R"(HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\ZoneMap)", "UNCAsIntranet", "1"},
      {"first URL of a program", R"(C:\Users\user\AppData\Local\App\updater.exe)", kValueSet,
       R"(HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\ZoneMap)", "AutoDetect", "0"},
      {"first URL of a program", R"(C:\Users\user\AppData\Local\App\updater.exe)", kValueSet,
       R"(HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\ZoneMap)", "UNCAsIntranet", "0"},
      {"first URL of a program", R"(C:\Users\user\AppData\Local\App\updater.exe)", kValueSet,
       R"(HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\ZoneMap)", "AutoDetect", "1"},
      {"first URL of a program", R"(C:\Users\user\AppData\Local\App\updater.exe)", kValueDeleted,
       R"(HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\ZoneMap)", "ProxyBypass", ""},
      {"policies refreshed", kSvchost, kTaskChanged, R"(\Microsoft\Windows\GroupPolicy\{3E0A038B})", "",
       "<Task><Actions><Exec><Command>gpupdate.exe</Command><Arguments>/target:computer</Arguments></Exec></Actions></"
       "Task>"},
      {"timer of software protection", kSvchost, kTaskChanged,
       R"(\Microsoft\Windows\SoftwareProtectionPlatform\SvcRestartTask)", "",
       "<Task><Actions Context=\"NetworkService\"><ComHandler><ClassId>{B1AEBB5D-EAD9-4476-B375-9C3ED9F32AFC}</ClassId>"
       "<Data><![CDATA[timer]]></Data></ComHandler></Actions></Task>"},
      {"update service started", kSvchost, kTaskCreated, R"(\Microsoft\Windows\WindowsUpdate\Scheduled Start)", "",
       R"(<Exec><Command>C:\Windows\system32\sc.exe</Command><Arguments>start wuauserv</Arguments></Exec>)"},
      {"update task", kSvchost, kFileCreated,
       R"(C:\Windows\System32\Tasks\Microsoft\Windows\UpdateOrchestrator\AC Power Install)", "", ""},
      {"task saved again", kSvchost, kFileWritten, R"(C:\Windows\System32\Tasks\Updater)", "", ""},
      {"Defender's driver", kServicesExe, kServiceInstalled, "", "",
       R"(C:\ProgramData\Microsoft\Windows Defender\Definition Updates\{0A}\MpKsl1a2b3c4d.sys)"},
      {"Defender's driver", "System", kDriverLoaded,
       R"(C:\ProgramData\Microsoft\Windows Defender\Definition Updates\{0A}\MpKsl1a2b3c4d.sys)", "", ""},
      {"in-box driver", kServicesExe, kServiceInstalled, "", "", R"(\SystemRoot\System32\drivers\tunnel.sys)"},
      {"in-box driver", kServicesExe, kServiceInstalled, "", "", R"(\SystemRoot\system32\drivers\HdAudio.sys)"},
      {"role of a server", kServicesExe, kServiceInstalled, "", "", R"(%SystemRoot%\system32\DFSRs.exe)"},
      {"keyboard plugged in", kServicesExe, kServiceInstalled, "", "", R"(\SystemRoot\System32\drivers\hidusb.sys)"},
      {"keyboard plugged in", kServicesExe, kValueSet, R"(HKLM\System\CurrentControlSet\Services\kbdhid)", "ImagePath",
       R"(\SystemRoot\System32\drivers\kbdhid.sys)"},
      {"disk plugged in", kServicesExe, kServiceInstalled, "", "", R"(\SystemRoot\System32\drivers\UASPStor.sys)"},
      {"phone paired", kServicesExe, kServiceInstalled, "", "", R"(\SystemRoot\System32\drivers\BthEnum.sys)"},
      {"Store app", kSvchost, kValueSet,
       R"(HKCU\Software\Classes\AppX82a6gwre4fdg3bt635tn5ctqjf8msdd2\Shell\open\command)", "DelegateExecute",
       "{4ED3A719-CEA8-4BD9-910D-E252F997AFC2}"},
      {"a program's own protocol", R"(C:\Users\user\Teams.exe)", kValueSet,
       R"(HKCU\Software\Classes\msteams\shell\open\command)", "", "Teams.exe"},
      {"App-V library of Office", R"(C:\Program Files\Common Files\microsoft shared\ClickToRun\OfficeClickToRun.exe)",
       kFileCreated, R"(C:\Program Files\Common Files\microsoft shared\ClickToRun\AppVOrchestration.dll)", "", ""},
      {"stock driver", "System", kDriverLoaded, R"(C:\Windows\System32\drivers\tcpip.sys)", "", ""},
  };
  for (const Benign& benign : kOperations) EXPECT_EQ(judge(benign), Outcome::kQuiet) << benign.what;
}

TEST_F(BenignOperation, OfWindowsItselfIsSettledByTrust) {
  const Benign kOperations[] = {
      {"toolbar layout", kExplorer, kValueSet, R"(HKCU\Software\Microsoft\Internet Explorer\Toolbar)", "Locked", "1"},
      {"proxy migration", kSvchost, kValueSet, R"(HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings)",
       "ProxyEnable", "0"},
      {"zone of a protocol", R"(C:\Windows\System32\wbem\WmiPrvSE.exe)", kValueSet,
       R"(HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\ZoneMap\ProtocolDefaults)", "http", "3"},
      {"performance counters", R"(\\?\C:\Windows\system32\wbem\WMIADAP.EXE)", kFileDeleted,
       R"(C:\Windows\System32\wbem\Performance\WmiApRpl.ini)", "", ""},
      {"Defender's own autostart", kDefender, kValueSet, R"(HKLM\Software\Microsoft\Windows\CurrentVersion\Run)",
       "WindowsDefender", R"("%ProgramFiles%\Windows Defender\MSASCuiL.exe")"},
      {"authority's state", R"(C:\Windows\System32\lsass.exe)", kValueSet,
       R"(HKLM\System\CurrentControlSet\Control\Lsa\Audit\PerUserAuditing\System)", "S-1-5-18", "00"},
      {"servicing", R"(C:\Windows\servicing\TrustedInstaller.exe)", kFileMovedHere, R"(C:\Windows\System32\ntdll.dll)",
       "", ""},
      {"app container rules", kSvchost, kValueSet,
       R"(HKLM\System\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\RestrictedServices\AppIso)"
       R"(\FirewallRules)",
       "{0A}", "v2.30|"},
      {"rules of a role",
       R"(C:\Windows\WinSxS\amd64_microsoft-windows-servicingstack_31bf3856ad364e35_6.3\TiWorker.exe)",
       kFirewallRuleChanged, "", "", "File and Printer Sharing (SMB-In)"},
      {"Defender's own rules", kDefender, kFirewallRuleChanged, "", "",
       "Inbound service restriction rule for WinDefend"},
      {"context menu", kDefender, kValueSet, R"(HKCR\Directory\shellex\ContextMenuHandlers\EPP)", "", "{0A}"},
  };
  for (const Benign& benign : kOperations) EXPECT_EQ(judge(benign), Outcome::kSettled) << benign.what;
}

// The counterpart: the same programs, when they carry out what somebody else asked for.
TEST_F(BenignOperation, IsNotWhatAServiceDoesForSomebodyElse) {
  const Benign kOperations[] = {
      {"remote registry", kSvchost, kValueSet, R"(HKLM\Software\Microsoft\Windows\CurrentVersion\Run)", "x", "x.exe"},
      {"service control manager", kServicesExe, kValueSet, R"(HKLM\System\CurrentControlSet\Services\Updater)",
       "ImagePath", R"(%COMSPEC% /C start /b powershell -enc AAAA)"},
      {"task scheduler", kSvchost, kTaskCreated, R"(\MordorSchtask)", "", "<Command>powershell.exe</Command>"},
      {"firewall service", kSvchost, kValueSet,
       R"(HKLM\System\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\PublicProfile)",
       "EnableFirewall", "0"},
      {"Defender's exclusions", kDefender, kValueSet, R"(HKLM\Software\Microsoft\Windows Defender\Exclusions\Paths)",
       R"(C:\)", "0"},
      {"event log switched off", kServicesExe, kValueSet, R"(HKLM\System\CurrentControlSet\Services\EventLog)", "Start",
       "4"},
      {"registry service", kSvchost, kValueSet, R"(HKCR\ms-browser\shell\open\command)", "", "cmd.exe /c notepad.exe"},
      {"WMI service", R"(C:\Windows\System32\wbem\WmiPrvSE.exe)", kValueSet, R"(HKCR\exefile\shell\open\command)", "",
       "evil"},
      {"task scheduler", kSvchost, kFileCreated, R"(C:\Windows\System32\Tasks\elevator)", "", ""},
      {"kernel loads a driver", "System", kDriverLoaded, R"(C:\Users\alice\evil.sys)", "", ""},
      {"COM hosts a client's rule", R"(C:\Windows\System32\dllhost.exe)", kFirewallRuleChanged, "", "",
       "Network Discovery (SSDP-In)"},
      {"WMI makes a client's rule", R"(C:\Windows\System32\wbem\WmiPrvSE.exe)", kFirewallRuleChanged, "", "",
       "Remote Desktop - User Mode (TCP-In)"},
      {"a service makes a client's rule", kSvchost, kFirewallRuleChanged, "", "", "Skype"},
      {"Sysmon's file is written", R"(C:\Users\alice\evil.exe)", kFileCreated, R"(C:\Windows\Sysmon64.exe)", "", ""},
      {"Sysmon's service is registered", kServicesExe, kServiceInstalled, "", "", R"(C:\Windows\Sysmon64.exe)"},
      {"Sysmon starts a thread", R"(C:\Windows\Sysmon64.exe)", kThreadInjected, R"(C:\Windows\System32\lsass.exe)", "",
       ""},
      {"a file for a role is written", R"(C:\Users\alice\evil.exe)", kFileCreated, R"(C:\Windows\System32\DFSRs.exe)",
       "", ""},
  };
  for (const Benign& benign : kOperations) EXPECT_EQ(judge(benign), Outcome::kSeen) << benign.what;
}

}  // namespace
}  // namespace holdfast::engine
