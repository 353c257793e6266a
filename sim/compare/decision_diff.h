// What two decision logs decide otherwise. Who acts, how, and upon what says which decisions belong together; times,
// numbers of prompts and of operations do not.
//
//   const DecisionDiff diff = diff_decisions(before, after);
//   for (const DecisionChange& change : diff.changes) ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/compare/decision_list.h"

namespace holdfast {

struct DecisionChange {
  enum class Kind : std::uint8_t {
    kChanged,  // decided otherwise: decision, settling reason, event, hold, log or warning
    kReasons,  // decided the same, by another chain of reasons
    kGone,
    kAdded,
    kWaits,  // decided the same, after a wait that is longer by the threshold or more
  };
  Kind kind = Kind::kChanged;
  const LoggedDecision* before = nullptr;  // null: added
  const LoggedDecision* after = nullptr;   // null: gone

  const LoggedDecision& either() const { return before != nullptr ? *before : *after; }
};

inline constexpr std::size_t kChangeKinds = 5;

// How long programs waited for verdicts, in one run.
struct DecisionWaits {
  std::uint64_t total_ns = 0;
  const LoggedDecision* longest = nullptr;  // null: nobody waited
};

struct DecisionDiff {
  std::vector<DecisionChange> changes;  // by program, event and time; those with a `before` by its
  std::uint64_t equal = 0;
  std::uint64_t moved = 0;  // among `equal`: at another time, or held for another time

  // Lines that are no verdict, such as prompts and violations, where there are more or fewer of them.
  struct Lines {
    std::string_view kind;
    std::uint64_t before = 0;
    std::uint64_t after = 0;
  };
  std::vector<Lines> other_lines;

  DecisionWaits waits_before;
  DecisionWaits waits_after;

  std::uint64_t count(DecisionChange::Kind kind) const;
  bool same() const { return changes.empty() && other_lines.empty(); }
};

// From which on a longer wait is a difference, ns.
inline constexpr std::uint64_t kLongerWaitNs = 1'000'000'000;

// Both lists must outlive the result.
DecisionDiff diff_decisions(const DecisionList& before, const DecisionList& after,
                            std::uint64_t longer_by_ns = kLongerWaitNs);

// For each of `before` the index of the one in `after` that it belongs to. The n-th decision of a key belongs to the
// n-th of the same key; first the process by pid and start time counts, then by pid, then only its program.
using DecisionPairs = std::vector<std::optional<std::size_t>>;
DecisionPairs pair_decisions(std::span<const LoggedDecision> before, std::span<const LoggedDecision> after);

}  // namespace holdfast
