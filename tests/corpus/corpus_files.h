// Where the public recordings lie, and which there are.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

std::filesystem::path corpus_folder();

bool corpus_is_here();
// Said by every test that needs them where they are not.
std::string corpus_missing();

// Files below `folder` with one of the endings (".json"), sorted.
std::vector<std::string> files_with(const std::filesystem::path& folder,
                                    std::initializer_list<std::string_view> endings);

}  // namespace holdfast
