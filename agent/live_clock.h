// The steady clock of the machine, for a live host.
#pragma once

#include <cstdint>

#include "sensors/clock.h"

namespace holdfast {

class LiveClock final : public Clock {
 public:
  LiveClock();  // time 0 is now
  std::uint64_t now_ns() const override;

 private:
  std::uint64_t began_ns_;
};

}  // namespace holdfast
