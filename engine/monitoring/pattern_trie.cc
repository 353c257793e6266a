#include "engine/monitoring/pattern_trie.h"

#include <algorithm>

#include "engine/monitoring/pattern.h"

namespace holdfast::engine {
namespace {

// Shorter first: most parts of most paths are then told apart by their length alone.
bool stands_before(const std::pair<std::string, std::uint32_t>& entry, std::string_view text) {
  return entry.first.size() != text.size() ? entry.first.size() < text.size() : entry.first < text;
}

}  // namespace

void PatternTrie::add(std::string_view pattern, std::uint32_t row) {
  std::uint32_t at = 0;
  for (;;) {
    const std::size_t end = pattern.find('\\');
    at = child(at, pattern.substr(0, end));
    if (end == kEnd) break;
    pattern = pattern.substr(end + 1);
  }
  nodes_[at].rows.push_back(row);
}

std::uint32_t PatternTrie::child(std::uint32_t node, std::string_view part) {
  const auto fresh = static_cast<std::uint32_t>(nodes_.size());
  const auto slot = [&]() -> std::uint32_t& {
    Node& parent = nodes_[node];
    if (part == "**") return parent.any_parts;
    if (part == "*") return parent.any_part;
    auto& entries = part.find('*') == kEnd ? parent.literals : parent.globs;
    const auto at = std::lower_bound(entries.begin(), entries.end(), part, stands_before);
    if (at != entries.end() && at->first == part) return at->second;
    return entries.insert(at, {std::string(part), kNone})->second;
  };
  std::uint32_t& to = slot();
  if (to != kNone) return to;
  to = fresh;
  nodes_.emplace_back();
  return fresh;
}

std::uint32_t PatternTrie::literal_child(const Node& node, std::string_view part) const {
  const auto at = std::lower_bound(node.literals.begin(), node.literals.end(), part, stands_before);
  return at != node.literals.end() && at->first == part ? at->second : kNone;
}

bool PatternTrie::glob_fits(const std::string& glob, std::string_view part) { return glob_matches(glob, part); }

}  // namespace holdfast::engine
