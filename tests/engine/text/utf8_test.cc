#include "engine/text/utf8.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace holdfast {
namespace {

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

}  // namespace
}  // namespace holdfast
