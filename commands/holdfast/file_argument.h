// A file's name as a person types it after a command.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

// `path` as shells of Linux and Windows take it for one argument and no option: as it is, or in quotation marks where
// blanks and other characters ask for them. Safe for a terminal, as printable() is.
std::string file_argument(std::string_view path);

}  // namespace holdfast
