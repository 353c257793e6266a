#include "engine/text/bounded_text.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/text/utf8.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

TEST(BoundedText, CutsAtTheEndOfACharacter) {
  EXPECT_EQ(bounded_text("abc", 3), "abc");
  EXPECT_EQ(bounded_text("abc", 2), "ab");
  EXPECT_EQ(bounded_text("a\xC3\xA4", 2), "a");
  EXPECT_EQ(bounded_text("a\xC3\xA4", 3), "a\xC3\xA4");
  EXPECT_EQ(bounded_text("", 0), "");
  EXPECT_EQ(bounded_text("abc", 0), "");
}

TEST(BoundedText, MakesValidWhatIsNot) {
  EXPECT_EQ(bounded_text("\xFF", 3), "\xEF\xBF\xBD");
  EXPECT_EQ(bounded_text("\xFF", 2), "");
  EXPECT_EQ(bounded_text("a\xED\xA0\x80z", 100), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
}

// The long way: the whole text made valid, then cut.
std::string naive(const std::string& text, std::size_t bytes_max) {
  std::string valid;
  append_valid_utf8(text, valid);
  std::size_t end = 0;
  while (end < valid.size() && end + code_point_at(valid, end).bytes <= bytes_max)
    end += code_point_at(valid, end).bytes;
  return valid.substr(0, end);
}

TEST(BoundedText, AgreesWithTheLongWayAndIsItsOwnBoundedText) {
  Random random(5);
  for (int i = 0; i < 100'000; ++i) {
    std::string text;
    for (std::size_t length = random.below(24); text.size() < length;) {
      if (random.below(2) == 0) append_utf8(static_cast<char32_t>(random.below(0xD800)), text);
      text += static_cast<char>(random.below(256));
    }
    const std::size_t bytes_max = random.below(30);
    const std::string kept = bounded_text(text, bytes_max);
    ASSERT_EQ(kept, naive(text, bytes_max));
    ASSERT_TRUE(is_bounded_text(kept, bytes_max));
    ASSERT_EQ(is_bounded_text(text, bytes_max), kept == text);
  }
}

}  // namespace
}  // namespace holdfast
