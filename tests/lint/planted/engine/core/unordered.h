#pragma once
#include <string>
#include <unordered_map>

namespace planted {

struct Table {
  std::unordered_map<std::string, std::unordered_map<int, int>> by_name;
  std::map<int, int> sorted;
};

}  // namespace planted
