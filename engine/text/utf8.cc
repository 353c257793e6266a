#include "engine/text/utf8.h"

#include <cstdint>

#include "engine/text/ascii_words.h"

namespace holdfast {
namespace {

// The sequences of the Unicode standard, table 3-7: by first byte, how long they are and what the second byte may be.
struct Form {
  std::uint8_t first_min;
  std::uint8_t first_max;
  std::uint8_t bytes;
  std::uint8_t second_min;
  std::uint8_t second_max;
};
constexpr Form kForms[] = {
    {0x00, 0x7F, 1, 0x00, 0x00}, {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};
constexpr std::uint8_t kFirstByteBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};

}  // namespace

CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t index) { return static_cast<std::uint8_t>(text[index]); };
  const std::uint8_t first = byte(at);
  for (const Form& form : kForms) {
    if (first < form.first_min || first > form.first_max) continue;
    char32_t value = first & kFirstByteBits[form.bytes];
    for (std::size_t i = 1; i < form.bytes; ++i) {
      const std::uint8_t low = i == 1 ? form.second_min : 0x80;
      const std::uint8_t high = i == 1 ? form.second_max : 0xBF;
      if (at + i >= text.size() || byte(at + i) < low || byte(at + i) > high) return {.bytes = i};
      value = (value << 6U) | (byte(at + i) & 0x3FU);
    }
    return {.value = value, .bytes = form.bytes, .valid = true};
  }
  return {};
}

void append_utf8(char32_t point, std::string& out) {
  const auto push = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<std::uint8_t>(byte))); };
  if (point < 0x80) {
    push(point);
    return;
  }
  if (point < 0x800) {
    push(0xC0U | (point >> 6U));
  } else {
    if (point < 0x10000) {
      push(0xE0U | (point >> 12U));
    } else {
      push(0xF0U | (point >> 18U));
      push(0x80U | ((point >> 12U) & 0x3FU));
    }
    push(0x80U | ((point >> 6U) & 0x3FU));
  }
  push(0x80U | (point & 0x3FU));
}

void append_valid_utf8(std::string_view text, std::string& out) {
  if (ascii::is_ascii(text)) {
    out.append(text);
    return;
  }
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    append_utf8(point.value, out);
    at += point.bytes;
  }
}

bool is_utf8(std::string_view text) {
  if (ascii::is_ascii(text)) return true;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (!point.valid) return false;
    at += point.bytes;
  }
  return true;
}

std::size_t utf16_units(std::string_view text) {
  if (ascii::is_ascii(text)) return text.size();
  std::size_t units = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    units += point.value > 0xFFFF ? 2 : 1;
    at += point.bytes;
  }
  return units;
}

}  // namespace holdfast
