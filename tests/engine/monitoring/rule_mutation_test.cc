// Proof that the specification notices: every cell of the table is spoilt in turn, and each time somebody must
// complain.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"
#include "engine/monitoring/pattern.h"
#include "tests/engine/monitoring/rule_specification.h"
#include "tests/support/effort.h"

namespace holdfast::engine {
namespace {

struct Mutant {
  std::string description;
  std::size_t row;
  bool removed = false;
  EventRule rule{};
};

// Mutants of patterns need texts that live as long as they do.
class Mutants {
 public:
  explicit Mutants(std::span<const EventRule> table) {
    for (std::size_t row = 0; row < table.size(); ++row) add_all(row, table[row]);
  }

  const std::vector<Mutant>& all() const { return all_; }

 private:
  void add(std::size_t row, const EventRule& original, const std::string& what,
           const std::function<void(EventRule&)>& change) {
    Mutant mutant{.description = std::string(original.id) + ": " + what, .row = row, .rule = original};
    change(mutant.rule);
    all_.push_back(mutant);
  }

  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  void add_all(std::size_t row, const EventRule& rule) {
    all_.push_back({.description = std::string(rule.id) + ": removed", .row = row, .removed = true});
    add(row, rule, "another event", [](EventRule& r) {
      r.event = r.event == v1::NEW_STARTUP_PROGRAM ? v1::HOSTS_FILE_MODIFICATION : v1::NEW_STARTUP_PROGRAM;
    });
    add(row, rule, "trust the other way", [](EventRule& r) { r.trust_settles = !r.trust_settles; });
    for (std::uint32_t kind = 0; kind < kOperationKinds; ++kind) {
      if ((rule.operations & (1U << kind)) == 0) continue;
      add(row, rule, "without operation " + std::to_string(kind),
          [kind](EventRule& r) { r.operations &= ~(1U << kind); });
    }
    for (const OperationMask family :
         {kFileChanges, kKeyArrives | kValueChanges, kTaskCreated | kTaskChanged,
          kThreadInjected | kProcessOpened | kProcessTerminated, kFirewallRuleChanged | kFirewallSettingChanged}) {
      if ((rule.operations & family) == 0 || (rule.operations & family) == family) continue;
      for (std::uint32_t kind = 0; kind < kOperationKinds; ++kind) {
        if ((family & ~rule.operations & (1U << kind)) == 0) continue;
        // What carries no text can never satisfy a row that asks for one, or that refuses none: such a mutant is the
        // row itself.
        if ((!rule.text.empty() || refuses_no_text(rule)) && ((1U << kind) & kWithText) == 0) continue;
        add(row, rule, "with operation " + std::to_string(kind), [kind](EventRule& r) { r.operations |= 1U << kind; });
      }
    }
    for (std::uint32_t bit = 0; bit < kConditionKinds; ++bit) {
      if ((rule.conditions & (1U << bit)) == 0) continue;
      add(row, rule, "without condition " + std::to_string(bit), [bit](EventRule& r) { r.conditions &= ~(1U << bit); });
    }
    if (rule.access != 0) add(row, rule, "any access", [](EventRule& r) { r.access = 0; });
    for (std::uint32_t bit = 0; bit < 32; ++bit) {
      if ((rule.access & (1U << bit)) == 0 || rule.access == (1U << bit)) continue;
      add(row, rule, "without right " + std::to_string(bit), [bit](EventRule& r) { r.access &= ~(1U << bit); });
    }
    for (const auto& [name, member] : kExpressions) {
      if (!(rule.*member).empty())
        add(row, rule, "any " + std::string(name), [m = member](EventRule& r) { r.*m = {}; });
    }
    for (const auto& [name, member] : kPatterns) add_pattern_mutants(row, rule, name, member);
  }

  void add_pattern_mutants(std::size_t row, const EventRule& rule, std::string_view name,
                           std::string_view EventRule::* member) {
    const std::string pattern(rule.*member);
    if (pattern.empty()) return;
    const auto replace = [&](const std::string& what, std::string by) {
      add(row, rule, std::string(name) + ' ' + what,
          [member, text = keep(std::move(by))](EventRule& r) { r.*member = text; });
    };
    add(row, rule, "any " + std::string(name), [member](EventRule& r) { r.*member = {}; });
    // One choice of "[A|B]" fewer.
    for (std::size_t open = pattern.find('['); open != std::string::npos; open = pattern.find('[', open + 1)) {
      const std::size_t close = pattern.find(']', open);
      for (std::size_t at = open + 1; at < close;) {
        const std::size_t end = std::min(pattern.find('|', at), close);
        const bool last = end == close;
        std::string fewer = pattern;
        fewer.erase(last ? at - 1 : at, last ? end - at + 1 : end - at + 1);
        if (fewer.find('[') != std::string::npos && pattern.find('|', open) < close) {
          replace("without " + pattern.substr(at, end - at), fewer);
        }
        at = end + 1;
      }
    }
    // One part that may be anything, and one that is aimed elsewhere.
    if (name == "value" || name == "refused value" || name == "program") return;
    std::size_t begin = 0;
    while (begin <= pattern.size()) {
      const std::size_t end = end_of_part(pattern, begin);
      const std::string part = pattern.substr(begin, end - begin);
      // What an exception repeats of its row's target is no condition of its own.
      const bool repeated = name == "exception" && rule.target.starts_with(pattern.substr(0, end) + '\\');
      if (!part.empty() && part != "*" && part != "**") {
        const std::string wide = part.starts_with("%SYSTEM") ? R"(**)" : "*";
        std::string widened = std::string(pattern).replace(begin, part.size(), wide);
        if (pattern_problem(widened).empty() && (!repeated || wide == "**")) replace("any part for " + part, widened);
        const std::string aside = std::string(pattern).insert(end, "Z");
        if (!part.starts_with("%SYSTEM") && pattern_problem(aside).empty()) replace("re-aimed at " + part, aside);
      }
      if (part == "**") replace("one part for **", std::string(pattern).replace(begin, 2, "*"));
      if (part == "*") {
        std::string deeper = std::string(pattern).replace(begin, 1, "**");
        if (pattern_problem(deeper).empty()) replace("any parts for *", deeper);
      }
      begin = end + 1;
    }
  }

  // Separators in a choice end no part.
  static std::size_t end_of_part(const std::string& pattern, std::size_t at) {
    for (bool open = false; at < pattern.size() && (open || pattern[at] != '\\'); ++at) {
      if (pattern[at] == '[' || pattern[at] == ']') open = pattern[at] == '[';
    }
    return at;
  }

  static bool refuses_no_text(const EventRule& rule) {
    return !rule.not_text.empty() && RE2::PartialMatch("", RE2(std::string(rule.not_text)));
  }

  struct Named {
    std::string_view name;
    std::string_view EventRule::* member;
  };
  static constexpr OperationMask kWithText = kStart | kValueSet | kTaskCreated | kTaskChanged | kThreadInjected;
  static constexpr Named kExpressions[] = {{"text", &EventRule::text}, {"refused text", &EventRule::not_text}};
  static constexpr Named kPatterns[] = {{"target", &EventRule::target},
                                        {"program", &EventRule::program},
                                        {"value", &EventRule::value},
                                        {"refused value", &EventRule::not_value},
                                        {"exception", &EventRule::except}};

  std::deque<std::string> texts_;
  std::vector<Mutant> all_;
};

// The tests of EventTable over a spoilt table. The row's own specification first: it nearly always knows.
std::string complaint(const std::vector<EventRule>& table, const PathNormaliser& paths, std::string_view id) {
  EventMatcher matcher(table, paths);
  const auto& rules = rule_specifications();
  const auto own = std::ranges::find(rules, id, &RuleSpecification::id);
  if (own != rules.end()) {
    if (std::string text = broken_promise(matcher, paths, *own); !text.empty()) return text;
  }
  const auto row = std::ranges::find(table, id, &EventRule::id);
  if (own != rules.end() && row != table.end()) {
    EventMatcher alone(std::span(&*row, 1), paths);
    if (std::string text = broken_promise(alone, paths, *own, true); !text.empty()) return text;
  }
  for (const RuleSpecification& rule : rules) {
    if (std::string text = broken_promise(matcher, paths, rule); !text.empty()) return text;
  }
  return {};
}

TEST(RuleMutation, IsNoticedInEveryCellOfTheTable) {
  const PathNormaliser paths{v1::AgentProfile()};
  const std::vector<EventRule> table(event_rules().begin(), event_rules().end());
  ASSERT_EQ(complaint(table, paths, ""), "");
  const Mutants mutants(event_rules());
  std::size_t survivors = 0;
  for (std::size_t i = 0; i < mutants.all().size(); i += test::kOneIn) {
    const Mutant& mutant = mutants.all()[i];
    std::vector<EventRule> spoilt_table = table;
    if (mutant.removed) {
      spoilt_table.erase(spoilt_table.begin() + static_cast<std::ptrdiff_t>(mutant.row));
    } else {
      spoilt_table[mutant.row] = mutant.rule;
    }
    if (!complaint(spoilt_table, paths, table[mutant.row].id).empty()) continue;
    ++survivors;
    ADD_FAILURE() << "nobody noticed " << mutant.description;
  }
  std::cout << "rule mutants: " << mutants.all().size() << ", survivors: " << survivors << '\n';
  EXPECT_GT(mutants.all().size(), 1000U);
}

}  // namespace
}  // namespace holdfast::engine
