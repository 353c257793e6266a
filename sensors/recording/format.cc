#include "sensors/recording/format.h"

#include <xxhash.h>

#include <algorithm>

namespace holdfast::recording_format {

std::uint64_t hash(Bytes bytes, std::uint64_t seed) { return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed); }

std::uint32_t get_u32(const std::uint8_t* at) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) value |= std::uint32_t{at[i]} << (8 * i);
  return value;
}

std::uint64_t get_u64(const std::uint8_t* at) { return get_u32(at) | (std::uint64_t{get_u32(at + 4)} << 32); }

void put_u32(std::uint8_t* at, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

void put_u64(std::uint8_t* at, std::uint64_t value) {
  put_u32(at, static_cast<std::uint32_t>(value));
  put_u32(at + 4, static_cast<std::uint32_t>(value >> 32));
}

void encode_chunk_header(const ChunkHeader& header, std::uint64_t seed, std::uint8_t* out) {
  std::copy(kChunkMagic.begin(), kChunkMagic.end(), out);
  put_u32(out + 8, header.flags);
  put_u32(out + 12, header.number);
  put_u32(out + 16, header.uncompressed_bytes);
  put_u32(out + 20, header.compressed_bytes);
  put_u32(out + 24, header.records);
  put_u32(out + 28, header.inputs);
  put_u64(out + 32, header.first_sequence);
  put_u64(out + 40, header.last_sequence);
  put_u64(out + 48, header.at_ns_min);
  put_u64(out + 56, header.at_ns_max);
  put_u64(out + 64, header.data_hash);
  put_u64(out + 72, hash({out, 72}, seed));
}

std::optional<ChunkHeader> decode_chunk_header(Bytes bytes, std::uint64_t seed) {
  if (bytes.size() < kChunkHeaderBytes || !std::equal(kChunkMagic.begin(), kChunkMagic.end(), bytes.begin()) ||
      get_u64(&bytes[72]) != hash(bytes.first(72), seed)) {
    return std::nullopt;
  }
  return ChunkHeader{.flags = get_u32(&bytes[8]),
                     .number = get_u32(&bytes[12]),
                     .uncompressed_bytes = get_u32(&bytes[16]),
                     .compressed_bytes = get_u32(&bytes[20]),
                     .records = get_u32(&bytes[24]),
                     .inputs = get_u32(&bytes[28]),
                     .first_sequence = get_u64(&bytes[32]),
                     .last_sequence = get_u64(&bytes[40]),
                     .at_ns_min = get_u64(&bytes[48]),
                     .at_ns_max = get_u64(&bytes[56]),
                     .data_hash = get_u64(&bytes[64])};
}

const char* chunk_header_fault(const ChunkHeader& header) {
  if ((header.flags & ~kFlagSegmentStart) != 0) return "unknown flags";
  if (header.uncompressed_bytes == 0 || header.uncompressed_bytes > kChunkBytesMax)
    return "an uncompressed length outside 1 byte to 64 MiB";
  if (header.compressed_bytes == 0 || header.compressed_bytes > kCompressedBytesMax)
    return "a compressed length outside 1 byte to 65 MiB";
  if (header.records == 0 || header.records > header.uncompressed_bytes) return "an impossible number of records";
  if (header.inputs > header.records) return "more inputs than records";
  if (header.first_sequence > header.last_sequence) return "a first sequence number behind the last";
  if (header.at_ns_min > header.at_ns_max) return "a first time behind the last";
  return nullptr;
}

std::size_t encode_record_length(std::uint32_t length, std::uint8_t* out) {
  std::size_t used = 0;
  for (; length >= 0x80; length >>= 7) out[used++] = static_cast<std::uint8_t>(length | 0x80);
  out[used++] = static_cast<std::uint8_t>(length);
  return used;
}

std::size_t decode_record_length(Bytes bytes, std::uint32_t& length) {
  std::uint32_t value = 0;
  // Four groups of seven bits hold 256 MiB: a fifth would only serve lengths beyond the limit.
  for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 4); ++i) {
    value |= std::uint32_t{bytes[i] & 0x7Fu} << (7 * i);
    if ((bytes[i] & 0x80) != 0) continue;
    if ((i > 0 && bytes[i] == 0) || value > kChunkBytesMax) return 0;
    length = value;
    return i + 1;
  }
  return 0;
}

}  // namespace holdfast::recording_format
