#include "engine/text/utf8.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/random.h"

namespace holdfast {
namespace {

// Decodes code points by their definition, one at a time: the naive reference.
bool is_utf8_by_definition(const std::string& text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) continue;
    const int more = lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : lead >> 3 == 30 ? 3 : -1;
    if (more < 0) return false;
    std::uint32_t point = lead & (0x3Fu >> more);
    for (int k = 0; k < more; ++k) {
      if (i == text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return false;
      point = point << 6 | (static_cast<unsigned char>(text[i++]) & 0x3Fu);
    }
    const std::uint32_t least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
    if (point < least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
  }
  return true;
}

TEST(Utf8, ReadsBackEveryScalarValue) {
  for (char32_t value = 0; value < 0x110000; ++value) {
    if (value >= 0xD800 && value <= 0xDFFF) continue;
    std::string text;
    append_utf8(value, text);
    const CodePoint point = code_point_at(text, 0);
    ASSERT_TRUE(point.valid && point.value == value && point.bytes == text.size()) << static_cast<std::uint32_t>(value);
  }
}

// The longest beginning of a sequence that could still become valid is one fault, each other byte one by itself.
TEST(Utf8, CountsOneFaultForEachThingThatIsNone) {
  const struct {
    std::string text;
    std::string valid;
  } cases[] = {
      {"a\xFFz", "a\uFFFDz"},
      {"\xC0\xAF", "\uFFFD\uFFFD"},
      {"\xE2\x82z", "\uFFFDz"},
      {"\xF0\x9F\x98", "\uFFFD"},
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"\x80", "\uFFFD"},
      {"\u00E4\u20AC\U0001F600", "\u00E4\u20AC\U0001F600"},
  };
  for (const auto& [text, valid] : cases) {
    std::string made;
    append_valid_utf8(text, made);
    EXPECT_EQ(made, valid);
  }
}

TEST(Utf8, TellsTheReplacementThatStandsInATextFromItsOwn) {
  EXPECT_TRUE(code_point_at("\uFFFD", 0).valid);
  EXPECT_FALSE(code_point_at("\xFF", 0).valid);
}

TEST(Utf8, CountsWhatWindowsLimits) {
  EXPECT_EQ(utf16_units(""), 0U);
  EXPECT_EQ(utf16_units("plain"), 5U);
  EXPECT_EQ(utf16_units("\u20AC\U0001F600\xFF"), 4U);
}

TEST(Utf8, AgreesWithTheDefinitionOnEverySequenceOfTwoBytesAndOnRandomOnes) {
  std::string text(2, '\0');
  for (unsigned pair = 0; pair < 0x10000; ++pair) {
    text[0] = static_cast<char>(pair >> 8);
    text[1] = static_cast<char>(pair);
    ASSERT_EQ(is_utf8(text), is_utf8_by_definition(text)) << pair;
  }
  Random random(1);
  static constexpr std::string_view kPieces[] = {"C:\\", "a", "ß", "日本", "🙂", "\n", "%TEMP%"};
  int valid = 0;
  for (int i = 0; i < 200'000; ++i) {
    text = std::string(random.below(17), 'x');
    for (std::size_t pieces = random.below(12); pieces > 0; --pieces) text += random.one_of(kPieces);
    if (random.below(2) == 0 && !text.empty()) text[random.below(text.size())] = static_cast<char>(random.below(256));
    const bool expected = is_utf8_by_definition(text);
    valid += expected ? 1 : 0;
    ASSERT_EQ(is_utf8(text), expected) << testing::PrintToString(text);
  }
  EXPECT_GT(valid, 1000);
  EXPECT_LT(valid, 199'000);
}

TEST(Utf8, AgreesWithTheDefinitionOnEveryLeadOfThreeAndFourBytes) {
  for (unsigned lead = 0xE0; lead <= 0xFF; ++lead) {
    for (unsigned second = 0; second <= 0xFF; ++second) {
      for (const char* tail : {"", "\x80", "\xBF", "\x80\x80", "\x80\xC0", "\xBF\xBF", "a\x80"}) {
        const std::string text = {static_cast<char>(lead), static_cast<char>(second)};
        ASSERT_EQ(is_utf8(text + tail), is_utf8_by_definition(text + tail)) << lead << " " << second;
      }
    }
  }
}

}  // namespace
}  // namespace holdfast
