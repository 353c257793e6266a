// Numbers at random for tests and benchmarks: the same for the same seed, on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace holdfast::test {

// SplitMix64: enough for tests, and simpler than any other.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27U) * 0x94d049bb133111ebU;
    return z ^ z >> 31U;
  }

  // 0 to `bound` - 1.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

  // An element of something that is not empty.
  template <typename Sequence>
  const auto& one_of(const Sequence& from) {
    return from[below(std::size(from))];
  }

 private:
  std::uint64_t state_;
};

}  // namespace holdfast::test

namespace holdfast {
using test::Random;  // beside sim's generator of that name this does not compile: say test::Random there
}  // namespace holdfast
