#include "sim/text/file_hash.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/text/sha256.h"
#include "sensors/recording/binary_file.h"

namespace holdfast {

Expected<std::string> sha256_of(const std::string& path) {
  auto file = BinaryReader::open(path);
  if (!file) return std::unexpected(file.error());
  constexpr std::uint64_t kPieceBytes = 1 << 20;
  std::vector<std::uint8_t> piece;
  engine::Sha256 hash;
  for (std::uint64_t at = 0; at < file->size_bytes(); at += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min(kPieceBytes, file->size_bytes() - at)));
    if (auto read = file->read_at(at, piece); !read) return std::unexpected(read.error());
    hash.update({reinterpret_cast<const char*>(piece.data()), piece.size()});
  }
  return hash.hex();
}

}  // namespace holdfast
