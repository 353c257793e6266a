#include "sim/replay/verification.h"

#include <algorithm>
#include <utility>

#include "engine/log/decision_log.h"
#include "sensors/recording/recording.h"

namespace holdfast {
namespace {

Error has_no_outputs(const std::string& path) {
  return {.where = path,
          .field = {},
          .what = "was imported from event logs: it holds observations, and nothing that an engine said",
          .remedy = "holdfast replay decides about it"};
}

Error cannot_go_on(const std::string& path, const Error& why) {
  return {.where = path,
          .field = "snapshot." + why.field,
          .what = why.what,
          .remedy = "verify it with the build that recorded it"};
}

void note(std::optional<PlaybackDifference> difference, Verification& verified) {
  if (!difference) return;
  if (verified.differences++ == 0) verified.first = std::move(difference);
}

}  // namespace

Expected<Verification> verify_recording(const std::string& path, bool hash_log) {
  HOLDFAST_TRY(reader, RecordingReader::open(path));
  if (reader.header().origin() == v1::RecordingHeader::IMPORTED) return std::unexpected(has_no_outputs(path));
  Verification verified{.path = path, .fidelity = {}, .log_sha256 = {}, .first = {}};
  Playback playback;
  engine::LogHash log;
  v1::Record record;
  bool behind_damage = false;
  while (true) {
    const auto next = reader.next(record);
    if (!next) {
      if (verified.damages++ == 0) verified.damage = next.error().text();
      behind_damage = true;
      continue;
    }
    if (*next == RecordingReader::Next::kEnd) break;
    // Inputs are missing: what the engine would say means nothing until it knows what the recorded one knew.
    behind_damage = behind_damage && !record.has_snapshot();
    if (behind_damage) {
      verified.inputs_skipped += record.has_input() ? 1 : 0;
      continue;
    }
    auto difference = playback.take(record);
    if (!difference) return std::unexpected(cannot_go_on(path, difference.error()));
    note(std::move(*difference), verified);
    if (!hash_log || !record.has_input()) continue;
    for (const v1::Output& output : playback.last_outputs()) log.add(playback.last_at_ns(), output);
  }
  verified.torn = reader.torn();
  if (!verified.torn) note(playback.end(), verified);
  verified.fidelity = playback.fidelity();
  verified.inputs_lost = std::max(reader.trailer().inputs_lost(), verified.fidelity.inputs_lost);
  if (hash_log) verified.log_sha256 = log.hex();
  return verified;
}

Expected<std::deque<TimelineRow>> rows_before(const std::string& path, const PlaybackDifference& difference,
                                              std::size_t rows) {
  HOLDFAST_TRY(reader, RecordingReader::open(path));
  Playback playback;
  TimelineView view;
  std::deque<TimelineRow> last;
  v1::Record record;
  while (playback.last_sequence() < difference.sequence) {
    const auto next = reader.next(record);
    if (!next || *next == RecordingReader::Next::kEnd) break;  // behind damage there is no story that leads there
    if (auto taken = playback.take(record); !taken) return std::unexpected(cannot_go_on(path, taken.error()));
    if (!record.has_input()) continue;
    std::vector<TimelineRow> added;
    view.add(record.input(), playback.last_outputs(), added);
    last.insert(last.end(), std::make_move_iterator(added.begin()), std::make_move_iterator(added.end()));
    if (last.size() > rows) last.erase(last.begin(), last.end() - static_cast<std::ptrdiff_t>(rows));
  }
  return last;
}

}  // namespace holdfast
