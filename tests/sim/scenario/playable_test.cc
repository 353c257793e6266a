#include "sim/scenario/playable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sim/replay/recorded_run.h"
#include "sim/text/duration.h"
#include "tests/sim/text/scenario_text.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

constexpr std::string_view kStory =
    "name: \"a test\"\n"
    "settings { name: \"asks\"\n"
    "event_monitoring { enabled: true\n"
    "policy { event: NEW_STARTUP_PROGRAM do: DENY } } }\n"
    "started_wall_ns: 1600571100000000000\n"
    "at { t: \"1s\" process_start { pid: 7 image: \"C:\\\\a.exe\" } }\n"
    "expect { count { prompts: 0 } }\n";

class Counter final : public StepObserver {
 public:
  Expected<void> on_step(const v1::Input& /*input*/, const std::vector<v1::Output>& /*outputs*/) override {
    if (++steps == fails_at) return std::unexpected(Error{.where = {}, .field = {}, .what = "enough", .remedy = {}});
    return {};
  }
  int steps = 0;
  int fails_at = 0;
};

class PlayableFiles : public testing::Test {
 protected:
  PlayableFiles() {
    folder_.write("a.txtpb", kStory);
    const auto file = load_scenario(folder_.path("a.txtpb"));
    EXPECT_TRUE(file);
    EXPECT_TRUE(write_recording(run_file(*file), "a test", folder_.path("a.hfr")));
  }
  TemporaryFolder folder_;
};

class PlayableOfAKind : public PlayableFiles, public testing::WithParamInterface<const char*> {
 protected:
  Expected<Playable> open() { return Playable::open({.options = {.path = folder_.path(GetParam())}}); }
};

TEST_P(PlayableOfAKind, ShowsEveryStepToEveryObserver) {
  auto story = open();
  ASSERT_TRUE(story) << story.error().text();
  EXPECT_EQ(story->settings().name(), "asks");
  Counter one;
  Counter other;
  ASSERT_TRUE(story->play({&one, &other}));
  EXPECT_GE(one.steps, 2);
  EXPECT_EQ(one.steps, other.steps);
}

TEST_P(PlayableOfAKind, EndsWithTheErrorOfAnObserver) {
  auto story = open();
  ASSERT_TRUE(story);
  Counter impatient;
  impatient.fails_at = 2;
  const auto played = story->play({&impatient});
  ASSERT_FALSE(played);
  EXPECT_EQ(played.error().what, "enough");
  EXPECT_EQ(impatient.steps, 2);
}

INSTANTIATE_TEST_SUITE_P(All, PlayableOfAKind, testing::Values("a.txtpb", "a.hfr"),
                         [](const auto& which) { return which.index == 0 ? "Scenario" : "Recording"; });

TEST_F(PlayableFiles, TellsTimesOfARecordingByTheWallClockAndOfAScenarioSinceItsStart) {
  auto recording = Playable::open({.options = {.path = folder_.path("a.hfr")}});
  auto scenario = Playable::open({.options = {.path = folder_.path("a.txtpb")}});
  ASSERT_TRUE(recording && scenario);
  EXPECT_TRUE(recording->time().is_wall_clock());
  EXPECT_FALSE(scenario->time().is_wall_clock());
  EXPECT_EQ(scenario->parse_time("--from", "00:00:01"), kSecond_ns);
  EXPECT_EQ(recording->parse_time("--from", recording->time().at(kSecond_ns)), kSecond_ns);
}

TEST_F(PlayableFiles, KnowsWhereTheSettingsSpeakOfAnEvent) {
  auto scenario = Playable::open({.options = {.path = folder_.path("a.txtpb")}});
  ASSERT_TRUE(scenario);
  EXPECT_EQ(scenario->settings_name(), folder_.path("a.txtpb"));
  EXPECT_EQ(scenario->policy_place(v1::NEW_STARTUP_PROGRAM), folder_.path("a.txtpb") + ":4");
  EXPECT_EQ(scenario->policy_place(v1::NEW_SERVICE), "");
  auto recording = Playable::open({.options = {.path = folder_.path("a.hfr")}});
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->settings_name(), "asks");
  EXPECT_EQ(recording->policy_place(v1::NEW_STARTUP_PROGRAM), "");
}

TEST(Playable, FailsOnWhatIsNotThere) {
  EXPECT_FALSE(Playable::open({.options = {.path = "none.hfr"}}));
  EXPECT_FALSE(Playable::open({.options = {.path = "none.txtpb"}}));
}

}  // namespace
}  // namespace holdfast
