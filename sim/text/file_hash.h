// The SHA-256 by which a file is named as the source of another.
#pragma once

#include <string>

#include "engine/schema/error.h"

namespace holdfast {

// 64 lower-case digits. Fails on what the system refuses.
Expected<std::string> sha256_of(const std::string& path);

}  // namespace holdfast
