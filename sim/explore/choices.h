// Where every choice of a made-up life comes from: a seed, or the bytes that a fuzzer tries.
//
//   Choices choices(4711);
//   if (choices.chance(30)) hold = choices.pick(kHolds);
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "sim/world/random.h"

namespace holdfast {

class Choices {
 public:
  explicit Choices(std::uint64_t seed) : random_(seed) {}
  // `bytes` must outlive this. Small choices take one byte, larger ones two or eight; when they are spent, every choice
  // is the first one.
  explicit Choices(std::span<const std::uint8_t> bytes) : random_(0), bytes_(bytes), from_bytes_(true) {}

  // From 0 to n - 1; n is at least 1.
  std::uint64_t below(std::uint64_t n);
  std::uint64_t between(std::uint64_t first, std::uint64_t last) {
    return last - first == UINT64_MAX ? any() : first + below(last - first + 1);
  }
  std::uint64_t any();
  // So many times in a hundred.
  bool chance(std::uint32_t percent) { return percent != 0 && below(100) < percent; }
  // Once in so many times; 0: never.
  bool once_in(std::uint64_t times) { return times != 0 && below(times) == 0; }
  template <typename List>
  const auto& pick(const List& list) {
    return *std::next(std::begin(list), static_cast<std::ptrdiff_t>(below(std::size(list))));
  }

  // The fuzzer's bytes are spent: there is nothing left to choose.
  bool spent() const { return from_bytes_ && next_ >= bytes_.size(); }

 private:
  std::uint64_t take(std::size_t bytes);

  Random random_;
  std::span<const std::uint8_t> bytes_;
  std::size_t next_ = 0;
  bool from_bytes_ = false;
};

}  // namespace holdfast
