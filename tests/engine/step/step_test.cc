#include "engine/step/step.h"

#include <gtest/gtest.h>

#include "engine/step/timers.h"

namespace holdfast::engine {
namespace {

v1::Input input(std::uint64_t sequence, std::uint64_t at_ns) {
  v1::Input input;
  input.set_sequence(sequence);
  input.set_at_ns(at_ns);
  return input;
}

class StepTest : public testing::Test {
 protected:
  bool begin(std::uint64_t sequence, std::uint64_t at_ns) { return step.begin(input(sequence, at_ns), outputs); }

  std::vector<v1::Output> outputs;
  Step step;
  Timers timers;
};

TEST_F(StepTest, TakesAnInputOnce) {
  EXPECT_TRUE(begin(1, 5));
  EXPECT_FALSE(begin(1, 6));
  EXPECT_EQ(step.now_ns(), 5U);
  ASSERT_EQ(outputs.size(), 1U);
  EXPECT_EQ(outputs[0].input_ignored().what(), "sequence");
}

TEST_F(StepTest, TakesAnInputFromThePastAtTheEnginesTime) {
  EXPECT_TRUE(begin(1, 50));
  EXPECT_TRUE(begin(2, 40));
  EXPECT_EQ(step.now_ns(), 50U);
  ASSERT_EQ(outputs.size(), 1U);
  EXPECT_EQ(outputs[0].input_ignored().what(), "at_ns");
}

TEST_F(StepTest, KnowsItsPlaceAgainAfterARestore) {
  begin(7, 70);
  v1::EngineState state;
  step.save(state);
  Step again;
  again.load(state);
  EXPECT_EQ(again.now_ns(), 70U);
  EXPECT_FALSE(again.begin(input(7, 80), outputs));
}

TEST_F(StepTest, ATimerIsNeverSetIntoThePast) {
  begin(1, 100);
  const Timers::Set set = timers.set({.of = Timers::Of::kPrompt, .id = 3}, 40, step);
  EXPECT_EQ(set.at_ns, 100U);
  EXPECT_EQ(outputs.back().timer_set().at_ns(), 100U);
}

TEST_F(StepTest, ATimerBelongsToWhoeverSetItAndFiresOnce) {
  begin(1, 0);
  const auto first = timers.set({.of = Timers::Of::kPrompt, .id = 3}, 10, step);
  const auto second = timers.set({.of = Timers::Of::kLookup, .id = 3}, 20, step);
  EXPECT_NE(first.timer_id, second.timer_id);
  EXPECT_FALSE(timers.take_due(first.timer_id, step)) << "not due yet";
  EXPECT_EQ(outputs.back().input_ignored().what(), "timer_fired");
  begin(2, 20);
  const auto owner = timers.take_due(second.timer_id, step);
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->of, Timers::Of::kLookup);
  EXPECT_EQ(owner->id, 3U);
  EXPECT_FALSE(timers.take_due(second.timer_id, step)) << "it has fired";
}

TEST_F(StepTest, ACancelledTimerIsSaidOnceAndNoTimerNever) {
  begin(1, 0);
  const auto set = timers.set({.of = Timers::Of::kPrompt, .id = 1}, 10, step);
  outputs.clear();
  timers.cancel(set.timer_id, step);
  timers.cancel(set.timer_id, step);
  timers.cancel(0, step);
  ASSERT_EQ(outputs.size(), 1U);
  EXPECT_EQ(outputs[0].timer_cancelled().timer_id(), set.timer_id);
}

TEST_F(StepTest, NumbersGoOnAfterARestoreAndForgedOnesAreRefused) {
  begin(1, 0);
  const auto set = timers.set({.of = Timers::Of::kPrompt, .id = 1}, 10, step);
  v1::EngineState state;
  timers.save(state);
  Timers again;
  ASSERT_TRUE(again.load(state));
  EXPECT_TRUE(again.load_one(set, {.of = Timers::Of::kPrompt, .id = 1}));
  EXPECT_FALSE(again.load_one(set, {.of = Timers::Of::kLookup, .id = 1})) << "it belongs to the prompt";
  EXPECT_FALSE(again.load_one({.timer_id = 0, .at_ns = 1}, {.of = Timers::Of::kLookup, .id = 1}));
  EXPECT_FALSE(again.load_one({.timer_id = 2, .at_ns = 1}, {.of = Timers::Of::kLookup, .id = 1})) << "never given out";
  EXPECT_EQ(again.set({.of = Timers::Of::kLookup, .id = 2}, 10, step).timer_id, 2U);
  for (const std::uint64_t forged : {std::uint64_t{0}, ~std::uint64_t{0}}) {
    state.set_next_timer_id(forged);
    EXPECT_EQ(again.load(state).error().field, "next_timer_id");
  }
}

}  // namespace
}  // namespace holdfast::engine
