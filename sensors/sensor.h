// Where inputs come from: a live system, a recording, a scenario's timeline, or several of them merged.
#pragma once

#include <cstdint>
#include <limits>

#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"

namespace holdfast {

class Sensor {
 public:
  enum class Next : std::uint8_t {
    kInput,     // `input` is filled; its at_ns is the time at which it happened
    kDeadline,  // nothing happened until `until_ns`, and the clock stands there now
    kEnd,       // nothing will ever happen again
  };
  static constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

  virtual ~Sensor() = default;
  // Text in an input is UTF-8: what sees the world makes it so (agent/host/valid_text.h), or nobody could record it.
  // Waits for the next input, but not beyond `until_ns` of the sensor's clock (kForever: without a bound; only allowed
  // for sensors that end by themselves or can be stopped). An input at exactly `until_ns` comes after the deadline:
  // kDeadline is returned first, so timers win ties. Fails when the source is broken.
  virtual Expected<Next> next(std::uint64_t until_ns, v1::Input& input) = 0;
};

}  // namespace holdfast
