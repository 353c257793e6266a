#include "engine/monitoring/pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"
#include "engine/monitoring/pattern_trie.h"

namespace holdfast::engine {
namespace {

using ::testing::ElementsAre;

struct PathCase {
  std::string pattern;
  std::string path;
  bool matches;
};

const PathCase kPathCases[] = {
    {R"(HKLM\RUN)", R"(HKLM\RUN)", true},
    {R"(HKLM\RUN)", R"(HKLM\RUN\X)", false},
    {R"(HKLM\RUN)", R"(HKLM)", false},
    {R"(HKLM\RUN)", R"(HKLM\RUNONCE)", false},
    {R"(HKLM\*)", R"(HKLM\A)", true},
    {R"(HKLM\*)", R"(HKLM)", false},
    {R"(HKLM\*)", R"(HKLM\A\B)", false},
    {R"(HKLM\**)", R"(HKLM)", true},
    {R"(HKLM\**)", R"(HKLM\A\B\C)", true},
    {R"(HKLM\**)", R"(HKLMX)", false},
    {R"(HKLM\*\**)", R"(HKLM)", false},
    {R"(HKLM\*\**)", R"(HKLM\A\B)", true},
    {R"(**\HOSTS)", R"(HOSTS)", true},
    {R"(**\HOSTS)", R"(C:\A\HOSTS)", true},
    {R"(**\HOSTS)", R"(C:\A\HOSTS\B)", false},
    {R"(A\**\B)", R"(A\B)", true},
    {R"(A\**\B)", R"(A\B\X\B)", true},
    {R"(A\**\B\**)", R"(A\X\B\Y\Z)", true},
    {R"(A\**\*.INI)", R"(A\X\Y.INI)", true},
    {R"(A\**\*.INI)", R"(A\X\Y.INIT)", false},
    {R"(*\AUTORUN.INF)", R"(E:\AUTORUN.INF)", true},
    {R"(*\AUTORUN.INF)", R"(\\S\AUTORUN.INF)", false},
    {R"(\\*\*\AUTORUN.INF)", R"(\\SRV\SHARE\AUTORUN.INF)", true},
    {R"(\\*\*\AUTORUN.INF)", R"(\\SRV\SHARE\SUB\AUTORUN.INF)", false},
    {R"(A\B*D*F)", R"(A\BCDEF)", true},
    {R"(A\B*D*F)", R"(A\BDF)", true},
    {R"(A\B*D*F)", R"(A\BFD)", false},
};

TEST(Pattern, MatchesWholePathsPartByPart) {
  for (const PathCase& c : kPathCases)
    EXPECT_EQ(path_matches(c.pattern, c.path), c.matches) << c.pattern << " " << c.path;
}

TEST(PatternTrie, AgreesWithTheSinglePattern) {
  for (const PathCase& c : kPathCases) {
    PatternTrie trie;
    trie.add(c.pattern, 7);
    bool found = false;
    trie.find(c.path, [&](std::uint32_t row) { found = row == 7; });
    EXPECT_EQ(found, c.matches) << c.pattern << " " << c.path;
  }
}

TEST(PatternTrie, FindsEveryPatternThatFitsInOneWalk) {
  PatternTrie trie;
  std::vector<std::string> patterns;
  for (const PathCase& c : kPathCases) patterns.push_back(c.pattern);
  for (std::uint32_t i = 0; i < patterns.size(); ++i) trie.add(patterns[i], i);
  for (const PathCase& c : kPathCases) {
    std::vector<bool> found(patterns.size());
    trie.find(c.path, [&](std::uint32_t row) { found[row] = true; });
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      EXPECT_EQ(found[i], path_matches(patterns[i], c.path)) << patterns[i] << " " << c.path;
    }
  }
}

TEST(PatternTrie, StaysQuickOnPathsOfAnyDepth) {
  PatternTrie trie;
  for (const EventRule& rule : event_rules()) {
    for (const std::string& pattern : pattern_alternatives(rule.target)) trie.add(pattern, 0);
  }
  std::string path = "C:";
  while (path.size() < 32'000) path += R"(\A)";
  bool found = false;
  trie.find(path, [&](std::uint32_t) { found = true; });
  EXPECT_FALSE(found);
}

TEST(Pattern, ExpandsChoicesInTheOrderWritten) {
  EXPECT_THAT(pattern_alternatives("A"), ElementsAre("A"));
  EXPECT_THAT(pattern_alternatives("[A|B]C[1|2]"), ElementsAre("AC1", "AC2", "BC1", "BC2"));
  EXPECT_THAT(pattern_alternatives(R"([HKLM|HKCU]\X)"), ElementsAre(R"(HKLM\X)", R"(HKCU\X)"));
  EXPECT_THAT(pattern_alternatives("[A|]B"), ElementsAre("AB", "B"));
  EXPECT_THAT(pattern_alternatives(R"(X\[A\B|C]\*)"), ElementsAre(R"(X\A\B\*)", R"(X\C\*)"));
}

TEST(Pattern, PutsTheSystemRootAndItsDriveInFront) {
  EXPECT_EQ(place_pattern(R"(%SYSTEMROOT%\SYSTEM32)", R"(D:\WINNT)"), R"(D:\WINNT\SYSTEM32)");
  EXPECT_EQ(place_pattern(R"(%SYSTEMDRIVE%\BOOT)", R"(D:\WINNT)"), R"(D:\BOOT)");
  EXPECT_EQ(place_pattern(R"(**\X)", R"(D:\WINNT)"), R"(**\X)");
}

TEST(Pattern, SaysWhatIsWrongWithABadOne) {
  EXPECT_EQ(pattern_problem(R"(A\[B|C]\**\D\**)"), "");
  EXPECT_NE(pattern_problem("A[B"), "");
  EXPECT_NE(pattern_problem("A]B"), "");
  EXPECT_NE(pattern_problem("[A[B]]"), "");
  EXPECT_EQ(pattern_problem(R"([A\**|B\C]\D)"), "");
  EXPECT_NE(pattern_problem(R"(**\[A\**|B]\D)"), "");
  EXPECT_NE(pattern_problem(R"([A**|B])"), "");
  EXPECT_NE(pattern_problem("hklm"), "");
  EXPECT_NE(pattern_problem(R"(A\X**)"), "");
  EXPECT_NE(pattern_problem(R"(**\A\**\B)"), "");
}

TEST(Glob, TakesAnyRunOfCharactersForAStar) {
  EXPECT_TRUE(glob_matches("", ""));
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_TRUE(glob_matches("RESTRICTANONYMOUS*", "RESTRICTANONYMOUSSAM"));
  EXPECT_TRUE(glob_matches("*A*A*", "BABAB"));
  EXPECT_FALSE(glob_matches("A", ""));
  EXPECT_FALSE(glob_matches("", "A"));
  EXPECT_FALSE(glob_matches("A*B", "ABC"));
}

}  // namespace
}  // namespace holdfast::engine
