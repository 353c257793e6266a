// A clock that jumps: time passes only because somebody has nothing to do until then.
#pragma once

#include <cstdint>

#include "sensors/clock.h"

namespace holdfast {

class VirtualClock final : public Clock {
 public:
  std::uint64_t now_ns() const override { return now_ns_; }
  // Never backwards: an earlier time leaves the clock where it is.
  void advance_to(std::uint64_t at_ns) {
    if (at_ns > now_ns_) now_ns_ = at_ns;
  }

 private:
  std::uint64_t now_ns_ = 0;
};

}  // namespace holdfast
