// What the files of recordings share in talking to the system: errors a person can act on.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "engine/schema/error.h"

namespace holdfast {

// "PATH: ACTION: what the system says to errno `code`; what to do about it".
std::unexpected<Error> file_failure(std::string where, const std::string& action, int code);
std::string at_offset(const std::string& path, std::uint64_t offset);

}  // namespace holdfast
