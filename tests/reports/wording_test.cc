#include "reports/wording.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/text/units.h"

namespace holdfast {
namespace {

template <typename NameOf>
void expect_every_value_named(const google::protobuf::EnumDescriptor& type, NameOf name_of) {
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() == 0) continue;
    EXPECT_FALSE(name_of(type.value(i)->number()).empty()) << type.value(i)->name();
  }
}

TEST(Wording, NamesEveryMonitoredEventActionPlatformAndDecision) {
  expect_every_value_named(*v1::MonitoredEvent_descriptor(),
                           [](int number) { return event_name(static_cast<v1::MonitoredEvent>(number)); });
  expect_every_value_named(*v1::MonitoredEventPolicy::Action_descriptor(), [](int number) {
    return action_name(static_cast<v1::MonitoredEventPolicy::Action>(number));
  });
  expect_every_value_named(*v1::Platform_descriptor(),
                           [](int number) { return platform_name(static_cast<v1::Platform>(number)); });
  expect_every_value_named(*v1::LookupFailure_descriptor(),
                           [](int number) { return failure_words(static_cast<v1::LookupFailure>(number)); });
  expect_every_value_named(*v1::CloudStatus::Health_descriptor(),
                           [](int number) { return health_word(static_cast<v1::CloudStatus::Health>(number)); });
  expect_every_value_named(*v1::Verdict::Decision_descriptor(),
                           [](int number) { return decision_word(static_cast<v1::Verdict::Decision>(number)); });
}

TEST(Wording, HasAVerbForEveryKindOfOperation) {
  const auto* kinds = v1::Operation::descriptor()->FindOneofByName("what");
  for (int i = 0; i < kinds->field_count(); ++i) {
    EXPECT_NE(operation_verb(kinds->field(i)->name()), kinds->field(i)->name());
  }
  EXPECT_EQ(operation_verb("something_newer"), "something_newer");
}

TEST(Wording, TellsTheOutcomeFromTheVerdict) {
  v1::Verdict verdict;
  verdict.set_decision(v1::Verdict::ALLOW);
  EXPECT_EQ(outcome_of(verdict), Outcome::kPassed);
  verdict.set_because(v1::ACTION_IS_ASSESS);
  EXPECT_EQ(outcome_of(verdict), Outcome::kAssessed);
  verdict.set_prompt_id(7);
  EXPECT_EQ(outcome_of(verdict), Outcome::kAsked);
  verdict.set_decision(v1::Verdict::DENY);
  EXPECT_EQ(outcome_of(verdict), Outcome::kAsked) << "a prompt decided, whatever it decided";
  verdict.set_prompt_id(0);
  EXPECT_EQ(outcome_of(verdict), Outcome::kDenied);
  verdict.set_decision(v1::Verdict::TERMINATE);
  EXPECT_EQ(outcome_of(verdict), Outcome::kTerminated);
  verdict.set_decision(v1::Verdict::MOOT);
  EXPECT_EQ(outcome_of(verdict), Outcome::kMoot);
}

TEST(Numbers, AreGroupedByThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(125'103), "125,103");
  EXPECT_EQ(grouped(18'446'744'073'709'551'615U), "18,446,744,073,709,551,615");
}

TEST(Durations, SayTheTwoUnitsThatMatter) {
  EXPECT_EQ(spoken_duration(0), "0 us");
  EXPECT_EQ(spoken_duration(850'000), "850 us");
  EXPECT_EQ(spoken_duration(40'000'000), "40 ms");
  EXPECT_EQ(spoken_duration(260'000'000), "0.26 s");
  EXPECT_EQ(spoken_duration(3 * kSecond_ns), "3 s");
  EXPECT_EQ(spoken_duration(30 * kSecond_ns), "30 s");
  EXPECT_EQ(spoken_duration(98 * 60 * kSecond_ns), "98 min");
  EXPECT_EQ(spoken_duration((3 * 3600 + 12 * 60) * kSecond_ns), "3 h 12 min");
  EXPECT_EQ(spoken_duration(24 * 3600 * kSecond_ns), "24 h");
  EXPECT_EQ(spoken_duration((49 * 3600) * kSecond_ns), "2 d 1 h");
}

TEST(Times, FollowTheWallClockOfARecordingAndTheStartOfAScenario) {
  // 2020-09-20 03:05:00 UTC.
  const TimeText wall = TimeText::by_wall_clock(1'600'571'100 * kSecond_ns);
  EXPECT_EQ(wall.at(71'402'000'000), "03:06:11.402");
  EXPECT_EQ(wall.day(0), "2020-09-20");
  EXPECT_EQ(wall.day(21 * 3600 * kSecond_ns), "2020-09-21");
  EXPECT_NE(wall.day_number(0), wall.day_number(21 * 3600 * kSecond_ns));
  const TimeText start = TimeText::since_start();
  EXPECT_EQ(start.at(32'500'000'000), "00:00:32.500");
  EXPECT_EQ(start.at(100 * 3600 * kSecond_ns), "100:00:00.000");
  EXPECT_EQ(start.day(0), "");
}

TEST(Times, KnowLeapDaysAndCenturies) {
  constexpr std::uint64_t kDay = 86'400 * kSecond_ns;
  EXPECT_EQ(TimeText::by_wall_clock(kDay).day(0), "1970-01-02");
  EXPECT_EQ(TimeText::by_wall_clock(11'016 * kDay).day(0), "2000-02-29");
  EXPECT_EQ(TimeText::by_wall_clock(47'541 * kDay).day(0), "2100-03-01");
}

TEST(Targets, LoseTheirMiddleAndKeepRootAndName) {
  EXPECT_EQ(shortened(R"(HKU\S-1-5-21-1\Software\Microsoft\Windows\CurrentVersion\Run\Updater)", 20),
            R"(HKU\…\Run\Updater)");
  EXPECT_EQ(shortened(R"(C:\short)", 20), R"(C:\short)");
  EXPECT_EQ(shortened(R"(\\srv\share\folder\sub\file.exe)", 20), R"(\\srv\…\sub\file.exe)");
}

TEST(Targets, OfOneLongPartAreCutInsideIt) {
  const std::string cut = shortened(std::string(100, 'x') + "end", 20);
  EXPECT_EQ(text_width(cut), 20U);
  EXPECT_TRUE(cut.ends_with("end"));
  EXPECT_EQ(text_width(shortened("abcdef", 2)), 2U);
}

TEST(Targets, AreCutBetweenCharactersNotBytes) {
  const std::string umlauts = "ÄÖÜÄÖÜÄÖÜÄÖÜ";
  for (std::size_t width = 0; width < 14; ++width) {
    const std::string cut = shortened(umlauts, width);
    EXPECT_LE(text_width(cut), width);
    EXPECT_EQ(printable(cut), cut) << "a character was cut in half at width " << width;
  }
}

TEST(PrintableText, LetsNoControlCharacterReachATerminal) {
  EXPECT_EQ(printable("a\x1b[31mb\nc"), "a\\x1b[31mb\\x0ac");
  EXPECT_EQ(printable("\x7f"), "\\x7f");
  EXPECT_EQ(printable("\xC2\x9B[2J"), "\\x9b[2J") << "U+009B opens an escape sequence by itself";
  EXPECT_EQ(printable("Ä→…"), "Ä→…");
}

TEST(PrintableText, ReplacesWhatIsNoUtf8) {
  const std::string replacement = "\xEF\xBF\xBD";
  EXPECT_EQ(printable("\xFF"), replacement);
  EXPECT_EQ(printable("\xC3"), replacement);
  EXPECT_EQ(printable("\xC0\xAF"), replacement + replacement) << "overlong";
  EXPECT_EQ(printable("\xED\xA0\x80"), replacement + replacement + replacement) << "surrogate";
  EXPECT_EQ(printable("\xF4\x90\x80\x80").substr(0, 3), replacement) << "beyond Unicode";
}

TEST(FileNames, FollowTheLastSeparator) {
  EXPECT_EQ(file_name(R"(C:\Windows\cmd.exe)"), "cmd.exe");
  EXPECT_EQ(file_name("C:/Windows/cmd.exe"), "cmd.exe");
  EXPECT_EQ(file_name("System"), "System");
  EXPECT_EQ(file_name(""), "");
}

TEST(Lookalikes, AreMarkedWhereverAFoldersNameEndsInWhatWindowsDrops) {
  for (const char* path : {R"(C:\Windows \System32\x.exe)", R"(C:\Windows..\x.exe)", R"(C:\Windows\...\x.exe)",
                           R"(C:\Windows\ \x.exe)", "C:\\Windows\x01\\x.exe", R"(\\srv \share\x.exe)"}) {
    EXPECT_TRUE(is_lookalike(path)) << path;
    EXPECT_EQ(shown_path(path), printable(path) + " (lookalike)");
    EXPECT_TRUE(shown_file_name(path).ends_with(" (lookalike)")) << path;
  }
  for (const char* path :
       {R"(C:\Windows\System32\x.exe)", R"(C:\a\..\b\.\x.exe)", R"(C:\Windows.\x.exe)", R"(C:\x.exe )", R"(\\.\pipe\x)",
        R"(HKLM\Software\Vendor \x)", "System", "", R"(service x (C:\a \x.exe))"}) {
    EXPECT_FALSE(is_lookalike(path)) << path;
    EXPECT_EQ(shown_path(path), path);
  }
  EXPECT_EQ(shown_file_name(R"(C:\Windows \System32\svchost.exe)"), "svchost.exe (lookalike)");
}

}  // namespace
}  // namespace holdfast
