#include "sim/fork/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sensors/recording/recording.h"
#include "sim/fork/forked_recording.h"
#include "sim/replay/recorded_run.h"
#include "sim/replay/verification.h"
#include "sim/text/duration.h"
#include "tests/sim/text/scenario_text.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Nobody answers: after the countdown the program is allowed.
constexpr std::string_view kUnanswered = R"(
settings { event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: ASK_WHEN_NECESSARY } } }
world { user { never_answers {} } }
at { t: "1s" process_start { pid: 7 image: "C:\\Users\\user\\setup.exe" } }
at { t: "2s" by: 7 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "One" data: "x" } }
)";

class Sweep : public testing::Test {
 protected:
  Sweep() : path_(folder_.path("a.hfr")), run_(run_text(kUnanswered)) {
    EXPECT_TRUE(write_recording(run_, "a test", path_));
    fork_ = Fork::open({.path = path_});
    EXPECT_TRUE(fork_);
  }
  std::uint64_t asked() const {
    for (const Step& step : run_.steps) {
      if (step.input.operation().has_registry_set()) return step.input.operation().id();
    }
    return 0;
  }
  std::vector<std::string> outcomes(const SweepWish& wish, unsigned jobs) {
    const auto swept = sweep_fork(*fork_, wish, jobs);
    EXPECT_TRUE(swept) << swept.error().text();
    std::vector<std::string> texts;
    for (const SweptValue& one : *swept) texts.push_back(one.value + ": " + one.outcome);
    return texts;
  }

  TemporaryFolder folder_;
  std::string path_;
  ScenarioRun run_;
  Expected<Fork> fork_ = std::unexpected(Error{});
};

TEST_F(Sweep, GivesTheOutcomeOfEachValueInOrderForAnyNumberOfJobs) {
  const auto axis = parse_axis("settings.event_monitoring.enabled=true,false");
  ASSERT_TRUE(axis);
  const SweepWish wish{.axis = *axis, .at_ns = 0, .operation_id = asked()};
  const auto one = outcomes(wish, 1);
  EXPECT_THAT(one, ElementsAre("true: ALLOW, NOBODY_ANSWERED", HasSubstr("false: ")));
  EXPECT_EQ(outcomes(wish, 4), one);
}

TEST_F(Sweep, TakesTheMomentOfTheForkForAnAxis) {
  const auto axis = parse_axis("at=0s,3s");
  ASSERT_TRUE(axis);
  EXPECT_TRUE(sweeps_moment(*axis));
  const SweepWish wish{
      .axis = *axis, .different = {.blocked = {"C:\\Users\\user\\setup.exe"}}, .operation_id = asked()};
  const auto both = outcomes(wish, 2);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_NE(both[0].substr(2), both[1].substr(2));
}

TEST_F(Sweep, FailsWithTheFirstValueThatMakesNoSense) {
  const auto axis = parse_axis("at=1s,soon,later");
  ASSERT_TRUE(axis);
  const auto swept = sweep_fork(*fork_, {.axis = *axis, .operation_id = asked()}, 2);
  ASSERT_FALSE(swept);
  EXPECT_THAT(swept.error().text(), HasSubstr("soon"));
}

TEST_F(Sweep, IsHeldAgainstTheSameWithoutItsAxis) {
  const auto axis = parse_axis("settings.event_monitoring.enabled=false");
  ASSERT_TRUE(axis);
  const auto alone = unswept(*fork_, {.axis = *axis, .at_ns = 0, .operation_id = asked()});
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->value, "recorded");
  EXPECT_EQ(alone->outcome, "ALLOW, NOBODY_ANSWERED");
  EXPECT_EQ(alone->held_ns, 30 * kSecond_ns);
  v1::Settings denying;
  denying.set_name("denying");
  denying.mutable_event_monitoring()->set_enabled(true);
  denying.mutable_event_monitoring()->add_policy()->set_event(v1::NEW_STARTUP_PROGRAM);
  denying.mutable_event_monitoring()->mutable_policy(0)->set_do_(v1::MonitoredEventPolicy::DENY);
  const auto other =
      unswept(*fork_, {.axis = *axis, .at_ns = 0, .different = {.settings = denying}, .operation_id = asked()});
  ASSERT_TRUE(other);
  EXPECT_EQ(other->value, "without it");
  EXPECT_EQ(other->outcome, "DENY, ACTION_IS_DENY");
  EXPECT_EQ(other->settings, "denying");
}

TEST(Flips, ALongerWaitIsOneOfItsOwn) {
  const std::vector<SweptValue> swept = {{"1", "a", 0, ""}, {"2", "a", 5, ""}, {"3", "a", 9, ""}, {"4", "b", 99, ""}};
  EXPECT_THAT(longer_waits_of(swept, 5), ElementsAre(1));
  EXPECT_THAT(longer_waits_of(swept, 0), ElementsAre(1, 2)) << "where the outcome flips that is said";
}

TEST(Flips, AreWhereTheOutcomeIsNotThatOfTheValueBefore) {
  EXPECT_THAT(flips_of({{"1", "a"}, {"2", "a"}, {"3", "b"}, {"4", "a"}}), ElementsAre(2, 3));
  EXPECT_THAT(flips_of({}), ElementsAre());
}

TEST_F(Sweep, AForkThatIsWrittenDownVerifies) {
  const auto change = fork_->change(2 * kSecond_ns, {.blocked = {"C:\\Users\\user\\setup.exe"}});
  ASSERT_TRUE(change);
  EXPECT_EQ(what_changes(*change), "settings");
  auto written = ForkedRecording::create(folder_.path("b.hfr"), path_, *fork_, *change);
  ASSERT_TRUE(written) << written.error().text();
  ASSERT_TRUE(fork_->run(*change, {&written->recorder()}));
  ASSERT_TRUE(written->finish());
  const auto verified = verify_recording(folder_.path("b.hfr"), false);
  ASSERT_TRUE(verified) << verified.error().text();
  EXPECT_TRUE(verified->good());
  const auto reader = RecordingReader::open(folder_.path("b.hfr"));
  ASSERT_TRUE(reader);
  EXPECT_THAT(reader->header().source(), HasSubstr("recording a.hfr, SHA-256 "));
  EXPECT_THAT(reader->header().source(), HasSubstr("forked at 2s; different: settings"));
}

}  // namespace
}  // namespace holdfast
