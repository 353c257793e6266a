// Asking the services outside: who is asked about what, single flight, cache, detections of other modules, limits,
// state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/settings/effective_settings.h"
#include "tests/engine/core/lookup_story.h"

namespace holdfast::engine {
namespace {

using Action = v1::MonitoredEventPolicy;

TEST(CertifiedSafeSoftware, IsAskedWhileTheOperationWaitsAndLetsSafeProgramsGo) {
  Story story = running();
  const auto op = story.happen(Story::run_key(10));
  EXPECT_TRUE(story.verdicts(op).empty());
  ASSERT_EQ(requests(story).size(), 1U);
  const v1::HttpRequest request = requests(story).front();
  EXPECT_EQ(request.url(), "https://csss.example/api/v1/safe/" + hex_of(10));
  EXPECT_EQ(request.family(), v1::IPV4);
  EXPECT_EQ(request.deadline_ns(), 2 * Story::kSecond);
  story.wait(40 * Story::kMillisecond).respond(1, says_of(10, "SAFE"));
  const v1::Verdict verdict = story.verdict(op);
  EXPECT_EQ(verdict.decision(), v1::Verdict::ALLOW);
  EXPECT_EQ(verdict.because(), v1::CERTIFIED_SAFE);
  EXPECT_EQ(verdict.held_ns(), 40 * Story::kMillisecond);
  EXPECT_EQ(reason(verdict, v1::CERTIFIED_SAFE).number(), 1);
  EXPECT_EQ(status(story).health(), v1::CloudStatus::REACHABLE);
  EXPECT_EQ(story.timers(), 0U);
}

TEST(CertifiedSafeSoftware, UnknownAndMaliciousLeaveItToThePolicy) {
  for (const auto& [word, code] :
       {std::pair{"UNKNOWN", v1::CERTIFIED_UNKNOWN}, {"MALICIOUS", v1::CERTIFIED_MALICIOUS}}) {
    Story story = running();
    const auto op = story.happen(Story::run_key(10));
    story.respond(1, says_of(10, word));
    EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::DENY) << word;
    EXPECT_EQ(story.verdict(op).because(), v1::ACTION_IS_DENY);
    EXPECT_TRUE(has_reason(story.verdict(op), code));
  }
}

TEST(CertifiedSafeSoftware, AnUnknownProgramIsAskedAboutAndTheHoldCountsFromTheStart) {
  Story story = running(with_service(Action::ASK_WHEN_NECESSARY));
  const auto op = story.happen(Story::run_key(10));
  EXPECT_TRUE(story.all(v1::Output::kPrompt).empty());
  story.wait(Story::kSecond).respond(1, says_of(10, "UNKNOWN"));
  ASSERT_EQ(story.all(v1::Output::kPrompt).size(), 1U);
  EXPECT_EQ(story.all(v1::Output::kPrompt).front().prompt().expires_at_ns(), 31 * Story::kSecond);
  story.wait(30 * Story::kSecond);
  EXPECT_EQ(story.verdict(op).held_ns(), 31 * Story::kSecond);
  EXPECT_EQ(story.verdict(op).because(), v1::NOBODY_ANSWERED);
}

TEST(CertifiedSafeSoftware, IsNotAskedWhereItsWordWouldChangeNothing) {
  Story signed_program;
  signed_program.start(with_service());
  v1::Operation start = Story::program(10, kSetup);
  start.mutable_process_start()->mutable_signature()->set_status(v1::SIGNATURE_STATUS_VALID);
  signed_program.happen(start);
  signed_program.happen(Story::run_key(10));
  EXPECT_TRUE(requests(signed_program).empty());

  Story allowed = running(with_service(Action::ALLOW));
  allowed.happen(Story::run_key(10));
  EXPECT_TRUE(requests(allowed).empty());

  v1::Settings off = with_service();
  off.mutable_certified_safe_software()->set_enabled(false);
  Story switched_off = running(off);
  EXPECT_EQ(switched_off.verdict(switched_off.happen(Story::run_key(10))).because(), v1::ACTION_IS_DENY);
  EXPECT_TRUE(requests(switched_off).empty());
}

TEST(CertifiedSafeSoftware, SaysWhyItIsNotAsked) {
  v1::Settings off = with_service();
  off.mutable_certified_safe_software()->set_for_event_monitoring(false);
  Story caller_off = running(off);
  EXPECT_TRUE(has_reason(caller_off.verdict(caller_off.happen(Story::run_key(10))), v1::CSSS_NOT_ASKED));

  Story script;
  script.start(with_service());
  runs(script, 10, "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe");
  EXPECT_TRUE(has_reason(script.verdict(script.happen(Story::run_key(10))), v1::CSSS_NOT_ASKED));

  Story no_hash;
  no_hash.start(with_service());
  no_hash.happen(Story::program(10, kSetup));
  EXPECT_EQ(reason(no_hash.verdict(no_hash.happen(Story::run_key(10))), v1::CSSS_FAILED).text(), "LOOKUP_NO_HASH");

  v1::Settings nowhere = with_service();
  nowhere.mutable_certified_safe_software()->clear_service_url();
  Story no_service = running(nowhere);
  const v1::Verdict verdict = no_service.verdict(no_service.happen(Story::run_key(10)));
  EXPECT_EQ(reason(verdict, v1::CSSS_FAILED).text(), "LOOKUP_NO_SERVICE");
  EXPECT_EQ(verdict.because(), v1::ACTION_IS_DENY);
}

TEST(SingleFlight, OneQuestionServesEverybodyWhoAsksTheSame) {
  Story story = running();
  runs(story, 11, "C:\\other.exe");
  std::vector<std::uint64_t> ops;
  for (int i = 0; i < 5; ++i) ops.push_back(story.happen(Story::run_key(10)));
  const auto other = story.happen(Story::run_key(11));
  EXPECT_EQ(requests(story).size(), 2U);  // one per program
  story.respond(1, says_of(10, "SAFE"));
  for (const auto op : ops) EXPECT_EQ(story.verdict(op).because(), v1::CERTIFIED_SAFE);
  EXPECT_TRUE(story.verdicts(other).empty());
}

TEST(SingleFlight, AnAnswerNeverCrossesOverToAnotherProgram) {
  Story story = running();
  const auto op = story.happen(Story::run_key(10));
  story.respond(1, says_of(11, "SAFE"));
  EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::DENY);
  EXPECT_EQ(reason(story.verdict(op), v1::CSSS_FAILED).text(), "LOOKUP_OTHER_HASH");
}

TEST(AnswersKept, AreUsedWithoutAWaitUntilTheirTimeIsOver) {
  Story story = running();
  story.happen(Story::run_key(10));
  story.respond(1, says_of(10, "UNKNOWN"));
  story.wait(3'599 * Story::kSecond);
  const auto known = story.happen(Story::run_key(10));
  EXPECT_EQ(reason(story.verdict(known), v1::CERTIFIED_UNKNOWN).number(), 0);
  EXPECT_EQ(requests(story).size(), 1U);
  story.wait(Story::kSecond);
  story.happen(Story::run_key(10));
  EXPECT_EQ(requests(story).size(), 2U);
}

TEST(AnswersKept, AreNotThoseOfAnotherService) {
  Story story = running();
  story.happen(Story::run_key(10));
  story.respond(1, says_of(10, "SAFE"));
  v1::Settings moved = with_service();
  moved.mutable_certified_safe_software()->set_service_url("https://csss.example/other");
  story.change(moved);
  const auto op = story.happen(Story::run_key(10));
  ASSERT_EQ(requests(story).size(), 2U);
  story.respond(2, says_of(10, "UNKNOWN"));
  EXPECT_EQ(story.verdict(op).decision(), v1::Verdict::DENY);
}

TEST(AnswersKept, ForAsLongAsTheVerdictSays) {
  for (const auto& [word, seconds] : {std::pair{"SAFE", 604'800}, {"UNKNOWN", 3'600}, {"MALICIOUS", 86'400}}) {
    Story story = running();
    story.happen(Story::run_key(10));
    story.respond(1, says_of(10, word));
    story.wait(static_cast<std::uint64_t>(seconds) * Story::kSecond - 1);
    story.happen(Story::run_key(10));
    EXPECT_EQ(requests(story).size(), 1U) << word;
    story.wait(1);
    story.happen(Story::run_key(10));
    EXPECT_EQ(requests(story).size(), 2U) << word;
  }
}

TEST(AnswersKept, AgeWhileTheMachineSleeps) {
  for (const auto& [word, seconds] : {std::pair{"SAFE", 604'800}, {"UNKNOWN", 3'600}, {"MALICIOUS", 86'400}}) {
    const std::uint64_t lifetime = static_cast<std::uint64_t>(seconds) * Story::kSecond;
    Story story = running();
    story.happen(Story::run_key(10));
    story.respond(1, says_of(10, word));
    story.machine_sleeps(lifetime / 2).wait(Story::kSecond).machine_sleeps(lifetime / 2 - Story::kSecond - 1);
    story.happen(Story::run_key(10));
    EXPECT_EQ(requests(story).size(), 1U) << word;
    story.machine_sleeps(1);
    story.happen(Story::run_key(10));
    EXPECT_EQ(requests(story).size(), 2U) << word;
  }
}

TEST(AnswersKept, DoNotAgeWhenOnlyTheClockIsSet) {
  Story story = running();
  story.happen(Story::run_key(10));
  story.respond(1, says_of(10, "UNKNOWN"));
  story.machine_sleeps(0);
  story.happen(Story::run_key(10));
  EXPECT_EQ(requests(story).size(), 1U);
}

// The circuit is open, its pause is over.
v1::Input detection(std::uint64_t id, v1::Detection::Module module, std::uint32_t pid) {
  v1::Input input;
  v1::Detection& detection = *input.mutable_detection();
  detection.set_detection_id(id);
  detection.set_module(module);
  detection.set_path(kSetup);
  detection.set_sha256(sha256_of(pid));
  return input;
}
v1::DetectionAnswer last_answer(const Story& story) {
  const auto all = story.all(v1::Output::kDetectionAnswer);
  return all.empty() ? v1::DetectionAnswer() : all.back().detection_answer();
}

TEST(Detections, OfOtherModulesAreAnswered) {
  Story story = running();
  story.feed(detection(7, v1::Detection::ANTIVIRUS, 10));
  EXPECT_TRUE(story.all(v1::Output::kDetectionAnswer).empty());
  const auto op = story.happen(Story::run_key(10));  // joins the same question
  EXPECT_EQ(requests(story).size(), 1U);
  story.wait(Story::kMillisecond).respond(1, says_of(10, "SAFE"));
  EXPECT_EQ(last_answer(story).detection_id(), 7U);
  EXPECT_EQ(last_answer(story).verdict(), v1::SafeSoftwareAnswer::SAFE);
  EXPECT_EQ(last_answer(story).waited_ns(), Story::kMillisecond);
  EXPECT_EQ(story.verdict(op).because(), v1::CERTIFIED_SAFE);
  story.feed(detection(8, v1::Detection::FIREWALL, 10));
  EXPECT_EQ(last_answer(story).detection_id(), 8U);
  EXPECT_EQ(last_answer(story).waited_ns(), 0U);
}

TEST(Detections, GoUnansweredNeverAndSayWhy) {
  Story story = running();
  story.feed(detection(1, v1::Detection::FIREWALL, 10));
  story.wait(10 * Story::kSecond);
  EXPECT_EQ(last_answer(story).verdict(), v1::SafeSoftwareAnswer::UNKNOWN);
  EXPECT_EQ(last_answer(story).reason(0).code(), v1::CSSS_FAILED);

  v1::Settings settings = with_service();
  settings.mutable_certified_safe_software()->set_for_firewall(false);
  story.change(settings).feed(detection(2, v1::Detection::FIREWALL, 11));
  EXPECT_EQ(last_answer(story).reason(0).code(), v1::CSSS_NOT_ASKED);
  settings.mutable_certified_safe_software()->set_enabled(false);
  story.change(settings).feed(detection(3, v1::Detection::ANTIVIRUS, 11));
  EXPECT_EQ(last_answer(story).reason(0).code(), v1::CSSS_OFF);
  story.feed(detection(4, v1::Detection::MODULE_UNSPECIFIED, 11));
  EXPECT_EQ(last_answer(story).detection_id(), 3U);
  EXPECT_EQ(story.all(v1::Output::kInputIgnored).size(), 1U);
}

TEST(LookupLimits, HaveNamedOutcomes) {
  v1::Settings settings = with_service();
  settings.mutable_limits()->set_lookups_max(1);
  settings.mutable_limits()->set_cached_answers_max(1);
  Story story = running(settings);
  runs(story, 11, "C:\\other.exe");
  story.happen(Story::run_key(10));
  EXPECT_EQ(reason(story.verdict(story.happen(Story::run_key(11))), v1::CSSS_FAILED).text(), "LOOKUP_TABLE_FULL");
  EXPECT_EQ(story.all(v1::Output::kLimitReached).back().limit_reached().table(), v1::LimitReached::LOOKUPS);
  story.respond(1, says_of(10, "SAFE"));
  story.happen(Story::run_key(11));
  story.respond(2, says_of(11, "SAFE"));
  EXPECT_EQ(story.all(v1::Output::kLimitReached).back().limit_reached().table(), v1::LimitReached::CACHED_ANSWERS);

  settings = with_service();
  settings.mutable_limits()->set_pending_max(1);
  Story crowded = running(settings);
  crowded.happen(Story::run_key(10));
  EXPECT_EQ(crowded.verdict(crowded.happen(Story::run_key(10))).because(), v1::ACTION_IS_DENY);
  EXPECT_EQ(crowded.all(v1::Output::kLimitReached).back().limit_reached().table(), v1::LimitReached::PENDING);
}

TEST(LookupState, ARestoredEngineGoesOnAsIfNothingHadHappened) {
  const auto tell = [](bool restart) {
    Story story = running();
    const auto again = [&] {
      if (restart) story.restart_engine();
    };
    runs(story, 11, "C:\\other.exe");
    story.happen(Story::run_key(10));
    story.feed(detection(1, v1::Detection::FIREWALL, 11));
    again();
    story.wait(100 * Story::kMillisecond).attempt_ends(1, v1::HTTP_REFUSED);
    again();
    story.wait(400 * Story::kMillisecond);
    again();
    story.respond(2, says_of(11, "SAFE"));
    again();
    story.respond(3, says_of(10, "MALICIOUS"));
    again();
    story.happen(Story::run_key(10));
    story.happen(Story::run_key(11));
    story.network(false, true);
    again();
    runs(story, 12, "C:\\third.exe");
    story.happen(Story::run_key(12));
    return story.log();
  };
  EXPECT_EQ(tell(true), tell(false));
}

TEST(LookupState, FromBeforeServicesWereAskedTellsOfNoNetwork) {
  v1::EngineState old = running().engine().snapshot();
  old.clear_cloud();
  old.mutable_network();  // which was always there
  auto restored = Engine::restore(old, default_tables());
  ASSERT_TRUE(restored);
  v1::Input input;
  *input.mutable_operation() = Story::run_key(10);
  input.mutable_operation()->set_id(99);
  input.set_sequence(99);
  std::vector<v1::Output> outputs;
  restored->step(input, outputs);
  ASSERT_FALSE(outputs.empty());
  EXPECT_EQ(outputs.front().http_request().family(), v1::IPV4);
}

TEST(LookupState, ThatCannotBeIsRefused) {
  Story story = running();
  story.happen(Story::run_key(10));
  const v1::EngineState good = story.engine().snapshot();
  ASSERT_EQ(good.cloud().lookup_size(), 1);
  const auto refused = [&](auto spoil) {
    v1::EngineState state = good;
    spoil(*state.mutable_cloud());
    const auto restored = Engine::restore(state, default_tables());
    return restored ? std::string() : restored.error().field;
  };
  EXPECT_EQ(refused([](v1::CloudState&) {}), "");
  EXPECT_EQ(refused([](v1::CloudState& s) { s.mutable_lookup(0)->set_lookup_id(99); }), "cloud.lookup[0]");
  EXPECT_EQ(refused([](v1::CloudState& s) { s.mutable_lookup(0)->set_request_id(99); }), "cloud.lookup[0]");
  EXPECT_EQ(refused([](v1::CloudState& s) { s.mutable_lookup(0)->set_timer_id(99); }), "cloud.lookup[0].timer_id");
  EXPECT_EQ(refused([](v1::CloudState& s) { s.mutable_lookup(0)->set_sha256("x"); }), "cloud.lookup[0]");
  EXPECT_EQ(refused([](v1::CloudState& s) { s.mutable_lookup(0)->set_attempts(0); }), "cloud.lookup[0]");
  EXPECT_EQ(refused([](v1::CloudState& s) { *s.add_lookup() = s.lookup(0); }), "cloud.lookup[1]");
  EXPECT_EQ(refused([](v1::CloudState& s) { s.mutable_lookup(0)->mutable_waiter(0)->clear_who(); }),
            "cloud.lookup[0].waiter");
  const auto waiter = [&](auto spoil) {
    return refused([&](v1::CloudState& s) { spoil(*s.mutable_lookup(0)->mutable_waiter(0)); });
  };
  EXPECT_EQ(waiter([](v1::WaiterState& w) { w.clear_deadline_ns(); }), "cloud.lookup[0].waiter.deadline_ns");
  EXPECT_EQ(waiter([](v1::WaiterState& w) { w.set_deadline_ns(1ULL << 63U); }), "cloud.lookup[0].waiter.deadline_ns");
  EXPECT_EQ(refused([](v1::CloudState& s) { s.mutable_lookup(0)->set_timer_at_ns(1ULL << 63U); }),
            "cloud.lookup[0].timer_at_ns");
  EXPECT_EQ(refused([](v1::CloudState& s) { s.mutable_lookup(0)->set_attempt_ends_at_ns(1ULL << 63U); }),
            "cloud.lookup[0].attempt_ends_at_ns");
  EXPECT_EQ(refused([](v1::CloudState& s) { s.set_trying_lookup_id(7); }), "cloud.trying_lookup_id");
  EXPECT_EQ(refused([](v1::CloudState& s) { s.set_health(static_cast<v1::CloudStatus::Health>(77)); }), "cloud.health");
  EXPECT_EQ(refused([](v1::CloudState& s) { s.set_next_request_id(~0ULL); }), "cloud");
}

TEST(CloudSettingsChecks, NameTheField) {
  const auto refused = [](auto spoil) {
    v1::Settings settings = with_service();
    spoil(settings);
    const auto valid = validate_settings(settings);
    return valid ? std::string() : valid.error().field;
  };
  EXPECT_EQ(refused([](v1::Settings& s) { s.mutable_certified_safe_software()->set_service_url("x"); }),
            "certified_safe_software.service_url");
  EXPECT_EQ(refused([](v1::Settings& s) { s.mutable_certified_safe_software()->set_backoff_ms(60'001); }),
            "certified_safe_software.backoff_ms");
  EXPECT_EQ(refused([](v1::Settings& s) { s.mutable_limits()->set_lookups_max(0); }), "limits.lookups_max");
  EXPECT_EQ(refused([](v1::Settings& s) { s.mutable_proxy()->set_mode(v1::ProxySettings::EXPLICIT); }), "proxy.port");
  EXPECT_EQ(refused([](v1::Settings& s) {
              s.mutable_proxy()->set_mode(v1::ProxySettings::EXPLICIT);
              s.mutable_proxy()->set_port(3128);
              s.mutable_proxy()->set_host("a b");
            }),
            "proxy.host");
}

}  // namespace
}  // namespace holdfast::engine
