// What happens to files that were cut off, altered or made to do harm. A reader never crashes, never gives a record
// that was not written, always comes to an end, and loses no more than the damaged chunks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>

#include "sensors/recording/format.h"
#include "tests/sensors/recording/sample_recording.h"

namespace holdfast {
namespace {

namespace format = recording_format;

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

FileBytes beginning_of(const FileBytes& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

bool is_beginning_of(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

// Takes the bytes of a chunk's records and gives a chunk that claims and holds them with the right hashes.
FileBytes chunk_of(const std::string& records, format::ChunkHeader header, std::uint64_t seed) {
  FileBytes chunk(format::kChunkHeaderBytes + ZSTD_compressBound(records.size()));
  const std::size_t packed = ZSTD_compress(&chunk[format::kChunkHeaderBytes], chunk.size() - format::kChunkHeaderBytes,
                                           records.data(), records.size(), 1);
  chunk.resize(format::kChunkHeaderBytes + packed);
  if (header.uncompressed_bytes == 0) header.uncompressed_bytes = static_cast<std::uint32_t>(records.size());
  header.compressed_bytes = static_cast<std::uint32_t>(packed);
  header.data_hash = format::hash(format::Bytes(chunk).subspan(format::kChunkHeaderBytes), seed);
  format::encode_chunk_header(header, seed, chunk.data());
  return chunk;
}

std::string framed(const std::string& record) {
  std::uint8_t length[8];
  const std::size_t used = format::encode_record_length(static_cast<std::uint32_t>(record.size()), length);
  return std::string(reinterpret_cast<const char*>(length), used) + record;
}

// The sample's prologue, one hostile chunk, then the sample's chunks and trailer.
ReadOutcome read_with_first_chunk(const TestFolder& folder, const Sample& good, const FileBytes& chunk) {
  FileBytes bytes = beginning_of(good.bytes, good.chunk_at[0]);
  bytes.insert(bytes.end(), chunk.begin(), chunk.end());
  bytes.insert(bytes.end(), good.bytes.begin() + static_cast<std::ptrdiff_t>(good.chunk_at[1]), good.bytes.end());
  write_bytes(folder.file("hostile.hfr"), bytes);
  return read_all(folder.file("hostile.hfr"));
}

std::vector<std::string> records_from(const Sample& good, std::size_t chunk) {
  return {good.records.begin() + static_cast<std::ptrdiff_t>(good.records_before[chunk]), good.records.end()};
}

// ---------------------------------------------------------------- cut off

TEST(TornRecording, CutAnywhereGivesEveryWholeChunkAndSaysWhatWasCut) {
  const TestFolder folder;
  const Sample good = sample(folder);
  for (std::size_t size = good.chunk_at[0]; size < good.bytes.size(); ++size) {
    SCOPED_TRACE("cut to " + std::to_string(size) + " bytes");
    const ReadOutcome read = read_all(beginning_of(good.bytes, size));
    const auto behind = std::upper_bound(good.chunk_at.begin(), good.chunk_at.end(), size);
    const std::size_t last_begun = static_cast<std::size_t>(behind - good.chunk_at.begin()) - 1;
    const bool after_chunks = size >= good.trailer_at;
    const std::size_t whole_until = after_chunks ? good.trailer_at : good.chunk_at[last_begun];
    const std::size_t records = after_chunks ? good.records.size() : good.records_before[last_begun];
    ASSERT_THAT(read.errors, IsEmpty());
    ASSERT_TRUE(read.torn);
    ASSERT_EQ(read.torn_bytes, size - whole_until);
    ASSERT_EQ(read.records.size(), records);
    ASSERT_TRUE(is_beginning_of(read.records, good.records));
  }
}

TEST(TornRecording, CutInsideTheHeaderIsAnError) {
  const TestFolder folder;
  const Sample good = sample(folder);
  for (std::size_t size = 1; size < good.chunk_at[0]; ++size) {
    ASSERT_THAT(read_all(beginning_of(good.bytes, size)).open_error,
                HasSubstr("the recording ends inside its header, after " + std::to_string(size)));
  }
}

TEST(TornRecording, OnDiskIsReadAsInMemory) {
  const TestFolder folder;
  const Sample good = sample(folder);
  write_bytes(folder.file("torn.hfr"), beginning_of(good.bytes, good.trailer_at - 1));
  const ReadOutcome read = read_all(folder.file("torn.hfr"));
  EXPECT_TRUE(read.torn);
  EXPECT_EQ(read.records, read_all(beginning_of(good.bytes, good.trailer_at - 1)).records);
}

TEST(TornRecording, ATailOfZerosAsAfterALossOfPowerIsCutOff) {
  const TestFolder folder;
  const Sample good = sample(folder);
  FileBytes bytes = beginning_of(good.bytes, good.chunk_at[2] + 30);
  bytes.resize(bytes.size() + 100'000);
  write_bytes(folder.file("torn.hfr"), bytes);

  const ReadOutcome read = read_all(folder.file("torn.hfr"));
  EXPECT_THAT(read.errors, IsEmpty());
  EXPECT_TRUE(read.torn);
  EXPECT_EQ(read.torn_bytes, 100'030u);
  EXPECT_EQ(read.records.size(), good.records_before[2]);
}

TEST(TornRecording, AnUnclosedWriterLeavesAllItWasGiven) {
  const TestFolder folder;
  {
    auto writer = RecordingWriter::create(folder.file("a.hfr"), v1::RecordingHeader());
    ASSERT_TRUE(writer->write(input_at(1, 10)));
  }
  EXPECT_THAT(folder.names(), ElementsAre("a.hfr.partial"));
  const ReadOutcome read = read_all(folder.file("a.hfr.partial"));
  EXPECT_TRUE(read.torn);
  EXPECT_EQ(read.torn_bytes, 0u);
  EXPECT_THAT(read.records, ElementsAre(as_record(input_at(1, 10))));
}

// ---------------------------------------------------------------- altered

TEST(DamagedRecording, SaysWhereWhatAndHowItGoesOn) {
  const TestFolder folder;
  const Sample good = sample(folder);
  FileBytes bytes = good.bytes;
  bytes[good.chunk_at[1] + format::kChunkHeaderBytes] ^= 0xFF;
  write_bytes(folder.file("a.hfr"), bytes);

  const std::size_t skipped = good.chunk_at[2] - good.chunk_at[1];
  EXPECT_THAT(read_all(folder.file("a.hfr")).errors,
              ElementsAre(folder.file("a.hfr") + ":offset " + std::to_string(good.chunk_at[1]) +
                          ": chunk 1: the data do not have their hash; reading resumes " + std::to_string(skipped) +
                          " bytes later"));
}

TEST(DamagedRecording, EachOfSeveralHolesIsReportedOnce) {
  const TestFolder folder;
  const Sample good = sample(folder, 24);
  FileBytes bytes = good.bytes;
  for (const std::size_t chunk : {1u, 4u}) {
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(good.chunk_at[chunk]), 90, std::uint8_t{0xD7});
  }
  write_bytes(folder.file("a.hfr"), bytes);

  const ReadOutcome read = read_all(folder.file("a.hfr"));
  EXPECT_THAT(read.errors, ElementsAre(HasSubstr("chunk 1"), HasSubstr("chunk 4")));
  EXPECT_FALSE(read.torn);
  EXPECT_EQ(read.trailer.inputs_written(), 24u);
}

TEST(DamagedRecording, AMissingChunkIsNoticed) {
  const TestFolder folder;
  const Sample good = sample(folder);
  FileBytes bytes = good.bytes;
  bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(good.chunk_at[1]),
              bytes.begin() + static_cast<std::ptrdiff_t>(good.chunk_at[2]));
  write_bytes(folder.file("a.hfr"), bytes);

  const ReadOutcome read = read_all(folder.file("a.hfr"));
  EXPECT_THAT(read.errors, ElementsAre(HasSubstr("chunk 1: is missing: chunk 2 follows here")));
  EXPECT_TRUE(is_subsequence_of(read.records, good.records));
}

TEST(DamagedRecording, AChunkThatComesTwiceIsReadOnce) {
  const TestFolder folder;
  const Sample good = sample(folder);
  FileBytes bytes = good.bytes;
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(good.chunk_at[2]),
               good.bytes.begin() + static_cast<std::ptrdiff_t>(good.chunk_at[1]),
               good.bytes.begin() + static_cast<std::ptrdiff_t>(good.chunk_at[2]));
  write_bytes(folder.file("a.hfr"), bytes);

  const ReadOutcome read = read_all(folder.file("a.hfr"));
  EXPECT_THAT(read.errors, ElementsAre(HasSubstr("the chunk says that it is number 1")));
  EXPECT_EQ(read.records, good.records);
}

TEST(DamagedRecording, ChunksOfAnotherRecordingAreNotTakenForItsOwn) {
  const TestFolder folder;
  const Sample good = sample(folder);
  auto other = RecordingWriter::create(folder.file("other.hfr"), v1::RecordingHeader());
  ASSERT_TRUE(other->write(input_at(1, 1)));
  ASSERT_TRUE(other->close());
  const FileBytes other_bytes = read_bytes(folder.file("other.hfr"));
  FileBytes bytes = beginning_of(good.bytes, good.chunk_at[0]);
  bytes.insert(bytes.end(), other_bytes.begin() + static_cast<std::ptrdiff_t>(prologue_bytes(other_bytes)),
               other_bytes.end());
  write_bytes(folder.file("a.hfr"), bytes);

  const ReadOutcome read = read_all(folder.file("a.hfr"));
  EXPECT_THAT(read.records, IsEmpty());
  EXPECT_THAT(read.errors, Contains(HasSubstr("no chunk begins here")));
}

TEST(DamagedRecording, BytesBehindTheEndHideNoRecord) {
  const TestFolder folder;
  const Sample good = sample(folder);
  for (const FileBytes& behind : {FileBytes(10, std::uint8_t{'x'}), FileBytes(1, std::uint8_t{0}), good.bytes}) {
    FileBytes bytes = good.bytes;
    bytes.insert(bytes.end(), behind.begin(), behind.end());
    write_bytes(folder.file("a.hfr"), bytes);

    const ReadOutcome read = read_all(folder.file("a.hfr"));
    EXPECT_EQ(read.records, good.records);
    EXPECT_FALSE(read.torn) << "nothing of it is missing";
    EXPECT_THAT(read.errors, ElementsAre(HasSubstr(std::to_string(behind.size()) + " bytes lie behind the end")));
  }
}

TEST(DamagedRecording, ATrailerThatCountsOtherwiseIsAnErrorAtItsField) {
  const TestFolder folder;
  const Sample good = sample(folder);
  v1::RecordingTrailer trailer = read_all(folder.file("sample.hfr")).trailer;
  trailer.set_inputs_written(trailer.inputs_written() + 1);
  trailer.set_inputs_received(trailer.inputs_received() + 1);
  FileBytes bytes = good.bytes;
  const std::size_t message_at = good.trailer_at + format::kTrailerFixedBytes;
  ASSERT_EQ(trailer.ByteSizeLong(), format::get_u32(&bytes[good.trailer_at + 8]));
  ASSERT_TRUE(trailer.SerializeToArray(&bytes[message_at], static_cast<int>(trailer.ByteSizeLong())));
  const std::size_t hash_at = bytes.size() - 16;
  format::put_u64(&bytes[hash_at],
                  format::hash(format::Bytes(bytes).subspan(good.trailer_at, hash_at - good.trailer_at), good.seed));
  write_bytes(folder.file("a.hfr"), bytes);

  EXPECT_THAT(read_all(folder.file("a.hfr")).errors,
              ElementsAre(HasSubstr("trailer.inputs_written: says 7, but the recording has 6")));
}

// ---------------------------------------------------------------- no recording at all

struct NotARecording {
  const char* name;
  FileBytes bytes;
  const char* message;
};

class NoRecording : public testing::TestWithParam<NotARecording> {};

TEST_P(NoRecording, IsRefusedWithTheReason) {
  const TestFolder folder;
  write_bytes(folder.file("a.hfr"), GetParam().bytes);
  EXPECT_THAT(read_all(folder.file("a.hfr")).open_error, AllOf(HasSubstr("a.hfr"), HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Files, NoRecording,
    testing::Values(
        NotARecording{"empty", {}, "is empty, not a recording"},
        NotARecording{"json", {'{', '"', 'a', '"', ':', '1', '}', '\n', ' ', ' '}, "is not a recording"},
        NotARecording{"one_byte", {'{'}, "is not a recording"},
        NotARecording{"zstd", {0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "is not a recording"},
        NotARecording{"text_mode", {0x89, 'H', 'F', 'R', '\n', 0x1A, '\n', 1, 0, 0, 0}, "as if it were text"},
        NotARecording{"newer",
                      {0x89, 'H', 'F', 'R', '\r', '\n', 0x1A, '\n', 3, 0, 0, 0, 0, 0, 0, 0},
                      "has format version 3, and this program reads up to version 2; use a newer program"},
        NotARecording{"version_zero",
                      {0x89, 'H', 'F', 'R', '\r', '\n', 0x1A, '\n', 0, 0, 0, 0, 0, 0, 0, 0},
                      "has format version 0"},
        NotARecording{"huge_header",
                      {0x89, 'H', 'F', 'R', '\r', '\n', 0x1A, '\n', 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF},
                      "longer than 16 MiB"}),
    [](const auto& row) { return row.param.name; });

TEST(NoRecording, ADirectoryIsRefused) {
  const TestFolder folder;
  std::filesystem::create_directory(native_path(folder.file("a.hfr")));
  EXPECT_THAT(read_all(folder.file("a.hfr")).open_error, HasSubstr("is a directory, not a file"));
}

TEST(NoRecording, AMissingFileIsNamed) {
  const TestFolder folder;
  EXPECT_THAT(read_all(folder.file("none.hfr")).open_error,
              AllOf(HasSubstr("none.hfr"), HasSubstr("cannot be opened")));
}

// ---------------------------------------------------------------- made to do harm

struct Harm {
  const char* name;
  FileBytes (*chunk)(std::uint64_t seed);
  const char* message;
};

format::ChunkHeader one_input_chunk() {
  return {.flags = 0,
          .number = 0,
          .uncompressed_bytes = 0,
          .compressed_bytes = 0,
          .records = 1,
          .inputs = 1,
          .first_sequence = 1,
          .last_sequence = 1,
          .at_ns_min = 10,
          .at_ns_max = 10,
          .data_hash = 0};
}

FileBytes input_chunk(std::uint64_t seed, void (*spoil)(format::ChunkHeader&)) {
  format::ChunkHeader header = one_input_chunk();
  spoil(header);
  return chunk_of(framed(as_record(input_at(1, 10))), header, seed);
}

class HostileRecording : public testing::TestWithParam<Harm> {};

TEST_P(HostileRecording, IsRefusedWhereItLiesAndTheRestIsRead) {
  const TestFolder folder;
  const Sample good = sample(folder);
  const ReadOutcome read = read_with_first_chunk(folder, good, GetParam().chunk(good.seed));
  ASSERT_THAT(read.errors, SizeIs(1));
  EXPECT_THAT(read.errors[0], AllOf(HasSubstr("hostile.hfr:offset " + std::to_string(good.chunk_at[0])),
                                    HasSubstr("chunk 0"), HasSubstr(GetParam().message)));
  // At most the hostile chunk's first record comes before the others.
  const std::vector<std::string> rest = records_from(good, 1);
  ASSERT_GE(read.records.size(), rest.size());
  EXPECT_LE(read.records.size(), rest.size() + 1);
  EXPECT_TRUE(std::equal(rest.rbegin(), rest.rend(), read.records.rbegin()));
  EXPECT_FALSE(read.torn);
}

const Harm kHarms[] = {
    {"bomb",  // 60 MiB of zeros behind a header that admits to one byte
     [](std::uint64_t seed) {
       format::ChunkHeader header = one_input_chunk();
       header.uncompressed_bytes = 1;
       return chunk_of(std::string(60u << 20, '\0'), header, seed);
     },
     "do not unpack to the length"},
    {"bomb_beyond_limit",
     [](std::uint64_t seed) {
       format::ChunkHeader header = one_input_chunk();
       header.uncompressed_bytes = format::kChunkBytesMax + 1;
       return chunk_of(std::string(format::kChunkBytesMax + 1, '\0'), header, seed);
     },
     "an uncompressed length outside"},
    {"unpacks_to_less",
     [](std::uint64_t seed) {
       format::ChunkHeader header = one_input_chunk();
       header.uncompressed_bytes = format::kChunkBytesMax;
       return chunk_of("short", header, seed);
     },
     "do not unpack to the length"},
    {"not_zstd",
     [](std::uint64_t seed) {
       FileBytes chunk = input_chunk(seed, [](format::ChunkHeader&) {});
       chunk[format::kChunkHeaderBytes] ^= 1;
       format::ChunkHeader header = *format::decode_chunk_header(chunk, seed);
       header.data_hash = format::hash(format::Bytes(chunk).subspan(format::kChunkHeaderBytes), seed);
       format::encode_chunk_header(header, seed, chunk.data());
       return chunk;
     },
     "do not unpack"},
    {"huge_record_length", [](std::uint64_t seed) { return chunk_of("\xFF\xFF\xFF\x7F..", one_input_chunk(), seed); },
     "the length is impossible"},
    {"record_beyond_chunk",
     [](std::uint64_t seed) { return chunk_of(std::string("\x20....", 5), one_input_chunk(), seed); },
     "the length is impossible"},
    {"not_a_message", [](std::uint64_t seed) { return chunk_of(framed("\x0A\x7F..."), one_input_chunk(), seed); },
     "is not a valid record"},
    {"nested_deeply",  // groups in groups: unknown, but well-formed
     [](std::uint64_t seed) {
       return chunk_of(framed(std::string(100'000, '\x53') + std::string(100'000, '\x54')), one_input_chunk(), seed);
     },
     "is not a valid record"},
    {"text_not_utf8",
     [](std::uint64_t seed) {
       std::string record = as_record(input_at(1, 10));
       record[record.find("HKLM")] = '\xFF';
       return chunk_of(framed(record), one_input_chunk(), seed);
     },
     "is not a valid record"},
    {"more_records_than_said",
     [](std::uint64_t seed) {
       return chunk_of(framed(as_record(input_at(1, 10))) + framed(as_record(verdict_of(1))), one_input_chunk(), seed);
     },
     "there are more records than the header says"},
    {"fewer_records_than_said",
     [](std::uint64_t seed) { return input_chunk(seed, [](format::ChunkHeader& h) { h.records = 2; }); },
     "other numbers"},
    {"other_inputs_than_said",
     [](std::uint64_t seed) { return input_chunk(seed, [](format::ChunkHeader& h) { h.inputs = 0; }); },
     "other numbers"},
    {"other_sequence_than_said",
     [](std::uint64_t seed) {
       return input_chunk(seed, [](format::ChunkHeader& h) {
         h.last_sequence = 0;
         h.first_sequence = 0;
       });
     },
     "sequence numbers do not follow"},
    {"other_time_than_said",
     [](std::uint64_t seed) {
       return input_chunk(seed, [](format::ChunkHeader& h) { h.at_ns_min = h.at_ns_max = 11; });
     },
     "the time lies outside"},
    {"wider_times_than_said",
     [](std::uint64_t seed) { return input_chunk(seed, [](format::ChunkHeader& h) { h.at_ns_max = 11; }); },
     "other numbers, sequence numbers or times"},
    {"segment_without_snapshot",
     [](std::uint64_t seed) { return input_chunk(seed, [](format::ChunkHeader& h) { h.flags = 1; }); },
     "a segment must begin with a snapshot"},
    {"snapshot_without_segment",
     [](std::uint64_t seed) {
       format::ChunkHeader header{};
       header.records = 1;
       v1::EngineState snapshot;
       snapshot.set_version(1);
       return chunk_of(framed(as_record(snapshot)), header, seed);
     },
     "a segment must begin with a snapshot"},
    {"unknown_flag",
     [](std::uint64_t seed) { return input_chunk(seed, [](format::ChunkHeader& h) { h.flags = 0x80000000; }); },
     "unknown flags"},
};

INSTANTIATE_TEST_SUITE_P(Harm, HostileRecording, testing::ValuesIn(kHarms),
                         [](const auto& row) { return row.param.name; });

TEST(HostileRecording, ThousandsOfHolesAreReadInReasonableTime) {
  const TestFolder folder;
  const Sample good = sample(folder);
  FileBytes bytes = beginning_of(good.bytes, good.chunk_at[0]);
  constexpr std::uint32_t kHoles = 20'000;
  for (std::uint32_t number = 0; number < kHoles; ++number) {
    // Headers that deserve belief, each followed by data that do not.
    format::ChunkHeader header{};
    header.number = number;
    header.uncompressed_bytes = header.compressed_bytes = header.records = 1;
    const std::size_t at = bytes.size();
    bytes.resize(at + format::kChunkHeaderBytes + 1);
    format::encode_chunk_header(header, good.seed, &bytes[at]);
  }
  write_bytes(folder.file("a.hfr"), bytes);

  const ReadOutcome read = read_all(folder.file("a.hfr"));
  EXPECT_THAT(read.records, IsEmpty());
  EXPECT_EQ(read.errors.size() + 1, kHoles) << "the last one is a torn tail";
}

}  // namespace
}  // namespace holdfast
