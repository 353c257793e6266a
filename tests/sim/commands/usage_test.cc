// What every subcommand owes a person: help with examples, errors that say where, why and what to do, exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/sim/commands/program.h"
#include "tests/sim/temporary_folder.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class EveryCommand : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Usage, EveryCommand, testing::Values("run", "import", "replay", "explain", "show", "check"));

TEST_P(EveryCommand, ExplainsItselfWithExamples) {
  for (const char* flag : {"--help", "-h"}) {
    const Ran ran = holdfast_program({GetParam(), flag});
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_THAT(ran.out, AllOf(StartsWith(std::string("holdfast ") + GetParam() + ": "), HasSubstr("usage: holdfast "),
                               HasSubstr("--json"), HasSubstr("examples:\n  holdfast " + std::string(GetParam()))));
    EXPECT_THAT(ran.err, IsEmpty());
  }
}

TEST_P(EveryCommand, RefusesAnUnknownOption) {
  const Ran ran = holdfast_program({GetParam(), "--no-such-option"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_EQ(ran.err, std::string("holdfast: ") + GetParam() +
                         ": unrecognised option '--no-such-option'; see holdfast " + GetParam() + " --help\n");
}

TEST_P(EveryCommand, RefusesToGuessAnAbbreviatedOption) {
  EXPECT_EQ(holdfast_program({GetParam(), "--jso"}).exit_code, 2);
}

TEST_P(EveryCommand, SaysWhatIsMissing) {
  const Ran ran = holdfast_program({GetParam()});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, AllOf(HasSubstr(" is missing"), HasSubstr("--help")));
}

TEST_P(EveryCommand, SaysThatAFileDoesNotExist) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments{GetParam(), folder.path("missing.txtpb")};
  if (std::string(GetParam()) == "import") arguments.insert(arguments.end(), {"-o", folder.path("a.hfr")});
  const Ran ran = holdfast_program(arguments);
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out + ran.err, HasSubstr("missing.txtpb"));
  EXPECT_FALSE(std::filesystem::exists(folder.path("a.hfr")));
}

TEST(Usage, OfTheProgramNamesEveryCommandAndTheExitCodes) {
  for (const char* flag : {"--help", "-h", "help"}) {
    const Ran ran = holdfast_program({flag});
    EXPECT_EQ(ran.exit_code, 0);
    for (const char* part : {"run ", "import ", "replay ", "explain ", "show ", "check ", "exit codes: 0 "}) {
      EXPECT_THAT(ran.out, HasSubstr(part));
    }
  }
}

TEST(Usage, TellsTheVersion) {
  const Ran ran = holdfast_program({"--version"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, testing::MatchesRegex("holdfast [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(Usage, RefusesAnUnknownCommandAndNone) {
  EXPECT_EQ(holdfast_program({"fly"}).err, "holdfast: \"fly\" is no command; see holdfast --help\n");
  EXPECT_EQ(holdfast_program({"fly"}).exit_code, 2);
  EXPECT_EQ(holdfast_program({}).exit_code, 2);
}

struct BadNumber {
  const char* option;
  const char* value;
};
class BadNumbers : public testing::TestWithParam<BadNumber> {};
INSTANTIATE_TEST_SUITE_P(Usage, BadNumbers,
                         testing::Values(BadNumber{"--limit", "-1"}, BadNumber{"--limit", "1.5"},
                                         BadNumber{"--limit", ""}, BadNumber{"--limit", "many"},
                                         BadNumber{"--limit", "99999999999999999999999"},
                                         BadNumber{"--limit", "0x10"}));

TEST_P(BadNumbers, AreRefusedWithTheOptionAndTheRange) {
  const Ran ran = holdfast_program({"replay", "x.hfr", std::string(GetParam().option) + "=" + GetParam().value});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("--limit"));
}

TEST(Usage, RefusesAnOptionGivenTwice) {
  const Ran ran = holdfast_program({"replay", "x.hfr", "--limit", "1", "--limit", "2"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("'--limit' is given twice"));
}

TEST(Usage, RefusesOneArgumentTooMany) {
  const Ran ran = holdfast_program({"replay", "a.hfr", "b.hfr"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("\"b.hfr\" is one too many"));
}

class ReadersOfRecordings : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Usage, ReadersOfRecordings, testing::Values("replay", "explain", "show"));

TEST_P(ReadersOfRecordings, RefuseAFolder) {
  const TemporaryFolder folder;
  const Ran ran = holdfast_program({GetParam(), folder.path("")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, AllOf(StartsWith("holdfast: "), HasSubstr("is a directory")));
}

TEST_P(ReadersOfRecordings, RefuseWhatIsNoRecording) {
  const TemporaryFolder folder;
  folder.write("text.hfr", "this is no recording, it is a sentence that goes on for a while to be long enough\n");
  folder.write("empty.hfr", "");
  for (const char* name : {"text.hfr", "empty.hfr"}) {
    const Ran ran = holdfast_program({GetParam(), folder.path(name)});
    EXPECT_EQ(ran.exit_code, 2) << name;
    EXPECT_THAT(ran.err, AllOf(StartsWith("holdfast: "), HasSubstr(name)));
  }
}

TEST_P(ReadersOfRecordings, RefuseAFileThatMustNotBeRead) {
  const TemporaryFolder folder;
  folder.write("secret.hfr", "x");
  if (!folder.forbid_reading("secret.hfr")) GTEST_SKIP() << "permissions do not bind this user: NOT TESTED";
  const Ran ran = holdfast_program({GetParam(), folder.path("secret.hfr")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("secret.hfr"));
}

TEST_P(ReadersOfRecordings, RefuseBrokenSettingsWithTheirLine) {
  const TemporaryFolder folder;
  folder.write("a.hfr", "");
  folder.write("typo.txtpb", "name: \"x\"\nevent_monitoring {\n  enabeld: true\n}\n");
  folder.write("range.txtpb", "name: \"x\"\n\nallow_if_unanswered_s: 601\n");
  folder.write("list.txtpb",
               "exceptions {\n  approved { path: \"C:\\\\*\" }\n  approved { path: \"?:\\\\x.exe\" }\n}\n");
  for (const auto& [file, place] : std::vector<std::pair<std::string, std::string>>{
           {"typo.txtpb", "typo.txtpb:3"}, {"range.txtpb", "range.txtpb:3"}, {"list.txtpb", "list.txtpb:3"}}) {
    const Ran ran = holdfast_program({GetParam(), folder.path("a.hfr"), "--settings", folder.path(file)});
    EXPECT_EQ(ran.exit_code, 2) << file;
    EXPECT_THAT(ran.err, AllOf(StartsWith("holdfast: "), HasSubstr(place)));
    EXPECT_EQ(std::ranges::count(ran.err, '\n'), 1) << "one line: " << ran.err;
  }
}

TEST_P(ReadersOfRecordings, RefuseAnUnknownUserOrPlatform) {
  EXPECT_THAT(holdfast_program({GetParam(), "a.hfr", "--user", "somebody"}).err,
              HasSubstr("--user: \"somebody\" is nobody"));
  EXPECT_THAT(holdfast_program({GetParam(), "a.hfr", "--platform", "beos"}).err, HasSubstr("--platform"));
  EXPECT_THAT(holdfast_program({GetParam(), "a.hfr", "--answers-after", "5"}).err, HasSubstr("--answers-after"));
}

TEST(Usage, TellsThatStandardOutputIsFull) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "this system has no /dev/full: NOT TESTED";
  const std::string line = std::string("'") + HOLDFAST_PROGRAM + "' --help >/dev/full 2>/dev/null";
  EXPECT_EQ(std::system(line.c_str()) / 256, 2);
}

}  // namespace
}  // namespace holdfast
