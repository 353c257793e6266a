#include "sensors/evtx/checksum.h"

#include <zlib.h>

#include <cstddef>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace holdfast {
namespace {

std::uint32_t crc32_of_zlib(std::span<const std::uint8_t> bytes, std::uint32_t before) {
  if (bytes.empty()) return before;  // zlib takes the pointer to nothing for a question about its beginning
  return static_cast<std::uint32_t>(crc32(before, bytes.data(), static_cast<uInt>(bytes.size())));
}

#if defined(__x86_64__)

// V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009), where the
// numbers below stand: powers of x modulo the polynomial of CRC-32, their bits in reverse.
#define HOLDFAST_CARRYLESS __attribute__((target("pclmul,sse4.1")))
constexpr std::size_t kBlockBytes = sizeof(__m128i);
constexpr std::size_t kLanes = 4;  // at the same time: one product waits for no other

HOLDFAST_CARRYLESS __m128i block_at(const std::uint8_t* bytes) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
}

// `sum` moved on by as many bits as `powers` are for, and `next` added there.
HOLDFAST_CARRYLESS __m128i fold(__m128i sum, __m128i powers, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(sum, powers, 0x00);
  const __m128i high = _mm_clmulepi64_si128(sum, powers, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// The register behind the bytes, of which there are whole blocks and at least kLanes.
HOLDFAST_CARRYLESS std::uint32_t register_behind(std::span<const std::uint8_t> bytes, std::uint32_t before) {
  const __m128i by_lanes = _mm_set_epi64x(0x01C6E41596, 0x0154442BD4);
  const __m128i by_block = _mm_set_epi64x(0x00CCAA009E, 0x01751997D0);
  const __m128i by_half = _mm_set_epi64x(0, 0x0163CD6124);
  const __m128i polynomial = _mm_set_epi64x(0x01F7011641, 0x01DB710641);
  const __m128i low_words = _mm_set_epi32(0, -1, 0, -1);

  const std::uint8_t* at = bytes.data();
  std::size_t blocks = bytes.size() / kBlockBytes;
  __m128i sums[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i, at += kBlockBytes) sums[i] = block_at(at);
  sums[0] = _mm_xor_si128(sums[0], _mm_cvtsi32_si128(static_cast<int>(before)));
  for (blocks -= kLanes; blocks >= kLanes; blocks -= kLanes) {
    for (std::size_t i = 0; i < kLanes; ++i, at += kBlockBytes) sums[i] = fold(sums[i], by_lanes, block_at(at));
  }
  __m128i sum = sums[0];
  for (std::size_t i = 1; i < kLanes; ++i) sum = fold(sum, by_block, sums[i]);
  for (; blocks > 0; --blocks, at += kBlockBytes) sum = fold(sum, by_block, block_at(at));

  // 128 bits to 64, and these to 32.
  sum = _mm_xor_si128(_mm_srli_si128(sum, 8), _mm_clmulepi64_si128(sum, by_block, 0x10));
  sum = _mm_xor_si128(_mm_srli_si128(sum, 4), _mm_clmulepi64_si128(_mm_and_si128(sum, low_words), by_half, 0x00));
  __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(sum, low_words), polynomial, 0x10);
  quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_words), polynomial, 0x00);
  return static_cast<std::uint32_t>(_mm_extract_epi32(_mm_xor_si128(sum, quotient), 1));
}

bool multiplies_without_carries() {
  static const bool does = __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.1") != 0;
  return does;
}

#endif

}  // namespace

std::uint32_t crc32_of(std::span<const std::uint8_t> bytes, std::uint32_t before) {
#if defined(__x86_64__)
  const std::size_t whole = bytes.size() / kBlockBytes * kBlockBytes;
  if (whole >= kLanes * kBlockBytes && multiplies_without_carries()) {
    before = ~register_behind(bytes.first(whole), ~before);
    bytes = bytes.subspan(whole);
  }
#endif
  return crc32_of_zlib(bytes, before);
}

}  // namespace holdfast
