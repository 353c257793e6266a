#include "engine/path/case_folding.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::engine {
namespace {

TEST(CaseFolding, RaisesAsciiLettersOnly) {
  for (char16_t unit = 0; unit < 0x80; ++unit) {
    const bool lower = unit >= u'a' && unit <= u'z';
    EXPECT_EQ(upper_case(unit), lower ? unit - 0x20 : unit) << static_cast<int>(unit);
  }
}

TEST(CaseFolding, FollowsNtfsWhereLanguagesDiffer) {
  struct Row {
    char16_t unit;
    char16_t upper;
    const char* why;
  };
  constexpr Row kRows[] = {
      {0x00E4, 0x00C4, "a with diaeresis"},
      {0x00FF, 0x0178, "its upper case lies elsewhere"},
      {0x00DF, 0x00DF, "sharp s has no single upper case"},
      {0x00B5, 0x00B5, "the micro sign is no letter mu"},
      {0x0131, 0x0131, "dotless i must not become I"},
      {0x017F, 0x017F, "long s must not become S"},
      {0x01C5, 0x01C5, "title case is a case of its own"},
      {0x01C6, 0x01C4, "past the title case"},
      {0x03C2, 0x03A3, "final sigma is a sigma"},
      {0x0430, 0x0410, "Cyrillic"},
      {0x0450, 0x0400, "Cyrillic, newer"},
      {0x1E9B, 0x1E9B, "long s with dot"},
      {0x212A, 0x212A, "the Kelvin sign must not become K"},
      {0xFF41, 0xFF21, "full width"},
      {0xD800, 0xD800, "half a surrogate pair"},
      {0xFFFF, 0xFFFF, "the last one"},
  };
  for (const Row& row : kRows) EXPECT_EQ(upper_case(row.unit), row.upper) << row.why;
}

TEST(CaseFolding, OfAnUpperCaseUnitIsItself) {
  for (std::uint32_t unit = 0; unit < 0x10000; ++unit) {
    const char16_t upper = upper_case(static_cast<char16_t>(unit));
    ASSERT_EQ(upper_case(upper), upper) << unit;
  }
}

TEST(CaseFolding, NeverTakesAnythingIntoAscii) {
  for (std::uint32_t unit = 0x80; unit < 0x10000; ++unit) {
    ASSERT_GE(upper_case(static_cast<char16_t>(unit)), 0x80) << unit;
  }
}

TEST(CaseFolding, FoldsTextOfEveryLength) {
  // Words of eight and what remains are folded apart: each length and each place of the odd character.
  for (std::size_t size = 0; size < 40; ++size) {
    EXPECT_EQ(folded(std::string(size, 'q')), std::string(size, 'Q'));
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'z');
      text.replace(at, 1, "\u00e4");
      std::string expected(size, 'Z');
      expected.replace(at, 1, "\u00c4");
      EXPECT_EQ(folded(text), expected);
    }
  }
}

TEST(CaseFolding, AppendsToWhatIsThere) {
  std::string out = "a:";
  append_folded("bc", out);
  append_folded("\u00e9", out);
  EXPECT_EQ(out, "a:BC\u00c9");
}

TEST(CaseFolding, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(folded("a\xff\x62"), "A\uFFFDB");
  EXPECT_EQ(folded("\xC0\xAF"), "\uFFFD\uFFFD");
  EXPECT_EQ(folded("\xF0\x9F\x98"), "\uFFFD") << "a torn sequence is one fault";
  EXPECT_EQ(folded("\U0001F600\U00010428"), "\U0001F600\U00010428") << "pairs of units have no case on NTFS";
}

}  // namespace
}  // namespace holdfast::engine
