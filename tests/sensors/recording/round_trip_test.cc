// What was written is what is read: any messages, any chunk size, any mixture of kinds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensors/recording/format.h"
#include "tests/sensors/recording/random_message.h"
#include "tests/sensors/recording/recording_files.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::RecordingHeader header_of(const std::string& writer) {
  v1::RecordingHeader header;
  header.set_origin(v1::RecordingHeader::SIMULATED);
  header.set_writer(writer);
  return header;
}

TEST(RecordingRoundTrip, GivesBackRandomMessagesInOrder) {
  const TestFolder folder;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomMessages random(seed);
    v1::RecordingHeader header;
    random.fill(header);
    RecordingWriter::Options options;
    options.compression_level = static_cast<int>(1 + random.below(5));
    options.chunk_bytes = static_cast<std::uint32_t>(1 + random.below(1 << random.below(18)));
    auto writer = RecordingWriter::create(folder.file("a.hfr"), header, options);
    ASSERT_TRUE(writer) << writer.error().text();
    std::vector<std::string> written;
    std::uint64_t sequence = 0;
    std::uint64_t inputs = 0;
    std::uint64_t outputs = 0;
    std::uint64_t snapshots = 0;
    const std::uint64_t records = random.below(120);
    for (std::uint64_t i = 0; i < records; ++i) {
      const std::uint64_t kind = random.below(20);
      Expected<void> done;
      if (kind == 0) {
        v1::EngineState snapshot;
        random.fill(snapshot);
        done = writer->write(snapshot);
        written.push_back(as_record(snapshot));
        ++snapshots;
      } else if (kind < 8) {
        v1::Output output;
        random.fill(output);
        done = writer->write(output);
        written.push_back(as_record(output));
        ++outputs;
      } else {
        v1::Input input;
        random.fill(input);
        input.set_sequence(sequence += 1 + random.below(3));
        done = writer->write(input);
        written.push_back(as_record(input));
        ++inputs;
      }
      ASSERT_TRUE(done) << done.error().text();
      if (random.below(30) == 0) {
        ASSERT_TRUE(writer->flush());
      }
    }
    writer->count_lost(seed);
    const auto closed = writer->close();
    ASSERT_TRUE(closed) << closed.error().text();

    const ReadOutcome read = read_all(folder.file("a.hfr"));
    EXPECT_THAT(read.errors, IsEmpty());
    EXPECT_FALSE(read.torn);
    ASSERT_EQ(read.records.size(), written.size());
    for (std::size_t i = 0; i < written.size(); ++i) ASSERT_EQ(read.records[i], written[i]) << "record " << i;
    EXPECT_EQ(read.trailer.inputs_written(), inputs);
    EXPECT_EQ(read.trailer.outputs_written(), outputs);
    EXPECT_EQ(read.trailer.snapshots_written(), snapshots);
    EXPECT_EQ(read.trailer.inputs_lost(), seed);
    EXPECT_EQ(read.trailer.inputs_received(), inputs + seed);
    EXPECT_EQ(RecordingReader::open(folder.file("a.hfr"))->header().SerializeAsString(), header.SerializeAsString());
  }
}

TEST(RecordingRoundTrip, AReusedRecordKeepsNothingOfTheOneBefore) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), header_of("test"));
  v1::Input bare;
  bare.set_sequence(2);
  ASSERT_TRUE(writer->write(input_at(1, 10)));
  ASSERT_TRUE(writer->write(bare));
  ASSERT_TRUE(writer->close());

  EXPECT_THAT(read_all(folder.file("a.hfr")).records, ElementsAre(as_record(input_at(1, 10)), as_record(bare)));
}

TEST(RecordingRoundTrip, AnEmptyRecordingIsWhole) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), header_of("test"));
  ASSERT_TRUE(writer->close());

  const ReadOutcome read = read_all(folder.file("a.hfr"));
  EXPECT_THAT(read.records, IsEmpty());
  EXPECT_THAT(read.errors, IsEmpty());
  EXPECT_FALSE(read.torn);
}

TEST(RecordingRoundTrip, KeepsFieldsThatThisProgramDoesNotKnow) {
  const TestFolder folder;
  v1::Input input = input_at(1, 10);
  auto& unknown = *input.GetReflection()->MutableUnknownFields(&input);
  unknown.AddVarint(900, 77);
  unknown.AddLengthDelimited(901, "of a newer program, \xFF not text");
  unknown.AddGroup(902)->AddLengthDelimited(1, "\xFF");
  auto writer = RecordingWriter::create(folder.file("a.hfr"), header_of("test"));
  const auto written = writer->write(input);
  ASSERT_TRUE(written) << written.error().text();
  ASSERT_TRUE(writer->close());

  EXPECT_THAT(read_all(folder.file("a.hfr")).records, ElementsAre(as_record(input)));
}

TEST(RecordingRoundTrip, TrailerCarriesTheLogsHashTheImportAndTheTimes) {
  const TestFolder folder;
  v1::ImportSummary summary;
  summary.set_events(12);
  summary.add_unmapped_event()->set_event_id(255);
  auto writer = RecordingWriter::create(folder.file("a.hfr"), header_of("test"));
  ASSERT_TRUE(writer->write(input_at(1, 500)));
  ASSERT_TRUE(writer->write(input_at(2, 900)));
  writer->set_decision_log_sha256(std::string(32, '\x5A'));
  writer->set_import_summary(summary);
  ASSERT_TRUE(writer->close());

  const v1::RecordingTrailer trailer = read_all(folder.file("a.hfr")).trailer;
  EXPECT_EQ(trailer.decision_log_sha256(), std::string(32, '\x5A'));
  EXPECT_EQ(trailer.import().SerializeAsString(), summary.SerializeAsString());
  EXPECT_EQ(trailer.first_at_ns(), 500u);
  EXPECT_EQ(trailer.last_at_ns(), 900u);
  EXPECT_EQ(trailer.chunks(), 1u);
}

TEST(RecordingRoundTrip, ARecordLongerThanAChunkGetsAChunkOfItsOwn) {
  const TestFolder folder;
  v1::Input large = input_at(2, 20);
  large.mutable_operation()->mutable_registry_set()->set_data(std::string(5 << 20, 'x'));
  auto writer = RecordingWriter::create(folder.file("a.hfr"), header_of("test"));
  ASSERT_TRUE(writer->write(input_at(1, 10)));
  ASSERT_TRUE(writer->write(large));
  ASSERT_TRUE(writer->write(input_at(3, 30)));
  ASSERT_TRUE(writer->close());

  const ReadOutcome read = read_all(folder.file("a.hfr"));
  EXPECT_THAT(read.records, ElementsAre(as_record(input_at(1, 10)), as_record(large), as_record(input_at(3, 30))));
  EXPECT_EQ(read.trailer.chunks(), 3u);
}

TEST(RecordingRoundTrip, ASnapshotBeginsAChunk) {
  const TestFolder folder;
  v1::EngineState snapshot;
  snapshot.set_version(1);
  auto writer = RecordingWriter::create(folder.file("a.hfr"), header_of("test"));
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
    ASSERT_TRUE(writer->write(snapshot));
    ASSERT_TRUE(writer->write(input_at(sequence, sequence)));
  }
  ASSERT_TRUE(writer->close());

  const ReadOutcome read = read_all(folder.file("a.hfr"));
  EXPECT_THAT(read.errors, IsEmpty());
  EXPECT_EQ(read.trailer.chunks(), 3u);
  EXPECT_EQ(read.trailer.snapshots_written(), 3u);
}

TEST(RecordingRoundTrip, TimeMayRunBackwardsBecauseTheEngineMustSeeThatToo) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), header_of("test"));
  ASSERT_TRUE(writer->write(input_at(1, 1000)));
  ASSERT_TRUE(writer->write(input_at(2, 10)));
  ASSERT_TRUE(writer->close());

  EXPECT_THAT(read_all(folder.file("a.hfr")).records,
              ElementsAre(as_record(input_at(1, 1000)), as_record(input_at(2, 10))));
}

TEST(RecordingRoundTrip, PathsAreUtf8) {
  const TestFolder folder;
  const std::string path = folder.file("Aufnahme größer 日本.hfr");
  auto writer = RecordingWriter::create(path, header_of("test"));
  ASSERT_TRUE(writer) << writer.error().text();
  ASSERT_TRUE(writer->write(input_at(1, 10)));
  ASSERT_TRUE(writer->close());

  EXPECT_THAT(read_all(path).records, ElementsAre(as_record(input_at(1, 10))));
  EXPECT_THAT(folder.names(), ElementsAre("Aufnahme größer 日本.hfr"));
}

TEST(RecordingRoundTrip, WriterAndReaderMayMove) {
  const TestFolder folder;
  auto created = RecordingWriter::create(folder.file("a.hfr"), header_of("test"));
  RecordingWriter writer = std::move(*created);
  ASSERT_TRUE(writer.write(input_at(1, 10)));
  ASSERT_TRUE(writer.close());
  auto opened = RecordingReader::open(folder.file("a.hfr"));
  RecordingReader reader = std::move(*opened);
  v1::Record record;
  ASSERT_EQ(*reader.next(record), RecordingReader::Next::kRecord);
  EXPECT_EQ(record.input().sequence(), 1u);
}

TEST(RecordingRoundTrip, SameRecordsGiveTheSameFile) {
  const TestFolder folder;
  for (const char* name : {"a.hfr", "b.hfr"}) {
    RandomMessages random(7);
    auto writer = RecordingWriter::create(folder.file(name), header_of("test"));
    for (std::uint64_t sequence = 1; sequence <= 500; ++sequence) {
      v1::Input input;
      random.fill(input);
      input.set_sequence(sequence);
      ASSERT_TRUE(writer->write(input));
    }
    ASSERT_TRUE(writer->close());
  }
  EXPECT_EQ(read_bytes(folder.file("a.hfr")), read_bytes(folder.file("b.hfr")));
}

TEST(RecordingProgress, ReachesTheSizeAtTheEnd) {
  const TestFolder folder;
  auto writer = RecordingWriter::create(folder.file("a.hfr"), header_of("test"));
  ASSERT_TRUE(writer->write(input_at(1, 10)));
  ASSERT_TRUE(writer->close());
  auto reader = RecordingReader::open(folder.file("a.hfr"));
  EXPECT_LT(reader->offset_bytes(), reader->size_bytes());
  v1::Record record;
  while (*reader->next(record) == RecordingReader::Next::kRecord) {
  }
  EXPECT_EQ(reader->offset_bytes(), reader->size_bytes());
  EXPECT_EQ(reader->size_bytes(), read_bytes(folder.file("a.hfr")).size());
}

}  // namespace
}  // namespace holdfast
