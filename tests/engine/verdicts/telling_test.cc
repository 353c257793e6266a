// The one place that says whether a decision is logged, as a table.
#include "engine/verdicts/telling.h"

#include <gtest/gtest.h>

#include "engine/tables/tables.h"

namespace holdfast::engine {
namespace {

using Action = v1::MonitoredEventPolicy;
using V = v1::Verdict;

struct Row {
  Grounds grounds;
  V::Decision decision;
  Action::Action action;
  bool log_every;
  bool logged;
  bool warned;
};

TEST(Telling, IsAsTheDomainSays) {
  constexpr Row kRows[] = {
      // grounds             decision    action                     every  logged warned
      {Grounds::kNothing, V::ALLOW, Action::DENY, true, false, false},
      {Grounds::kTrust, V::ALLOW, Action::DENY, false, false, false},
      {Grounds::kTrust, V::ALLOW, Action::DENY, true, true, false},
      {Grounds::kBlockedList, V::DENY, Action::ALLOW, false, true, true},
      {Grounds::kAction, V::ALLOW, Action::ASSESS, false, true, false},
      {Grounds::kAction, V::ALLOW, Action::ALLOW, false, false, false},
      {Grounds::kAction, V::ALLOW, Action::ALLOW, true, true, false},
      {Grounds::kAction, V::ALLOW, Action::ASK_WHEN_NECESSARY, false, false, false},
      {Grounds::kAction, V::ALLOW, Action::ASK_WHEN_NECESSARY, true, true, false},
      {Grounds::kAction, V::DENY, Action::ASK_WHEN_NECESSARY, false, true, false},
      {Grounds::kAction, V::DENY, Action::DENY, false, true, true},
      {Grounds::kAction, V::MOOT, Action::DENY, true, false, false},
      {Grounds::kBlockedList, V::MOOT, Action::DENY, true, false, false},
  };
  for (const Row& row : kRows) {
    const Telling telling =
        telling_of(row.grounds, row.decision, &action_rule(default_tables(), row.action), row.log_every);
    SCOPED_TRACE(testing::Message() << "row " << (&row - kRows));
    EXPECT_EQ(telling.logged, row.logged);
    EXPECT_EQ(telling.user_warned, row.warned);
  }
}

TEST(Telling, NeedsNoActionWhereNoneDecided) {
  EXPECT_FALSE(telling_of(Grounds::kNothing, V::ALLOW, nullptr, true).logged);
  EXPECT_TRUE(telling_of(Grounds::kTrust, V::ALLOW, nullptr, true).logged);
}

}  // namespace
}  // namespace holdfast::engine
