#include "sim/world/merge_sensor.h"

#include <gtest/gtest.h>

#include "tests/sim/story/script.h"

namespace holdfast {
namespace {

TEST(MergeSensor, OrdersByTimeThenByPlanning) {
  VirtualClock clock;
  Script one({{{5, 0}, 1}, {{9, 7}, 2}});
  Script two({{{5, 1}, 3}, {{9, 6}, 4}});
  MergeSensor sensor(clock, {&two, &one});
  std::vector<std::uint64_t> seen;
  std::vector<std::uint64_t> times;
  v1::Input input;
  while (*sensor.next(Sensor::kForever, input) == Sensor::Next::kInput) {
    seen.push_back(input.loss().events());
    times.push_back(input.at_ns());
  }
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 3, 4, 2}));
  EXPECT_EQ(times, (std::vector<std::uint64_t>{5, 5, 9, 9}));
  EXPECT_EQ(clock.now_ns(), 9U);
}

TEST(MergeSensor, ADeadlineComesBeforeAnInputOfTheSameTime) {
  VirtualClock clock;
  Script one({{{5, 0}, 1}});
  MergeSensor sensor(clock, {&one});
  v1::Input input;
  EXPECT_EQ(*sensor.next(5, input), Sensor::Next::kDeadline);
  EXPECT_EQ(clock.now_ns(), 5U);
  EXPECT_EQ(*sensor.next(6, input), Sensor::Next::kInput);
  EXPECT_EQ(*sensor.next(8, input), Sensor::Next::kDeadline) << "the engine may still cause something";
  EXPECT_EQ(clock.now_ns(), 8U);
  EXPECT_EQ(*sensor.next(Sensor::kForever, input), Sensor::Next::kEnd);
}

TEST(MergeSensor, WhatTurnsOutNotToHappenTakesNoTime) {
  VirtualClock clock;
  Script one({{{5, 0}, 1, false}, {{100, 1}, 2, false}});
  MergeSensor sensor(clock, {&one});
  v1::Input input;
  EXPECT_EQ(*sensor.next(Sensor::kForever, input), Sensor::Next::kEnd);
  EXPECT_EQ(clock.now_ns(), 0U);
}

}  // namespace
}  // namespace holdfast
