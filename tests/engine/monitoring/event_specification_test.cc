// The table keeps what the specification says about each of its rows, and the specification speaks of each row.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>
#include <string>

#include "engine/monitoring/event_rules.h"
#include "tests/engine/monitoring/rule_specification.h"

namespace holdfast::engine {
namespace {

class EventTable : public ::testing::Test {
 protected:
  PathNormaliser paths_{v1::AgentProfile()};
  EventMatcher matcher_{event_rules(), paths_};
};

TEST_F(EventTable, KeepsTheSpecificationOfEveryRow) {
  std::size_t examples = 0;
  for (const RuleSpecification& rule : rule_specifications()) {
    EXPECT_EQ(broken_promise(matcher_, paths_, rule), "") << rule.id;
    examples += expectations_of(rule).size();
  }
  RecordProperty("examples", static_cast<int>(examples));
  EXPECT_GT(examples, 3000U);
}

// What an earlier row of the same event would hide.
TEST_F(EventTable, KeepsTheSpecificationOfEveryRowByItself) {
  for (const EventRule& row : event_rules()) {
    EventMatcher alone(std::span(&row, 1), paths_);
    const auto rule = std::ranges::find(rule_specifications(), row.id, &RuleSpecification::id);
    ASSERT_NE(rule, rule_specifications().end()) << row.id;
    EXPECT_EQ(broken_promise(alone, paths_, *rule, true), "") << row.id;
  }
}

TEST_F(EventTable, HasNoRowThatTheSpecificationIsSilentAbout) {
  std::set<std::string> specified;
  for (const RuleSpecification& rule : rule_specifications()) EXPECT_TRUE(specified.insert(rule.id).second) << rule.id;
  std::set<std::string> written;
  for (const EventRule& rule : event_rules()) EXPECT_TRUE(written.insert(std::string(rule.id)).second) << rule.id;
  EXPECT_EQ(specified, written);
}

TEST_F(EventTable, KnowsAllFourteenEvents) {
  std::set<int> events;
  for (const EventRule& rule : event_rules()) events.insert(rule.event);
  EXPECT_EQ(events, (std::set<int>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16}));
}

}  // namespace
}  // namespace holdfast::engine
