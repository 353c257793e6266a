#include "tests/engine/monitoring/naive_matcher.h"

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string_view>

#include "engine/monitoring/command_text.h"
#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/system_files.h"

namespace holdfast::engine {
namespace {

struct Seen {
  OperationMask kind = 0;
  std::string target;
  WindowsPath file;
  bool executable = false;
  bool has_value = false;
  std::string value;
  std::string text;
  std::uint32_t access = ~0U;
};

// One character after the other; `[A|B]` tries each, `*` within a part takes none or one more, parts by the same rule.
bool fits(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.starts_with('[')) {
    const std::size_t close = pattern.find(']');
    std::string_view choices = pattern.substr(1, close - 1);
    for (;;) {
      const std::size_t bar = choices.find('|');
      if (fits(std::string(choices.substr(0, bar)) + std::string(pattern.substr(close + 1)), text)) return true;
      if (bar == std::string_view::npos) return false;
      choices = choices.substr(bar + 1);
    }
  }
  if (pattern.starts_with('*')) {
    return fits(pattern.substr(1), text) || (!text.empty() && fits(pattern, text.substr(1)));
  }
  return !text.empty() && pattern[0] == text[0] && fits(pattern.substr(1), text.substr(1));
}

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts{std::string()};
  for (const char c : path) {
    if (c == '\\') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool parts_fit(std::span<const std::string> pattern, std::span<const std::string> path) {
  if (pattern.empty()) return path.empty();
  if (pattern[0] == "**") {
    return parts_fit(pattern.subspan(1), path) || (!path.empty() && parts_fit(pattern, path.subspan(1)));
  }
  return !path.empty() && fits(pattern[0], path[0]) && parts_fit(pattern.subspan(1), path.subspan(1));
}

// Whether `path` or something below it can be what the pattern names.
bool parts_lead_to(std::span<const std::string> pattern, std::span<const std::string> path) {
  if (path.empty()) return true;
  if (pattern.empty()) return false;
  if (pattern[0] == "**") return parts_lead_to(pattern.subspan(1), path) || parts_lead_to(pattern, path.subspan(1));
  return fits(pattern[0], path[0]) && parts_lead_to(pattern.subspan(1), path.subspan(1));
}

// A choice of several parts is made before the path is cut into its parts.
std::vector<std::string> with_choices_of_parts_made(const std::string& pattern) {
  for (std::size_t open = pattern.find('['); open != std::string::npos; open = pattern.find('[', open + 1)) {
    const std::size_t close = pattern.find(']', open);
    const std::string choices = pattern.substr(open + 1, close - open - 1);
    if (choices.find('\\') == std::string::npos) continue;
    std::vector<std::string> all;
    for (std::size_t at = 0; at <= choices.size();) {
      const std::size_t end = std::min(choices.find('|', at), choices.size());
      const std::string made = pattern.substr(0, open) + choices.substr(at, end - at) + pattern.substr(close + 1);
      for (std::string& one : with_choices_of_parts_made(made)) all.push_back(std::move(one));
      at = end + 1;
    }
    return all;
  }
  return {pattern};
}

bool path_fits(std::string_view pattern, std::string_view path, const std::string& root, bool or_above = false) {
  std::string placed(pattern);
  if (placed.starts_with("%SYSTEMROOT%")) placed.replace(0, 12, root);
  if (placed.starts_with("%SYSTEMDRIVE%")) placed.replace(0, 13, root.substr(0, 2));
  return std::ranges::any_of(with_choices_of_parts_made(placed), [&](const std::string& choice) {
    return or_above ? parts_lead_to(parts_of(choice), parts_of(path)) : parts_fit(parts_of(choice), parts_of(path));
  });
}

// The folder of Windows is C:\Windows in every profile that this reads.
bool text_fits(std::string_view expression, const std::string& text) {
  static std::map<std::string, std::regex, std::less<>> compiled;
  auto at = compiled.find(expression);
  if (at == compiled.end()) {
    const std::string placed = std::regex_replace(std::string(expression), std::regex("%SYSTEMROOT%"),
                                                  R"((C:\\WINDOWS|%SYSTEMROOT%|%WINDIR%))");
    at = compiled.emplace(expression, std::regex(placed, std::regex::ECMAScript | std::regex::icase)).first;
  }
  return std::regex_search(text, at->second);
}

class Reader {
 public:
  Reader(const PathNormaliser& paths, const v1::Operation& operation, const Subject& subject)
      : paths_(paths), o_(operation), subject_(subject) {}

  std::vector<Seen> faces() const {
    using O = v1::Operation;
    switch (o_.what_case()) {
      case O::kProcessStart: {
        Seen seen = file(kStart, o_.process_start().image(), false);
        seen.text = o_.process_start().command_line();
        return {seen};
      }
      case O::kFileCreate: return {file(kFileCreated, o_.file_create().path(), o_.file_create().executable())};
      case O::kFileWrite: return {file(kFileWritten, o_.file_write().path(), o_.file_write().executable())};
      case O::kFileDelete: return {file(kFileDeleted, o_.file_delete().path(), o_.file_delete().executable())};
      case O::kFileRename:
        return {file(kFileMovedAway, o_.file_rename().path(), o_.file_rename().executable()),
                file(kFileMovedHere, o_.file_rename().new_path(), o_.file_rename().executable())};
      case O::kFileAccess: {
        Seen seen = file(kFileOpened, o_.file_access().path(), false);
        seen.access = o_.file_access().access_mask();
        return {seen};
      }
      case O::kRegistryKeyCreate: return {key(kKeyCreated, o_.registry_key_create().key())};
      case O::kRegistryKeyDelete: return {key(kKeyDeleted, o_.registry_key_delete().key())};
      case O::kRegistryKeyRename: return {key(kKeyMovedHere, o_.registry_key_rename().new_key())};
      case O::kRegistrySet:
        return {value(kValueSet, o_.registry_set().key(), o_.registry_set().value(), o_.registry_set().data())};
      case O::kRegistryDelete:
        return {value(kValueDeleted, o_.registry_delete().key(), o_.registry_delete().value(), "")};
      case O::kServiceInstall: return {text(kServiceInstalled, o_.service_install().image_path())};
      case O::kScheduledTaskRegister: {
        const v1::ScheduledTaskRegister& task = o_.scheduled_task_register();
        Seen seen = text(task.updated() ? kTaskChanged : kTaskCreated, task.content());
        seen.target = folded(task.name());
        return {seen};
      }
      case O::kDriverLoad: return {file(kDriverLoaded, o_.driver_load().path(), true)};
      case O::kRemoteThread: {
        Seen seen = file(kThreadInjected, o_.remote_thread().target_image(), false);
        seen.text = o_.remote_thread().start_function();
        return {seen};
      }
      case O::kProcessAccess: {
        Seen seen = file(kProcessOpened, o_.process_access().target_image(), false);
        seen.access = o_.process_access().access_mask();
        return {seen};
      }
      case O::kProcessTerminate: return {file(kProcessTerminated, o_.process_terminate().target_image(), false)};
      case O::kWmiSubscription:
        if (o_.wmi_subscription().deleted()) return {};
        if (o_.wmi_subscription().part() == v1::WmiSubscription::PART_CONSUMER) {
          return {text(kWmiConsumerAdded, o_.wmi_subscription().content())};
        }
        if (o_.wmi_subscription().part() == v1::WmiSubscription::PART_BINDING) {
          return {text(kWmiBindingAdded, o_.wmi_subscription().content())};
        }
        return {};
      case O::kAuditPolicyChange: return {text(kAuditPolicyChanged, o_.audit_policy_change().changes())};
      case O::kFirewallPolicyChange: {
        const v1::FirewallPolicyChange& change = o_.firewall_policy_change();
        static const std::set<int> kRules{1, 2, 3};
        static const std::set<int> kSettings{4, 5};
        if (kRules.contains(change.kind())) return {text(kFirewallRuleChanged, change.rule())};
        if (kSettings.contains(change.kind())) return {text(kFirewallSettingChanged, change.value())};
        return {};
      }
      default: return {};
    }
  }

  bool matches(const EventRule& rule, const Seen& seen) const {
    if ((rule.operations & seen.kind) == 0) return false;
    if (seen.file.stream == "ZONE.IDENTIFIER" && (seen.kind & (kFileChanges | kDriverLoaded)) != 0) {
      return false;
    }
    const std::string& root = paths_.system_root();
    const bool moved = seen.kind == kKeyMovedHere;
    if (!rule.target.empty() && (seen.target.empty() || !path_fits(rule.target, seen.target, root, moved)))
      return false;
    if (!rule.program.empty() && !program_fits(rule.program, seen)) return false;
    const std::string name = seen.value.empty() ? "(DEFAULT)" : folded(seen.value);
    if (!rule.value.empty() && seen.has_value && !fits(rule.value, name)) return false;
    if (!rule.not_value.empty() && seen.has_value && fits(rule.not_value, name)) return false;
    const bool itself = !seen.file.lookalike && seen.file.stream.empty();
    if (!rule.except.empty() && itself && path_fits(rule.except, seen.target, root)) return false;
    if (rule.access != 0 && (rule.access & seen.access) == 0) return false;
    if (!moved && !rule.text.empty() && !text_fits(rule.text, seen.text)) return false;
    if (!moved && !rule.not_text.empty() && text_fits(rule.not_text, seen.text)) return false;
    for (std::uint32_t bit = 0; bit < kConditionKinds; ++bit) {
      if ((rule.conditions & (1U << bit)) != 0 && !holds(1U << bit, seen)) return false;
    }
    return true;
  }

 private:
  Seen file(OperationMask kind, const std::string& raw, bool executable) const {
    Seen seen{
        .kind = kind, .target = {}, .file = paths_.normalise(raw), .executable = executable, .value = {}, .text = {}};
    seen.target = seen.file.folded;
    return seen;
  }
  static Seen key(OperationMask kind, const std::string& raw) {
    return {.kind = kind, .target = normalise_registry_key(raw).folded, .file = {}, .value = {}, .text = {}};
  }
  static Seen value(OperationMask kind, const std::string& raw, const std::string& name, const std::string& data) {
    Seen seen = key(kind, raw);
    seen.has_value = true;
    seen.value = name;
    seen.text = data;
    return seen;
  }
  static Seen text(OperationMask kind, const std::string& content) {
    return {.kind = kind, .target = {}, .file = {}, .value = {}, .text = content};
  }

  bool program_fits(std::string_view pattern, const Seen& seen) const {
    std::string original = folded(o_.process_start().original_file_name());
    if (original.ends_with(".MUI")) original.resize(original.size() - 4);
    return fits(pattern, seen.file.file_name()) || fits(pattern, original);
  }

  bool in_temp(const WindowsPath& path) const {
    static constexpr std::string_view kFolders[] = {R"(**\APPDATA\LOCAL\TEMP\*\**)",
                                                    R"(**\APPDATA\LOCALLOW\TEMP\*\**)",
                                                    R"(**\LOCAL SETTINGS\TEMP\*\**)",
                                                    R"(%SYSTEMROOT%\TEMP\*\**)",
                                                    R"(*\TEMP\*\**)",
                                                    R"(*\TMP\*\**)"};
    return std::ranges::any_of(
        kFolders, [&](std::string_view folder) { return path_fits(folder, path.folded, paths_.system_root()); });
  }

  bool holds(ConditionMask condition, const Seen& seen) const {
    static const WindowsPath kUnknown;
    const WindowsPath& actor = subject_.image == nullptr ? kUnknown : *subject_.image;
    const std::string& root = paths_.system_root();
    switch (condition) {
      case kActorNotSystemProgram: return actor.empty() || !is_system_program(actor, paths_);
      case kActorNotRecorder: {
        static constexpr std::string_view kSysmon[] = {R"(\SYSMON.EXE)", R"(\SYSMON64.EXE)", R"(\SYSMON64A.EXE)"};
        return actor.lookalike || !actor.stream.empty() || std::ranges::none_of(kSysmon, [&](std::string_view name) {
                 return actor.folded == root + std::string(name);
               });
      }
      case kActorIsBroker: return !actor.empty() && is_broker(actor, root);
      case kActorFromTemp: return (subject_.facts & kStartedFromTemp) != 0 || (!actor.empty() && in_temp(actor));
      case kActorWroteToSystem: return (subject_.facts & kWroteToSystemFolder) != 0;
      case kTargetIsActorImage: return !actor.empty() && seen.target == actor.folded;
      case kTargetNotActor: {
        const v1::ProcessKey& target = o_.has_remote_thread()    ? o_.remote_thread().target()
                                       : o_.has_process_access() ? o_.process_access().target()
                                                                 : o_.process_terminate().target();
        if (target.pid() == 0 || target.pid() != o_.actor().pid()) return true;
        return target.start_ns() != 0 && o_.actor().start_ns() != 0 && target.start_ns() != o_.actor().start_ns();
      }
      case kTargetIsSystemProcess: return is_system_process(seen.file, root);
      case kTargetIsExecutable: return seen.executable || is_executable_extension(seen.file.extension());
      case kTargetMisplaced: return is_misplaced(seen.file, root);
      case kTextNamesCreator: {
        WindowsPath path = subject_.creator != nullptr ? *subject_.creator : WindowsPath();
        if (path.empty()) path = paths_.normalise(o_.process_start().parent_image());
        if (path.empty()) path = paths_.normalise(o_.actor_image());
        const std::string creator(path.file_name());
        if (creator.empty() || creator == "-" || is_interpreter(creator)) return false;
        if (find_system_file(creator) != nullptr && !is_misplaced(path, root)) return false;
        const std::size_t behind = seen.text.starts_with('"') ? seen.text.find('"', 1) : seen.text.find_first_of(" \t");
        if (behind == std::string::npos) return false;
        return folded(seen.text.substr(behind)).find(creator) != std::string::npos;
      }
      case kTextProgramNotSystem:
        if (seen.kind == kDriverLoaded) return !is_system_program(seen.file, paths_);
        return (seen.kind & (kTaskCreated | kTaskChanged)) != 0 ? !task_is_system(seen.text, paths_)
                                                                : !command_is_system(seen.text, paths_);
      case kTargetNotLookalike: return !seen.file.lookalike;
      case kTextNotOwnClass: return folded(seen.text) != seen.target.substr(seen.target.rfind('.') + 1) + "FILE";
      case kThreadOutsideModules: {
        const auto unknown = [](const std::string& name) { return name.empty() || name == "-"; };
        return unknown(o_.remote_thread().start_module()) && unknown(o_.remote_thread().start_function());
      }
      case kUserNotFirewall: return o_.actor_user() != kFirewallAccount;
      default: return false;
    }
  }

  const PathNormaliser& paths_;
  const v1::Operation& o_;
  const Subject& subject_;
};

}  // namespace

std::vector<std::string> naive_match(std::span<const EventRule> table, const PathNormaliser& paths,
                                     const v1::Operation& operation, const Subject& subject) {
  const Reader reader(paths, operation, subject);
  const std::vector<Seen> faces = reader.faces();
  std::vector<std::string> ids;
  std::set<int> events;
  for (const EventRule& rule : table) {
    if (events.contains(rule.event)) continue;
    if (std::ranges::none_of(faces, [&](const Seen& seen) { return reader.matches(rule, seen); })) continue;
    ids.emplace_back(rule.id);
    events.insert(rule.event);
  }
  return ids;
}

}  // namespace holdfast::engine
