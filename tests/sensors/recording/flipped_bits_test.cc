// One bit of a recording is another, any of them: that is found, its place is named, and everything else is read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/sensors/recording/sample_recording.h"
#include "tests/support/effort.h"

namespace holdfast {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

// The chunk or the trailer in which `at` lies: where it begins, and how many records are lost with it.
struct Place {
  std::size_t begins = 0;
  std::size_t records = 0;
};

Place place_of(const Sample& good, std::size_t at) {
  if (at >= good.trailer_at) return {.begins = good.trailer_at, .records = 0};
  const auto behind = std::ranges::upper_bound(good.chunk_at, at);
  const auto hit = static_cast<std::size_t>(behind - good.chunk_at.begin()) - 1;
  const bool is_last = hit + 1 == good.chunk_at.size();
  const std::size_t end = is_last ? good.records.size() : good.records_before[hit + 1];
  return {.begins = good.chunk_at[hit], .records = end - good.records_before[hit]};
}

// Without its end mark a recording counts as one that was interrupted, and what is cut off begins with the damage.
bool is_located(const ReadOutcome& read, const Sample& good, const Place& place) {
  if (read.torn && read.errors.empty()) return good.bytes.size() - read.torn_bytes == place.begins;
  const std::string offset = "memory.hfr:offset " + std::to_string(place.begins) + ":";
  return !read.errors.empty() && read.errors.front().starts_with(offset);
}

TEST(FlippedBits, EachIsFoundAndLocatedAndTheRestIsRead) {
  const TestFolder folder;
  const Sample good = sample(folder, 24);
  std::uint64_t flipped = 0;
  std::uint64_t refused = 0;
  std::uint64_t torn = 0;
  FileBytes bytes = good.bytes;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); bit += test::kOneIn) {
    SCOPED_TRACE("bit " + std::to_string(bit));
    const std::size_t at = bit / 8;
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    bytes[at] ^= mask;
    const ReadOutcome read = read_all(bytes);
    bytes[at] ^= mask;
    ++flipped;
    if (at < good.chunk_at[0]) {
      ASSERT_THAT(read.open_error, HasSubstr("memory.hfr"));
      ++refused;
      continue;
    }
    const Place place = place_of(good, at);
    ASSERT_TRUE(is_located(read, good, place));
    ASSERT_TRUE(is_subsequence_of(read.records, good.records));
    ASSERT_EQ(read.records.size(), good.records.size() - place.records);
    torn += read.errors.empty() ? 1 : 0;
  }
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf("  %llu bits flipped one by one: %llu in the header, which is refused; %llu take the end mark away\n",
              number(flipped), number(refused), number(torn));
  EXPECT_GE(flipped, 10'000U / test::kOneIn);
}

}  // namespace
}  // namespace holdfast
