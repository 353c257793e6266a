// How a rule is found without trying every row: the operation is reduced to one or two faces, the face's kind selects
// a bucket, the bucket's tree over path parts (or its list of program names) gives the few rows whose target fits, and
// only those have their other conditions tried, in table order.
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/monitoring/command_text.h"
#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"
#include "engine/monitoring/operation_target.h"
#include "engine/monitoring/pattern.h"
#include "engine/monitoring/pattern_trie.h"
#include "engine/monitoring/system_files.h"
#include "engine/monitoring/temp_folders.h"
#include "engine/text/ascii.h"
#include "engine/text/check.h"

namespace holdfast::engine {
namespace {

constexpr std::size_t kRowsMax = 512;

using RowSet = std::array<std::uint64_t, kRowsMax / 64>;

void insert(RowSet& set, std::uint32_t row) { set[row / 64] |= std::uint64_t{1} << (row % 64); }

// One way to see an operation. Views live during the call.
struct Face {
  OperationMask kind = 0;
  std::string_view target;            // folded; empty: none
  const WindowsPath* file = nullptr;  // the target, where it is a file or another program's file
  bool executable = false;            // the sensor saw a PE image
  bool has_value = false;
  std::string_view value;  // name of a registry value as given
  std::string_view text;
  std::uint32_t access = 0;
};

struct Bucket {
  PatternTrie targets;
  std::vector<std::pair<std::string, std::vector<std::uint32_t>>> programs;  // sorted by name
  std::vector<std::uint32_t> always;  // rows that name neither target nor program
  std::uint32_t access = 0;           // rights that some row asks for
  bool used = false;
};

struct Row {
  const EventRule* rule = nullptr;
  std::vector<std::string> values;      // globs
  std::vector<std::string> not_values;  // likewise
  std::vector<std::string> except;      // placed patterns
  std::unique_ptr<const RE2> text;
  std::unique_ptr<const RE2> not_text;
};

// Registered commands name the Windows folder by its path or by a variable.
std::string place_expression(std::string_view expression, const std::string& system_root) {
  constexpr std::string_view kSystemRoot = "%SYSTEMROOT%";
  std::string placed(expression);
  const std::string spellings = "(?:" + RE2::QuoteMeta(system_root) + "|%SYSTEMROOT%|%WINDIR%)";
  for (std::size_t at = placed.find(kSystemRoot); at != std::string::npos;
       at = placed.find(kSystemRoot, at + spellings.size())) {
    placed.replace(at, kSystemRoot.size(), spellings);
  }
  return placed;
}

std::unique_ptr<const RE2> compile(std::string_view expression, std::string_view row, const std::string& system_root) {
  if (expression.empty()) return nullptr;
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_encoding(RE2::Options::EncodingLatin1);  // bytes: text from outside need not be valid UTF-8
  options.set_log_errors(false);
  auto compiled = std::make_unique<const RE2>(place_expression(expression, system_root), options);
  check(compiled->ok(), "rule " + std::string(row) + ": " + compiled->error());
  return compiled;
}

void require_sound(std::string_view pattern, std::string_view row) {
  const std::string problem = pattern_problem(pattern);
  check(problem.empty(), "rule " + std::string(row) + ": " + std::string(pattern) + ": " + problem);
}

std::vector<std::string> globs_of(std::string_view pattern) {
  return pattern.empty() ? std::vector<std::string>() : pattern_alternatives(pattern);
}

bool found_in(const RE2& expression, std::string_view text) {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), expression);
}

bool is_unknown_name(std::string_view text) { return text.empty() || text == "-"; }

bool same_process(const v1::ProcessKey& one, const v1::ProcessKey& other) {
  return one.pid() == other.pid() && one.pid() != 0 &&
         (one.start_ns() == other.start_ns() || one.start_ns() == 0 || other.start_ns() == 0);
}

// The mark of the web is no content of the file.
bool is_mark_of_the_web(const WindowsPath& file) { return file.stream == "ZONE.IDENTIFIER"; }

}  // namespace

// What a table becomes before the first operation; never changes afterwards, so that many matchers can use it.
struct CompiledRules {
  CompiledRules(std::span<const EventRule> rule_table, std::string root)
      : table(rule_table), system_root(std::move(root)) {
    check(table.size() <= kRowsMax, "a table of rules has at most 512 rows");
    rows.reserve(table.size());
    for (const EventRule& rule : table) add(rule);
  }

  void add(const EventRule& rule) {
    const auto number = static_cast<std::uint32_t>(rows.size());
    for (const std::string_view pattern : {rule.target, rule.value, rule.not_value, rule.program, rule.except}) {
      require_sound(pattern, rule.id);
    }
    Row row{.rule = &rule,
            .values = globs_of(rule.value),
            .not_values = globs_of(rule.not_value),
            .except = {},
            .text = compile(rule.text, rule.id, system_root),
            .not_text = compile(rule.not_text, rule.id, system_root)};
    if (!rule.except.empty()) {
      for (const std::string& pattern : pattern_alternatives(rule.except)) {
        row.except.push_back(place_pattern(pattern, system_root));
      }
    }
    for (std::uint32_t kind = 0; kind < kOperationKinds; ++kind) {
      if ((rule.operations & (1U << kind)) != 0) add(rule, number, 1U << kind, buckets[kind]);
    }
    rows.push_back(std::move(row));
  }

  void add(const EventRule& rule, std::uint32_t number, OperationMask kind, Bucket& bucket) {
    bucket.used = true;
    bucket.access |= rule.access == 0 ? ~0U : rule.access;
    if (!rule.target.empty()) {
      for (const std::string& pattern : pattern_alternatives(rule.target)) {
        std::string placed = place_pattern(pattern, system_root);
        bucket.targets.add(placed, number);
        // A key brings what lies below it: moved to any place above, it may hold the row's own.
        while (kind == kKeyMovedHere && placed.find('\\') != std::string::npos) {
          placed.resize(placed.rfind('\\'));
          bucket.targets.add(placed, number);
        }
      }
    } else if (!rule.program.empty()) {
      for (const std::string& name : pattern_alternatives(rule.program)) {
        const auto at = std::ranges::lower_bound(bucket.programs, name, {}, [](const auto& p) { return p.first; });
        if (at != bucket.programs.end() && at->first == name) {
          at->second.push_back(number);
        } else {
          bucket.programs.insert(at, {name, {number}});
        }
      }
    } else {
      bucket.always.push_back(number);
    }
  }

  bool made_of(std::span<const EventRule> other, std::string_view root) const {
    return table.data() == other.data() && table.size() == other.size() && system_root == root;
  }

  std::span<const EventRule> table;
  std::string system_root;  // folded
  std::vector<Row> rows;
  std::array<Bucket, kOperationKinds> buckets;
};

struct EventMatcher::Index {
  Index(std::shared_ptr<const CompiledRules> compiled, const PathNormaliser& path_rules)
      : paths(path_rules), temp_folders(path_rules), rules(std::move(compiled)) {}

  const Bucket& bucket_of(OperationMask kind) const {
    return rules->buckets[static_cast<std::size_t>(std::countr_zero(kind))];
  }

  // ---- faces

  void see_file(OperationMask kind, const std::string& raw, bool executable_content, std::uint32_t access = ~0U) {
    const Bucket& bucket = bucket_of(kind);
    if (!bucket.used || (bucket.access & access) == 0) return;
    paths.normalise(raw, path);
    if (is_mark_of_the_web(path)) return;
    try_rows({.kind = kind, .target = path.folded, .file = &path, .executable = executable_content, .access = access});
    note_drop(kind, executable_content);
  }

  void see_key(OperationMask kind, const std::string& raw) {
    if (!bucket_of(kind).used) return;
    normalise_registry_key(raw, key);
    try_rows({.kind = kind, .target = key.folded});
  }

  void see_value(OperationMask kind, const std::string& raw, const std::string& name, const std::string& data) {
    if (!bucket_of(kind).used) return;
    normalise_registry_key(raw, key);
    try_rows({.kind = kind, .target = key.folded, .has_value = true, .value = name, .text = data});
  }

  void see_process(OperationMask kind, const std::string& image, const std::string& text, std::uint32_t access = ~0U) {
    const Bucket& bucket = bucket_of(kind);
    if (!bucket.used || (bucket.access & access) == 0) return;
    paths.normalise(image, path);
    try_rows({.kind = kind, .target = path.folded, .file = &path, .text = text, .access = access});
  }

  void see_start(const v1::Process& process) {
    paths.normalise(process.image(), path);
    if (temp_folders.holds(path)) findings->new_facts |= kStartedFromTemp;
    if (!bucket_of(kStart).used) return;
    original_name.clear();
    append_folded(process.original_file_name(), original_name);
    if (original_name.ends_with(".MUI")) original_name.resize(original_name.size() - 4);
    try_rows({.kind = kStart, .target = path.folded, .file = &path, .text = process.command_line()});
  }

  void see_text(OperationMask kind, const std::string& text) {
    if (bucket_of(kind).used) try_rows({.kind = kind, .text = text});
  }

  void see_task(const v1::ScheduledTaskRegister& task) {
    const OperationMask kind = task.updated() ? kTaskChanged : kTaskCreated;
    if (!bucket_of(kind).used) return;
    task_name.clear();
    append_folded(task.name(), task_name);
    try_rows({.kind = kind, .target = task_name, .text = task.content()});
  }

  void see_wmi(const v1::WmiSubscription& subscription) {
    if (subscription.deleted()) return;
    if (subscription.part() == v1::WmiSubscription::PART_CONSUMER) see_text(kWmiConsumerAdded, subscription.content());
    if (subscription.part() == v1::WmiSubscription::PART_BINDING) see_text(kWmiBindingAdded, subscription.content());
  }

  void see_firewall(const v1::FirewallPolicyChange& change) {
    switch (change.kind()) {
      case v1::FirewallPolicyChange::KIND_RULE_ADDED:
      case v1::FirewallPolicyChange::KIND_RULE_MODIFIED:
      case v1::FirewallPolicyChange::KIND_RULE_DELETED: return see_text(kFirewallRuleChanged, change.rule());
      case v1::FirewallPolicyChange::KIND_DEFAULTS_RESTORED:
      case v1::FirewallPolicyChange::KIND_SETTING_CHANGED: return see_text(kFirewallSettingChanged, change.value());
      default: return;  // filters of the platform below change by the thousand without anybody changing a rule
    }
  }

  void see(const v1::Operation& o) {
    switch (o.what_case()) {
      case v1::Operation::kProcessStart: return see_start(o.process_start());
      case v1::Operation::kFileCreate:
        return see_file(kFileCreated, o.file_create().path(), o.file_create().executable());
      case v1::Operation::kFileWrite: return see_file(kFileWritten, o.file_write().path(), o.file_write().executable());
      case v1::Operation::kFileDelete:
        return see_file(kFileDeleted, o.file_delete().path(), o.file_delete().executable());
      case v1::Operation::kFileRename:
        see_file(kFileMovedAway, o.file_rename().path(), o.file_rename().executable());
        see_file(kFileMovedHere, o.file_rename().new_path(), o.file_rename().executable());
        return one_row_per_event();
      case v1::Operation::kFileAccess:
        return see_file(kFileOpened, o.file_access().path(), false, o.file_access().access_mask());
      case v1::Operation::kRegistryKeyCreate: return see_key(kKeyCreated, o.registry_key_create().key());
      case v1::Operation::kRegistryKeyDelete: return see_key(kKeyDeleted, o.registry_key_delete().key());
      case v1::Operation::kRegistryKeyRename: return see_key(kKeyMovedHere, o.registry_key_rename().new_key());
      case v1::Operation::kRegistrySet:
        return see_value(kValueSet, o.registry_set().key(), o.registry_set().value(), o.registry_set().data());
      case v1::Operation::kRegistryDelete:
        return see_value(kValueDeleted, o.registry_delete().key(), o.registry_delete().value(), nothing);
      case v1::Operation::kServiceInstall: return see_text(kServiceInstalled, o.service_install().image_path());
      case v1::Operation::kScheduledTaskRegister: return see_task(o.scheduled_task_register());
      case v1::Operation::kDriverLoad: return see_file(kDriverLoaded, o.driver_load().path(), true);
      case v1::Operation::kRemoteThread:
        return see_process(kThreadInjected, o.remote_thread().target_image(), o.remote_thread().start_function());
      case v1::Operation::kProcessAccess:
        return see_process(kProcessOpened, o.process_access().target_image(), nothing,
                           o.process_access().access_mask());
      case v1::Operation::kProcessTerminate:
        return see_process(kProcessTerminated, o.process_terminate().target_image(), nothing);
      case v1::Operation::kWmiSubscription: return see_wmi(o.wmi_subscription());
      case v1::Operation::kAuditPolicyChange: return see_text(kAuditPolicyChanged, o.audit_policy_change().changes());
      case v1::Operation::kFirewallPolicyChange: return see_firewall(o.firewall_policy_change());
      default: return;  // no row speaks of the others
    }
  }

  // ---- rows

  void try_rows(const Face& face) {
    const Bucket& bucket = bucket_of(face.kind);
    RowSet candidates{};
    for (const std::uint32_t row : bucket.always) insert(candidates, row);
    if (!face.target.empty()) {
      bucket.targets.find(face.target, [&](std::uint32_t row) { insert(candidates, row); });
    }
    if (face.kind == kStart && !bucket.programs.empty()) {
      add_program_rows(bucket, face.file->file_name(), candidates);
      add_program_rows(bucket, original_name, candidates);
    }
    value_folded = false;
    for (std::size_t word = 0; word < candidates.size(); ++word) {
      for (std::uint64_t left = candidates[word]; left != 0; left &= left - 1) {
        try_row(rules->rows[word * 64 + static_cast<std::size_t>(std::countr_zero(left))], face);
      }
    }
  }

  static void add_program_rows(const Bucket& bucket, std::string_view name, RowSet& candidates) {
    const auto at =
        std::ranges::lower_bound(bucket.programs, name, {}, [](const auto& p) { return std::string_view(p.first); });
    if (at == bucket.programs.end() || at->first != name) return;
    for (const std::uint32_t row : at->second) insert(candidates, row);
  }

  void try_row(const Row& row, const Face& face) {
    const EventRule& rule = *row.rule;
    for (const EventRule* found : findings->rules) {
      // A rename shows two faces: its second one may bring a row that stands before the first one's.
      if (found->event == rule.event && found < &rule) return;
    }
    if (rule.access != 0 && (rule.access & face.access) == 0) return;
    if (face.has_value) {
      if (!row.values.empty() && !value_fits(row.values, face)) return;
      if (!row.not_values.empty() && value_fits(row.not_values, face)) return;
    }
    if (!conditions_hold(rule.conditions, face)) return;
    if (!is_lookalike(face) && !is_stream(face)) {
      for (const std::string& pattern : row.except) {
        if (path_matches(pattern, face.target)) return;
      }
    }
    if (face.kind != kKeyMovedHere) {
      if (row.text && !found_in(*row.text, face.text)) return;
      if (row.not_text && found_in(*row.not_text, face.text)) return;
    }
    findings->rules.push_back(&rule);
  }

  static bool is_lookalike(const Face& face) { return face.file != nullptr && face.file->lookalike; }
  static bool is_stream(const Face& face) { return face.file != nullptr && !face.file->stream.empty(); }

  bool value_fits(const std::vector<std::string>& globs, const Face& face) {
    if (!value_folded) {
      value_folded = true;
      value.clear();
      if (face.value.empty()) {
        value = "(DEFAULT)";
      } else {
        append_folded(face.value, value);
      }
    }
    return std::ranges::any_of(globs, [&](const std::string& glob) { return glob_matches(glob, value); });
  }

  bool conditions_hold(ConditionMask conditions, const Face& face) {
    for (; conditions != 0; conditions &= conditions - 1) {
      if (!holds(conditions & (0U - conditions), face)) return false;
    }
    return true;
  }

  bool actor_is_known() const { return subject->image != nullptr && !subject->image->empty(); }

  bool holds(ConditionMask condition, const Face& face) {
    switch (condition) {
      case kActorNotSystemProgram: return !actor_is_known() || !is_system_program(*subject->image, paths);
      case kActorNotRecorder: return !actor_is_known() || !is_recorder(*subject->image, paths.system_root());
      case kActorIsBroker: return actor_is_known() && is_broker(*subject->image, paths.system_root());
      case kActorFromTemp: return actor_from_temp();
      case kActorWroteToSystem: return (subject->facts & kWroteToSystemFolder) != 0;
      case kTargetIsActorImage: return actor_is_known() && face.target == subject->image->folded;
      case kTargetNotActor: return !same_process(target_process(), operation->actor());
      case kTargetIsSystemProcess: return face.file != nullptr && is_system_process(*face.file, paths.system_root());
      case kTargetIsExecutable: return is_executable(face);
      case kTargetMisplaced: return face.file != nullptr && is_misplaced(*face.file, paths.system_root());
      case kTextNamesCreator: return text_names_creator(face);
      case kTextProgramNotSystem: return !runs_system_program(face);
      case kTargetNotLookalike: return !is_lookalike(face);
      case kTextNotOwnClass: return !is_own_class(face);
      case kThreadOutsideModules: {
        const v1::RemoteThread& thread = operation->remote_thread();
        return is_unknown_name(thread.start_module()) && is_unknown_name(thread.start_function());
      }
      case kUserNotFirewall: return operation->actor_user() != kFirewallAccount;
      default: broken_invariant("a rule names a condition that exists");
    }
  }

  bool runs_system_program(const Face& face) const {
    if (face.kind == kDriverLoaded) return is_system_program(*face.file, paths);
    if ((face.kind & (kTaskCreated | kTaskChanged)) != 0) return task_is_system(face.text, paths);
    return command_is_system(face.text, paths);
  }

  // Windows' own classes are called after their extension.
  static bool is_own_class(const Face& face) {
    constexpr std::string_view kEnd = "file";
    const std::string_view extension = face.target.substr(face.target.rfind('.') + 1);
    return face.text.size() == extension.size() + kEnd.size() &&
           ascii::equal_without_case(face.text.substr(0, extension.size()), extension) &&
           ascii::equal_without_case(face.text.substr(extension.size()), kEnd);
  }

  bool actor_from_temp() const {
    return (subject->facts & kStartedFromTemp) != 0 || (actor_is_known() && temp_folders.holds(*subject->image));
  }

  static bool is_executable(const Face& face) {
    return face.executable || (face.file != nullptr && is_executable_extension(face.file->extension()));
  }

  const v1::ProcessKey& target_process() const {
    switch (operation->what_case()) {
      case v1::Operation::kRemoteThread: return operation->remote_thread().target();
      case v1::Operation::kProcessAccess: return operation->process_access().target();
      default: return operation->process_terminate().target();
    }
  }

  // The creator's file name stands in the command line behind the program. Windows' own programs and interpreters are
  // left out: every batch file would have cmd.exe name cmd.exe.
  bool text_names_creator(const Face& face) {
    const WindowsPath* creator = subject->creator;
    if (creator == nullptr || creator->empty()) {
      const v1::Process& process = operation->process_start();
      paths.normalise(process.parent_image().empty() ? operation->actor_image() : process.parent_image(), creator_path);
      creator = &creator_path;
    }
    const std::string_view name = creator->file_name();
    if (is_unknown_name(name) || is_interpreter(name)) return false;
    if (find_system_file(name) != nullptr && !is_misplaced(*creator, paths.system_root())) return false;
    command.clear();
    append_folded(arguments_of(face.text), command);
    return command.find(name) != std::string::npos;
  }

  // An executable put below the system root is remembered: it may be the first step of a sequence.
  void note_drop(OperationMask kind, bool executable_content) {
    if ((kind & kFileArrives) == 0) return;
    const std::string& root = paths.system_root();
    if (path.folded.size() <= root.size() || path.folded[root.size()] != '\\' || !path.folded.starts_with(root)) return;
    if (!executable_content && !is_executable_extension(path.extension())) return;
    if (!temp_folders.holds(path)) findings->new_facts |= kWroteToSystemFolder;
  }

  // Two faces were tried: table order, and one row per event.
  void one_row_per_event() {
    auto& found = findings->rules;
    std::ranges::sort(found, [&](const EventRule* a, const EventRule* b) { return a < b; });
    std::size_t kept = 0;
    for (const EventRule* rule : found) {
      const auto earlier = std::span(found).first(kept);
      if (std::ranges::none_of(earlier, [&](const EventRule* e) { return e->event == rule->event; })) {
        found[kept++] = rule;
      }
    }
    found.resize(kept);
  }

  const PathNormaliser& paths;
  TempFolders temp_folders;
  std::shared_ptr<const CompiledRules> rules;
  const std::string nothing;

  // The call in progress, and memory that calls reuse.
  const v1::Operation* operation = nullptr;
  const Subject* subject = nullptr;
  Findings* findings = nullptr;
  WindowsPath path;
  RegistryPath key;
  std::string value;
  bool value_folded = false;
  std::string original_name;
  std::string task_name;
  WindowsPath creator_path;
  std::string command;
};

std::shared_ptr<const CompiledRules> compile_rules(std::span<const EventRule> table, std::string_view system_root) {
  return std::make_shared<const CompiledRules>(table, std::string(system_root));
}

EventMatcher::EventMatcher(std::span<const EventRule> table, const PathNormaliser& paths,
                           std::span<const std::shared_ptr<const CompiledRules>> ready) {
  const auto fits =
      std::ranges::find_if(ready, [&](const auto& compiled) { return compiled->made_of(table, paths.system_root()); });
  index_ = std::make_unique<Index>(fits == ready.end() ? compile_rules(table, paths.system_root()) : *fits, paths);
}
EventMatcher::~EventMatcher() = default;

EventMatcher::EventMatcher(EventMatcher&&) noexcept = default;
EventMatcher& EventMatcher::operator=(EventMatcher&&) noexcept = default;

void EventMatcher::match(const v1::Operation& operation, const Subject& subject, bool want_target, Findings& findings) {
  findings.clear();
  Index& index = *index_;
  index.operation = &operation;
  index.subject = &subject;
  index.findings = &findings;
  index.see(operation);
  if (want_target || !findings.rules.empty()) {
    describe_target(operation, index.paths, index.path, index.key, findings.target);
  }
}

}  // namespace holdfast::engine
