#include "sensors/import/json_text.h"

#include <cstring>

#include "engine/text/ascii.h"
#include "engine/text/hex.h"
#include "engine/text/surrogates.h"
#include "engine/text/utf8.h"

namespace holdfast {
namespace {

// The four digits after "\u"; -1 if they are not four.
int read_code_unit(std::string_view raw, std::size_t at) {
  if (at + 4 > raw.size()) return -1;
  int unit = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const int digit = hex_value(raw[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

// Reads \uXXXX (and the low half that must follow a high one) at `at`, the index of 'u'; moves `at` behind it.
bool read_unicode_escape(std::string_view raw, std::size_t& at, std::string& out, std::uint64_t& surrogates) {
  const int unit = read_code_unit(raw, at + 1);
  if (unit < 0) return false;
  at += 5;
  auto point = static_cast<char32_t>(unit);
  if (is_high_surrogate(point) || is_low_surrogate(point)) {
    const int low = is_high_surrogate(point) && at + 6 <= raw.size() && raw[at] == '\\' && raw[at + 1] == 'u'
                        ? read_code_unit(raw, at + 2)
                        : -1;
    if (low >= 0 && is_low_surrogate(static_cast<char32_t>(low))) {
      point = code_point_of_pair(point, static_cast<char32_t>(low));
      at += 6;
    } else {
      point = kReplacementCharacter;
      ++surrogates;
    }
  }
  append_utf8(point, out);
  return true;
}

// What a two-character escape stands for; 0 for none.
char short_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'b': return '\b';
    case 'f': return '\f';
    default: return 0;
  }
}

}  // namespace

bool unescape_json(std::string_view raw, std::string& out, std::uint64_t& surrogates) {
  out.clear();
  std::size_t at = 0;
  while (at < raw.size()) {
    const void* found = std::memchr(raw.data() + at, '\\', raw.size() - at);
    const std::size_t stop =
        found == nullptr ? raw.size() : static_cast<std::size_t>(static_cast<const char*>(found) - raw.data());
    out.append(raw, at, stop - at);
    if (stop == raw.size()) return true;
    at = stop + 1;
    if (at == raw.size()) return false;
    if (raw[at] == 'u') {
      if (!read_unicode_escape(raw, at, out, surrogates)) return false;
      continue;
    }
    const char meant = short_escape(raw[at]);
    if (meant == 0) return false;
    out += meant;
    ++at;
  }
  return true;
}

void unescape_xml(std::string& text) {
  struct Entity {
    std::string_view name;
    char meant;
  };
  static constexpr Entity kEntities[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
  std::size_t from = text.find('&');
  if (from == std::string::npos) return;
  std::size_t to = from;
  while (from < text.size()) {
    const std::string_view rest = std::string_view(text).substr(from);
    const Entity* match = nullptr;
    if (rest[0] == '&') {
      for (const Entity& entity : kEntities) {
        if (rest.starts_with(entity.name)) match = &entity;
      }
    }
    text[to++] = match != nullptr ? match->meant : text[from];
    from += match != nullptr ? match->name.size() : 1;
  }
  text.resize(to);
}

bool shorten_utf8(std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return false;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return true;
}

bool is_json_scalar(std::string_view token) {
  if (token == "true" || token == "false" || token == "null") return true;
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t before = at;
    while (at < token.size() && ascii::is_digit(token[at])) ++at;
    return at - before;
  };
  if (at < token.size() && token[at] == '-') ++at;
  const bool leading_zero = at < token.size() && token[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (at < token.size() && token[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
    ++at;
    if (at < token.size() && (token[at] == '+' || token[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == token.size();
}

}  // namespace holdfast
