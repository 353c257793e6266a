// Waiting for the services outside: attempts, budgets, breaker, routes, and what ends a wait.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/core/lookup_story.h"

namespace holdfast::engine {
namespace {

using Action = v1::MonitoredEventPolicy;

TEST(Attempts, FollowEachOtherWithGrowingPausesAndThenThePolicyGoesOn) {
  v1::Settings settings = with_service();
  settings.mutable_certified_safe_software()->set_breaker_failures(100);
  Story story = running(settings);
  const auto op = story.happen(Story::run_key(10));
  story.attempt_ends(1, v1::HTTP_REFUSED);
  EXPECT_EQ(requests(story).size(), 1U);
  story.wait(199 * Story::kMillisecond);
  EXPECT_EQ(requests(story).size(), 1U);
  story.wait(101 * Story::kMillisecond);
  EXPECT_EQ(requests(story).size(), 2U);
  story.attempt_ends(2, v1::HTTP_REFUSED);
  story.wait(399 * Story::kMillisecond);
  EXPECT_EQ(requests(story).size(), 2U);
  story.wait(201 * Story::kMillisecond);
  EXPECT_EQ(requests(story).size(), 3U);
  EXPECT_TRUE(story.verdicts(op).empty());
  story.attempt_ends(3, v1::HTTP_RESPONSE_TIMEOUT);
  const v1::Verdict verdict = story.verdict(op);
  EXPECT_EQ(verdict.because(), v1::ACTION_IS_DENY);
  EXPECT_EQ(reason(verdict, v1::CSSS_FAILED).text(), "LOOKUP_RESPONSE_TIMEOUT");
  EXPECT_EQ(reason(verdict, v1::CSSS_FAILED).number(), 3);
  EXPECT_EQ(story.timers(), 0U);
}

TEST(Attempts, AreNotRepeatedWhereThatCannotHelp) {
  Story story = running();
  const auto op = story.happen(Story::run_key(10));
  story.attempt_ends(1, v1::HTTP_TLS_FAILURE);
  EXPECT_EQ(reason(story.verdict(op), v1::CSSS_FAILED).text(), "LOOKUP_TLS_FAILURE");
}

TEST(Attempts, AreRepeatedWhereTheHandshakeStoodStill) {
  Story story = running();
  const auto op = story.happen(Story::run_key(10));
  story.wait(2'000 * Story::kMillisecond - 1);
  EXPECT_TRUE(story.verdicts(op).empty());
  story.wait(1).attempt_ends(1, v1::HTTP_TLS_FAILURE);
  EXPECT_TRUE(story.verdicts(op).empty());
  story.wait(400 * Story::kMillisecond);
  ASSERT_EQ(requests(story).size(), 2U);
  story.wait(1'000 * Story::kMillisecond).attempt_ends(2, v1::HTTP_TLS_FAILURE);
  EXPECT_EQ(reason(story.verdict(op), v1::CSSS_FAILED).text(), "LOOKUP_TLS_FAILURE") << "that one failed";
}

TEST(Attempts, FollowNoSoonerThanTheServiceAsksFor) {
  Story story = running();
  const auto op = story.happen(Story::run_key(10));
  story.respond_unavailable(1, 3 * Story::kSecond).wait(3 * Story::kSecond - 1);
  EXPECT_EQ(requests(story).size(), 1U);
  EXPECT_TRUE(story.verdicts(op).empty());
  story.wait(1);
  ASSERT_EQ(requests(story).size(), 2U);
  story.respond(2, says_of(10, "SAFE"));
  EXPECT_EQ(story.verdict(op).because(), v1::CERTIFIED_SAFE);
  EXPECT_EQ(story.verdict(op).held_ns(), 3 * Story::kSecond);
}

TEST(Attempts, FollowAfterOurOwnPauseWhereTheServiceAsksForAShorterOne) {
  for (const std::uint64_t asked_for : {std::uint64_t{0}, Story::kMillisecond}) {
    Story story = running();
    story.happen(Story::run_key(10));
    story.respond_unavailable(1, asked_for).wait(199 * Story::kMillisecond);
    EXPECT_EQ(requests(story).size(), 1U) << asked_for;
    story.wait(101 * Story::kMillisecond);
    EXPECT_EQ(requests(story).size(), 2U) << asked_for;
  }
}

// Nobody waits for what can only come too late; nor does a number out of bounds wrap around.
TEST(Attempts, DoNotFollowWhereTheServiceAsksForMoreThanTheBudget) {
  for (const std::uint64_t asked_for : {10 * Story::kSecond, UINT64_MAX}) {
    Story story = running();
    const auto op = story.happen(Story::run_key(10));
    story.respond_unavailable(1, asked_for);
    EXPECT_EQ(story.verdict(op).held_ns(), 0U) << asked_for;
    EXPECT_EQ(reason(story.verdict(op), v1::CSSS_FAILED).text(), "LOOKUP_HTTP_STATUS") << asked_for;
    EXPECT_EQ(story.timers(), 0U);
  }
}

TEST(Attempts, OfWhichNobodyTellsTheEndEndShortlyAfterTheirDeadline) {
  v1::Settings settings = with_service();
  settings.mutable_certified_safe_software()->set_attempts_max(1);
  Story story = running(settings);
  const auto op = story.happen(Story::run_key(10));
  story.wait(2'249 * Story::kMillisecond);
  EXPECT_TRUE(story.verdicts(op).empty());
  story.wait(Story::kMillisecond);
  EXPECT_EQ(reason(story.verdict(op), v1::CSSS_FAILED).text(), "LOOKUP_NO_OUTCOME");
  EXPECT_EQ(story.all(v1::Output::kHttpCancel).size(), 1U);
  story.attempt_ends(1, v1::HTTP_REFUSED);  // late
  EXPECT_EQ(story.all(v1::Output::kInputIgnored).size(), 1U);
}

TEST(HoldBudget, BoundsTheWaitWhateverTheAttemptsDo) {
  v1::Settings settings = with_service();
  settings.mutable_certified_safe_software()->set_hold_budget_ms(3'000);
  settings.mutable_certified_safe_software()->set_attempt_timeout_ms(2'500);
  Story story = running(settings);
  const auto op = story.happen(Story::run_key(10));
  story.wait(2'500 * Story::kMillisecond).attempt_ends(1, v1::HTTP_CONNECT_TIMEOUT);
  story.wait(300 * Story::kMillisecond);
  EXPECT_EQ(requests(story).size(), 2U);
  story.wait(200 * Story::kMillisecond);
  EXPECT_EQ(story.verdict(op).held_ns(), 3 * Story::kSecond);
  EXPECT_EQ(reason(story.verdict(op), v1::CSSS_FAILED).text(), "LOOKUP_BUDGET_SPENT");
}

TEST(HoldBudget, IsEachWaitersOwnAndALateAnswerServesTheNext) {
  v1::Settings settings = with_service();
  settings.mutable_certified_safe_software()->set_hold_budget_ms(1'000);
  Story story = running(settings);
  const auto first = story.happen(Story::run_key(10));
  story.wait(400 * Story::kMillisecond);
  const auto second = story.happen(Story::run_key(10));
  story.wait(600 * Story::kMillisecond);
  EXPECT_EQ(story.verdict(first).held_ns(), Story::kSecond);
  EXPECT_TRUE(story.verdicts(second).empty());
  story.wait(100 * Story::kMillisecond).respond(1, says_of(10, "SAFE"));
  EXPECT_EQ(story.verdict(second).because(), v1::CERTIFIED_SAFE);
}

TEST(HoldBudget, NoPauseBeginsThatNobodyCanOutwait) {
  v1::Settings settings = with_service();
  settings.mutable_certified_safe_software()->set_hold_budget_ms(100);
  Story story = running(settings);
  const auto op = story.happen(Story::run_key(10));
  story.attempt_ends(1, v1::HTTP_REFUSED);
  EXPECT_EQ(story.verdict(op).held_ns(), 0U);
  EXPECT_EQ(reason(story.verdict(op), v1::CSSS_FAILED).text(), "LOOKUP_REFUSED");
}

TEST(HoldBudget, IsNotSpentBySleep) {
  Story story = running();
  const auto op = story.happen(Story::run_key(10));
  story.machine_sleeps(3'600 * Story::kSecond);
  story.respond(1, says_of(10, "SAFE"));
  EXPECT_EQ(story.verdict(op).because(), v1::CERTIFIED_SAFE);
}

TEST(CircuitBreaker, ItsPauseIsOverAfterASleep) {
  v1::Settings settings = with_service();
  settings.mutable_certified_safe_software()->set_attempts_max(1);
  Story story = running(settings);
  story.wait(Story::kSecond);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    story.happen(Story::run_key(10));
    story.attempt_ends(i, v1::HTTP_REFUSED);
  }
  story.machine_sleeps(9 * Story::kSecond);
  EXPECT_EQ(reason(story.verdict(story.happen(Story::run_key(10))), v1::CSSS_FAILED).text(), "LOOKUP_CIRCUIT_OPEN");
  story.machine_sleeps(3'600 * Story::kSecond);
  runs(story, 11, "C:\\other.exe");
  story.happen(Story::run_key(10));
  EXPECT_EQ(requests(story).size(), 4U);
  EXPECT_EQ(reason(story.verdict(story.happen(Story::run_key(11))), v1::CSSS_FAILED).text(), "LOOKUP_CIRCUIT_OPEN")
      << "it is open still: one tries";
}

TEST(CircuitBreaker, OpensAfterFailuresAndNobodyWaitsThen) {
  Story story = running();
  const auto op = story.happen(Story::run_key(10));
  story.attempt_ends(1, v1::HTTP_REFUSED);
  EXPECT_EQ(status(story).health(), v1::CloudStatus::DEGRADED);
  story.wait(300 * Story::kMillisecond).attempt_ends(2, v1::HTTP_REFUSED);
  story.wait(600 * Story::kMillisecond).attempt_ends(3, v1::HTTP_REFUSED);
  EXPECT_EQ(status(story).health(), v1::CloudStatus::CIRCUIT_OPEN);
  EXPECT_EQ(status(story).retry_at_ns(), 10'900 * Story::kMillisecond);
  EXPECT_EQ(story.verdicts(op).size(), 1U);
  const auto next = story.happen(Story::run_key(10));
  EXPECT_EQ(story.verdict(next).held_ns(), 0U);
  EXPECT_EQ(reason(story.verdict(next), v1::CSSS_FAILED).text(), "LOOKUP_CIRCUIT_OPEN");
}

Story with_open_circuit() {
  v1::Settings settings = with_service();
  settings.mutable_certified_safe_software()->set_attempts_max(1);
  Story story = running(settings);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    story.happen(Story::run_key(10));
    story.attempt_ends(i, v1::HTTP_REFUSED);
  }
  story.wait(10 * Story::kSecond);
  return story;
}

TEST(CircuitBreaker, OneQuestionTriesAndTheOthersGoOn) {
  Story story = with_open_circuit();
  runs(story, 11, "C:\\other.exe");
  const auto tries = story.happen(Story::run_key(10));
  EXPECT_EQ(requests(story).size(), 4U);
  EXPECT_EQ(reason(story.verdict(story.happen(Story::run_key(11))), v1::CSSS_FAILED).text(), "LOOKUP_CIRCUIT_OPEN");
  story.respond(4, says_of(10, "SAFE"));
  EXPECT_EQ(story.verdict(tries).because(), v1::CERTIFIED_SAFE);
  EXPECT_EQ(status(story).health(), v1::CloudStatus::REACHABLE);
  story.happen(Story::run_key(11));
  EXPECT_EQ(requests(story).size(), 5U);
}

TEST(CircuitBreaker, AFailedTryOpensItAgain) {
  Story story = with_open_circuit();
  story.happen(Story::run_key(10));
  story.attempt_ends(4, v1::HTTP_REFUSED);
  EXPECT_EQ(status(story).health(), v1::CloudStatus::CIRCUIT_OPEN);
  EXPECT_EQ(status(story).retry_at_ns(), 20 * Story::kSecond);
  story.wait(10 * Story::kSecond - 1);
  story.happen(Story::run_key(10));
  EXPECT_EQ(requests(story).size(), 4U);
  story.wait(1);
  story.happen(Story::run_key(10));
  EXPECT_EQ(requests(story).size(), 5U);
}

TEST(CircuitBreaker, ATryThatIsCutOffLetsAnotherTry) {
  Story story = with_open_circuit();
  runs(story, 11, "C:\\other.exe");
  story.happen(Story::run_key(10));
  story.happen(Story::exit(10));
  story.attempt_ends(4, v1::HTTP_CANCELLED);
  story.wait(10 * Story::kSecond);
  story.happen(Story::run_key(11));
  EXPECT_EQ(requests(story).size(), 5U);
}

TEST(Network, PureIpv6FailsAtOnceAndSaysSo) {
  Story story = running();
  story.network(false, true);
  const v1::Verdict verdict = story.verdict(story.happen(Story::run_key(10)));
  EXPECT_EQ(verdict.held_ns(), 0U);
  EXPECT_EQ(reason(verdict, v1::CSSS_FAILED).text(), "LOOKUP_PURE_IPV6");
  EXPECT_EQ(status(story).health(), v1::CloudStatus::UNREACHABLE);
  EXPECT_EQ(status(story).last_failure(), v1::LOOKUP_PURE_IPV6);
  EXPECT_TRUE(requests(story).empty());
  story.happen(Story::run_key(10));
  EXPECT_EQ(story.all(v1::Output::kCloudStatus).size(), 1U);  // no news
}

TEST(Network, AnAddressInTheUrlDecidesTheFamily) {
  v1::Settings settings = with_service();
  settings.mutable_certified_safe_software()->set_service_url("http://[2001:db8::1]:80/api");
  Story story = running(settings);
  story.network(false, true);
  const auto op = story.happen(Story::run_key(10));
  ASSERT_EQ(requests(story).size(), 1U);
  EXPECT_EQ(requests(story).back().family(), v1::IPV6);
  story.network(true, false);
  EXPECT_EQ(reason(story.verdict(op), v1::CSSS_FAILED).text(), "LOOKUP_NO_ROUTE");
  EXPECT_EQ(status(story).last_failure(), v1::LOOKUP_NO_ROUTE);
}

TEST(Network, IsNotNeededForAServiceOnThisMachine) {
  for (const char* host : {"127.0.0.1:8080", "localhost", "[::1]:8080", "0x7f.1"}) {
    v1::Settings settings = with_service();
    settings.mutable_certified_safe_software()->set_service_url(std::string("http://") + host);
    Story story = running(settings);
    story.network(false, false);
    const auto op = story.happen(Story::run_key(10));
    ASSERT_EQ(requests(story).size(), 1U) << host;
    story.respond(1, says_of(10, "SAFE"));
    EXPECT_EQ(story.verdict(op).because(), v1::CERTIFIED_SAFE) << host;
  }
}

TEST(Network, AChangeBeginsTheAttemptAnewWhereItGoesAnotherWayNow) {
  v1::Settings settings = with_service();
  settings.mutable_certified_safe_software()->set_service_has_ipv6(true);
  Story story = running(settings);
  const auto op = story.happen(Story::run_key(10));
  story.network(true, false);
  EXPECT_EQ(requests(story).size(), 1U);
  story.network(false, true);
  ASSERT_EQ(requests(story).size(), 2U);
  EXPECT_EQ(requests(story).back().family(), v1::IPV6);
  EXPECT_EQ(story.all(v1::Output::kHttpCancel).size(), 1U);
  story.respond(2, says_of(10, "SAFE"));
  EXPECT_EQ(reason(story.verdict(op), v1::CERTIFIED_SAFE).number(), 1);
}

TEST(Network, LosingItEndsTheWait) {
  Story story = running();
  const auto op = story.happen(Story::run_key(10));
  story.network(false, false);
  EXPECT_EQ(reason(story.verdict(op), v1::CSSS_FAILED).text(), "LOOKUP_NO_NETWORK");
  EXPECT_EQ(story.timers(), 0U);
}

TEST(Network, AChangeClosesTheCircuit) {
  v1::Settings settings = with_service();
  settings.mutable_certified_safe_software()->set_breaker_failures(1);
  Story story = running(settings);
  story.happen(Story::run_key(10));
  story.attempt_ends(1, v1::HTTP_TLS_FAILURE);
  story.network(true, false);
  story.happen(Story::run_key(10));
  EXPECT_EQ(requests(story).size(), 2U);
}

TEST(EndOfAWait, TheProgramExits) {
  Story story = running();
  const auto op = story.happen(Story::run_key(10));
  const auto second = story.happen(Story::run_key(10, "Second"));
  story.happen(Story::exit(10));
  EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::MOOT);
  EXPECT_EQ(story.verdict(op).because(), v1::PROGRAM_EXITED);
  EXPECT_EQ(story.verdict(second).decision(), v1::Verdict::MOOT);
  story.respond(1, says_of(10, "SAFE"));  // serves the next who asks
  EXPECT_EQ(story.timers(), 0U);
  runs(story, 10);
  EXPECT_EQ(story.verdict(story.happen(Story::run_key(10))).because(), v1::CERTIFIED_SAFE);
}

TEST(EndOfAWait, TheAgentStops) {
  Story story = running();
  const auto op = story.happen(Story::run_key(10));
  v1::Input stop;
  stop.mutable_agent_stopping();
  story.feed(stop);
  EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::ALLOW);
  EXPECT_EQ(story.verdict(op).because(), v1::AGENT_STOPPED);
  EXPECT_EQ(story.all(v1::Output::kHttpCancel).size(), 1U);
  EXPECT_EQ(story.timers(), 0U);
}

TEST(EndOfAWait, SettingsChange) {
  Story story = running();
  const auto op = story.happen(Story::run_key(10));
  v1::Settings same = with_service();
  same.set_log_every_decision(true);
  story.change(same);
  EXPECT_TRUE(story.verdicts(op).empty());
  EXPECT_EQ(requests(story).size(), 1U);
  v1::Settings off = with_service(Action::ALLOW);
  story.change(off);
  EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::ALLOW);
  EXPECT_EQ(story.verdict(op).because(), v1::SETTINGS_CHANGED_MEANWHILE);
}

TEST(EndOfAWait, TheServiceMoves) {
  Story story = running();
  const auto op = story.happen(Story::run_key(10));
  v1::Settings moved = with_service();
  moved.mutable_certified_safe_software()->set_service_url("http://elsewhere.example");
  story.change(moved);
  ASSERT_EQ(requests(story).size(), 2U);
  EXPECT_EQ(requests(story).back().url(), "http://elsewhere.example/v1/safe/" + hex_of(10));
  story.respond(1, says_of(10, "SAFE"));
  EXPECT_TRUE(story.verdicts(op).empty());
  story.respond(2, says_of(10, "SAFE"));
  EXPECT_EQ(story.verdict(op).because(), v1::CERTIFIED_SAFE);
}

}  // namespace
}  // namespace holdfast::engine
