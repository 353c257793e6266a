// Text as words and what stands between them. A word is a run of ASCII letters and digits and of everything beyond
// ASCII: no separator of a path, a key, a command line or an address stands in one, so replacing words leaves every
// structure.
#pragma once

#include <cstddef>
#include <string_view>

#include "engine/text/ascii.h"

namespace holdfast {

constexpr bool is_word_byte(char c) {
  return ascii::is_letter(c) || ascii::is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

// End of the word that begins at `at`; `at` itself if none does.
constexpr std::size_t word_end(std::string_view text, std::size_t at) {
  while (at < text.size() && is_word_byte(text[at])) ++at;
  return at;
}

// Calls `take(word)` with each word of `text`, in order.
template <typename Take>
void for_each_word(std::string_view text, Take&& take) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = word_end(text, at);
    if (end > at) take(text.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace holdfast
