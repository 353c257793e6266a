// The name in a path, as it stands in a text: whatever system it is of. What Windows
// takes for the same path, engine/path knows.
#pragma once

#include <cstddef>
#include <string_view>

namespace holdfast {

// What follows the last '\' or '/'; the whole where there is none. The view lives as long as `path`.
constexpr std::string_view file_name(std::string_view path) {
  const std::size_t separator = path.find_last_of("\\/");
  return separator == std::string_view::npos ? path : path.substr(separator + 1);
}

}  // namespace holdfast
