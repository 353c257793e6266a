#include "agent/live_clock.h"

#include <chrono>

namespace holdfast {
namespace {

std::uint64_t steady_ns() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

}  // namespace

LiveClock::LiveClock() : began_ns_(steady_ns()) {}

std::uint64_t LiveClock::now_ns() const { return steady_ns() - began_ns_; }

}  // namespace holdfast
