#include "sim/compare/decision_diff.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "engine/schema/settings.pb.h"

namespace holdfast {
namespace {

// How a key names the acting process, strict to loose.
enum class By : std::uint8_t { kPidAndStart, kPid, kProgramOnly };
constexpr std::array kPasses = {By::kPidAndStart, By::kPid, By::kProgramOnly};

std::string_view process_key(const LoggedDecision& decision, By by) {
  switch (by) {
    case By::kPidAndStart: return decision.process;
    case By::kPid: return decision.process.substr(0, decision.process.find('@'));
    case By::kProgramOnly: break;
  }
  return {};
}

auto key_of(const LoggedDecision& decision, By by) {
  return std::tuple(process_key(decision, by), decision.what, decision.program, decision.target);
}

// The decisions that are not paired yet, those of a key side by side and in their order.
std::vector<std::size_t> sorted_by_key(std::span<const LoggedDecision> decisions, const std::vector<bool>& paired,
                                       By by) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    if (!paired[i]) order.push_back(i);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return key_of(decisions[i], by); });
  return order;
}

// Numbers of prompts differ as soon as one more is shown; what they settle does not.
std::string without_prompt_numbers(std::string_view reasons) {
  constexpr std::array<std::string_view, 3> kNumbered = {"JOINED_PROMPT(#", "REMEMBERED_ALLOW(#", "REMEMBERED_DENY(#"};
  std::string text(reasons);
  for (const std::string_view code : kNumbered) {
    for (std::size_t at = text.find(code); at != std::string::npos; at = text.find(code, at)) {
      at += code.size();
      text.erase(at, text.find_first_not_of("0123456789", at) - at);
    }
  }
  return text;
}

auto outcome_of(const LoggedDecision& d) {
  return std::tie(d.decision, d.because, d.event, d.hold, d.logged, d.warned);
}

bool same_reasons(const LoggedDecision& one, const LoggedDecision& other) {
  return one.reasons == other.reasons || without_prompt_numbers(one.reasons) == without_prompt_numbers(other.reasons);
}

bool same_times(const LoggedDecision& one, const LoggedDecision& other) {
  return one.at_ns == other.at_ns && one.held_ns == other.held_ns;
}

bool grew(const LoggedDecision& before, const LoggedDecision& after, std::uint64_t longer_by_ns) {
  const std::uint64_t before_ns = before.waited_ns();
  const std::uint64_t after_ns = after.waited_ns();
  return after_ns > before_ns && after_ns - before_ns >= longer_by_ns;
}

// Nothing: they are equal.
std::optional<DecisionChange::Kind> kind_of(const LoggedDecision& before, const LoggedDecision& after,
                                            std::uint64_t longer_by_ns) {
  using Kind = DecisionChange::Kind;
  if (outcome_of(before) != outcome_of(after)) return Kind::kChanged;
  if (grew(before, after, longer_by_ns)) return Kind::kWaits;
  if (!same_reasons(before, after)) return Kind::kReasons;
  return std::nullopt;
}

void add_pair(const LoggedDecision& before, const LoggedDecision& after, std::uint64_t longer_by_ns,
              DecisionDiff& diff) {
  if (const auto kind = kind_of(before, after, longer_by_ns)) {
    diff.changes.push_back({.kind = *kind, .before = &before, .after = &after});
    return;
  }
  ++diff.equal;
  if (!same_times(before, after)) ++diff.moved;
}

DecisionWaits waits_of(const DecisionList& list) {
  DecisionWaits waits;
  for (const LoggedDecision& decision : list.decisions()) {
    const std::uint64_t waited_ns = decision.waited_ns();
    waits.total_ns += waited_ns;
    if (waited_ns > (waits.longest == nullptr ? 0 : waits.longest->waited_ns())) waits.longest = &decision;
  }
  return waits;
}

// The vendor's order of events; those that this build does not know come last.
int event_order(std::string_view name) {
  v1::MonitoredEvent event = v1::MONITORED_EVENT_UNSPECIFIED;
  return v1::MonitoredEvent_Parse(std::string(name), &event) ? event : v1::MonitoredEvent_MAX + 1;
}

auto place_of(const DecisionChange& change) {
  const LoggedDecision& decision = change.either();
  return std::tuple(decision.program, event_order(decision.event), decision.event, decision.at_ns,
                    change.before == nullptr, decision.number);
}

std::vector<DecisionDiff::Lines> diff_other_lines(const DecisionList& before, const DecisionList& after) {
  std::map<std::string_view, DecisionDiff::Lines> kinds;
  for (const auto& [kind, lines] : before.other_lines()) kinds[kind].before = lines;
  for (const auto& [kind, lines] : after.other_lines()) kinds[kind].after = lines;
  std::vector<DecisionDiff::Lines> different;
  for (auto& [kind, lines] : kinds) {
    lines.kind = kind;
    if (lines.before != lines.after) different.push_back(lines);
  }
  return different;
}

}  // namespace

DecisionPairs pair_decisions(std::span<const LoggedDecision> before, std::span<const LoggedDecision> after) {
  DecisionPairs pairs(before.size());
  std::vector<bool> paired_before(before.size());
  std::vector<bool> paired_after(after.size());
  for (const By by : kPasses) {
    const std::vector<std::size_t> left = sorted_by_key(before, paired_before, by);
    const std::vector<std::size_t> right = sorted_by_key(after, paired_after, by);
    for (auto one = left.begin(), other = right.begin(); one != left.end() && other != right.end();) {
      const auto order = key_of(before[*one], by) <=> key_of(after[*other], by);
      if (order == 0) {
        pairs[*one] = *other;
        paired_before[*one] = paired_after[*other] = true;
      }
      if (order <= 0) ++one;
      if (order >= 0) ++other;
    }
  }
  return pairs;
}

DecisionDiff diff_decisions(const DecisionList& before, const DecisionList& after, std::uint64_t longer_by_ns) {
  using Kind = DecisionChange::Kind;
  DecisionDiff diff;
  const DecisionPairs pairs = pair_decisions(before.decisions(), after.decisions());
  std::vector<bool> known(after.decisions().size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const LoggedDecision& decision = before.decisions()[i];
    if (pairs[i]) {
      known[*pairs[i]] = true;
      add_pair(decision, after.decisions()[*pairs[i]], longer_by_ns, diff);
    } else {
      diff.changes.push_back({.kind = Kind::kGone, .before = &decision});
    }
  }
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!known[i]) diff.changes.push_back({.kind = Kind::kAdded, .after = &after.decisions()[i]});
  }
  std::ranges::sort(diff.changes, {}, place_of);
  diff.other_lines = diff_other_lines(before, after);
  diff.waits_before = waits_of(before);
  diff.waits_after = waits_of(after);
  return diff;
}

std::uint64_t DecisionDiff::count(DecisionChange::Kind kind) const {
  return static_cast<std::uint64_t>(std::ranges::count(changes, kind, &DecisionChange::kind));
}

}  // namespace holdfast
