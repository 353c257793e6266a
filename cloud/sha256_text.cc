#include "cloud/sha256_text.h"

#include "engine/text/hex.h"

namespace holdfast::cloud {
std::optional<std::string> sha256_of_text(std::string_view text) {
  return text.size() == 2 * kSha256Bytes ? bytes_of_hex(text) : std::nullopt;
}

}  // namespace holdfast::cloud
