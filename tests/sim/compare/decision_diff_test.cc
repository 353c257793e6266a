#include "sim/compare/decision_diff.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "engine/log/decision_log.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

using Kind = DecisionChange::Kind;

struct Told {
  std::uint64_t at_ns = 0;
  v1::Verdict verdict;
};

Told told(std::uint64_t at_ns, std::uint32_t pid, const std::string& program, const std::string& target,
          v1::Verdict::Decision decision = v1::Verdict::ALLOW) {
  Told told{.at_ns = at_ns, .verdict = {}};
  told.verdict.set_decision(decision);
  told.verdict.set_because(decision == v1::Verdict::ALLOW ? v1::ACTION_IS_ALLOW : v1::ACTION_IS_DENY);
  told.verdict.set_event(v1::NEW_SERVICE);
  told.verdict.mutable_actor()->set_pid(pid);
  told.verdict.mutable_actor()->set_start_ns(1'000 + pid);
  told.verdict.set_operation("registry_set");
  told.verdict.set_program(program);
  told.verdict.set_target(target);
  return told;
}

std::string log_of(const std::vector<Told>& story) {
  std::string log;
  v1::Output output;
  for (const Told& told : story) {
    *output.mutable_verdict() = told.verdict;
    engine::append_log_line(told.at_ns, output, log);
  }
  return log;
}

DecisionList list_of(const std::vector<Told>& story) { return *DecisionList::parse("a.log", log_of(story)); }

// The lists live as long as the result.
struct Diffed {
  DecisionList before;
  DecisionList after;
  DecisionDiff diff;
  Diffed(const std::vector<Told>& one, const std::vector<Told>& other)
      : before(list_of(one)), after(list_of(other)), diff(diff_decisions(before, after)) {}
};

TEST(DecisionDiff, SaysNothingOfEqualLogs) {
  const std::vector<Told> story = {told(1, 10, "a.exe", "x"), told(2, 10, "a.exe", "x"), told(3, 11, "b.exe", "y")};
  const Diffed same(story, story);
  EXPECT_TRUE(same.diff.same());
  EXPECT_EQ(same.diff.equal, 3U);
  EXPECT_EQ(same.diff.moved, 0U);
}

Told waited(Told told, std::uint64_t held_ns) {
  told.verdict.set_held_ns(held_ns);
  return told;
}

TEST(DecisionDiff, AWaitThatGrewByTheThresholdIsADifference) {
  const std::vector<Told> before = {waited(told(1, 10, "a.exe", "x"), 5), waited(told(2, 10, "b.exe", "y"), 2)};
  const std::vector<Told> after = {waited(told(1, 10, "a.exe", "x"), kLongerWaitNs + 5),
                                   waited(told(2, 10, "b.exe", "y"), kLongerWaitNs + 1)};
  const Diffed longer(before, after);
  ASSERT_EQ(longer.diff.changes.size(), 1U) << "the other one grew by less";
  EXPECT_EQ(longer.diff.changes[0].kind, Kind::kWaits);
  EXPECT_EQ(longer.diff.equal, 1U);
  EXPECT_EQ(longer.diff.waits_before.total_ns, 7U);
  EXPECT_EQ(longer.diff.waits_after.total_ns, 2 * kLongerWaitNs + 6);
  ASSERT_NE(longer.diff.waits_after.longest, nullptr);
  EXPECT_EQ(longer.diff.waits_after.longest->program, "a.exe");
  EXPECT_TRUE(Diffed(after, before).diff.same()) << "a wait that shrank is none";
}

TEST(DecisionDiff, KnowsTheSettingsInForceAtEachDecision) {
  std::string log;
  v1::Output output;
  for (const char* name : {"office", "strict"}) {
    output.mutable_status()->set_settings_name(name);
    engine::append_log_line(1, output, log);
    *output.mutable_verdict() = told(1, 10, "a.exe", "x").verdict;
    engine::append_log_line(2, output, log);
  }
  const auto list = DecisionList::parse("a.log", log);
  ASSERT_TRUE(list);
  ASSERT_EQ(list->decisions().size(), 2U);
  EXPECT_EQ(list->decisions()[0].settings, "office");
  EXPECT_EQ(list->decisions()[1].settings, "strict");
}

TEST(DecisionDiff, NamesWhatChangedWentAndCame) {
  const Diffed two({told(1, 10, "a.exe", "x"), told(2, 10, "a.exe", "gone")},
                   {told(1, 10, "a.exe", "x", v1::Verdict::DENY), told(2, 10, "a.exe", "added")});
  ASSERT_EQ(two.diff.changes.size(), 3U);
  EXPECT_EQ(two.diff.changes[0].kind, Kind::kChanged);
  EXPECT_EQ(two.diff.changes[0].before->decision, "ALLOW");
  EXPECT_EQ(two.diff.changes[0].after->decision, "DENY");
  EXPECT_EQ(two.diff.changes[1].kind, Kind::kGone);
  EXPECT_EQ(two.diff.changes[1].before->target, "gone");
  EXPECT_EQ(two.diff.changes[2].kind, Kind::kAdded);
  EXPECT_EQ(two.diff.changes[2].after->target, "added");
  for (const Kind kind : {Kind::kChanged, Kind::kGone, Kind::kAdded}) EXPECT_EQ(two.diff.count(kind), 1U);
  EXPECT_FALSE(two.diff.same());
}

TEST(DecisionDiff, AnotherTimeAloneIsNoChange) {
  std::vector<Told> later = {told(9, 10, "a.exe", "x"), told(9, 10, "a.exe", "y"), told(3, 10, "a.exe", "z")};
  later[1].verdict.set_held_ns(7);
  later[1].verdict.set_prompt_id(3);
  later[1].verdict.set_operation_id(12);
  const Diffed two({told(1, 10, "a.exe", "x"), told(9, 10, "a.exe", "y"), told(3, 10, "a.exe", "z")}, later);
  EXPECT_TRUE(two.diff.same());
  EXPECT_EQ(two.diff.moved, 2U);
}

TEST(DecisionDiff, EveryPartOfAnOutcomeCounts) {
  const Told one = told(1, 10, "a.exe", "x");
  std::vector<Told> others(6, one);
  others[0].verdict.set_decision(v1::Verdict::TERMINATE);
  others[1].verdict.set_because(v1::ACTION_IS_ASSESS);
  others[2].verdict.set_event(v1::SHELL_MODIFICATION);
  others[3].verdict.set_hold(v1::HOLD_CAPABILITY_BEST_EFFORT);
  others[4].verdict.set_logged(true);
  others[5].verdict.set_user_warned(true);
  for (const Told& other : others) {
    const Diffed two({one}, {other});
    ASSERT_EQ(two.diff.changes.size(), 1U) << other.verdict.ShortDebugString();
    EXPECT_EQ(two.diff.changes[0].kind, Kind::kChanged);
  }
}

TEST(DecisionDiff, OtherReasonsForTheSameAreAKindOfTheirOwn) {
  Told other = told(1, 10, "a.exe", "x");
  other.verdict.add_reason()->set_code(v1::CSSS_OFF);
  const Diffed two({told(1, 10, "a.exe", "x")}, {other});
  EXPECT_EQ(two.diff.count(Kind::kReasons), 1U);
  EXPECT_FALSE(two.diff.same());
}

TEST(DecisionDiff, NumbersOfPromptsAreNoReason) {
  const auto joined = [](v1::ReasonCode code, int number) {
    Told told = holdfast::told(1, 10, "a.exe", "x");
    told.verdict.add_reason()->set_code(code);
    told.verdict.mutable_reason(0)->set_number(number);
    told.verdict.add_reason()->set_code(v1::NOBODY_ANSWERED);
    return told;
  };
  for (const v1::ReasonCode code : {v1::JOINED_PROMPT, v1::REMEMBERED_ALLOW, v1::REMEMBERED_DENY}) {
    EXPECT_TRUE(Diffed({joined(code, 9)}, {joined(code, 123)}).diff.same());
  }
  EXPECT_FALSE(Diffed({joined(v1::USER_DENIED, 9)}, {joined(v1::USER_DENIED, 123)}).diff.same());
}

TEST(DecisionDiff, ListsByProgramEventAndTime) {
  std::vector<Told> story = {told(3, 10, "b.exe", "x"), told(2, 10, "a.exe", "y"), told(1, 10, "a.exe", "z"),
                             told(4, 10, "a.exe", "w")};
  story[3].verdict.set_event(v1::NEW_STARTUP_PROGRAM);
  const Diffed two(story, {});
  std::string targets;
  for (const DecisionChange& change : two.diff.changes) targets += change.before->target;
  EXPECT_EQ(targets, "wzyx");
}

TEST(DecisionDiff, CountsLinesThatAreNoVerdicts) {
  const auto before = DecisionList::parse("a.log", "00:00:00.000000001\tprompt\n00:00:00.000000001\twarning\n");
  const auto after = DecisionList::parse("b.log", "00:00:00.000000001\tlimit\n00:00:00.000000009\twarning\n");
  const DecisionDiff diff = diff_decisions(*before, *after);
  ASSERT_EQ(diff.other_lines.size(), 2U);
  EXPECT_EQ(diff.other_lines[0].kind, "limit");
  EXPECT_EQ(diff.other_lines[0].after, 1U);
  EXPECT_EQ(diff.other_lines[1].kind, "prompt");
  EXPECT_EQ(diff.other_lines[1].before, 1U);
  EXPECT_FALSE(diff.same());
}

TEST(DecisionPairs, PrefersTheSameProcessThenTheSamePidThenTheSameProgram) {
  const DecisionList before =
      list_of({told(1, 10, "a.exe", "x"), told(2, 11, "a.exe", "x"), told(3, 12, "a.exe", "x")});
  std::vector<Told> others = {told(1, 99, "a.exe", "x"), told(2, 11, "a.exe", "x"), told(3, 10, "a.exe", "x")};
  others[1].verdict.mutable_actor()->set_start_ns(5);
  const DecisionList after = list_of(others);
  EXPECT_EQ(pair_decisions(before.decisions(), after.decisions()), (DecisionPairs{2, 1, 0}));
}

// The same by looking for the first of each that is left.
DecisionPairs pair_naively(const std::vector<LoggedDecision>& before, const std::vector<LoggedDecision>& after) {
  const auto pid = [](const LoggedDecision& d) { return d.process.substr(0, d.process.find('@')); };
  const auto loosely = [](const LoggedDecision& a, const LoggedDecision& b) {
    return a.what == b.what && a.program == b.program && a.target == b.target;
  };
  DecisionPairs pairs(before.size());
  std::vector<bool> taken(after.size());
  for (int pass = 0; pass < 3; ++pass) {
    for (std::size_t i = 0; i < before.size(); ++i) {
      for (std::size_t j = 0; j < after.size() && !pairs[i]; ++j) {
        if (taken[j] || !loosely(before[i], after[j])) continue;
        if (pass == 0 && before[i].process != after[j].process) continue;
        if (pass == 1 && pid(before[i]) != pid(after[j])) continue;
        pairs[i] = j;
        taken[j] = true;
      }
    }
  }
  return pairs;
}

std::vector<Told> random_story(Random& random) {
  constexpr std::array<const char*, 3> kPrograms = {"a.exe", "ab.exe", ""};
  constexpr std::array<const char*, 3> kTargets = {"x", "y", "xy"};
  std::vector<Told> story;
  for (std::size_t left = random.below(60); left > 0; --left) {
    Told one = told(story.size(), static_cast<std::uint32_t>(1 + random.below(3)), random.one_of(kPrograms),
                    random.one_of(kTargets), random.below(2) == 0 ? v1::Verdict::ALLOW : v1::Verdict::DENY);
    one.verdict.mutable_actor()->set_start_ns(random.below(3));
    one.verdict.set_operation(random.below(2) == 0 ? "registry_set" : "file_write");
    story.push_back(one);
  }
  return story;
}

TEST(DecisionPairs, AreThoseOfTheNaiveSearch) {
  std::size_t by_hand = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Random random(seed);
    const DecisionList before = list_of(random_story(random));
    const DecisionList after = list_of(random_story(random));
    const DecisionPairs pairs = pair_decisions(before.decisions(), after.decisions());
    ASSERT_EQ(pairs, pair_naively(before.decisions(), after.decisions())) << "seed " << seed;
    for (const auto& pair : pairs) by_hand += pair ? 1 : 0;
  }
  EXPECT_GT(by_hand, 1'000U);
}

TEST(DecisionDiff, LeavesNoDecisionOutAndNoneTwice) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    const Diffed two(random_story(random), random_story(random));
    const std::uint64_t paired = two.diff.equal + two.diff.count(Kind::kChanged) + two.diff.count(Kind::kReasons);
    EXPECT_EQ(paired + two.diff.count(Kind::kGone), two.before.decisions().size());
    EXPECT_EQ(paired + two.diff.count(Kind::kAdded), two.after.decisions().size());
    const Diffed back(random_story(random), {});
    EXPECT_EQ(back.diff.count(Kind::kGone), back.before.decisions().size());
  }
}

}  // namespace
}  // namespace holdfast
