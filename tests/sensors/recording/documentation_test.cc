// docs/recording-format.md shows a whole recording byte by byte: it must be the one that the writer writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <sstream>

#include "sensors/recording/format.h"
#include "tests/sensors/recording/recording_files.h"
#include "tests/support/repository.h"

namespace holdfast {
namespace {

const std::string kDocument = in_repository("docs/recording-format.md");

// The recording that the document's example describes.
FileBytes example(const TestFolder& folder) {
  v1::RecordingHeader header;
  header.set_origin(v1::RecordingHeader::SIMULATED);
  header.set_writer("doc");
  v1::EngineState snapshot;
  snapshot.set_version(1);
  v1::Input input;
  input.set_sequence(1);
  input.set_at_ns(5);
  input.mutable_agent_stopping()->set_reason(v1::AgentStopping::SERVICE_STOP);
  v1::Output output;
  output.mutable_timer_cancelled()->set_timer_id(7);

  auto writer = RecordingWriter::create(folder.file("a.hfr"), header);
  EXPECT_TRUE(writer->write(snapshot));
  EXPECT_TRUE(writer->write(input));
  EXPECT_TRUE(writer->write(output));
  EXPECT_TRUE(writer->close());
  return read_bytes(folder.file("a.hfr"));
}

// Lines "0010  d7 48 ...  what it is" of the document; the words begin after two spaces.
struct DocumentedBytes {
  FileBytes bytes;
  std::vector<std::string> bad_offsets;
};

DocumentedBytes documented() {
  DocumentedBytes found;
  std::ifstream in(kDocument);
  EXPECT_TRUE(in.is_open()) << kDocument;
  for (std::string line; std::getline(in, line);) {
    unsigned offset = 0;
    int used = 0;
    if (std::sscanf(line.c_str(), "%4x%n", &offset, &used) != 1 || used != 4 || line.compare(4, 2, "  ") != 0) continue;
    if (offset != found.bytes.size()) found.bad_offsets.push_back(line);
    std::istringstream bytes(line.substr(6, line.find("  ", 6) - 6));
    for (unsigned byte = 0; bytes >> std::hex >> byte;) found.bytes.push_back(static_cast<std::uint8_t>(byte));
  }
  return found;
}

std::string as_hex(const FileBytes& bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::array<char, 32> piece{};
    if (i % 8 == 0) {
      std::snprintf(piece.data(), piece.size(), "\n%04zx ", i);
      text += piece.data();
    }
    std::snprintf(piece.data(), piece.size(), " %02x", bytes[i]);
    text += piece.data();
  }
  return text;
}

TEST(RecordingFormatDocument, ShowsTheBytesThatTheWriterWrites) {
  const TestFolder folder;
  const DocumentedBytes shown = documented();
  EXPECT_THAT(shown.bad_offsets, testing::IsEmpty()) << "offsets that do not follow from the bytes before";
  EXPECT_EQ(as_hex(shown.bytes), as_hex(example(folder)));
}

TEST(RecordingFormatDocument, ShowsARecordingThatCanBeRead) {
  const ReadOutcome read = read_all(documented().bytes);
  EXPECT_EQ(read.open_error, "");
  EXPECT_THAT(read.errors, testing::IsEmpty());
  EXPECT_FALSE(read.torn);
  EXPECT_EQ(read.records.size(), 3u);
}

TEST(RecordingFormatDocument, NamesTheVersionThatTheWriterWrites) {
  std::ifstream in(kDocument);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_THAT(text, testing::HasSubstr("Version " + std::to_string(recording_format::kVersion) + " of the format"));
}

}  // namespace
}  // namespace holdfast
