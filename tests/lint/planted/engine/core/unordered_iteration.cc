#include <unordered_set>

#include "engine/core/unordered.h"

namespace planted {

using Names = std::unordered_set<std::string>;

void write(const Table& table, const Names& names, std::string& log) {
  for (const auto& [name, rows] : table.by_name) {  // planted: unordered_iteration
    log += name;
  }
  for (const auto& name : names) log += name;               // planted: unordered_iteration
  auto first = names.begin();                               // planted: unordered_iteration
  std::ranges::for_each(table.by_name, append);             // planted: unordered_iteration
  log += fmt::format("{}", fmt::join(names, " "));          // planted: unordered_iteration
  for (const auto& [key, value] : table.sorted) log += 'x';
  if (table.by_name.find("a") == table.by_name.end() || !names.contains("b")) log += 'y';
}

}  // namespace planted
