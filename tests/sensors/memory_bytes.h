// Bytes in memory as a source, given in pieces of any size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "sensors/byte_source.h"

namespace holdfast {

class MemoryBytes final : public ByteSource {
 public:
  // `bytes` must outlive the source. At most `piece` of them are given at once.
  MemoryBytes(std::string_view bytes, std::size_t piece) : bytes_(bytes), piece_(piece) {}

  Expected<std::size_t> read(char* to, std::size_t size) override {
    const std::size_t given = std::min({size, piece_, bytes_.size() - at_});
    if (given > 0) std::memcpy(to, bytes_.data() + at_, given);
    at_ += given;
    return given;
  }

 private:
  std::string_view bytes_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

}  // namespace holdfast
