// A recording becomes one that may be handed on, as a person does it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/commands/program.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class RedactCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("key", "thirty-two bytes that nobody has");
    ASSERT_EQ(holdfast_program({"record", "scenarios/incidents/004-user-away.txtpb", "-o", original()}).exit_code, 0);
  }
  Ran redact(const std::string& recording) const {
    return holdfast_program({"redact", recording, "--key", folder_.path("key"), "-o", redacted()});
  }
  std::string original() const { return folder_.path("a.hfr"); }
  std::string redacted() const { return folder_.path("b.hfr"); }

  TemporaryFolder folder_;
};

TEST_F(RedactCommand, ProvesAndNamesWhatIsNext) {
  const Ran ran = redact(original());
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr(" names replaced "), HasSubstr(" outputs equal   log "),
                             HasSubstr("next: holdfast verify " + redacted())));
  EXPECT_EQ(holdfast_program({"verify", redacted()}).exit_code, 0);
}

TEST_F(RedactCommand, WritesTheSameBytesWithTheSameKey) {
  ASSERT_EQ(redact(original()).exit_code, 0);
  const std::string first = folder_.read("b.hfr");
  ASSERT_EQ(redact(original()).exit_code, 0);
  EXPECT_EQ(folder_.read("b.hfr"), first);
  folder_.write("key", "thirty-two bytes that others have");
  ASSERT_EQ(redact(original()).exit_code, 0);
  EXPECT_NE(folder_.read("b.hfr"), first);
}

TEST_F(RedactCommand, RedactsWhatWasImported) {
  ASSERT_EQ(holdfast_program({"import", "fixtures/events/workday.json", "-o", folder_.path("i.hfr")}).exit_code, 0);
  const Ran ran = redact(folder_.path("i.hfr"));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("observations only"), HasSubstr("next: holdfast replay " + redacted())));
  const std::string log = ran.out.substr(ran.out.find("log ") + 4, 64);
  EXPECT_THAT(holdfast_program({"replay", redacted(), "--json"}).out, HasSubstr(log));
}

TEST_F(RedactCommand, TellsMachinesTheSame) {
  const Ran ran = holdfast_program({"redact", original(), "--key", folder_.path("key"), "-o", redacted(), "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr(R"("proven":true)"), HasSubstr(R"("names":)"), HasSubstr(R"("log_sha256":")")));
}

TEST_F(RedactCommand, RefusesBadInput) {
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& says) {
    const Ran ran = holdfast_program(arguments);
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_THAT(ran.err, HasSubstr(says));
    EXPECT_THAT(ran.out, Not(HasSubstr("names replaced")));
  };
  refused({"redact", original(), "-o", redacted()}, "redact: --key: is missing; --key FILE");
  refused({"redact", original(), "--key", folder_.path("key")}, "redact: --output: is missing; -o FILE");
  refused({"redact", original(), "--key", folder_.path("no"), "-o", redacted()}, "no: ");
  refused({"redact", folder_.path("key"), "--key", folder_.path("key"), "-o", redacted()}, "key: ");
  folder_.write("short", "short");
  refused({"redact", original(), "--key", folder_.path("short"), "-o", redacted()},
          "short: key: has 5 bytes; at least 16 are needed");
}

}  // namespace
}  // namespace holdfast
