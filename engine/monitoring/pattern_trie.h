// Many path patterns as one tree over their parts, so that a path is compared with all of them in one walk.
//
//   PatternTrie trie;
//   trie.add(R"(HKLM\SOFTWARE\*\RUN)", 7);
//   trie.find(R"(HKLM\SOFTWARE\X\RUN)", [](std::uint32_t row) { ... });   // 7; a row may be named more than once
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::engine {

class PatternTrie {
 public:
  PatternTrie() : nodes_(1) {}

  // `pattern` without alternatives and placed (engine/monitoring/pattern.h).
  void add(std::string_view pattern, std::uint32_t row);

  bool empty() const { return nodes_.size() == 1; }

  // Calls `found(row)` for every pattern that is the whole of `path`. Never allocates. Time grows with the parts of the
  // path times the patterns that begin with `**`.
  template <typename Found>
  void find(std::string_view path, Found&& found) const {
    walk(0, path, found);
  }

 private:
  static constexpr std::uint32_t kNone = 0;  // the root is nobody's child
  static constexpr std::size_t kEnd = std::string_view::npos;

  struct Node {
    std::vector<std::pair<std::string, std::uint32_t>> literals;  // by length, then text
    std::vector<std::pair<std::string, std::uint32_t>> globs;     // parts with a '*' inside
    std::uint32_t any_part = kNone;                               // child behind "*"
    std::uint32_t any_parts = kNone;                              // child behind "**"
    std::vector<std::uint32_t> rows;                              // patterns that end here
  };

  std::uint32_t child(std::uint32_t node, std::string_view part);
  std::uint32_t literal_child(const Node& node, std::string_view part) const;
  static bool glob_fits(const std::string& glob, std::string_view part);

  // `rest` is what follows; kEnd-marked by a null data pointer when the path is used up.
  template <typename Found>
  void walk(std::uint32_t at, std::string_view rest, Found& found) const {
    const Node& node = nodes_[at];
    const bool used_up = rest.data() == nullptr;
    if (used_up) {
      for (const std::uint32_t row : node.rows) found(row);
    }
    if (node.any_parts != kNone) walk_any(node.any_parts, rest, found);
    if (used_up) return;
    const std::size_t end = rest.find('\\');
    const std::string_view part = rest.substr(0, end);
    const std::string_view next = end == kEnd ? std::string_view() : rest.substr(end + 1);
    if (const std::uint32_t to = literal_child(node, part); to != kNone) walk(to, next, found);
    if (node.any_part != kNone) walk(node.any_part, next, found);
    for (const auto& [glob, to] : node.globs) {
      if (glob_fits(glob, part)) walk(to, next, found);
    }
  }

  template <typename Found>
  void walk_any(std::uint32_t at, std::string_view rest, Found& found) const {
    const Node& node = nodes_[at];
    for (const std::uint32_t row : node.rows) found(row);  // "...\**" takes whatever is left
    if (node.literals.empty() && node.globs.empty() && node.any_part == kNone) return;
    while (rest.data() != nullptr) {
      const std::size_t end = rest.find('\\');
      const std::string_view part = rest.substr(0, end);
      const std::string_view next = end == kEnd ? std::string_view() : rest.substr(end + 1);
      if (const std::uint32_t to = literal_child(node, part); to != kNone) walk(to, next, found);
      if (node.any_part != kNone) walk(node.any_part, next, found);
      for (const auto& [glob, to] : node.globs) {
        if (glob_fits(glob, part)) walk(to, next, found);
      }
      rest = next;
    }
  }

  std::vector<Node> nodes_;
};

}  // namespace holdfast::engine
