// The simulator's only door to files: small text files that people wrote, and folders of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"

namespace holdfast {

// The whole file. Fails (Error.where = path) if it is missing, no regular file, unreadable or larger than
// `bytes_max`.
Expected<std::string> read_text_file(const std::string& path, std::size_t bytes_max);

// Replaces the file's content whole or not at all: writes "path.partial" beside it and renames. Fails on
// what is no regular file.
Expected<void> replace_text_file(const std::string& path, std::string_view text);

// `path` itself if it is a file; every file below it whose name ends in `suffix`, sorted by the bytes of the path with
// '/', if it is a folder. Fails if it is missing or unreadable, or if more than `files_max` files are found.
Expected<std::vector<std::string>> find_text_files(const std::string& path, std::string_view suffix,
                                                   std::size_t files_max);

// The same path with '/' where this system also takes another separator.
std::string portable_path(const std::string& path);

bool is_folder(const std::string& path);
// Whether both paths lead to one file that is there.
bool is_same_file(const std::string& one, const std::string& other);
// Whether `file` exists and lies in `folder`, or in a folder of it.
bool is_file_of_folder(const std::string& file, const std::string& folder);

// Line (from 1) of the first byte that is not UTF-8, or 0 if all are.
int first_line_not_utf8(std::string_view text);

}  // namespace holdfast
