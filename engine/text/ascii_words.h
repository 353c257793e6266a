// Eight ASCII characters at a time: what makes the path of every event cheap to normalise.
//
// A Word is eight bytes of text, first character lowest. Results that speak about single characters are masks with 0x80
// in the bytes meant. Except for any_below and any_non_ascii, a Word may hold ASCII only.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace holdfast::ascii {

using Word = std::uint64_t;

// "The character before" is a shift to the left, which holds on little-endian machines: all that Windows runs on.
static_assert(std::endian::native == std::endian::little);

inline constexpr Word kOnes = 0x0101010101010101U;
inline constexpr Word kHighs = 0x8080808080808080U;

inline Word load(const char* text) {
  Word word = 0;
  std::memcpy(&word, text, sizeof word);
  return word;
}

// The last `size` < 8 characters of a text, filled up with 'A', which no test here minds.
inline Word load_tail(const char* text, std::size_t size) {
  Word word = kOnes * 'A';
  std::memcpy(&word, text, size);
  return word;
}

constexpr Word any_non_ascii(Word word) { return word & kHighs; }

// Not zero if a byte is below `limit` (at most 0x80).
constexpr Word any_below(Word word, unsigned limit) { return (word - kOnes * limit) & ~word & kHighs; }

constexpr Word equal(Word word, char c) {
  return ~((word ^ (kOnes * static_cast<unsigned char>(c))) + kOnes * 0x7F) & kHighs;
}

constexpr Word upper(Word word) {
  const Word at_least_a = word + kOnes * (0x80 - 'a');
  const Word above_z = word + kOnes * (0x7F - 'z');
  return word ^ ((at_least_a & ~above_z & kHighs) >> 2U);
}

// Writes `text` in upper case to `out` (text.size() bytes). Gives false, and rubbish in `out`, if it is not all ASCII.
inline bool copy_upper(std::string_view text, char* out) {
  const char* in = text.data();
  std::size_t left = text.size();
  Word high = 0;
  for (; left >= sizeof(Word); left -= sizeof(Word), in += sizeof(Word), out += sizeof(Word)) {
    const Word word = load(in);
    high |= any_non_ascii(word);
    const Word raised = upper(word);
    std::memcpy(out, &raised, sizeof raised);
  }
  if (left != 0) {
    const Word word = load_tail(in, left);
    high |= any_non_ascii(word);
    const Word raised = upper(word);
    std::memcpy(out, &raised, left);
  }
  return high == 0;
}

inline bool is_ascii(std::string_view text) {
  Word high = 0;
  std::size_t at = 0;
  for (; at + sizeof(Word) <= text.size(); at += sizeof(Word)) high |= any_non_ascii(load(text.data() + at));
  if (at < text.size()) high |= any_non_ascii(load_tail(text.data() + at, text.size() - at));
  return high == 0;
}

}  // namespace holdfast::ascii
