#include "reports/decision_listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::Verdict of(v1::Verdict::Decision decision, v1::ReasonCode because) {
  v1::Verdict verdict;
  verdict.set_decision(decision);
  verdict.set_because(because);
  verdict.set_event(v1::NEW_SERVICE);
  return verdict;
}

const v1::Verdict kAssessed = of(v1::Verdict::ALLOW, v1::ACTION_IS_ASSESS);
const v1::Verdict kDenied = of(v1::Verdict::DENY, v1::ACTION_IS_DENY);
const v1::Verdict kPassed = of(v1::Verdict::ALLOW, v1::ON_APPROVED_LIST);

TEST(DecisionListing, ShowsWhatAskedOrDeniedAndCountsAll) {
  DecisionListing listing({});
  for (const v1::Verdict& verdict : {kPassed, kAssessed, kDenied, kAssessed}) listing.add(1, verdict);
  EXPECT_THAT(listing.lines(), HasSubstr("#3"));
  EXPECT_THAT(listing.lines(), Not(HasSubstr("#2")));
  EXPECT_EQ(listing.summary().decisions(), 4U);
  EXPECT_EQ(listing.most_telling(), 3U);
}

TEST(DecisionListing, ShowsWhatWasAssessedWhereNothingElseTells) {
  DecisionListing listing({});
  for (const v1::Verdict& verdict : {kPassed, kAssessed}) listing.add(1, verdict);
  EXPECT_THAT(listing.lines(), HasSubstr("#2"));
  EXPECT_EQ(listing.most_telling(), 2U);
}

TEST(DecisionListing, ShowsEverythingIfAskedTo) {
  DecisionListing listing({.all = true});
  for (const v1::Verdict& verdict : {kPassed, kAssessed, kDenied}) listing.add(1, verdict);
  for (const char* number : {"#1", "#2", "#3"}) EXPECT_THAT(listing.lines(), HasSubstr(number));
}

TEST(DecisionListing, KeepsToItsLimitAndKnowsHowManyAreLeft) {
  DecisionListing listing({.limit = 2});
  for (int i = 0; i < 5; ++i) listing.add(1, kDenied);
  EXPECT_EQ(listing.unlisted(), 3U);
  DecisionListing unlimited({.limit = 0});
  for (int i = 0; i < 50; ++i) unlimited.add(1, kDenied);
  EXPECT_EQ(unlimited.unlisted(), 0U);
}

TEST(DecisionListing, NamesEachDayOnceByTheWallClock) {
  constexpr std::uint64_t kDay_ns = 86'400'000'000'000;
  DecisionListing listing({.time = TimeText::by_wall_clock(1'600'571'100'000'000'000)});
  for (const std::uint64_t at_ns : {std::uint64_t{0}, std::uint64_t{1}, kDay_ns}) listing.add(at_ns, kDenied);
  const std::string& lines = listing.lines();
  EXPECT_THAT(lines, HasSubstr("  2020-09-20 (UTC)\n"));
  EXPECT_THAT(lines, HasSubstr("  2020-09-21 (UTC)\n"));
  EXPECT_EQ(lines.find("2020-09-20"), lines.rfind("2020-09-20"));
}

TEST(DecisionListing, WritesElementsOfAnArrayForMachines) {
  DecisionListing listing({.json = true});
  listing.add(1, kDenied);
  EXPECT_EQ(listing.lines(), "");
  EXPECT_THAT(listing.json().take(), HasSubstr("ACTION_IS_DENY"));
}

}  // namespace
}  // namespace holdfast
