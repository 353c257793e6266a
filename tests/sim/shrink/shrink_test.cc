#include "sim/scenario/shrink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/world/random.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Items = std::vector<std::size_t>;

bool has(const Items& kept, std::size_t item) { return std::ranges::binary_search(kept, item); }

Items shrunk(std::size_t items, const Holds& holds) {
  RunBudget budget{.runs_max = 1'000'000};
  Items kept = shrink(items, holds, budget);
  EXPECT_FALSE(budget.spent);
  return kept;
}

// The plain truth: each single item tried.
bool is_one_minimal(const Items& kept, const Holds& holds) {
  if (!holds(kept)) return false;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    Items rest = kept;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    if (holds(rest)) return false;
  }
  return true;
}

TEST(Shrink, KeepsWhatIsNeeded) {
  EXPECT_THAT(shrunk(100, [](const Items& kept) { return has(kept, 17); }), ElementsAre(17U));
  EXPECT_THAT(shrunk(100, [](const Items& kept) { return has(kept, 0) && has(kept, 99); }), ElementsAre(0U, 99U));
  EXPECT_THAT(shrunk(5, [](const Items& kept) { return kept.size() == 5; }), ElementsAre(0U, 1U, 2U, 3U, 4U));
}

TEST(Shrink, KeepsNothingWhereNothingIsNeeded) {
  EXPECT_THAT(shrunk(100, [](const Items&) { return true; }), IsEmpty());
  EXPECT_THAT(shrunk(0, [](const Items&) { return true; }), IsEmpty());
}

TEST(Shrink, LeavesOutWhatIsInVainOnlyAfterSomethingElseIsGone) {
  // 3 is needed as long as 1 is there.
  const Holds holds = [](const Items& kept) { return has(kept, 5) && (!has(kept, 1) || has(kept, 3)); };
  EXPECT_THAT(shrunk(8, holds), ElementsAre(5U));
}

TEST(Shrink, FindsAFewAmongAHundredThousandInFewRuns) {
  RunBudget budget{.runs_max = 1'000};
  const Holds holds = [](const Items& kept) { return has(kept, 4711) && has(kept, 50'000) && has(kept, 99'998); };
  EXPECT_THAT(shrink(100'000, holds, budget), ElementsAre(4711U, 50'000U, 99'998U));
  EXPECT_LE(budget.runs, 300U);
}

TEST(Shrink, StopsWhenItsBudgetIsSpentWithAListThatStillHolds) {
  const Holds holds = [](const Items& kept) { return has(kept, 17) && has(kept, 80); };
  for (std::uint64_t runs = 0; runs < 40; ++runs) {
    RunBudget budget{.runs_max = runs};
    const Items kept = shrink(100, holds, budget);
    EXPECT_TRUE(holds(kept)) << runs;
    EXPECT_LE(budget.runs, runs);
    EXPECT_TRUE(budget.spent || kept.size() == 2);
  }
}

// Questions with alternatives and exclusions: of some groups at least one item must stay, of some pairs not one alone.
TEST(Shrink, IsOneMinimalForRandomQuestions) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    const std::size_t items = 1 + random.below(40);
    std::vector<Items> groups(random.below(5));
    for (Items& group : groups) {
      const std::size_t size = 1 + random.below(3);
      for (std::size_t i = 0; i < size; ++i) group.push_back(random.below(items));
    }
    std::vector<std::pair<std::size_t, std::size_t>> needs(random.below(6));  // the first only with the second
    for (auto& [item, needed] : needs) {
      item = random.below(items);
      needed = random.below(items);
    }
    const Holds holds = [&](const Items& kept) {
      return std::ranges::all_of(groups,
                                 [&](const Items& group) {
                                   return std::ranges::any_of(group, [&](std::size_t item) { return has(kept, item); });
                                 }) &&
             std::ranges::all_of(needs,
                                 [&](const auto& need) { return !has(kept, need.first) || has(kept, need.second); });
    };
    EXPECT_TRUE(is_one_minimal(shrunk(items, holds), holds)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace holdfast
