// The list against a reference that follows the words of DOMAIN 6 and is as slow as it is plain.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/engine/exceptions/lists.h"
#include "tests/engine/path/random_text.h"
#include "tests/support/effort.h"

namespace holdfast::engine {
namespace {

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts(1);
  const bool network = path.starts_with("\\\\");
  for (const char c : path.substr(network ? 2 : 0)) {
    if (c == '\\') {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  parts[0].insert(0, network ? "\\\\" : "");
  return parts;
}

bool characters_match(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*') {
    return characters_match(pattern.substr(1), name) || (!name.empty() && characters_match(pattern, name.substr(1)));
  }
  return !name.empty() && (pattern[0] == '?' || pattern[0] == name[0]) &&
         characters_match(pattern.substr(1), name.substr(1));
}

bool is_star(std::string_view part) { return !part.empty() && part.find_first_not_of('*') == std::string_view::npos; }

using Parts = std::vector<std::string>;

bool parts_match(const Parts& pattern, std::size_t p, const Parts& path, std::size_t at) {
  const bool file = p + 1 == pattern.size();
  if (at == path.size()) return false;
  if (file) {
    const bool last = at + 1 == path.size();
    if (last && characters_match(pattern[p], path[at])) return true;
    // "a leading * in the file part recurses"
    return !last && pattern[p].starts_with('*') && parts_match(pattern, p, path, at + 1);
  }
  if (is_star(pattern[p])) {
    // "a * folder is one or more levels"
    for (std::size_t levels = 1; at + levels < path.size(); ++levels) {
      if (parts_match(pattern, p + 1, path, at + levels)) return true;
    }
    return false;
  }
  return characters_match(pattern[p], path[at]) && parts_match(pattern, p + 1, path, at + 1);
}

bool reference_matches(std::string_view entry, std::string_view path) {
  return parts_match(parts_of(entry), 0, parts_of(path), 0);
}

constexpr std::string_view kRoots[] = {"C:", "C:", "C:", "C:", "D:", "\\\\SRV", "\\\\SRV", "\\\\SRV2"};
constexpr std::string_view kNames[] = {"A",     "B",     "AB",     "BA",    "ABA",     "TOOLS",
                                       "A.EXE", "B.EXE", "AB.EXE", "A.COM", "A.B.EXE", "SAMPLE.EXE"};
constexpr std::string_view kEntryParts[] = {
    "A",  "B",     "AB",  "TOOLS", "*",    "*",      "**",         "A*",      "*A",      "?",     "?B",
    "A?", "*.EXE", "*.*", "A.*",   "*B.*", "A*.E?E", "SAMPLE.EXE", "S*E.EXE", "*A*.EXE", "A.EXE", "B.EXE"};

std::string random_path(RandomText& random, std::span<const std::string_view> names, std::size_t parts_max) {
  std::string path(random.one_of(kRoots));
  for (std::size_t parts = 1 + random.below(parts_max); parts != 0; --parts) {
    path += '\\';
    path += random.one_of(names);
  }
  return path;
}

TEST(ExceptionReference, AgreesOnSinglePatterns) {
  RandomText random(20240613);
  int matches = 0;
  int pairs = 0;
  for (std::size_t i = 0; i < 6000 / test::kOneIn; ++i) {
    const std::string entry = random_path(random, kEntryParts, 5);
    const Exceptions exceptions(entries({entry}));
    for (int j = 0; j < 50; ++j, ++pairs) {
      const std::string path = random_path(random, kNames, 6);
      const bool expected = reference_matches(entry, path);
      matches += static_cast<int>(expected);
      ASSERT_EQ(exceptions.approve(path), expected) << entry << " on " << path;
    }
  }
  EXPECT_GE(pairs, static_cast<int>(100000 / test::kOneIn));
  EXPECT_GT(matches, pairs / 50) << "pairs that never match would prove little";
}

// "%TEMP%\x" is x in a folder or in one whose name is a number below it, and nothing else.
TEST(ExceptionReference, AgreesOnFoldersOfSessions) {
  RandomText random(20261130);
  const std::string temp = R"(C:\USERS\ANNA\APPDATA\LOCAL\TEMP)";
  constexpr std::string_view kBelow[] = {"1", "22", "2A", "A", "A.EXE", "B.EXE"};
  int by_number = 0;
  for (std::size_t i = 0; i < 3000 / test::kOneIn; ++i) {
    std::string rest;
    for (std::size_t parts = 1 + random.below(3); parts != 0; --parts) {
      rest.append("\\").append(random.below(4) == 0 ? random.one_of(kBelow) : random.one_of(kEntryParts));
    }
    const Exceptions exceptions(entries({"%TEMP%" + rest}));
    for (int j = 0; j < 50; ++j) {
      std::string path = temp;
      for (std::size_t parts = 1 + random.below(4); parts != 0; --parts) {
        path.append("\\").append(random.one_of(kBelow));
      }
      bool expected = reference_matches(temp + rest, path);
      for (const std::string_view number : {"1", "22"}) {
        const bool here = reference_matches(temp + "\\" + std::string(number) + rest, path);
        by_number += static_cast<int>(here && !expected);
        expected = expected || here;
      }
      ASSERT_EQ(exceptions.approve(path), expected) << rest << " on " << path;
    }
  }
  EXPECT_GT(by_number, static_cast<int>(500 / test::kOneIn));
}

TEST(ExceptionReference, AgreesOnWholeLists) {
  RandomText random(20240614);
  for (std::size_t i = 0; i < 40 / test::kOneIn; ++i) {
    std::vector<std::string> approved;
    std::vector<std::string> blocked;
    v1::ExceptionList list;
    for (std::size_t n = random.below(500); n != 0; --n) {
      approved.push_back(random_path(random, kEntryParts, 6));
      list.add_approved()->set_path(approved.back());
    }
    for (std::size_t n = random.below(5); n != 0; --n) {
      blocked.push_back(random_path(random, kNames, 2) + "\\" + std::string(random.one_of(kEntryParts)));
      list.add_blocked()->set_path(blocked.back());
    }
    const Exceptions exceptions(list);
    for (int j = 0; j < 300; ++j) {
      const std::string path = random_path(random, kNames, 7);
      ExceptionList::Hit expected;
      for (const auto& [kind, texts] :
           {std::pair(ExceptionList::List::kBlocked, &blocked), std::pair(ExceptionList::List::kApproved, &approved)}) {
        for (std::size_t n = 0; n < texts->size() && expected.list == ExceptionList::List::kNone; ++n) {
          if (!reference_matches((*texts)[n], path)) continue;
          expected = {.list = kind, .line = static_cast<int>(n) + 1, .entry = (*texts)[n]};
        }
      }
      const ExceptionList::Hit hit = exceptions.find(path);
      ASSERT_EQ(hit.list, expected.list) << path;
      ASSERT_EQ(hit.line, expected.line) << path;
      ASSERT_EQ(hit.entry, expected.entry) << path;
    }
  }
}

}  // namespace
}  // namespace holdfast::engine
