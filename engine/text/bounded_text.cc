#include "engine/text/bounded_text.h"

#include <algorithm>

#include "engine/text/ascii_words.h"
#include "engine/text/utf8.h"

namespace holdfast {

std::string bounded_text(std::string_view text, std::size_t bytes_max) {
  // No invalid sequence is longer than what stands in its place, so nothing behind the bound can come before it.
  text = text.substr(0, std::min(text.size(), bytes_max + 3));
  std::string kept;
  if (ascii::is_ascii(text)) {
    kept = text.substr(0, bytes_max);
    return kept;
  }
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const std::size_t before = kept.size();
    append_utf8(point.value, kept);
    at += point.bytes;
    if (kept.size() <= bytes_max) continue;
    kept.resize(before);
    break;
  }
  return kept;
}

bool is_bounded_text(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && (ascii::is_ascii(text) || bounded_text(text, bytes_max) == text);
}

}  // namespace holdfast
