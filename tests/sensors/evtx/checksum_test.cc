#include "sensors/evtx/checksum.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tests/support/random.h"

namespace holdfast {
namespace {

// As the standard has it, bit by bit.
std::uint32_t naive_crc32(std::span<const std::uint8_t> bytes, std::uint32_t before) {
  std::uint32_t sum = ~before;
  for (const std::uint8_t byte : bytes) {
    sum ^= byte;
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~sum;
}

std::vector<std::uint8_t> bytes_at_random(std::size_t size, Random& random) {
  std::vector<std::uint8_t> bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

TEST(Checksum, OfTheNineDigitsIsTheStandards) {
  const std::vector<std::uint8_t> digits = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  EXPECT_EQ(crc32_of(digits), 0xCBF43926U);
}

TEST(Checksum, IsThatOfBitsOneByOneForEverySize) {
  Random random(1);
  for (std::size_t size = 0; size < 400; ++size) {
    const std::vector<std::uint8_t> bytes = bytes_at_random(size, random);
    const auto before = static_cast<std::uint32_t>(random.next());
    EXPECT_EQ(crc32_of(bytes), naive_crc32(bytes, 0)) << size;
    EXPECT_EQ(crc32_of(bytes, before), naive_crc32(bytes, before)) << size;
  }
}

TEST(Checksum, GoesOnFromWhatLiesInFront) {
  Random random(2);
  const std::vector<std::uint8_t> bytes = bytes_at_random(65'024, random);
  const std::uint32_t whole = naive_crc32(bytes, 0);
  EXPECT_EQ(crc32_of(bytes), whole);
  for (int i = 0; i < 20; ++i) {
    const std::size_t cut = random.below(bytes.size() + 1);
    EXPECT_EQ(crc32_of(std::span(bytes).subspan(cut), crc32_of(std::span(bytes).first(cut))), whole) << cut;
  }
}

}  // namespace
}  // namespace holdfast
