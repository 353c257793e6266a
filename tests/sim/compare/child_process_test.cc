#include "sim/compare/child_process.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/random.h"

namespace holdfast {
namespace {

// How programs on Windows take a command line apart:
// https://learn.microsoft.com/cpp/cpp/main-function-command-line-args
std::vector<std::string> taken_apart(const std::string& line) {
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == ' ') {
      ++i;
      continue;
    }
    std::string argument;
    bool quoted = false;
    for (; i < line.size() && (quoted || line[i] != ' '); ++i) {
      std::size_t backslashes = 0;
      for (; i < line.size() && line[i] == '\\'; ++i) ++backslashes;
      const bool mark = i < line.size() && line[i] == '"';
      argument.append(mark ? backslashes / 2 : backslashes, '\\');
      if (mark && backslashes % 2 == 0) {
        quoted = !quoted;
      } else if (i < line.size() && (mark || quoted || line[i] != ' ')) {
        argument += line[i];
      } else {
        break;
      }
    }
    arguments.push_back(argument);
  }
  return arguments;
}

TEST(WindowsArgument, LeavesAloneWhatNeedsNoQuotes) {
  EXPECT_EQ(windows_argument("replay"), "replay");
  EXPECT_EQ(windows_argument("C:\\a\\"), "C:\\a\\");
  EXPECT_EQ(windows_argument(""), "\"\"");
  EXPECT_EQ(windows_argument("a b\\"), "\"a b\\\\\"");
  EXPECT_EQ(windows_argument("a\\\"b"), "\"a\\\\\\\"b\"");
}

TEST(WindowsArgument, IsTakenApartAgainWhateverItHolds) {
  constexpr const char kLetters[] = {'a', ' ', '"', '\\', '\\'};
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    Random random(seed);
    std::vector<std::string> arguments(1 + random.below(3));
    std::string line;
    for (std::string& argument : arguments) {
      for (std::size_t left = random.below(8); left > 0; --left) argument += random.one_of(kLetters);
      line += (line.empty() ? "" : " ") + windows_argument(argument);
    }
    ASSERT_EQ(taken_apart(line), arguments) << line;
  }
}

TEST(PrivateFolder, IsAnotherForEverybody) {
  const auto one = PrivateFolder::make();
  const auto other = PrivateFolder::make();
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->file("a"), other->file("a"));
  EXPECT_EQ(one->size_bytes(), 0U);
}

}  // namespace
}  // namespace holdfast
