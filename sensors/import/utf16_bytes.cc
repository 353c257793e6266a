#include "sensors/import/utf16_bytes.h"

#include <algorithm>
#include <cstring>

#include "engine/text/surrogates.h"
#include "engine/text/utf8.h"

namespace holdfast {
namespace {

constexpr std::size_t kUtf16Block = 64 * 1024;
constexpr char32_t kByteOrderMark = 0xFEFF;

}  // namespace

TextUnits text_units(std::string_view start) {
  if (start.starts_with("\xFF\xFE")) return TextUnits::kUtf16LittleEndian;
  if (start.starts_with("\xFE\xFF")) return TextUnits::kUtf16BigEndian;
  if (start.size() < 4) return TextUnits::kBytes;
  const auto is_ascii = [&](std::size_t at) { return start[at] > 0; };
  if (is_ascii(0) && start[1] == 0 && is_ascii(2) && start[3] == 0) return TextUnits::kUtf16LittleEndian;
  if (start[0] == 0 && is_ascii(1) && start[2] == 0 && is_ascii(3)) return TextUnits::kUtf16BigEndian;
  return TextUnits::kBytes;
}

Expected<std::size_t> Utf16Bytes::read(char* to, std::size_t size) {
  while (at_ == text_.size()) {
    HOLDFAST_TRY(more, decode_block());
    if (!more) return std::size_t{0};
  }
  const std::size_t given = std::min(size, text_.size() - at_);
  std::memcpy(to, text_.data() + at_, given);
  at_ += given;
  return given;
}

// Fills text_ anew. False where the source has ended.
Expected<bool> Utf16Bytes::decode_block() {
  if (ended_) return false;
  text_.clear();
  at_ = 0;
  block_.resize(kUtf16Block);
  HOLDFAST_TRY(got, source_.read(reinterpret_cast<char*>(block_.data()) + kept_, block_.size() - kept_));
  ended_ = got == 0;
  const std::size_t filled = kept_ + got;
  const std::size_t units = filled / 2;
  const auto unit_at = [&](std::size_t i) {
    const std::uint8_t first = block_[2 * i];
    const std::uint8_t second = block_[2 * i + 1];
    return static_cast<char32_t>(big_endian_ ? first << 8 | second : second << 8 | first);
  };
  std::size_t done = 0;
  for (; done < units; ++done) {
    char32_t point = unit_at(done);
    if (is_high_surrogate(point)) {
      if (done + 1 == units && !ended_) break;
      const char32_t low = done + 1 < units ? unit_at(done + 1) : 0;
      if (is_low_surrogate(low)) {
        point = code_point_of_pair(point, low);
        ++done;
      } else {
        point = kReplacementCharacter;
        ++replaced_;
      }
    } else if (is_low_surrogate(point)) {
      point = kReplacementCharacter;
      ++replaced_;
    }
    if (point != kByteOrderMark || !at_start_) append_utf8(point, text_);
    at_start_ = false;
  }
  kept_ = filled - 2 * done;
  if (ended_ && kept_ != 0) {
    append_utf8(kReplacementCharacter, text_);
    ++replaced_;
  }
  std::memmove(block_.data(), block_.data() + 2 * done, kept_);
  return true;
}

}  // namespace holdfast
