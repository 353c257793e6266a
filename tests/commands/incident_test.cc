// From a live host to the scenario that is kept, by the commands of docs/reproducing-an-incident.md, on every system.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/text/text_file.h"
#include "tests/commands/program.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Without the line that names the recording by its hash: a live one is another every time.
std::string without_source(const std::string& path) {
  const auto text = read_text_file(path, std::size_t{1} << 20);
  EXPECT_TRUE(text) << (text ? "" : text.error().text());
  std::string kept;
  for (std::size_t at = 0; text && at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size() - 1) + 1;
    const std::string line = text->substr(at, end - at);
    if (!line.starts_with("source:")) kept += line;
    at = end;
  }
  return kept;
}

TEST(Incident, OfALiveHostIsVerifiedForkedComparedAndCutDownToTheScenarioThatIsKept) {
  const TemporaryFolder folder;
  const std::string recording = folder.path("customer.hfr");
  const Ran recorded = holdfast_program({"record", "--live", "fixtures/stories/updater.txtpb", "-o", recording});
  ASSERT_EQ(recorded.exit_code, 0) << recorded.err;

  const Ran verified = holdfast_program({"verify", recording});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("equal (100.00 %)"));

  const std::string redacted = folder.path("redacted.hfr");
  const Ran handed_on = holdfast_program({"redact", recording, "--key", "fixtures/keys/example.key", "-o", redacted});
  EXPECT_EQ(handed_on.exit_code, 0) << handed_on.out << handed_on.err;
  EXPECT_EQ(holdfast_program({"verify", redacted}).exit_code, 0);

  const std::string approved = folder.path("approved.hfr");
  const Ran forked =
      holdfast_program({"fork", recording, "--approve", "C:\\Program Files\\Fabrikam\\updater.exe", "-o", approved});
  EXPECT_EQ(forked.exit_code, 0) << forked.err;
  EXPECT_THAT(forked.out, AllOf(HasSubstr("recorded: DENY, ACTION_IS_DENY"), HasSubstr("1 changed, 0 gone, 0 new")));
  const Ran compared = holdfast_program({"diff", recording, approved});
  EXPECT_EQ(compared.exit_code, 1) << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("1 changed"));

  const std::string scenario = folder.path("updater-denied.txtpb");
  const Ran shrunk =
      holdfast_program({"shrink", recording, "--verdict", "DENY", "--program", "updater.exe", "-o", scenario});
  ASSERT_EQ(shrunk.exit_code, 0) << shrunk.out << shrunk.err;
  EXPECT_EQ(without_source(scenario),
            without_source("scenarios/recorded/updater-denied-while-its-service-is-down.txtpb"));
  EXPECT_EQ(holdfast_program({"run", scenario}).exit_code, 0);
}

TEST(Incident, OfALiveHostThatLastsTooLongIsRefused) {
  const TemporaryFolder folder;
  const Ran ran =
      holdfast_program({"record", "--live", "scenarios/incidents/004-user-away.txtpb", "-o", folder.path("away.hfr")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("the story lasts 24h"), HasSubstr("a live run takes as long; 10m at most")));
  const Ran unnamed = holdfast_program({"record", "--live", "fixtures/stories/updater.txtpb", "-o", folder.path("x")});
  EXPECT_EQ(unnamed.exit_code, 2);
  EXPECT_THAT(unnamed.err, HasSubstr("a live recording ends in .hfr"));
}

TEST(Incident, OfAnEventLogIsCutDownToTheScenarioThatIsKept) {
  const TemporaryFolder folder;
  const std::string recording = folder.path("machine.hfr");
  const Ran imported = holdfast_program({"import", "fixtures/events/campaign.evtx", "-o", recording});
  ASSERT_EQ(imported.exit_code, 0) << imported.out << imported.err;
  const std::string scenario = folder.path("lsass-denied.txtpb");
  const Ran shrunk =
      holdfast_program({"shrink", recording, "--settings", "fixtures/settings/deny-all.txtpb", "--program",
                        "collect.exe", "--event", "SYSTEM_PROCESS_MODIFICATION", "-o", scenario});
  ASSERT_EQ(shrunk.exit_code, 0) << shrunk.out << shrunk.err;
  EXPECT_THAT(shrunk.out, AllOf(HasSubstr("418 events"), HasSubstr("shrunk to 2"), HasSubstr("minimal: ")));
  EXPECT_EQ(without_source(scenario), without_source("scenarios/recorded/collector-opens-lsass.txtpb"));
  EXPECT_EQ(holdfast_program({"run", scenario}).exit_code, 0);
}

}  // namespace
}  // namespace holdfast
