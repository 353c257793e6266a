#include "sensors/import/event_time.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace holdfast {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(EventTime, ReadsEveryWritersForm) {
  constexpr std::int64_t kMoment = 1'599'203'170 * kSecond;  // 2020-09-04 07:06:10 UTC
  struct Case {
    const char* text;
    std::int64_t ns;
    bool has_zone;
  };
  constexpr Case kCases[] = {
      {"2020-09-04 07:06:10", kMoment, false},
      {"2020-09-04 07:06:10.123", kMoment + 123'000'000, false},
      {"2020-09-04T07:06:10.5Z", kMoment + 500'000'000, true},
      {"2020-09-04T07:06:10.1234567Z", kMoment + 123'456'700, true},
      {"2020-09-04T07:06:10.123456789123Z", kMoment + 123'456'789, true},
      {"2020-09-04T09:06:10+02:00", kMoment, true},
      {"2020-09-04T02:36:10-0430", kMoment, true},
      {"1970-01-01 00:00:00", 0, false},
      {"2016-12-31T23:59:60Z", 1'483'228'800 * kSecond, true},
      {"2020-09-04t07:06:10z", kMoment, true},
      {"2020-09-04 07:06:10 UTC", kMoment, true},
      {"2020-09-04 07:06:10.123 GMT", kMoment + 123'000'000, true},
      {"2020-09-04 09:06:10 +0200", kMoment, true},
      {"2020-09-04T09:06:10+02", kMoment, true},
      {"2020/09/04 07:06:10", kMoment, false},
      {"9/4/2020 7:06:10 AM", kMoment, false},
      {"09/04/2020 07:06:10 PM", kMoment + 43'200 * kSecond, false},
      {"9/4/2020 12:06:10 AM", kMoment - 7 * 3600 * kSecond, false},
      {"9/4/2020 12:06:10 PM", kMoment + 5 * 3600 * kSecond, false},
      {"9/4/2020, 7:06:10.123 AM", kMoment + 123'000'000, false},
      {"9/4/2020, 7:06:10.123 AM UTC", kMoment + 123'000'000, true},
      {"9/4/2020, 7:06:10 PM +02:00", kMoment + 10 * 3600 * kSecond, true},
      {"Sep 4, 2020 @ 07:06:10.123", kMoment + 123'000'000, false},
      {"2020-09-04 07:06:10,5", kMoment + 500'000'000, false},
      {"2020-09-04 07:06:10GMT", kMoment, true},
      {"2020-09-04 02:06:10 -05", kMoment, true},
      {"1970-01-01 01:00:00 +01:00", 0, true},
      {"1599203170", kMoment, true},
      {"159920317", 159'920'317 * kSecond, true},
      {"159920317000", 159'920'317 * kSecond, true},
      {"159920317000000", 159'920'317 * kSecond, true},
      {"9214646399", 9'214'646'399 * kSecond, true},  // the last of 2261
      {"116444736000000000", 0, true},                // FILETIME
      {"1599203170.5", kMoment + 500'000'000, true},
      {"1599203170123", kMoment + 123'000'000, true},
      {"1599203170123456", kMoment + 123'456'000, true},
      {"1599203170123456789", kMoment + 123'456'789, true},
      {"132436767701234567", kMoment + 123'456'700, true},  // FILETIME
      {"/Date(1599203170123)/", kMoment + 123'000'000, true},
      {"/Date(1599203170123+0200)/", kMoment + 123'000'000, true},
      {R"(\/Date(1599203170123)\/)", kMoment + 123'000'000, true},
  };
  for (const Case& expected : kCases) {
    const auto time = parse_time(expected.text);
    ASSERT_TRUE(time) << expected.text;
    EXPECT_EQ(time->ns, expected.ns) << expected.text;
    EXPECT_EQ(time->has_zone, expected.has_zone) << expected.text;
  }
}

TEST(EventTime, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "-",
                           "2020-09-04",
                           "2020-13-04 07:06:10",
                           "2020-02-30 07:06:10",
                           "2019-02-29 07:06:10",
                           "2020-00-04 07:06:10",
                           "2020-09-00 07:06:10",
                           "2020-09-04 24:06:10",
                           "2020-09-04 07:60:10",
                           "2020-09-04 07:06:61",
                           "2262-01-01 00:00:00",
                           "2020-09-04 07:06:10.",
                           "2020-09-04 07:06:10X",
                           "2020-09-04 07:06:10+2",
                           "2020-09-04 07:06:10Z ",
                           "1969-12-31 23:59:59",
                           "9999-01-01 00:00:00",
                           "1970-01-01T00:00:00+01:00",
                           "20200904T070610Z",
                           "2020-09-04 07:06:10 ",
                           "2020-09-04 07:06:10 CET",
                           "13/4/2020 7:06:10 AM",
                           "9/4/2020, 7:06:10. AM",
                           "9/4/2020, 7:06:10 AM.5",
                           "9/4/2020 13:06:10 PM",
                           "9/4/2020 0:06:10 AM",
                           "9/4/2020 7:06:10",
                           "Sept 4, 2020 @ 07:06:10",
                           "4711",
                           "15992031",
                           "15992031701",
                           "15992031701234",
                           "15992031701234567",
                           "15992031701234567890",
                           "9214646400",
                           "9214646400000",
                           "1599203170.",
                           "1599203170123.5",
                           "9999999999999999999",
                           "9999999999",
                           "999999999999999999",
                           "9999999999999999",
                           "-1599203170",
                           "111111111111111111",
                           "/Date()/",
                           "/Date(1599203170123)",
                           "/Date(1599203170123+2)/",
                           "Date(1599203170123)"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(EventTime, KnowsTheTwelveMonthsByName) {
  static constexpr const char* kNames[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (int month = 1; month <= 12; ++month) {
    char text[64];
    std::snprintf(text, sizeof text, "2021-%02d-09 23:06:10", month);
    const auto expected = parse_time(text);
    std::snprintf(text, sizeof text, "%s 9, 2021 @ 23:06:10", kNames[month - 1]);
    const auto time = parse_time(text);
    ASSERT_TRUE(time && expected) << text;
    EXPECT_EQ(time->ns, expected->ns) << text;
  }
}

// The arithmetic of the calendar against counting every single day.
TEST(EventTime, CountsDaysAsACalendarDoes) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::int64_t day_number = 0;
  for (int year = 1970; year <= 2261; ++year) {
    for (int month = 1; month <= 12; ++month) {
      const bool leap_day = month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);
      for (int day = 1; day <= kDays[month - 1] + (leap_day ? 1 : 0); ++day, ++day_number) {
        char text[64];
        std::snprintf(text, sizeof text, "%04d-%02d-%02d 00:00:00", year, month, day);
        const auto time = parse_time(text);
        ASSERT_TRUE(time) << text;
        ASSERT_EQ(time->ns, day_number * 86'400 * kSecond) << text;
      }
    }
  }
}

TEST(EventTime, ReadsAZoneByItself) {
  EXPECT_EQ(parse_zone("+01:00"), 3600 * kSecond);
  EXPECT_EQ(parse_zone("-0430"), -16'200 * kSecond);
  EXPECT_EQ(parse_zone("+14"), 50'400 * kSecond);
  EXPECT_EQ(parse_zone("Z"), 0);
  EXPECT_EQ(parse_zone("UTC"), 0);
  EXPECT_EQ(parse_zone("z"), 0);
  EXPECT_EQ(parse_zone("GMT"), 0);
  EXPECT_EQ(parse_zone("+00:59"), 3540 * kSecond);
  for (const char* text : {"", "1", "+1", "+15", "+01:", "+01:60", "+01:00 ", "Europe/Berlin"}) {
    EXPECT_FALSE(parse_zone(text)) << text;
  }
}

}  // namespace
}  // namespace holdfast
