// A text in memory as a source of bytes.
#pragma once

#include <cstddef>
#include <string_view>

#include "sensors/byte_source.h"

namespace holdfast {

class TextBytes final : public ByteSource {
 public:
  // `text` must outlive the source.
  explicit TextBytes(std::string_view text) : text_(text) {}

  Expected<std::size_t> read(char* to, std::size_t size) override {
    const std::size_t given = text_.copy(to, size);
    text_.remove_prefix(given);
    return given;
  }

 private:
  std::string_view text_;
};

}  // namespace holdfast
