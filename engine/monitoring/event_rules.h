// Event Monitoring's table: which operation is which monitored event (DOMAIN 4).
//
//   EventMatcher matcher(event_rules(), paths);
//   Findings findings;
//   matcher.match(operation, subject, false, findings);
//   findings.rules[0]->event;   // NEW_STARTUP_PROGRAM
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/path/windows_path.h"
#include "engine/schema/operation.pb.h"
#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

struct EventRule;  // a row of the table: engine/monitoring/event_rule.h

// Facts that rules collect about one run of a program, because a behaviour is a sequence of operations.
enum ProcessFact : std::uint32_t {
  kStartedFromTemp = 1U << 0U,      // its program file lies in a temporary folder
  kWroteToSystemFolder = 1U << 1U,  // it created or wrote an executable below the system root
};
inline constexpr std::uint32_t kProcessFacts = kStartedFromTemp | kWroteToSystemFolder;  // all there are

// What the rules may know about the program that acts; at a process start, about the program that is to start.
struct Subject {
  const WindowsPath* image = nullptr;  // null or empty: unknown
  std::uint32_t facts = 0;             // ProcessFact bits collected so far
  // At a process start: the program that starts it. Null: taken from the operation where that says it.
  const WindowsPath* creator = nullptr;
};

struct Findings {
  std::vector<const EventRule*> rules;  // that match, in table order; at most one per event
  std::string target;                   // normalised, for people: "HKLM\...\Run\Updater", "C:\...\hosts"
  std::uint32_t new_facts = 0;          // ProcessFact bits to add to the actor (at a process start: to the new process)
  void clear() {
    rules.clear();
    target.clear();
    new_facts = 0;
  }
};

// A table made ready for matching, for any number of matchers at once. Compiling takes milliseconds, matching far less
// than one. `system_root` is folded. The table must outlive it.
struct CompiledRules;
std::shared_ptr<const CompiledRules> compile_rules(std::span<const EventRule> table, std::string_view system_root);

class EventMatcher {
 public:
  // `table` and `paths` must outlive the matcher. One of `ready` saves the time of compiling where it was made of this
  // very table and of the system root of `paths`; the others are not used.
  EventMatcher(std::span<const EventRule> table, const PathNormaliser& paths,
               std::span<const std::shared_ptr<const CompiledRules>> ready = {});
  ~EventMatcher();
  EventMatcher(EventMatcher&&) noexcept;
  EventMatcher& operator=(EventMatcher&&) noexcept;

  // Fills `findings` (cleared first; its memory is reused). `findings.target` is filled only when a rule matches or
  // `want_target` is set. No allocation when nothing matches. At most 1 us.
  void match(const v1::Operation& operation, const Subject& subject, bool want_target, Findings& findings);

 private:
  struct Index;
  std::unique_ptr<Index> index_;
};

// The table of this product.
std::span<const EventRule> event_rules();

// Programs that run other people's instructions: script hosts, command interpreters, and loaders that are signed but
// say nothing of what they are told to do. `file_name` is folded ("POWERSHELL.EXE").
bool is_interpreter(std::string_view file_name);
std::span<const std::string_view> interpreters();  // their names, sorted

// A genuine Windows component that does the system's own work: its name, in the folder where it belongs (SVCHOST.EXE in
// System32, MSMPENG.EXE below Defender's folder), and not an interpreter.
bool is_system_program(const WindowsPath& image, const PathNormaliser& paths);

}  // namespace holdfast::engine
