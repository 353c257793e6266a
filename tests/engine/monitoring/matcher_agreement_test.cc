// The matcher's trees and buckets against the plainest reading of the same table.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"
#include "tests/engine/monitoring/naive_matcher.h"
#include "tests/engine/monitoring/rule_specification.h"
#include "tests/support/effort.h"

namespace holdfast::engine {
namespace {

class Dice {
 public:
  std::size_t below(std::size_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(state_ >> 33U) % n;
  }
  bool once_in(std::size_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_ = 2026;
};

class Agreement : public ::testing::Test {
 protected:
  Agreement() {
    for (const RuleSpecification& rule : rule_specifications()) {
      for (Expectation& expectation : expectations_of(rule)) cases_.push_back(std::move(expectation.example));
    }
  }

  void expect_agreement(const RuleCase& example) {
    const v1::Operation operation = operation_of(example);
    const bool starts = example.kind == kStart;
    const WindowsPath image = paths_.normalise(starts ? without_marks(example.target) : example.actor);
    const WindowsPath creator = paths_.normalise(starts ? example.creator : std::string());
    Subject subject;
    subject.image = &image;
    subject.facts = example.facts;
    subject.creator = &creator;
    matcher_.match(operation, subject, false, findings_);
    std::vector<std::string> found;
    for (const EventRule* rule : findings_.rules) found.emplace_back(rule->id);
    ASSERT_EQ(found, naive_match(event_rules(), paths_, operation, subject)) << operation.DebugString();
    matched_ += found.empty() ? 0U : 1U;
  }

  // The beginning of one path and the end of another.
  static std::string crossed(const std::string& one, const std::string& other, Dice& dice) {
    const std::string a = without_marks(one);
    const std::string b = without_marks(other);
    const auto cut = [&](const std::string& text) {
      std::vector<std::size_t> at{0, text.size()};
      for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') at.push_back(i);
      }
      return at[dice.below(at.size())];
    };
    return a.substr(0, cut(a)) + b.substr(cut(b));
  }

  PathNormaliser paths_{v1::AgentProfile()};
  EventMatcher matcher_{event_rules(), paths_};
  std::vector<RuleCase> cases_;
  Findings findings_;
  std::size_t matched_ = 0;
};

TEST_F(Agreement, HoldsOnEveryExampleOfTheSpecification) {
  for (const RuleCase& example : cases_) ASSERT_NO_FATAL_FAILURE(expect_agreement(example));
  EXPECT_GT(matched_, cases_.size() / 5);
}

TEST_F(Agreement, HoldsOnAHundredThousandMixedOperations) {
  constexpr std::size_t kOperations = 100'000 / test::kOneIn;
  Dice dice;
  const auto any = [&]() -> const RuleCase& { return cases_[dice.below(cases_.size())]; };
  for (std::size_t i = 0; i < kOperations; ++i) {
    RuleCase example = any();
    const RuleCase& other = any();
    if (dice.once_in(3)) example.kind = other.kind;
    if (dice.once_in(3)) example.target = other.target;
    if (dice.once_in(4)) example.target = crossed(example.target, any().target, dice);
    if (dice.once_in(4)) example.value = other.value;
    if (dice.once_in(4)) example.text = any().text;
    if (dice.once_in(4)) example.actor = any().actor;
    if (dice.once_in(4)) example.access = 1U << dice.below(32);
    if (dice.once_in(8)) example.facts = static_cast<std::uint32_t>(dice.below(4));
    if (dice.once_in(8)) example.executable = !example.executable;
    if (dice.once_in(8)) example.on_itself = !example.on_itself;
    if (dice.once_in(8)) example.original_name = "PowerShell.EXE";
    if (dice.once_in(8)) example.target += ":Zone.Identifier";
    ASSERT_NO_FATAL_FAILURE(expect_agreement(example));
  }
  EXPECT_GT(matched_, kOperations / 20);
}

}  // namespace
}  // namespace holdfast::engine
