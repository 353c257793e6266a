// A SHA-256 as people and URLs write it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast::cloud {

inline constexpr std::size_t kSha256Bytes = 32;

// 64 hexadecimal digits of either case as 32 bytes; nothing if `text` is anything else.
std::optional<std::string> sha256_of_text(std::string_view text);

}  // namespace holdfast::cloud
