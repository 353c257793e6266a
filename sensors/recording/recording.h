// Reading and writing .hfr files; docs/recording-format.md describes every byte.
//
//   auto writer = RecordingWriter::create("a.hfr", header);
//   writer->write(input);
//   writer->close();
//
//   auto reader = RecordingReader::open("a.hfr");
//   v1::Record record;
//   while (*reader->next(record) == RecordingReader::Next::kRecord) ...
//
// Both belong to one thread at a time. Paths are UTF-8 on every system.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/recording.pb.h"
#include "sensors/clock.h"
#include "sensors/recording/disk.h"
#include "sensors/recording/format_history.h"
#include "sensors/sensor.h"

namespace holdfast {

class RecordingWriter {
 public:
  struct Options {
    int compression_level = 1;               // zstd's, 1 to 19
    std::uint32_t chunk_bytes = 256 * 1024;  // uncompressed size at which a chunk is closed, at most 64 MiB
    std::uint32_t part_bytes = 8 << 20;      // a longer snapshot is written in parts of this size, at most 32 MiB
    bool store_on_close = true;              // close() waits until the medium has it; false: the system has
  };
  // Writes to "path.partial" and renames on close(): a file under its final name is complete. An older file of either
  // name is replaced. Fails on options out of range, a header that is too large or holds text that is not UTF-8, and
  // on what the system refuses (folder missing, no permission, a directory of that name, disk full).
  // `disk` must outlive the writer.
  static Expected<RecordingWriter> create(const std::string& path, const v1::RecordingHeader& header, Options options,
                                          Disk& disk = system_disk());
  static Expected<RecordingWriter> create(const std::string& path, const v1::RecordingHeader& header);
  ~RecordingWriter();  // an unclosed recording leaves "path.partial" behind, readable as a torn one
  RecordingWriter(RecordingWriter&&) noexcept;
  RecordingWriter& operator=(RecordingWriter&&) noexcept;

  // Each of these fails on a record that no reader would accept: longer than 64 MiB (a snapshot: 256 MiB), text that is
  // not UTF-8 (named by its field), a sequence number that does not ascend. Such a record is left out and the writer
  // can go on. When the system refuses a write, that and every later call gives the same error.
  Expected<void> write(const v1::Input& input);
  Expected<void> write(const v1::Output& output);         // of the input written last
  Expected<void> write(const v1::EngineState& snapshot);  // starts a segment
  void count_lost(std::uint64_t inputs);
  // Hands everything written so far to the system as a chunk of its own: what a crash of this program cannot lose.
  Expected<void> flush();
  bool can_go_on() const;            // the system has refused nothing
  std::uint64_t size_bytes() const;  // of the file so far: what was handed to the system
  std::uint64_t inputs_written() const;
  std::uint64_t inputs_handed_over() const;  // of them, that the system took: the others a refused write has lost
  // Optional parts of the trailer, before close().
  void set_decision_log_sha256(const std::string& digest);
  void set_import_summary(const v1::ImportSummary& summary);
  Expected<void> close();  // last chunk, trailer, rename
  void discard();          // instead of close(): removes "path.partial"

 private:
  struct File;
  explicit RecordingWriter(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

class RecordingReader {
 public:
  enum class Next : std::uint8_t { kRecord, kEnd };

  // Fails on a file that is no recording or of a newer format version, and when its header is cut off or damaged.
  // Records of older versions are given as if the newest had written them.
  static Expected<RecordingReader> open(const std::string& path, Disk& disk = system_disk(),
                                        const FormatHistory& history = format_history());
  // The same for a recording that is in memory already; errors call it `name`.
  static Expected<RecordingReader> read(const std::string& name, std::vector<std::uint8_t> bytes);
  ~RecordingReader();
  RecordingReader(RecordingReader&&) noexcept;
  RecordingReader& operator=(RecordingReader&&) noexcept;

  const v1::RecordingHeader& header() const;
  // Replaces `record` by the next one. A reused message is decoded faster than a new one. A snapshot that was written
  // in parts is given whole, or not at all where a part of it is missing.
  //
  // Fails on damage in the middle (chunk, offset, what follows). The next call resumes after the damage, at the next
  // whole chunk: records are missing there, so only what follows the next snapshot can be replayed. A caller that
  // wants all or nothing stops at the first error; one that wants the rest goes on until kEnd, which always comes.
  // A torn tail is no failure: kEnd, and torn() says so.
  Expected<Next> next(v1::Record& record);
  // After kEnd: the file ended without a readable trailer; torn_bytes() of the tail were cut off (0 if the file ends
  // right behind a chunk).
  bool torn() const;
  std::uint64_t torn_bytes() const;
  const v1::RecordingTrailer& trailer() const;  // after kEnd of a whole file; empty if torn

  // For progress: how far into the file next() has come, and its size.
  std::uint64_t offset_bytes() const;
  std::uint64_t size_bytes() const;

 private:
  struct File;
  explicit RecordingReader(std::unique_ptr<File> file);
  static Expected<RecordingReader> begin(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace holdfast
