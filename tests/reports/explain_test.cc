#include "reports/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace holdfast {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

v1::Verdict denied_hosts_change() {
  v1::Verdict verdict;
  verdict.set_decision(v1::Verdict::DENY);
  verdict.set_because(v1::ACTION_IS_DENY);
  verdict.set_event(v1::HOSTS_FILE_MODIFICATION);
  verdict.set_hold(v1::HOLD_CAPABILITY_PRE_EXECUTION);
  verdict.set_program(R"(C:\Windows\System32\cmd.exe)");
  verdict.set_target(R"(C:\Windows\System32\drivers\etc\hosts)");
  verdict.set_operation("file_write");
  verdict.mutable_actor()->set_pid(5012);
  const auto add = [&](v1::ReasonCode code, const char* text, std::int64_t number) {
    v1::Reason& reason = *verdict.add_reason();
    reason.set_code(code);
    reason.set_text(text);
    reason.set_number(number);
  };
  add(v1::BEHAVIOR_MONITORING_ACTIVE, "Windows 10 64-bit", 0);
  add(v1::MONITORED_EVENT_SEEN, "hosts.file", v1::HOSTS_FILE_MODIFICATION);
  add(v1::NOT_ON_EXCEPTION_LIST, "", 12);
  add(v1::ACTION_IS_DENY, "", v1::HOSTS_FILE_MODIFICATION);
  return verdict;
}

TEST(ReasonSentences, StandForEveryCodeOfTheSchemaInItsOrder) {
  const auto* codes = v1::ReasonCode_descriptor();
  const auto sentences = reason_sentences();
  ASSERT_EQ(static_cast<int>(sentences.size()), codes->value_count() - 1);
  for (int i = 1; i < codes->value_count(); ++i) {
    EXPECT_EQ(sentences[static_cast<std::size_t>(i - 1)].code, codes->value(i)->number()) << codes->value(i)->name();
  }
}

TEST(ReasonSentences, SayMoreThanTheNameOfTheCodeAndNoTwoTheSame) {
  std::set<std::string_view> sentences;
  std::set<std::string_view> briefs;
  for (const ReasonSentence& row : reason_sentences()) {
    const std::string& name = v1::ReasonCode_Name(row.code);
    EXPECT_GE(row.sentence.size(), 20U) << name;
    EXPECT_GE(row.brief.size(), 5U) << name;
    EXPECT_THAT(std::string(row.sentence), Not(HasSubstr(name)));
    EXPECT_TRUE(sentences.insert(row.sentence).second) << name << " says what another code says";
    EXPECT_TRUE(briefs.insert(row.brief).second) << name << " says in brief what another code says";
  }
}

TEST(ReasonSentences, CanAllBeFilled) {
  v1::Verdict verdict = denied_hosts_change();
  for (const ReasonSentence& row : reason_sentences()) {
    verdict.clear_reason();
    verdict.set_because(row.code);
    v1::Reason& reason = *verdict.add_reason();
    reason.set_code(row.code);
    reason.set_text("some text");
    reason.set_number(3);
    const Explanation why = explain(0, verdict, {});
    ASSERT_EQ(why.chain.size(), 1U);
    for (const std::string& text : {why.chain[0], why.otherwise, because_text(verdict)}) {
      EXPECT_THAT(text, AllOf(Not(HasSubstr("{")), Not(HasSubstr("}")))) << v1::ReasonCode_Name(row.code);
    }
  }
}

TEST(ReasonSentences, OfSettlingCodesSayWhatWouldHaveTurnedTheVerdict) {
  for (const v1::ReasonCode code :
       {v1::ACTION_IS_DENY, v1::ACTION_IS_ASSESS, v1::USER_DENIED, v1::USER_ALLOWED, v1::NOBODY_ANSWERED,
        v1::ON_BLOCKED_LIST, v1::ON_APPROVED_LIST, v1::SIGNATURE_TRUSTED, v1::SYSTEM_PROGRAM, v1::EXPIRY_SET_TO_DENY,
        v1::REMEMBERED_DENY, v1::REMEMBERED_ALLOW, v1::AGENT_STOPPED, v1::PENDING_TABLE_FULL, v1::HOLD_LIMIT_REACHED,
        v1::EVENT_MONITORING_OFF, v1::NO_MONITORED_EVENT, v1::PLATFORM_NOT_SUPPORTED, v1::OFF_BY_DEFAULT_ON_SERVERS}) {
    v1::Verdict verdict = denied_hosts_change();
    verdict.set_because(code);
    EXPECT_NE(explain(0, verdict, {}).otherwise, "") << v1::ReasonCode_Name(code);
  }
}

TEST(Explanation, NamesWhoDidWhatAndTheReasonsInTheOrderOfThought) {
  const ExplainContext context{.time = TimeText::since_start(),
                               .settings_name = "ask-all.txtpb",
                               .policy_place = "ask-all.txtpb:7",
                               .program_started = "03:06:57",
                               .script = {}};
  EXPECT_EQ(
      explanation_text(explain(2'500'000'000, denied_hosts_change(), context)),
      "Denied: cmd.exe (pid 5012, started 03:06:57) writes C:\\Windows\\System32\\drivers\\etc\\hosts\n"
      "  decided 00:00:02.500, at once\n"
      "  1. Behavior Monitoring is active: Windows 10 64-bit\n"
      "  2. this is the monitored event Hosts File Modification (rule hosts.file)\n"
      "  3. neither the approved nor the blocked list covers the program (12 entries)\n"
      "  4. Hosts File Modification is set to Deny   (settings ask-all.txtpb:7)\n"
      "what would have let it pass: an approved entry for C:\\Windows\\System32\\cmd.exe; or action Assess, or Ask "
      "when necessary and the user's yes\n");
}

TEST(Explanation, NamesTheNewProgramAndItsCreatorAtAStart) {
  v1::Verdict verdict = denied_hosts_change();
  verdict.set_operation("process_start");
  verdict.set_program(R"(C:\Users\user\setup.exe)");
  verdict.set_target(verdict.program());
  EXPECT_EQ(explain(0, verdict, {}).headline, R"(Denied: setup.exe starts   C:\Users\user\setup.exe   (by pid 5012))");
}

TEST(Explanation, AdmitsThatAVerdictCameTooLate) {
  v1::Verdict verdict = denied_hosts_change();
  verdict.set_hold(v1::HOLD_CAPABILITY_NONE);
  EXPECT_THAT(explanation_text(explain(0, verdict, {})), HasSubstr("too late"));
  verdict.set_hold(v1::HOLD_CAPABILITY_BEST_EFFORT);
  EXPECT_THAT(explanation_text(explain(0, verdict, {})), HasSubstr("may have run for a moment"));
  verdict.set_hold(v1::HOLD_CAPABILITY_PRE_EXECUTION);
  EXPECT_THAT(explanation_text(explain(0, verdict, {})), AllOf(Not(HasSubstr("too late")), Not(HasSubstr("moment"))));
}

TEST(Explanation, SaysWhatWouldHaveStoppedWhatWasAllowed) {
  v1::Verdict verdict = denied_hosts_change();
  verdict.set_decision(v1::Verdict::ALLOW);
  verdict.set_because(v1::NOBODY_ANSWERED);
  verdict.set_held_ns(30'000'000'000);
  v1::Reason& reason = *verdict.add_reason();
  reason.set_code(v1::NOBODY_ANSWERED);
  reason.set_number(30);
  const Explanation why = explain(0, verdict, {});
  EXPECT_EQ(why.otherwise_label, "what would have stopped it");
  EXPECT_THAT(why.chain.back(), HasSubstr("30 s"));
  EXPECT_THAT(why.when.front(), HasSubstr("held for 30 s"));
}

TEST(Explanation, OffersNothingForAMootVerdict) {
  v1::Verdict verdict = denied_hosts_change();
  verdict.set_decision(v1::Verdict::MOOT);
  EXPECT_EQ(explain(0, verdict, {}).otherwise, "");
}

TEST(Explanation, KeepsHostileNamesOffTheTerminal) {
  v1::Verdict verdict = denied_hosts_change();
  verdict.set_program("C:\\\x1b]0;owned\x07.exe");
  verdict.set_target("{0}{text}\n\x1b[2J");
  verdict.mutable_reason(0)->set_text("{number}\x1b");
  const std::string text = explanation_text(explain(0, verdict, {}));
  EXPECT_THAT(text, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\x07"))));
  EXPECT_THAT(text, HasSubstr("{0}{text}\\x0a")) << "what stands in a name is no placeholder";
}

TEST(Explanation, NamesACodeOfANewerSchemaByItsNumber) {
  v1::Reason reason;
  reason.set_code(static_cast<v1::ReasonCode>(99'999));
  EXPECT_THAT(reason_text(reason, denied_hosts_change(), {}), HasSubstr("99999"));
}

TEST(BecauseText, SaysAReasonThatSettledNoVerdictAsItSaysAVerdicts) {
  v1::Verdict verdict;
  verdict.set_because(v1::NOBODY_ANSWERED);
  EXPECT_EQ(because_text(v1::NOBODY_ANSWERED), because_text(verdict));
  v1::Reason reason;
  reason.set_code(static_cast<v1::ReasonCode>(99'999));
  EXPECT_EQ(because_text(reason), "reason 99999");
}

TEST(NoDecision, SaysTheFirstThingThatKeptItAway) {
  v1::Operation operation;
  operation.set_id(17);
  operation.mutable_file_write()->set_path("C:\\a.txt");
  v1::Status status;
  status.set_because(v1::SERVICE_NOT_RUNNING);
  EXPECT_THAT(no_decision_text(operation, status, true),
              AllOf(HasSubstr("operation 17 (file_write  C:\\a.txt) was not held"),
                    HasSubstr(because_text(v1::SERVICE_NOT_RUNNING))));
  status.set_effective_active(true);
  EXPECT_THAT(no_decision_text(operation, status, false), HasSubstr("Event Monitoring is off"));
  EXPECT_THAT(no_decision_text(operation, status, true), HasSubstr("no rule of Event Monitoring speaks of it"));
}

// No approved entry covers a path that is made to be mistaken for another: to advise one helps nobody.
TEST(ExplainText, ShowsALookalikeAndAdvisesNothingThatDoesNotCoverIt) {
  v1::Verdict verdict = denied_hosts_change();
  verdict.set_program(R"(C:\Windows \System32\svchost.exe)");
  const Explanation why = explain(0, verdict, {});
  EXPECT_THAT(why.headline, HasSubstr("svchost.exe (lookalike) (pid 5012)"));
  EXPECT_THAT(why.otherwise, AllOf(HasSubstr(R"(where its path is what it seems (none covers C:\Windows \System32\)"
                                             R"(svchost.exe (lookalike)))"),
                                   Not(HasSubstr("an approved entry for C:"))));
  verdict.set_program(R"(C:\Windows\System32\svchost.exe)");
  EXPECT_THAT(explain(0, verdict, {}).otherwise,
              HasSubstr(R"(an approved entry for C:\Windows\System32\svchost.exe;)"));
  verdict.set_operation("process_start");
  verdict.set_program(R"(C:\Windows \System32\svchost.exe)");
  EXPECT_THAT(explain(0, verdict, {}).headline, HasSubstr(R"(starts   C:\Windows \System32\svchost.exe (lookalike))"));
}

}  // namespace
}  // namespace holdfast
