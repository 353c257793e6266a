// The halves in which UTF-16 holds what lies beyond U+FFFF.
#pragma once

namespace holdfast {

constexpr bool is_high_surrogate(char32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
constexpr bool is_low_surrogate(char32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

// The code point of a high half and the low one that follows it.
constexpr char32_t code_point_of_pair(char32_t high, char32_t low) {
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

}  // namespace holdfast
