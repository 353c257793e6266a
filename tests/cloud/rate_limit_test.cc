#include "cloud/rate_limit.h"

#include <gtest/gtest.h>

namespace holdfast::cloud {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

int admitted(RateLimit& limit, const std::string& client, std::uint64_t now_ns, int requests) {
  int served = 0;
  for (int i = 0; i < requests; ++i) served += limit.admits(client, now_ns) ? 1 : 0;
  return served;
}

TEST(RateLimit, AdmitsABurstAndThenSoManyASecond) {
  RateLimit limit(10);
  EXPECT_EQ(admitted(limit, "a", 0, 100), 10);
  EXPECT_EQ(admitted(limit, "a", kSecond / 2, 100), 5);
  EXPECT_EQ(admitted(limit, "a", 10 * kSecond, 100), 10);
}

TEST(RateLimit, CountsEachClientAlone) {
  RateLimit limit(1);
  EXPECT_TRUE(limit.admits("a", 0));
  EXPECT_TRUE(limit.admits("b", 0));
  EXPECT_FALSE(limit.admits("a", 0));
}

TEST(RateLimit, NoneIsNoLimit) {
  RateLimit limit(0);
  EXPECT_EQ(admitted(limit, "a", 0, 1'000), 1'000);
}

TEST(RateLimit, ForgetsWhoWasSeenLongestAgo) {
  RateLimit limit(1, 2);
  EXPECT_TRUE(limit.admits("a", 0));
  EXPECT_TRUE(limit.admits("b", 1));
  EXPECT_FALSE(limit.admits("a", 2));
  EXPECT_TRUE(limit.admits("c", 3));  // in place of b
  EXPECT_FALSE(limit.admits("a", 4));
  EXPECT_TRUE(limit.admits("b", 5));
}

TEST(RateLimit, ATimeThatRunsBackwardsGivesNothingAway) {
  RateLimit limit(1);
  EXPECT_TRUE(limit.admits("a", 10 * kSecond));
  EXPECT_FALSE(limit.admits("a", 0));
}

}  // namespace
}  // namespace holdfast::cloud
