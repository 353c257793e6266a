// Recordings decided about by another build, as a CI server would have it: by the build itself, and by programs that
// behave badly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/commands/program.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class VerifyAgainst : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(holdfast_program({"record", kUserAway, "-o", recording()}).exit_code, 0); }
  std::string recording() const { return folder_.path("a.hfr"); }

  Ran against(const std::string& build, std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {"verify", recording(), "--against", build});
    return holdfast_program(options);
  }

  // A program that calls itself a build, and does `replays` when told `replay RECORDING --log FILE`.
  std::string build_that(const std::string& replays, const std::string& says = "echo holdfast 9.9.9") const {
    folder_.write("build", "#!/bin/sh\nif [ \"$1\" = --version ]; then " + says + "; exit; fi\n" + replays + '\n');
    std::filesystem::permissions(folder_.path("build"), std::filesystem::perms::owner_all);
    return folder_.path("build");
  }

  TemporaryFolder folder_;
};

TEST_F(VerifyAgainst, ItselfDecidesTheSame) {
  const Ran ran = against(HOLDFAST_PROGRAM);
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr(" against this build\n"),
                             HasSubstr("  ok    " + recording() + "   3 decisions there, 3 here\n")));
}

TEST_F(VerifyAgainst, TakesWhatWasImported) {
  ASSERT_EQ(holdfast_program({"import", "fixtures/events/workday.json", "-o", folder_.path("i.hfr")}).exit_code, 0);
  const Ran ran = against(HOLDFAST_PROGRAM, {folder_.path("i.hfr")});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("  ok    " + folder_.path("i.hfr")));
}

TEST_F(VerifyAgainst, SaysThatThereIsNoSuchBuild) {
  const Ran missing = against(folder_.path("no-such-build"));
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, HasSubstr("no-such-build: there is no such program"));
  EXPECT_THAT(against(folder_.path("")).err, HasSubstr("is no program, but a folder"));
}

TEST_F(VerifyAgainst, RefusesOptionsThatMeanNothing) {
  const Ran alone = holdfast_program({"verify", recording(), "--timeout", "5s"});
  EXPECT_EQ(alone.exit_code, 2);
  EXPECT_THAT(alone.err, HasSubstr("--timeout: needs --against"));
  for (const char* timeout : {"0s", "5", "soon"}) {
    const Ran ran = against(HOLDFAST_PROGRAM, {"--timeout", timeout});
    EXPECT_EQ(ran.exit_code, 2) << timeout;
    EXPECT_THAT(ran.err, HasSubstr("--timeout"));
  }
  EXPECT_EQ(against(HOLDFAST_PROGRAM, {"--hash"}).exit_code, 2);
}

TEST_F(VerifyAgainst, NamesTheRecordingThatNeitherCanRead) {
  const Ran ran = against(HOLDFAST_PROGRAM, {folder_.path("missing.hfr")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("missing.hfr"));
}

#ifndef _WIN32

// This build, but it denies what it would allow.
std::string replays_otherwise() {
  return std::string("'") + HOLDFAST_PROGRAM +
         R"(' replay "$2" --log "$4" >/dev/null && sed -i s/decision=ALLOW/decision=DENY/ "$4")";
}

TEST_F(VerifyAgainst, ListsTheVerdictsThatChanged) {
  const std::string build = build_that(replays_otherwise());
  const Ran ran = against(build);
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("  holdfast 9.9.9 at " + build + " against this build\n"),
                             HasSubstr("  DIFF  " + recording()), HasSubstr("    New Startup Program\n"),
                             HasSubstr("DENY because nobody answered → ALLOW because nobody answered\n"),
                             HasSubstr("  1 equal, 2 changed\n")));
}

TEST_F(VerifyAgainst, TellsMachinesTheSame) {
  const std::string build = build_that(replays_otherwise());
  const Ran ran = against(build, {"--json"});
  EXPECT_EQ(ran.exit_code, 1) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr(R"("version":"holdfast 9.9.9")"), HasSubstr(R"("same":false,"equal":1)"),
                             HasSubstr(R"("different":1,"unread":0})")));
}

TEST_F(VerifyAgainst, TakesNamesAsTheyAre) {
  const std::string odd = folder_.path("a 'b' $(exit).hfr");
  std::filesystem::copy_file(recording(), odd);
  EXPECT_EQ(holdfast_program({"verify", odd, "--against", HOLDFAST_PROGRAM}).exit_code, 0);
}

TEST_F(VerifyAgainst, LeavesNothingBehind) {
  EXPECT_EQ(against(build_that("dirname \"$4\" >'" + folder_.path("where") + "'; exit 1")).exit_code, 2);
  std::string where = folder_.read("where");
  ASSERT_FALSE(where.empty());
  where.pop_back();
  EXPECT_FALSE(std::filesystem::exists(where)) << where;
}

struct BadBuild {
  const char* name;
  const char* says;     // to --version
  const char* replays;  // to replay
  const char* error;
  const char* timeout = "60s";
};
class BadBuilds : public VerifyAgainst, public ::testing::WithParamInterface<BadBuild> {};
constexpr const char* kHoldfast = "echo holdfast 9.9.9";
INSTANTIATE_TEST_SUITE_P(
    VerifyAgainst, BadBuilds,
    ::testing::Values(
        BadBuild{"NoHoldfast", "echo whatever", "exit 0", R"(is no holdfast: to --version it says "whatever")"},
        BadBuild{"SaysNothing", "true", "exit 0", R"(is no holdfast: to --version it says "")"},
        BadBuild{"SaysTooMuch", "exec yes", "exit 0", "wrote more than 65,536 bytes"},
        BadBuild{"NeverSaysWhatItIs", "exec sleep 60", "exit 0", "did not end within 0.30 s", "300ms"},
        BadBuild{"Hangs", kHoldfast, "exec sleep 60", "did not end within 0.30 s", "300ms"},
        BadBuild{"Refuses", kHoldfast, "echo 'holdfast: a.hfr: too new' >&2; exit 2",
                 "a.hfr with exit code 2: holdfast: a.hfr: too new"},
        BadBuild{"WritesNoLog", kHoldfast, "exit 0", "wrote no decision log about "},
        BadBuild{"WritesGarbage", kHoldfast, R"(printf 'a\033[31m\n' >"$4")", ":1: is no line of a decision log"},
        BadBuild{"Crashes", kHoldfast, "kill -KILL $$", "was ended by signal 9"}),
    [](const auto& test) { return test.param.name; });

TEST_P(BadBuilds, AreRefusedWithTheReason) {
  const std::string build = build_that(GetParam().replays, GetParam().says);
  const Ran ran = against(build, {"--timeout", GetParam().timeout});
  EXPECT_EQ(ran.exit_code, 2) << ran.out;
  EXPECT_THAT(ran.err, AllOf(HasSubstr("build"), HasSubstr(GetParam().error), Not(HasSubstr("\x1b"))));
}

TEST_F(VerifyAgainst, SaysThatABuildMustNotBeStarted) {
  folder_.write("build", "#!/bin/sh\n");
  const Ran ran = against(folder_.path("build"));
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("build: cannot be started: Permission denied"));
}

#endif

}  // namespace
}  // namespace holdfast
