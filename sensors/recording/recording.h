// Reading and writing .hfr files; docs/recording-format.md describes every byte.
//
//   auto writer = RecordingWriter::create("a.hfr", header);
//   writer->write(input);
//   writer->close();
//
//   auto reader = RecordingReader::open("a.hfr");
//   v1::Record record;
//   while (*reader->next(record) == RecordingReader::Next::kRecord) ...
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/schema/error.h"
#include "engine/schema/recording.pb.h"
#include "sensors/clock.h"
#include "sensors/sensor.h"

namespace holdfast {

class RecordingWriter {
 public:
  struct Options {
    int compression_level = 1;          // zstd
    std::uint32_t chunk_bytes = 256 * 1024;  // uncompressed size at which a chunk is closed
  };
  // Writes to "path.partial" and renames on close(): a file under its final name is complete.
  static Expected<RecordingWriter> create(const std::string& path, const v1::RecordingHeader& header, Options options);
  static Expected<RecordingWriter> create(const std::string& path, const v1::RecordingHeader& header);
  ~RecordingWriter();  // an unclosed recording leaves "path.partial" behind, readable as a torn one
  RecordingWriter(RecordingWriter&&) noexcept;
  RecordingWriter& operator=(RecordingWriter&&) noexcept;

  Expected<void> write(const v1::Input& input);
  Expected<void> write(const v1::Output& output);  // of the input written last
  Expected<void> write(const v1::EngineState& snapshot);  // starts a segment
  void count_lost(std::uint64_t inputs);
  // Optional parts of the trailer, before close().
  void set_decision_log_sha256(const std::string& digest);
  void set_import_summary(const v1::ImportSummary& summary);
  Expected<void> close();  // last chunk, trailer, rename

 private:
  struct File;
  explicit RecordingWriter(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

class RecordingReader {
 public:
  enum class Next : std::uint8_t { kRecord, kEnd };

  // Fails on a file that is no recording or of a newer format version.
  static Expected<RecordingReader> open(const std::string& path);
  ~RecordingReader();
  RecordingReader(RecordingReader&&) noexcept;
  RecordingReader& operator=(RecordingReader&&) noexcept;

  const v1::RecordingHeader& header() const;
  // Fails on damage in the middle (chunk, offset). A torn tail is no failure: kEnd, and torn() says so.
  Expected<Next> next(v1::Record& record);
  // After kEnd: the file ended without a trailer; bytes() of the tail were cut off.
  bool torn() const;
  std::uint64_t torn_bytes() const;
  const v1::RecordingTrailer& trailer() const;  // after kEnd of a whole file; empty if torn

 private:
  struct File;
  explicit RecordingReader(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace holdfast
