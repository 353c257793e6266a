// The one source of everything that varies in a simulated world: the same seed gives the same numbers on every system
// and with every compiler. xoshiro256** by Blackman and Vigna, its state filled by splitmix64; the distributions are
// ours because those of standard libraries differ.
#pragma once

#include <array>
#include <cstdint>

namespace holdfast {

class Random {
 public:
  explicit Random(std::uint64_t seed);

  // Any of 2^64 numbers.
  std::uint64_t next();
  // From 0 to n - 1, each as likely as the others; n is at least 1.
  std::uint64_t below(std::uint64_t n);
  // From `first` to `last`, both included; `last` is not below `first`.
  std::uint64_t between(std::uint64_t first, std::uint64_t last);
  // True so many times in a hundred; from 100 on always.
  bool percent_chance(std::uint32_t percent);

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace holdfast
