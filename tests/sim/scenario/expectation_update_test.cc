#include "sim/scenario/expectation_update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/text/scenario_text.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

UpdatedText rewritten(const std::string& text) {
  const ScenarioFile file = *parse_scenario("a.txtpb", text);
  return update_expectations(file, run_file(file).failures);
}

std::string with_expectation(std::string_view expectation) {
  return "name: \"a test\"\n" + std::string(kAskAboutStartup) + std::string(kSetupStarts) +
         std::string(kSetupSetsRunValue) + std::string(expectation);
}

TEST(Update, RewritesTheValuesThatDifferAndNothingElse) {
  const std::string before = with_expectation(
      "expect {  # a comment\n\tverdict { of: \"registry_set\"   decision:DENY, because: USER_DENIED; at :  \"1s\"\n"
      "    held: '30s' logged: true }  # another\n}\n");
  const std::string after = with_expectation(
      "expect {  # a comment\n\tverdict { of: \"registry_set\"   decision:ALLOW, because: NOBODY_ANSWERED; at :  "
      "\"31s\"\n"
      "    held: '30s' logged: false }  # another\n}\n");
  const UpdatedText update = rewritten(before);
  EXPECT_EQ(update.text, after);
  EXPECT_THAT(update.changed,
              ElementsAre("a.txtpb:6: decision: DENY -> ALLOW", "a.txtpb:6: because: USER_DENIED -> NOBODY_ANSWERED",
                          "a.txtpb:6: at: \"1s\" -> \"31s\"", "a.txtpb:7: logged: true -> false"));
  const UpdatedText again = rewritten(update.text);
  EXPECT_EQ(again.text, after);
  EXPECT_THAT(again.changed, IsEmpty());
}

TEST(Update, WorksBehindAByteOrderMark) {
  const UpdatedText update = rewritten("\xEF\xBB\xBFname: \"x\" expect { count { prompts: 7 } }");
  EXPECT_EQ(update.text, "\xEF\xBB\xBFname: \"x\" expect { count { prompts: 0 } }");
}

TEST(Update, LeavesBoundsAndSearchesToPeople) {
  EXPECT_THAT(
      rewritten(with_expectation("expect { verdict { of: \"registry_set\" held_at_most: \"2s\" via: USER_DENIED } }\n"))
          .changed,
      IsEmpty());
  EXPECT_THAT(rewritten(with_expectation("expect { log_contains: \"USER_DENIED\" }\n")).changed, IsEmpty());
  EXPECT_THAT(rewritten(with_expectation("expect { no_prompt {} }\n")).changed, IsEmpty());
}

TEST(Update, LeavesWhatSeveralOutputsCouldMean) {
  EXPECT_THAT(rewritten(with_expectation("expect { verdict { because: USER_DENIED } }\n")).changed, IsEmpty());
}

TEST(Update, RewritesPromptsAndCounts) {
  EXPECT_THAT(
      rewritten(with_expectation(
                    "expect { prompt { countdown_s: 20 closed_at: \"2s\" } }\nexpect { count { prompts: 0 } }\n"))
          .changed,
      ElementsAre("a.txtpb:5: countdown_s: 20 -> 30", "a.txtpb:5: closed_at: \"2s\" -> \"31s\"",
                  "a.txtpb:6: prompts: 0 -> 1"));
}

}  // namespace
}  // namespace holdfast
