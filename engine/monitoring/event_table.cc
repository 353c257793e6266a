// Event Monitoring's table (DOMAIN 4), grouped by event in DOMAIN's order. Within an event the first matching row names
// it, so narrower rows stand first. docs/monitored-events.md says each row in words.
#include <array>
#include <span>

#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"

namespace holdfast::engine {
namespace {

// The name that DOMAIN gives an event, in short.
constexpr auto kNewStartup = v1::NEW_STARTUP_PROGRAM;
constexpr auto kHosts = v1::HOSTS_FILE_MODIFICATION;
constexpr auto kLibraryInjection = v1::PROGRAM_LIBRARY_INJECTION;
constexpr auto kIePlugin = v1::NEW_INTERNET_EXPLORER_PLUGIN;
constexpr auto kIeSetting = v1::INTERNET_EXPLORER_SETTING_MODIFICATION;
constexpr auto kShell = v1::SHELL_MODIFICATION;
constexpr auto kNewService = v1::NEW_SERVICE;
constexpr auto kSecurityPolicy = v1::SECURITY_POLICY_MODIFICATION;
constexpr auto kFirewall = v1::FIREWALL_POLICY_MODIFICATION;
constexpr auto kSystemFile = v1::SYSTEM_FILE_MODIFICATION;
constexpr auto kDuplicated = v1::DUPLICATED_SYSTEM_FILE;
constexpr auto kLayeredProvider = v1::LAYERED_SERVICE_PROVIDER;
constexpr auto kSystemProcess = v1::SYSTEM_PROCESS_MODIFICATION;
constexpr auto kSuspicious = v1::SUSPICIOUS_BEHAVIOR;

// Services whose end leaves the machine without protection or without a record.
#define SECURITY_SERVICES \
  "windefend|wdnissvc|sense|securityhealthservice|wscsvc|mpssvc|bfe|eventlog|tmlisten|ntrtscan|tmbmserver"
// What net.exe takes as well: the names that people see.
#define SECURITY_SERVICES_IN_WORDS                                                                                    \
  "(windows|microsoft) defender( (antivirus|firewall|advanced threat protection))?( network inspection)?( service)?|" \
  "windows (security service|firewall|event log)|security center|base filtering engine|"                              \
  "(officescan|apex one) nt (listener|realtime scan)|trend micro unauthorized change prevention service"

// Windows' own shell, by its bare name or in its folder.
#define EXPLORER R"("?(%SYSTEMROOT%\\)?explorer\.exe"?)"

// Task folders of Windows and Defender whose tasks change every day.
#define DAILY_TASKS                                                                     \
  R"(MICROSOFT\[WINDOWS\UPDATEORCHESTRATOR|WINDOWS\WINDOWS DEFENDER|WINDOWS DEFENDER|)" \
  R"(MICROSOFT ANTIMALWARE]\*)"

// What PowerShell takes for a dash: "-", and in UTF-8 the en dash, the em dash and the horizontal bar.
#define DASH R"((-|\xe2\x80(\x93|\x94|\x95)))"

// Folders for what comes from outside and for what is soon forgotten.
#define PASSING_FOLDER R"([\\/](temp|tmp|downloads|inetcache|content\.outlook)[\\/])"

// clang-format off: rows as short as they can be read
constexpr auto kTable = std::to_array<EventRule>({
    // ---- 1 New Startup Program
    // Registry services and WMI write for whoever asks them, also from another machine.
    {.id = "startup.run-key-for-other", .event = kNewStartup, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\[RUN|RUNONCE|RUNSERVICES|RUNSERVICESONCE])",
     .conditions = kActorIsBroker, .trust_settles = false},
    {.id = "startup.run-key", .event = kNewStartup, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\[RUN|RUNONCE|RUNSERVICES|RUNSERVICESONCE])"},
    {.id = "startup.run-once-ex", .event = kNewStartup, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\RUNONCEEX\**)"},
    {.id = "startup.policy-run", .event = kNewStartup, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\POLICIES\EXPLORER\RUN)"},
    {.id = "startup.load-value", .event = kNewStartup, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\WINDOWS)", .value = "[LOAD|RUN]",
     .text = R"(\S)"},
    {.id = "startup.userinit", .event = kNewStartup, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\WINLOGON)", .value = "USERINIT",
     .not_text = R"(^[\s,]*"?(%SYSTEMROOT%\\system32\\)?userinit(\.exe)?"?[\s,]*$)"},
    {.id = "startup.winlogon-shell", .event = kNewStartup, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\WINLOGON)", .value = "SHELL",
     .text = R"((^|[\s,]))" EXPLORER R"([\s,]+[^\s,]|[^\s,][\s,]+)" EXPLORER R"((\s|,|$))"},
    {.id = "startup.folder", .event = kNewStartup, .operations = kFileArrives,
     .target = R"(**\START MENU\PROGRAMS\STARTUP\**)", .except = R"(**\DESKTOP.INI)",
     .conditions = kTargetNotLookalike},
    {.id = "startup.boot-execute", .event = kNewStartup, .operations = kValueArrives,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\CONTROL\SESSION MANAGER)",
     .value = "[BOOTEXECUTE|SETUPEXECUTE|EXECUTE]",
     .not_text = R"(^\s*(autocheck autochk( /\S+)* \*)?\s*$)"},
    {.id = "startup.active-setup", .event = kNewStartup, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\ACTIVE SETUP\INSTALLED COMPONENTS\*)", .value = "STUBPATH"},
    {.id = "startup.logon-script", .event = kNewStartup, .operations = kValueArrives,
     .target = R"(HKCU\ENVIRONMENT)", .value = "USERINITMPRLOGONSCRIPT"},
    {.id = "startup.policy-script", .event = kNewStartup, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\POLICIES\MICROSOFT\WINDOWS\SYSTEM\SCRIPTS\**)", .value = "SCRIPT"},
    {.id = "startup.policy-script-file", .event = kNewStartup, .operations = kFileArrives,
     .target = R"(%SYSTEMROOT%\SYSTEM32\GROUPPOLICY\**\SCRIPTS\**)", .conditions = kTargetNotLookalike},
    // The task scheduler registers what others hand in. Windows' own programs on a schedule are no new startup program.
    {.id = "startup.task", .event = kNewStartup, .operations = kTaskCreated, .conditions = kTextProgramNotSystem,
     .trust_settles = false},
    {.id = "startup.task-changed", .event = kNewStartup, .operations = kTaskChanged, .text = "<(command|comhandler)",
     .conditions = kTextProgramNotSystem, .trust_settles = false},
    // "Id" is written once, when a task is registered.
    {.id = "startup.task-registry", .event = kNewStartup, .operations = kValueArrives,
     .target = R"(HKLM\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\SCHEDULE\TASKCACHE\TREE\**)", .value = "ID",
     .except = R"(HKLM\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\SCHEDULE\TASKCACHE\TREE\)" DAILY_TASKS,
     .trust_settles = false},
    // Likewise: the scheduler writes a file anew whenever its task changes, but it comes into being once.
    {.id = "startup.task-file", .event = kNewStartup, .operations = kFileCreated | kFileMovedHere,
     .target = R"(%SYSTEMROOT%\[SYSTEM32|SYSWOW64]\TASKS\**)",
     .except = R"(%SYSTEMROOT%\[SYSTEM32|SYSWOW64]\TASKS\)" DAILY_TASKS, .conditions = kTargetNotLookalike,
     .trust_settles = false},
    {.id = "startup.job-file", .event = kNewStartup, .operations = kFileArrives,
     .target = R"(%SYSTEMROOT%\TASKS\*.JOB)", .conditions = kTargetNotLookalike, .trust_settles = false},
    {.id = "startup.wmi-subscription", .event = kNewStartup, .operations = kWmiConsumerAdded | kWmiBindingAdded,
     .trust_settles = false},

    // ---- 2 Hosts File Modification
    {.id = "hosts.file", .event = kHosts, .operations = kFileChanges,
     .target = R"(%SYSTEMROOT%\SYSTEM32\DRIVERS\ETC\HOSTS)", .access = kFileModify,
     .conditions = kTargetNotLookalike},
    {.id = "hosts.file-by-share", .event = kHosts, .operations = kFileChanges,
     .target = R"(\\*\[ADMIN$|C$]\**\DRIVERS\ETC\HOSTS)", .access = kFileModify,
     .conditions = kTargetNotLookalike},
    {.id = "hosts.database-path", .event = kHosts, .operations = kValueArrives | kValueDeleted,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\TCPIP\PARAMETERS)", .value = "DATABASEPATH"},

    // ---- 3 Program Library Injection
    {.id = "library-injection.appinit", .event = kLibraryInjection, .operations = kValueArrives,
     .target = R"(HKLM\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\WINDOWS)", .value = "APPINIT_DLLS",
     .text = R"(\S)"},
    {.id = "library-injection.appinit-switch", .event = kLibraryInjection, .operations = kValueArrives,
     .target = R"(HKLM\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\WINDOWS)", .value = "LOADAPPINIT_DLLS",
     .text = "[1-9]"},
    {.id = "library-injection.appcert", .event = kLibraryInjection, .operations = kValueArrives,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\CONTROL\SESSION MANAGER\APPCERTDLLS)"},
    {.id = "library-injection.known-dlls", .event = kLibraryInjection, .operations = kValueChanges,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\CONTROL\SESSION MANAGER\KNOWNDLLS)"},
    {.id = "library-injection.winlogon-notify", .event = kLibraryInjection, .operations = kKeyArrives,
     .target = R"(HKLM\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\WINLOGON\NOTIFY\**)"},
    {.id = "library-injection.lsa-packages", .event = kLibraryInjection, .operations = kValueArrives,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\CONTROL\LSA\**)",
     .value = "[AUTHENTICATION|SECURITY|NOTIFICATION] PACKAGES"},
    {.id = "library-injection.print-monitor", .event = kLibraryInjection, .operations = kValueArrives,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\CONTROL\PRINT\MONITORS\*)", .value = "DRIVER"},
    {.id = "library-injection.load-library-thread", .event = kLibraryInjection, .operations = kThreadInjected,
     .text = "^(loadlibrary(ex)?[aw]?|ldrloaddll)$", .conditions = kTargetNotActor},
    {.id = "library-injection.thread-outside-modules", .event = kLibraryInjection, .operations = kThreadInjected,
     .conditions = kThreadOutsideModules | kTargetNotActor | kActorNotSystemProgram},

    // ---- 4 New Internet Explorer Plugin
    {.id = "ie-plugin.helper-object", .event = kIePlugin, .operations = kKeyArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\EXPLORER\BROWSER HELPER OBJECTS\*\**)"},
    // Explorer opens the toolbar key with the right to create it all day: only values count.
    {.id = "ie-plugin.toolbar", .event = kIePlugin, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\INTERNET EXPLORER\TOOLBAR\**)"},
    {.id = "ie-plugin.extension", .event = kIePlugin, .operations = kKeyArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\INTERNET EXPLORER\[EXTENSIONS|EXPLORER BARS]\*\**)"},
    {.id = "ie-plugin.url-search-hook", .event = kIePlugin, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\INTERNET EXPLORER\URLSEARCHHOOKS)"},

    // ---- 5 Internet Explorer Setting Modification
    {.id = "ie-setting.main-page", .event = kIeSetting, .operations = kValueArrives | kValueDeleted,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\INTERNET EXPLORER\MAIN)",
     .value = "[START PAGE|SECONDARY START PAGES|DEFAULT_PAGE_URL|SEARCH PAGE|SEARCH BAR|DEFAULT_SEARCH_URL|"
              "LOCAL PAGE]"},
    {.id = "ie-setting.search", .event = kIeSetting, .operations = kValueChanges,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\INTERNET EXPLORER\[SEARCH|SEARCHURL|SEARCHSCOPES|ABOUTURLS]\**)"},
    {.id = "ie-setting.proxy", .event = kIeSetting, .operations = kValueArrives | kValueDeleted,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\INTERNET SETTINGS)",
     .value = "[PROXYENABLE|PROXYSERVER|PROXYOVERRIDE|AUTOCONFIGURL|AUTODETECT]"},
    {.id = "ie-setting.connections", .event = kIeSetting, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\INTERNET SETTINGS\CONNECTIONS)",
     .value = "[DEFAULTCONNECTIONSETTINGS|SAVEDLEGACYSETTINGS|WINHTTPSETTINGS]"},
    {.id = "ie-setting.zones", .event = kIeSetting, .operations = kValueChanges,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\INTERNET SETTINGS\[ZONES|ZONEMAP|)"
               R"(LOCKDOWN_ZONES]\**)",
     .except = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\INTERNET SETTINGS\ZONEMAP)"},
    // The four that are left out say which addresses count as intranet. Windows' library for addresses writes its own
    // defaults there for the user of any program that opens a URL; for all users only an administrator does.
    {.id = "ie-setting.zone-map", .event = kIeSetting, .operations = kValueChanges,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\INTERNET SETTINGS\ZONEMAP)",
     .not_value = "[PROXYBYPASS|INTRANETNAME|UNCASINTRANET|AUTODETECT]"},
    {.id = "ie-setting.intranet", .event = kIeSetting, .operations = kValueArrives,
     .target = R"(HKLM\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\INTERNET SETTINGS\ZONEMAP)",
     .value = "[PROXYBYPASS|INTRANETNAME|UNCASINTRANET]", .not_text = "^0$"},
    {.id = "ie-setting.intranet-detection", .event = kIeSetting, .operations = kValueArrives,
     .target = R"(HKLM\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\INTERNET SETTINGS\ZONEMAP)",
     .value = "AUTODETECT", .not_text = "^1$"},
    {.id = "ie-setting.menu", .event = kIeSetting, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\INTERNET EXPLORER\MENUEXT\**)"},

    // ---- 6 Shell Modification
    // As with Run: the registry and WMI services write for whoever asks them. Deployment delegates the classes of Store
    // apps to its launcher.
    {.id = "shell.command-for-other", .event = kShell, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\CLASSES\[EXEFILE|COMFILE|BATFILE|CMDFILE|MSCFILE|FOLDER|DIRECTORY|DRIVE|MS-*|)"
               R"(APPX*]\SHELL\*\COMMAND)",
     .value = "[(DEFAULT)|DELEGATEEXECUTE]", .not_text = R"(^\{4ed3a719-cea8-4bd9-910d-e252f997afc2\}$)",
     .conditions = kActorIsBroker, .trust_settles = false},
    {.id = "shell.program-command", .event = kShell, .operations = kValueChanges,
     .target = R"([HKLM|HKCU]\SOFTWARE\CLASSES\[EXE|COM|BAT|CMD|PIF|SCR|CPL|HTA|REG|VBS|VBE|JS|JSE|WSF|WSH|MSC|INF|)"
               R"(LNK|TXT]FILE\SHELL\*\COMMAND)"},
    {.id = "shell.folder-command", .event = kShell, .operations = kValueChanges,
     .target = R"([HKLM|HKCU]\SOFTWARE\CLASSES\[FOLDER|DIRECTORY|DRIVE|UNKNOWN|MS-SETTINGS|)"
               R"(LAUNCHER.SYSTEMSETTINGS]\SHELL\*\COMMAND)"},
    // Classes of Windows' own protocols and of Store apps.
    {.id = "shell.app-command", .event = kShell, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\CLASSES\[MS-*|APPX*]\SHELL\*\COMMAND)", .value = "[(DEFAULT)|DELEGATEEXECUTE]",
     .not_text = R"(^\{4ed3a719-cea8-4bd9-910d-e252f997afc2\}$)"},
    {.id = "shell.extension-class", .event = kShell, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\CLASSES\.[EXE|COM|BAT|CMD|PIF|SCR|CPL|REG|LNK])", .value = "(DEFAULT)",
     .conditions = kTextNotOwnClass},
    {.id = "shell.execute-hook", .event = kShell, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\EXPLORER\[SHELLEXECUTEHOOKS|)"
               R"(SHAREDTASKSCHEDULER])"},
    {.id = "shell.delay-load", .event = kShell, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\SHELLSERVICEOBJECTDELAYLOAD)"},
    {.id = "shell.handler", .event = kShell, .operations = kKeyArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\CLASSES\**\SHELLEX\[CONTEXTMENU|COPYHOOK|DRAGDROP|PROPERTYSHEET]HANDLERS\*\**)"},
    {.id = "shell.icon-handler", .event = kShell, .operations = kKeyArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\CLASSES\*\SHELLEX\ICONHANDLER)"},
    {.id = "shell.icon-overlay", .event = kShell, .operations = kKeyArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\EXPLORER\SHELLICONOVERLAYIDENTIFIERS\*\**)"},
    {.id = "shell.winlogon-shell", .event = kShell, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS NT\CURRENTVERSION\WINLOGON)", .value = "SHELL",
     .not_text = R"((^|,)\s*)" EXPLORER R"((\s|,|$))"},
    {.id = "shell.startup-folder", .event = kShell, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\EXPLORER\[USER SHELL FOLDERS|SHELL FOLDERS])",
     .value = "[STARTUP|COMMON STARTUP]"},

    // ---- 7 New Service
    // The service control manager registers what others hand in. Windows itself copies some services for each user.
    {.id = "service.installed", .event = kNewService, .operations = kServiceInstalled,
     .conditions = kTextProgramNotSystem, .trust_settles = false},
    {.id = "service.image-path", .event = kNewService, .operations = kValueArrives,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\*)", .value = "IMAGEPATH",
     .conditions = kTextProgramNotSystem, .trust_settles = false},
    {.id = "service.library", .event = kNewService, .operations = kValueArrives,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\*\PARAMETERS)", .value = "SERVICEDLL"},
    // The kernel loads a driver for whoever asks it. Defender's own lies beside its definitions. Other folders below
    // System32 are open to users (SPOOL\DRIVERS\COLOR) and hold none.
    {.id = "service.driver-load", .event = kNewService, .operations = kDriverLoaded,
     .except = R"(%SYSTEMROOT%\[SYSTEM32\*|SYSTEM32\DRIVERS\**|SYSTEM32\DRIVERSTORE\**|SYSWOW64\DRIVERS\**|)"
               R"(WINSXS\**])",
     .conditions = kTextProgramNotSystem, .trust_settles = false},

    // ---- 8 Security Policy Modification
    {.id = "security-policy.system", .event = kSecurityPolicy, .operations = kValueChanges,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\POLICIES\SYSTEM\**)"},
    {.id = "security-policy.explorer", .event = kSecurityPolicy, .operations = kValueChanges,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\POLICIES\EXPLORER\**)",
     .except = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\POLICIES\EXPLORER\RUN)"},
    {.id = "security-policy.safer", .event = kSecurityPolicy, .operations = kValueChanges | kKeyCreated,
     .target = R"([HKLM|HKCU]\SOFTWARE\POLICIES\MICROSOFT\WINDOWS\SAFER\**)"},
    // Firewall policies are event 9, logon scripts event 1; certificates of domain members are refreshed every day.
    {.id = "security-policy.policies", .event = kSecurityPolicy, .operations = kValueChanges,
     .target = R"([HKLM|HKCU]\SOFTWARE\POLICIES\MICROSOFT\**)",
     .except = R"([HKLM|HKCU]\SOFTWARE\POLICIES\MICROSOFT\[WINDOWSFIREWALL|WINDOWS\SYSTEM\SCRIPTS|)"
               R"(SYSTEMCERTIFICATES]\**)"},
    {.id = "security-policy.lsa", .event = kSecurityPolicy, .operations = kValueArrives | kValueDeleted,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\CONTROL\LSA)",
     .value = "[RUNASPPL*|LIMITBLANKPASSWORDUSE|NOLMHASH|LMCOMPATIBILITYLEVEL|RESTRICTANONYMOUS*|"
              "EVERYONEINCLUDESANONYMOUS|DISABLEDOMAINCREDS|DISABLERESTRICTEDADMIN*|FORCEGUEST|LSACFGFLAGS|"
              "AUDITBASE*|CRASHONAUDITFAIL|FULLPRIVILEGEAUDITING|SCENOAPPLYLEGACYAUDITPOLICY]"},
    {.id = "security-policy.lsa-part", .event = kSecurityPolicy, .operations = kValueChanges,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\CONTROL\LSA\[AUDIT|MSV1_0]\**)"},
    {.id = "security-policy.clear-text-passwords", .event = kSecurityPolicy, .operations = kValueArrives,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\CONTROL\SECURITYPROVIDERS\WDIGEST)", .value = "USELOGONCREDENTIAL"},
    {.id = "security-policy.audit", .event = kSecurityPolicy, .operations = kAuditPolicyChanged,
     .trust_settles = false},
    // Defender itself writes what Add-MpPreference or WMI ask for.
    {.id = "security-policy.defender-exclusion", .event = kSecurityPolicy, .operations = kValueArrives,
     .target = R"(HKLM\SOFTWARE\MICROSOFT\WINDOWS DEFENDER\EXCLUSIONS\**)", .trust_settles = false},

    // ---- 9 Firewall Policy Modification
    // The firewall service writes the first two for whoever asks it.
    {.id = "firewall.profile", .event = kFirewall, .operations = kValueChanges,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\SHAREDACCESS\PARAMETERS\FIREWALLPOLICY\[DOMAIN|PUBLIC|)"
               R"(STANDARD]PROFILE\**)",
     .trust_settles = false},
    {.id = "firewall.rules", .event = kFirewall, .operations = kValueChanges,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\SHAREDACCESS\PARAMETERS\FIREWALLPOLICY\FIREWALLRULES)",
     .trust_settles = false},
    {.id = "firewall.other", .event = kFirewall, .operations = kValueChanges,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\SHAREDACCESS\PARAMETERS\FIREWALLPOLICY\**)"},
    {.id = "firewall.policy", .event = kFirewall, .operations = kValueChanges,
     .target = R"([HKLM|HKCU]\SOFTWARE\POLICIES\MICROSOFT\WINDOWSFIREWALL\**)"},
    // The firewall's own log names the program that asked for a rule; some ask for others. Rules of Store packages come
    // and go with every logon of a user: named after the package, or made by the service itself.
    {.id = "firewall.rule-logged-for-other", .event = kFirewall, .operations = kFirewallRuleChanged,
     .not_text = R"(^@\{[^}?]+\?ms-resource://[^}]*\}$)", .conditions = kUserNotFirewall | kActorIsBroker,
     .trust_settles = false},
    {.id = "firewall.rule-logged", .event = kFirewall, .operations = kFirewallRuleChanged,
     .not_text = R"(^@\{[^}?]+\?ms-resource://[^}]*\}$)", .conditions = kUserNotFirewall},
    {.id = "firewall.setting-logged", .event = kFirewall, .operations = kFirewallSettingChanged,
     .conditions = kUserNotFirewall, .trust_settles = false},

    // ---- 10 System File Modification
    {.id = "system-file.logon-program", .event = kSystemFile, .operations = kFileChanges,
     .target = R"(%SYSTEMROOT%\[SYSTEM32|SYSWOW64]\[USERINIT|WINLOGON|LOGONUI|SETHC|UTILMAN|OSK|MAGNIFY|NARRATOR|)"
               R"(DISPLAYSWITCH|ATBROKER].EXE)",
     .access = kFileModify, .conditions = kTargetNotLookalike},
    {.id = "system-file.boot-loader", .event = kSystemFile, .operations = kFileChanges,
     .target = R"(%SYSTEMDRIVE%\[BOOTMGR|BOOTNXT|NTLDR|BOOT.INI|NTDETECT.COM|AUTOEXEC.BAT|CONFIG.SYS])",
     .access = kFileModify, .conditions = kTargetNotLookalike},
    {.id = "system-file.boot-folder", .event = kSystemFile, .operations = kFileChanges,
     .target = R"(%SYSTEMDRIVE%\BOOT\**)", .access = kFileModify, .conditions = kTargetNotLookalike},
    {.id = "system-file.boot-source", .event = kSystemFile, .operations = kFileChanges,
     .target = R"(%SYSTEMROOT%\BOOT\**)", .access = kFileModify, .conditions = kTargetNotLookalike},
    {.id = "system-file.efi", .event = kSystemFile, .operations = kFileChanges,
     .target = R"(**\EFI\[MICROSOFT|BOOT]\**)", .access = kFileModify, .conditions = kTargetNotLookalike},
    // Not the profile of the system account, logs, tasks and policies that lie there too.
    {.id = "system-file.executable", .event = kSystemFile, .operations = kFileChanges,
     .target = R"(%SYSTEMROOT%\[SYSTEM32|SYSWOW64]\**)",
     .except = R"(%SYSTEMROOT%\*\[CONFIG|GROUPPOLICY|LOGFILES|TASKS]\**)", .access = kFileModify,
     .conditions = kTargetIsExecutable | kTargetNotLookalike},
    {.id = "system-file.ini", .event = kSystemFile, .operations = kFileChanges,
     .target = R"(%SYSTEMROOT%\[SYSTEM32|SYSWOW64]\**\*.INI)",
     .except = R"(%SYSTEMROOT%\*\[CONFIG|GROUPPOLICY|LOGFILES|TASKS]\**)", .access = kFileModify,
     .conditions = kTargetNotLookalike},
    {.id = "system-file.windows-executable", .event = kSystemFile, .operations = kFileChanges,
     .target = R"(%SYSTEMROOT%\*)", .access = kFileModify,
     .conditions = kTargetIsExecutable | kTargetNotLookalike},
    {.id = "system-file.windows-ini", .event = kSystemFile, .operations = kFileChanges,
     .target = R"(%SYSTEMROOT%\*.INI)", .access = kFileModify,
     .conditions = kTargetNotLookalike},
    {.id = "system-file.screensaver", .event = kSystemFile, .operations = kValueArrives,
     .target = R"(HKCU\CONTROL PANEL\DESKTOP)", .value = "SCRNSAVE.EXE", .text = R"(\S)"},

    // ---- 11 Duplicated System File (engine/monitoring/system_files.cc)
    {.id = "duplicated.started", .event = kDuplicated, .operations = kStart, .conditions = kTargetMisplaced},
    {.id = "duplicated.created", .event = kDuplicated, .operations = kFileArrives, .conditions = kTargetMisplaced},

    // ---- 12 Layered Service Provider
    {.id = "layered-provider.catalog", .event = kLayeredProvider,
     .operations = kKeyArrives | kValueDeleted | kKeyDeleted,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\WINSOCK2\PARAMETERS\PROTOCOL_CATALOG9\**)"},

    // ---- 13 System Process Modification
    {.id = "system-process.thread", .event = kSystemProcess, .operations = kThreadInjected,
     .conditions = kTargetIsSystemProcess | kActorNotSystemProgram},
    // Sysmon opens every process with all rights; it starts no thread there and ends none.
    {.id = "system-process.write", .event = kSystemProcess, .operations = kProcessOpened, .access = kProcessWrite,
     .conditions = kTargetIsSystemProcess | kActorNotSystemProgram | kActorNotRecorder},
    {.id = "system-process.inject", .event = kSystemProcess, .operations = kProcessOpened, .access = kProcessInject,
     .conditions = kTargetIsSystemProcess | kActorNotSystemProgram | kActorNotRecorder},
    {.id = "system-process.terminate", .event = kSystemProcess, .operations = kProcessOpened,
     .access = kProcessTerminate, .conditions = kTargetIsSystemProcess | kActorNotSystemProgram | kActorNotRecorder},
    {.id = "system-process.debug", .event = kSystemProcess, .operations = kProcessOpened, .access = kProcessDebug,
     .conditions = kTargetIsSystemProcess | kActorNotSystemProgram | kActorNotRecorder},
    {.id = "system-process.terminated", .event = kSystemProcess, .operations = kProcessTerminated,
     .conditions = kTargetIsSystemProcess | kActorNotSystemProgram},

    // ---- 16 Suspicious Behavior
    {.id = "suspicious.copies-itself-from-temp", .event = kSuspicious, .operations = kFileArrives,
     .target = R"(%SYSTEMROOT%\[SYSTEM32|SYSWOW64]\**)", .conditions = kActorFromTemp | kTargetIsExecutable},
    {.id = "suspicious.starts-its-copy", .event = kSuspicious, .operations = kValueArrives,
     .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\[RUN|RUNONCE])",
     .conditions = kActorFromTemp | kActorWroteToSystem},
    {.id = "suspicious.autorun", .event = kSuspicious, .operations = kFileArrives, .target = R"(*\AUTORUN.INF)"},
    {.id = "suspicious.autorun-on-share", .event = kSuspicious, .operations = kFileArrives,
     .target = R"(\\*\*\AUTORUN.INF)"},
    {.id = "suspicious.deletes-itself", .event = kSuspicious, .operations = kFileDeleted,
     .conditions = kTargetIsActorImage},
    {.id = "suspicious.has-itself-deleted", .event = kSuspicious, .operations = kStart,
     .program = "[CMD|POWERSHELL|PWSH].EXE", .text = R"((^|[\s"'&|;])(del|erase|rm|remove-item)\s)",
     .conditions = kTextNamesCreator},
    {.id = "suspicious.security-service-off", .event = kSuspicious, .operations = kValueArrives,
     .target = R"(HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\[WINDEFEND|WDNISSVC|SENSE|SECURITYHEALTHSERVICE|WSCSVC|)"
               R"(MPSSVC|BFE|EVENTLOG|TMLISTEN|NTRTSCAN|TMBMSERVER])",
     .value = "START", .text = "^4$", .trust_settles = false},
    {.id = "suspicious.security-service-command", .event = kSuspicious, .operations = kStart,
     .program = "[SC|NET|NET1].EXE",
     .text = R"(\s(stop|delete|pause)\s+(/y\s+)?"?()" SECURITY_SERVICES "|" SECURITY_SERVICES_IN_WORDS
             R"()\b|\sconfig\s+"?()" SECURITY_SERVICES R"()\b.*start=\s*disabled)"},
    {.id = "suspicious.defender-off", .event = kSuspicious, .operations = kValueArrives,
     .target = R"(HKLM\SOFTWARE\MICROSOFT\WINDOWS DEFENDER\**)",
     .value = "DISABLE[ANTISPYWARE|ANTIVIRUS|REALTIMEMONITORING|BEHAVIORMONITORING|ONACCESSPROTECTION|IOAVPROTECTION]",
     .text = "[1-9]", .trust_settles = false},
    {.id = "suspicious.defender-command", .event = kSuspicious, .operations = kStart,
     .program = "[POWERSHELL|PWSH].EXE",
     .text = R"((set|add))" DASH R"(mppreference\s.*)" DASH
             R"((disable|exclusion|(enable\w+|puaprotection|mapsreporting)[\s:]+["']?(disable|0)|)"
             R"(submitsamplesconsent[\s:]+["']?(never|2)))"},
    // Each word may be cut to any length.
    {.id = "suspicious.firewall-command", .event = kSuspicious, .operations = kStart, .program = "NETSH.EXE",
     .text = R"(\sad?v?f?i?r?e?w?a?l?l?\s+se?t?\s+\S+\s+st?a?t?e?\s+off?(\s|$)|)"
             R"(\sfi?r?e?w?a?l?l?\s+se?t?\s+op?m?o?d?e?\s+(\S+\s*=\s*\S+\s+)*(mo?d?e?\s*=\s*)?)"
             R"(di?s?a?b?l?e?(\s|$))"},
    // -EncodedCommand may be cut to any length; what follows is the Base64 of UTF-16 text, in which every second byte is
    // mostly 0. Shorter values of other parameters (-Encoding utf8) are none.
    {.id = "suspicious.powershell-encoded", .event = kSuspicious, .operations = kStart,
     .program = "[POWERSHELL|PWSH].EXE",
     .text = R"(\s(/|)" DASH R"()(e|ec|en[a-z]*)(\s+|:\s*)["']?([a-z0-9+/]{16}|)"
             R"([a-z0-9+/][agqw][ab][a-z0-9+/=]([a-z0-9+/]{4})*([a-z0-9+/]{2}[a-z0-9+/=]=)?["']?(\s|$))|)"
             "frombase64string"},
    {.id = "suspicious.powershell-download", .event = kSuspicious, .operations = kStart,
     .program = "[POWERSHELL|PWSH].EXE",
     .text = R"(\.download(string|file|data)|net\.webclient|invoke)" DASH R"((webrequest|restmethod)|\b(iwr|irm)\s|)"
             R"(start)" DASH "bitstransfer|xmlhttp"},
    {.id = "suspicious.certutil", .event = kSuspicious, .operations = kStart, .program = "CERTUTIL.EXE",
     .text = R"(\s[-/](urlcache|verifyctl)\s.*(https?|ftp):|\s[-/]decode(hex)?\s)"},
    {.id = "suspicious.bitsadmin", .event = kSuspicious, .operations = kStart, .program = "BITSADMIN.EXE",
     .text = R"(\s[-/](transfer|addfile|addfileset|setnotifycmdline)\s)"},
    {.id = "suspicious.regsvr32", .event = kSuspicious, .operations = kStart, .program = "REGSVR32.EXE",
     .text = R"(\s[-/]i:"?(https?:|ftp:|[\\/]{2})|scrobj(\.dll)?)"},
    {.id = "suspicious.mshta", .event = kSuspicious, .operations = kStart, .program = "MSHTA.EXE",
     .text = R"((https?|ftp|javascript|vbscript|about):|)" PASSING_FOLDER},
    {.id = "suspicious.rundll32", .event = kSuspicious, .operations = kStart, .program = "RUNDLL32.EXE",
     .text = R"((javascript|vbscript|https?):|\s['"]*[\\/]{2})"},
    // Two slashes begin an option ("//nologo"), unless a host and a share follow.
    {.id = "suspicious.script-host", .event = kSuspicious, .operations = kStart, .program = "[WSCRIPT|CSCRIPT].EXE",
     .text = R"((https?|script):|\s['"]*[\\/]{2,}([?.][\\/]unc[\\/])?[^\s\\/:?.'"][^\s\\/:'"]*[\\/]|)"
             PASSING_FOLDER},
    {.id = "suspicious.wmic-stylesheet", .event = kSuspicious, .operations = kStart, .program = "WMIC.EXE",
     .text = R"([-/]format:\s*["']?(https?:|ftp:|[\\/]{2}))"},
});
// clang-format on

#undef PASSING_FOLDER
#undef DASH
#undef DAILY_TASKS
#undef EXPLORER
#undef SECURITY_SERVICES_IN_WORDS
#undef SECURITY_SERVICES

}  // namespace

std::span<const EventRule> event_rules() { return kTable; }

}  // namespace holdfast::engine
