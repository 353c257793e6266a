// What every subcommand owes a person: help with examples, errors that say where, why and what to do, exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#ifndef _WIN32
#include <sys/stat.h>
#endif

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "sensors/recording/recording.h"
#include "tests/commands/program.h"
#include "tests/refusals.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// Needs -o.
bool writes_a_file(const std::string& command) {
  return command == "import" || command == "shrink" || command == "record" || command == "redact";
}

// What a subcommand is told to read `file`, and to write where it must.
std::vector<std::string> reading(const std::string& command, const TemporaryFolder& folder, const std::string& file) {
  std::vector<std::string> arguments{command, file};
  if (command == "diff") arguments.push_back(file);
  if (writes_a_file(command)) arguments.insert(arguments.end(), {"-o", folder.path("a.hfr")});
  if (command == "redact") arguments.insert(arguments.end(), {"--key", "fixtures/keys/example.key"});
  return arguments;
}

class EveryCommand : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Usage, EveryCommand,
                         testing::Values("run", "map", "import", "replay", "explain", "show", "check", "shrink", "fork",
                                         "record", "verify", "redact", "diff", "explore"));

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
  if (GetParam() == std::string("explore")) {  // it needs nothing; of what it is given, nothing is left out in silence
    EXPECT_EQ(holdfast_program({"explore", "--seeds", "1..1", "--inputs", "10"}).exit_code, 0);
    EXPECT_THAT(holdfast_program({"explore", "--profile", "help"}).out, HasSubstr("  asking "));
    return;
  }
  const Ran ran = holdfast_program({GetParam()});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, AllOf(HasSubstr(" is missing"), HasSubstr("--help")));
}

TEST_P(EveryCommand, SaysThatAFileDoesNotExist) {
  const TemporaryFolder folder;
  const Ran ran = holdfast_program(reading(GetParam(), folder, folder.path("missing.txtpb")));
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out + ran.err, HasSubstr("missing.txtpb"));
  EXPECT_FALSE(std::filesystem::exists(folder.path("a.hfr")));
}

TEST(Usage, OfTheProgramNamesEveryCommandAndTheExitCodes) {
  for (const char* flag : {"--help", "-h", "help"}) {
    const Ran ran = holdfast_program({flag});
    EXPECT_EQ(ran.exit_code, 0);
    for (const char* part :
         {"run ", "import ", "replay ", "explain ", "show ", "check ", "shrink ", "diff ", "exit codes: 0 "}) {
      EXPECT_THAT(ran.out, HasSubstr(part));
    }
  }
}

TEST(Usage, TellsTheVersion) {
  const Ran ran = holdfast_program({"--version"});
  EXPECT_EQ(ran.exit_code, 0);
  unsigned major = 0;
  unsigned minor = 0;
  unsigned patch = 0;
  ASSERT_EQ(std::sscanf(ran.out.c_str(), "holdfast %u.%u.%u\n", &major, &minor, &patch), 3) << ran.out;
  EXPECT_EQ(ran.out,
            "holdfast " + std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(patch) + '\n');
}

TEST(Usage, RefusesAnUnknownCommandAndNone) {
  EXPECT_EQ(holdfast_program({"fly"}).err, "holdfast: \"fly\" is no command; see holdfast --help\n");
  EXPECT_EQ(holdfast_program({"fly"}).exit_code, 2);
  EXPECT_EQ(holdfast_program({}).exit_code, 2);
}

// What is needed only later is looked at before anything is done.
TEST(Usage, RefusesWhatWouldFailOnlyLater) {
  const TemporaryFolder folder;
  const std::string nowhere = folder.path("nowhere");
  const Ran explored = holdfast_program({"explore", "--seeds", "1..1", "-o", nowhere});
  EXPECT_EQ(explored.exit_code, 2);
  EXPECT_THAT(explored.err, HasSubstr("--output: " + nowhere + " is no folder"));
  const std::string live = "fixtures/stories/updater.txtpb";
  const std::string recording = folder.path("a.hfr");
  EXPECT_THAT(holdfast_program({"record", "--live", live, "-o", recording, "--ca", nowhere}).err,
              HasSubstr(nowhere + ": there is no such file"));
  const std::string text = folder.path("text.pem");
  folder.write("text.pem", "hello");
  const Ran recorded = holdfast_program({"record", "--live", live, "-o", recording, "--ca", text});
  EXPECT_EQ(recorded.exit_code, 2);
  EXPECT_THAT(recorded.err, HasSubstr(text + ": holds no certificate in PEM form"));
  EXPECT_FALSE(std::filesystem::exists(recording));
  EXPECT_THAT(holdfast_program({"explore", "--seeds", "1..18446744073709551615"}).err, HasSubstr("is more than "));
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

TEST(Usage, TakesSeveralChangesOfAScenarioAndNamesTheOneThatMakesNoSense) {
  const Ran ran = holdfast_program({"run", "scenarios/reference", "--filter", "nobody-answers", "--what-if", "seed=2",
                                    "--what-if", "service.latncy=5s"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out + ran.err, HasSubstr("--what-if: service.latncy: ServiceModel has no field \"latncy\""));
}

TEST(Usage, SaysThatARecordingIsNoScenarioAndWhoReadsIt) {
  for (const char* command : {"run", "check"}) {
    const Ran ran = holdfast_program({command, "fixtures/recordings/v2-linux.hfr"});
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_THAT(ran.out + ran.err, HasSubstr("v2-linux.hfr: is a recording, not text; `holdfast replay`"));
  }
}

TEST(Usage, UpdatesNoExpectationsByWhatWouldHappen) {
  const Ran ran = holdfast_program({"run", "scenarios", "--update", "--what-if", "seed=2"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("leave out --update or --what-if"));
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

// As if it went on from nothing, a story would be told that nobody recorded.
TEST_P(ReadersOfRecordings, RefuseWhatIsTornOffBeforeItsFirstRecord) {
  const TemporaryFolder folder;
  const std::string file = folder.path("a.hfr");
  ASSERT_EQ(holdfast_program({"record", "scenarios/incidents/004-user-away.txtpb", "-o", file}).exit_code, 0);
  std::filesystem::resize_file(file, RecordingReader::open(file)->offset_bytes());
  const Ran ran = holdfast_program(reading(GetParam(), folder, file));
  EXPECT_EQ(ran.exit_code, 2) << ran.out;
  EXPECT_THAT(ran.err, HasSubstr("nothing of it is left"));
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

TEST_P(ReadersOfRecordings, RefuseAProfileThatIsNone) {
  const TemporaryFolder folder;
  folder.write("typo.txtpb", "endpoint: \"PC-1\"\nplatfrm: WINDOWS_7_X64\n");
  folder.write("settings.txtpb", "event_monitoring { enabled: true }\n");
  for (const auto& [file, says] : std::vector<std::pair<std::string, std::string>>{
           {"typo.txtpb", "typo.txtpb:2: platfrm: AgentProfile has no such field; did you mean platform?"},
           {"settings.txtpb", "settings.txtpb:1: event_monitoring: AgentProfile has no such field"},
           {"missing.txtpb", "missing.txtpb: there is no such file"}}) {
    const Ran ran = holdfast_program({GetParam(), "a.hfr", "--profile", folder.path(file)});
    EXPECT_EQ(ran.exit_code, 2) << file;
    EXPECT_THAT(ran.err, HasSubstr(says));
  }
}

TEST_P(ReadersOfRecordings, RefuseAnUnknownUserOrPlatform) {
  EXPECT_THAT(holdfast_program({GetParam(), "a.hfr", "--user", "somebody"}).err,
              HasSubstr("--user: \"somebody\" is nobody"));
  EXPECT_THAT(holdfast_program({GetParam(), "a.hfr", "--platform", "beos"}).err, HasSubstr("--platform"));
  EXPECT_THAT(holdfast_program({GetParam(), "a.hfr", "--answers-after", "5"}).err, HasSubstr("--answers-after"));
}

#ifndef _WIN32

TEST_P(EveryCommand, SaysThatAFileMustNotBeRead) {
  const TemporaryFolder folder;
  folder.write("secret.txtpb", "x");
  folder.forbid_reading("secret.txtpb");
  const Ran ran =
      holdfast_program(reading(GetParam(), folder, folder.path("secret.txtpb")), Rights::kWithoutThoseOfTheSuperuser);
  EXPECT_EQ(ran.exit_code, 2) << ran.out << ran.err;
  EXPECT_THAT(ran.out + ran.err, AllOf(HasSubstr("secret.txtpb: "), HasSubstr("cannot be opened")));
  EXPECT_FALSE(std::filesystem::exists(folder.path("a.hfr")));
}

TEST_P(EveryCommand, SaysThatAFolderIsNoFile) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("empty.txtpb"));
  const Ran ran = holdfast_program(reading(GetParam(), folder, folder.path("empty.txtpb")));
  const std::string name = GetParam();
  const bool takes_folders = name == "check" || name == "run" || name == "explore";
  const char* const said = takes_folders      ? "there is no .txtpb file"
                           : name == "import" ? "holds no event logs"
                                              : "not a file";
  EXPECT_EQ(ran.exit_code, 2) << ran.out << ran.err;
  EXPECT_THAT(ran.out + ran.err, AllOf(HasSubstr("empty.txtpb"), HasSubstr(said)));
  EXPECT_FALSE(std::filesystem::exists(folder.path("a.hfr")));
}

TEST(Usage, TellsThatStandardOutputIsFull) {
  ASSERT_TRUE(std::filesystem::exists("/dev/full"));
  const std::string line = std::string("'") + HOLDFAST_PROGRAM + "' --help >/dev/full 2>/dev/null";
  EXPECT_EQ(std::system(line.c_str()) / 256, 2);
}

// ---------------------------------------------------------------- files that it writes

struct Writing {
  const char* name;
  std::vector<std::string> arguments;  // "OUT" stands for the file to write
};
class WritersOfFiles : public testing::TestWithParam<Writing> {
 protected:
  Ran write_to(const std::string& out, Rights rights = Rights::kAll) const {
    std::vector<std::string> arguments = GetParam().arguments;
    std::ranges::replace(arguments, "OUT", out);
    return holdfast_program(arguments, rights);
  }
};
INSTANTIATE_TEST_SUITE_P(
    Usage, WritersOfFiles,
    testing::Values(Writing{"Import", {"import", "fixtures/events/workday.json", "-o", "OUT"}},
                    Writing{"JUnit", {"run", "scenarios/reference/01-structure", "--junit", "OUT"}},
                    Writing{"Shrink", {"shrink", "scenarios/reference/05-asking/nobody-answers.txtpb", "-o", "OUT"}},
                    Writing{"Log", {"replay", "fixtures/recordings/v1-linux.hfr", "--log", "OUT"}}),
    [](const auto& instance) { return instance.param.name; });

TEST_P(WritersOfFiles, LeaveNothingOnAFullDisk) {
  const TemporaryFolder folder;
  Ran ran;
  {
    const FileSizeLimit limit(600);
    ASSERT_TRUE(limit.holds());
    ran = write_to(folder.path("out"));
  }
  EXPECT_EQ(ran.exit_code, 2) << ran.out << ran.err;
  EXPECT_THAT(ran.err,
              AllOf(StartsWith("holdfast: " + folder.path("out")), HasSubstr("cannot be written"), HasSubstr("space")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path(""))) << "something half-written is left";
}

TEST_P(WritersOfFiles, KeepTheOlderFileOnAFullDisk) {
  const TemporaryFolder folder;
  folder.write("out", "older");
  {
    const FileSizeLimit limit(600);
    ASSERT_TRUE(limit.holds());
    EXPECT_EQ(write_to(folder.path("out")).exit_code, 2);
  }
  EXPECT_EQ(folder.read("out"), "older");
}

TEST_P(WritersOfFiles, SayThatAFolderMustNotBeWrittenTo) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("closed"));
  std::filesystem::permissions(folder.path("closed"), std::filesystem::perms::owner_read);
  const Ran ran = write_to(folder.path("closed/out"), Rights::kWithoutThoseOfTheSuperuser);
  EXPECT_EQ(ran.exit_code, 2) << ran.out << ran.err;
  EXPECT_THAT(ran.err, AllOf(StartsWith("holdfast: " + folder.path("closed/out")), HasSubstr("permission")));
}

TEST_P(WritersOfFiles, SayThatAFolderIsInTheWay) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("out"));
  const Ran ran = write_to(folder.path("out"));
  EXPECT_EQ(ran.exit_code, 2) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("out"));
  EXPECT_TRUE(std::filesystem::is_directory(folder.path("out")));
  EXPECT_FALSE(std::filesystem::exists(folder.path("out.partial")));
}

TEST(WritersOfFilesThatTheyRead, AreRefused) {
  const TemporaryFolder folder;
  const std::string file = folder.path("read.hfr");
  const std::string same =
      folder.path("") + "/../" + std::filesystem::path(folder.path("")).filename().string() + "/read.hfr";
  const std::vector<std::vector<std::string>> commands = {
      {"import", file, "-o", same},
      {"record", file, "-o", same},
      {"shrink", file, "-o", same},
      {"fork", file, "-o", same},
      {"redact", file, "--key", "fixtures/keys/example.key", "-o", same},
      {"replay", file, "--log", same},
      {"run", file, "--junit", same},
      {"redact", "fixtures/recordings/v1-linux.hfr", "--key", file, "-o", same},
      {"fork", "fixtures/recordings/v1-linux.hfr", "--settings", file, "-o", same},
      {"fork", "fixtures/recordings/v1-linux.hfr", "--profile", file, "-o", same},
      {"replay", "fixtures/recordings/v1-linux.hfr", "--profile", file, "--log", same},
      {"import", folder.path(""), "-o", same},
      {"replay", folder.path(""), "--log", same},
      {"run", folder.path(""), "--junit", same},
  };
  for (const std::vector<std::string>& command : commands) {
    folder.write("read.hfr", "the only copy");
    const Ran ran = holdfast_program(command);
    EXPECT_EQ(ran.exit_code, 2) << command[0] << ": " << ran.out;
    EXPECT_THAT(ran.err, HasSubstr("is the file that is read; name another one")) << command[0];
    EXPECT_EQ(folder.read("read.hfr"), "the only copy") << command[0];
  }
}

// Whatever a file is called, the line that a command shows as the next one can be typed as it stands.
TEST(TheNextCommandThatIsShown, CanBeTypedAsItIs) {
  const TemporaryFolder folder;
  std::vector<std::string> names = {"plain.hfr", "two words.hfr", "it's & (that)~.hfr", "b\u00fcro;#1.hfr"};
#ifndef _WIN32
  names.insert(names.end(), {"$HOME \"x\"!.hfr", "a\\ b.hfr", "`id`.hfr"});
#endif
  for (const std::string& name : names) {
    const Ran recorded =
        holdfast_program({"record", "scenarios/incidents/004-user-away.txtpb", "-o", folder.path(name)});
    ASSERT_EQ(recorded.exit_code, 0) << recorded.err;
    constexpr std::string_view kNext = "  next: holdfast ";
    const std::size_t next = recorded.out.find(kNext);
    ASSERT_NE(next, std::string::npos) << recorded.out;
    const std::size_t typed = next + kNext.size();
    const Ran ran = holdfast_line(recorded.out.substr(typed, recorded.out.find('\n', typed) - typed));
    EXPECT_EQ(ran.exit_code, 0) << name << ": " << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("equal (100.00 %)")) << name;
  }
}

// Nobody writes into the pipe: a command that opened it would wait for ever.
TEST(ReadersOfFiles, DoNotWaitForAPipe) {
  const TemporaryFolder folder;
  const std::string pipe = folder.path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::vector<std::vector<std::string>> commands = {
      {"check", pipe},
      {"run", pipe},
      {"import", pipe, "-o", folder.path("out.hfr")},
      {"replay", pipe},
      {"replay", "fixtures/recordings/v1-linux.hfr", "--settings", pipe},
  };
  for (const std::vector<std::string>& command : commands) {
    const Ran ran = holdfast_program(command);
    EXPECT_EQ(ran.exit_code, 2) << command[0] << ": " << ran.out << ran.err;
    EXPECT_THAT(ran.out + ran.err, AllOf(HasSubstr(pipe), HasSubstr("is not a regular file"))) << command[0];
  }
}

// A new file takes the place of the old one; a device or a pipe would be gone for everybody.
TEST_P(WritersOfFiles, ReplaceNothingThatIsNoFile) {
  const TemporaryFolder folder;
  ASSERT_EQ(mkfifo(folder.path("out").c_str(), 0600), 0);
  const Ran ran = write_to(folder.path("out"));
  EXPECT_EQ(ran.exit_code, 2) << ran.out << ran.err;
  EXPECT_THAT(ran.err, AllOf(HasSubstr(folder.path("out")), HasSubstr("not a regular file")));
  EXPECT_TRUE(std::filesystem::is_fifo(folder.path("out")));
  EXPECT_FALSE(std::filesystem::exists(folder.path("out.partial")));
}

#endif  // _WIN32

}  // namespace
}  // namespace holdfast
