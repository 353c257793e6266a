#include "sensors/evtx/utf16.h"

#include <bit>
#include <cstddef>
#include <cstring>

#include "engine/text/surrogates.h"
#include "engine/text/utf8.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace holdfast {
namespace {

// Nearly every text of an event log is ASCII. Writes the ASCII units that the text begins with and returns how many:
// eight or four at a time, as one number each of whose 16-bit lanes keeps its low byte.
std::size_t copy_ascii(const std::uint8_t* from, std::size_t units, char* to) {
  std::size_t done = 0;
#if defined(__SSE2__)
  for (const __m128i beyond_ascii = _mm_set1_epi16(~0x7F); done + 8 <= units; done += 8) {
    const __m128i lanes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 2 * done));
    const __m128i are_ascii = _mm_cmpeq_epi16(_mm_and_si128(lanes, beyond_ascii), _mm_setzero_si128());
    if (_mm_movemask_epi8(are_ascii) != 0xFFFF) break;
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to + done), _mm_packus_epi16(lanes, lanes));
  }
#endif
  if constexpr (std::endian::native == std::endian::little) {
    constexpr std::uint64_t kNotAscii = 0xFF80'FF80'FF80'FF80;
    for (std::uint64_t lanes = 0; done + 4 <= units; done += 4) {
      std::memcpy(&lanes, from + 2 * done, sizeof lanes);
      if ((lanes & kNotAscii) != 0) break;
      lanes = (lanes | (lanes >> 8)) & 0x0000'FFFF'0000'FFFF;
      const auto four = static_cast<std::uint32_t>(lanes | (lanes >> 16));
      std::memcpy(to + done, &four, sizeof four);
    }
  }
  for (; done < units && from[2 * done] < 0x80 && from[2 * done + 1] == 0; ++done)
    to[done] = static_cast<char>(from[2 * done]);
  return done;
}

}  // namespace

std::uint64_t append_utf16(std::span<const std::uint8_t> bytes, std::string& out) {
  std::size_t units = bytes.size() / 2;
  const auto unit_at = [&](std::size_t i) {
    return static_cast<char32_t>(bytes[2 * i] | (static_cast<std::uint32_t>(bytes[2 * i + 1]) << 8));
  };
  while (units > 0 && unit_at(units - 1) == 0) --units;
  const std::size_t begin = out.size();
  std::size_t plain = 0;
  out.resize_and_overwrite(begin + units, [&](char* text, std::size_t) {
    plain = copy_ascii(bytes.data(), units, text + begin);
    return begin + plain;
  });
  std::uint64_t replaced = 0;
  for (std::size_t i = plain; i < units; ++i) {
    char32_t point = unit_at(i);
    if (is_high_surrogate(point) && i + 1 < units && is_low_surrogate(unit_at(i + 1))) {
      point = code_point_of_pair(point, unit_at(++i));
    } else if (is_high_surrogate(point) || is_low_surrogate(point)) {
      point = kReplacementCharacter;
      ++replaced;
    }
    append_utf8(point, out);
  }
  return replaced;
}

}  // namespace holdfast
