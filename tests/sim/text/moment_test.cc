#include "sim/text/moment.h"

#include <gtest/gtest.h>

#include "sim/text/duration.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kThreeOClock = 1'600'571'100'000'000'000 / kDayNs * kDayNs + 3 * 3600 * kSecond_ns;

TEST(Moment, IsATimeAfterTheStart) {
  EXPECT_EQ(parse_moment("--at", "2.5s", std::nullopt), 2'500'000'000U);
  EXPECT_EQ(parse_moment("--at", "0s", kThreeOClock), 0U);
}

TEST(Moment, IsTheFirstOneAtWhichTheClockShowsIt) {
  EXPECT_EQ(parse_moment("--at", "03:00", kThreeOClock), 0U);
  EXPECT_EQ(parse_moment("--at", "03:06:58.5", kThreeOClock), 418'500'000'000U);
  EXPECT_EQ(parse_moment("--at", "02:59:59", kThreeOClock), kDayNs - kSecond_ns);  // of the next day
}

TEST(Moment, CountsHoursFromTheStartWhereTheStoryHasNoClock) {
  EXPECT_EQ(parse_moment("--at", "00:01:30", std::nullopt), 90 * kSecond_ns);
  EXPECT_EQ(parse_moment("--at", "26:00", std::nullopt), 26 * 3600 * kSecond_ns);
}

TEST(Moment, IsRefusedWithTheOptionThatNamesIt) {
  for (const char* wrong : {"", "soon", "3", ":", "03:", "03:06:58:00", "03:06:58.", "03:06:58.1234567890", "-1:00"}) {
    const auto moment = parse_moment("--from", wrong, kThreeOClock);
    ASSERT_FALSE(moment.has_value()) << wrong;
    EXPECT_EQ(moment.error().field, "--from");
    EXPECT_FALSE(moment.error().remedy.empty());
  }
}

}  // namespace
}  // namespace holdfast
