// What each scenario says of itself, and docs/scenarios.md, which keeps each sentence of the article to scenarios that
// are there. docs/scenario-index.md, which lists all of them, is generated and held by `tools/scenario-index --check`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "sim/scenario/scenario_file.h"
#include "tests/support/repository.h"

namespace holdfast {
namespace {

const std::filesystem::path kRoot = in_repository("");

// Paths of all scenarios relative to the project's root, with '/'.
std::set<std::string> scenario_paths() {
  std::set<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / "scenarios")) {
    if (entry.path().extension() == ".txtpb") paths.insert(entry.path().lexically_relative(kRoot).generic_string());
  }
  return paths;
}

// Targets of the page's links into the folder, relative to the project's root.
std::set<std::string> indexed_paths() {
  std::ifstream file(kRoot / "docs" / "scenarios.md", std::ios::binary);
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  constexpr std::string_view kLink = "](../";
  std::set<std::string> paths;
  for (std::size_t at = page.find(kLink); at != std::string::npos; at = page.find(kLink, at + 1)) {
    const std::size_t begin = at + kLink.size();
    paths.insert(page.substr(begin, page.find(')', begin) - begin));
  }
  return paths;
}

TEST(ScenarioPage, NamesNoScenarioThatIsGone) {
  EXPECT_GE(indexed_paths().size(), 15U);
  EXPECT_THAT(scenario_paths(), testing::IsSupersetOf(indexed_paths()));
}

TEST(ScenarioPage, SaysOfEverySentenceWhatShowsItOrWhyNothingDoes) {
  std::ifstream file(kRoot / "docs" / "scenarios.md", std::ios::binary);
  std::size_t rows = 0;
  bool shown = true;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) shown = line != "## What no scenario shows";
    if (!line.starts_with("| ") || line.ends_with(" | shown by |") || line.ends_with(" | why not |")) continue;
    ++rows;
    EXPECT_EQ(line.find(".txtpb)") != std::string::npos, shown) << line;
  }
  EXPECT_GE(rows, 15U);
}

TEST(Scenarios, SayWhereItsRuleComesFrom) {
  std::set<std::string> names;
  for (const std::string& path : scenario_paths()) {
    const auto file = load_scenario((kRoot / path).string());
    ASSERT_TRUE(file) << file.error().text();
    EXPECT_THAT(file->scenario.source(), testing::StartsWith("DOMAIN ")) << path;
    EXPECT_TRUE(names.insert(file->scenario.name()).second) << path << ": another scenario has this name";
  }
}

}  // namespace
}  // namespace holdfast
