#include "agent/playback.h"

#include <utility>

namespace holdfast {
namespace {

template <typename Message>
bool same(const Message& one, const Message& other) {
  return one.SerializeAsString() == other.SerializeAsString();
}

}  // namespace

Playback::Playback(const engine::Tables& tables) : tables_(tables), engine_(tables) {}

Expected<std::optional<PlaybackDifference>> Playback::take(const v1::Record& record) {
  switch (record.kind_case()) {
    case v1::Record::kSnapshot: return take_snapshot(record.snapshot());
    case v1::Record::kInput: return take_input(record.input());
    case v1::Record::kOutput: return take_output(record.output());
    case v1::Record::KIND_NOT_SET: break;
  }
  return std::nullopt;
}

Expected<std::optional<PlaybackDifference>> Playback::take_snapshot(const v1::EngineState& state) {
  if (++snapshots_ == 1 && inputs_ == 0) {
    auto engine = engine::Engine::restore(state, tables_);
    if (!engine) return std::unexpected(engine.error());
    engine_ = std::move(*engine);
    began_with_snapshot_ = true;
    return std::nullopt;
  }
  if (same(engine_.snapshot(), state)) return std::nullopt;
  return PlaybackDifference{.input = input_, .recorded = {}, .replayed = {}};
}

std::optional<PlaybackDifference> Playback::take_input(const v1::Input& input) {
  std::optional<PlaybackDifference> missing = end();
  ++inputs_;
  input_ = input;
  outputs_.clear();
  compared_ = 0;
  engine_.step(input, outputs_);
  return missing;
}

std::optional<PlaybackDifference> Playback::take_output(const v1::Output& output) {
  ++recorded_outputs_;
  const std::size_t i = compared_++;
  if (i >= outputs_.size()) return PlaybackDifference{.input = input_, .recorded = output, .replayed = {}};
  if (!same(outputs_[i], output)) {
    return PlaybackDifference{.input = input_, .recorded = output, .replayed = outputs_[i]};
  }
  ++equal_outputs_;
  return std::nullopt;
}

std::optional<PlaybackDifference> Playback::end() const {
  if (compared_ >= outputs_.size()) return std::nullopt;
  return PlaybackDifference{.input = input_, .recorded = {}, .replayed = outputs_[compared_]};
}

}  // namespace holdfast
