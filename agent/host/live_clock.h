// The steady clock of the machine, for a live host.
#pragma once

#include <cstdint>

#include "sensors/clock.h"

namespace holdfast {

class LiveClock final : public Clock {
 public:
  // It is `begins_at_ns` now: 0, or where the engine of an earlier run stood.
  explicit LiveClock(std::uint64_t begins_at_ns = 0);
  std::uint64_t now_ns() const override;

 private:
  std::uint64_t zero_ns_;  // of the machine's clock; wraps where time 0 lay before its beginning
};

}  // namespace holdfast
