#include "engine/text/ascii.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/text/ascii_words.h"

namespace holdfast {
namespace {

std::string every_byte() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  return bytes;
}

TEST(Ascii, ChangesTheCaseOfItsLettersAndOfNothingElse) {
  for (const char c : every_byte()) {
    const auto byte = static_cast<unsigned char>(c);
    const bool small = byte >= 0x61 && byte <= 0x7A;
    const bool capital = byte >= 0x41 && byte <= 0x5A;
    EXPECT_EQ(ascii::upper(c), static_cast<char>(small ? byte - 0x20 : byte));
    EXPECT_EQ(ascii::lower(c), static_cast<char>(capital ? byte + 0x20 : byte));
    EXPECT_EQ(ascii::is_letter(c), small || capital);
    EXPECT_EQ(ascii::is_digit(c), byte >= 0x30 && byte <= 0x39);
  }
}

TEST(Ascii, ComparesWithoutCase) {
  EXPECT_TRUE(ascii::equal_without_case("Zone.IDENTIFIER", "zone.Identifier"));
  EXPECT_TRUE(ascii::equal_without_case("", ""));
  EXPECT_FALSE(ascii::equal_without_case("zone", "zones"));
  EXPECT_FALSE(ascii::equal_without_case("[", "{")) << "they differ by the bit that letters differ by";
  EXPECT_FALSE(ascii::equal_without_case("\u00C4", "\u00E4")) << "beyond ASCII";
  EXPECT_EQ(ascii::lower_case("Proxy.EXAMPLE:3128 \u00C4"), "proxy.example:3128 \u00C4");
}

// Eight characters at a time say what one at a time does.
TEST(AsciiWords, RaiseAsSingleCharactersDo) {
  const std::string bytes = every_byte();
  const std::string plain = bytes.substr(0, 0x80);
  for (std::size_t size = 0; size <= plain.size(); ++size) {
    const std::string text = plain.substr(plain.size() - size);
    std::string expected = text;
    for (char& c : expected) c = ascii::upper(c);
    std::string raised(text.size(), '\0');
    ASSERT_TRUE(ascii::copy_upper(text, raised.data()));
    ASSERT_EQ(raised, expected);
    ASSERT_TRUE(ascii::is_ascii(text));
  }
}

TEST(AsciiWords, FindAByteBeyondAsciiWhereverItStands) {
  for (std::size_t size = 1; size <= 24; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\x80';
      std::string raised(size, '\0');
      EXPECT_FALSE(ascii::is_ascii(text));
      EXPECT_FALSE(ascii::copy_upper(text, raised.data()));
    }
  }
}

}  // namespace
}  // namespace holdfast
