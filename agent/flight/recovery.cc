#include "agent/flight/recovery.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "agent/playback/playback.h"
#include "sensors/recording/recording.h"
#include "sensors/recording/segment_ring.h"

namespace holdfast {
namespace {

Recovered recovered_by(Playback& playback, const v1::EngineState& begun_with, const std::string& path, bool torn) {
  return {.next_sequence = playback.last_sequence() + 1,
          .at_ns = std::max(begun_with.now_ns(), playback.last_at_ns()),
          .inputs = playback.fidelity().inputs,
          .segment = path,
          .torn = torn,
          .unconfirmed = playback.last_outputs(),
          .engine = playback.take_engine()};
}

// Nothing: there is no snapshot in it that can be used.
Expected<std::optional<Recovered>> recover_segment(const std::string& path, const engine::Tables& tables, Disk& disk) {
  auto reader = RecordingReader::open(path, disk);
  if (!reader) return std::nullopt;
  Playback playback(tables);
  v1::EngineState begun_with;
  v1::Record record;
  while (true) {
    const auto next = reader->next(record);
    // Behind damage inputs are missing, and what follows means nothing without them.
    if (!next || *next == RecordingReader::Next::kEnd) {
      if (!playback.began_with_snapshot()) return std::nullopt;
      return recovered_by(playback, begun_with, path, !next || reader->torn());
    }
    const auto difference = playback.take(record);
    if (!difference || !playback.began_with_snapshot()) return std::nullopt;
    if (record.has_snapshot()) begun_with = record.snapshot();
    if (!*difference) continue;
    return std::unexpected(Error{.where = path,
                                 .field = "output",
                                 .what = "this engine decides otherwise than the one that was recorded",
                                 .remedy = "start without the old state: move the folder away"});
  }
}

}  // namespace

Expected<std::optional<Recovered>> recover(const std::string& folder, const engine::Tables& tables, Disk& disk) {
  auto ring = SegmentRing::open(folder, 0, disk);
  if (!ring) return std::unexpected(ring.error());
  for (const SegmentRing::Segment& segment : ring->segments() | std::views::reverse) {
    auto recovered = recover_segment(segment.path, tables, disk);
    if (!recovered || *recovered) return recovered;
  }
  return std::nullopt;
}

}  // namespace holdfast
