#include "engine/text/hex.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast {
namespace {

TEST(Hex, ReadsBackEveryByte) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  const std::string hex = hex_of(bytes);
  EXPECT_EQ(hex.substr(0, 8), "00010203");
  EXPECT_EQ(hex.substr(hex.size() - 8), "fcfdfeff");
  EXPECT_EQ(bytes_of_hex(hex), bytes);
}

TEST(Hex, ReadsDigitsOfEitherCase) { EXPECT_EQ(bytes_of_hex("aBAb09"), "\xAB\xAB\x09"); }

TEST(Hex, ReadsNothingButPairsOfDigits) {
  EXPECT_EQ(bytes_of_hex(""), "");
  for (const char* wrong : {"a", "abc", "0x", " 1", "1 ", "ag", "a/", "a:", "a@", "aG", "a`", "\u00e4"}) {
    EXPECT_EQ(bytes_of_hex(wrong), std::nullopt) << wrong;
  }
}

TEST(Hex, KnowsTheValueOfADigitAndOfNothingElse) {
  std::string digits;
  for (int c = 0; c < 256; ++c) {
    if (hex_value(static_cast<char>(c)) >= 0) digits.push_back(static_cast<char>(c));
  }
  EXPECT_EQ(digits, "0123456789ABCDEFabcdef");
}

}  // namespace
}  // namespace holdfast
