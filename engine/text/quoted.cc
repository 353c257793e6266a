#include "engine/text/quoted.h"

#include <cstddef>

#include "engine/text/hex.h"
#include "engine/text/utf8.h"

namespace holdfast::engine {

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kCharactersMax = 120;
  std::string out = "\"";
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    if (characters == kCharactersMax) {
      out += "...";
      break;
    }
    const CodePoint point = code_point_at(text, at);
    const std::string_view bytes = text.substr(at, point.bytes);
    if (point.valid && point.value >= ' ' && point.value != 0x7F) {
      out += bytes;
    } else {
      for (const char byte : bytes) out += "\\x" + hex_of(std::string_view(&byte, 1));
    }
    at += point.bytes;
  }
  return out + '"';
}

}  // namespace holdfast::engine
