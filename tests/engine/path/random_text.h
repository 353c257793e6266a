// Text at random for property tests: the same for the same seed, on every machine.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "tests/support/random.h"

namespace holdfast::engine {

class RandomText : public Random {
 public:
  using Random::Random;

  // 0 to `count_max` pieces in a row.
  std::string from_pieces(std::span<const std::string_view> pieces, std::size_t count_max) {
    std::string text;
    for (std::size_t count = below(count_max + 1); count != 0; --count) text += one_of(pieces);
    return text;
  }
};

}  // namespace holdfast::engine
