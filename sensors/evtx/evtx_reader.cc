#include "sensors/evtx/evtx_reader.h"

#include <algorithm>
#include <utility>

#include "sensors/evtx/byte_cursor.h"
#include "sensors/evtx/checksum.h"

namespace holdfast {
namespace {

constexpr std::size_t kFileHeaderBytes = 4096;
constexpr std::size_t kFileFlagsOffset = 120;
constexpr std::uint32_t kFileIsDirty = 1;
constexpr std::size_t kChunkBytes = 65'536;
constexpr std::string_view kChunkMagic{"ElfChnk\0", 8};

// Offsets in a chunk's header.
constexpr std::size_t kChunkHeaderBytes = 512;
constexpr std::size_t kRecordsEndOffset = 48;
constexpr std::size_t kRecordsChecksumOffset = 52;
constexpr std::size_t kHeaderChecksumOffset = 124;
constexpr std::size_t kHeaderCheckedFirst = 120;  // bytes before the checksum ...
constexpr std::size_t kHeaderCheckedFrom = 128;   // ... and from here to the header's end

constexpr std::uint32_t kRecordMagic = 0x00002A2A;
constexpr std::size_t kRecordHeaderBytes = 24;  // magic, size, id, time
constexpr std::size_t kRecordEndBytes = 4;      // the size again
constexpr std::size_t kRecordIdOffset = 8;
constexpr std::size_t kRecordAlignment = 4;

bool begins_with(std::span<const std::uint8_t> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() &&
         std::ranges::equal(bytes.first(magic.size()), magic,
                            [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
}

std::uint32_t u32_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  return ByteCursor(bytes, at, bytes.size()).u32();
}
std::uint64_t u64_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  return ByteCursor(bytes, at, bytes.size()).u64();
}

}  // namespace

bool is_evtx(std::string_view start) {
  return start.starts_with(kEvtxMagic) || start.starts_with(kChunkMagic) ||
         start.substr(std::min(start.size(), kFileHeaderBytes)).starts_with(kChunkMagic);
}

EvtxReader::EvtxReader(ByteSource& source, const BinaryXmlLimits& limits) : source_(source), xml_(limits) {
  chunk_.reserve(kChunkBytes);
}

// Brings up to `size` bytes into the chunk, behind those that are kept of it; fewer at the end of the file only.
Expected<std::size_t> EvtxReader::fill(std::size_t size, std::size_t kept) {
  chunk_.resize(size);
  std::size_t filled = kept;
  while (filled < size) {
    HOLDFAST_TRY(got, source_.read(reinterpret_cast<char*>(chunk_.data()) + filled, size - filled));
    if (got == 0) break;
    filled += got;
  }
  chunk_.resize(filled);
  bytes_read_ += filled - kept;
  return filled;
}

Expected<void> EvtxReader::read_file_header() {
  started_ = true;
  HOLDFAST_TRY(got, fill(kFileHeaderBytes));
  if (begins_with(chunk_, kEvtxMagic) && got == kFileHeaderBytes) {
    is_dirty_ = (u32_at(chunk_, kFileFlagsOffset) & kFileIsDirty) != 0;
    return {};
  }
  if (!begins_with(chunk_, kEvtxMagic)) {
    HOLDFAST_TRY_DO(fill(kChunkBytes, got));
    headless_ = begins_with(chunk_, kChunkMagic) || displaced() != 0;
    if (headless_) return {};
  }
  return std::unexpected(Error{.where = {},
                               .field = {},
                               .what = begins_with(chunk_, kEvtxMagic) ? "ends inside the header of an event log"
                                                                       : "is no Windows event log (EVTX)",
                               .remedy = "copy it again"});
}

// Bytes before the next header or chunk where the chunk is neither; 0 where none lies in it.
std::size_t EvtxReader::displaced() const {
  if (begins_with(chunk_, kChunkMagic) || record_size_at(kChunkHeaderBytes) != 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(chunk_.data()), chunk_.size());
  const std::size_t at = std::min(bytes.find(kChunkMagic), bytes.find(kEvtxMagic));
  return at == std::string_view::npos ? 0 : at;
}

// Passes over the header of a log that lies behind another one, and over whatever else moved the chunks from their
// places: that is told.
Expected<void> EvtxReader::move_to_chunk() {
  for (;;) {
    const bool header = begins_with(chunk_, kEvtxMagic);
    const std::size_t passed = header ? std::min(kFileHeaderBytes, chunk_.size()) : displaced();
    if (passed == 0) return {};
    if (header && passed == kFileHeaderBytes) is_dirty_ = (u32_at(chunk_, kFileFlagsOffset) & kFileIsDirty) != 0;
    if (!header && *gap_ == '\0') gap_ = "the log goes on out of its place";
    chunk_.erase(chunk_.begin(), chunk_.begin() + static_cast<std::ptrdiff_t>(passed));
    chunk_begin_ += passed;
    HOLDFAST_TRY_DO(fill(kChunkBytes, chunk_.size()));
  }
}

EvtxReader::Next EvtxReader::damaged(std::uint64_t offset, std::string reason) {
  offset_ = offset;
  reason_ = std::move(reason);
  return Next::kDamaged;
}

// Room for later chunks is zero, or holds whatever the disk held before: no damage, unless records lie in it. A chunk
// that lost its signature is told, and its records are read all the same.
bool EvtxReader::enter_chunk() {
  at_ = kChunkHeaderBytes;
  record_id_ = 0;
  const std::span<const std::uint8_t> bytes(chunk_);
  const bool named = begins_with(bytes, kChunkMagic);
  in_chunk_ = named || record_size_at(at_) != 0;
  if (!in_chunk_) return true;
  xml_.enter(bytes);
  torn_ = chunk_.size() < kChunkBytes;
  told_end_ = named && chunk_.size() >= kChunkHeaderBytes ? u32_at(bytes, kRecordsEndOffset) : 0;
  if (told_end_ < kChunkHeaderBytes || told_end_ > kChunkBytes) told_end_ = kChunkHeaderBytes;
  const bool header_fits = !torn_ && header_checksum_fits();
  goes_on_ = is_dirty_ || !named || !header_fits;
  if (!header_fits || !records_checksum_fits()) ++checksum_mismatches_;
  if (named && chunk_.size() >= kChunkHeaderBytes) return true;
  damaged(chunk_begin_, named ? "the file ends inside a chunk's header" : "a chunk has lost its signature");
  in_chunk_ = chunk_.size() >= kChunkHeaderBytes;
  return false;
}

bool EvtxReader::header_checksum_fits() const {
  const std::span<const std::uint8_t> bytes(chunk_);
  const std::uint32_t header = crc32_of(bytes.subspan(kHeaderCheckedFrom, kChunkHeaderBytes - kHeaderCheckedFrom),
                                        crc32_of(bytes.first(kHeaderCheckedFirst)));
  return header == u32_at(bytes, kHeaderChecksumOffset);
}

bool EvtxReader::records_checksum_fits() const {
  const std::span<const std::uint8_t> bytes(chunk_);
  return crc32_of(bytes.subspan(kChunkHeaderBytes, told_end_ - kChunkHeaderBytes)) ==
         u32_at(bytes, kRecordsChecksumOffset);
}

// 0 where no whole record begins.
std::size_t EvtxReader::record_size_at(std::size_t at) const {
  ByteCursor header(chunk_, at, chunk_.size());
  if (header.u32() != kRecordMagic) return 0;
  const std::size_t size = header.u32();
  if (header.failed() || size < kRecordHeaderBytes + kRecordEndBytes || size > chunk_.size() - at) return 0;
  return u32_at(chunk_, at + size - kRecordEndBytes) == size ? size : 0;
}

// Behind the end that the header tells lie the newest records of a dirty log, each with the next number, or remains of
// older ones: of this log, or of another one that lay there before.
bool EvtxReader::at_record() const {
  if (record_size_at(at_) == 0) return false;
  if (at_ < told_end_) return true;
  const bool first = at_ == kChunkHeaderBytes;
  return goes_on_ && (first || u64_at(chunk_, at_ + kRecordIdOffset) == record_id_ + 1);
}

// Goes on at the next whole record of the chunk, or behind the chunk.
EvtxReader::Next EvtxReader::resynchronize() {
  const std::size_t begin = at_;
  at_ += kRecordAlignment;
  while (at_ < told_end_ && record_size_at(at_) == 0) at_ += kRecordAlignment;
  const bool to_the_end = at_ >= told_end_;
  if (to_the_end) in_chunk_ = false;
  const bool cut = torn_ && to_the_end;
  return damaged(chunk_begin_ + begin,
                 cut ? "the file ends before the records of its last chunk" : "no whole record begins here");
}

EvtxReader::Next EvtxReader::take_record(XmlSink& sink) {
  const std::size_t begin = at_;
  const std::size_t size = record_size_at(at_);
  at_ += size;
  record_id_ = u64_at(chunk_, begin + kRecordIdOffset);
  offset_ = chunk_begin_ + begin;
  const char* reason = xml_.read(begin + kRecordHeaderBytes, begin + size - kRecordEndBytes, sink);
  return reason == nullptr ? Next::kRecord : damaged(offset_, "record " + std::to_string(record_id_) + ": " + reason);
}

Expected<EvtxReader::Next> EvtxReader::next(XmlSink& sink) {
  if (!started_) {
    if (const Expected<void> begun = read_file_header(); !begun) return std::unexpected(begun.error());
  }
  for (;;) {
    if (in_chunk_) {
      if (at_record()) return take_record(sink);
      if (at_ < told_end_) return resynchronize();
      in_chunk_ = false;
    }
    gap_ = headless_ ? "the log has lost its header" : "";
    if (!std::exchange(headless_, false)) {
      chunk_begin_ = bytes_read_;
      HOLDFAST_TRY_DO(fill(kChunkBytes));
    }
    HOLDFAST_TRY_DO(move_to_chunk());
    if (chunk_.empty()) return Next::kEnd;
    if (!enter_chunk()) return Next::kDamaged;
    if (*gap_ != '\0') return damaged(chunk_begin_, gap_);
  }
}

}  // namespace holdfast
