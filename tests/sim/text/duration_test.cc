#include "sim/text/duration.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(Duration, ReadsNumbersWithUnits) {
  struct Case {
    std::string_view text;
    std::uint64_t ns;
  };
  const Case cases[] = {
      {"0s", 0},
      {"7ns", 7},
      {"3us", 3'000},
      {"250ms", 250'000'000},
      {"2.5s", 2'500'000'000},
      {"10m", 600'000'000'000},
      {"24h", kDayNs},
      {"1h 30m", 5'400'000'000'000},
      {"1h30m", 5'400'000'000'000},
      {" 1s ", kSecond_ns},
      {"1.5h", 5'400'000'000'000},
      {"0.1m", 6'000'000'000},
      {"0.000000001s", 1},
      {"1.0000000000s", kSecond_ns},
      {"366d", kSimulatedNsMax},
  };
  for (const Case& one : cases) {
    const auto ns = parse_duration(one.text);
    ASSERT_TRUE(ns) << one.text << ": " << ns.error().text();
    EXPECT_EQ(*ns, one.ns) << one.text;
  }
}

TEST(Duration, SaysWhatIsWrong) {
  struct Case {
    std::string_view text;
    std::string_view reason;
  };
  const Case cases[] = {
      {"", "is no duration"},
      {"   ", "is no duration"},
      {"30", "has no unit"},
      {"30 s", "has no unit"},
      {"s", "is no duration"},
      {"-1s", "is no duration"},
      {"1.s", "point without digits"},
      {".5s", "is no duration"},
      {"5sec", "unknown unit \"sec\""},
      {"1s,", "is no duration"},
      {"0.5ns", "finer than a nanosecond"},
      {"0.0000000001s", "finer than a nanosecond"},
      {"367d", "longer than 366 days"},
      {"366d 1ns", "longer than 366 days"},
      {"99999999999999999999s", "too many digits"},
      {"999999999999999999d", "longer than 366 days"},
      {"1e9s", "unknown unit \"e\""},
  };
  for (const Case& one : cases) {
    const auto ns = parse_duration(one.text);
    ASSERT_FALSE(ns) << one.text << " was read as " << *ns;
    EXPECT_NE(ns.error().what.find(one.reason), std::string::npos) << one.text << ": " << ns.error().what;
  }
}

TEST(Duration, NeverQuotesMoreThanALineHolds) {
  const auto ns = parse_duration(std::string(100'000, 'x'));
  ASSERT_FALSE(ns);
  EXPECT_LT(ns.error().text().size(), 300U);
}

TEST(Duration, TextIsReadBackAsTheSameTime) {
  for (const std::uint64_t ns :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{999}, std::uint64_t{1'500'000},
        250'000'000 * std::uint64_t{1}, kSecond_ns, 32 * kSecond_ns + 500'000'000, 119 * kSecond_ns, 120 * kSecond_ns,
        3'599 * kSecond_ns + 1, 3'600 * kSecond_ns, kDayNs, kDayNs + 61 * kSecond_ns, kSimulatedNsMax}) {
    const auto again = parse_duration(duration_text(ns));
    ASSERT_TRUE(again) << duration_text(ns);
    EXPECT_EQ(*again, ns) << duration_text(ns);
  }
}

TEST(Duration, TextIsWhatPeopleWrite) {
  EXPECT_EQ(duration_text(0), "0s");
  EXPECT_EQ(duration_text(250'000'000), "250ms");
  EXPECT_EQ(duration_text(32 * kSecond_ns + 500'000'000), "32.5s");
  EXPECT_EQ(duration_text(90 * kSecond_ns), "90s");
  EXPECT_EQ(duration_text(5'400 * kSecond_ns), "1h 30m");
}

TEST(ClockText, ShowsMillisecondsAndOnlyTheFurtherDigitsItNeeds) {
  EXPECT_EQ(clock_text(0), "00:00:00.000");
  EXPECT_EQ(clock_text(2'500'000'000), "00:00:02.500");
  EXPECT_EQ(clock_text(2'500'001'000), "00:00:02.500001");
  EXPECT_EQ(clock_text(1), "00:00:00.000000001");
  EXPECT_EQ(clock_text(100 * 3'600 * kSecond_ns), "100:00:00.000");
}

}  // namespace
}  // namespace holdfast
