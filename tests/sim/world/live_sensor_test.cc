#include "sim/world/live_sensor.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "tests/sim/story/script.h"

namespace holdfast {
namespace {

// What comes from outside, each at its time, on a clock that stands wherever the waiting led.
class Outside final : public Sensor {
 public:
  explicit Outside(std::deque<std::uint64_t> arrivals_ns) : arrivals_ns_(std::move(arrivals_ns)) {}

  Expected<Next> next(std::uint64_t until_ns, v1::Input& input) override {
    if (broken) return std::unexpected(Error{.where = "outside", .field = {}, .what = "broke", .remedy = {}});
    if (!arrivals_ns_.empty() && arrivals_ns_.front() < until_ns) {
      input.Clear();
      input.set_at_ns(arrivals_ns_.front());
      input.mutable_http_outcome();
      arrivals_ns_.pop_front();
      return Next::kInput;
    }
    waited_until_ns = until_ns;
    return until_ns == kForever ? Next::kEnd : Next::kDeadline;
  }

  bool broken = false;
  std::uint64_t waited_until_ns = 0;

 private:
  std::deque<std::uint64_t> arrivals_ns_;
};

// "5 planned", "7 arrived", until nothing comes before `until_ns`.
std::vector<std::string> told(LiveSensor& sensor, std::uint64_t until_ns = Sensor::kForever) {
  std::vector<std::string> lines;
  v1::Input input;
  while (*sensor.next(until_ns, input) == Sensor::Next::kInput) {
    lines.push_back(std::to_string(input.at_ns()) + (input.has_http_outcome() ? " arrived" : " planned"));
  }
  return lines;
}

TEST(LiveSensor, MergesWhatIsPlannedWithWhatArrives) {
  Script script({{{5, 0}, 1}, {{9, 1}, 1}});
  Outside outside({3, 7, 20});
  LiveSensor sensor({&script}, outside);
  EXPECT_EQ(told(sensor), (std::vector<std::string>{"3 arrived", "5 planned", "7 arrived", "9 planned", "20 arrived"}));
}

TEST(LiveSensor, WaitsInRealTimeForWhatIsPlanned) {
  Script script({{{5, 0}, 1}});
  Outside outside({});
  LiveSensor sensor({&script}, outside);
  v1::Input input;
  EXPECT_EQ(*sensor.next(Sensor::kForever, input), Sensor::Next::kInput);
  EXPECT_EQ(outside.waited_until_ns, 5U);
  EXPECT_EQ(*sensor.next(8, input), Sensor::Next::kDeadline);
  EXPECT_EQ(outside.waited_until_ns, 8U);
  EXPECT_EQ(*sensor.next(Sensor::kForever, input), Sensor::Next::kEnd);
}

TEST(LiveSensor, ADeadlineComesBeforeWhatIsPlannedForTheSameTime) {
  Script script({{{5, 0}, 1}});
  Outside outside({});
  LiveSensor sensor({&script}, outside);
  EXPECT_TRUE(told(sensor, 5).empty());
  EXPECT_EQ(told(sensor, 6), (std::vector<std::string>{"5 planned"}));
}

TEST(LiveSensor, WhatTurnsOutNotToHappenIsNotTold) {
  Script script({{{5, 0}, 1, false}, {{6, 1}, 1}});
  Outside outside({});
  LiveSensor sensor({&script}, outside);
  EXPECT_EQ(told(sensor), (std::vector<std::string>{"6 planned"}));
}

// A verdict at 9 releases what was written for 5.
TEST(LiveSensor, TimeNeverRunsBackwards) {
  Script script({{{9, 0}, 1}, {{5, 1}, 1}});
  Outside outside({8});
  LiveSensor sensor({&script}, outside);
  EXPECT_EQ(told(sensor), (std::vector<std::string>{"8 arrived", "9 planned", "9 planned"}));
}

TEST(LiveSensor, FailsWhenTheOutsideDoes) {
  Outside outside({});
  outside.broken = true;
  LiveSensor sensor({}, outside);
  v1::Input input;
  EXPECT_EQ(sensor.next(5, input).error().what, "broke");
}

}  // namespace
}  // namespace holdfast
