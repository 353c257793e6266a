// The time of the world the engine lives in. Only a host and its sensors look at it; the engine is told.
#pragma once

#include <cstdint>

namespace holdfast {

class Clock {
 public:
  virtual ~Clock() = default;
  // Steady ns since the host began; never decreases.
  virtual std::uint64_t now_ns() const = 0;
};

}  // namespace holdfast
