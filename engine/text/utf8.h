// UTF-8: strict reading, U+FFFD for what is none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

struct CodePoint {
  char32_t value = kReplacementCharacter;
  std::size_t bytes = 1;  // that it takes in the text; of an invalid sequence its longest valid beginning
  bool valid = false;     // U+FFFD that stands in the text itself is valid
};

// The code point at `text[at]`; `at` must be inside. Overlong forms, surrogates and torn sequences are invalid.
CodePoint code_point_at(std::string_view text, std::size_t at);

// `point` must be a Unicode scalar value.
void append_utf8(char32_t point, std::string& out);

// Appends `text` with U+FFFD in place of each invalid sequence.
void append_valid_utf8(std::string_view text, std::string& out);

bool is_utf8(std::string_view text);

// Length in UTF-16 units once invalid sequences are U+FFFD: what Windows limits.
std::size_t utf16_units(std::string_view text);

}  // namespace holdfast
