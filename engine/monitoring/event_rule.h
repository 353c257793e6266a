// One row of Event Monitoring's table (DOMAIN 4): plain data that a reader checks against DOMAIN.md by eye.
//
//   {.id = "startup.run-key", .event = v1::NEW_STARTUP_PROGRAM, .operations = kValueArrives,
//    .target = R"([HKLM|HKCU]\SOFTWARE\MICROSOFT\WINDOWS\CURRENTVERSION\[RUN|RUNONCE|RUNSERVICES])"}
//
// A row matches when every condition that it states holds. Patterns (engine/monitoring/pattern.h) are written in the
// folded normal form of engine/path/windows_path.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

// What a process can do, as rows see it. One operation can show two faces: a rename takes a file away and brings one.
using OperationMask = std::uint32_t;
enum : OperationMask {
  kStart = 1U << 0U,        // process_start: target = program file, text = command line
  kFileCreated = 1U << 1U,  // target = file
  kFileWritten = 1U << 2U,
  kFileDeleted = 1U << 3U,
  kFileMovedAway = 1U << 4U,  // file_rename, seen from the old path
  kFileMovedHere = 1U << 5U,  // file_rename, seen from the new path
  kFileOpened = 1U << 6U,     // file_access: access = FILE_* rights
  kKeyCreated = 1U << 7U,     // target = key
  kKeyDeleted = 1U << 8U,
  kKeyMovedHere = 1U << 9U,  // registry_key_rename, seen from the new key
  kValueSet = 1U << 10U,     // target = key, value = name, text = data
  kValueDeleted = 1U << 11U,
  kServiceInstalled = 1U << 12U,  // text = image path
  kTaskCreated = 1U << 13U,       // target = task name, text = XML
  kTaskChanged = 1U << 14U,
  kDriverLoaded = 1U << 15U,       // target = file
  kThreadInjected = 1U << 16U,     // remote_thread: target = other program's file, text = exported name at the start
  kProcessOpened = 1U << 17U,      // process_access: target = other program's file, access = PROCESS_* rights
  kProcessTerminated = 1U << 18U,  // target = other program's file
  kWmiConsumerAdded = 1U << 19U,   // text = what the consumer runs
  kWmiBindingAdded = 1U << 20U,
  kAuditPolicyChanged = 1U << 21U,      // text = changes
  kFirewallRuleChanged = 1U << 22U,     // text = name of the rule
  kFirewallSettingChanged = 1U << 23U,  // text = new value
};
inline constexpr std::uint32_t kOperationKinds = 24;

// Ways of bringing, changing or removing something, for rows to name in one word.
inline constexpr OperationMask kFileArrives = kFileCreated | kFileWritten | kFileMovedHere;
inline constexpr OperationMask kFileChanges = kFileArrives | kFileDeleted | kFileMovedAway | kFileOpened;
inline constexpr OperationMask kValueArrives = kValueSet | kKeyMovedHere;
inline constexpr OperationMask kKeyArrives = kKeyCreated | kValueArrives;
inline constexpr OperationMask kValueChanges = kValueArrives | kValueDeleted | kKeyDeleted;

// Conditions on who acts and on what. A row names any number of them; all must hold. At a start the actor is the
// program that is to start.
using ConditionMask = std::uint32_t;
enum : ConditionMask {
  kActorNotSystemProgram = 1U << 0U,  // not is_system_program(); an unknown actor is none
  kActorIsBroker = 1U << 1U,          // a genuine service host that carries out what others ask (is_broker())
  kActorFromTemp = 1U << 2U,          // kStartedFromTemp was noted for the actor
  kActorWroteToSystem = 1U << 3U,     // kWroteToSystemFolder was noted for the actor
  kTargetIsActorImage = 1U << 4U,     // the actor's own program file
  kTargetNotActor = 1U << 5U,         // another process than the actor
  kTargetIsSystemProcess = 1U << 6U,  // a process that Windows itself relies on, from its genuine folder
  kTargetIsExecutable = 1U << 7U,     // a PE image by content, or a file that Windows runs by its extension
  kTargetMisplaced = 1U << 8U,        // is_misplaced(): takes a Windows file's name, or a Windows folder's, elsewhere
  kTextNamesCreator = 1U << 9U,       // kStart: the command line names the program that starts it
  kTextProgramNotSystem = 1U << 10U,  // the program that the text names, or the driver, is not is_system_program()
  kThreadOutsideModules = 1U << 11U,  // the thread starts in memory that belongs to no module
  kUserNotFirewall = 1U << 12U,       // not under the firewall service's own account (kFirewallAccount)
  kTargetNotLookalike = 1U << 13U,    // the target is the file that its normal form names (WindowsPath::lookalike)
  kActorNotRecorder = 1U << 14U,      // not is_recorder(); an unknown actor is none
  kTextNotOwnClass = 1U << 15U,       // the text is not the class that Windows gives the extension: EXEFILE for "\.EXE"
};
inline constexpr std::uint32_t kConditionKinds = 16;

// The account of the service MpsSvc: S-1-5-80 and the SHA-1 of "MPSSVC" in UTF-16, as Windows makes the SID of a
// service of its name. Who asks the service for a change is told by an account of their own.
inline constexpr std::string_view kFirewallAccount = "S-1-5-80-3088073201-1464728630-1879813800-1107566885-823218052";

// Rights on a process (PROCESS_* of winnt.h) that let the holder change it.
inline constexpr std::uint32_t kProcessWrite = 0x0008U | 0x0020U;   // VM_OPERATION, VM_WRITE
inline constexpr std::uint32_t kProcessInject = 0x0002U | 0x0080U;  // CREATE_THREAD, CREATE_PROCESS
inline constexpr std::uint32_t kProcessTerminate = 0x0001U;         // TERMINATE
// SUSPEND_RESUME and SET_INFORMATION, WRITE_DAC and WRITE_OWNER: what a debugger needs to take control.
inline constexpr std::uint32_t kProcessDebug = 0x0800U | 0x0200U | 0x0004'0000U | 0x0008'0000U;
// Rights on a file that let the holder change it: WRITE_DATA, APPEND_DATA, DELETE, WRITE_DAC, WRITE_OWNER.
inline constexpr std::uint32_t kFileModify = 0x0002U | 0x0004U | 0x0001'0000U | 0x0004'0000U | 0x0008'0000U;

struct EventRule {
  std::string_view id;  // "startup.run-key": named in reasons and logs; unique
  v1::MonitoredEvent event;
  OperationMask operations = 0;  // any of these
  // Pattern over path, key or task name; empty: any. A key that is moved here brings the keys below it: it matches also
  // where a key of the pattern may lie below it.
  std::string_view target{};
  std::string_view program{};    // kStart: the program's file name, or the one its version resource gives; empty: any
  std::string_view value{};      // kValueSet, kValueDeleted: the value's name, "(DEFAULT)" if it has none; empty: any
  std::string_view not_value{};  // likewise, but must not match; a key that is moved or deleted brings values unnamed
  // RE2, case-insensitive, found anywhere in the text; empty: any. %SYSTEMROOT% stands for the Windows folder and for
  // the variables that name it. What the values of a key hold that is moved here is not told: any.
  std::string_view text{};
  std::string_view not_text{};  // likewise, but must not be found; empty: none
  // Pattern over the target that must not match; empty: none. A lookalike or an alternate stream matches none.
  std::string_view except{};
  std::uint32_t access = 0;      // kFileOpened, kProcessOpened: at least one of these rights; 0: any
  ConditionMask conditions = 0;  // all of these
  // False where the actor merely carries out what somebody else asked for (service control manager, task scheduler), or
  // where the source names no actor: then the actor's signature or certification says nothing about the event.
  bool trust_settles = true;
};

}  // namespace holdfast::engine
