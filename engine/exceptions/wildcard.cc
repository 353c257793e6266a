#include "engine/exceptions/wildcard.h"

#include <cstddef>

namespace holdfast::engine {
namespace {

// Length of the character at `at`; `text` is valid UTF-8.
std::size_t character_bytes(std::string_view text, std::size_t at) {
  std::size_t bytes = 1;
  while (at + bytes < text.size() && (static_cast<unsigned char>(text[at + bytes]) & 0xC0U) == 0x80U) ++bytes;
  return bytes;
}

// Fits `text` to `pattern`. A '*' first takes nothing; when the rest does not fit, the last '*' takes one character
// more. Earlier ones need never be tried again: whatever they could take, the last one can. `text_has_wildcards`: then
// a '*' of the text stands for runs that only a '*' of the pattern takes.
bool fits(std::string_view pattern, std::string_view text, bool text_has_wildcards) {
  constexpr std::size_t kNowhere = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = kNowhere;
  std::size_t star_text = 0;
  for (;;) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    if (t == text.size()) return p == pattern.size();
    const bool text_star = text_has_wildcards && text[t] == '*';
    if (p < pattern.size() && !text_star) {
      if (pattern[p] == '?') {
        ++p;
        t += character_bytes(text, t);
        continue;
      }
      if (pattern[p] == text[t]) {
        ++p;
        ++t;
        continue;
      }
    }
    if (star == kNowhere) return false;
    star_text += character_bytes(text, star_text);
    t = star_text;
    p = star;
  }
}

}  // namespace

bool wildcard_matches(std::string_view pattern, std::string_view name) { return fits(pattern, name, false); }

bool wildcard_covers(std::string_view wide, std::string_view narrow) { return fits(wide, narrow, true); }

}  // namespace holdfast::engine
