// Reads recordings that somebody made up. Promises: the reader neither crashes nor takes unbounded memory, it comes to
// an end, and the inputs it gives have ascending sequence numbers.
//
// The first byte says how the rest is taken, because hashes would otherwise keep every change from the code behind
// them:
//   0  a whole file as it is
//   1  a whole file whose hashes are set right first
//   2  the unpacked records of one chunk, after a byte each for its flags, records and inputs
//
// Links: holdfast_recording PkgConfig::ZSTD
#include <google/protobuf/stubs/logging.h>
#include <zstd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "sensors/recording/format.h"
#include "sensors/recording/recording.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace holdfast {
namespace {

namespace format = recording_format;
using FileBytes = std::vector<std::uint8_t>;

template <std::size_t n>
bool stands_at(const FileBytes& file, std::size_t at, const std::array<std::uint8_t, n>& magic) {
  return file.size() - at >= n &&
         std::equal(magic.begin(), magic.end(), file.begin() + static_cast<std::ptrdiff_t>(at));
}

void repair_trailer(FileBytes& file, std::size_t at, std::uint64_t seed) {
  if (file.size() - at < format::kTrailerFixedBytes + format::kTrailerEndBytes) return;
  const std::size_t hash_at = file.size() - 16;
  format::put_u64(&file[hash_at], format::hash(format::Bytes(file).subspan(at, hash_at - at), seed));
}

// Gives the size of the chunk.
std::size_t repair_chunk(FileBytes& file, std::size_t at, std::uint64_t seed) {
  if (file.size() - at < format::kChunkHeaderBytes) return 1;
  const std::size_t data_at = at + format::kChunkHeaderBytes;
  const std::size_t data_bytes = std::min<std::size_t>(format::get_u32(&file[at + 20]), file.size() - data_at);
  format::put_u64(&file[at + 64], format::hash(format::Bytes(file).subspan(data_at, data_bytes), seed));
  format::put_u64(&file[at + 72], format::hash(format::Bytes(file).subspan(at, 72), seed));
  return format::kChunkHeaderBytes + data_bytes;
}

void repair(FileBytes& file) {
  if (file.size() < format::kPrologueFixedBytes + format::kHashBytes) return;
  const std::size_t hash_at = format::kPrologueFixedBytes + std::size_t{format::get_u32(&file[12])};
  if (hash_at > file.size() - format::kHashBytes) return;
  const std::uint64_t seed = format::hash(format::Bytes(file).first(hash_at), 0);
  format::put_u64(&file[hash_at], seed);
  for (std::size_t at = hash_at + format::kHashBytes; at < file.size();) {
    if (stands_at(file, at, format::kTrailerMagic)) repair_trailer(file, at, seed);
    at += stands_at(file, at, format::kChunkMagic) ? repair_chunk(file, at, seed) : 1;
  }
}

FileBytes file_of_records(format::Bytes given) {
  FileBytes file(format::kPrologueFixedBytes + format::kHashBytes);
  std::copy(format::kFileMagic.begin(), format::kFileMagic.end(), file.begin());
  format::put_u32(&file[8], format::kVersion);
  if (given.size() < 4) return file;
  const format::Bytes records = given.subspan(3);
  const std::size_t at = file.size();
  file.resize(at + format::kChunkHeaderBytes + ZSTD_compressBound(records.size()));
  const std::size_t packed =
      ZSTD_compress(&file[at + format::kChunkHeaderBytes], file.size() - at - format::kChunkHeaderBytes, records.data(),
                    records.size(), 1);
  file.resize(at + format::kChunkHeaderBytes + packed);
  format::ChunkHeader header;
  header.flags = given[0] & 1u;
  header.records = given[1];
  header.inputs = given[2];
  header.uncompressed_bytes = static_cast<std::uint32_t>(records.size());
  header.compressed_bytes = static_cast<std::uint32_t>(packed);
  header.last_sequence = header.at_ns_max = ~std::uint64_t{0};
  format::encode_chunk_header(header, 0, &file[at]);
  return file;
}

[[noreturn]] void broken(const char* promise) {
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

void read_to_the_end(FileBytes file) {
  // Each call gives a record of at least a byte of an unpacked chunk, or goes on in the file.
  const std::size_t calls_max = 2 * file.size() + 2 * std::size_t{format::kChunkBytesMax};
  auto reader = RecordingReader::read("fuzz.hfr", std::move(file));
  if (!reader) return;
  v1::Record record;
  std::uint64_t last_sequence = 0;
  for (std::size_t calls = 0; calls < calls_max; ++calls) {
    const auto next = reader->next(record);
    if (!next) {
      if (next.error().what.empty() || next.error().where.empty()) broken("an error says what and where");
      continue;
    }
    if (*next == RecordingReader::Next::kEnd) return;
    if (!record.has_input()) continue;
    if (record.input().sequence() <= last_sequence) broken("sequence numbers ascend");
    last_sequence = record.input().sequence();
  }
  broken("the reader comes to an end");
}

}  // namespace
}  // namespace holdfast

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const google::protobuf::LogSilencer quiet;
  if (size == 0) return 0;
  holdfast::FileBytes file(bytes + 1, bytes + size);
  if (bytes[0] == 1) holdfast::repair(file);
  if (bytes[0] == 2) file = holdfast::file_of_records(file);
  holdfast::read_to_the_end(std::move(file));
  return 0;
}
