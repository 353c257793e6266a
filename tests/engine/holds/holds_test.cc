#include "engine/holds/holds.h"

#include <gtest/gtest.h>

namespace holdfast::engine {
namespace {

Hold hold(std::uint64_t operation_id, std::uint32_t pid, Awaited awaited = Awaited::kPerson, std::uint64_t of = 1) {
  Hold hold;
  hold.kept.mutable_operation()->set_id(operation_id);
  hold.kept.mutable_operation()->set_hold(v1::HOLD_CAPABILITY_PRE_EXECUTION);
  hold.kept.mutable_operation()->mutable_file_delete()->set_path("C:\\a");
  hold.kept.set_event(v1::NEW_SERVICE);
  hold.process.pid = pid;
  hold.awaited = awaited;
  hold.of = of;
  return hold;
}

TEST(Holds, KnowWhoWaitsUntilItIsTaken) {
  Holds holds;
  const HoldId id = holds.add(hold(7, 1));
  EXPECT_TRUE(holds.waits(7));
  EXPECT_EQ(holds.take(id).kept.operation().id(), 7U);
  EXPECT_FALSE(holds.waits(7));
  EXPECT_EQ(holds.size(), 0U);
}

TEST(HoldsDeathTest, AnOperationEndsOnce) {
  Holds holds;
  const HoldId id = holds.add(hold(7, 1));
  holds.take(id);
  EXPECT_DEATH(holds.take(id), "ends once");
}

TEST(Holds, StandInAnOrderThatDoesNotDependOnTheirArrival) {
  Holds one;
  Holds other;
  const Hold first = hold(2, 9, Awaited::kService, 5);
  const Hold second = hold(1, 9, Awaited::kService, 6);
  const Hold third = hold(3, 4, Awaited::kService, 5);
  const auto operations = [](Holds& holds, const std::vector<HoldId>& ids) {
    std::vector<std::uint64_t> found;
    for (const HoldId id : ids) found.push_back(holds.at(id).kept.operation().id());
    return found;
  };
  for (const Hold& next : {first, second, third}) one.add(next);
  for (const Hold& next : {third, second, first}) other.add(next);
  one.add(hold(8, 9));  // it waits for a person
  EXPECT_EQ(operations(one, one.for_services()), (std::vector<std::uint64_t>{3, 1, 2}));
  EXPECT_EQ(operations(other, other.for_services()), operations(one, one.for_services()));
  Hold elsewhere = hold(4, 9, Awaited::kService, 5);
  elsewhere.process.computer = 1;
  one.add(elsewhere);
  EXPECT_EQ(operations(one, one.for_services({.pid = 9})), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(operations(one, one.for_services({.pid = 9, .computer = 1})), (std::vector<std::uint64_t>{4}));
}

TEST(Holds, AreBoundedInBytes) {
  Holds holds;
  Hold large = hold(1, 1);
  large.kept.mutable_operation()->set_script(std::string(Holds::kBytesMax / 2, 'x'));
  const HoldId first = holds.add(large);
  EXPECT_FALSE(holds.full());
  large.kept.mutable_operation()->set_id(2);
  holds.add(std::move(large));
  EXPECT_TRUE(holds.full());
  holds.take(first);
  EXPECT_FALSE(holds.full());
}

TEST(Holds, RefuseWhatNoEngineWouldKeep) {
  Holds holds;
  ASSERT_TRUE(holds.load_one(hold(1, 1), 10));
  EXPECT_EQ(holds.load_one(hold(1, 2), 10).error().field, "operation.id");
  Hold bad = hold(2, 1);
  bad.kept.set_event(static_cast<v1::MonitoredEvent>(77));
  EXPECT_EQ(holds.load_one(bad, 10).error().field, "event");
  bad = hold(2, 1);
  bad.kept.set_asked_at_ns(11);
  EXPECT_EQ(holds.load_one(bad, 10).error().field, "asked_at_ns");
  bad = hold(2, 1);
  bad.kept.mutable_operation()->clear_what();
  EXPECT_EQ(holds.load_one(bad, 10).error().field, "operation");
}

}  // namespace
}  // namespace holdfast::engine
