// A state that is too long for one record is written in parts, and readers give it whole or not at all.
#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include "sensors/recording/format.h"
#include "sensors/recording/join.h"
#include "tests/sensors/recording/recording_files.h"

namespace holdfast {
namespace {

namespace format = recording_format;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint32_t kPartBytes = 1'000;

v1::EngineState state_of(std::size_t rows, std::uint64_t last_sequence) {
  v1::EngineState state;
  state.set_version(1);
  state.set_last_sequence(last_sequence);
  for (std::size_t i = 0; i < rows; ++i) {
    v1::Process& process = *state.add_process()->mutable_process();
    process.set_pid(static_cast<std::uint32_t>(i));
    process.set_image("C:\\Programme\\grüße " + std::to_string(i) + ".exe");
  }
  return state;
}

// Two segments whose snapshots take many parts, and some inputs.
struct Segments {
  FileBytes bytes;
  std::vector<std::string> records;
  std::vector<std::size_t> chunk_at;  // and where the trailer begins
  std::uint64_t seed = 0;
};

Segments segments(const TestFolder& folder) {
  Segments made;
  auto writer = RecordingWriter::create(folder.file("parts.hfr"), {}, {.chunk_bytes = 300, .part_bytes = kPartBytes});
  std::uint64_t sequence = 0;
  for (const std::size_t rows : {100U, 200U}) {
    const v1::EngineState state = state_of(rows, sequence);
    EXPECT_TRUE(writer->write(state));
    made.records.push_back(as_record(state));
    for (int i = 0; i < 3; ++i) {
      ++sequence;
      EXPECT_TRUE(writer->write(input_at(sequence, sequence)));
      made.records.push_back(as_record(input_at(sequence, sequence)));
    }
  }
  EXPECT_TRUE(writer->close());
  made.bytes = read_bytes(folder.file("parts.hfr"));
  std::size_t at = format::kPrologueFixedBytes + format::get_u32(&made.bytes[12]) + format::kHashBytes;
  made.seed = format::get_u64(&made.bytes[at - format::kHashBytes]);
  while (const auto chunk = format::decode_chunk_header(format::Bytes(made.bytes).subspan(at), made.seed)) {
    made.chunk_at.push_back(at);
    at += format::kChunkHeaderBytes + chunk->compressed_bytes;
  }
  made.chunk_at.push_back(at);
  return made;
}

TEST(SnapshotParts, AreGivenAsOneSnapshot) {
  const TestFolder folder;
  const Segments made = segments(folder);
  const ReadOutcome read = read_all(folder.file("parts.hfr"));
  EXPECT_THAT(read.errors, IsEmpty());
  EXPECT_EQ(read.records, made.records);
  EXPECT_EQ(read.trailer.snapshots_written(), 2U);
  EXPECT_GT(read.trailer.chunks(), 10U);
}

TEST(SnapshotParts, AreOnlyMadeOfLongSnapshots) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), {}, {.part_bytes = kPartBytes});
  const v1::EngineState small = state_of(10, 0);
  ASSERT_LE(small.ByteSizeLong(), kPartBytes);
  ASSERT_TRUE(writer->write(small));
  ASSERT_TRUE(writer->close());
  const ReadOutcome read = read_all(folder.file("a.hfr"));
  EXPECT_THAT(read.records, ElementsAre(as_record(small)));
  EXPECT_EQ(read.trailer.chunks(), 1U);
}

TEST(SnapshotParts, SurviveBeingJoinedWithOthers) {
  const TestFolder folder;
  const Segments made = segments(folder);
  std::vector<RecordingReader> parts;
  parts.push_back(std::move(*RecordingReader::open(folder.file("parts.hfr"))));
  ASSERT_TRUE(join_recordings(std::move(parts), folder.file("joined.hfr")));
  EXPECT_EQ(read_all(folder.file("joined.hfr")).records, made.records);
}

TEST(SnapshotParts, ATailThatIsTornInsideThemLeavesNoSnapshot) {
  const TestFolder folder;
  const Segments made = segments(folder);
  for (std::size_t cut = made.chunk_at[0]; cut < made.chunk_at.back(); cut += 37) {
    const ReadOutcome read =
        read_all(FileBytes(made.bytes.begin(), made.bytes.begin() + static_cast<std::ptrdiff_t>(cut)));
    ASSERT_THAT(read.errors, IsEmpty()) << cut;
    ASSERT_TRUE(read.torn) << cut;
    ASSERT_LE(read.records.size(), made.records.size());
    ASSERT_TRUE(std::equal(read.records.begin(), read.records.end(), made.records.begin())) << cut;
  }
}

TEST(SnapshotParts, ADamagedPartCostsItsSnapshotAndNothingElse) {
  const TestFolder folder;
  const Segments made = segments(folder);
  for (std::size_t i = 0; i + 1 < made.chunk_at.size(); ++i) {
    FileBytes bytes = made.bytes;
    bytes[made.chunk_at[i] + format::kChunkHeaderBytes + 5] ^= 0x40U;
    const ReadOutcome read = read_all(bytes);
    ASSERT_EQ(read.errors.size(), 1U) << "chunk " << i << ": one damage, one report";
    ASSERT_FALSE(read.torn);
    ASSERT_LT(read.records.size(), made.records.size());
    for (const std::string& record : read.records) {
      ASSERT_THAT(made.records, testing::Contains(record)) << "chunk " << i;
    }
    ASSERT_GE(read.records.size(), made.records.size() / 2 - 1) << "the other segment is whole";
  }
}

TEST(SnapshotParts, AMissingChunkCostsItsSnapshotAndNothingElse) {
  const TestFolder folder;
  const Segments made = segments(folder);
  for (std::size_t i = 0; i + 1 < made.chunk_at.size(); ++i) {
    FileBytes bytes = made.bytes;
    const auto at = [&](std::size_t chunk) {
      return bytes.begin() + static_cast<std::ptrdiff_t>(made.chunk_at[chunk]);
    };
    bytes.erase(at(i), at(i + 1));
    const ReadOutcome read = read_all(bytes);
    ASSERT_GE(read.errors.size(), 1U) << "chunk " << i;
    for (const std::string& record : read.records) ASSERT_THAT(made.records, testing::Contains(record));
    ASSERT_GE(read.records.size(), made.records.size() / 2 - 1) << "the other segment is whole";
  }
}

// ---------------------------------------------------------------- what no writer writes

v1::Record part(std::uint64_t offset, std::uint64_t state_bytes, const std::string& piece) {
  v1::Record record;
  record.mutable_snapshot_part()->set_offset(offset);
  record.mutable_snapshot_part()->set_state_bytes(state_bytes);
  record.mutable_snapshot_part()->set_piece(piece);
  return record;
}

// A file with these records, each in a chunk of its own.
FileBytes file_of(const std::vector<std::pair<v1::Record, bool>>& records, const TestFolder& folder) {
  const auto writer = RecordingWriter::create(folder.file("b.hfr"), {});
  FileBytes bytes = read_bytes(folder.file("b.hfr.partial"));  // the prologue
  const std::uint64_t seed = format::get_u64(&bytes[bytes.size() - format::kHashBytes]);
  std::uint32_t number = 0;
  for (const auto& [record, starts_segment] : records) {
    const std::string framed_record = record.SerializeAsString();
    FileBytes framed(format::kRecordLengthBytesMax);
    framed.resize(format::encode_record_length(static_cast<std::uint32_t>(framed_record.size()), framed.data()));
    framed.insert(framed.end(), framed_record.begin(), framed_record.end());
    // A zstd frame of one stored block.
    FileBytes frame = {0x28, 0xB5, 0x2F, 0xFD, 0xA0};
    frame.resize(9);
    format::put_u32(&frame[5], static_cast<std::uint32_t>(framed.size()));
    const auto block = static_cast<std::uint32_t>(framed.size() << 3U | 1U);
    for (unsigned i = 0; i < 3; ++i) frame.push_back(static_cast<std::uint8_t>(block >> (8 * i)));
    frame.insert(frame.end(), framed.begin(), framed.end());
    format::ChunkHeader header{};
    header.flags = starts_segment ? format::kFlagSegmentStart : 0;
    header.number = number++;
    header.uncompressed_bytes = static_cast<std::uint32_t>(framed.size());
    header.compressed_bytes = static_cast<std::uint32_t>(frame.size());
    header.records = 1;
    header.data_hash = format::hash(frame, seed);
    const std::size_t at = bytes.size();
    bytes.resize(at + format::kChunkHeaderBytes);
    format::encode_chunk_header(header, seed, &bytes[at]);
    bytes.insert(bytes.end(), frame.begin(), frame.end());
  }
  return bytes;
}

TEST(SnapshotParts, WhatNoWriterWritesIsDamage) {
  const google::protobuf::LogSilencer quiet;
  const TestFolder folder;
  v1::Record output;
  *output.mutable_output() = verdict_of(1);
  const std::string state = state_of(1, 0).SerializeAsString();
  const auto bytes = static_cast<std::uint64_t>(state.size());
  const struct {
    std::vector<std::pair<v1::Record, bool>> records;
    const char* what;
  } rows[] = {
      {{{part(0, 0, ""), true}}, "lies outside it"},
      {{{part(0, 10, ""), true}}, "lies outside it"},
      {{{part(0, 3, "four"), true}}, "lies outside it"},
      {{{part(9, 10, "ab"), false}}, "lies outside it"},
      {{{part(5, 10, "ab"), false}}, "has no beginning"},
      {{{part(0, 10, "ab"), false}}, "a segment must begin with a snapshot"},
      {{{part(0, 10, "ab"), true}, {part(3, 10, "cd"), false}}, "does not follow the one before"},
      {{{part(0, 10, "ab"), true}, {part(2, 11, "cd"), false}}, "does not follow the one before"},
      {{{part(0, 10, "ab"), true}, {part(0, 10, "ab"), true}}, "the snapshot before it is not complete"},
      {{{part(0, 10, "ab"), true}, {output, false}}, "the snapshot before it is not complete"},
      {{{part(0, (256U << 20U) + 1, "ab"), true}}, "longer than 256 MiB"},
      {{{part(0, 2, "\xFF\xFF"), true}}, "make no state"},
  };
  for (const auto& row : rows) {
    const ReadOutcome read = read_all(file_of(row.records, folder));
    ASSERT_EQ(read.errors.size(), 1U) << row.what;
    EXPECT_THAT(read.errors[0], HasSubstr(row.what));
  }
  const ReadOutcome good =
      read_all(file_of({{part(0, bytes, state.substr(0, 4)), true}, {part(4, bytes, state.substr(4)), false}}, folder));
  EXPECT_THAT(good.errors, IsEmpty());
  EXPECT_THAT(good.records, ElementsAre(as_record(state_of(1, 0))));
}

// ---------------------------------------------------------------- the real size

TEST(SnapshotParts, LetAStateBeLongerThanAnyRecord) {
  const TestFolder folder;
  v1::EngineState large;
  for (int i = 0; i < 3; ++i) large.add_remembered()->set_sha256(std::string(30U << 20U, static_cast<char>('a' + i)));
  auto writer = RecordingWriter::create(folder.file("a.hfr"), {});
  const auto written = writer->write(large);
  ASSERT_TRUE(written) << written.error().text();
  ASSERT_TRUE(writer->close());
  auto reader = RecordingReader::open(folder.file("a.hfr"));
  v1::Record record;
  ASSERT_EQ(reader->next(record).value(), RecordingReader::Next::kRecord);
  EXPECT_EQ(record.snapshot().SerializeAsString(), large.SerializeAsString());
}

TEST(SnapshotParts, AStateWithATextThatNobodyCanReadIsNotBegun) {
  const google::protobuf::LogSilencer quiet;
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), {}, {.part_bytes = kPartBytes});
  v1::EngineState bad = state_of(100, 0);
  bad.mutable_process(99)->mutable_process()->set_user("\xFF");
  EXPECT_THAT(writer->write(bad).error().text(), HasSubstr("snapshot.process.process.user"));
  ASSERT_TRUE(writer->write(state_of(100, 0)));
  ASSERT_TRUE(writer->close());
  EXPECT_THAT(read_all(folder.file("a.hfr")).records, ElementsAre(as_record(state_of(100, 0))));
}

}  // namespace
}  // namespace holdfast
