#include "sim/replay/decision_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/replay/explained_decisions.h"

namespace holdfast {
namespace {

using testing::ElementsAre;

// Shows an observer one operation and what was decided about it.
class Shown {
 public:
  explicit Shown(StepObserver& observer) : observer_(observer) {}

  void decide(const std::string& program, v1::Verdict::Decision decision, v1::ReasonCode because,
              v1::MonitoredEvent event = v1::NEW_SERVICE) {
    v1::Input input;
    input.set_at_ns(++id_ * 10);
    input.mutable_operation()->set_id(id_);
    input.mutable_operation()->set_script("of " + program);
    std::vector<v1::Output> outputs(1);
    v1::Verdict& verdict = *outputs[0].mutable_verdict();
    verdict.set_operation_id(id_);
    verdict.set_program(program);
    verdict.set_decision(decision);
    verdict.set_because(because);
    verdict.set_event(event);
    EXPECT_TRUE(observer_.on_step(input, outputs));
  }

 private:
  StepObserver& observer_;
  std::uint64_t id_ = 0;
};

void tell(StepObserver& observer) {
  Shown shown(observer);
  shown.decide("C:\\a.exe", v1::Verdict::ALLOW, v1::ON_APPROVED_LIST, v1::MONITORED_EVENT_UNSPECIFIED);
  shown.decide("C:\\a.exe", v1::Verdict::ALLOW, v1::ACTION_IS_ASSESS);
  shown.decide("C:\\B.exe", v1::Verdict::DENY, v1::ACTION_IS_DENY);
  shown.decide("C:\\b.exe", v1::Verdict::DENY, v1::ACTION_IS_DENY, v1::NEW_STARTUP_PROGRAM);
}

std::uint64_t found(DecisionWish wish) {
  DecisionFinder finder(std::move(wish));
  tell(finder);
  EXPECT_EQ(finder.decisions(), 4U);
  EXPECT_EQ(finder.events(), 4U);
  return finder.found() ? finder.found()->operation_id() : 0;
}

TEST(DecisionFinder, FindsTheFirstThatAskedOrDeniedWhereNothingIsSaid) { EXPECT_EQ(found({}), 3U); }

TEST(DecisionFinder, FindsTheFirstThatWasAssessedWhereNoneAskedOrDenied) {
  DecisionFinder finder({});
  Shown shown(finder);
  shown.decide("C:\\a.exe", v1::Verdict::ALLOW, v1::ON_APPROVED_LIST, v1::MONITORED_EVENT_UNSPECIFIED);
  EXPECT_FALSE(finder.found());
  shown.decide("C:\\a.exe", v1::Verdict::ALLOW, v1::ACTION_IS_ASSESS);
  ASSERT_TRUE(finder.found());
  EXPECT_EQ(finder.found()->operation_id(), 2U);
}

TEST(DecisionFinder, FindsByNumberProgramEventAndReason) {
  EXPECT_EQ(found({.number = 1, .program = {}, .any = false}), 1U);
  EXPECT_EQ(found({.program = "b.exe", .any = false}), 3U);
  EXPECT_EQ(found({.program = {}, .event = v1::NEW_STARTUP_PROGRAM, .any = false}), 4U);
  EXPECT_EQ(found({.program = {}, .because = v1::ACTION_IS_ASSESS, .any = false}), 2U);
  EXPECT_EQ(found({.decision = v1::Verdict::TERMINATE, .program = {}, .any = false}), 0U);
}

TEST(DecisionFinder, SaysHowManyThereWereWhereNoneIsMeant) {
  DecisionFinder finder({.number = 9, .program = {}, .any = false});
  tell(finder);
  EXPECT_THAT(no_such_decision("a.hfr", finder).text(), testing::HasSubstr("a.hfr: none of its 4 decisions"));
}

std::vector<std::uint64_t> numbers(const ExplainedDecisions& explained) {
  std::vector<std::uint64_t> numbers;
  for (const auto& kept : explained.chosen()) numbers.push_back(kept.number);
  return numbers;
}

TEST(ExplainedDecisions, AreThoseThatAskedOrDeniedUpToTheLimit) {
  ExplainedDecisions all({});
  tell(all);
  EXPECT_THAT(numbers(all), ElementsAre(3, 4));
  ExplainedDecisions one({.limit = 1});
  tell(one);
  EXPECT_THAT(numbers(one), ElementsAre(3));
  EXPECT_EQ(one.telling(), 2U);
  EXPECT_EQ(one.decisions(), 4U);
}

TEST(ExplainedDecisions, IsTheOneThatIsNamedWithTheScriptThatDroveIt) {
  ExplainedDecisions by_number({.decision = 2});
  tell(by_number);
  EXPECT_THAT(numbers(by_number), ElementsAre(2));
  EXPECT_EQ(by_number.chosen()[0].script, "of C:\\a.exe");
  ExplainedDecisions by_operation({.operation = 4});
  tell(by_operation);
  EXPECT_THAT(numbers(by_operation), ElementsAre(4));
  ASSERT_TRUE(by_operation.operation());
  EXPECT_EQ(by_operation.operation()->id(), 4U);
}

TEST(ExplainedDecisions, RemembersTheStatusInForceWhenTheOperationCame) {
  ExplainedDecisions explained({.operation = 1});
  v1::Input input;
  std::vector<v1::Output> outputs(1);
  outputs[0].mutable_status()->set_because(v1::SERVICE_NOT_RUNNING);
  ASSERT_TRUE(explained.on_step(input, outputs));
  input.mutable_operation()->set_id(1);
  ASSERT_TRUE(explained.on_step(input, {}));
  EXPECT_TRUE(explained.chosen().empty());
  ASSERT_TRUE(explained.operation());
  EXPECT_EQ(explained.status_then().because(), v1::SERVICE_NOT_RUNNING);
}

}  // namespace
}  // namespace holdfast
