#include "reports/junit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/reports/run_reports.h"
#include "tests/support/repository.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(JunitReport, IsOneSuitePerFolderAndOneCasePerScenario) {
  const std::string xml = junit_report(mixed_report());
  EXPECT_THAT(xml, HasSubstr("<testsuites name=\"holdfast\" tests=\"5\" failures=\"1\" errors=\"1\" time=\"0.210\">"));
  EXPECT_THAT(
      xml,
      HasSubstr("<testsuite name=\"05-asking\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"0.004\">"));
  EXPECT_THAT(xml, HasSubstr("<testcase name=\"it works\" classname=\"05-asking/a.txtpb\" time=\"0.001\"/>"));
  EXPECT_THAT(
      xml, HasSubstr(
               "<failure message=\"no prompt; actual: prompt for NEW_SERVICE at 00:00:04.000\" type=\"expectation\">"));
  EXPECT_THAT(
      xml,
      HasSubstr("<error message=\"09-other/e.txtpb:3: at[0].t: &quot;30&quot; has no unit\" type=\"unreadable\"/>"));
}

TEST(JunitReport, EscapesWhatXmlCannotCarry) {
  RunReport report = mixed_report();
  report.cases[1].failures[0].expected = "<a> & \"b\"\n\x01\xFF\xEF\xBF\xBFz\xC3\xA4";
  const std::string xml = junit_report(report);
  EXPECT_THAT(xml, HasSubstr("&lt;a&gt; &amp; &quot;b&quot;&#10;\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\xC3\xA4"));
  EXPECT_THAT(xml, Not(HasSubstr("\x01")));
}

TEST(JunitReport, ShowsWhatCouldNotBeFoundAsAnError) {
  RunReport report;
  report.errors = {"nowhere: there is no such file or folder"};
  EXPECT_THAT(junit_report(report), HasSubstr("tests=\"1\" failures=\"0\" errors=\"1\""));
}

// Writes `xml` and asks xmllint whether it fits the schema: 0 if it does.
int validate(const std::string& xml) {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / "holdfast-junit-test.xml";
  std::ofstream(file, std::ios::binary) << xml;
  const std::string command =
      "xmllint --noout --nonet --schema \"" + in_repository("tests/reports/junit.xsd") + "\" \"" + file.string() + "\"";
  const int result = std::system(command.c_str());
  std::filesystem::remove(file);
  return result;
}

class JunitSchema : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("xmllint --version") != 0) {
      std::cerr << "SKIPPED: xmllint is not installed (package libxml2-utils), so no report was validated\n";
      GTEST_SKIP();
    }
  }
};

TEST_F(JunitSchema, AcceptsEveryKindOfReport) {
  EXPECT_EQ(validate(junit_report(mixed_report())), 0);
  EXPECT_EQ(validate(junit_report(RunReport())), 0);
  RunReport odd = mixed_report();
  odd.errors = {"a <b> & \x02\xFE"};
  odd.cases[0].name = "]]> <!-- \xF0\x9F\x98\x80";
  odd.cases[1].failures.push_back(odd.cases[1].failures[0]);
  EXPECT_EQ(validate(junit_report(odd)), 0);
}

TEST_F(JunitSchema, RefusesWhatIsNoReport) {
  EXPECT_NE(validate("<testsuites><testsuite name=\"x\"/></testsuites>"), 0) << "a suite says how many tests it has";
  EXPECT_NE(validate("<testsuites tests=\"1\"><test/></testsuites>"), 0);
}

}  // namespace
}  // namespace holdfast
