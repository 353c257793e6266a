#include "tests/corpus/corpus_table.h"

namespace holdfast {
namespace {

using enum Expectation;

#define OTRF "OTRF+Security-Datasets/datasets/"
#define OTRF_HOST OTRF "atomic/windows/"
#define SIGMA "SigmaHQ+sigma/regression_data/rules/windows/"
#define ATTACK "sbousseaden+EVTX-ATTACK-SAMPLES/"
#define MITRE "mdecrevoisier+EVTX-to-MITRE-Attack/"
#define MUSEUM "AndrewRathbun+DFIRArtifactMuseum/Windows/EventLogs/Win10/"
#define WORKSTATION "omerbenamram+evtx/samples/sysmon.evtx"

// clang-format off: one row per line.
constexpr CorpusRow kRows[] = {
    // ------------------------------------------------ 1 New Startup Program
    {v1::NEW_STARTUP_PROGRAM, kLogged, SIGMA "registry/registry_set/registry_set_persistence_logon_scripts_userinitmprlogonscript/9ace0707-b560-49b8-b6ca-5148b42f39fb.json", "", "UserInitMprLogonScript", "a logon script"},
    {v1::NEW_STARTUP_PROGRAM, kLogged, OTRF_HOST "persistence/host/empire_persistence_registry_modification_run_keys_standard_user.zip", "powershell.exe", "CurrentVersion\\Run\\Updater", "the Run key of a user"},
    {v1::NEW_STARTUP_PROGRAM, kLogged, ATTACK "AutomatedTestingTools/PanacheSysmon_vs_AtomicRedTeam01.evtx", "reg.exe", "CurrentVersion\\Run\\Atomic Red Team", "the Run key of a user"},
    {v1::NEW_STARTUP_PROGRAM, kSettledBySignature, ATTACK "AutomatedTestingTools/Malware/DE_timestomp_and_dll_sideloading_and_RunPersist.evtx", "NvSmart.exe", "CurrentVersion\\Run\\360v", "a signed program, led astray by a library beside it"},
    {v1::NEW_STARTUP_PROGRAM, kLogged, ATTACK "Lateral Movement/lm_remote_registry_sysmon_1_13_3.evtx", "svchost.exe", "CurrentVersion\\Run\\SUpdate", "over the network: the registry's service acts for another computer"},
    {v1::NEW_STARTUP_PROGRAM, kNotLogged, ATTACK "Persistence/persistence_sysmon_11_13_1_shime_appfix.evtx", "svchost.exe", "MP Scheduled Scan", "the scheduler's own books about a stock task"},
    {v1::NEW_STARTUP_PROGRAM, kLogged, OTRF_HOST "lateral_movement/host/schtask_modification.zip", "", "EventCacheManager", "a task is changed to run PowerShell: registry and scheduler tell of it first, and not what it runs"},

    // ------------------------------------------------ 2 Hosts File Modification
    {v1::HOSTS_FILE_MODIFICATION, kNotLogged, MITRE "TA0007-Discovery/T1018-Remote System Discovery/ID5145-DNS hosts files access via network share.evtx", "", "drivers\\etc\\hosts", "a read from another computer"},

    // ------------------------------------------------ 3 Program Library Injection
    {v1::PROGRAM_LIBRARY_INJECTION, kLogged, OTRF_HOST "defense_evasion/host/psh_mavinject_dll_notepad.zip", "mavinject", "notepad.exe", "a thread at LoadLibraryW"},
    {v1::PROGRAM_LIBRARY_INJECTION, kLogged, OTRF_HOST "defense_evasion/host/empire_psinject_PEinjection.zip", "powershell.exe", "", "a library placed into another process"},
    {v1::PROGRAM_LIBRARY_INJECTION, kNotLogged, OTRF_HOST "persistence/host/empire_persistence_registry_modification_run_keys_standard_user.zip", "csrss.exe", "", "82 threads of csrss at CtrlRoutine: Windows hands on Ctrl+C"},
    {v1::PROGRAM_LIBRARY_INJECTION, kLogged, ATTACK "AutomatedTestingTools/PanacheSysmon_vs_AtomicRedTeam01.evtx", "reg.exe", "Windows\\AppInit_DLLs", ""},

    // ------------------------------------------------ 4 New Internet Explorer Plugin
    {v1::NEW_INTERNET_EXPLORER_PLUGIN, kSettled, OTRF "compound/LSASS_campaign_01/metasploit_logonpasswords_lsass_memory_dump.zip", "explorer.exe", "Internet Explorer\\Toolbar", "by Explorer itself: a Windows program doing its own work"},
    {v1::NEW_INTERNET_EXPLORER_PLUGIN, kSettled, OTRF "compound/LSASS_campaign_04/metasploit_out-minidump_lsass_memory_dump.zip", "explorer.exe", "Internet Explorer\\Toolbar", "as above"},
    {v1::NEW_INTERNET_EXPLORER_PLUGIN, kSettled, OTRF "compound/LSASS_campaign_05/metasploit_sharpdump_lsass_memory_dump.zip", "explorer.exe", "Internet Explorer\\Toolbar", "as above"},

    // ------------------------------------------------ 5 Internet Explorer Setting Modification
    {v1::INTERNET_EXPLORER_SETTING_MODIFICATION, kLogged, SIGMA "registry/registry_set/registry_set_change_security_zones/45e112d0-7759-4c2a-aa36-9f8fb79d3393.json", "", "ZoneMap", "a zone of a site"},
    {v1::INTERNET_EXPLORER_SETTING_MODIFICATION, kLogged, OTRF_HOST "lateral_movement/host/purplesharp_ad_playbook_I.zip", "", "Internet Settings", ""},
    {v1::INTERNET_EXPLORER_SETTING_MODIFICATION, kNotLogged, OTRF "compound/LSASS_campaign_03/metasploit_comsvcs_lsass_memory_dump.zip", "msedge.exe", "ZoneMap\\", "the four values that the library for addresses writes in any program: Windows' defaults"},
    {v1::INTERNET_EXPLORER_SETTING_MODIFICATION, kNotLogged, OTRF_HOST "lateral_movement/host/purplesharp_ad_playbook_I.zip", "", "ZoneMap\\UNCAsIntranet", "as above"},

    // ------------------------------------------------ 6 Shell Modification
    {v1::SHELL_MODIFICATION, kLogged, SIGMA "registry/registry_set/registry_set_bypass_uac_using_delegateexecute/46dd5308-4572-4d12-aa43-8938f0184d4f.json", "", "DelegateExecute", ""},
    {v1::SHELL_MODIFICATION, kLogged, SIGMA "registry/registry_set/registry_set_susp_user_shell_folders/9c226817-8dc9-46c2-a58d-66655aafd7dc.json", "", "Shell Folders", ""},
    {v1::SHELL_MODIFICATION, kLogged, ATTACK "Privilege Escalation/Sysmon_UACME_53.evtx", "UACME.exe", "Folder\\shell\\open\\command", ""},
    {v1::SHELL_MODIFICATION, kNotLogged, WORKSTATION, "Procmon64.exe", "ProcMon.Logfile.1\\shell\\open\\command", "a program takes its own files"},
    {v1::SHELL_MODIFICATION, kNotLogged, WORKSTATION, "", "Opera", "as above"},
    {v1::SHELL_MODIFICATION, kNotLogged, OTRF_HOST "lateral_movement/host/purplesharp_ad_playbook_I.zip", "svchost.exe", "\\UserChoice", "Windows keeps what the user chose"},

    // ------------------------------------------------ 7 New Service
    {v1::NEW_SERVICE, kLogged, OTRF_HOST "lateral_movement/host/empire_psexec_dcerpc_tcp_svcctl.zip", "", "Updater", "Sysmon 13, Security 4697 and System 7045 of one service"},
    {v1::NEW_SERVICE, kLogged, MITRE "TA0003-Persistence/T1543.003-Create or Modify System Process-Windows Service/ID13-New service for Mimikatz.evtx", "services.exe", "Services\\mimidrv", ""},
    {v1::NEW_SERVICE, kLogged, ATTACK "Defense Evasion/DSE_bypass_BYOV_TDL_dummydriver_sysmon_6_7_13.evtx", "services.exe", "Services\\VBoxDrv", "a vulnerable driver of somebody else"},
    {v1::NEW_SERVICE, kNoProgramTold, MUSEUM "RathbunVM/RathbunVM_W10EventLogs.7z", "", "service ", "stock services of other makers: System 7045 names no program"},

    // ------------------------------------------------ 8 Security Policy Modification
    {v1::SECURITY_POLICY_MODIFICATION, kLogged, OTRF_HOST "defense_evasion/host/auditpol_system_user_auditpolicy_modification.zip", "", "", "63 changes of the audit policy"},
    {v1::SECURITY_POLICY_MODIFICATION, kNotLogged, OTRF_HOST "defense_evasion/host/cmd_wevtutil_modify_security_eventlog_path.zip", "MsMpEng.exe", "Spynet", "the scanner keeps its own books"},
    {v1::SECURITY_POLICY_MODIFICATION, kLogged, MITRE "TA0005-Defense Evasion/T1562.002-Disable Windows Event Logging/ID4719-Audit policy deactivation.evtx", "", "audit policy", ""},
    {v1::SECURITY_POLICY_MODIFICATION, kLogged, ATTACK "Defense Evasion/DE_UAC_Disabled_Sysmon_12_13.evtx", "reg.exe", "EnableLUA", ""},

    // ------------------------------------------------ 9 Firewall Policy Modification
    {v1::FIREWALL_POLICY_MODIFICATION, kLogged, OTRF_HOST "defense_evasion/host/empire_enable_rdp.tar.gz", "", "", "the rule of Remote Desktop is enabled"},
    {v1::FIREWALL_POLICY_MODIFICATION, kLogged, MITRE "TA0005-Defense Evasion/T1562.004-Impair Defenses-Disable or Modify System Firewall/ID4688-5447-4950-Firewall disabled (command).evtx", "", "Enable Windows Firewall", ""},
    {v1::FIREWALL_POLICY_MODIFICATION, kNotLogged, MUSEUM "RathbunVM/RathbunVM_W10EventLogs.7z", "svchost.exe", "Microsoft Solitaire Collection", "the service makes and deletes 889 rules of Store packages by itself"},
    {v1::FIREWALL_POLICY_MODIFICATION, kSettled, MUSEUM "RathbunVM/RathbunVM_W10EventLogs.7z", "MsMpEng.exe", "WinDefend Outbound for TCP", "the scanner's rules, which the firewall's log says it asked for itself"},
    {v1::FIREWALL_POLICY_MODIFICATION, kSettled, MUSEUM "RathbunVM/RathbunVM_W10EventLogs.7z", "TiWorker.exe", "Cloud Identity (TCP-Out)", "servicing brings a rule of Windows"},
    {v1::FIREWALL_POLICY_MODIFICATION, kLogged, MUSEUM "RathbunVM/RathbunVM_W10EventLogs.7z", "svchost.exe", "Skype", "a service asks for somebody else"},

    // ------------------------------------------------ 10 System File Modification
    {v1::SYSTEM_FILE_MODIFICATION, kLogged, SIGMA "file/file_event/file_event_win_create_non_existent_dlls/df6ecb8b-7822-4f4b-b412-08f524b4576c.json", "", "System32", "a library that Windows looks for and does not ship"},
    {v1::SYSTEM_FILE_MODIFICATION, kNotLogged, OTRF_HOST "lateral_movement/host/purplesharp_ad_playbook_I.zip", "wmiprvse.exe", "DSCEngineCache.mof", "no program and no setting of Windows"},
    {v1::SYSTEM_FILE_MODIFICATION, kNotLogged, OTRF_HOST "persistence/host/empire_persistence_registry_modification_run_keys_standard_user.zip", "smss.exe", "pagefile.sys", "the session manager makes the page file"},
    {v1::SYSTEM_FILE_MODIFICATION, kLogged, MITRE "TA0004-Privilege Escalation/T1546-Image File Execution Options Injection/ID11-New sethc file created from CMD copy.evtx", "powershell.exe", "System32\\sethc.exe", ""},

    // ------------------------------------------------ 11 Duplicated System File
    {v1::DUPLICATED_SYSTEM_FILE, kLogged, SIGMA "process_creation/proc_creation_win_svchost_masqueraded_execution/be58d2e2-06c8-4f58-b666-b99f6dc3b6cd.json", "svchost.exe", "", "svchost.exe outside System32"},
    {v1::DUPLICATED_SYSTEM_FILE, kLogged, SIGMA "file/file_event/file_event_win_creation_system_file/d5866ddf-ce8f-4aea-b28e-d96485a20d3d.json", "", "bitsadmin.exe", "C:\\bitsadmin.exe"},
    {v1::DUPLICATED_SYSTEM_FILE, kLogged, MUSEUM "APTSimulatorVM/APTSimulatorVM_EventLogs.7z", "", "C:\\Users\\Public\\svchost.exe", "started from there"},
    {v1::DUPLICATED_SYSTEM_FILE, kNamedBeside, ATTACK "Lateral Movement/LM_tsclient_startup_folder.evtx", "mstsc.exe", "Startup\\cmd.exe", "decided as New Startup Program, the earlier row"},
    {v1::DUPLICATED_SYSTEM_FILE, kNotLogged, WORKSTATION, "", "C:\\Windows\\System32\\", "stock programs of System32"},

    // ------------------------------------------------ 13 System Process Modification
    {v1::SYSTEM_PROCESS_MODIFICATION, kLogged, OTRF_HOST "credential_access/host/cmd_lsass_memory_dumpert_syscalls.zip", "", "lsass.exe", "the memory of lsass is read"},
    {v1::SYSTEM_PROCESS_MODIFICATION, kNotLogged, OTRF_HOST "persistence/host/empire_persistence_registry_modification_run_keys_standard_user.zip", "csrss.exe", "", "threads of csrss: a system program doing its own work"},
    {v1::SYSTEM_PROCESS_MODIFICATION, kLogged, ATTACK "Credential Access/CA_sysmon_hashdump_cmd_meterpreter.evtx", "voice_mail.msg.exe", "lsass.exe", ""},
    {v1::SYSTEM_PROCESS_MODIFICATION, kQuietOnceApproved, WORKSTATION, "Procmon64.exe", "lsass.exe", "opened with every right by an administrator's tool"},
    {v1::SYSTEM_PROCESS_MODIFICATION, kNotLogged, OTRF "compound/LSASS_campaign_04/metasploit_out-minidump_lsass_memory_dump.zip", "Windows\\Sysmon.exe", "lsass.exe", "opened with every right to tell of it"},

    // ------------------------------------------------ 16 Suspicious Behavior
    {v1::SUSPICIOUS_BEHAVIOR, kLogged, SIGMA "process_creation/proc_creation_win_bitsadmin_download/d059842b-6b9d-4ed1-b5c3-5b89143c6ede.json", "bitsadmin.exe", "", "a download by a system tool"},
    {v1::SUSPICIOUS_BEHAVIOR, kLogged, OTRF_HOST "defense_evasion/host/empire_launcher_sct_regsvr32.zip", "", "", "a scriptlet from the network, then encoded commands"},
    {v1::SUSPICIOUS_BEHAVIOR, kLogged, ATTACK "AutomatedTestingTools/PanacheSysmon_vs_AtomicRedTeam01.evtx", "certutil.exe", "", "a download by a system tool"},
    {v1::SUSPICIOUS_BEHAVIOR, kNotLogged, WORKSTATION, "Procmon64.exe", "lsass.exe", "opened with 0x1410: no sequence"},

    // ------------------------------------------------ what later capabilities decide
    {v1::UNAUTHORIZED_FILE_ENCRYPTION, kNotLogged, OTRF "compound/LSASS_campaign_05/metasploit_sharpdump_lsass_memory_dump.zip", "wermgr.exe", "", "1,328 creations a minute by the error reporter"},
    {v1::NEWLY_ENCOUNTERED_PROGRAM, kRecorded, OTRF "compound/LSASS_campaign_01/metasploit_logonpasswords_lsass_memory_dump.zip", "", "winx64_payload.exe:Zone.Identifier", "the mark of the web, ZoneId=3"},
    {v1::NEWLY_ENCOUNTERED_PROGRAM, kRecorded, OTRF "compound/LSASS_campaign_03/metasploit_comsvcs_lsass_memory_dump.zip", "", "winx64_payload.exe:Zone.Identifier", "as above"},
    {v1::NEWLY_ENCOUNTERED_PROGRAM, kRecorded, OTRF "compound/LSASS_campaign_04/metasploit_out-minidump_lsass_memory_dump.zip", "", "winx64_payload.exe:Zone.Identifier", "as above"},
    {v1::NEWLY_ENCOUNTERED_PROGRAM, kRecorded, OTRF "compound/LSASS_campaign_05/metasploit_sharpdump_lsass_memory_dump.zip", "", "winx64_payload.exe:Zone.Identifier", "as above"},
    {v1::NEWLY_ENCOUNTERED_PROGRAM, kRecorded, ATTACK "Execution/exec_driveby_cve-2018-15982_sysmon_1_10.evtx", "iexplore.exe", "cmd.exe", "what a page started"},
    {v1::NEWLY_ENCOUNTERED_PROGRAM, kRecorded, WORKSTATION, "firefox.exe", "ProcessMonitor.zip:Zone.Identifier", "benign: an archive with the mark of the web, then a program out of it"},
};
// clang-format on

}  // namespace

std::span<const CorpusRow> corpus_table() { return kRows; }

}  // namespace holdfast
