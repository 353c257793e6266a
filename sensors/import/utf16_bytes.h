// Text in UTF-16, as PowerShell and wevtutil write it, read as UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/byte_source.h"

namespace holdfast {

enum class TextUnits : std::uint8_t { kBytes, kUtf16LittleEndian, kUtf16BigEndian };

// What the beginning of a text shows of its encoding: a byte-order mark, or two characters of ASCII, each beside a
// zero.
TextUnits text_units(std::string_view start);

class Utf16Bytes final : public ByteSource {
 public:
  // `source` must outlive this.
  Utf16Bytes(ByteSource& source, TextUnits units) : source_(source), big_endian_(units == TextUnits::kUtf16BigEndian) {}

  // The text without its byte-order mark. Half surrogate pairs, and half a unit at the end, become U+FFFD.
  Expected<std::size_t> read(char* to, std::size_t size) override;

  std::uint64_t replaced() const { return replaced_; }

 private:
  Expected<bool> decode_block();

  ByteSource& source_;
  bool big_endian_;
  std::vector<std::uint8_t> block_;
  std::size_t kept_ = 0;  // bytes at the start of block_ whose character is not whole yet
  bool ended_ = false;
  bool at_start_ = true;
  std::string text_;  // decoded and not read yet, from at_
  std::size_t at_ = 0;
  std::uint64_t replaced_ = 0;
};

}  // namespace holdfast
