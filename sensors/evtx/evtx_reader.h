// A Windows event log file (.evtx), record by record, from a stream of bytes: one chunk of 64 KiB in memory.
//
//   EvtxReader reader(bytes);
//   for (;;) {
//     const Expected<EvtxReader::Next> next = reader.next(sink);
//     if (!next) return fail(next.error());
//     if (*next == EvtxReader::Next::kEnd) break;
//     if (*next == EvtxReader::Next::kDamaged) complain(reader.offset(), reader.reason());
//   }
//
// Reads what is there rather than what the headers promise: logs that were copied while Windows wrote to them are
// dirty, their headers are behind. docs/importing.md describes what counts as a record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"
#include "sensors/byte_source.h"
#include "sensors/evtx/binary_xml.h"

namespace holdfast {

// What a file or a member of an archive begins with.
inline constexpr std::string_view kEvtxMagic{"ElfFile\0", 8};

// True where a file that begins so is an event log, also one that has lost its header.
bool is_evtx(std::string_view start);

class EvtxReader {
 public:
  enum class Next : std::uint8_t { kRecord, kDamaged, kEnd };

  // `source` must outlive the reader.
  explicit EvtxReader(ByteSource& source, const BinaryXmlLimits& limits = {});

  // Reads the next record's event into `sink`. With kDamaged, reason() says what is wrong at offset(), what `sink` took
  // is worth nothing, and reading goes on behind the damage. Fails when the source is broken or no event log.
  Expected<Next> next(XmlSink& sink);

  std::uint64_t offset() const { return offset_; }        // in the file, of the record or the damage
  std::uint64_t record_id() const { return record_id_; }  // EventRecordID as the record's header tells it
  const std::string& reason() const { return reason_; }

  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t replaced() const { return xml_.replaced(); }
  // Values that are not as their types say.
  std::uint64_t odd_values() const { return xml_.odd_values(); }
  // Chunks whose checksums do not fit their bytes: damaged, or being written when the log was copied.
  std::uint64_t checksum_mismatches() const { return checksum_mismatches_; }

 private:
  Expected<std::size_t> fill(std::size_t size, std::size_t kept = 0);
  Expected<void> read_file_header();
  std::size_t displaced() const;
  Expected<void> move_to_chunk();
  Next damaged(std::uint64_t offset, std::string reason);
  bool enter_chunk();  // false where it is damaged
  bool header_checksum_fits() const;
  bool records_checksum_fits() const;
  std::size_t record_size_at(std::size_t at) const;
  bool at_record() const;
  Next resynchronize();
  Next take_record(XmlSink& sink);

  ByteSource& source_;
  BinaryXmlReader xml_;
  std::vector<std::uint8_t> chunk_;
  bool started_ = false;
  bool in_chunk_ = false;
  bool is_dirty_ = false;     // as the file's header has it: Windows was writing, the chunks' headers are behind
  bool torn_ = false;         // the file ends inside the chunk
  bool headless_ = false;     // no header lies before the first chunk
  const char* gap_ = "";      // what lies wrongly before the chunk
  std::size_t at_ = 0;        // in the chunk
  std::size_t told_end_ = 0;  // of its records, as its header has it
  bool goes_on_ = false;      // behind told_end_ newer records may lie; otherwise only remains do
  std::uint64_t chunk_begin_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t record_id_ = 0;
  std::string reason_;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t checksum_mismatches_ = 0;
};

}  // namespace holdfast
