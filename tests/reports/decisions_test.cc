#include "reports/decisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>

#include "reports/summary.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

v1::Verdict unanswered() {
  v1::Verdict verdict;
  verdict.set_decision(v1::Verdict::ALLOW);
  verdict.set_because(v1::NOBODY_ANSWERED);
  verdict.set_event(v1::NEW_STARTUP_PROGRAM);
  verdict.set_prompt_id(1);
  verdict.set_held_ns(30'000'000'000);
  verdict.mutable_actor()->set_pid(3180);
  verdict.set_program(R"(C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe)");
  verdict.set_target(R"(HKU\S-1-5-21-1-2-3-1001\Software\Microsoft\Windows\CurrentVersion\Run\Updater)");
  verdict.set_operation("registry_set");
  v1::Reason& reason = *verdict.add_reason();
  reason.set_code(v1::NOBODY_ANSWERED);
  reason.set_number(30);
  return verdict;
}

v1::Verdict of(v1::Verdict::Decision decision, v1::MonitoredEvent event, v1::ReasonCode because) {
  v1::Verdict verdict;
  verdict.set_decision(decision);
  verdict.set_event(event);
  verdict.set_because(because);
  return verdict;
}

TEST(DecisionLine, SaysWhenWhatWhoWhereAndHowItEnded) {
  const std::string line = decision_line(12, 71'402'000'000, unanswered(), TimeText::since_start(), {});
  for (const char* part : {"#12", "00:01:11.402", "ASK", "New Startup Program", "powershell.exe (3180)",
                           "\\Run\\Updater", "→ allowed after 30 s, nobody answered"}) {
    EXPECT_THAT(line, HasSubstr(part));
  }
}

TEST(DecisionLine, NamesTheCreatorOfAProgramThatStarts) {
  v1::Verdict verdict = unanswered();
  verdict.set_operation("process_start");
  EXPECT_THAT(decision_line(1, 0, verdict, TimeText::since_start(), {}), HasSubstr("powershell.exe (by 3180)"));
}

TEST(DecisionLine, TellsALookalikeFromWhatItSeems) {
  v1::Verdict verdict = unanswered();
  verdict.set_program(R"(C:\Windows \System32\svchost.exe)");
  verdict.set_target(R"(C:\Windows \System32\winSAT.exe)");
  const std::string line = decision_line(1, 0, verdict, TimeText::since_start(), {});
  EXPECT_THAT(line, HasSubstr("svchost.exe (lookalike) (3180)"));
  EXPECT_THAT(line, HasSubstr(R"(C:\Windows \System32\winSAT.exe (lookalike))"));
}

TEST(DecisionLine, StaysOneLineWhateverAProgramCallsItself) {
  v1::Verdict verdict = unanswered();
  verdict.set_program("a\nb\x1b[1m.exe");
  verdict.set_target("\r\n");
  const std::string line = decision_line(1, 0, verdict, TimeText::since_start(), {});
  for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
}

TEST(DecisionJson, IsValidAndCarriesCodesAndSentences) {
  JsonWriter json;
  v1::Verdict verdict = unanswered();
  verdict.set_target("quote \" backslash \\ control \x01 no UTF-8 \xFF end");
  json.array();
  write_decision(3, 5, verdict, {}, json);
  write_decision(4, 6, verdict, {}, json);
  json.end();
  simdjson::dom::parser parser;
  const simdjson::padded_string text(json.text());
  simdjson::dom::array rows;
  ASSERT_EQ(parser.parse(text).get(rows), simdjson::SUCCESS) << json.text();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(std::uint64_t(rows.at(0)["decision"]), 3U);
  EXPECT_EQ(std::string_view(rows.at(0)["because"]), "NOBODY_ANSWERED");
  EXPECT_EQ(std::string_view(rows.at(0)["outcome"]), "asked");
  EXPECT_EQ(std::string_view(rows.at(0)["target"]), "quote \" backslash \\ control \x01 no UTF-8 \xEF\xBF\xBD end");
  EXPECT_THAT(std::string(std::string_view(rows.at(0)["reasons"].at(0)["sentence"])), HasSubstr("30 s"));
}

TEST(JsonWriter, NestsObjectsAndArraysWithTheirCommas) {
  JsonWriter json;
  json.object().field("a", 1).array("b").object().end().object().field("c", true).end().end();
  json.object("d").field("e", "f").end().field("g", -5).array("h").element("i").element("j").end().end();
  EXPECT_EQ(json.text(), R"({"a":1,"b":[{},{"c":true}],"d":{"e":"f"},"g":-5,"h":["i","j"]})");
}

TEST(DecisionSummary, CountsByOutcomeAndByEvent) {
  DecisionSummary summary;
  EXPECT_EQ(summary.sentence(), "no decisions");
  summary.add(unanswered());
  EXPECT_EQ(summary.sentence(), "1 decision: 1 asked");
  summary.add(of(v1::Verdict::DENY, v1::HOSTS_FILE_MODIFICATION, v1::ACTION_IS_DENY));
  summary.add(of(v1::Verdict::DENY, v1::HOSTS_FILE_MODIFICATION, v1::ACTION_IS_DENY));
  summary.add(of(v1::Verdict::ALLOW, v1::HOSTS_FILE_MODIFICATION, v1::ACTION_IS_ASSESS));
  summary.add(of(v1::Verdict::ALLOW, v1::MONITORED_EVENT_UNSPECIFIED, v1::NO_MONITORED_EVENT));
  EXPECT_EQ(summary.sentence(), "5 decisions: 2 denied, 1 asked, 1 assessed, 1 passed");
  EXPECT_EQ(summary.table(),
            "  no monitored event                     1 passed\n"
            "  New Startup Program                    1 asked\n"
            "  Hosts File Modification                2 denied, 1 assessed\n");
  JsonWriter json;
  json.object();
  summary.write(json);
  json.end();
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  ASSERT_EQ(parser.parse(json.text()).get(root), simdjson::SUCCESS);
  EXPECT_EQ(std::uint64_t(root["decisions"]["total"]), 5U);
  EXPECT_EQ(std::uint64_t(root["decisions"]["denied"]), 2U);
}

}  // namespace
}  // namespace holdfast
