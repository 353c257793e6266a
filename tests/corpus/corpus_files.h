// Where the public recordings lie, and which there are. A program with corpus_files.cc skips all of its tests where
// they are missing, and says so in one line.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

std::filesystem::path corpus_folder();

// Files below `folder` with one of the endings (".json"), sorted.
std::vector<std::string> files_with(const std::filesystem::path& folder,
                                    std::initializer_list<std::string_view> endings);

}  // namespace holdfast
