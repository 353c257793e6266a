#include <cstddef>
#include <optional>
#include <utility>

#include "engine/exceptions/exception_entry.h"
#include "engine/exceptions/exception_list.h"
#include "engine/text/quoted.h"

namespace holdfast::engine {
namespace {

struct Checked {
  std::string field;
  std::string fault;    // why it is refused; empty if it is valid
  CompiledEntry entry;  // if it is valid
};

bool same_program(const CompiledEntry& a, const CompiledEntry& b) {
  if (a.sha256 != b.sha256 || a.signer != b.signer || a.path.has_value() != b.path.has_value()) return false;
  return !a.path || (a.path->covers(*b.path) && b.path->covers(*a.path));
}

bool covers(const CompiledEntry& wide, const CompiledEntry& narrow) {
  return wide.path && narrow.path && wide.path->covers(*narrow.path);
}

std::vector<Checked> check(const v1::ExceptionList& entries, bool blocked, const PathNormaliser& paths) {
  const auto& list = blocked ? entries.blocked() : entries.approved();
  const auto folders = blocked ? PathPattern::Folders::kPlain : PathPattern::Folders::kMayHaveWildcards;
  std::vector<Checked> checked;
  for (int i = 0; i < list.size() && i < ExceptionList::kEntriesMax; ++i) {
    const std::string field = entry_field(blocked, i);
    Expected<CompiledEntry> entry = compile_entry(list[i], folders, field, paths);
    if (entry) {
      checked.push_back({field, "", std::move(*entry)});
    } else {
      checked.push_back({field, entry.error().text(), {}});
    }
  }
  return checked;
}

std::string named(const Checked& entry) { return entry.field + " " + in_quotes(entry.entry.written); }

// What of its own list makes entry `at` pointless. Of two that mean the same, the later one is.
std::optional<std::string> fault_in_own_list(const std::vector<Checked>& list, std::size_t at) {
  for (std::size_t other = 0; other < list.size(); ++other) {
    if (other == at || !list[other].fault.empty()) continue;
    if (same_program(list[other].entry, list[at].entry)) {
      if (other < at) return "stands twice: " + named(list[other]) + " says the same";
    } else if (covers(list[other].entry, list[at].entry)) {
      return "never looked at: " + named(list[other]) + " covers it";
    }
  }
  return std::nullopt;
}

// What of the blocked list leaves an approved entry without effect.
std::optional<std::string> fault_by_blocked(const std::vector<Checked>& blocked, const Checked& approved) {
  for (const Checked& other : blocked) {
    if (!other.fault.empty()) continue;
    if (same_program(other.entry, approved.entry)) {
      return "contradicts " + named(other) + ", which wins: blocked goes before approved (DOMAIN 6)";
    }
    if (covers(other.entry, approved.entry)) {
      return "without effect: " + named(other) + " covers it, and blocked goes before approved (DOMAIN 6)";
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<ExceptionRemark> lint(const v1::ExceptionList& entries, const PathNormaliser& paths) {
  const std::vector<Checked> approved = check(entries, false, paths);
  const std::vector<Checked> blocked = check(entries, true, paths);
  std::vector<ExceptionRemark> remarks;
  for (const std::vector<Checked>* list : {&approved, &blocked}) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Checked& entry = (*list)[i];
      std::optional<std::string> what;
      if (!entry.fault.empty()) {
        what = entry.fault;
      } else {
        if (list == &approved) what = fault_by_blocked(blocked, entry);
        if (!what) what = fault_in_own_list(*list, i);
      }
      if (what) remarks.push_back({entry.field, std::move(*what)});
    }
  }
  return remarks;
}

}  // namespace holdfast::engine
