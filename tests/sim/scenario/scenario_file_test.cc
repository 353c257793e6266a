#include "sim/scenario/scenario_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sim/expect/expectations.h"
#include "sim/text/settings_file.h"
#include "sim/text/text_file.h"
#include "sim/world/world_check.h"
#include "tests/refusals.h"
#include "tests/sim/text/scenario_text.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kGood = R"(name: "a test"
at { t: "1s" process_start { pid: 4 image: "C:\\a.exe" } }
expect { verdict { of: "process_start" decision: ALLOW } }
)";

TEST(ScenarioFile, IsReadFromTheFileThatIsNamed) {
  const TemporaryFolder folder;
  folder.write("a.txtpb", kGood);
  const auto file = load_scenario(folder.path("a.txtpb"));
  ASSERT_TRUE(file) << file.error().text();
  EXPECT_EQ(file->scenario.name(), "a test");
  EXPECT_EQ(file->locations.line({{"expect", 0}}), 3);
}

TEST(ScenarioFile, MayBeginWithAByteOrderMark) {
  EXPECT_TRUE(parse_scenario("a.txtpb", "\xEF\xBB\xBF" + std::string(kGood)));
}

// ---------------------------------------------------------------- every complaint names file, line, field and reason

struct WrongFile {
  std::string_view name;
  std::string_view text;
  std::string_view complaint;
};

class BadScenario : public ::testing::TestWithParam<WrongFile> {};

TEST_P(BadScenario, IsRefusedWithItsPlaceAndReason) {
  EXPECT_THAT(complaint_about(GetParam().text), HasSubstr(GetParam().complaint));
}

const WrongFile kWrongFiles[] = {
    {"Empty", "", "test.txtpb: name: a scenario needs a name"},
    {"OnlyComments", "# nothing\n", "test.txtpb: name: a scenario needs a name"},
    {"NoExpectation", "name: \"x\"\n", "test.txtpb: expect: a scenario that expects nothing proves nothing"},
    {"ARecording", "\x89HFR\r\n\x1a\n",
     "test.txtpb: is a recording, not text; `holdfast replay`, `show` and `explain` read it"},
    {"AnEventLog", "ElfFile", "test.txtpb: is an event log, not text; `holdfast import` makes a recording of it"},
    {"AnArchive", "PK\x03\x04", "test.txtpb: is a zip archive, not text; `holdfast import` makes a recording of it"},
    {"AnExport", "\xEF\xBB\xBF{\"EventID\": 1}\n", "test.txtpb: is JSON, as event logs are exported"},
    {"AnExportAsXml", "<Events>", "test.txtpb: is XML, as event logs are exported"},
    {"NotProtobufText", "<xml>hello</xml>\n", "test.txtpb:1: "},
    {"UnknownField", "name: \"x\"\n\nagnt { platform: WINDOWS_7_X64 }\n",
     "test.txtpb:3: agnt: Scenario has no such field; did you mean agent?"},
    {"UnknownFieldBelow", "name: \"x\"\nat { t: \"1s\"\n  regsitry_set { key: \"k\" } }\n",
     "test.txtpb:3: regsitry_set: At has no such field; did you mean registry_set?"},
    {"UnknownValue", "settings { event_monitoring { policy { event: NEW_STARTUP_PROGRAM\n do: ASK } } }\n",
     "test.txtpb:2: do: there is no value ASK; one of ASSESS, ALLOW, ASK_WHEN_NECESSARY, DENY"},
    {"MisspeltValue", "agent { platform: WINDOWS_VISTA_X65 }\n",
     "test.txtpb:1: platform: there is no value WINDOWS_VISTA_X65; did you mean WINDOWS_VISTA_X64?"},
    {"ValueWithoutItsPrefix", "at { t: \"1s\" hold: PRE_EXECUTION }\n", "did you mean HOLD_CAPABILITY_PRE_EXECUTION?"},
    {"FieldTwice", "name: \"x\"\nname: \"y\"\n", "test.txtpb:2: name: this field is given twice"},
    {"TwoKinds", "at { t: \"1s\" process_exit {}\n loss {} }\n",
     "test.txtpb:2: loss: it stands beside process_exit, which excludes it"},
    {"WrongType", "runs_for: 12\n", "test.txtpb:1: expected string"},
    {"HugeNumber", "at { t: \"1s\" by: 99999999999999999999 }\n", "test.txtpb:1: "},
    {"NumberBeyondItsField", "at { t: \"1s\" by: 4294967296 }\n", "test.txtpb:1: "},
    {"SingleBackslash", "at { t: \"1s\"\n actor_image: \"C:\\Users\\a.exe\" }\n",
     R"(escape sequence; write a backslash twice: "C:\\Users\\new.exe")"},
    {"SingleBackslashThatIsAnEscape",
     "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\"\n process_start { pid: 7 image: "
     "\"C:\\tools\\new.exe\" } }\n",
     R"(test.txtpb:3: at[0].process_start.image: a control character stands in it: "\t" and "\n" are escapes; write a backslash twice)"},
    {"SingleBackslashOfAnActor",
     "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" registry_set { key: \"k\" }\n script: "
     "\"C:\\run.ps1\" }\n",
     "test.txtpb:3: at[0].script: a control character stands in it"},
    {"UnclosedBrace", "at { t: \"1s\"\n", "test.txtpb:2: "},
    {"InvalidUtf8", "name: \"x\"\n# \xC3\x28\n", "test.txtpb:2: this line is not UTF-8"},
    {"InvalidUtf8ByEscapes", "name: \"x\"\nsource: \"\\377\"\n", "test.txtpb:2: source: the text is not UTF-8"},
    {"NulByte", std::string_view("name: \"x\"\n\0\n", 12), "test.txtpb:"},
    {"NothingHappens", "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" }\n",
     "test.txtpb:2: at[0]: it does not say what happens"},
    {"NoTime", "name: \"x\" expect { count { prompts: 0 } }\nat { loss {} }\n", "test.txtpb:2: at[0]: it has no time"},
    {"TimeWithoutUnit", "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"30\" loss {} }\n",
     "test.txtpb:2: at[0].t: \"30\" has no unit"},
    {"EveryWithoutTimes", "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" every: \"1s\" loss {} }\n",
     "test.txtpb:2: at[0].every: every and times belong together"},
    {"TimesWithoutEvery", "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" times: 3 loss {} }\n",
     "test.txtpb:2: at[0].times: every and times belong together"},
    {"TooManyTimes",
     "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" every: \"1ns\" times: 1000001 loss {} }\n",
     "test.txtpb:2: at[0].times: more than 1000000 repetitions"},
    {"TooManyEntries",
     "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" every: \"1ns\" times: 1000000 loss {} }\nat { t: "
     "\"1s\" loss {} }\n",
     "test.txtpb:3: at[1]: the timeline has more than 1000000 entries"},
    {"BeyondAYear", "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" every: \"1d\" times: 400 loss {} }\n",
     "test.txtpb:2: at[0].times: the last repetition lies beyond 366 days"},
    {"HugeTime", "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"99999999999999999999d\" loss {} }\n",
     "test.txtpb:2: at[0].t: \"99999999999999999999d\" has too many digits"},
    {"TimeBeyondAYear", "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"367d\" loss {} }\n",
     "test.txtpb:2: at[0].t: \"367d\" is longer than 366 days"},
    {"BeyondRunsFor", "name: \"x\" expect { count { prompts: 0 } }\nruns_for: \"10s\"\nat { t: \"10s\" loss {} }\n",
     "test.txtpb:3: at[0].t: it lies at or beyond the end of the story"},
    {"RunsForAFortnightOfYears", "name: \"x\" expect { count { prompts: 0 } }\nruns_for: \"5000d\"\n",
     "test.txtpb:2: runs_for: \"5000d\" is longer than 366 days"},
    {"StartWithoutPid",
     "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\"\n process_start { image: \"a\" } }\n",
     "test.txtpb:3: at[0].process_start: a program that starts needs a pid"},
    {"StartWithoutImage", "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" process_start { pid: 1 } }\n",
     "a program that starts needs an image"},
    {"LabelTwice",
     "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" label: \"a\" loss {} }\nat { t: \"1s\" label: \"a\" "
     "loss {} }\n",
     "test.txtpb:3: at[1].label: the label \"a\" is taken by at[0]"},
    {"LabelOfAKind", "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" label: \"file_write\" loss {} }\n",
     "\"file_write\" is the name of a kind"},
    {"LabelWithNumber", "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" label: \"a#1\" loss {} }\n",
     "a label cannot contain '#'"},
    {"ActorOfAnInput", "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" by: 5 loss {} }\n",
     "test.txtpb:2: at[0].by: no program does a loss"},
    {"OnlyExitsComeFromOutside",
     "name: \"x\" expect { count { prompts: 0 } }\nat { t: \"1s\" ended_from_outside: true process_start { pid: 1 "
     "image: \"a\" } }\n",
     "only a process_exit can be ended from outside"},
    {"AnswerOfNoKind", "name: \"x\" expect { count { prompts: 0 } }\nworld { user { answers { after: \"1s\" } } }\n",
     "test.txtpb:2: world.user[0].answers: it does not say what the user answers"},
    {"InteractionLongerThanTheWait",
     "name: \"x\" expect { count { prompts: 0 } }\nworld { user { answers { kind: ALLOW after: \"1s\" interacts_for: "
     "\"2s\" } } }\n",
     "the user cannot use the prompt before it is shown"},
    {"InteractionStartedIsNoAnswer",
     "name: \"x\" expect { count { prompts: 0 } }\nworld { user { then { kind: INTERACTION_STARTED } } }\n",
     "world.user[0].then[0].kind: this is no answer"},
    {"TwoUsersInOneSession", "name: \"x\" expect { count { prompts: 0 } }\nworld { user {}\n user {} }\n",
     "test.txtpb:3: world.user[1]: two users sit in session 1"},
    {"ExpectsNothing", "name: \"x\"\nexpect {}\n", "test.txtpb:2: expect[0]: it expects nothing"},
    {"CountsNothing", "name: \"x\"\nexpect { count {} }\n", "test.txtpb:2: expect[0].count: it counts nothing"},
    {"EmptyLogText", "name: \"x\"\nexpect { log_lacks: \"\" }\n", "expect[0].log_lacks: the text is empty"},
    {"OfNothing", "name: \"x\"\nat { t: \"1s\" process_exit {} }\nexpect { verdict { of: \"file_write\" } }\n",
     "test.txtpb:3: expect[0].verdict.of: nothing in the timeline is called \"file_write\"; the timeline has "
     "process_exit"},
    {"OfSeveral",
     "name: \"x\"\nat { t: \"1s\" every: \"1s\" times: 2 process_exit {} }\nexpect { verdict { of: \"process_exit\" } "
     "}\n",
     "test.txtpb:3: expect[0].verdict.of: 2 entries are called \"process_exit\"; say which: \"process_exit#1\""},
    {"OfNoOperation", "name: \"x\"\nat { t: \"1s\" loss {} }\nexpect { verdict { of: \"loss\" } }\n",
     "\"loss\" is a loss, which no verdict decides"},
    {"ExpectedTimeWithoutUnit", "name: \"x\"\nexpect { verdict { at: \"5\" } }\n",
     "test.txtpb:2: expect[0].verdict.at: \"5\" has no unit"},
    {"StatusFieldWithoutName", "name: \"x\"\nexpect { status { field { effective: \"true\" } } }\n",
     "expect[0].status: the field has no name"},
};

INSTANTIATE_TEST_SUITE_P(Scenario, BadScenario, ::testing::ValuesIn(kWrongFiles),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(ScenarioFile, HasAtMostSoManyPeopleAndExpectations) {
  std::string people = "name: \"x\" expect { count { prompts: 0 } }\nworld {\n";
  for (int i = 1; i <= kUsersMax + 1; ++i) people += "user { session_id: " + std::to_string(i) + " }\n";
  EXPECT_THAT(complaint_about(people + "}"), HasSubstr("test.txtpb:67: world.user[64]: there are more than 64 users"));
  std::string expectations = "name: \"x\"\n";
  for (int i = 0; i <= kExpectationsMax; ++i) expectations += "expect { count { prompts: 0 } }\n";
  EXPECT_THAT(complaint_about(expectations),
              HasSubstr("test.txtpb:1002: expect[1000]: there are more than 1000 expectations"));
}

TEST(ScenarioFile, RefusesANestingBombWithoutFollowingIt) {
  // Unknown fields are refused at once, so the only depth is that of the schema; braces alone must not help either.
  std::string bomb = "name: \"x\"\n";
  for (int i = 0; i < 100'000; ++i) bomb += "at { ";
  EXPECT_THAT(complaint_about(bomb), StartsWith("test.txtpb:2: "));
}

TEST(ScenarioFile, TruncatedAnywhereIsAnErrorOrAScenarioNeverACrash) {
  constexpr std::string_view kWhole = R"(name: "a test" source: "DOMAIN 5"
settings { event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: ASK_WHEN_NECESSARY } } }
world { user { answers { kind: ALLOW after: "2s" } } }
at { t: "1s" every: "2s" times: 3 label: "x" registry_set { key: "HKLM\\k" value: "\303\244" } }
expect { verdict { of: "x#2" decision: ALLOW at: "3s" } }
)";
  std::size_t errors = 0;
  for (std::size_t length = 0; length < kWhole.size(); ++length) {
    const auto file = parse_scenario("test.txtpb", kWhole.substr(0, length));
    if (!file) {
      ++errors;
      EXPECT_THAT(file.error().text(), StartsWith("test.txtpb")) << length;
      EXPECT_FALSE(file.error().what.empty()) << length;
    }
  }
  EXPECT_GT(errors, kWhole.size() - 10);
  EXPECT_TRUE(parse_scenario("test.txtpb", kWhole));
}

// ---------------------------------------------------------------- files

TEST(ScenarioFile, SaysThatAFolderIsNoFile) {
  const TemporaryFolder folder;
  const auto file = load_scenario(folder.path(""));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().what, "this is a folder, not a file");
}

TEST(ScenarioFile, SaysThatAFileIsMissing) {
  const TemporaryFolder folder;
  const auto file = load_scenario(folder.path("missing.txtpb"));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().where, folder.path("missing.txtpb"));
  EXPECT_EQ(file.error().what, "there is no such file");
}

TEST(ScenarioFile, SaysThatAFileIsTooLarge) {
  const TemporaryFolder folder;
  folder.write("large.txtpb", std::string(kTextFileBytesMax + 1, '#'));
  const auto file = load_scenario(folder.path("large.txtpb"));
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().what, HasSubstr("larger than 16777216 bytes"));
}

#ifdef HOLDFAST_CAN_BE_REFUSED
TEST(ScenarioFile, SaysThatAFileMayNotBeRead) {
  const TemporaryFolder folder;
  folder.write("secret.txtpb", kGood);
  folder.forbid_reading("secret.txtpb");
  const WithoutPrivileges nobody;
  ASSERT_TRUE(nobody.holds()) << "the superuser's rights cannot be laid down here";
  const auto file = load_scenario(folder.path("secret.txtpb"));
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().text(), HasSubstr("cannot be opened; check its permissions"));
}
#endif

// ---------------------------------------------------------------- settings files

TEST(SettingsFile, IsTakenWhole) {
  const TemporaryFolder folder;
  folder.write("ask.txtpb", "name: \"ask\"\nevent_monitoring { enabled: true }\n");
  const auto settings = load_settings(folder.path("ask.txtpb"));
  ASSERT_TRUE(settings) << settings.error().text();
  EXPECT_EQ(settings->name(), "ask");
  EXPECT_TRUE(settings->event_monitoring().enabled());
}

TEST(SettingsFile, IsRefusedWholeWithItsLine) {
  const auto settings = parse_settings("ask.txtpb", "name: \"ask\"\nevent_monitoring {\n  enable: true\n}\n");
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().text(),
            "ask.txtpb:3: enable: EventMonitoringSettings has no such field; did you mean enabled?");
}

TEST(SettingsFile, KnowsWhereEachEntryStands) {
  const auto file = parse_settings(
      "x.txtpb", "exceptions {\n  approved { path: \"C:\\\\a\" }\n  approved { path: \"C:\\\\b\" }\n}\n");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->locations.where({{"exceptions", -1}, {"approved", 1}, {"path", -1}}), "x.txtpb:3");
  EXPECT_EQ(file->locations.where({{"limits", -1}}), "x.txtpb");
}

TEST(SettingsFile, EmptyMeansTheDefaults) {
  const auto file = parse_settings("x.txtpb", "");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->settings.ByteSizeLong(), 0U);
}

class BadSettings : public ::testing::TestWithParam<WrongFile> {};

TEST_P(BadSettings, AreRefusedWithTheirPlaceAndReason) {
  const auto file = parse_settings("ask.txtpb", GetParam().text);
  ASSERT_FALSE(file) << "taken as good:\n" << GetParam().text;
  EXPECT_THAT(file.error().text(), HasSubstr(GetParam().complaint));
}

const WrongFile kBadSettings[] = {
    {"WrongType", "event_monitoring {\n enabled: 5 }\n", "ask.txtpb:2: "},
    {"TextForANumber", "name: \"x\"\nallow_if_unanswered_s: \"30\"\n", "ask.txtpb:2: expected integer"},
    {"UnknownValue", "event_monitoring { policy { event: NEW_SERVICE\n do: ASK } }\n",
     "ask.txtpb:2: do: there is no value ASK"},
    {"HugeNumber", "allow_if_unanswered_s: 99999999999999999999\n", "ask.txtpb:1: "},
    {"NumberBelowZero", "allow_if_unanswered_s: -1\n", "ask.txtpb:1: "},
    {"InvalidUtf8", "name: \"x\"\n# \xFF\n", "ask.txtpb:2: this line is not UTF-8"},
    {"InvalidUtf8ByEscapes", "name: \"\\300\\257\"\n", "ask.txtpb:1: name: the text is not UTF-8"},
    {"FieldTwice", "allow_if_unanswered_s: 5\nallow_if_unanswered_s: 6\n",
     "ask.txtpb:2: allow_if_unanswered_s: this field is given twice"},
    {"MessageTwice", "event_monitoring { enabled: true }\nevent_monitoring { enabled: false }\n",
     "ask.txtpb:2: event_monitoring: this field is given twice"},
    {"ExceptionOfTheWrongType", "exceptions {\n approved { path: 5 } }\n", "ask.txtpb:2: expected string"},
    {"ExceptionWithAnUnknownField", "exceptions {\n approved { pth: \"C:\\\\a\" } }\n",
     "ask.txtpb:2: pth: ExceptionEntry has no such field; did you mean path?"},
    {"ExceptionWithTwoPaths", "exceptions { approved { path: \"a\"\n path: \"b\" } }\n",
     "ask.txtpb:2: path: this field is given twice"},
};

INSTANTIATE_TEST_SUITE_P(Settings, BadSettings, ::testing::ValuesIn(kBadSettings),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(SettingsFile, RefusesANestingBombWithoutFollowingIt) {
  std::string bomb = "name: \"x\"\n";
  for (int i = 0; i < 100'000; ++i) bomb += "exceptions { ";
  const auto file = parse_settings("ask.txtpb", bomb);
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().text(), StartsWith("ask.txtpb:2: "));
}

TEST(SettingsFile, TruncatedAnywhereIsRefusedOrHoldsOnlyWholeFields) {
  constexpr std::string_view kWhole = R"(name: "ask"
event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: ASK_WHEN_NECESSARY } }
allow_if_unanswered_s: 300
exceptions { approved { path: "C:\\Tools\\*.exe" } }
)";
  const auto whole = parse_settings("ask.txtpb", kWhole);
  ASSERT_TRUE(whole) << whole.error().text();
  std::size_t taken = 0;
  for (std::size_t length = 0; length < kWhole.size(); ++length) {
    const auto file = parse_settings("ask.txtpb", kWhole.substr(0, length));
    if (!file) {
      EXPECT_THAT(file.error().text(), StartsWith("ask.txtpb")) << length;
      continue;
    }
    ++taken;
    EXPECT_TRUE(file->settings.name().empty() || file->settings.name() == "ask") << length;
    EXPECT_EQ(file->settings.event_monitoring().policy_size(), file->settings.has_event_monitoring() ? 1 : 0) << length;
  }
  // Between two fields, and inside the last digits of a number, nothing is missing that a reader could tell.
  EXPECT_LE(taken, 13U);
}

#ifdef HOLDFAST_CAN_BE_REFUSED
TEST(SettingsFile, SaysThatAFileMayNotBeRead) {
  const TemporaryFolder folder;
  folder.write("secret.txtpb", "name: \"ask\"\n");
  folder.forbid_reading("secret.txtpb");
  const WithoutPrivileges nobody;
  ASSERT_TRUE(nobody.holds()) << "the superuser's rights cannot be laid down here";
  const auto settings = load_settings(folder.path("secret.txtpb"));
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().text(), HasSubstr("secret.txtpb: the file cannot be opened; check its permissions"));
}
#endif

TEST(SettingsFile, SaysThatAFolderIsNoFile) {
  const TemporaryFolder folder;
  const auto settings = load_settings(folder.path(""));
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().what, "this is a folder, not a file");
}

}  // namespace
}  // namespace holdfast
