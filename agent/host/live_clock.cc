#include "agent/host/live_clock.h"

#include <chrono>

namespace holdfast {
namespace {

std::uint64_t steady_ns() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

}  // namespace

LiveClock::LiveClock(std::uint64_t begins_at_ns) : zero_ns_(steady_ns() - begins_at_ns) {}

std::uint64_t LiveClock::now_ns() const { return steady_ns() - zero_ns_; }

}  // namespace holdfast
