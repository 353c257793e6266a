// The files of the repository that tests read.
#pragma once

#include <string>

namespace holdfast {

// The path of "docs/importing.md" and the like, wherever the test is started.
std::string in_repository(const std::string& path);

}  // namespace holdfast
