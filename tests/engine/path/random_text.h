// Text at random for property tests: the same for the same seed, on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace holdfast::engine {

class RandomText {
 public:
  explicit RandomText(std::uint64_t seed) : state_(seed) {}

  // 0 to `bound` - 1.
  std::size_t below(std::size_t bound) {
    // SplitMix64: enough for tests, and simpler than any other.
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t value = state_;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return static_cast<std::size_t>((value ^ (value >> 31U)) % bound);
  }

  std::string_view one_of(std::span<const std::string_view> pieces) { return pieces[below(pieces.size())]; }

  // 0 to `count_max` pieces in a row.
  std::string from_pieces(std::span<const std::string_view> pieces, std::size_t count_max) {
    std::string text;
    for (std::size_t count = below(count_max + 1); count != 0; --count) text += one_of(pieces);
    return text;
  }

 private:
  std::uint64_t state_;
};

}  // namespace holdfast::engine
