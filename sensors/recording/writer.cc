#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "sensors/recording/binary_file.h"
#include "sensors/recording/format.h"
#include "sensors/recording/recording.h"
#include "sensors/recording/utf8_fields.h"

namespace holdfast {
namespace {

namespace format = recording_format;

constexpr int kCompressionLevelMax = 19;  // above it zstd wants memory that readers do not grant unasked
constexpr std::uint32_t kPartBytesMax = 32u << 20;
// Length of the record, tag, length of the message: what stands before a message in a chunk at most.
constexpr std::size_t kRecordFramingBytesMax = 2 * format::kRecordLengthBytesMax + 1;

// Record's fields, as tags on the wire: the messages are written without a Record around them, because copying them
// into one would take as long as serialising them.
enum RecordTag : std::uint8_t {
  kInputTag = 1 << 3 | 2,
  kOutputTag = 2 << 3 | 2,
  kSnapshotTag = 3 << 3 | 2,
  kSnapshotPartTag = 4 << 3 | 2,
};

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

// Grows without filling: most of what it holds is written before it is read.
class ByteBuffer {
 public:
  std::uint8_t* data() { return bytes_.get(); }
  std::size_t size() const { return size_; }
  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    auto bytes = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
    if (size_ != 0) std::memcpy(bytes.get(), bytes_.get(), size_);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }
  void resize(std::size_t size) { size_ = size; }  // within what was reserved

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

std::string megabytes(std::size_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

std::size_t length_bytes(std::size_t length) {
  std::size_t used = 1;
  for (; length >= 0x80; length >>= 7) ++used;
  return used;
}

Error not_utf8(const std::string& where, std::string field) {
  return {.where = where,
          .field = std::move(field),
          .what = "holds text that is not valid UTF-8, and no reader would accept it",
          .remedy = "convert text to UTF-8 where it enters"};
}

}  // namespace

struct RecordingWriter::File {
  PartialFile partial;
  Options options;
  std::uint64_t seed = 0;
  std::unique_ptr<ZSTD_CCtx, FreeCompressor> compressor;
  ByteBuffer records;  // of the open chunk
  ByteBuffer chunk;    // header and compressed records
  format::ChunkHeader open_chunk;
  std::uint64_t last_sequence = 0;
  v1::RecordingTrailer trailer;
  std::uint64_t inputs_handed_over = 0;
  std::optional<Error> failed;  // the system refused a write, or the recording is closed

  Expected<void> write_prologue(const v1::RecordingHeader& header);
  template <typename Message>
  Expected<void> add(RecordTag tag, const Message& message, bool starts_segment = false);
  Expected<void> add_in_parts(const v1::EngineState& snapshot, std::uint64_t state_bytes);
  Expected<void> close_chunk();
  Expected<void> write_trailer();
  Expected<void> put(format::Bytes bytes);
  Expected<void> usable() const;
  void account(const v1::Input& input);
};

Expected<void> RecordingWriter::File::usable() const {
  if (failed) return std::unexpected(*failed);
  return {};
}

Expected<void> RecordingWriter::File::put(format::Bytes bytes) {
  auto written = partial.write(bytes);
  if (!written) failed = written.error();
  return written;
}

Expected<void> RecordingWriter::File::write_prologue(const v1::RecordingHeader& header) {
  const std::size_t header_bytes = header.ByteSizeLong();
  if (header_bytes > format::kHeaderBytesMax) {
    return std::unexpected(Error{.where = partial.path(),
                                 .field = "header",
                                 .what = "is longer than " + megabytes(format::kHeaderBytesMax),
                                 .remedy = {}});
  }
  std::vector<std::uint8_t> bytes(format::kPrologueFixedBytes + header_bytes + format::kHashBytes);
  std::copy(format::kFileMagic.begin(), format::kFileMagic.end(), bytes.begin());
  format::put_u32(&bytes[8], format::kVersion);
  format::put_u32(&bytes[12], static_cast<std::uint32_t>(header_bytes));
  std::uint8_t* const message = &bytes[format::kPrologueFixedBytes];
  header.SerializeWithCachedSizesToArray(message);
  if (auto field = field_that_is_not_utf8(*v1::RecordingHeader::descriptor(), {message, header_bytes})) {
    return std::unexpected(not_utf8(partial.path(), "header." + *field));
  }
  seed = format::hash({bytes.data(), format::kPrologueFixedBytes + header_bytes}, 0);
  format::put_u64(message + header_bytes, seed);
  return put(bytes);
}

template <typename Message>
Expected<void> RecordingWriter::File::add(RecordTag tag, const Message& message, bool starts_segment) {
  const std::size_t message_bytes = message.ByteSizeLong();
  if (message_bytes > format::kChunkBytesMax - kRecordFramingBytesMax) {
    return std::unexpected(Error{.where = partial.path(),
                                 .field = Message::descriptor()->name(),
                                 .what = "a record of " + std::to_string(message_bytes) +
                                         " bytes is longer than the limit of " + megabytes(format::kChunkBytesMax),
                                 .remedy = {}});
  }
  const std::size_t record_bytes = 1 + length_bytes(message_bytes) + message_bytes;
  const std::size_t framed_bytes = length_bytes(record_bytes) + record_bytes;
  if (records.size() != 0 && (starts_segment || records.size() + framed_bytes > options.chunk_bytes)) {
    if (auto closed = close_chunk(); !closed) return closed;
  }
  records.reserve(records.size() + framed_bytes);
  std::uint8_t* at = records.data() + records.size();
  at += format::encode_record_length(static_cast<std::uint32_t>(record_bytes), at);
  const std::uint8_t* const record = at;
  *at++ = tag;
  at += format::encode_record_length(static_cast<std::uint32_t>(message_bytes), at);
  message.SerializeWithCachedSizesToArray(at);
  if (auto field = field_that_is_not_utf8(*v1::Record::descriptor(), {record, record_bytes})) {
    return std::unexpected(not_utf8(partial.path(), *field));
  }
  records.resize(records.size() + framed_bytes);
  if (starts_segment) open_chunk.flags |= format::kFlagSegmentStart;
  ++open_chunk.records;
  return {};
}

// A state that nobody can read again must not be begun: all of it is looked at before its first part is added.
Expected<void> RecordingWriter::File::add_in_parts(const v1::EngineState& snapshot, std::uint64_t state_bytes) {
  if (state_bytes > format::kSnapshotBytesMax) {
    return std::unexpected(Error{.where = partial.path(),
                                 .field = "snapshot",
                                 .what = "a state of " + std::to_string(state_bytes) +
                                         " bytes is longer than the limit of " + megabytes(format::kSnapshotBytesMax),
                                 .remedy = "lower the limits of the engine's tables"});
  }
  std::string state;
  snapshot.SerializeToString(&state);
  const format::Bytes bytes(reinterpret_cast<const std::uint8_t*>(state.data()), state.size());
  if (auto field = field_that_is_not_utf8(*v1::EngineState::descriptor(), bytes)) {
    return std::unexpected(not_utf8(partial.path(), "snapshot." + *field));
  }
  v1::SnapshotPart part;
  part.set_state_bytes(state.size());
  for (std::size_t offset = 0; offset < state.size(); offset += options.part_bytes) {
    part.set_offset(offset);
    part.set_piece(state.substr(offset, options.part_bytes));
    if (auto added = add(kSnapshotPartTag, part, offset == 0); !added) return added;
  }
  return {};
}

void RecordingWriter::File::account(const v1::Input& input) {
  last_sequence = input.sequence();
  const std::uint64_t at_ns = input.at_ns();
  if (open_chunk.inputs++ == 0) {
    open_chunk.first_sequence = input.sequence();
    open_chunk.at_ns_min = open_chunk.at_ns_max = at_ns;
  }
  open_chunk.last_sequence = input.sequence();
  open_chunk.at_ns_min = std::min(open_chunk.at_ns_min, at_ns);
  open_chunk.at_ns_max = std::max(open_chunk.at_ns_max, at_ns);
  if (trailer.inputs_written() == 0) trailer.set_first_at_ns(at_ns);
  trailer.set_last_at_ns(at_ns);
  trailer.set_inputs_written(trailer.inputs_written() + 1);
}

Expected<void> RecordingWriter::File::close_chunk() {
  if (records.size() == 0) return {};
  chunk.reserve(format::kChunkHeaderBytes + ZSTD_compressBound(records.size()));
  std::uint8_t* const data = chunk.data() + format::kChunkHeaderBytes;
  const std::size_t compressed =
      ZSTD_compress2(compressor.get(), data, ZSTD_compressBound(records.size()), records.data(), records.size());
  if (ZSTD_isError(compressed) != 0 || trailer.chunks() > std::numeric_limits<std::uint32_t>::max()) {
    failed =
        Error{.where = partial.partial_path(),
              .field = {},
              .what = ZSTD_isError(compressed) != 0 ? std::string("cannot compress: ") + ZSTD_getErrorName(compressed)
                                                    : "holds as many chunks as the format can number",
              .remedy = "begin another recording"};
    return std::unexpected(*failed);
  }
  open_chunk.number = static_cast<std::uint32_t>(trailer.chunks());
  open_chunk.uncompressed_bytes = static_cast<std::uint32_t>(records.size());
  open_chunk.compressed_bytes = static_cast<std::uint32_t>(compressed);
  open_chunk.data_hash = format::hash({data, compressed}, seed);
  format::encode_chunk_header(open_chunk, seed, chunk.data());
  const std::uint64_t inputs = std::exchange(open_chunk, {}).inputs;
  records.resize(0);
  trailer.set_chunks(trailer.chunks() + 1);
  auto written = put({chunk.data(), format::kChunkHeaderBytes + compressed});
  if (written) inputs_handed_over += inputs;
  return written;
}

Expected<void> RecordingWriter::File::write_trailer() {
  trailer.set_inputs_received(trailer.inputs_written() + trailer.inputs_lost());
  const std::size_t trailer_bytes = trailer.ByteSizeLong();
  const std::string where = partial.path();
  if (trailer_bytes > format::kTrailerBytesMax) {
    return std::unexpected(Error{.where = where,
                                 .field = "trailer",
                                 .what = "is longer than " + megabytes(format::kTrailerBytesMax),
                                 .remedy = {}});
  }
  std::vector<std::uint8_t> bytes(format::kTrailerFixedBytes + trailer_bytes + format::kTrailerEndBytes);
  std::copy(format::kTrailerMagic.begin(), format::kTrailerMagic.end(), bytes.begin());
  format::put_u32(&bytes[8], static_cast<std::uint32_t>(trailer_bytes));
  std::uint8_t* const message = &bytes[format::kTrailerFixedBytes];
  trailer.SerializeWithCachedSizesToArray(message);
  if (auto field = field_that_is_not_utf8(*v1::RecordingTrailer::descriptor(), {message, trailer_bytes})) {
    return std::unexpected(not_utf8(where, "trailer." + *field));
  }
  std::uint8_t* const end = message + trailer_bytes;
  format::put_u32(end, static_cast<std::uint32_t>(trailer_bytes));
  const auto hashed_bytes = static_cast<std::size_t>(end + 4 - bytes.data());
  format::put_u64(end + 4, format::hash({bytes.data(), hashed_bytes}, seed));
  std::copy(format::kEndMagic.begin(), format::kEndMagic.end(), end + 12);
  return put(bytes);
}

RecordingWriter::RecordingWriter(std::unique_ptr<File> file) : file_(std::move(file)) {}
RecordingWriter::RecordingWriter(RecordingWriter&&) noexcept = default;
RecordingWriter& RecordingWriter::operator=(RecordingWriter&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

RecordingWriter::~RecordingWriter() {
  // What arrived should be readable; who did not close cannot be told whether that worked.
  if (!file_ || file_->failed) return;
  if (const auto closed = file_->close_chunk(); !closed) file_->failed = closed.error();
}

Expected<RecordingWriter> RecordingWriter::create(const std::string& path, const v1::RecordingHeader& header) {
  return create(path, header, Options());
}

namespace {

Expected<void> in_range(const std::string& path, const RecordingWriter::Options& options) {
  struct Row {
    const char* field;
    std::uint64_t value;
    std::uint64_t max;
  };
  const Row rows[] = {
      {"compression_level", static_cast<std::uint64_t>(std::max(options.compression_level, 0)), kCompressionLevelMax},
      {"chunk_bytes", options.chunk_bytes, format::kChunkBytesMax},
      {"part_bytes", options.part_bytes, kPartBytesMax},
  };
  for (const Row& row : rows) {
    if (row.value >= 1 && row.value <= row.max) continue;
    const std::string given =
        row.field == rows[0].field ? std::to_string(options.compression_level) : std::to_string(row.value);
    return std::unexpected(Error{.where = path,
                                 .field = row.field,
                                 .what = given + " is outside 1 to " + std::to_string(row.max),
                                 .remedy = {}});
  }
  return {};
}

}  // namespace

Expected<RecordingWriter> RecordingWriter::create(const std::string& path, const v1::RecordingHeader& header,
                                                  Options options, Disk& disk) {
  if (auto fit = in_range(path, options); !fit) return std::unexpected(fit.error());
  auto partial = PartialFile::create(path, disk);
  if (!partial) return std::unexpected(partial.error());
  auto file = std::make_unique<File>();
  file->partial = std::move(*partial);
  file->options = options;
  file->compressor.reset(ZSTD_createCCtx());
  file->records.reserve(options.chunk_bytes);
  ZSTD_CCtx_setParameter(file->compressor.get(), ZSTD_c_compressionLevel, options.compression_level);
  if (auto written = file->write_prologue(header); !written) {
    file->partial.discard();
    return std::unexpected(written.error());
  }
  return RecordingWriter(std::move(file));
}

Expected<void> RecordingWriter::write(const v1::Input& input) {
  if (auto usable = file_->usable(); !usable) return usable;
  if (input.sequence() <= file_->last_sequence) {
    return std::unexpected(Error{.where = file_->partial.path(),
                                 .field = "sequence",
                                 .what = std::to_string(input.sequence()) + " does not follow " +
                                         std::to_string(file_->last_sequence) + ": sequence numbers ascend from 1",
                                 .remedy = "number the inputs in the order in which they are written"});
  }
  auto added = file_->add(kInputTag, input);
  if (added) file_->account(input);
  return added;
}

Expected<void> RecordingWriter::write(const v1::Output& output) {
  if (auto usable = file_->usable(); !usable) return usable;
  auto added = file_->add(kOutputTag, output);
  if (added) file_->trailer.set_outputs_written(file_->trailer.outputs_written() + 1);
  return added;
}

Expected<void> RecordingWriter::write(const v1::EngineState& snapshot) {
  if (auto usable = file_->usable(); !usable) return usable;
  const std::size_t state_bytes = snapshot.ByteSizeLong();
  auto added = state_bytes > file_->options.part_bytes ? file_->add_in_parts(snapshot, state_bytes)
                                                       : file_->add(kSnapshotTag, snapshot, true);
  if (added) file_->trailer.set_snapshots_written(file_->trailer.snapshots_written() + 1);
  return added;
}

void RecordingWriter::count_lost(std::uint64_t inputs) {
  file_->trailer.set_inputs_lost(file_->trailer.inputs_lost() + inputs);
}

Expected<void> RecordingWriter::flush() {
  if (auto usable = file_->usable(); !usable) return usable;
  return file_->close_chunk();
}

bool RecordingWriter::can_go_on() const { return file_->usable().has_value(); }

std::uint64_t RecordingWriter::size_bytes() const { return file_->partial.size_bytes(); }

std::uint64_t RecordingWriter::inputs_written() const { return file_->trailer.inputs_written(); }

std::uint64_t RecordingWriter::inputs_handed_over() const { return file_->inputs_handed_over; }

void RecordingWriter::set_decision_log_sha256(const std::string& digest) {
  file_->trailer.set_decision_log_sha256(digest);
}

void RecordingWriter::set_import_summary(const v1::ImportSummary& summary) {
  *file_->trailer.mutable_import() = summary;
}

Expected<void> RecordingWriter::close() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (auto written = file_->write_trailer(); !written) return written;
  auto finished = file_->partial.finish(file_->options.store_on_close ? PartialFile::Store::kOnMedium
                                                                      : PartialFile::Store::kWithSystem);
  file_->failed = finished ? Error{.where = file_->partial.path(), .field = {}, .what = "is closed", .remedy = {}}
                           : finished.error();
  return finished;
}

void RecordingWriter::discard() {
  file_->partial.discard();
  file_->failed = Error{.where = file_->partial.path(), .field = {}, .what = "was discarded", .remedy = {}};
}

}  // namespace holdfast
