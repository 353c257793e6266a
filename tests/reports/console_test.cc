#include "reports/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "tests/reports/run_reports.h"

namespace holdfast {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ConsoleReport, SaysOneLinePerFolderThenFailuresThenTheSummary) {
  EXPECT_EQ(console_report(mixed_report(), {}),
            "  ok    05-asking  2 of 3 scenarios\n"
            "  FAIL  05-asking/b.txtpb:19\n"
            "        expected  no prompt\n"
            "        actual    prompt for NEW_SERVICE at 00:00:04.000\n"
            "        around it\n"
            "          00:00:03.120  file_rename\n"
            "        > 00:00:04.000  prompt\n"
            "        reproduce  holdfast run scenarios/05-asking/b.txtpb\n"
            "  ok    07-newly   1 scenario\n"
            "  BAD   09-other/e.txtpb:3: at[0].t: \"30\" has no unit\n"
            "  3 passed, 1 failed, 1 unreadable in 0.21 s   (simulated 4 min, 1,142x)   log 9f2c…e1\n");
}

TEST(ConsoleReport, SaysNothingOfRealTimeThatNobodyMeasured) {
  RunReport report = mixed_report();
  report.took_ns = 0;
  EXPECT_THAT(console_report(report, {}),
              EndsWith("  3 passed, 1 failed, 1 unreadable   (simulated 4 min)   log 9f2c…e1\n"));
}

TEST(ConsoleReport, ColoursCarryNoMeaningOfTheirOwn) {
  std::string coloured = console_report(mixed_report(), {.colours = true});
  EXPECT_THAT(coloured, HasSubstr("\x1b[31mFAIL\x1b[0m"));
  for (const std::string_view code : {"\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"}) {
    for (std::size_t at = coloured.find(code); at != std::string::npos; at = coloured.find(code))
      coloured.erase(at, code.size());
  }
  EXPECT_EQ(coloured, console_report(mixed_report(), {}));
}

TEST(ConsoleReport, LetsNoControlCharacterThrough) {
  RunReport report = mixed_report();
  report.cases[1].failures[0].actual = "a\x1b]0;owned\x07 b\nc";
  const std::string text = console_report(report, {});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\nc")));
}

TEST(ConsoleReport, NamesWhatWasRewrittenAndWhatCouldNotBeFound) {
  RunReport report = mixed_report();
  report.cases[0].changed = {"a.txtpb:5: at: \"1s\" -> \"2s\""};
  report.errors = {"nowhere: there is no such file or folder"};
  const std::string text = console_report(report, {});
  EXPECT_THAT(text, HasSubstr("  CHANGED  a.txtpb:5: at: \"1s\" -> \"2s\"\n"));
  EXPECT_THAT(text, HasSubstr("  BAD   nowhere: there is no such file or folder\n"));
}

TEST(JsonReport, SaysTheSameForMachines) {
  simdjson::dom::parser parser;
  const std::string text = json_report(mixed_report());
  const simdjson::dom::element json = parser.parse(text);
  EXPECT_EQ(json["passed"].get_uint64().value(), 3U);
  EXPECT_EQ(json["failed"].get_uint64().value(), 1U);
  EXPECT_EQ(json["cases"].get_array().value().size(), 5U);
  const simdjson::dom::element failed = json["cases"].at(1);
  EXPECT_EQ(failed["outcome"].get_string().value(), "failed");
  EXPECT_EQ(failed["failures"].at(0)["where"].get_string().value(), "05-asking/b.txtpb:19");
  EXPECT_EQ(failed["failures"].at(0)["around"].get_array().value().size(), 2U);
  EXPECT_EQ(json["cases"].at(4)["error"].get_string().value(), "09-other/e.txtpb:3: at[0].t: \"30\" has no unit");
}

TEST(ExitCode, SaysWhatKindOfTroubleThereWas) {
  RunReport report;
  EXPECT_EQ(report.exit_code(), 0);
  report.failed = 1;
  EXPECT_EQ(report.exit_code(), 1);
  report.unreadable = 1;
  EXPECT_EQ(report.exit_code(), 2);
  report = {};
  report.errors = {"x"};
  EXPECT_EQ(report.exit_code(), 2);
}

}  // namespace
}  // namespace holdfast
