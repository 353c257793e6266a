#include "agent/playback/playback.h"

#include <utility>

#include "agent/playback/differing_fields.h"
#include "engine/log/decision_log.h"

namespace holdfast {
namespace {

constexpr std::size_t kFieldsNamed = 12;

}  // namespace

Playback::Playback(const engine::Tables& tables) : tables_(tables), engine_(tables) {}

bool Playback::same(const google::protobuf::MessageLite& recorded, const google::protobuf::MessageLite& replayed) {
  recorded.SerializeToString(&recorded_bytes_);
  replayed.SerializeToString(&replayed_bytes_);
  return recorded_bytes_ == replayed_bytes_;
}

Expected<std::optional<PlaybackDifference>> Playback::take(const v1::Record& record) {
  switch (record.kind_case()) {
    case v1::Record::kSnapshot: return take_snapshot(record.snapshot());
    case v1::Record::kInput: return take_input(record.input());
    case v1::Record::kOutput: return take_output(record.output());
    case v1::Record::kSnapshotPart:  // readers give the whole
    case v1::Record::KIND_NOT_SET: break;
  }
  return std::nullopt;
}

Expected<void> Playback::go_on_from(const v1::EngineState& state) {
  auto engine = engine::Engine::restore(state, tables_);
  if (!engine) return std::unexpected(engine.error());
  engine_ = std::move(*engine);
  last_sequence_ = state.last_sequence();
  last_at_ns_ = state.now_ns();
  missed_any_ = false;
  return {};
}

Expected<std::optional<PlaybackDifference>> Playback::take_snapshot(const v1::EngineState& state) {
  if (fidelity_.inputs == 0 && !began_with_snapshot_) {
    if (auto begun = go_on_from(state); !begun) return std::unexpected(begun.error());
    began_with_snapshot_ = true;
    return std::nullopt;
  }
  follow_sequence(state.last_sequence() + 1);
  const bool comparable = !missed_any_;
  const v1::EngineState replayed = engine_.snapshot();
  if (comparable) ++fidelity_.states;
  if (same(state, replayed)) {
    if (comparable) ++fidelity_.equal_states;
    missed_any_ = false;
    return std::nullopt;
  }
  std::optional<PlaybackDifference> found;
  if (comparable) {
    found = difference(nullptr, nullptr);
    if (!std::exchange(differed_, true)) found->fields = differing_fields(state, replayed, kFieldsNamed);
  }
  if (auto restored = go_on_from(state); !restored) return std::unexpected(restored.error());
  return found;
}

// `next`: the number of the input that comes next, as far as the recording says.
void Playback::follow_sequence(std::uint64_t next) {
  if (last_sequence_ != 0 && next > last_sequence_ + 1) {
    fidelity_.inputs_lost += next - last_sequence_ - 1;
    missed_any_ = true;
    last_sequence_ = next - 1;
  }
}

std::optional<PlaybackDifference> Playback::take_input(const v1::Input& input) {
  std::optional<PlaybackDifference> missing = end();
  follow_sequence(input.sequence());
  last_sequence_ = input.sequence();
  ++fidelity_.inputs;
  last_at_ns_ = input.at_ns();
  outputs_.clear();
  compared_ = 0;
  engine_.step(input, outputs_);
  return missing;
}

std::optional<PlaybackDifference> Playback::take_output(const v1::Output& output) {
  ++fidelity_.outputs;
  const std::size_t i = compared_++;
  if (i >= outputs_.size()) return difference(&output, nullptr);
  if (!same(output, outputs_[i])) return difference(&output, &outputs_[i]);
  ++fidelity_.equal_outputs;
  return std::nullopt;
}

std::optional<PlaybackDifference> Playback::end() {
  if (compared_ >= outputs_.size()) return std::nullopt;
  const v1::Output& first = outputs_[compared_];
  fidelity_.outputs += outputs_.size() - std::exchange(compared_, outputs_.size());
  return difference(nullptr, &first);
}

std::optional<PlaybackDifference> Playback::difference(const v1::Output* recorded, const v1::Output* replayed) {
  PlaybackDifference found{.sequence = last_sequence_, .at_ns = last_at_ns_, .recorded = {}, .replayed = {}};
  if (recorded != nullptr) found.recorded = *recorded;
  if (replayed != nullptr) found.replayed = *replayed;
  if (recorded != nullptr && replayed != nullptr && !differed_) {
    found.fields = differing_fields(*recorded, *replayed, kFieldsNamed);
  }
  if (recorded != nullptr || replayed != nullptr) differed_ = true;
  return found;
}

std::string described(std::uint64_t at_ns, const std::optional<v1::Output>& output) {
  if (!output) return "nothing";
  std::string text;
  engine::append_log_line(at_ns, *output, text);
  if (text.empty()) return output->ShortDebugString();
  text.pop_back();
  return text;
}

}  // namespace holdfast
