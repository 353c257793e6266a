// Durations in whole nanoseconds, and sums that stop at the end of time.
#pragma once

#include <cstdint>
#include <limits>

namespace holdfast {

inline constexpr std::uint64_t kMillisecond_ns = 1'000'000;
inline constexpr std::uint64_t kSecond_ns = 1'000'000'000;

// `at_ns` and `by_ns` more; the last moment there is where that lies beyond it.
inline constexpr std::uint64_t later(std::uint64_t at_ns, std::uint64_t by_ns) {
  constexpr std::uint64_t kEnd_ns = std::numeric_limits<std::uint64_t>::max();
  return by_ns > kEnd_ns - at_ns ? kEnd_ns : at_ns + by_ns;
}

}  // namespace holdfast
