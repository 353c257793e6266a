#include "sim/text/file_hash.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/text/sha256.h"
#include "sensors/recording/binary_file.h"

namespace holdfast {

Expected<std::string> sha256_of(const std::string& path) {
  HOLDFAST_TRY(file, BinaryReader::open(path));
  constexpr std::uint64_t kPieceBytes = 1 << 20;
  std::vector<std::uint8_t> piece;
  engine::Sha256 hash;
  for (std::uint64_t at = 0; at < file.size_bytes(); at += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min(kPieceBytes, file.size_bytes() - at)));
    HOLDFAST_TRY_DO(file.read_at(at, piece));
    hash.update({reinterpret_cast<const char*>(piece.data()), piece.size()});
  }
  return hash.hex();
}

}  // namespace holdfast
