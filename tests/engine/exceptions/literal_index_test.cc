#include "engine/exceptions/literal_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/path/random_text.h"

namespace holdfast::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::size_t> candidates(const LiteralIndex& index, std::string_view text) {
  std::vector<std::size_t> found;
  index.for_each_candidate(text, [&](std::size_t pattern) { found.push_back(pattern); });
  return found;
}

TEST(LiteralIndex, KnowsNoCandidatesWithoutPatterns) {
  EXPECT_THAT(candidates(LiteralIndex(), "TEXT"), IsEmpty());
  EXPECT_THAT(candidates(LiteralIndex(std::vector<std::vector<std::string>>()), "TEXT"), IsEmpty());
}

TEST(LiteralIndex, TellsPatternsApartByWhatOnlyTheyHold) {
  const LiteralIndex index({{"C:\\TOOLS\\", ".EXE"}, {"C:\\TOOLS\\", ".COM"}, {"C:\\OTHER\\", ".SCR"}});
  EXPECT_THAT(candidates(index, "C:\\TOOLS\\A.COM"), ElementsAre(1));
  EXPECT_THAT(candidates(index, "D:\\X\\Y.TXT"), IsEmpty());
}

TEST(LiteralIndex, TriesPatternsWithoutALiteralEveryTime) {
  const LiteralIndex index({{"A"}, {}, {"LONG"}});
  EXPECT_THAT(candidates(index, "X"), UnorderedElementsAre(0, 1));
  EXPECT_THAT(candidates(index, "A LONG TEXT"), UnorderedElementsAre(0, 1, 2));
}

TEST(LiteralIndex, NamesACandidateOnceHoweverOftenItsGramStandsThere) {
  const LiteralIndex index({{"AAAA"}});
  EXPECT_THAT(candidates(index, std::string(30000, 'A')), ElementsAre(0));
}

TEST(LiteralIndex, NeverMissesAPatternWhoseLiteralsAllStandInTheText) {
  constexpr std::string_view kPieces[] = {"A", "B", "AB", "C", "\\", "ABC", "BCA"};
  RandomText random(3);
  std::vector<std::vector<std::string>> patterns(500);
  for (std::vector<std::string>& literals : patterns) {
    for (std::size_t i = random.below(4); i != 0; --i) literals.push_back(random.from_pieces(kPieces, 4));
  }
  const LiteralIndex index(patterns);
  for (int i = 0; i < 500; ++i) {
    const std::string text = random.from_pieces(kPieces, 12);
    std::vector<bool> named(patterns.size());
    for (const std::size_t pattern : candidates(index, text)) named[pattern] = true;
    for (std::size_t pattern = 0; pattern < patterns.size(); ++pattern) {
      bool fits = true;
      for (const std::string& literal : patterns[pattern]) fits = fits && text.find(literal) != std::string::npos;
      ASSERT_TRUE(!fits || named[pattern]) << text;
    }
  }
}

TEST(LiteralIndex, TriesFewOfManySimilarPatterns) {
  std::vector<std::vector<std::string>> patterns;
  for (int i = 0; i < 1024; ++i) {
    const std::string digits = std::to_string(10000 + i).substr(1);
    patterns.push_back({"C:\\PROGRAM FILES\\", "\\SAMPLE" + digits + ".EXE"});
  }
  const LiteralIndex index(patterns);
  EXPECT_LE(candidates(index, "C:\\PROGRAM FILES\\A\\SAMPLE0500.EXE").size(), 4U);
  EXPECT_LE(candidates(index, "C:\\PROGRAM FILES\\A\\B.EXE").size(), 1U);
}

}  // namespace
}  // namespace holdfast::engine
