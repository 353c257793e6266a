#include "sensors/recording/format.h"

#include <google/protobuf/io/coded_stream.h>
#include <gtest/gtest.h>

#include <vector>

namespace holdfast::recording_format {
namespace {

constexpr std::uint64_t kSeed = 42;

ChunkHeader some_header() {
  return {.flags = kFlagSegmentStart,
          .number = 3,
          .uncompressed_bytes = 1000,
          .compressed_bytes = 500,
          .records = 9,
          .inputs = 4,
          .first_sequence = 11,
          .last_sequence = 14,
          .at_ns_min = 1'000'000'000'000,
          .at_ns_max = 1'000'000'000'001,
          .data_hash = 0xFEDCBA9876543210};
}

std::vector<std::uint8_t> encoded(const ChunkHeader& header) {
  std::vector<std::uint8_t> bytes(kChunkHeaderBytes);
  encode_chunk_header(header, kSeed, bytes.data());
  return bytes;
}

TEST(ChunkHeader, ComesBackAsItWasWritten) {
  EXPECT_EQ(decode_chunk_header(encoded(some_header()), kSeed), some_header());
}

TEST(ChunkHeader, IsRefusedWithAnyBitChanged) {
  const auto good = encoded(some_header());
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    auto bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_FALSE(decode_chunk_header(bad, kSeed)) << "bit " << bit;
  }
}

TEST(ChunkHeader, OfAnotherRecordingIsRefused) { EXPECT_FALSE(decode_chunk_header(encoded(some_header()), kSeed + 1)); }

TEST(ChunkHeader, TooShortIsRefused) {
  auto bytes = encoded(some_header());
  bytes.pop_back();
  EXPECT_FALSE(decode_chunk_header(bytes, kSeed));
}

struct FaultRow {
  const char* name;
  void (*spoil)(ChunkHeader&);
  const char* fault;
};

class ChunkHeaderFault : public testing::TestWithParam<FaultRow> {};

TEST_P(ChunkHeaderFault, IsNamed) {
  ChunkHeader header = some_header();
  ASSERT_EQ(chunk_header_fault(header), nullptr);
  GetParam().spoil(header);
  EXPECT_STREQ(chunk_header_fault(header), GetParam().fault);
}

INSTANTIATE_TEST_SUITE_P(
    Limits, ChunkHeaderFault,
    testing::Values(
        FaultRow{"flags", [](ChunkHeader& h) { h.flags = 2; }, "unknown flags"},
        FaultRow{"unpacked_zero", [](ChunkHeader& h) { h.uncompressed_bytes = 0; },
                 "an uncompressed length outside 1 byte to 64 MiB"},
        FaultRow{"unpacked_huge", [](ChunkHeader& h) { h.uncompressed_bytes = kChunkBytesMax + 1; },
                 "an uncompressed length outside 1 byte to 64 MiB"},
        FaultRow{"packed_zero", [](ChunkHeader& h) { h.compressed_bytes = 0; },
                 "a compressed length outside 1 byte to 65 MiB"},
        FaultRow{"packed_huge", [](ChunkHeader& h) { h.compressed_bytes = 0xFFFFFFFF; },
                 "a compressed length outside 1 byte to 65 MiB"},
        FaultRow{"no_record", [](ChunkHeader& h) { h.records = 0; }, "an impossible number of records"},
        FaultRow{"records", [](ChunkHeader& h) { h.records = 1001; }, "an impossible number of records"},
        FaultRow{"inputs", [](ChunkHeader& h) { h.inputs = 10; }, "more inputs than records"},
        FaultRow{"sequence", [](ChunkHeader& h) { h.first_sequence = 15; }, "a first sequence number behind the last"},
        FaultRow{"time", [](ChunkHeader& h) { h.at_ns_min = h.at_ns_max + 1; }, "a first time behind the last"}),
    [](const auto& row) { return row.param.name; });

// The naive reference: protobuf's own varints.
TEST(RecordLength, IsTheVarintThatProtobufWrites) {
  for (const std::uint32_t length :
       {0u, 1u, 127u, 128u, 255u, 16'383u, 16'384u, 2'097'151u, 2'097'152u, kChunkBytesMax}) {
    std::uint8_t ours[8] = {};
    std::uint8_t theirs[8] = {};
    const std::size_t used = encode_record_length(length, ours);
    const auto* end = google::protobuf::io::CodedOutputStream::WriteVarint32ToArray(length, theirs);
    EXPECT_EQ(used, static_cast<std::size_t>(end - theirs)) << length;
    EXPECT_TRUE(std::equal(std::begin(ours), std::end(ours), std::begin(theirs))) << length;
    EXPECT_LE(used, kRecordLengthBytesMax);
    std::uint32_t decoded = 0xAAAA;
    EXPECT_EQ(decode_record_length({ours, used}, decoded), used);
    EXPECT_EQ(decoded, length);
    EXPECT_EQ(decode_record_length({ours, used - 1}, decoded), 0u) << "cut off: " << length;
  }
}

TEST(RecordLength, RefusesWhatNoWriterWrites) {
  const std::vector<std::vector<std::uint8_t>> bad = {
      {},                              // nothing
      {0x80, 0x00},                    // longer than needed
      {0x81, 0x80, 0x80, 0x20},        // one more than 64 MiB
      {0x80, 0x80, 0x80, 0x80, 0x01},  // five bytes
      {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01},
  };
  for (const auto& bytes : bad) {
    std::uint32_t length = 0;
    EXPECT_EQ(decode_record_length(bytes, length), 0u) << testing::PrintToString(bytes);
  }
}

// Published test values: xxHash's specification, XXH3 64 bits of no input with seed 0.
TEST(Hash, IsXxh3) { EXPECT_EQ(hash({}, 0), 0x2D06800538D394C2u); }

}  // namespace
}  // namespace holdfast::recording_format
