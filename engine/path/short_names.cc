#include "engine/path/short_names.h"

#include <cstddef>
#include <set>
#include <utility>

#include "engine/path/case_folding.h"

namespace holdfast::engine {
namespace {

// What a standard installation before Vista calls the folders in each user's own.
struct UserFolderName {
  std::string_view short_name;
  std::string_view long_name;
};
constexpr UserFolderName kUserFolderNames[] = {
    {"LOCALS~1", "Local Settings"},
    {"APPLIC~1", "Application Data"},
    {"STARTM~1", "Start Menu"},
    {"MYDOCU~1", "My Documents"},
};

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t separator = path.find('\\');
    parts.push_back(path.substr(0, separator));
    if (separator == std::string_view::npos) return parts;
    path.remove_prefix(separator + 1);
  }
}

using Names = std::map<std::string, std::string, std::less<>>;

std::string below(const std::string& parent, std::string_view name) { return parent + '\\' + folded(name); }

// The long name at the end of a chain of names, or null if the chain is a circle.
const std::string* end_of_chain(const Names& names, const std::string& parent, const std::string* name) {
  std::set<std::string_view> seen;
  for (;;) {
    const auto next = names.find(below(parent, *name));
    if (next == names.end() || folded(next->second) == folded(*name)) return name;
    if (!seen.insert(next->first).second) return nullptr;
    name = &next->second;
  }
}

}  // namespace

ShortNames::ShortNames(const std::vector<ShortNamePair>& pairs, std::string_view users_folder)
    : users_folder_(folded(users_folder) + '\\') {
  struct Row {
    std::vector<std::string_view> short_parts;
    std::vector<std::string_view> long_parts;
    std::string parent;  // folded, long names only
  };
  std::vector<Row> rows;
  std::size_t depth = 0;
  for (const ShortNamePair& pair : pairs) {
    Row row{parts_of(pair.short_path), parts_of(pair.long_path), ""};
    if (row.short_parts.size() != row.long_parts.size()) continue;
    row.parent = folded(row.short_parts[0]);
    if (row.parent != folded(row.long_parts[0])) continue;
    depth = row.short_parts.size() > depth ? row.short_parts.size() : depth;
    rows.push_back(std::move(row));
  }

  // Level by level, because a name is looked up under the long names of the folders above it.
  for (std::size_t level = 1; level < depth; ++level) {
    Names names;
    std::vector<std::pair<std::string, std::string>> keys_and_parents;
    for (const Row& row : rows) {
      if (row.short_parts.size() <= level) continue;
      const std::string key = below(row.parent, row.short_parts[level]);
      if (key == below(row.parent, row.long_parts[level])) continue;
      if (names.try_emplace(key, row.long_parts[level]).second) keys_and_parents.emplace_back(key, row.parent);
    }
    for (const auto& [key, parent] : keys_and_parents) {
      const std::string* long_name = end_of_chain(names, parent, &names.at(key));
      if (long_name == nullptr) continue;
      long_names_.emplace(key, *long_name);
      if (key.find('~', parent.size()) == std::string::npos) any_without_tilde_ = true;
    }
    for (Row& row : rows) {
      if (row.short_parts.size() <= level) continue;
      const auto renamed = long_names_.find(below(row.parent, row.long_parts[level]));
      row.parent = below(row.parent, renamed == long_names_.end() ? row.long_parts[level] : renamed->second);
    }
  }
  for (const UserFolderName& name : kUserFolderNames) user_folder_names_.emplace(name.short_name, name.long_name);
}

const std::string* ShortNames::find(std::string_view folded_path) const {
  if (const auto found = long_names_.find(folded_path); found != long_names_.end()) return &found->second;
  if (!folded_path.starts_with(users_folder_)) return nullptr;
  const std::string_view below_users = folded_path.substr(users_folder_.size());
  const std::size_t separator = below_users.find('\\');
  if (separator == std::string_view::npos || separator == 0) return nullptr;
  const auto found = user_folder_names_.find(below_users.substr(separator + 1));
  return found == user_folder_names_.end() ? nullptr : &found->second;
}

}  // namespace holdfast::engine
