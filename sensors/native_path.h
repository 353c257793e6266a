// Names of files are UTF-8 everywhere, also where the system's own encoding is another.
#pragma once

#include <filesystem>
#include <string>

namespace holdfast {

inline std::filesystem::path native_path_of(const std::string& utf8) {
  return {std::u8string(utf8.begin(), utf8.end())};
}

// The way back: UTF-8, with '/' where this system also takes another separator.
inline std::string portable_path_of(const std::filesystem::path& path) {
  const std::u8string text = path.generic_u8string();
  return {text.begin(), text.end()};
}

}  // namespace holdfast
