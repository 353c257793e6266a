#include "sim/compare/decision_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/log/decision_log.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

v1::Output denied() {
  v1::Output output;
  v1::Verdict& verdict = *output.mutable_verdict();
  verdict.set_operation_id(7);
  verdict.set_decision(v1::Verdict::DENY);
  verdict.set_because(v1::ACTION_IS_DENY);
  verdict.set_event(v1::HOSTS_FILE_MODIFICATION);
  verdict.set_hold(v1::HOLD_CAPABILITY_PRE_EXECUTION);
  verdict.set_held_ns(500);
  verdict.set_logged(true);
  verdict.mutable_actor()->set_pid(4711);
  verdict.mutable_actor()->set_start_ns(99);
  verdict.set_operation("file_write");
  verdict.set_program("C:\\odd\tname 100%.exe");
  verdict.set_target("C:\\Windows\\System32\\drivers\\etc\\hosts");
  verdict.add_reason()->set_code(v1::ACTION_IS_DENY);
  return output;
}

std::string line_of(const v1::Output& output, std::uint64_t at_ns) {
  std::string line;
  engine::append_log_line(at_ns, output, line);
  return line;
}

TEST(DecisionList, ReadsBackWhatTheEngineLogs) {
  constexpr std::uint64_t kAtNs = 123ULL * 3600 * 1'000'000'000 + 61'000'000'007;
  const auto list = DecisionList::parse("a.log", line_of(denied(), 5) + line_of(denied(), kAtNs));
  ASSERT_TRUE(list) << list.error().text();
  ASSERT_EQ(list->decisions().size(), 2U);
  const LoggedDecision& decision = list->decisions()[1];
  EXPECT_EQ(decision.number, 2U);
  EXPECT_EQ(decision.at_ns, kAtNs);
  EXPECT_EQ(decision.decision, "DENY");
  EXPECT_EQ(decision.because, "ACTION_IS_DENY");
  EXPECT_EQ(decision.event, "HOSTS_FILE_MODIFICATION");
  EXPECT_EQ(decision.hold, "HOLD_CAPABILITY_PRE_EXECUTION");
  EXPECT_EQ(decision.held_ns, "500");
  EXPECT_EQ(decision.logged, "yes");
  EXPECT_EQ(decision.warned, "no");
  EXPECT_EQ(decision.process, "4711@99");
  EXPECT_EQ(decision.what, "file_write");
  EXPECT_EQ(unescaped(decision.program), "C:\\odd\tname 100%.exe");
  EXPECT_EQ(decision.target, "C:\\Windows\\System32\\drivers\\etc\\hosts");
  EXPECT_EQ(decision.reasons, "ACTION_IS_DENY");
}

TEST(DecisionList, CountsLinesOfOtherKinds) {
  v1::Output closed;
  closed.mutable_prompt_closed()->set_prompt_id(1);
  const auto list = DecisionList::parse("a.log", line_of(closed, 1) + line_of(denied(), 2) + line_of(closed, 3));
  ASSERT_TRUE(list);
  EXPECT_EQ(list->decisions().size(), 1U);
  ASSERT_EQ(list->other_lines().size(), 1U);
  EXPECT_EQ(list->other_lines().at("prompt-closed"), 2U);
}

TEST(DecisionList, TakesAnEmptyLogAndItsHash) {
  const auto list = DecisionList::parse("a.log", "");
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->decisions().empty());
  EXPECT_EQ(list->sha256(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(DecisionList, TakesColumnsOfAnotherBuild) {
  std::string line = line_of(denied(), 5);
  line.insert(line.size() - 1, "\tmore=1");
  EXPECT_TRUE(DecisionList::parse("a.log", line));
}

TEST(DecisionList, TakesTheFirstOfTwoColumns) {
  std::string line = line_of(denied(), 5);
  line.insert(line.size() - 1, "\tdecision=ALLOW");
  EXPECT_EQ(DecisionList::parse("a.log", line)->decisions().front().decision, "DENY");
}

struct BadLog {
  const char* name;
  const char* text;
  const char* error;
};
class BadLogs : public ::testing::TestWithParam<BadLog> {};
INSTANTIATE_TEST_SUITE_P(
    DecisionList, BadLogs,
    ::testing::Values(BadLog{"Text", "hello\n", "a.log:2: is no line of a decision log; write it with holdfast"},
                      BadLog{"NoKind", "00:00:00.000000001\n", "a.log:2: is no line of a decision log"},
                      BadLog{"NoTime", "00:61:00.000000001\tstatus\n", "a.log:2: is no line of a decision log"},
                      BadLog{"ShortTime", "00:01:00.001\tstatus\n", "a.log:2: is no line of a decision log"},
                      BadLog{"HugeTime", "99999999999:00:00.000000001\tstatus\n", "a.log:2: is no line"},
                      BadLog{"Empty", "\n", "a.log:2: is no line of a decision log"},
                      BadLog{"LineFeeds", "00:00:00.000000001\tstatus\r\n", "it ends in CR LF"},
                      BadLog{"Torn", "00:00:00.000000001\tstatus", "a.log:2: the last line is cut off"},
                      BadLog{"NoColumn", "00:00:00.000000001\tverdict\tdecision=DENY\n",
                             "a.log:2: because: the verdict"}),
    [](const auto& test) { return test.param.name; });

TEST_P(BadLogs, AreRefusedWithTheirLine) {
  const auto list = DecisionList::parse("a.log", line_of(denied(), 1) + GetParam().text);
  ASSERT_FALSE(list);
  EXPECT_THAT(list.error().text(), HasSubstr(GetParam().error));
}

// Whatever the columns hold, a log cut anywhere is a shorter log or refused.
TEST(DecisionList, TruncatedAnywhereIsRefusedOrHoldsOnlyWholeLines) {
  const std::string log = line_of(denied(), 1) + line_of(denied(), 2);
  for (std::size_t size = 0; size < log.size(); ++size) {
    const auto list = DecisionList::parse("a.log", log.substr(0, size));
    EXPECT_EQ(list.has_value(), size == 0 || log[size - 1] == '\n') << size;
  }
}

TEST(Unescaped, LeavesAloneWhatIsNoEscape) {
  EXPECT_EQ(unescaped("50%25 %0A%zz%2"), "50% \n%zz%2");
  EXPECT_EQ(unescaped("%41"), "A");
}

}  // namespace
}  // namespace holdfast
