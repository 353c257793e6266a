// The wildcard table of DOMAIN 6: each row, both ways.
#include <gtest/gtest.h>

#include <ostream>
#include <string_view>

#include "tests/engine/exceptions/lists.h"

namespace holdfast::engine {
namespace {

struct Row {
  std::string_view entry;
  std::string_view path;
  bool matches;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.entry << (row.matches ? " matches " : " spares ") << row.path;
}

constexpr Row kRows[] = {
    // Everything on C:, any depth
    {R"(C:\*)", R"(C:\Sample.exe)", true},
    {R"(C:\*)", R"(C:\Sample)", true},
    {R"(C:\*)", R"(C:\a\b\c\d\Sample.exe)", true},
    {R"(C:\*)", R"(D:\Sample.exe)", false},
    {R"(C:\*)", R"(\\srv\c\Sample.exe)", false},
    // One or more folders deep
    {R"(C:\*\Sample.exe)", R"(C:\a\Sample.exe)", true},
    {R"(C:\*\Sample.exe)", R"(C:\a\b\c\Sample.exe)", true},
    {R"(C:\*\Sample.exe)", R"(C:\Sample.exe)", false},
    {R"(C:\*\Sample.exe)", R"(C:\a\xSample.exe)", false},
    {R"(C:\*\Sample.exe)", R"(C:\a\Sample.exe\x)", false},
    // Any depth, with an extension
    {R"(C:\*.*)", R"(C:\Sample.exe)", true},
    {R"(C:\*.*)", R"(C:\a\b\Sample.txt)", true},
    {R"(C:\*.*)", R"(C:\Sample)", false},
    {R"(C:\*.*)", R"(C:\a.b\Sample)", false},
    {R"(C:\*.*)", R"(D:\Sample.exe)", false},
    // Any depth, .exe
    {R"(C:\*.exe)", R"(C:\Sample.exe)", true},
    {R"(C:\*.exe)", R"(C:\a\b\Sample.EXE)", true},
    {R"(C:\*.exe)", R"(C:\Sample.com)", false},
    {R"(C:\*.exe)", R"(C:\Sample.exe.com)", false},
    {R"(C:\*.exe)", R"(C:\a.exe\Sample.com)", false},
    // Directly in C:\, any extension
    {R"(C:\Sample.*)", R"(C:\Sample.exe)", true},
    {R"(C:\Sample.*)", R"(C:\sample.txt)", true},
    {R"(C:\Sample.*)", R"(C:\a\Sample.exe)", false},
    {R"(C:\Sample.*)", R"(C:\Sample)", false},
    // Two or more deep
    {R"(C:\*\*\Sample.exe)", R"(C:\a\b\Sample.exe)", true},
    {R"(C:\*\*\Sample.exe)", R"(C:\a\b\c\d\Sample.exe)", true},
    {R"(C:\*\*\Sample.exe)", R"(C:\a\Sample.exe)", false},
    {R"(C:\*\*\Sample.exe)", R"(C:\Sample.exe)", false},
    // Directly in C:\, by characters
    {R"(C:\Sam*e??.exe)", R"(C:\Sample01.exe)", true},
    {R"(C:\Sam*e??.exe)", R"(C:\Same01.exe)", true},
    {R"(C:\Sam*e??.exe)", R"(C:\Sample1.exe)", false},
    {R"(C:\Sam*e??.exe)", R"(C:\Sample.exe)", false},
    {R"(C:\Sam*e??.exe)", R"(C:\a\Sample01.exe)", false},
    // On a share's host
    {R"(\\srv\*\Sample.exe)", R"(\\srv\tools\Sample.exe)", true},
    {R"(\\srv\*\Sample.exe)", R"(\\SRV\tools\a\b\Sample.exe)", true},
    {R"(\\srv\*\Sample.exe)", R"(\\srv\Sample.exe)", false},
    {R"(\\srv\*\Sample.exe)", R"(\\srv2\tools\Sample.exe)", false},
    {R"(\\srv\*\Sample.exe)", R"(Z:\Sample.exe)", false},  // mapped to \\srv\tools
    {R"(\\srv\*\Sample.exe)", R"(Z:\a\Sample.exe)", false},
    // What follows from the rules behind the table
    {R"(C:\Tools\*)", R"(C:\Tools\a\x.exe)", true},
    {R"(C:\Tools\*)", R"(C:\Tools)", false},
    {R"(C:\Tools\*)", R"(C:\Tools2\x.exe)", false},
    {R"(C:\*)", R"(C:\)", false},
    {R"(C:\*a.exe)", R"(C:\x\y\bba.exe)", true},
    {R"(C:\**\Sample.exe)", R"(C:\a\Sample.exe)", true},
    {R"(C:\**\Sample.exe)", R"(C:\Sample.exe)", false},
    {R"(C:\?ample.exe)", R"(C:\Sample.exe)", true},
    {R"(C:\?ample.exe)", R"(C:\a\Sample.exe)", false},
    {R"(C:\?ample.exe)", R"(C:\ample.exe)", false},
    {R"(C:\Ver*\x.exe)", R"(C:\Version 1\x.exe)", true},
    {R"(C:\Ver*\x.exe)", R"(C:\Version 1\a\x.exe)", false},
    {R"(C:\*sion\x.exe)", R"(C:\Version\x.exe)", true},
    {R"(C:\*sion\x.exe)", R"(C:\a\Version\x.exe)", false},
    {R"(C:\a\*\b\*\c.exe)", R"(C:\a\1\b\2\3\c.exe)", true},
    {R"(C:\a\*\b\*\c.exe)", R"(C:\a\b\b\b\c.exe)", true},
    {R"(C:\a\*\b\*\c.exe)", R"(C:\a\1\b\c.exe)", false},
    {R"(C:\*\*.exe)", R"(C:\a\x.exe)", true},
    {R"(C:\*\*.exe)", R"(C:\x.exe)", false},
    {R"(C:\?.exe)", "C:\\\u00e4.exe", true},
    {R"(C:\?.exe)", "C:\\\U0001F600.exe", true},
    {R"(C:\??.exe)", "C:\\\u00e4.exe", false},
    {R"(Z:\*)", R"(Z:\x.exe)", true},
    {R"(\\srv\tools\x.exe)", R"(Z:\x.exe)", false},
    {R"(\\srv\tools\x.exe)", R"(\Device\LanmanRedirector\;Z:0000000000000abc\srv\tools\x.exe)", true},
};

class WildcardTable : public testing::TestWithParam<Row> {};

TEST_P(WildcardTable, HoldsInTheApprovedList) {
  EXPECT_EQ(Exceptions(entries({GetParam().entry})).approve(GetParam().path), GetParam().matches);
}

TEST_P(WildcardTable, HoldsInTheBlockedListWhereItTakesTheEntry) {
  const std::string_view entry = GetParam().entry;
  const std::string_view folders = entry.substr(0, entry.rfind('\\'));
  if (folders.find_first_of("*?") != std::string_view::npos) {
    const PathNormaliser paths(workstation());
    EXPECT_FALSE(ExceptionList::create(entries({}, {entry}), paths))
        << "the blocked list takes no wildcards for folders";
    return;
  }
  EXPECT_EQ(Exceptions(entries({}, {entry})).block(GetParam().path), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(Domain6, WildcardTable, testing::ValuesIn(kRows));

}  // namespace
}  // namespace holdfast::engine
