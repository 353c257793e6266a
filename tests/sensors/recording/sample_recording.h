// A small recording whose every place is known, for tests that damage it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "sensors/recording/format.h"
#include "tests/sensors/recording/recording_files.h"

namespace holdfast {

// A whole small recording, with the place of everything in it.
struct Sample {
  FileBytes bytes;
  std::vector<std::string> records;
  std::uint64_t seed = 0;
  std::vector<std::size_t> chunk_at;
  std::vector<std::size_t> records_before;  // how many records stand in chunks before
  std::size_t trailer_at = 0;
};

inline std::size_t prologue_bytes(const FileBytes& bytes) {
  return recording_format::kPrologueFixedBytes + recording_format::get_u32(&bytes[12]) + 8;
}

inline Sample sample(const TestFolder& folder, std::uint64_t inputs = 6) {
  Sample made;
  v1::RecordingHeader header;
  header.set_writer("test");
  RecordingWriter::Options options;
  options.chunk_bytes = 150;
  auto writer = RecordingWriter::create(folder.file("sample.hfr"), header, options);
  v1::EngineState snapshot;
  snapshot.set_version(1);
  for (std::uint64_t sequence = 1; sequence <= inputs; ++sequence) {
    if (sequence % 4 == 1) {
      snapshot.set_last_sequence(sequence - 1);
      EXPECT_TRUE(writer->write(snapshot));
      made.records.push_back(as_record(snapshot));
    }
    EXPECT_TRUE(writer->write(input_at(sequence, sequence * 1000)));
    EXPECT_TRUE(writer->write(verdict_of(sequence)));
    made.records.push_back(as_record(input_at(sequence, sequence * 1000)));
    made.records.push_back(as_record(verdict_of(sequence)));
  }
  EXPECT_TRUE(writer->close());
  made.bytes = read_bytes(folder.file("sample.hfr"));
  std::size_t at = prologue_bytes(made.bytes);
  made.seed = recording_format::get_u64(&made.bytes[at - 8]);
  std::size_t before = 0;
  while (const auto chunk =
             recording_format::decode_chunk_header(recording_format::Bytes(made.bytes).subspan(at), made.seed)) {
    made.chunk_at.push_back(at);
    made.records_before.push_back(before);
    before += chunk->records;
    at += recording_format::kChunkHeaderBytes + chunk->compressed_bytes;
  }
  made.trailer_at = at;
  EXPECT_EQ(before, made.records.size());
  EXPECT_GE(made.chunk_at.size(), 4u);
  return made;
}

// In order, though some may be missing.
inline bool is_subsequence_of(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  auto at = whole.begin();
  for (const std::string& record : part) {
    at = std::find(at, whole.end(), record);
    if (at == whole.end()) return false;
    ++at;
  }
  return true;
}

}  // namespace holdfast
