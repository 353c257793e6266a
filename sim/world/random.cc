#include "sim/world/random.h"

#include <bit>

#include "engine/text/check.h"

namespace holdfast {
namespace {

std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15;
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
  return mixed ^ (mixed >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed) : state_() {
  for (std::uint64_t& word : state_) word = splitmix64(seed);
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t n) {
  engine::check(n != 0, "there is no number below zero");
  // 2^64 modulo n: without so many of the smallest numbers every remainder comes from equally many.
  const std::uint64_t surplus = (0 - n) % n;
  std::uint64_t drawn = next();
  while (drawn < surplus) drawn = next();
  return drawn % n;
}

std::uint64_t Random::between(std::uint64_t first, std::uint64_t last) {
  engine::check(first <= last, "a range ends before it begins");
  const std::uint64_t others = last - first;
  return others == UINT64_MAX ? next() : first + below(others + 1);
}

bool Random::percent_chance(std::uint32_t percent) { return below(100) < percent; }

}  // namespace holdfast
