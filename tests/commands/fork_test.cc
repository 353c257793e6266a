// A recording goes another way, as a person asks for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/commands/program.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ForkCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    const Ran ran =
        holdfast_program({"record", "scenarios/incidents/001-proxy-swallows-the-query.txtpb", "-o", recording()});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
  }
  std::string recording() const { return folder_.path("a.hfr"); }

  TemporaryFolder folder_;
};

TEST_F(ForkCommand, SaysWhatComesOutOtherwiseAndWritesIt) {
  const std::string forked = folder_.path("forked.hfr");
  const Ran ran = holdfast_program(
      {"fork", recording(), "--at", "1s", "--what-if", "proxy.behaviour=PROXY_WORKS", "--events", "-o", forked});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("different: services"), HasSubstr("recorded: DENY, ACTION_IS_DENY"),
                             HasSubstr("  modelled      00:00:02.021  http_outcome"),
                             HasSubstr("2 as recorded, 2 changed, 0 gone, 0 new")));
  const Ran verified = holdfast_program({"verify", forked});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
}

TEST_F(ForkCommand, TellsItToMachines) {
  const Ran ran = holdfast_program({"fork", recording(), "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("\"different\":\"nothing\""), HasSubstr("\"changed\":0"),
                             HasSubstr("\"suppressed\":0"), HasSubstr("\"decisions\":[]")));
}

TEST_F(ForkCommand, ShowsWhereADecisionFlips) {
  const Ran ran = holdfast_program({"fork", recording(), "--what-if", "proxy.behaviour=PROXY_WORKS", "--sweep",
                                    "service.latency=1s,3s", "--event", "NEW_STARTUP_PROGRAM"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("1s               ALLOW, CERTIFIED_SAFE"),
                             HasSubstr("3s               DENY, ACTION_IS_DENY"), HasSubstr("flips between 1s and 3s")));
  const Ran moments = holdfast_program({"fork", recording(), "--what-if", "proxy.behaviour=PROXY_WORKS", "--sweep",
                                        "at=1s,10s", "--event", "NEW_STARTUP_PROGRAM"});
  EXPECT_THAT(moments.out, HasSubstr("flips between 1s and 10s")) << moments.err;
}

TEST_F(ForkCommand, TakesAnotherWorldAndOtherExceptions) {
  folder_.write("world.txtpb", "proxy { address: \"proxy.example:8080\" }");
  const Ran answered = holdfast_program({"fork", recording(), "--world", folder_.path("world.txtpb")});
  EXPECT_EQ(answered.exit_code, 0) << answered.err;
  EXPECT_THAT(answered.out, HasSubstr("different: services"));
  const Ran blocked =
      holdfast_program({"fork", recording(), "--block", "C:\\Users\\user\\Downloads\\setup.exe", "--json"});
  EXPECT_EQ(blocked.exit_code, 0) << blocked.err;
  EXPECT_THAT(blocked.out, HasSubstr("ON_BLOCKED_LIST"));
}

TEST_F(ForkCommand, SaysOfALogThatItOnlyObservedAndNeverRecorded) {
  const std::string log = folder_.path("log.hfr");
  ASSERT_EQ(holdfast_program({"import", "fixtures/events/campaign.evtx", "-o", log}).exit_code, 0);
  const std::vector<std::string> asked = {"fork",       log,
                                          "--settings", "fixtures/settings/ask-all.txtpb",
                                          "--block",    "C:\\Users\\nils\\AppData\\Roaming\\ContosoSync\\*"};
  const Ran only = holdfast_program(asked);
  EXPECT_EQ(only.exit_code, 0) << only.err;
  EXPECT_THAT(only.out,
              AllOf(HasSubstr("without it: "), HasSubstr("   settings ask-all\n"), HasSubstr(" as without it, "),
                    Not(HasSubstr("recorded: ")), HasSubstr("only observed: ")));
  std::vector<std::string> assumed = asked;
  assumed.emplace_back("--assume-hold");
  const Ran held = holdfast_program(assumed);
  EXPECT_THAT(held.out, AllOf(HasSubstr("DENY    User-Defined Policy          syncsvc.exe"),
                              HasSubstr("22 (5.3 %) suppressed"), Not(HasSubstr("only observed: "))));
  assumed.insert(assumed.end(), {"-o", folder_.path("held.hfr")});
  const Ran written = holdfast_program(assumed);
  ASSERT_EQ(written.exit_code, 0);
  EXPECT_THAT(written.out, HasSubstr(" --settings fixtures/settings/ask-all.txtpb --assume-hold\n")) << "its next line";
  const std::vector<std::string> next = {
      "diff", log, folder_.path("held.hfr"), "--settings", "fixtures/settings/ask-all.txtpb", "--assume-hold"};
  EXPECT_THAT(holdfast_program(next).out, AllOf(HasSubstr(" gone"), Not(HasSubstr(" added"))))
      << "it says what the fork said";
  EXPECT_EQ(holdfast_program({"verify", folder_.path("held.hfr")}).exit_code, 0)
      << "it can be looked at like any other";
  EXPECT_EQ(holdfast_program({"fork", recording(), "--assume-hold"}).exit_code, 2) << "it said itself what it held";
}

// What an agent told of its endpoint was recorded: another one is a what-if.
TEST_F(ForkCommand, HoldsAnotherEndpointOfAnAgentAgainstTheRecordedOne) {
  folder_.write("profile.txtpb", "platform: WINDOWS_SERVER_2012_X64\n");
  for (const std::vector<std::string>& other : {std::vector<std::string>{"--platform", "windows_server_2012_x64"},
                                                {"--profile", folder_.path("profile.txtpb")}}) {
    std::vector<std::string> asked = {"fork", recording()};
    asked.insert(asked.end(), other.begin(), other.end());
    EXPECT_THAT(holdfast_program(asked).out, AllOf(HasSubstr("different: endpoint"), Not(HasSubstr(" 0 changed"))));
  }
}

TEST_F(ForkCommand, SaysOfASweepWhetherItHappens) {
  const std::string log = folder_.path("log.hfr");
  ASSERT_EQ(holdfast_program({"import", "fixtures/events/campaign.evtx", "-o", log}).exit_code, 0);
  const Ran ran = holdfast_program({"fork", log, "--settings", "fixtures/settings/deny-all.txtpb", "-d", "1", "--sweep",
                                    "agent.platform=WINDOWS_10_X64,WINDOWS_XP_X64"});
  EXPECT_THAT(ran.out, HasSubstr("WINDOWS_XP_X64  no verdict: it happens, and nobody judges it"));
}

TEST_F(ForkCommand, SaysWhoWaitsLonger) {
  const std::vector<std::string> slow = {"fork", recording(), "--what-if", "proxy.behaviour=PROXY_WORKS"};
  std::vector<std::string> threshold = slow;
  threshold.insert(threshold.end(), {"--wait-threshold", "soon"});
  EXPECT_THAT(holdfast_program(threshold).err, HasSubstr("--wait-threshold: "));
  const Ran ran = holdfast_program(slow);
  EXPECT_THAT(ran.out, HasSubstr("  waits        "));
  EXPECT_THAT(ran.out, HasSubstr(" in all, longest "));
}

TEST_F(ForkCommand, RefusesWhatMakesNoSense) {
  const Ran late = holdfast_program({"fork", recording(), "--at", "99h"});
  EXPECT_EQ(late.exit_code, 2);
  EXPECT_THAT(late.err, HasSubstr("is after its end"));
  const Ran lonely = holdfast_program({"fork", recording(), "--decision", "1"});
  EXPECT_EQ(lonely.exit_code, 2);
  EXPECT_THAT(lonely.err, HasSubstr("add --sweep"));
  EXPECT_THAT(holdfast_program({"fork", recording(), "-j", "2"}).err, HasSubstr("--jobs: means something to a sweep"));
  const Ran patient = holdfast_program({"fork", recording(), "--answers-after", "2s"});
  EXPECT_EQ(patient.exit_code, 2);
  EXPECT_THAT(patient.err, HasSubstr("--answers-after: nobody answers that it could be of"));
  const Ran written = holdfast_program({"fork", recording(), "--sweep", "at=1s,2s", "-o", folder_.path("b.hfr")});
  EXPECT_EQ(written.exit_code, 2);
  EXPECT_THAT(written.err, HasSubstr("--output: means nothing to this sweep"));
  const Ran twice = holdfast_program({"fork", recording(), "--sweep", "at=1s,2s", "--at", "3s"});
  EXPECT_THAT(twice.err, HasSubstr("--at: means nothing to this sweep"));
  const Ran axis = holdfast_program({"fork", recording(), "--sweep", "service.latency=3s..1s"});
  EXPECT_EQ(axis.exit_code, 2);
  EXPECT_THAT(axis.err, HasSubstr("does not ascend"));
  folder_.write("world.txtpb", "proxy { behaviour: PROXY_DREAMS }");
  const Ran dream = holdfast_program({"fork", recording(), "--world", folder_.path("world.txtpb")});
  EXPECT_EQ(dream.exit_code, 2);
  EXPECT_THAT(dream.err, HasSubstr("world.txtpb:1"));
}

}  // namespace
}  // namespace holdfast
