// Reads little-endian numbers from bytes that cannot be trusted: whatever lies outside reads as 0 and is remembered, so
// that a caller asks once at the end instead of before each number.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace holdfast {

class ByteCursor {
 public:
  // Reads bytes[at] up to bytes[end - 1]; `end` is at most bytes.size().
  ByteCursor(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t end)
      : bytes_(bytes), at_(at), end_(end), failed_(at > end) {}

  std::uint8_t u8() { return number<std::uint8_t>(); }
  std::uint16_t u16() { return number<std::uint16_t>(); }
  std::uint32_t u32() { return number<std::uint32_t>(); }
  std::uint64_t u64() { return number<std::uint64_t>(); }

  std::span<const std::uint8_t> take(std::size_t size) {
    if (failed_ || size > end_ - at_) {
      failed_ = true;
      return {};
    }
    at_ += size;
    return bytes_.subspan(at_ - size, size);
  }
  void skip(std::size_t size) { take(size); }

  std::size_t at() const { return at_; }
  std::size_t left() const { return failed_ ? 0 : end_ - at_; }
  bool failed() const { return failed_; }

 private:
  template <typename Number>
  Number number() {
    Number value = 0;
    if (const std::span<const std::uint8_t> bytes = take(sizeof value); !bytes.empty())
      std::memcpy(&value, bytes.data(), sizeof value);
    return std::endian::native == std::endian::little ? value : std::byteswap(value);
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_;
  std::size_t end_;
  bool failed_;
};

}  // namespace holdfast
