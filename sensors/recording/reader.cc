// How the reader tells a torn tail from damage: an element that cannot be read is damage if anything readable follows
// it (a chunk header with the right hash, or the end of a closed recording), and the torn tail of a writer that was
// interrupted if nothing does. So no length in a damaged place is ever believed.
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "sensors/recording/binary_file.h"
#include "sensors/recording/format.h"
#include "sensors/recording/recording.h"

namespace holdfast {
namespace {

namespace format = recording_format;

// A search begins with little, so that a file with a thousand holes is not read a thousand times.
constexpr std::size_t kSearchWindowBytesMin = 4 << 10;
constexpr std::size_t kSearchWindowBytesMax = 1 << 20;
constexpr std::uint64_t kTrailerBlockBytesMin = format::kTrailerFixedBytes + format::kTrailerEndBytes;
constexpr std::uint64_t kNowhere = std::numeric_limits<std::uint64_t>::max();

struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Grows without filling; its content is what was read last.
class Buffer {
 public:
  std::span<std::uint8_t> make(std::size_t size) {
    if (size > capacity_) {
      bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(size);
      capacity_ = size;
    }
    return {bytes_.get(), size};
  }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t capacity_ = 0;
};

template <std::size_t n>
bool begins_with(format::Bytes bytes, const std::array<std::uint8_t, n>& magic) {
  return bytes.size() >= n && std::equal(magic.begin(), magic.end(), bytes.begin());
}

std::string numbered(const char* what, std::uint64_t number) { return what + (" " + std::to_string(number)); }

Error bad_file(const std::string& path, std::string what, std::string remedy) {
  return {.where = path, .field = {}, .what = std::move(what), .remedy = std::move(remedy)};
}

}  // namespace

struct RecordingReader::File {
  File(BinaryReader opened, const FormatHistory& known)
      : in(std::move(opened)), history(known), decompressor(ZSTD_createDCtx()) {}

  BinaryReader in;
  const FormatHistory& history;
  std::uint32_t version = 0;
  std::unique_ptr<ZSTD_DCtx, FreeDecompressor> decompressor;
  std::uint64_t seed = 0;
  v1::RecordingHeader header;
  bool closed = false;                      // the file ends with the end mark
  std::uint64_t trailer_offset = kNowhere;  // where the end of a closed file says that its trailer begins
  v1::RecordingTrailer trailer;

  std::uint64_t offset = 0;       // of the next element
  std::uint32_t next_number = 0;  // of the next chunk
  bool ended = false;
  bool torn = false;
  std::uint64_t torn_bytes = 0;
  bool damaged = false;  // something was reported: totals cannot agree any more

  // The chunk that is being read.
  std::uint64_t chunk_offset = 0;
  format::ChunkHeader chunk;
  Buffer compressed;
  Buffer uncompressed;
  bool in_chunk = false;
  format::Bytes rest;  // records not handed out yet
  std::uint32_t chunk_records = 0;
  format::ChunkHeader seen;  // what the chunk's records turned out to be: inputs, sequences, times

  // The snapshot whose parts are being joined.
  std::string state;
  std::uint64_t state_bytes = 0;  // of the whole; 0: none is

  // All that was read.
  std::uint64_t chunks = 0;
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t last_sequence = 0;
  std::uint64_t first_at_ns = 0;
  std::uint64_t last_at_ns = 0;

  Expected<void> read(std::uint64_t from, std::span<std::uint8_t> out);
  Expected<void> read_prologue();
  Expected<void> read_end();
  Expected<Next> next(v1::Record& record);
  Expected<void> load_element();
  Expected<void> load_chunk(const format::ChunkHeader& found);
  Expected<bool> load_trailer();
  Expected<bool> take_record(v1::Record& record);
  const char* fault_of(const v1::Record& record) const;
  const char* fault_of(const v1::SnapshotPart& part) const;
  const char* fault_of(const v1::Input& input) const;
  const char* join(v1::Record& record);
  void count(const v1::Record& record);
  Expected<void> finish_chunk();
  Expected<void> compare_with_trailer();
  Expected<void> skip_damage(std::string what, std::uint64_t search_from);
  Expected<std::uint64_t> find_element(std::uint64_t from);
  std::unexpected<Error> damage(std::uint64_t at, std::string field, std::string what, std::string remedy);
  std::unexpected<Error> bad_record(const std::string& what);
  void drop_state() {
    state_bytes = 0;
    state = {};
  }
};

std::unexpected<Error> RecordingReader::File::damage(std::uint64_t at, std::string field, std::string what,
                                                     std::string remedy) {
  damaged = true;
  drop_state();
  return std::unexpected(Error{.where = in.path() + ":" + numbered("offset", at),
                               .field = std::move(field),
                               .what = std::move(what),
                               .remedy = std::move(remedy)});
}

// What the system cannot read ends the recording: nobody waits for a broken disk for ever.
Expected<void> RecordingReader::File::read(std::uint64_t from, std::span<std::uint8_t> out) {
  auto done = in.read_at(from, out);
  if (!done) {
    ended = torn = true;
    torn_bytes = in.size_bytes() - offset;
  }
  return done;
}

Expected<void> RecordingReader::File::read_prologue() {
  const std::string& path = in.path();
  std::vector<std::uint8_t> bytes(std::min<std::uint64_t>(format::kPrologueFixedBytes, in.size_bytes()));
  if (auto done = read(0, bytes); !done) return done;
  if (bytes.empty()) return std::unexpected(bad_file(path, "is empty, not a recording", "name a .hfr file"));
  if (bytes.size() >= 4 && std::equal(bytes.begin(), bytes.begin() + 4, format::kFileMagic.begin()) &&
      bytes.size() >= format::kFileMagic.size() && !begins_with(bytes, format::kFileMagic)) {
    return std::unexpected(bad_file(path, "was a recording, but its bytes were changed as if it were text",
                                    "transfer it again in binary mode"));
  }
  if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(bytes.size(), 8)),
                  format::kFileMagic.begin())) {
    return std::unexpected(bad_file(path, "is not a recording: it does not begin with the mark of a .hfr file",
                                    "name a .hfr file; event logs become one by import"));
  }
  const Error cut =
      bad_file(path, "the recording ends inside its header, after " + std::to_string(in.size_bytes()) + " bytes",
               "nothing was recorded in it");
  if (bytes.size() < format::kPrologueFixedBytes) return std::unexpected(cut);
  version = format::get_u32(&bytes[8]);
  if (version > history.newest) {
    return std::unexpected(bad_file(path,
                                    "has " + numbered("format version", version) + ", and this program reads up to " +
                                        numbered("version", history.newest),
                                    "use a newer program"));
  }
  const std::uint32_t header_bytes = format::get_u32(&bytes[12]);
  if (version == 0 || header_bytes > format::kHeaderBytesMax) {
    return std::unexpected(bad_file(
        path, version == 0 ? "has format version 0, which never existed" : "the header claims to be longer than 16 MiB",
        "the file is damaged"));
  }
  const std::size_t hashed_bytes = format::kPrologueFixedBytes + header_bytes;
  if (in.size_bytes() < hashed_bytes + format::kHashBytes) return std::unexpected(cut);
  bytes.resize(hashed_bytes + format::kHashBytes);
  if (auto done = read(0, bytes); !done) return done;
  seed = format::get_u64(&bytes[hashed_bytes]);
  if (seed != format::hash({bytes.data(), hashed_bytes}, 0) ||
      !header.ParseFromArray(&bytes[format::kPrologueFixedBytes], static_cast<int>(header_bytes))) {
    return std::unexpected(bad_file(path + ":offset 0", "the header is damaged", "take another copy of the file"));
  }
  offset = bytes.size();
  return read_end();
}

Expected<void> RecordingReader::File::read_end() {
  std::array<std::uint8_t, format::kTrailerEndBytes> end{};
  const std::uint64_t behind_header = in.size_bytes() - offset;
  if (behind_header < end.size()) return {};
  if (auto done = read(in.size_bytes() - end.size(), end); !done) return done;
  closed = begins_with(format::Bytes(end).subspan(12), format::kEndMagic);
  const std::uint32_t trailer_bytes = format::get_u32(end.data());
  if (closed && trailer_bytes <= format::kTrailerBytesMax && behind_header >= kTrailerBlockBytesMin + trailer_bytes) {
    trailer_offset = in.size_bytes() - kTrailerBlockBytesMin - trailer_bytes;
  }
  return {};
}

// ---------------------------------------------------------------- elements

Expected<void> RecordingReader::File::load_element() {
  const std::uint64_t left = in.size_bytes() - offset;
  std::array<std::uint8_t, format::kChunkHeaderBytes> bytes{};
  const std::span<std::uint8_t> beginning(bytes.data(), std::min<std::uint64_t>(left, bytes.size()));
  if (auto done = read(offset, beginning); !done) return done;
  if (begins_with(beginning, format::kTrailerMagic)) {
    const auto loaded = load_trailer();
    if (!loaded) return std::unexpected(loaded.error());
    if (!*loaded) return skip_damage("the trailer is damaged", offset + 1);
    if (auto same = compare_with_trailer(); !same || offset == in.size_bytes()) return same;
    return damage(offset, {}, std::to_string(in.size_bytes() - offset) + " bytes lie behind the end of the recording",
                  "all before them was read; a second recording needs a file of its own");
  }
  const auto found = format::decode_chunk_header(beginning, seed);
  if (!found) return skip_damage("no chunk begins here: its header is damaged", offset + 1);
  return load_chunk(*found);
}

Expected<void> RecordingReader::File::load_chunk(const format::ChunkHeader& found) {
  // A header whose hash is right is believed: behind its data the next chunk begins.
  const std::uint64_t data_offset = offset + format::kChunkHeaderBytes;
  if (const char* fault = format::chunk_header_fault(found)) {
    return skip_damage("the header claims " + std::string(fault), data_offset);
  }
  if (found.compressed_bytes > in.size_bytes() - data_offset) {
    return skip_damage("the chunk is cut off", data_offset);
  }
  const std::uint64_t behind = data_offset + found.compressed_bytes;
  if (found.number < next_number) {
    return skip_damage("the chunk says that it is " + numbered("number", found.number), behind);
  }
  if (found.number > next_number) {
    const std::uint32_t missing = std::exchange(next_number, found.number);
    return damage(offset, numbered("chunk", missing),
                  "is missing: " + numbered("chunk", found.number) + " follows here", "reading resumes there");
  }
  if (found.inputs != 0 && found.first_sequence <= last_sequence) {
    return skip_damage("the sequence numbers do not follow those before", behind);
  }
  const auto data = compressed.make(found.compressed_bytes);
  if (auto done = read(data_offset, data); !done) return done;
  if (format::hash(data, seed) != found.data_hash) return skip_damage("the data do not have their hash", behind);
  // Exactly the announced room: a frame that holds more is refused by zstd before it is unpacked.
  const auto records = uncompressed.make(found.uncompressed_bytes);
  const std::size_t got =
      ZSTD_decompressDCtx(decompressor.get(), records.data(), records.size(), data.data(), data.size());
  if (ZSTD_isError(got) != 0 || got != records.size()) {
    return skip_damage("the data do not unpack to the length that the header claims", behind);
  }
  in_chunk = true;
  chunk_offset = offset;
  chunk = found;
  rest = records;
  chunk_records = 0;
  seen = {};
  offset = behind;
  ++next_number;
  ++chunks;
  return {};
}

// False if the trailer cannot be believed.
Expected<bool> RecordingReader::File::load_trailer() {
  const std::uint64_t left = in.size_bytes() - offset;
  std::array<std::uint8_t, format::kTrailerFixedBytes> beginning{};
  if (left < kTrailerBlockBytesMin) return false;
  if (auto done = read(offset, beginning); !done) return std::unexpected(done.error());
  const std::uint32_t message_bytes = format::get_u32(&beginning[8]);
  if (message_bytes > format::kTrailerBytesMax || left < kTrailerBlockBytesMin + message_bytes) return false;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(kTrailerBlockBytesMin + message_bytes));
  if (auto done = read(offset, bytes); !done) return std::unexpected(done.error());
  const std::size_t hashed_bytes = bytes.size() - format::kTrailerEndBytes + 4;
  if (format::get_u32(&bytes[hashed_bytes - 4]) != message_bytes ||
      format::get_u64(&bytes[hashed_bytes]) != format::hash({bytes.data(), hashed_bytes}, seed) ||
      !begins_with(format::Bytes(bytes).subspan(hashed_bytes + 8), format::kEndMagic) ||
      !trailer.ParseFromArray(&bytes[format::kTrailerFixedBytes], static_cast<int>(message_bytes))) {
    trailer.Clear();
    return false;
  }
  offset += bytes.size();
  ended = true;
  return true;
}

// ---------------------------------------------------------------- damage

// Offset of the next chunk or trailer that can be believed, or the file's size. Looks at each byte once.
Expected<std::uint64_t> RecordingReader::File::find_element(std::uint64_t from) {
  const std::uint64_t size = in.size_bytes();
  std::vector<std::uint8_t> window;
  std::size_t window_bytes = kSearchWindowBytesMin;
  for (std::uint64_t at = from; at < size;
       at += window_bytes, window_bytes = std::min(2 * window_bytes, kSearchWindowBytesMax)) {
    // Windows overlap, so that a header across two of them is whole in the first.
    window.resize(
        static_cast<std::size_t>(std::min<std::uint64_t>(window_bytes + format::kChunkHeaderBytes, size - at)));
    if (auto done = read(at, window); !done) return std::unexpected(done.error());
    const auto begins_end = window.begin() + static_cast<std::ptrdiff_t>(std::min(window.size(), window_bytes));
    for (auto begin = window.begin();; ++begin) {
      begin = std::find(begin, begins_end, format::kChunkMagic[0]);
      if (begin == begins_end) break;
      const std::uint64_t found = at + static_cast<std::uint64_t>(begin - window.begin());
      if (found == trailer_offset) return found;
      const auto candidate = format::decode_chunk_header({begin, window.end()}, seed);
      if (candidate && format::chunk_header_fault(*candidate) == nullptr && candidate->number >= next_number &&
          candidate->compressed_bytes <= size - found - format::kChunkHeaderBytes) {
        return found;
      }
    }
  }
  return size;
}

Expected<void> RecordingReader::File::skip_damage(std::string what, std::uint64_t search_from) {
  const std::uint64_t begin = offset;
  const std::uint64_t size = in.size_bytes();
  const auto found = find_element(std::min(search_from, size));
  if (!found) return std::unexpected(found.error());
  const std::uint32_t number = next_number;
  offset = *found;
  if (offset == size) {
    ended = torn = true;
    torn_bytes = size - begin;
    if (!closed) return {};
    return damage(begin, numbered("chunk", number), std::move(what),
                  "the last " + std::to_string(torn_bytes) + " bytes cannot be read");
  }
  if (offset != trailer_offset) {
    std::array<std::uint8_t, format::kChunkHeaderBytes> bytes{};
    if (auto done = read(offset, bytes); !done) return done;
    // Reading goes on with the found chunk's number, so that a hole is reported once.
    if (const auto behind = format::decode_chunk_header(bytes, seed)) next_number = behind->number;
  }
  return damage(begin, numbered("chunk", number), std::move(what),
                "reading resumes " + std::to_string(offset - begin) + " bytes later");
}

// ---------------------------------------------------------------- records

const char* RecordingReader::File::fault_of(const v1::Record& record) const {
  const bool first = chunk_records == 0;
  const bool starts_segment = (chunk.flags & format::kFlagSegmentStart) != 0;
  const bool begins_snapshot =
      record.has_snapshot() || (record.has_snapshot_part() && record.snapshot_part().offset() == 0);
  if (first && starts_segment != begins_snapshot) return "a segment must begin with a snapshot, and only a segment";
  if (!first && begins_snapshot) return "a snapshot stands in the middle of a chunk";
  if (record.has_snapshot_part()) return fault_of(record.snapshot_part());
  if (state_bytes != 0) return "the snapshot before it is not complete";
  return record.has_input() ? fault_of(record.input()) : nullptr;
}

// Behind damage parts may stand whose beginning is lost: they are no new fault.
const char* RecordingReader::File::fault_of(const v1::SnapshotPart& part) const {
  if (part.state_bytes() > format::kSnapshotBytesMax) return "the snapshot claims to be longer than 256 MiB";
  const std::uint64_t piece_bytes = part.piece().size();
  if (piece_bytes == 0 || part.offset() >= part.state_bytes() || piece_bytes > part.state_bytes() - part.offset()) {
    return "a part of a snapshot lies outside it";
  }
  if (part.offset() == 0) return state_bytes == 0 ? nullptr : "the snapshot before it is not complete";
  if (state_bytes == 0) return damaged ? nullptr : "a part of a snapshot has no beginning";
  const bool follows = part.state_bytes() == state_bytes && part.offset() == state.size();
  return follows ? nullptr : "a part of a snapshot does not follow the one before";
}

const char* RecordingReader::File::fault_of(const v1::Input& input) const {
  const std::uint64_t at_ns = input.at_ns();
  if (input.sequence() <= last_sequence) return "the sequence number does not ascend";
  if (input.sequence() < chunk.first_sequence || input.sequence() > chunk.last_sequence) {
    return "the sequence number lies outside the chunk's";
  }
  if (at_ns < chunk.at_ns_min || at_ns > chunk.at_ns_max) return "the time lies outside the chunk's";
  return nullptr;
}

// Takes a part of a snapshot. With the last one `record` becomes the snapshot; else it holds nothing. Gives what is
// wrong with the whole.
const char* RecordingReader::File::join(v1::Record& record) {
  const v1::SnapshotPart& part = record.snapshot_part();
  if (part.offset() == 0) state_bytes = part.state_bytes();
  if (state_bytes != 0) state += part.piece();
  record.Clear();
  if (state_bytes == 0 || state.size() < state_bytes) return nullptr;
  const bool whole = record.mutable_snapshot()->ParseFromString(state);
  drop_state();
  return whole ? nullptr : "the parts of the snapshot make no state";
}

// All its records were given: only now is it known whether its header told the truth.
Expected<void> RecordingReader::File::finish_chunk() {
  in_chunk = false;
  const bool alike = chunk_records == chunk.records && seen.inputs == chunk.inputs &&
                     seen.first_sequence == chunk.first_sequence && seen.last_sequence == chunk.last_sequence &&
                     seen.at_ns_min == chunk.at_ns_min && seen.at_ns_max == chunk.at_ns_max;
  if (alike) return {};
  return damage(chunk_offset, numbered("chunk", chunk.number),
                "its records have other numbers, sequence numbers or times than its header says",
                "reading resumes behind the chunk");
}

std::unexpected<Error> RecordingReader::File::bad_record(const std::string& what) {
  const std::uint64_t position = chunk.uncompressed_bytes - rest.size();
  rest = {};
  in_chunk = false;
  return damage(
      chunk_offset, numbered("chunk", chunk.number),
      numbered("record", chunk_records) + " at byte " + std::to_string(position) + " of the unpacked chunk: " + what,
      "reading resumes behind the chunk");
}

// False: it was a part of a snapshot, and others belong to it.
Expected<bool> RecordingReader::File::take_record(v1::Record& record) {
  if (chunk_records == chunk.records) return bad_record("there are more records than the header says");
  std::uint32_t length = 0;
  const std::size_t prefix = format::decode_record_length(rest, length);
  if (prefix == 0 || length > rest.size() - prefix) return bad_record("the length is impossible");
  if (!record.ParseFromArray(rest.data() + prefix, static_cast<int>(length)))
    return bad_record("is not a valid record");
  if (const char* fault = fault_of(record)) return bad_record(fault);
  const bool is_part = record.has_snapshot_part();
  if (is_part) {
    if (const char* fault = join(record)) return bad_record(fault);
  }
  rest = rest.subspan(prefix + length);
  ++chunk_records;
  if (is_part && !record.has_snapshot()) return false;
  count(record);
  history.upgrade(version, record);
  return true;
}

void RecordingReader::File::count(const v1::Record& record) {
  outputs += record.has_output() ? 1 : 0;
  snapshots += record.has_snapshot() ? 1 : 0;
  if (!record.has_input()) return;
  const std::uint64_t sequence = record.input().sequence();
  const std::uint64_t at_ns = record.input().at_ns();
  if (seen.inputs++ == 0) {
    seen.first_sequence = sequence;
    seen.at_ns_min = seen.at_ns_max = at_ns;
  }
  seen.last_sequence = last_sequence = sequence;
  seen.at_ns_min = std::min(seen.at_ns_min, at_ns);
  seen.at_ns_max = std::max(seen.at_ns_max, at_ns);
  if (inputs++ == 0) first_at_ns = at_ns;
  last_at_ns = at_ns;
}

Expected<void> RecordingReader::File::compare_with_trailer() {
  if (damaged) return {};
  if (state_bytes != 0) {
    return damage(in.size_bytes(), "snapshot", "the last one is not complete", "what stands before it was read");
  }
  struct Row {
    const char* field;
    std::uint64_t claimed;
    std::uint64_t found;
  };
  const Row rows[] = {
      {"trailer.inputs_received", trailer.inputs_received(), trailer.inputs_written() + trailer.inputs_lost()},
      {"trailer.inputs_written", trailer.inputs_written(), inputs},
      {"trailer.outputs_written", trailer.outputs_written(), outputs},
      {"trailer.snapshots_written", trailer.snapshots_written(), snapshots},
      {"trailer.chunks", trailer.chunks(), chunks},
      {"trailer.first_at_ns", trailer.first_at_ns(), first_at_ns},
      {"trailer.last_at_ns", trailer.last_at_ns(), last_at_ns},
  };
  for (const Row& row : rows) {
    if (row.claimed == row.found) continue;
    return damage(in.size_bytes(), row.field,
                  "says " + std::to_string(row.claimed) + ", but the recording has " + std::to_string(row.found), "");
  }
  return {};
}

Expected<RecordingReader::Next> RecordingReader::File::next(v1::Record& record) {
  while (true) {
    while (rest.empty()) {
      if (in_chunk) {
        if (auto finished = finish_chunk(); !finished) return std::unexpected(finished.error());
      }
      if (ended) {
        record.Clear();
        return Next::kEnd;
      }
      if (auto loaded = load_element(); !loaded) return std::unexpected(loaded.error());
    }
    const auto taken = take_record(record);
    if (!taken) return std::unexpected(taken.error());
    if (*taken) return Next::kRecord;
  }
}

// ---------------------------------------------------------------- the reader

RecordingReader::RecordingReader(std::unique_ptr<File> file) : file_(std::move(file)) {}
RecordingReader::~RecordingReader() = default;
RecordingReader::RecordingReader(RecordingReader&&) noexcept = default;
RecordingReader& RecordingReader::operator=(RecordingReader&&) noexcept = default;

Expected<RecordingReader> RecordingReader::begin(std::unique_ptr<File> file) {
  if (auto prologue = file->read_prologue(); !prologue) return std::unexpected(prologue.error());
  return RecordingReader(std::move(file));
}

Expected<RecordingReader> RecordingReader::open(const std::string& path, Disk& disk, const FormatHistory& history) {
  auto in = disk.open(path);
  if (!in) return std::unexpected(in.error());
  return begin(std::make_unique<File>(std::move(*in), history));
}

Expected<RecordingReader> RecordingReader::read(const std::string& name, std::vector<std::uint8_t> bytes) {
  return begin(std::make_unique<File>(BinaryReader::of(name, std::move(bytes)), format_history()));
}

const v1::RecordingHeader& RecordingReader::header() const { return file_->header; }
Expected<RecordingReader::Next> RecordingReader::next(v1::Record& record) { return file_->next(record); }
bool RecordingReader::torn() const { return file_->torn; }
std::uint64_t RecordingReader::torn_bytes() const { return file_->torn_bytes; }
const v1::RecordingTrailer& RecordingReader::trailer() const { return file_->trailer; }
std::uint64_t RecordingReader::offset_bytes() const { return file_->offset; }
std::uint64_t RecordingReader::size_bytes() const { return file_->in.size_bytes(); }

}  // namespace holdfast
