#include "sensors/import/clocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/sensors/import/import_fixture.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Teacher = ImportedClock::Teacher;

constexpr std::int64_t kSecond_ns = 1'000'000'000;
constexpr std::int64_t kMinute_ns = 60 * kSecond_ns;
constexpr std::int64_t kHour_ns = 60 * kMinute_ns;
constexpr std::int64_t kNoon = 1'599'220'800 * kSecond_ns;  // 2020-09-04 12:00 UTC

// ---------------------------------------------------------------- what teaches

TEST(Clocks, LearnWholeQuartersAndMinutes) {
  const struct {
    std::int64_t difference;
    Witness witness;
    std::optional<std::int64_t> learnt;
  } cases[] = {
      {0, Witness::kEvent, 0},
      {4 * kHour_ns + 700'000'000, Witness::kEvent, 4 * kHour_ns},
      {-19'800 * kSecond_ns - 900'000'000, Witness::kEvent, -19'800 * kSecond_ns},        // India
      {5 * kHour_ns + 45 * kMinute_ns, Witness::kEvent, 5 * kHour_ns + 45 * kMinute_ns},  // Nepal
      {30 * kMinute_ns - 60 * kSecond_ns, Witness::kEvent, 30 * kMinute_ns},
      {-kHour_ns - 59 * kSecond_ns, Witness::kEvent, -kHour_ns},
      {17 * kMinute_ns, Witness::kEvent, 17 * kMinute_ns},  // a clock that was set wrong
      {-17 * kMinute_ns - 5 * kSecond_ns, Witness::kEvent, -17 * kMinute_ns},
      {17 * kMinute_ns + 5 * kSecond_ns + 1, Witness::kEvent, {}},
      {17 * kMinute_ns, Witness::kLateEvent, {}},
      {kHour_ns - 60 * kSecond_ns, Witness::kLateEvent, kHour_ns},
      {17 * kMinute_ns, Witness::kAct, {}},
      {kHour_ns - 2 * kSecond_ns, Witness::kAct, kHour_ns},
      {kHour_ns - 2 * kSecond_ns - 1, Witness::kAct, {}},
      {16 * kHour_ns, Witness::kEvent, 16 * kHour_ns},  // eight hours, in the wrong direction
      {26 * kHour_ns, Witness::kEvent, 26 * kHour_ns},
      {-26 * kHour_ns, Witness::kEvent, -26 * kHour_ns},
      {26 * kHour_ns + 1, Witness::kEvent, {}},  // no two zones are so far apart
  };
  for (const auto& expected : cases) {
    Clocks clocks;
    EXPECT_EQ(clocks.learn({}, kNoon, kNoon + expected.difference, expected.witness), expected.learnt.has_value())
        << expected.difference;
    EXPECT_EQ(clocks.offset_ns({}, kNoon), expected.learnt) << expected.difference;
  }
}

TEST(Clocks, FollowMostWitnesses) {
  Clocks clocks;
  clocks.learn({}, kNoon, kNoon + kMinute_ns, Witness::kEvent);
  for (int i = 0; i < 3; ++i) clocks.learn({}, kNoon + i, kNoon + i + kHour_ns, Witness::kEvent);
  for (int i = 0; i < 2; ++i) clocks.learn({}, kNoon + kHour_ns, kNoon + kHour_ns + 7 * kMinute_ns, Witness::kEvent);
  EXPECT_EQ(clocks.offset_ns({}, kNoon), kHour_ns);
  EXPECT_EQ(clocks.offset_ns({}, kNoon + 2 * kHour_ns), kHour_ns) << "late events at the end tell no other zone";
  EXPECT_EQ(clocks.used().at(0).witnesses, 3U);
}

TEST(Clocks, FollowAZoneIntoSummer) {
  Clocks clocks;
  for (int day = 0; day < 10; ++day)
    clocks.learn({}, day * 24 * kHour_ns, day * 24 * kHour_ns - kHour_ns, Witness::kEvent);
  for (int day = 10; day < 13; ++day)
    clocks.learn({}, day * 24 * kHour_ns, day * 24 * kHour_ns - 2 * kHour_ns, Witness::kEvent);
  EXPECT_EQ(clocks.offset_ns({}, 0), -kHour_ns);
  EXPECT_EQ(clocks.offset_ns({}, 9 * 24 * kHour_ns), -kHour_ns);
  EXPECT_EQ(clocks.offset_ns({}, 10 * 24 * kHour_ns), -2 * kHour_ns);
  EXPECT_EQ(clocks.offset_ns({}, 100 * 24 * kHour_ns), -2 * kHour_ns);
  EXPECT_FALSE(clocks.settled()) << "the first was told before all was known";
  clocks.read_again();
  EXPECT_EQ(clocks.offset_ns({}, 9 * 24 * kHour_ns), -kHour_ns);
  EXPECT_EQ(clocks.offset_ns({}, 10 * 24 * kHour_ns), -2 * kHour_ns);
  EXPECT_TRUE(clocks.settled());
  EXPECT_EQ(clocks.used().size(), 2U);
}

// Written without AM and PM: from one o'clock in the afternoon the clock is twelve hours behind what it was.
TEST(Clocks, FollowAClockOfTwelveHours) {
  const std::int64_t midnight = kNoon - 12 * kHour_ns;
  Clocks clocks;
  for (int minute = 0; minute < 50; ++minute) {
    const std::int64_t local = kNoon + 30 * kMinute_ns + minute * kMinute_ns;
    const std::int64_t written = minute < 30 ? local : local - 12 * kHour_ns;
    clocks.learn({}, written, local + 7 * kHour_ns, Witness::kEvent);
  }
  EXPECT_EQ(clocks.offset_ns({}, midnight + 12 * kHour_ns + 59 * kMinute_ns), 7 * kHour_ns);
  EXPECT_EQ(clocks.offset_ns({}, midnight + 1 * kHour_ns + 5 * kSecond_ns), 19 * kHour_ns);
  EXPECT_EQ(clocks.offset_ns({}, midnight + 1 * kHour_ns + 45 * kMinute_ns), 19 * kHour_ns);
}

// The naive reference: every witness is kept, and counted anew for each question.
TEST(Clocks, AnswerAsTheMostFrequentDifferenceOfAnyOrder) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    Clocks clocks;
    std::map<std::pair<std::string, std::int64_t>, int> told;  // minutes, of which no two are half hours apart
    for (int i = 0; i < 200; ++i) {
      const std::string computer(1, static_cast<char>('a' + random.below(3)));
      const auto minutes = static_cast<std::int64_t>(random.below(10)) - 5;
      const auto written = static_cast<std::int64_t>(random.below(1'000'000)) * kSecond_ns;
      ASSERT_TRUE(clocks.learn({.computer = computer}, written, written + minutes * kMinute_ns, Witness::kEvent));
      // Within a minute of a whole quarter of an hour it is that.
      ++told[{computer, minutes >= -1 && minutes <= 1 ? 0 : minutes}];
    }
    for (const std::string computer : {"a", "b", "c"}) {
      int most = 0;
      for (const auto& [key, count] : told) most = key.first == computer ? std::max(most, count) : most;
      const auto answered = clocks.offset_ns({.computer = computer}, 0);
      ASSERT_TRUE(answered);
      EXPECT_EQ((told[{computer, *answered / kMinute_ns}]), most) << seed;
    }
  }
}

// ---------------------------------------------------------------- who is believed

TEST(Clocks, TakeTheNearestWitness) {
  const ClockName security{.log = 1, .computer = "pc1", .provider = EventProvider::kSecurity};
  ClockName sysmon = security;
  sysmon.provider = EventProvider::kSysmon;
  ClockName elsewhere = sysmon;
  elsewhere.log = 2;
  ClockName neighbour = sysmon;
  neighbour.computer = "pc2";

  Clocks clocks;
  const auto answer = [&](std::int64_t hours, Teacher teacher) {
    EXPECT_EQ(clocks.offset_ns(security, kNoon), hours * kHour_ns);
    EXPECT_TRUE(std::ranges::any_of(clocks.used(), [&](const Clocks::Used& used) {
      return used.teacher == teacher && used.offset_ns == hours * kHour_ns;
    })) << hours;
  };
  EXPECT_EQ(clocks.offset_ns(security, kNoon), std::nullopt);
  EXPECT_THAT(clocks.used(), IsEmpty());
  clocks.learn(neighbour, kNoon, kNoon + 5 * kHour_ns, Witness::kEvent);
  answer(5, Teacher::kOtherComputers);
  clocks.learn(elsewhere, kNoon, kNoon + 4 * kHour_ns, Witness::kEvent);
  answer(4, Teacher::kItsOtherEvents);
  clocks.learn(sysmon, kNoon, kNoon + 3 * kHour_ns, Witness::kLateEvent);
  answer(3, Teacher::kLateEvents);
  clocks.learn(sysmon, kNoon, kNoon + 2 * kHour_ns, Witness::kEvent);
  answer(2, Teacher::kEvents);
  clocks.learn(security, kNoon, kNoon + 1 * kHour_ns, Witness::kAct);
  answer(1, Teacher::kActs);
  EXPECT_EQ(clocks.offset_ns(sysmon, kNoon), 2 * kHour_ns) << "of one channel only";
}

TEST(Clocks, BorrowNothingWhereOthersDisagree) {
  const ClockName silent{.log = 1, .computer = "pc3", .provider = EventProvider::kSecurity};
  Clocks clocks;
  clocks.learn({.log = 1, .computer = "pc1"}, kNoon, kNoon + kHour_ns, Witness::kEvent);
  EXPECT_EQ(clocks.offset_ns(silent, kNoon), kHour_ns);
  clocks.learn({.log = 1, .computer = "pc2"}, kNoon, kNoon + kHour_ns, Witness::kEvent);
  EXPECT_EQ(clocks.offset_ns(silent, kNoon), kHour_ns);
  clocks.learn({.log = 1, .computer = "pc4"}, kNoon, kNoon + 2 * kHour_ns, Witness::kEvent);
  EXPECT_EQ(clocks.offset_ns(silent, kNoon), std::nullopt);
  EXPECT_FALSE(clocks.settled());
}

TEST(Clocks, ApplyToTheirOwnFieldAndSpellingOnly) {
  const ClockName local{.computer = "pc", .source = TimeSource::kEventTime};
  Clocks clocks;
  clocks.learn(local, kNoon, kNoon + kHour_ns, Witness::kEvent);
  ClockName zoned = local;
  zoned.has_zone = true;
  EXPECT_EQ(clocks.offset_ns(zoned, kNoon), std::nullopt);
  EXPECT_EQ(clocks.offset_ns({.computer = "pc", .source = TimeSource::kTimeCreated}, kNoon), std::nullopt);
  EXPECT_EQ(clocks.offset_ns({.log = 1, .computer = "other", .source = TimeSource::kEventTime}, kNoon), std::nullopt);
}

TEST(Clocks, CompareActsInAnyOrderAndOnce) {
  const ClockName security{.log = 1, .computer = "pc1", .provider = EventProvider::kSecurity};
  for (const bool sysmon_first : {true, false}) {
    Clocks clocks;
    if (sysmon_first) clocks.sysmon_tells("start|pc1|7|a.exe", kNoon);
    clocks.other_tells("start|pc1|7|a.exe", security, kNoon - 5 * kHour_ns + kSecond_ns);
    clocks.other_tells("start|pc1|8|b.exe", security, kNoon - 7 * kHour_ns);
    if (!sysmon_first) clocks.sysmon_tells("start|pc1|7|a.exe", kNoon);
    clocks.sysmon_tells("start|pc1|7|a.exe", kNoon - 3 * kHour_ns);  // others of the same name
    clocks.other_tells("start|pc1|7|a.exe", security, kNoon - 6 * kHour_ns);
    EXPECT_EQ(clocks.offset_ns(security, kNoon), 5 * kHour_ns);
    EXPECT_EQ(clocks.used().at(0).witnesses, 1U);
  }
}

TEST(Clocks, AreBounded) {
  Clocks clocks;
  for (std::size_t i = 0; i < 2 * Clocks::kClocksMax; ++i) {
    const ClockName name{.computer = "pc" + std::to_string(i)};
    clocks.learn(name, kNoon, kNoon + kHour_ns, Witness::kEvent);
    ASSERT_EQ(clocks.offset_ns(name, kNoon), kHour_ns);
  }
  EXPECT_TRUE(clocks.settled());
  EXPECT_LE(clocks.used().size(), Clocks::kClocksMax + 1);
}

// ---------------------------------------------------------------- in an import

class ImportedClocks : public ImportTest {
 protected:
  // An event of Sysmon or Security with a local time, and Sysmon's with UTC beside it.
  static std::string sysmon(const std::string& computer, const std::string& local, const std::string& utc,
                            const std::string& fields = R"("EventID":5,"ProcessId":9)") {
    return R"({"SourceName":"Microsoft-Windows-Sysmon","Hostname":")" + computer + R"(","EventTime":"2020-09-04 )" +
           local + R"(","UtcTime":"2020-09-04 )" + utc + "\"," + fields + "}\n";
  }
  static std::string security(const std::string& computer, const std::string& local,
                              const std::string& fields = R"("EventID":4689,"ProcessId":"0x8")") {
    return R"({"SourceName":"Microsoft-Windows-Security-Auditing","Hostname":")" + computer +
           R"(","EventTime":"2020-09-04 )" + local + "\"," + fields + "}\n";
  }

  // Of the operations of Security's events in minutes since noon, in order.
  std::vector<std::int64_t> minutes_of(std::uint32_t pid) const {
    std::vector<std::int64_t> minutes;
    for (const v1::Input& input : kept_.inputs) {
      if (input.operation().actor().pid() != pid) continue;
      minutes.push_back((static_cast<std::int64_t>(input.operation().wall_ns()) - kNoon) / kMinute_ns);
    }
    return minutes;
  }
  std::vector<std::int64_t> minutes() const { return minutes_of(8); }

  // "pc1 4 h 2 by 3": computer, minutes added, events, teacher's number.
  static std::vector<std::string> told(const ImportReport& report) {
    std::vector<std::string> lines;
    for (const ImportedClock& clock : report.clocks) {
      lines.push_back(clock.computer + " " + clock.field + " " + std::to_string(clock.offset_ns / kMinute_ns) +
                      " min for " + std::to_string(clock.events) + " by " + std::to_string(clock.witnesses) +
                      " of kind " + std::to_string(static_cast<int>(clock.teacher)));
    }
    return lines;
  }
};

TEST_F(ImportedClocks, AreThoseOfEachComputer) {
  const ImportReport report = import(sysmon("PC1", "13:00:00", "12:00:00") + security("PC1", "13:01:00") +
                                     sysmon("pc1", "13:02:00", "12:02:00") + sysmon("PC2", "17:33:00", "12:03:00") +
                                     security("PC2", "17:34:00") + security("PC1", "13:05:00"));
  EXPECT_THAT(minutes(), ElementsAre(1, 4, 5));
  EXPECT_THAT(told(report),
              ElementsAre("pc1 EventTime -60 min for 2 by 2 of kind 2", "pc2 EventTime -330 min for 1 by 1 of kind 2"));
  EXPECT_EQ(report.remarks.zone_unknown, 0U);
}

// Whatever stands before the events that teach, also beyond the first megabyte.
TEST_F(ImportedClocks, AreKnownBeforeTheFirstWitness) {
  const std::string other = security("PC1", "13:00:00", R"("EventID":1,"x":")" + std::string(1000, 'x') + "\"");
  std::string events = security("PC1", "13:01:00");
  for (int i = 0; i < 1500; ++i) events += other;
  const ImportReport report = import(events + sysmon("PC1", "13:02:00", "12:02:00"));
  EXPECT_THAT(minutes(), ElementsAre(1));
  EXPECT_EQ(report.remarks.zone_unknown, 0U);
  EXPECT_THAT(told(report), ElementsAre("pc1 EventTime -60 min for 1 by 1 of kind 2"));
}

TEST_F(ImportedClocks, AreThoseOfTheComputersOtherLogs) {
  const std::string first = write("a.json", security("PC1", "13:01:00") + security("PC2", "13:02:00"));
  const std::string second = write("b.json", sysmon("PC1", "12:45:00", "12:00:00"));
  const auto report = import_files({first, second});
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(minutes(), ElementsAre(16, 62)) << "nothing tells of the other computer";
  EXPECT_THAT(told(*report), ElementsAre("pc1 EventTime -45 min for 1 by 1 of kind 4"));
  EXPECT_EQ(report->remarks.zone_unknown, 1U);
}

TEST_F(ImportedClocks, AreThoseOfTheCollectorThatRelaysOthers) {
  const std::string relayed = sysmon("PC1", "13:00:00", "12:00:00") + sysmon("PC2", "13:00:00", "12:00:00");
  ImportReport report = import(relayed + security("PC3", "13:07:00"));
  EXPECT_THAT(minutes(), ElementsAre(7));
  EXPECT_THAT(told(report), ElementsAre("pc3 EventTime -60 min for 1 by 1 of kind 5"));
  report = import(relayed + security("PC3", "13:07:00") + sysmon("PC4", "14:00:00", "12:00:00"));
  EXPECT_THAT(minutes(), ElementsAre(67)) << "they differ";
  EXPECT_EQ(report.remarks.zone_unknown, 1U);
  EXPECT_THAT(told(report), IsEmpty());
}

// Only the starts that both tell say that Security's log is written by another clock than Sysmon's.
TEST_F(ImportedClocks, OfOneChannelAreToldByActsOfBoth) {
  const auto start_told_by_sysmon = [](int pid, const std::string& utc) {
    return sysmon("PC1", utc, utc,
                  R"("EventID":1,"Image":"C:\\a.exe","ProcessId":)" + std::to_string(pid) + R"(,"ParentProcessId":9)");
  };
  const auto start_told_by_security = [](int pid, const std::string& local) {
    return security(
        "PC1", local,
        R"("EventID":4688,"NewProcessName":"C:\\A.exe","ProcessId":8,"NewProcessId":)" + std::to_string(pid));
  };
  const ImportReport report = import(security("PC1", "17:01:00") + start_told_by_security(70, "17:02:00") +
                                     start_told_by_security(71, "17:03:00") + start_told_by_sysmon(70, "12:01:59.9") +
                                     start_told_by_sysmon(71, "12:02:59.9") + start_told_by_sysmon(72, "12:04:00"));
  EXPECT_THAT(minutes(), ElementsAre(1, 2, 3));
  EXPECT_THAT(told(report), ElementsAre("pc1 EventTime -300 min for 3 by 2 of kind 1"));
  EXPECT_EQ(report.summary.repetitions(), 2U);
}

// Sysmon's own time of connections and name queries comes from a clock that may have stood still.
TEST_F(ImportedClocks, OfConnectionsMayHaveStoodStill) {
  const std::string connection =
      R"("EventID":3,"ProcessId":8,"Protocol":"tcp","DestinationIp":"1.2.3.4","DestinationPort":443)";
  const std::string query = R"("EventID":22,"ProcessId":8,"QueryName":"h","QueryStatus":"0")";
  const std::string machine = sysmon("PC1", "13:00:00", "12:00:00");
  ImportReport report = import(sysmon("PC1", "13:01:00", "03:01:00", connection) + machine +
                               sysmon("PC1", "13:02:00", "03:02:00", query));
  EXPECT_THAT(minutes(), ElementsAre(1, 2));
  EXPECT_EQ(report.remarks.own_time_astray, 2U);

  report = import(machine + sysmon("PC1", "13:05:00", "12:01:00", connection));
  EXPECT_THAT(minutes(), ElementsAre(1)) << "reported late";
  EXPECT_EQ(report.remarks.own_time_astray, 0U);

  report = import(sysmon("PC1", "13:05:00", "12:05:00", connection) + security("PC1", "13:06:00"));
  EXPECT_THAT(minutes(), ElementsAre(5, 6)) << "nobody else tells";
  EXPECT_THAT(told(report), ElementsAre("pc1 EventTime -60 min for 1 by 1 of kind 3"));
}

// In order as it lies, and not by the clocks of two computers, of which one is known only at the end.
TEST_F(ImportedClocks, AreTheSameForAnyOrderOfFiles) {
  const std::vector<std::string> files = {
      write("a.json",
            security("PC1", "13:01:00") + security("PC2", "14:00:00") + sysmon("PC1", "13:09:00", "12:09:00")),
      write("b.json", sysmon("PC2", "14:30:00", "12:30:00") + security("PC1", "13:31:00"))};
  ASSERT_TRUE(import_files(files));
  EXPECT_THAT(minutes(), ElementsAre(0, 1, 31));
  const std::vector<v1::Input> made = kept_.inputs;
  ASSERT_TRUE(import_files({files[1], files[0]}));
  ASSERT_EQ(kept_.inputs.size(), made.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    EXPECT_EQ(kept_.inputs[i].SerializeAsString(), made[i].SerializeAsString());
  }
}

}  // namespace
}  // namespace holdfast
