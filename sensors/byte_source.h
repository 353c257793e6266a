// A stream of bytes, wherever they come from: a file, a member of an archive, a test.
#pragma once

#include <cstddef>

#include "engine/schema/error.h"

namespace holdfast {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills up to `size` bytes and returns how many; 0 is the end. Fails when the source is broken.
  virtual Expected<std::size_t> read(char* to, std::size_t size) = 0;
};

}  // namespace holdfast
