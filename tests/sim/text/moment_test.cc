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

TEST(Moment, TakesTheDateAndTimeThatTheListsShow) {
  // 2020-09-20 03:00 UTC, as kThreeOClock is.
  for (const char* start : {"2020-09-20 03:00", "2020-09-20T03:00:00Z", "2020-09-20T03:00:00.000"}) {
    EXPECT_EQ(parse_moment("--from", start, kThreeOClock), 0U) << start;
  }
  EXPECT_EQ(parse_moment("--from", "2020-09-20 03:06:58.5", kThreeOClock), 418'500'000'000U);
  EXPECT_EQ(parse_moment("--from", "2020-09-21 02:59:59", kThreeOClock), kDayNs - kSecond_ns);
  EXPECT_EQ(parse_moment("--from", "2020-10-01", kThreeOClock), 11 * kDayNs - 3 * 3600 * kSecond_ns);
  EXPECT_EQ(parse_moment("--from", "2020-09-20", kThreeOClock), 0U) << "before the beginning means the beginning";
  EXPECT_EQ(parse_moment("--from", "2024-03-01", kThreeOClock).value() -
                parse_moment("--from", "2024-02-28", kThreeOClock).value(),
            2 * kDayNs);
  EXPECT_EQ(parse_moment("--from", "2023-01-01", kThreeOClock).value() -
                parse_moment("--from", "2022-12-31", kThreeOClock).value(),
            kDayNs);
  for (const char* wrong :
       {"2023-02-29", "2020-13-01", "2020-00-01", "2020-09-31", "2020-09-20 24:00", "2020-09-20x03:00", "2020-09-20 ",
        "2020-09-20 03:00+02:00", "1969-12-31", "2020-9-20 03:00"}) {
    EXPECT_FALSE(parse_moment("--from", wrong, kThreeOClock)) << wrong;
  }
  EXPECT_FALSE(parse_moment("--from", "2020-09-20 03:00", std::nullopt)) << "a story of its own time has no dates";
}

TEST(Moment, IsRefusedWithTheOptionThatNamesIt) {
  EXPECT_FALSE(parse_moment("--from", "00:60", std::nullopt));
  for (const char* wrong : {"25:00", "24:00", "13:60", "13:00:60", "", "soon", "3", ":", "03:", "03:06:58:00",
                            "03:06:58.", "03:06:58.1234567890", "-1:00"}) {
    const auto moment = parse_moment("--from", wrong, kThreeOClock);
    ASSERT_FALSE(moment.has_value()) << wrong;
    EXPECT_EQ(moment.error().field, "--from");
    EXPECT_FALSE(moment.error().remedy.empty());
  }
}

}  // namespace
}  // namespace holdfast
