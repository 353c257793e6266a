#include "sim/story/timeline_player.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "sim/text/duration.h"
#include "sim/world/merge_sensor.h"
#include "tests/sim/text/scenario_text.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Plays a timeline against an engine of few words: it decides operations by id, at chosen times.
class Playing {
 public:
  struct Decision {
    std::uint64_t at_ns;
    std::uint64_t operation_id;
    v1::Verdict::Decision decision;
  };

  explicit Playing(std::string_view text)
      : file_(good_scenario(text)),
        timeline_(*Timeline::compile(file_.scenario, file_.locations)),
        order_(timeline_.entries().size()),
        player_(timeline_, order_) {}

  // Everything that is played, "1s name" each; decisions come before what happens at their time.
  std::vector<std::string> play(const std::vector<Decision>& decisions) {
    VirtualClock clock;
    MergeSensor sensor(clock, {&player_});
    std::size_t next = 0;
    while (true) {
      const std::uint64_t until = next < decisions.size() ? decisions[next].at_ns : Sensor::kForever;
      v1::Input input;
      const auto got = sensor.next(until, input);
      if (*got == Sensor::Next::kInput) {
        inputs_.push_back(input);
      } else if (*got == Sensor::Next::kDeadline) {
        v1::Output output;
        output.mutable_verdict()->set_operation_id(decisions[next].operation_id);
        output.mutable_verdict()->set_decision(decisions[next].decision);
        player_.carry_out(decisions[next].at_ns, output);
        ++next;
      } else {
        break;
      }
    }
    player_.finish();
    std::vector<std::string> lines;
    for (const PlayedEntry& played : player_.played())
      lines.push_back(duration_text(played.played_ns) + " " + timeline_.name(played.occurrence));
    return lines;
  }

  std::vector<std::string> suppressed() const {
    std::vector<std::string> names;
    for (const SuppressedEntry& entry : player_.suppressed()) names.push_back(entry.name);
    return names;
  }
  const std::vector<SuppressedEntry>& suppressed_entries() const { return player_.suppressed(); }
  const std::vector<v1::Input>& inputs() const { return inputs_; }

 private:
  ScenarioFile file_;
  Timeline timeline_;
  PlanningOrder order_;
  TimelinePlayer player_;
  std::vector<v1::Input> inputs_;
};

constexpr std::string_view kStory = R"(
  at { t: "1s" label: "start" process_start { pid: 7 image: "C:\\a.exe" } }
  at { t: "2s" by: 7 label: "first" file_write { path: "C:\\x" } }
  at { t: "3s" by: 7 label: "second" file_write { path: "C:\\y" } }
  at { t: "4s" label: "somebody else" loss {} }
  at { t: "9s" by: 7 label: "third" file_write { path: "C:\\z" } })";

TEST(HeldStart, DelaysWhatItsProgramDoesUntilTheVerdict) {
  Playing playing(kStory);
  EXPECT_THAT(playing.play({{5 * kSecond_ns, 1, v1::Verdict::ALLOW}}),
              ElementsAre("1s start", "4s somebody else", "5s first", "5s second", "9s third"));
  EXPECT_THAT(playing.suppressed(), IsEmpty());
}

TEST(HeldStart, WhatWaitedComesBeforeWhatIsWrittenForTheMomentOfTheVerdict) {
  Playing playing(kStory);
  EXPECT_THAT(playing.play({{9 * kSecond_ns, 1, v1::Verdict::ALLOW}}),
              ElementsAre("1s start", "4s somebody else", "9s first", "9s second", "9s third"));
}

TEST(DeniedStart, SuppressesEverythingItsProgramWouldDo) {
  Playing playing(kStory);
  EXPECT_THAT(playing.play({{5 * kSecond_ns, 1, v1::Verdict::DENY}}), ElementsAre("1s start", "4s somebody else"));
  EXPECT_THAT(playing.suppressed(), ElementsAre("first", "second", "third"));
  EXPECT_EQ(playing.suppressed_entries()[0].because, "pid 7 was denied its start at 00:00:05.000");
}

TEST(DeniedStart, ThatTheSensorSawTooLateSuppressesNothing) {
  Playing playing(R"(
    at { t: "1s" label: "start" hold: HOLD_CAPABILITY_NONE process_start { pid: 7 image: "C:\\a.exe" } }
    at { t: "2s" by: 7 label: "first" file_write { path: "C:\\x" } })");
  EXPECT_THAT(playing.play({{1 * kSecond_ns + 1, 1, v1::Verdict::DENY}}), ElementsAre("1s start", "2s first"));
}

TEST(DeniedStart, SuppressesTheProgramsThatItWouldHaveStarted) {
  Playing playing(R"(
    at { t: "1s" label: "start" process_start { pid: 7 image: "C:\\a.exe" } }
    at { t: "2s" by: 7 label: "child" process_start { pid: 8 image: "C:\\b.exe" } }
    at { t: "3s" by: 8 label: "of child" file_write { path: "C:\\x" } }
    at { t: "4s" label: "again" process_start { pid: 8 image: "C:\\c.exe" } }
    at { t: "5s" by: 8 label: "of another" file_write { path: "C:\\x" } })");
  EXPECT_THAT(playing.play({{1'500'000'000, 1, v1::Verdict::DENY}, {4'500'000'000, 2, v1::Verdict::ALLOW}}),
              ElementsAre("1s start", "4s again", "5s of another"));
  EXPECT_THAT(playing.suppressed(), ElementsAre("child", "of child"));
}

TEST(HeldStart, OfAParentDelaysItsChildrenAndTheirs) {
  Playing playing(R"(
    at { t: "1s" label: "start" process_start { pid: 7 image: "C:\\a.exe" } }
    at { t: "2s" by: 7 label: "child" process_start { pid: 8 image: "C:\\b.exe" } }
    at { t: "3s" by: 8 label: "of child" file_write { path: "C:\\x" } })");
  EXPECT_THAT(playing.play({{5 * kSecond_ns, 1, v1::Verdict::ALLOW}, {7 * kSecond_ns, 2, v1::Verdict::ALLOW}}),
              ElementsAre("1s start", "5s child", "7s of child"));
}

TEST(HeldOperation, OfARunningProgramDelaysNothing) {
  Playing playing(kStory);
  EXPECT_THAT(playing.play({{1'500'000'000, 1, v1::Verdict::ALLOW}, {20 * kSecond_ns, 2, v1::Verdict::DENY}}),
              ElementsAre("1s start", "2s first", "3s second", "4s somebody else", "9s third"));
  EXPECT_THAT(playing.suppressed(), IsEmpty());
}

TEST(TerminatedProgram, DoesNothingMoreAndItsEndIsSeen) {
  Playing playing(kStory);
  EXPECT_THAT(playing.play({{1'500'000'000, 1, v1::Verdict::ALLOW}, {3'500'000'000, 2, v1::Verdict::TERMINATE}}),
              ElementsAre("1s start", "2s first", "3s second", "4s somebody else"));
  EXPECT_THAT(playing.suppressed(), ElementsAre("third"));
  ASSERT_THAT(playing.inputs(), SizeIs(5));
  EXPECT_TRUE(playing.inputs()[3].operation().has_process_exit());
  EXPECT_EQ(playing.inputs()[3].operation().actor().pid(), 7U);
  EXPECT_EQ(playing.inputs()[3].at_ns(), 3'500'000'000U);
}

TEST(HeldStart, ThatNobodyEverDecidesLeavesItsProgramWaiting) {
  Playing playing(kStory);
  EXPECT_THAT(playing.play({}), ElementsAre("1s start", "4s somebody else"));
  EXPECT_THAT(playing.suppressed_entries()[0].because, HasSubstr("never decided upon"));
}

TEST(HeldStart, CanBeEndedFromOutside) {
  Playing playing(R"(
    at { t: "1s" label: "start" process_start { pid: 7 image: "C:\\a.exe" } }
    at { t: "2s" by: 7 label: "killed" ended_from_outside: true process_exit {} }
    at { t: "3s" by: 7 label: "too late" file_write { path: "C:\\x" } })");
  EXPECT_THAT(playing.play({{2 * kSecond_ns + 1, 1, v1::Verdict::MOOT}}), ElementsAre("1s start", "2s killed"));
  EXPECT_THAT(playing.suppressed(), ElementsAre("too late"));
}

TEST(Player, NumbersOperationsInTheOrderInWhichTheyHappen) {
  Playing playing(kStory);
  playing.play({{5 * kSecond_ns, 1, v1::Verdict::ALLOW}});
  std::vector<std::uint64_t> ids;
  for (const v1::Input& input : playing.inputs()) {
    if (input.has_operation()) ids.push_back(input.operation().id());
  }
  EXPECT_THAT(ids, ElementsAre(1U, 2U, 3U, 4U));
}

TEST(Player, GivesProgramsTheStartTimeAtWhichTheyReallyStarted) {
  Playing playing(R"(
    started_wall_ns: 1000000000000000000
    at { t: "1s" process_start { pid: 7 image: "C:\\a.exe" } }
    at { t: "2s" by: 7 process_start { pid: 8 image: "C:\\b.exe" } }
    at { t: "3s" by: 8 remote_thread { target { pid: 7 } } }
    at { t: "4s" by: 99 process_exit {} })");
  playing.play({{5 * kSecond_ns, 1, v1::Verdict::ALLOW}, {6 * kSecond_ns, 3, v1::Verdict::ALLOW}});
  ASSERT_THAT(playing.inputs(), SizeIs(4));
  constexpr std::uint64_t kWall = 1'000'000'000'000'000'000;
  EXPECT_EQ(playing.inputs()[0].operation().process_start().start_ns(), kWall + 1 * kSecond_ns);
  EXPECT_EQ(playing.inputs()[1].operation().actor().start_ns(), 0U) << "pid 99 ran before the story began";
  EXPECT_EQ(playing.inputs()[2].operation().process_start().start_ns(), kWall + 5 * kSecond_ns);
  EXPECT_EQ(playing.inputs()[2].operation().process_start().parent().start_ns(), kWall + 1 * kSecond_ns);
  EXPECT_EQ(playing.inputs()[3].operation().actor().start_ns(), kWall + 5 * kSecond_ns);
  EXPECT_EQ(playing.inputs()[3].operation().remote_thread().target().start_ns(), kWall + 1 * kSecond_ns);
}

TEST(Player, HoldsNothingOnceTheAgentHasStopped) {
  Playing playing(R"(
    at { t: "1s" agent_stopping { reason: SERVICE_STOP } }
    at { t: "2s" process_start { pid: 7 image: "C:\\a.exe" } }
    at { t: "3s" by: 7 file_write { path: "C:\\x" } })");
  playing.play({});
  ASSERT_THAT(playing.inputs(), SizeIs(3));
  EXPECT_EQ(playing.inputs()[1].operation().hold(), v1::HOLD_CAPABILITY_NONE);
  EXPECT_EQ(playing.inputs()[2].operation().hold(), v1::HOLD_CAPABILITY_NONE);
}

}  // namespace
}  // namespace holdfast
