// docs/bad-input.md says which test shows what becomes of bad input: every kind of input has every case, and every test
// that is named exists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/repository.h"

namespace holdfast {
namespace {

const std::filesystem::path kRoot = in_repository("");

constexpr const char* kInputs[] = {
    "Settings file",         "Scenario file",  "Exception entry",
    "Recording (`.hfr`)",    "Events as JSON", "Event log file (`.evtx`)",
    "Decision log (`.log`)", "Windows path",
};
constexpr const char* kCases[] = {
    "empty", "truncated",    "wrong type", "unknown field",         "huge numbers",  "invalid UTF-8",
    "twice", "nesting bomb", "zip bomb",   "a folder in its place", "no permission", "disk full",
};

std::string whole_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Row {
  std::string outcome;
  std::vector<std::string> tests;
};

std::vector<std::string> in_backticks(std::string_view text) {
  std::vector<std::string> found;
  while (true) {
    const std::size_t open = text.find('`');
    const std::size_t close = open == std::string_view::npos ? open : text.find('`', open + 1);
    if (close == std::string_view::npos) return found;
    found.emplace_back(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
}

// "| case | outcome | tests |" under "## heading".
std::map<std::string, std::map<std::string, Row>> page() {
  std::map<std::string, std::map<std::string, Row>> found;
  std::string heading;
  std::ifstream file(kRoot / "docs" / "bad-input.md");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) heading = line.substr(3);
    if (!line.starts_with("| ") || line.starts_with("| case")) continue;
    const std::size_t first = line.find(" | ");
    const std::size_t second = line.find(" | ", first + 1);
    if (second == std::string::npos) continue;
    Row row{line.substr(first + 3, second - first - 3), in_backticks(line.substr(second))};
    EXPECT_TRUE(found[heading].emplace(line.substr(2, first - 2), row).second) << line;
  }
  return found;
}

// The names of all tests, "Suite.Name", and, for rows of tables, what stands in quotes in the same file.
struct Tests {
  std::map<std::string, std::string> file_of;
  std::map<std::string, std::string> texts;
};

Tests all_tests() {
  Tests tests;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / "tests")) {
    if (entry.path().extension() != ".cc") continue;
    const std::string path = entry.path().generic_string();
    const std::string text = whole_file(entry.path());
    for (const std::string_view macro : {"\nTEST(", "\nTEST_F(", "\nTEST_P("}) {
      for (std::size_t at = text.find(macro); at != std::string::npos; at = text.find(macro, at + 1)) {
        const std::size_t begin = at + macro.size();
        const std::size_t comma = text.find(',', begin);
        const std::size_t name = text.find_first_not_of(" \n", comma + 1);
        const std::string suite = text.substr(begin, comma - begin);
        tests.file_of[suite + "." + text.substr(name, text.find(')', name) - name)] = path;
      }
    }
    tests.texts[path] = text;
  }
  return tests;
}

TEST(BadInputDocument, HasEveryCaseForEveryInput) {
  const auto found = page();
  for (const char* input : kInputs) {
    ASSERT_TRUE(found.contains(input)) << input;
    for (const char* one : kCases) {
      ASSERT_TRUE(found.at(input).contains(one)) << input << ": " << one;
      const Row& row = found.at(input).at(one);
      // What cannot occur says why in place of a test.
      EXPECT_EQ(row.tests.empty(), row.outcome.starts_with("cannot occur: ")) << input << ": " << one;
    }
  }
}

TEST(BadInputDocument, NamesOnlyTestsThatExist) {
  const Tests tests = all_tests();
  for (const auto& [input, rows] : page()) {
    for (const auto& [one, row] : rows) {
      for (const std::string& name : row.tests) {
        const std::size_t slash = name.find('/');
        const auto test = tests.file_of.find(name.substr(0, slash));
        ASSERT_NE(test, tests.file_of.end()) << input << ": " << one << ": " << name;
        if (slash == std::string::npos) continue;
        EXPECT_THAT(tests.texts.at(test->second), testing::HasSubstr('"' + name.substr(slash + 1) + '"'))
            << input << ": " << one << ": " << name;
      }
    }
  }
}

// The tests above would see nothing in a page that they cannot read.
TEST(BadInputDocument, IsReadAtAll) {
  std::set<std::string> names;
  for (const auto& [input, rows] : page()) {
    for (const auto& [one, row] : rows) names.insert(row.tests.begin(), row.tests.end());
  }
  EXPECT_GE(names.size(), 50U);
}

}  // namespace
}  // namespace holdfast
