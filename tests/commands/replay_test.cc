// A small event log of our own through import, replay, explain and show, as a person would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/text/sha256.h"
#include "tests/commands/program.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kEvents = "fixtures/events/workday.json";
constexpr const char* kAsk = "fixtures/settings/ask-all.txtpb";
constexpr const char* kDeny = "fixtures/settings/deny-all.txtpb";
constexpr const char* kExample = "fixtures/settings/example.txtpb";

constexpr const char* kNobodyAnswers = R"(name: "Nobody answers: the program is allowed after 30 seconds"
settings { event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: ASK_WHEN_NECESSARY } } }
at { t: "1s" process_start { pid: 4711 image: "C:\\Users\\user\\setup.exe" } }
at {
  t: "2.5s" by: 4711
  registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "Updater" data: "x" }
}
expect { verdict { of: "registry_set" decision: ALLOW because: NOBODY_ANSWERED at: "32.5s" } }
)";

class AttachmentStory : public testing::Test {
 protected:
  void SetUp() override {
    const Ran imported = holdfast_program({"import", kEvents, "-o", recording()});
    ASSERT_EQ(imported.exit_code, 0) << imported.err;
  }

  std::string recording() const { return folder_.path("a.hfr"); }

  // Output of a command with --json, parsed.
  simdjson::dom::element json(std::vector<std::string> arguments, int exit_code = 0) {
    arguments.emplace_back("--json");
    const Ran ran = holdfast_program(arguments);
    EXPECT_EQ(ran.exit_code, exit_code) << ran.err;
    text_ = ran.out;
    simdjson::dom::element root;
    EXPECT_EQ(parser_.parse(text_).get(root), simdjson::SUCCESS) << text_;
    return root;
  }

  std::string hash_of(std::vector<std::string> options) {
    options.insert(options.begin(), {"replay", recording()});
    return std::string(std::string_view(json(options)["log_sha256"]));
  }

  TemporaryFolder folder_;
  simdjson::dom::parser parser_;
  std::string text_;
};

TEST_F(AttachmentStory, ImportsWholly) {
  const auto root = json({"import", kEvents, "-o", folder_.path("b.hfr")});
  EXPECT_EQ(std::uint64_t(root["events"]), 22U);
  EXPECT_EQ(std::uint64_t(root["mapped"]), 22U);
  EXPECT_EQ(std::uint64_t(root["malformed"]), 0U);
}

TEST_F(AttachmentStory, ImportSkipsAndNamesMalformedLinesAndSaysSoByItsExitCode) {
  folder_.write(
      "bad.json",
      R"({"SourceName":"Microsoft-Windows-Sysmon","EventID":5,"UtcTime":"2020-09-04 07:06:10","ProcessId":"9"})"
      "\n{\"EventID\": 1, broken\n");
  const Ran ran = holdfast_program({"import", folder_.path("bad.json"), "-o", folder_.path("bad.hfr")});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("bad.json:2: "));
  EXPECT_THAT(ran.out, HasSubstr("malformed 1"));
  EXPECT_TRUE(std::filesystem::exists(folder_.path("bad.hfr")));
}

// What was imported before stays, where nothing is understood of what is imported now.
TEST_F(AttachmentStory, ImportRefusesWhatIsNoLogAndLeavesTheOlderRecording) {
  folder_.write("no.json", "{\"name\": \"processes\", \"columns\": {\"pid\": \"7\"}}\n");
  folder_.write("older.hfr", "older");
  const Ran ran = holdfast_program({"import", folder_.path("no.json"), "-o", folder_.path("older.hfr")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("no.json: holds answers to queries (osquery); "));
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(folder_.read("older.hfr"), "older");
}

TEST_F(AttachmentStory, ImportTakesAZoneEastOrWestOfUtc) {
  folder_.write("local.json", R"({"SourceName":"Microsoft-Windows-Security-Auditing","EventID":4689,"ProcessId":"0x9",)"
                              R"("EventTime":"2020-09-04 02:06:10"})"
                              "\n");
  const std::string file = folder_.path("local.json");
  const auto root = json({"import", file, "-o", folder_.path("west.hfr"), "--zone", "-05:00"});
  EXPECT_EQ(std::uint64_t(root["remarks"]["zone_as_told"]), 1U);
  const Ran shown = holdfast_program({"show", folder_.path("west.hfr")});
  EXPECT_THAT(shown.out, HasSubstr("07:06:10"));
  const Ran unknown = holdfast_program({"import", file, "-o", folder_.path("no.hfr"), "--zone", "Berlin"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("--zone: \"Berlin\" is no zone"));
}

TEST_F(AttachmentStory, ImportSaysByWhichClocksItWent) {
  folder_.write(
      "clocks.json",
      R"({"SourceName":"Microsoft-Windows-Security-Auditing","EventID":4689,"Hostname":"PC1","ProcessId":"0x9","EventTime":"2020-09-04 02:06:09"})"
      "\n"
      R"({"SourceName":"Microsoft-Windows-Sysmon","EventID":5,"Hostname":"PC1","ProcessId":7,"EventTime":"2020-09-04 02:06:10","UtcTime":"2020-09-04 07:06:10"})"
      "\n");
  const std::vector<std::string> arguments = {"import", folder_.path("clocks.json"), "-o", folder_.path("clocks.hfr")};
  EXPECT_THAT(holdfast_program(arguments).out,
              HasSubstr("  pc1: 1 events of Security-Auditing tell EventTime 5 h behind UTC: so say 1 of its Sysmon "
                        "events\n"));
  const auto root = json(arguments);
  const auto clock = root["clocks"].at(0);
  EXPECT_EQ(std::string_view(clock["computer"]), "pc1");
  EXPECT_EQ(std::string_view(clock["field"]), "EventTime");
  EXPECT_EQ(std::int64_t(clock["offset_ns"]), 18'000'000'000'000);
  EXPECT_EQ(std::string_view(clock["told_by"]), "events");
}

TEST_F(AttachmentStory, ImportNeedsAnOutput) {
  const Ran ran = holdfast_program({"import", kEvents});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("--output: is missing"));
}

TEST_F(AttachmentStory, ImportIntoAMissingFolderFails) {
  const Ran ran = holdfast_program({"import", kEvents, "-o", folder_.path("none/b.hfr")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("b.hfr"));
}

TEST_F(AttachmentStory, AssessesEverythingWithoutSettings) {
  const auto root = json({"replay", recording()});
  EXPECT_EQ(std::uint64_t(root["events"]), 22U);
  EXPECT_EQ(std::uint64_t(root["decisions"]["denied"]), 0U);
  EXPECT_EQ(std::uint64_t(root["decisions"]["asked"]), 0U);
  EXPECT_GE(std::uint64_t(root["decisions"]["assessed"]), 6U);
  EXPECT_EQ(simdjson::dom::array(root["listed"]).size(), std::uint64_t(root["decisions"]["assessed"]));
}

TEST_F(AttachmentStory, PrintsTheHashOfItsDecisionLog) {
  const std::string log = folder_.path("a.log");
  const Ran ran = holdfast_program({"replay", recording(), "--settings", kAsk, "--log", log});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const std::string text = folder_.read("a.log");
  EXPECT_THAT(text, HasSubstr("HOSTS_FILE_MODIFICATION"));
  engine::Sha256 hash;
  hash.update(text);
  EXPECT_THAT(ran.out, HasSubstr("log " + hash.hex()));
  EXPECT_EQ(hash_of({"--settings", kAsk}), hash.hex()) << "with and without --log, with and without --json";
}

TEST_F(AttachmentStory, StatesHowOftenItWouldAskAndWhatAsksMost) {
  const auto root = json({"replay", recording(), "--settings", kAsk});
  const auto prompts = root["prompts"];
  const std::uint64_t total = std::uint64_t(prompts["total"]);
  EXPECT_GT(total, 0U);
  EXPECT_GT(std::uint64_t(prompts["active_ns"]), 0U);
  std::uint64_t of_causes = 0;
  for (const auto cause : simdjson::dom::array(prompts["causes"])) of_causes += std::uint64_t(cause["prompts"]);
  EXPECT_EQ(of_causes, total);
  const Ran ran = holdfast_program({"replay", recording(), "--settings", kAsk});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("  asked "), HasSubstr(" of activity: "), HasSubstr(" an hour\n")));
  EXPECT_EQ(std::uint64_t(json({"replay", recording(), "--settings", kAsk, "--user", "away"})["prompts"]["total"]), 0U)
      << "nobody is there to be asked";
}

TEST_F(AttachmentStory, TakesFactsOfTheEndpointFromAFile) {
  folder_.write("pc.txtpb", "platform: WINDOWS_7_X64\nendpoint: \"PC-7\"\n");
  const std::string pc = folder_.path("pc.txtpb");
  EXPECT_EQ(std::string_view(json({"replay", recording(), "--profile", pc})["platform"]), "WINDOWS_7_X64");
  const auto older = json({"replay", recording(), "--profile", pc, "--platform", "windows_8_x64"});
  EXPECT_EQ(std::string_view(older["platform"]), "WINDOWS_8_X64") << "--platform wins";
  EXPECT_THAT(holdfast_program({"replay", recording(), "--profile", pc}).out,
              HasSubstr("next: holdfast explain " + recording() + " --profile " + pc));
  EXPECT_THAT(holdfast_program({"show", recording(), "--profile", pc, "--limit", "1"}).out,
              HasSubstr("Windows 7, 64-bit"));
  EXPECT_EQ(holdfast_program({"check", kExample, "--profile", pc}).exit_code, 0);
  const Ran scenario = holdfast_program({"explain", "fixtures/stories/updater.txtpb", "--profile", pc});
  EXPECT_EQ(scenario.exit_code, 2);
  EXPECT_THAT(scenario.err, HasSubstr("--profile: a scenario says this itself"));
}

TEST_F(AttachmentStory, ExplainListsWhatCanBeNamedWhereNothingIs) {
  const Ran ran = holdfast_program({"explain", recording(), "--settings", kDeny, "--limit", "1"});
  EXPECT_THAT(ran.out, HasSubstr("\nasked or denied: #1 #2 "));
  const auto root = json({"explain", recording(), "--settings", kDeny, "--limit", "1"});
  EXPECT_GT(simdjson::dom::array(root["numbers"]).size(), simdjson::dom::array(root["explained"]).size());
  EXPECT_THAT(holdfast_program({"explain", recording(), "--settings", kDeny, "--decision", "1"}).out,
              Not(HasSubstr("asked or denied:")));
  EXPECT_THAT(holdfast_program({"explain", recording()}).out, HasSubstr("\nabout a monitored event: #"));
}

TEST_F(AttachmentStory, ShowTakesTheDayThatItShows) {
  const Ran all = holdfast_program({"show", recording(), "--limit", "0"});
  const std::size_t at = all.out.find(" (UTC)");
  ASSERT_NE(at, std::string::npos);
  const std::string day = all.out.substr(at - 10, 10);
  EXPECT_EQ(holdfast_program({"show", recording(), "--from", day, "--limit", "0"}).out, all.out);
  EXPECT_THAT(holdfast_program({"show", recording(), "--from", day + " 23:59:59"}).out, HasSubstr("nothing happened"));
}

TEST_F(AttachmentStory, DecidesAlikeEveryTimeAndOtherwiseWithOtherSettings) {
  EXPECT_EQ(hash_of({"--settings", kAsk}), hash_of({"--settings", kAsk}));
  EXPECT_NE(hash_of({"--settings", kAsk}), hash_of({"--settings", kDeny}));
  EXPECT_NE(hash_of({"--settings", kAsk}), hash_of({"--settings", kAsk, "--user", "deny"}));
}

TEST_F(AttachmentStory, AUserWhoSaysNoStopsWhatSilenceLetsPass) {
  const Ran silent = holdfast_program({"replay", recording(), "--settings", kExample, "--user", "never"});
  EXPECT_THAT(silent.out, AllOf(HasSubstr("nobody answered"), Not(HasSubstr("the user said"))));
  const Ran no = holdfast_program({"replay", recording(), "--settings", kExample, "--user", "deny"});
  EXPECT_THAT(no.out, HasSubstr("denied after 5 s, the user said no"));
  const Ran yes =
      holdfast_program({"replay", recording(), "--settings", kExample, "--user", "allow", "--answers-after", "2s"});
  EXPECT_THAT(yes.out, HasSubstr("allowed after 2 s, the user said yes"));
}

TEST_F(AttachmentStory, NobodyLoggedOnIsSaidInTheReasons) {
  const auto root = json({"explain", recording(), "--settings", kExample, "--user", "away", "--limit", "100"});
  EXPECT_THAT(text_, HasSubstr("NO_USER_LOGGED_ON"));
  EXPECT_GT(simdjson::dom::array(root["explained"]).size(), 0U);
}

TEST_F(AttachmentStory, AServerDecidesNothingUntilItIsEnabled) {
  folder_.write("plain.txtpb", "name: \"plain\" event_monitoring { enabled: true }\n");
  const Ran ran = holdfast_program(
      {"replay", recording(), "--settings", folder_.path("plain.txtpb"), "--platform", "windows-server-2019-x64"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("no decisions"), HasSubstr("did not run: off by default on servers")));
}

TEST_F(AttachmentStory, ListsAtMostTheLimitAndSaysWhatItLeftOut) {
  const Ran ran = holdfast_program({"replay", recording(), "--settings", kDeny, "--limit", "2"});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("#1 "), HasSubstr("#2 "), Not(HasSubstr("#3 ")),
                             HasSubstr("more (--limit 0 lists all)")));
}

TEST_F(AttachmentStory, ReadsAndDecodesOnlyForTheMeasureOfSpeed) {
  const auto root = json({"replay", recording(), "--decode-only"});
  EXPECT_EQ(std::uint64_t(root["inputs"]), 22U);
}

TEST_F(AttachmentStory, ALogThatCannotBeWrittenLeavesNothing) {
  const Ran ran = holdfast_program({"replay", recording(), "--log", folder_.path("none/a.log")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out, IsEmpty());
}

TEST_F(AttachmentStory, ATornRecordingIsReplayedAndSaidToBeTorn) {
  const std::string whole = folder_.read("a.hfr");
  folder_.write("torn.hfr", whole.substr(0, whole.size() - 5));
  const Ran ran = holdfast_program({"replay", folder_.path("torn.hfr")});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("ends without its trailer"));
}

TEST_F(AttachmentStory, ExplainsTheDecisionThatReplayNumbered) {
  const Ran replayed = holdfast_program({"replay", recording(), "--settings", kExample});
  const std::size_t at = replayed.out.find("next: holdfast explain");
  ASSERT_NE(at, std::string::npos) << replayed.out;
  const std::size_t number = replayed.out.find("--decision ", at) + 11;
  const Ran why = holdfast_program({"explain", recording(), "--settings", kExample, "--decision",
                                    replayed.out.substr(number, replayed.out.find('\n', number) - number)});
  EXPECT_EQ(why.exit_code, 0) << why.err;
  EXPECT_THAT(why.out,
              AllOf(HasSubstr("Denied: cmd.exe (pid 4790"), HasSubstr("(settings fixtures/settings/example.txtpb:"),
                    HasSubstr("what would have let it pass: ")));
}

TEST_F(AttachmentStory, ExplainNamesTheLineOfTheSettings) {
  const Ran why = holdfast_program({"explain", recording(), "--settings", kExample, "--decision", "1"});
  std::ifstream settings(kExample);
  int line_number = 1;
  for (std::string line; std::getline(settings, line) && line.find("HOSTS_FILE_MODIFICATION") == std::string::npos;)
    ++line_number;
  EXPECT_THAT(why.out, HasSubstr("Hosts File Modification is set to Deny   (settings fixtures/settings/example.txtpb:" +
                                 std::to_string(line_number) + ")"));
}

TEST_F(AttachmentStory, ExplainRefusesADecisionThatWasNeverMade) {
  const Ran ran = holdfast_program({"explain", recording(), "--decision", "1000"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("there is no decision 1000"));
  EXPECT_EQ(holdfast_program({"explain", recording(), "--decision", "0"}).exit_code, 2);
  EXPECT_EQ(holdfast_program({"explain", recording(), "--decision", "1", "--operation", "1"}).exit_code, 2);
}

TEST_F(AttachmentStory, ExplainSaysWhyAnOperationLedToNoDecision) {
  const Ran ran = holdfast_program({"explain", recording(), "--operation", "3"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("No decision: operation 3 (dns_query"), HasSubstr("no rule")));
  EXPECT_EQ(holdfast_program({"explain", recording(), "--operation", "999"}).exit_code, 2);
}

TEST_F(AttachmentStory, ShowListsEverythingInOrderByTheClock) {
  const Ran ran = holdfast_program({"show", recording()});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("2024-03-12 (UTC)"),
                             HasSubstr("09:14:33.320  dns_query         mail.exe (3120)"), Not(HasSubstr("\x1b"))));
  EXPECT_LT(ran.out.find("dns_query"), ran.out.find("hosts"));
}

TEST_F(AttachmentStory, ShowFiltersByTimeAndProgram) {
  const Ran by_program = holdfast_program({"show", recording(), "--program", "MAIL.EXE"});
  EXPECT_THAT(by_program.out, AllOf(HasSubstr("mail.exe"), Not(HasSubstr("cmd.exe"))));
  const Ran by_clock = holdfast_program({"show", recording(), "--from", "09:15:10", "--to", "09:15:11"});
  EXPECT_THAT(by_clock.out, AllOf(HasSubstr("hosts"), Not(HasSubstr("dns_query"))));
  const Ran by_duration = holdfast_program({"show", recording(), "--from", "68s", "--to", "69s"});
  EXPECT_EQ(by_duration.out, by_clock.out) << "the recording began at 09:14:02.120";
  EXPECT_EQ(holdfast_program({"show", recording(), "--from", "9h", "--to", "1h"}).exit_code, 2);
  EXPECT_EQ(holdfast_program({"show", recording(), "--from", "tomorrow"}).exit_code, 2);
}

TEST_F(AttachmentStory, ShowSaysWhatItLeftOut) {
  const Ran ran = holdfast_program({"show", recording(), "--limit", "3"});
  EXPECT_THAT(ran.out, HasSubstr("more lines (--limit 0 shows all"));
  const Ran none = holdfast_program({"show", recording(), "--program", "no such program"});
  EXPECT_THAT(none.out, HasSubstr("nothing happened that these filters admit"));
}

TEST_F(AttachmentStory, EveryCommandSpeaksJson) {
  EXPECT_EQ(simdjson::dom::array(json({"show", recording(), "--limit", "5"})["rows"]).size(), 5U);
  EXPECT_EQ(std::string_view(json({"explain", recording(), "--decision", "1"})["explained"].at(0)["because"]),
            "ACTION_IS_ASSESS");
  EXPECT_EQ(std::uint64_t(json({"check", "fixtures/settings"})["refused"]), 0U);
  folder_.write("s.txtpb", kNobodyAnswers);
  EXPECT_TRUE(json({"run", folder_.path("s.txtpb")}).is_object());
}

TEST(ScenarioStory, IsExplainedAndShown) {
  const TemporaryFolder folder;
  folder.write("s.txtpb", kNobodyAnswers);
  const std::string scenario = folder.path("s.txtpb");
  const Ran why = holdfast_program({"explain", scenario});
  EXPECT_EQ(why.exit_code, 0) << why.err;
  EXPECT_THAT(why.out, AllOf(HasSubstr("Allowed: "), HasSubstr("nobody answered the prompt for 30 s"),
                             HasSubstr("(settings " + scenario + ":"), HasSubstr("what would have stopped it")));
  const Ran shown = holdfast_program({"show", scenario});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("prompt "), HasSubstr("00:00:"), Not(HasSubstr("(UTC)"))));
}

TEST(ScenarioStory, BringsItsOwnSettings) {
  const TemporaryFolder folder;
  folder.write("s.txtpb", kNobodyAnswers);
  const Ran ran = holdfast_program({"show", folder.path("s.txtpb"), "--settings", kAsk});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("a scenario says this itself"));
}

}  // namespace
}  // namespace holdfast
