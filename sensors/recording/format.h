// The bytes of a .hfr file around the protobuf messages; docs/recording-format.md shows them one by one. Nothing here
// touches a file: writer, reader and tests share these few functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace holdfast::recording_format {

using Bytes = std::span<const std::uint8_t>;

inline constexpr std::uint32_t kVersion = 2;

// The file's first bytes. The first is not ASCII, and the line ends and Ctrl-Z show a transfer that changed them.
inline constexpr std::array<std::uint8_t, 8> kFileMagic = {0x89, 'H', 'F', 'R', '\r', '\n', 0x1A, '\n'};
// 0xD7 followed by an ASCII letter occurs in no valid UTF-8 text: a search after damage meets few false beginnings.
inline constexpr std::array<std::uint8_t, 8> kChunkMagic = {0xD7, 'H', 'F', 'C', 'H', 'U', 'N', 'K'};
inline constexpr std::array<std::uint8_t, 8> kTrailerMagic = {0xD7, 'H', 'F', 'T', 'R', 'A', 'I', 'L'};
inline constexpr std::array<std::uint8_t, 8> kEndMagic = {0xD7, 'H', 'F', 'E', 'N', 'D', '\r', '\n'};

inline constexpr std::size_t kPrologueFixedBytes = 16;  // before the header message
inline constexpr std::size_t kHashBytes = 8;
inline constexpr std::size_t kChunkHeaderBytes = 80;
inline constexpr std::size_t kTrailerFixedBytes = 12;  // before the trailer message
inline constexpr std::size_t kTrailerEndBytes = 20;    // after it: length again, hash, end mark

inline constexpr std::uint32_t kHeaderBytesMax = 16u << 20;
inline constexpr std::uint32_t kTrailerBytesMax = 16u << 20;
inline constexpr std::uint32_t kChunkBytesMax = 64u << 20;  // uncompressed; so no record is longer
inline constexpr std::uint32_t kCompressedBytesMax = kChunkBytesMax + (1u << 20);  // zstd's worst case lies below
inline constexpr std::size_t kRecordLengthBytesMax = 4;                            // of the varint in front of a record

// Of a snapshot that is written in parts: what a reader joins at most.
inline constexpr std::uint64_t kSnapshotBytesMax = 256u << 20;

inline constexpr std::uint32_t kFlagSegmentStart =
    1;  // the chunk's first record is a snapshot, or the first part of one

struct ChunkHeader {
  std::uint32_t flags = 0;
  std::uint32_t number = 0;  // from 0, without gaps
  std::uint32_t uncompressed_bytes = 0;
  std::uint32_t compressed_bytes = 0;
  std::uint32_t records = 0;
  std::uint32_t inputs = 0;  // of the records; without one the next four are 0
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;
  std::uint64_t at_ns_min = 0;
  std::uint64_t at_ns_max = 0;
  std::uint64_t data_hash = 0;  // of the compressed bytes
  bool operator==(const ChunkHeader&) const = default;
};

// XXH3-64. Everything behind the prologue is hashed with the prologue's hash as its seed, so a chunk of another
// recording is never taken for one of this.
std::uint64_t hash(Bytes bytes, std::uint64_t seed);

std::uint32_t get_u32(const std::uint8_t* at);
std::uint64_t get_u64(const std::uint8_t* at);
void put_u32(std::uint8_t* at, std::uint32_t value);
void put_u64(std::uint8_t* at, std::uint64_t value);

// `out` has room for kChunkHeaderBytes; the header's own hash is added.
void encode_chunk_header(const ChunkHeader& header, std::uint64_t seed, std::uint8_t* out);
// `bytes` are kChunkHeaderBytes. Nothing if the magic or the hash is wrong; says nothing about the fields' sense.
std::optional<ChunkHeader> decode_chunk_header(Bytes bytes, std::uint64_t seed);
// What is wrong with a header whose hash is right, or null: the limits that keep hostile files harmless.
const char* chunk_header_fault(const ChunkHeader& header);

// Length prefix of a record. encode gives the bytes used; decode the bytes used, or 0 if there is no whole and shortest
// varint of at most kChunkBytesMax.
std::size_t encode_record_length(std::uint32_t length, std::uint8_t* out);
std::size_t decode_record_length(Bytes bytes, std::uint32_t& length);

}  // namespace holdfast::recording_format
