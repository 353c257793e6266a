#include "agent/flight/flight_recorder.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <ranges>
#include <utility>

#include "sensors/recording/recording.h"
#include "sensors/recording/segment_ring.h"

namespace holdfast {
namespace {

// Whether somebody outside is told, who must not know what the recording does not. Timers are the host's own, and what
// an engine says of its tables changes nothing.
bool leaves_the_agent(const v1::Output& output) {
  switch (output.kind_case()) {
    case v1::Output::kTimerSet:
    case v1::Output::kTimerCancelled:
    case v1::Output::kInputIgnored:
    case v1::Output::KIND_NOT_SET: return false;
    default: return true;
  }
}

std::uint64_t minus(std::uint64_t from, std::uint64_t ns) { return from > ns ? from - ns : 0; }

bool begins_with_snapshot(const std::string& path, Disk& disk) {
  auto reader = RecordingReader::open(path, disk);
  v1::Record record;
  return reader && reader->next(record) && record.has_snapshot();
}

std::unexpected<Error> contradiction(std::string field, std::string what) {
  return std::unexpected(
      Error{.where = "flight recorder", .field = std::move(field), .what = std::move(what), .remedy = {}});
}

}  // namespace

struct FlightRecorder::Tape {
  Tape(const engine::Engine& recorded, v1::RecordingHeader recording_header, Options chosen, SegmentRing segments,
       Disk& below)
      : engine(recorded),
        header(std::move(recording_header)),
        options(std::move(chosen)),
        disk(below),
        ring(std::move(segments)),
        syncer(options.folder, options.sync_after_ns) {}

  const engine::Engine& engine;
  v1::RecordingHeader header;
  Options options;
  Disk& disk;
  SegmentRing ring;
  Syncer syncer;
  Status status;
  std::optional<RecordingWriter> writer;  // of the open segment; nothing while the system refuses
  SegmentRing::Segment open;              // that segment
  std::uint64_t handed_bytes = 0;         // of it, that the syncer knows of; 0: its beginning is not whole
  std::uint64_t first_of_story = 0;       // number of the first segment that leads to this one
  std::uint64_t snapshot_bytes = 0;       // its beginning
  std::uint64_t begun_at_ns = 0;
  std::uint64_t flushed_at_ns = 0;
  std::uint64_t retry_at_ns = 0;
  std::uint64_t next_begin_behind_record_at_ns = 0;
  std::uint64_t lost_since_segment = 0;
  std::uint64_t now_ns = 0;

  void store_what_was_left();
  void find_newest();
  Expected<void> begin() { return begin(engine.snapshot()); }
  Expected<void> begin(const v1::EngineState& state);
  void prune();
  void end();
  void end_and_begin();
  void leave();
  void count_lost(std::uint64_t inputs);
  void refused(const Error& error);
  void begin_behind_record();
  bool hand_over();
  bool is_over(const v1::Input& input);
  Expected<void> write(const v1::Input& input, const std::vector<v1::Output>& outputs);
};

// An agent that was killed left to the system what the medium should have. Nothing is removed before that is done.
void FlightRecorder::Tape::store_what_was_left() {
  for (const SegmentRing::Segment& segment : ring.segments()) {
    if (auto stored = disk.sync_file(segment.path); !stored) status.last_error = stored.error().text();
  }
  if (auto stored = disk.sync_folder(options.folder); !stored) status.last_error = stored.error().text();
}

// Of the segments that an earlier run left, the one that a power cut would leave an agent to begin with.
void FlightRecorder::Tape::find_newest() {
  for (const SegmentRing::Segment& segment : ring.segments() | std::views::reverse) {
    if (!begins_with_snapshot(segment.path, disk)) continue;
    return syncer.found(segment.number, segment.path, segment.bytes);
  }
}

// A segment that begins with the engine's state as it is now.
Expected<void> FlightRecorder::Tape::begin(const v1::EngineState& state) {
  open = ring.next();
  handed_bytes = 0;
  auto created = RecordingWriter::create(open.path, header,
                                         {.part_bytes = options.snapshot_part_bytes, .store_on_close = false}, disk);
  if (!created) return std::unexpected(created.error());
  writer = std::move(*created);
  if (auto written = writer->write(state); !written) return written;
  if (auto flushed = writer->flush(); !flushed) return flushed;
  writer->count_lost(std::exchange(lost_since_segment, 0));
  ++status.segments;
  begun_at_ns = flushed_at_ns = now_ns;
  snapshot_bytes = writer->size_bytes();
  hand_over();
  prune();
  return {};
}

void FlightRecorder::Tape::prune() {
  const std::uint64_t bytes_max = minus(options.bytes_max, options.segment_bytes_max + snapshot_bytes);
  for (SegmentRing::Segment& oldest :
       ring.take_surplus(bytes_max, minus(now_ns, options.reaches_back_ns), syncer.kept())) {
    syncer.removes(oldest.number);
    const auto removed = disk.remove(oldest.path);
    if (removed) continue;
    // Somebody holds it: it still takes its room, and is tried again when the next segment begins.
    status.last_error = removed.error().text();
    ring.take_back(std::move(oldest));
  }
}

// Tells the syncer what the system has of the open segment. False: the medium will not store it.
bool FlightRecorder::Tape::hand_over() {
  if (handed_bytes == writer->size_bytes()) return true;
  handed_bytes = writer->size_bytes();
  return syncer.wrote(open.number, open.path + ".partial", handed_bytes);
}

// What the writer took and the system did not is lost with it.
void FlightRecorder::Tape::leave() {
  if (writer) {
    const std::uint64_t lost = writer->inputs_written() - writer->inputs_handed_over();
    status.inputs_written -= lost;
    count_lost(lost);
    writer.reset();
  }
  const SegmentRing::Segment* const left = ring.add(open, now_ns);
  if (left == nullptr || handed_bytes == 0) return syncer.removes(open.number);
  syncer.wrote(left->number, left->path, left->bytes);
}

void FlightRecorder::Tape::count_lost(std::uint64_t inputs) {
  status.inputs_lost += inputs;
  lost_since_segment += inputs;
}

void FlightRecorder::Tape::end() {
  if (!writer) return;
  syncer.renames(open.number);
  if (const auto closed = writer->close(); !closed) status.last_error = closed.error().text();
  leave();
}

void FlightRecorder::Tape::end_and_begin() {
  end();
  if (auto begun = begin(); !begun) refused(begun.error());
}

// What was written of the segment stays readable as a torn one; without its beginning it is worth nothing.
void FlightRecorder::Tape::refused(const Error& error) {
  // Where only one record was at fault, the others can still be had.
  if (writer) static_cast<void>(writer->flush().has_value());
  status.last_error = error.text();
  if (writer && handed_bytes == 0) writer->discard();
  leave();
  retry_at_ns = now_ns + options.retry_after_ns;
}

// A record that nobody could read again is no fault of the system: the next segment begins at once, with the state that
// the engine has behind it; not more often than after what the system refuses.
void FlightRecorder::Tape::begin_behind_record() {
  if (now_ns < next_begin_behind_record_at_ns) return;
  next_begin_behind_record_at_ns = retry_at_ns;
  if (auto begun = begin(); !begun) refused(begun.error());
}

// Whether the open segment ends here.
bool FlightRecorder::Tape::is_over(const v1::Input& input) {
  const std::uint64_t age_ns = minus(now_ns, begun_at_ns);
  if (!hand_over() && age_ns >= options.retry_after_ns) return true;
  // After a stop nothing is left to be played again: a newer engine starts from the state alone.
  if (input.has_agent_stopping()) return true;
  return writer->size_bytes() - snapshot_bytes >= options.segment_bytes_max || age_ns >= options.segment_ns_max;
}

Expected<void> FlightRecorder::Tape::write(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  if (auto written = writer->write(input); !written) return written;
  for (const v1::Output& output : outputs) {
    if (auto written = writer->write(output); !written) return written;
  }
  const bool told = std::ranges::any_of(outputs, leaves_the_agent);
  if (told || minus(now_ns, flushed_at_ns) >= options.unflushed_ns_max) {
    if (auto flushed = writer->flush(); !flushed) return flushed;
    flushed_at_ns = now_ns;
  }
  return {};
}

FlightRecorder::FlightRecorder(std::unique_ptr<Tape> tape) : tape_(std::move(tape)) {}
FlightRecorder::FlightRecorder(FlightRecorder&&) noexcept = default;
FlightRecorder& FlightRecorder::operator=(FlightRecorder&&) noexcept = default;
FlightRecorder::~FlightRecorder() {
  if (tape_) tape_->end();
}

Expected<FlightRecorder> FlightRecorder::create(const engine::Engine& engine, v1::RecordingHeader header,
                                                Options options, Disk& disk) {
  if (options.segment_bytes_max == 0) return contradiction("segment_bytes_max", "no segment could hold anything");
  if (options.bytes_max / 3 < options.segment_bytes_max) {
    return contradiction(
        "bytes_max", "there is no room for three segments: the open one, one that is stored, and one that is being");
  }
  const v1::EngineState state = engine.snapshot();
  auto ring = SegmentRing::open(options.folder, state.now_ns(), disk);
  if (!ring) return std::unexpected(ring.error());
  auto tape = std::make_unique<Tape>(engine, std::move(header), std::move(options), std::move(*ring), disk);
  tape->now_ns = state.now_ns();
  tape->store_what_was_left();
  tape->find_newest();
  const bool begins = state.last_sequence() == 0;
  if (begins && !tape->ring.segments().empty()) tape->first_of_story = tape->ring.segments().back().number + 1;
  if (auto begun = tape->begin(state); !begun) return std::unexpected(begun.error());
  return FlightRecorder(std::move(tape));
}

Expected<void> FlightRecorder::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  Tape& tape = *tape_;
  tape.now_ns = std::max(tape.now_ns, input.at_ns());
  if (!tape.writer) {
    tape.count_lost(1);
    if (tape.now_ns < tape.retry_at_ns) return {};
    if (auto begun = tape.begin(); !begun) tape.refused(begun.error());
    return {};
  }
  const std::uint64_t before = tape.writer->inputs_written();
  const auto written = tape.write(input, outputs);
  if (tape.writer->inputs_written() == before) {
    tape.count_lost(1);
  } else {
    ++tape.status.inputs_written;
  }
  if (!written) {
    const bool of_record = tape.writer->can_go_on();
    tape.refused(written.error());
    if (of_record) tape.begin_behind_record();
    return {};
  }
  if (tape.is_over(input)) tape.end_and_begin();
  return {};
}

FlightRecorder::Status FlightRecorder::status() const { return tape_->status; }
Syncer& FlightRecorder::syncer() { return tape_->syncer; }

std::vector<std::string> FlightRecorder::last(std::uint64_t ns) {
  Tape& tape = *tape_;
  if (tape.writer) tape.end_and_begin();
  std::vector<std::string> paths;
  for (const SegmentRing::Segment& segment : tape.ring.segments()) {
    const bool follows = segment.number >= tape.first_of_story;
    if (follows && segment.ends_at_ns >= minus(tape.now_ns, ns)) paths.push_back(segment.path);
  }
  return paths;
}

}  // namespace holdfast
