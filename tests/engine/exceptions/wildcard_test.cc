#include "engine/exceptions/wildcard.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast::engine {
namespace {

TEST(Wildcard, StarIsAnyRunAndQuestionMarkOneCharacter) {
  EXPECT_TRUE(wildcard_matches("*", ""));
  EXPECT_TRUE(wildcard_matches("*", "ABC"));
  EXPECT_TRUE(wildcard_matches("A*C", "ABC"));
  EXPECT_TRUE(wildcard_matches("A*C", "AC"));
  EXPECT_FALSE(wildcard_matches("A*C", "ACD"));
  EXPECT_TRUE(wildcard_matches("?", "\u00c4"));
  EXPECT_TRUE(wildcard_matches("*?", "\u00c4"));
  EXPECT_FALSE(wildcard_matches("??", "\u00c4"));
  EXPECT_FALSE(wildcard_matches("?", ""));
  EXPECT_TRUE(wildcard_matches("", ""));
}

TEST(Wildcard, CostsNoMoreThanTheProductOfTheLengths) {
  const std::string name(30000, 'A');
  std::string pattern;
  for (int i = 0; i < 250; ++i) pattern += "*A";
  EXPECT_TRUE(wildcard_matches(pattern, name));
  EXPECT_FALSE(wildcard_matches(pattern + "B", name));
}

// Every text of up to `length` letters of `alphabet`.
std::vector<std::string> texts(std::string_view alphabet, std::size_t length) {
  std::vector<std::string> all = {""};
  for (std::size_t begin = 0, n = 0; n < length; ++n) {
    const std::size_t end = all.size();
    for (; begin < end; ++begin) {
      for (const char c : alphabet) all.push_back(all[begin] + c);
    }
  }
  return all;
}

// As the words of DOMAIN 6 say it, by trying everything.
bool naive(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*') return naive(pattern.substr(1), name) || (!name.empty() && naive(pattern, name.substr(1)));
  return !name.empty() && (pattern[0] == '?' || pattern[0] == name[0]) && naive(pattern.substr(1), name.substr(1));
}

TEST(Wildcard, AgreesWithTheNaiveReferenceOnEveryShortPair) {
  const std::vector<std::string> names = texts("AB", 5);
  for (const std::string& pattern : texts("AB*?", 4)) {
    for (const std::string& name : names) {
      ASSERT_EQ(wildcard_matches(pattern, name), naive(pattern, name)) << pattern << " on " << name;
    }
  }
}

TEST(Wildcard, CoversOnlyWhatItMatchesEntirely) {
  const std::vector<std::string> patterns = texts("A*?", 4);
  const std::vector<std::string> names = texts("AB", 6);
  int covering = 0;
  for (const std::string& wide : patterns) {
    for (const std::string& narrow : patterns) {
      if (!wildcard_covers(wide, narrow)) continue;
      ++covering;
      for (const std::string& name : names) {
        ASSERT_TRUE(!naive(narrow, name) || naive(wide, name)) << wide << " does not cover " << narrow << ": " << name;
      }
    }
  }
  EXPECT_GT(covering, 1000);
  EXPECT_TRUE(wildcard_covers("*.*", "*.EXE"));
  EXPECT_FALSE(wildcard_covers("*.EXE", "*.*"));
  EXPECT_TRUE(wildcard_covers("A??", "A?C"));
  EXPECT_FALSE(wildcard_covers("A?", "A*"));
}

}  // namespace
}  // namespace holdfast::engine
