// docs/scenarios.md says which sentence of the domain each scenario shows: it must name every one, and none that is
// gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario_file.h"

namespace holdfast {
namespace {

const std::filesystem::path kRoot = HOLDFAST_SOURCE_DIR;

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

std::vector<std::string> missing_from(const std::set<std::string>& there, const std::set<std::string>& wanted) {
  std::vector<std::string> missing;
  std::ranges::set_difference(wanted, there, std::back_inserter(missing));
  return missing;
}

TEST(ScenarioIndex, NamesEveryScenario) {
  EXPECT_GE(scenario_paths().size(), 70U);
  EXPECT_THAT(missing_from(indexed_paths(), scenario_paths()), testing::IsEmpty());
}

TEST(ScenarioIndex, NamesNoScenarioThatIsGone) {
  EXPECT_THAT(missing_from(scenario_paths(), indexed_paths()), testing::IsEmpty());
}

TEST(ScenarioIndex, SaysOfEverySentenceWhatShowsItOrWhyNothingDoes) {
  std::ifstream file(kRoot / "docs" / "scenarios.md", std::ios::binary);
  std::size_t rows = 0;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| ") || line.ends_with(" | shown by |")) continue;
    ++rows;
    const std::string shown_by = line.substr(line.find(" | ") + 3);
    EXPECT_THAT(shown_by, testing::AnyOf(testing::HasSubstr(".txtpb)"), testing::StartsWith("not yet"),
                                         testing::StartsWith("no decision: ")));
  }
  EXPECT_GE(rows, 90U);
}

TEST(ScenarioIndex, EveryScenarioSaysWhereItsRuleComesFrom) {
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
