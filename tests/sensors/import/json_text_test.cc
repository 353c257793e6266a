#include "sensors/import/json_text.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

std::string unescaped(std::string_view raw) {
  std::string out;
  std::uint64_t surrogates = 0;
  EXPECT_TRUE(unescape_json(raw, out, surrogates)) << raw;
  EXPECT_EQ(surrogates, 0U);
  return out;
}

TEST(JsonText, UnescapesWhatJsonKnows) {
  EXPECT_EQ(unescaped(R"(C:\\Windows\\notepad.exe)"), R"(C:\Windows\notepad.exe)");
  EXPECT_EQ(unescaped(R"(\"\/\b\f\n\r\t)"), "\"/\b\f\n\r\t");
  EXPECT_EQ(unescaped(R"(Microsoft\u00ae \u20AC \ud83d\ude00)"), "Microsoft\u00ae \u20AC \U0001F600");
  EXPECT_EQ(unescaped(""), "");
  EXPECT_EQ(unescaped(R"(a\u0000b)"), std::string("a\0b", 3));
}

TEST(JsonText, ReplacesHalfCharactersAndCountsThem) {
  for (const std::string_view raw : {R"(\ud83d)", R"(\ude00)", R"(\ud83dx)", R"(\ud83d\n)"}) {
    std::string out;
    std::uint64_t surrogates = 0;
    EXPECT_TRUE(unescape_json(raw, out, surrogates)) << raw;
    EXPECT_EQ(surrogates, 1U) << raw;
    EXPECT_TRUE(out.starts_with("\uFFFD")) << raw;
  }
}

TEST(JsonText, RefusesOtherEscapes) {
  for (const std::string_view raw : {R"(\q)", R"(\)", R"(\u12)", R"(\u12g4)", R"(\U0041)", R"(a\x41)"}) {
    std::string out;
    std::uint64_t surrogates = 0;
    EXPECT_FALSE(unescape_json(raw, out, surrogates)) << raw;
  }
}

TEST(JsonText, UnescapesTheFiveXmlEntitiesOnce) {
  std::string text = "&lt;Anonymous Pipe&gt; a &amp;lt; b &quot;&apos; &copy; &";
  unescape_xml(text);
  EXPECT_EQ(text, "<Anonymous Pipe> a &lt; b \"' &copy; &");
}

TEST(JsonText, ShortensBetweenCharacters) {
  std::string text = "ab\u20AC";
  EXPECT_FALSE(shorten_utf8(text, 5));
  EXPECT_TRUE(shorten_utf8(text, 4));
  EXPECT_EQ(text, "ab");
}

TEST(JsonText, TellsScalarsFromOtherWords) {
  for (const std::string_view good : {"true", "false", "null", "0", "-1", "10.5", "1e9", "1E-3", "-0.25"})
    EXPECT_TRUE(is_json_scalar(good)) << good;
  for (const std::string_view bad : {"", "-", "01", "1.", ".5", "1e", "tru", "True", "nul", "NaN", "0x1", "1 2", "+1"})
    EXPECT_FALSE(is_json_scalar(bad)) << bad;
}

}  // namespace
}  // namespace holdfast
