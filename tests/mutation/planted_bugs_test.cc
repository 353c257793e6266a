// The driver of made-up lives finds every bug of planted_bugs.txt within a hundred thousand inputs, and finds nothing
// where none is planted. One of the rows changes nothing: it must stay unfound, or "found" would mean nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sim/explore/explore.h"
#include "tests/mutation/planted.h"

namespace holdfast {
namespace {

struct PlantedBug {
  std::string_view name;
  std::string_view file;
  std::string_view mix;
};

constexpr PlantedBug kBugs[] = {
#include "planted_rows.inc"
};

constexpr std::uint64_t kInputsMax = 100'000;
constexpr std::uint64_t kInputsOfALife = 1'000;
constexpr std::string_view kHarmless = "canary: changes nothing";

// The engine with this bug at work.
class AtWork {
 public:
  explicit AtWork(int number) { planted::chosen = number; }
  ~AtWork() { planted::chosen = 0; }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;
};

struct Search {
  std::uint64_t inputs = 0;
  std::optional<Fault> fault;
};

Search search(std::string_view mix) {
  static const Material material = builtin_material();
  const ExplorePlan plan{
      .material = &material, .mix = find_mix(mix), .inputs = kInputsOfALife, .restores = 100, .damaged_states = 20};
  Search found;
  for (std::uint64_t seed = 1; found.inputs < kInputsMax && !found.fault; ++seed) {
    SeedResult result = explore_seed(plan, seed);
    found.inputs += result.counts.inputs;
    found.fault = std::move(result.fault);
  }
  return found;
}

TEST(PlantedBugs, AreAllFound) {
  std::set<std::string_view> files;
  std::set<std::string> kinds;
  int number = 0;
  for (const PlantedBug& bug : kBugs) {
    ++number;
    ASSERT_NE(find_mix(bug.mix), nullptr) << bug.name;
    const AtWork at_work(number);
    const Search found = search(bug.mix);
    if (bug.name == kHarmless) {
      EXPECT_FALSE(found.fault) << "a row that changes nothing is found: " << found.fault->what;
      continue;
    }
    files.insert(bug.file);
    EXPECT_TRUE(found.fault) << bug.name << " of " << bug.file << " is not found in " << found.inputs << " inputs";
    if (!found.fault) continue;
    kinds.insert(found.fault->kind);
    std::printf("%-44.*s after %6llu inputs: %s\n", static_cast<int>(bug.name.size()), bug.name.data(),
                static_cast<unsigned long long>(found.inputs), found.fault->kind.c_str());
  }
}

TEST(PlantedBugs, NothingIsFoundWhereNoneIsPlanted) {
  std::set<std::string_view> searched;
  for (const PlantedBug& bug : kBugs) {
    if (!searched.insert(bug.mix).second) continue;
    const Search found = search(bug.mix);
    EXPECT_FALSE(found.fault) << bug.mix << ": " << found.fault->what;
    EXPECT_GE(found.inputs, kInputsMax);
  }
}

TEST(PlantedBugs, AreEnough) { EXPECT_GE(std::size(kBugs), 27U) << "twenty-six and a canary"; }

}  // namespace
}  // namespace holdfast
