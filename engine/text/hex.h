// Hexadecimal digits: of either case where they are read, lower-case where they are written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

// 0 to 15; -1 for what is no digit.
constexpr int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

// Two digits for each byte.
std::string hex_of(std::string_view bytes);

// The bytes that `hex` stands for; nothing where it is anything but pairs of digits.
std::optional<std::string> bytes_of_hex(std::string_view hex);

}  // namespace holdfast
