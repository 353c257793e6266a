#include <gtest/gtest.h>

#include "tests/engine/core/story.h"

namespace holdfast::engine {
namespace {

using Action = v1::MonitoredEventPolicy;

struct Signed {
  v1::SignatureStatus status;
  const char* image;
};

v1::Verdict verdict_of(const v1::Settings& settings, const Signed& program) {
  Story story;
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  v1::Operation start = Story::program(10, program.image);
  start.mutable_process_start()->mutable_signature()->set_status(program.status);
  start.mutable_process_start()->mutable_signature()->set_signer("Example Ltd");
  story.happen(start);
  return story.verdict(story.happen(Story::run_key(10)));
}

TEST(Trust, AValidSignatureMakesAskingUnnecessary) {
  const v1::Verdict verdict =
      verdict_of(Story::settings(Action::ASK_WHEN_NECESSARY), {v1::SIGNATURE_STATUS_VALID, "C:\\a.exe"});
  EXPECT_EQ(verdict.decision(), v1::Verdict::ALLOW);
  EXPECT_EQ(verdict.because(), v1::SIGNATURE_TRUSTED);
  EXPECT_FALSE(verdict.logged());
}

TEST(Trust, WhichActionsASignatureSettlesIsASetting) {
  v1::Settings settings = Story::settings(Action::DENY);
  EXPECT_EQ(verdict_of(settings, {v1::SIGNATURE_STATUS_VALID, "C:\\a.exe"}).decision(), v1::Verdict::ALLOW);
  settings.set_signature_settles(v1::ASK_ONLY);
  EXPECT_EQ(verdict_of(settings, {v1::SIGNATURE_STATUS_VALID, "C:\\a.exe"}).decision(), v1::Verdict::DENY);
  settings = Story::settings(Action::ASK_WHEN_NECESSARY);
  settings.set_signature_settles(v1::NOTHING);
  EXPECT_EQ(verdict_of(settings, {v1::SIGNATURE_STATUS_VALID, "C:\\a.exe"}).decision(),
            v1::Verdict::DECISION_UNSPECIFIED);
}

TEST(Trust, NoOtherSignatureStatusHelps) {
  for (int status = v1::SignatureStatus_MIN; status <= v1::SignatureStatus_MAX; ++status) {
    if (status == v1::SIGNATURE_STATUS_VALID) continue;
    const v1::Verdict verdict =
        verdict_of(Story::settings(Action::DENY), {static_cast<v1::SignatureStatus>(status), "C:\\a.exe"});
    EXPECT_EQ(verdict.decision(), v1::Verdict::DENY) << status;
    EXPECT_TRUE(has_reason(verdict, v1::SIGNATURE_NOT_TRUSTED)) << status;
  }
}

TEST(Trust, TheSignatureOfAnInterpreterSaysNothingOfItsScript) {
  const v1::Verdict verdict =
      verdict_of(Story::settings(Action::DENY), {v1::SIGNATURE_STATUS_VALID, "C:\\Windows\\System32\\wscript.exe"});
  EXPECT_EQ(verdict.decision(), v1::Verdict::DENY);
  EXPECT_TRUE(has_reason(verdict, v1::SIGNATURE_OF_INTERPRETER));
}

TEST(Trust, IsLearntFromTheLoadOfTheProgramsOwnImage) {
  Story story;
  story.start(Story::settings(Action::DENY));
  v1::Operation start = Story::program(10, "C:\\Tools\\a.exe");
  start.mutable_process_start()->clear_signature();
  story.happen(start);
  v1::Operation load;
  *load.mutable_actor() = Story::run_key(10).actor();
  load.mutable_image_load()->set_path("c:\\tools\\A.EXE");
  load.mutable_image_load()->mutable_signature()->set_status(v1::SIGNATURE_STATUS_VALID);
  story.happen(load);
  EXPECT_EQ(story.verdict(story.happen(Story::run_key(10))).because(), v1::SIGNATURE_TRUSTED);
}

TEST(Exceptions, BlockedWinsOverApprovedAndSigned) {
  v1::Settings settings = Story::settings(Action::ASSESS);
  settings.mutable_exceptions()->add_approved()->set_path("C:\\Tools\\*");
  settings.mutable_exceptions()->add_blocked()->set_path("C:\\Tools\\a.exe");
  Story story;
  story.start(settings);
  v1::Operation start = Story::program(10, "C:\\Tools\\a.exe");
  start.mutable_process_start()->mutable_signature()->set_status(v1::SIGNATURE_STATUS_VALID);
  const v1::Verdict verdict = story.verdict(story.happen(start));
  EXPECT_EQ(verdict.decision(), v1::Verdict::DENY);
  EXPECT_EQ(verdict.because(), v1::ON_BLOCKED_LIST);
  EXPECT_TRUE(verdict.logged());
  EXPECT_TRUE(verdict.user_warned());
}

TEST(Exceptions, TheBlockedListWorksOnlyWithEventMonitoring) {
  v1::Settings settings = Story::settings(Action::ASSESS);
  settings.mutable_event_monitoring()->set_enabled(false);
  settings.mutable_exceptions()->add_blocked()->set_path("C:\\Tools\\a.exe");
  Story story;
  story.start(settings);
  const v1::Verdict verdict = story.verdict(story.happen(Story::program(10, "C:\\Tools\\a.exe")));
  EXPECT_EQ(verdict.decision(), v1::Verdict::ALLOW);
  EXPECT_EQ(verdict.because(), v1::EVENT_MONITORING_OFF);
}

TEST(Exceptions, ApprovedPassesEveryActionWithoutALog) {
  for (const Action::Action action : {Action::ASSESS, Action::ASK_WHEN_NECESSARY, Action::DENY}) {
    v1::Settings settings = Story::settings(action);
    settings.mutable_exceptions()->add_approved()->set_path("C:\\Tools\\*");
    const v1::Verdict verdict = verdict_of(settings, {v1::SIGNATURE_STATUS_NONE, "C:\\Tools\\a.exe"});
    EXPECT_EQ(verdict.because(), v1::ON_APPROVED_LIST);
    EXPECT_EQ(verdict.decision(), v1::Verdict::ALLOW);
    EXPECT_FALSE(verdict.logged());
  }
}

TEST(Exceptions, AnEntryForTheScriptCountsForItsHost) {
  v1::Settings settings = Story::settings(Action::DENY);
  settings.mutable_exceptions()->add_approved()->set_path("C:\\Users\\user\\good.cmd");
  Story story;
  story.start(settings);
  story.happen(Story::program(10, "C:\\Windows\\System32\\cmd.exe"));
  v1::Operation good = Story::run_key(10);
  good.set_script("C:\\Users\\user\\good.cmd");
  v1::Operation evil = Story::run_key(10);
  evil.set_script("C:\\Users\\user\\evil.cmd");
  EXPECT_EQ(story.verdict(story.happen(good)).because(), v1::ON_APPROVED_LIST);
  EXPECT_EQ(story.verdict(story.happen(evil)).decision(), v1::Verdict::DENY);
}

TEST(Log, OfEveryDecisionIsOptIn) {
  v1::Settings settings = Story::settings(Action::ASK_WHEN_NECESSARY);
  settings.set_log_every_decision(true);
  Story story;
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  story.happen(Story::program(10, "C:\\a.exe"));
  const auto op = story.happen(Story::run_key(10));
  story.answer(1, v1::PromptAnswer::ALLOW);
  EXPECT_TRUE(story.verdict(op).logged());
}

TEST(Verdict, GoesToEveryHeldOperationAndToNoOther) {
  Story story;
  story.start(Story::settings(Action::DENY));
  const auto held = story.happen(Story::program(10, "C:\\a.exe"));
  v1::Operation seen = Story::program(11, "C:\\b.exe");
  seen.set_hold(v1::HOLD_CAPABILITY_NONE);
  const auto not_held = story.happen(seen);
  EXPECT_EQ(story.verdict(held).because(), v1::NO_MONITORED_EVENT);
  EXPECT_TRUE(story.verdicts(not_held).empty());
}

TEST(Verdict, SaysThatItCameTooLateForWhatWasOnlySeen) {
  Story story;
  story.start(Story::settings(Action::DENY));
  story.happen(Story::program(10, "C:\\a.exe"));
  v1::Operation seen = Story::run_key(10);
  seen.clear_hold();
  const v1::Verdict verdict = story.verdict(story.happen(seen));
  EXPECT_EQ(verdict.decision(), v1::Verdict::DENY);
  EXPECT_EQ(verdict.hold(), v1::HOLD_CAPABILITY_NONE);
}

TEST(Verdict, BeforeTheAgentIsReadyIsAllowByName) {
  Story story;
  EXPECT_EQ(story.verdict(story.happen(Story::program(10, "C:\\a.exe"))).because(), v1::AGENT_NOT_STARTED);
}

TEST(Inputs, ThatMakeNoSenseAreNamedAndIgnored) {
  Story story;
  story.start(Story::settings(Action::DENY));
  v1::Input old;
  old.set_sequence(1);
  old.mutable_loss()->set_events(3);
  story.feed(old);
  v1::Input unknown;
  unknown.mutable_timer_fired()->set_timer_id(99);
  story.feed(unknown);
  v1::Input empty;
  story.feed(empty);
  EXPECT_EQ(story.all(v1::Output::kInputIgnored).size(), 3U);
}

TEST(Inputs, FromThePastAreJudgedNow) {
  Story story;
  story.start(Story::settings(Action::DENY));
  story.wait(Story::kSecond);
  story.happen(Story::program(10, "C:\\a.exe"));
  v1::Input late;
  late.set_at_ns(1);
  *late.mutable_operation() = Story::run_key(10);
  late.mutable_operation()->set_id(50);
  story.feed(late);
  EXPECT_EQ(story.verdict(50).decision(), v1::Verdict::DENY);
  EXPECT_EQ(story.verdict(50).held_ns(), 0U);
  EXPECT_EQ(story.all(v1::Output::kInputIgnored).size(), 1U);
}

TEST(Pids, ThatAreReusedMeanTheLatestProcess) {
  Story story;
  story.start(Story::settings(Action::DENY));
  v1::Operation trusted = Story::program(10, "C:\\good.exe");
  trusted.mutable_process_start()->mutable_signature()->set_status(v1::SIGNATURE_STATUS_VALID);
  story.happen(trusted);
  story.happen(Story::exit(10));
  v1::Operation evil = Story::program(10, "C:\\evil.exe");
  evil.mutable_process_start()->set_start_ns(5000);
  story.happen(evil);
  v1::Operation by_pid = Story::run_key(10);
  by_pid.mutable_actor()->clear_start_ns();
  EXPECT_EQ(story.verdict(story.happen(by_pid)).program(), "C:\\evil.exe");
  v1::Operation of_the_first = Story::run_key(10);
  EXPECT_EQ(story.verdict(story.happen(of_the_first)).program(), "C:\\good.exe");
}

TEST(Pids, OfADeadProcessSayNothingOfTheNextOne) {
  Story story;
  story.start(Story::settings(Action::DENY));
  v1::Operation trusted = Story::program(10, "C:\\good.exe");
  trusted.mutable_process_start()->mutable_signature()->set_status(v1::SIGNATURE_STATUS_VALID);
  story.happen(trusted);
  story.happen(Story::exit(10));
  v1::Operation unseen = Story::run_key(10);
  unseen.mutable_actor()->clear_start_ns();
  const v1::Verdict verdict = story.verdict(story.happen(unseen));
  EXPECT_EQ(verdict.decision(), v1::Verdict::DENY);
  EXPECT_TRUE(has_reason(verdict, v1::ACTOR_UNKNOWN));
}

TEST(Restore, RefusesAStateThatContradictsItself) {
  Story story;
  story.start(Story::settings(Action::ASK_WHEN_NECESSARY)).session(v1::SessionChanged::ACTIVE);
  story.happen(Story::program(10, "C:\\a.exe"));
  story.happen(Story::run_key(10));
  const v1::EngineState good = story.engine().snapshot();
  const auto refused = [&](auto change) {
    v1::EngineState state = good;
    change(state);
    const auto engine = Engine::restore(state);
    return engine ? std::string("accepted") : engine.error().field;
  };
  EXPECT_EQ(refused([](v1::EngineState&) {}), "accepted");
  EXPECT_EQ(refused([](v1::EngineState& s) { s.set_version(2); }), "version");
  EXPECT_EQ(refused([](v1::EngineState& s) { s.mutable_profile()->clear_platform(); }), "agent.platform");
  EXPECT_EQ(refused([](v1::EngineState& s) { *s.add_process() = s.process(0); }), "process[1].process.pid");
  EXPECT_EQ(refused([](v1::EngineState& s) { *s.add_prompt() = s.prompt(0); }), "prompt[1].prompt_id");
  EXPECT_EQ(refused([](v1::EngineState& s) { s.mutable_prompt(0)->clear_pending(); }), "prompt[0].pending");
  EXPECT_EQ(refused([](v1::EngineState& s) { s.mutable_prompt(0)->set_prompt_id(9); }), "prompt[0].prompt_id");
  const auto prompt = [&](auto change) { return refused([&](v1::EngineState& s) { change(*s.mutable_prompt(0)); }); };
  EXPECT_EQ(prompt([](v1::PromptState& p) { p.clear_timer_id(); }), "prompt[0].timer_id") << "it would hold for ever";
  EXPECT_EQ(prompt([](v1::PromptState& p) { p.set_timer_at_ns(~0ULL); }), "prompt[0].timer_at_ns");
  EXPECT_EQ(prompt([](v1::PromptState& p) { p.set_hold_ends_at_ns(~0ULL); }), "prompt[0].hold_ends_at_ns");
  EXPECT_EQ(prompt([](v1::PromptState& p) { p.set_opened_at_ns(1); }), "prompt[0].opened_at_ns");
  EXPECT_EQ(prompt([](v1::PromptState& p) { p.set_not_shown(v1::USER_DENIED); }), "prompt[0].not_shown");
  EXPECT_EQ(prompt([](v1::PromptState& p) { p.set_on_expiry(static_cast<v1::OnExpiry>(9)); }), "prompt[0].on_expiry");
  EXPECT_EQ(prompt([](v1::PromptState& p) { p.mutable_pending(0)->set_event(v1::USER_DEFINED); }),
            "prompt[0].pending[0].event");
  EXPECT_EQ(prompt([](v1::PromptState& p) { p.mutable_pending(0)->set_asked_at_ns(1); }),
            "prompt[0].pending[0].asked_at_ns");
  EXPECT_EQ(prompt([](v1::PromptState& p) { p.mutable_pending(0)->mutable_operation()->clear_what(); }),
            "prompt[0].pending[0].operation");
  EXPECT_EQ(refused([](v1::EngineState& s) { s.add_download()->set_at_ns(1); }), "download[0].at_ns");
  EXPECT_EQ(refused([](v1::EngineState& s) { s.set_next_timer_id(0); }), "next_timer_id");
  EXPECT_EQ(refused([](v1::EngineState& s) { s.set_next_prompt_id(~0ULL); }), "next_prompt_id");
  EXPECT_EQ(refused([](v1::EngineState& s) { s.set_next_violation_id(0); }), "next_violation_id");
  EXPECT_EQ(refused([](v1::EngineState& s) { s.add_remembered()->set_allow(true); }), "remembered[0]");
}

}  // namespace
}  // namespace holdfast::engine
