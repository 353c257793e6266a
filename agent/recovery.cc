#include "agent/recovery.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "sensors/recording/recording.h"
#include "sensors/recording/segment_ring.h"

namespace holdfast {
namespace {

// What a segment gives back, input by input.
class Playback {
 public:
  Playback(const engine::Tables& tables, std::string segment) : tables_(tables) { segment_ = std::move(segment); }

  // False: this record cannot be used, and so nothing of the segment before the next snapshot.
  bool take(const v1::Record& record) {
    if (record.has_snapshot()) return restore(record.snapshot());
    if (!recovered_) return true;
    if (record.has_input()) return step(record.input());
    return compare(record.output());
  }

  bool differs() const { return differs_; }
  std::optional<Recovered> finish(const RecordingReader& reader, bool whole) {
    if (recovered_) recovered_->torn = !whole || reader.torn();
    return std::move(recovered_);
  }

 private:
  bool restore(const v1::EngineState& state) {
    auto engine = engine::Engine::restore(state, tables_);
    recovered_.reset();
    if (!engine) return false;
    recovered_.emplace(Recovered{.engine = std::move(*engine),
                                 .next_sequence = state.last_sequence() + 1,
                                 .at_ns = state.now_ns(),
                                 .segment = segment_,
                                 .unconfirmed = {}});
    return true;
  }

  bool step(const v1::Input& input) {
    recovered_->unconfirmed.clear();
    recovered_->engine.step(input, recovered_->unconfirmed);
    recovered_->next_sequence = input.sequence() + 1;
    recovered_->at_ns = std::max(recovered_->at_ns, input.at_ns());
    ++recovered_->inputs;
    compared_ = 0;
    return true;
  }

  // The recorded outputs may end early, where the agent was killed; they may not differ.
  bool compare(const v1::Output& output) {
    if (recovered_->inputs == 0) return true;  // of an input before the snapshot
    const std::vector<v1::Output>& outputs = recovered_->unconfirmed;
    differs_ = compared_ >= outputs.size() || outputs[compared_].SerializeAsString() != output.SerializeAsString();
    ++compared_;
    return !differs_;
  }

  const engine::Tables& tables_;
  std::string segment_;
  std::optional<Recovered> recovered_;
  std::size_t compared_ = 0;
  bool differs_ = false;
};

// Nothing: no snapshot in it can be used.
Expected<std::optional<Recovered>> recover_segment(const std::string& path, const engine::Tables& tables) {
  auto reader = RecordingReader::open(path);
  if (!reader) return std::nullopt;
  Playback playback(tables, path);
  v1::Record record;
  while (true) {
    const auto next = reader->next(record);
    // Behind damage inputs are missing, and what follows means nothing without them.
    if (!next || *next == RecordingReader::Next::kEnd) return playback.finish(*reader, next.has_value());
    if (playback.take(record)) continue;
    if (!playback.differs()) return std::nullopt;
    return std::unexpected(Error{.where = path,
                                 .field = "output",
                                 .what = "this engine decides otherwise than the one that was recorded",
                                 .remedy = "start without the old state: move the folder away"});
  }
}

}  // namespace

Expected<std::optional<Recovered>> recover(const std::string& folder, const engine::Tables& tables) {
  auto ring = SegmentRing::open(folder, 0);
  if (!ring) return std::unexpected(ring.error());
  for (const SegmentRing::Segment& segment : ring->segments() | std::views::reverse) {
    auto recovered = recover_segment(segment.path, tables);
    if (!recovered || *recovered) return recovered;
  }
  return std::nullopt;
}

}  // namespace holdfast
