#include "sim/world/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace holdfast {
namespace {

using ::testing::ElementsAre;

std::vector<std::uint64_t> first_four(std::uint64_t seed) {
  Random random(seed);
  return {random.next(), random.next(), random.next(), random.next()};
}

// Of the published algorithms, worked out by another implementation: these numbers never change, or scenarios would.
TEST(Random, GivesTheNumbersOfItsAlgorithm) {
  EXPECT_THAT(first_four(0),
              ElementsAre(11091344671253066420U, 13793997310169335082U, 1900383378846508768U, 7684712102626143532U));
  EXPECT_THAT(first_four(1),
              ElementsAre(12966619160104079557U, 9600361134598540522U, 10590380919521690900U, 7218738570589545383U));
  EXPECT_THAT(first_four(42),
              ElementsAre(1546998764402558742U, 6990951692964543102U, 12544586762248559009U, 17057574109182124193U));
}

TEST(Random, DrawsBelowABoundEachNumberAboutAsOften) {
  constexpr std::uint64_t kNumbers = 7;
  constexpr std::uint64_t kDraws = 70'000;
  Random random(1);
  std::array<std::uint64_t, kNumbers> counts{};
  for (std::uint64_t i = 0; i < kDraws; ++i) ++counts.at(random.below(kNumbers));
  for (const std::uint64_t count : counts) {
    EXPECT_GT(count, 9'600U);
    EXPECT_LT(count, 10'400U);
  }
}

// With a plain remainder the lowest third would come twice as often as each of the others.
TEST(Random, HasNoBiasWhereTheBoundIsLarge) {
  constexpr std::uint64_t kBound = 3ULL << 62;
  Random random(1);
  std::uint64_t lowest = 0;
  for (int i = 0; i < 10'000; ++i) lowest += random.below(kBound) < kBound / 3 ? 1 : 0;
  EXPECT_GT(lowest, 3'100U);
  EXPECT_LT(lowest, 3'570U);
}

TEST(Random, DrawsBetweenItsBoundsAndReachesBoth) {
  Random random(3);
  std::array<bool, 3> seen{};
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t drawn = random.between(10, 12);
    ASSERT_GE(drawn, 10U);
    ASSERT_LE(drawn, 12U);
    seen.at(drawn - 10) = true;
  }
  EXPECT_THAT(seen, ElementsAre(true, true, true));
  EXPECT_EQ(random.between(5, 5), 5U);
  random.between(0, UINT64_MAX);
}

TEST(Random, TakesChancesInPercent) {
  Random random(4);
  int taken = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(random.percent_chance(0));
    EXPECT_TRUE(random.percent_chance(100));
    taken += random.percent_chance(30) ? 1 : 0;
  }
  EXPECT_GT(taken, 2'800);
  EXPECT_LT(taken, 3'200);
}

}  // namespace
}  // namespace holdfast
