// Feeds a recording to an engine, record by record, and compares what the engine says with what was recorded.
//
//   Playback playback;
//   while (... reader->next(record) ...) {
//     auto difference = playback.take(record);            // Expected<std::optional<PlaybackDifference>>
//   }
//   auto last = playback.end();
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/engine.h"
#include "engine/core/tables.h"
#include "engine/schema/error.h"
#include "engine/schema/recording.pb.h"

namespace holdfast {

// Where the engine does not say what was recorded. With neither output it is the state that differs, at a snapshot.
struct PlaybackDifference {
  v1::Input input;                     // the last that the engine took
  std::optional<v1::Output> recorded;  // nothing: the recording has no such output
  std::optional<v1::Output> replayed;  // nothing: the engine says nothing of the kind
};

class Playback {
 public:
  explicit Playback(const engine::Tables& tables = engine::default_tables());

  // A snapshot that comes first is where the engine begins; a later one is compared with its state. Fails on a snapshot
  // that this engine cannot begin with. After a difference the engine goes on as it is.
  Expected<std::optional<PlaybackDifference>> take(const v1::Record& record);
  // After the last record of a whole recording: an output of the last input may be missing.
  std::optional<PlaybackDifference> end() const;

  const engine::Engine& engine() const { return engine_; }
  engine::Engine take_engine() { return std::move(engine_); }
  const v1::Input& last_input() const { return input_; }                    // empty: none yet
  const std::vector<v1::Output>& last_outputs() const { return outputs_; }  // the engine's, of that input
  bool began_with_snapshot() const { return began_with_snapshot_; }
  std::uint64_t inputs() const { return inputs_; }
  std::uint64_t outputs() const { return recorded_outputs_; }  // recorded ones
  std::uint64_t equal_outputs() const { return equal_outputs_; }
  std::uint64_t snapshots() const { return snapshots_; }

 private:
  Expected<std::optional<PlaybackDifference>> take_snapshot(const v1::EngineState& state);
  std::optional<PlaybackDifference> take_input(const v1::Input& input);
  std::optional<PlaybackDifference> take_output(const v1::Output& output);

  const engine::Tables& tables_;
  engine::Engine engine_;
  v1::Input input_;
  std::vector<v1::Output> outputs_;
  std::size_t compared_ = 0;  // of outputs_
  bool began_with_snapshot_ = false;
  std::uint64_t inputs_ = 0;
  std::uint64_t recorded_outputs_ = 0;
  std::uint64_t equal_outputs_ = 0;
  std::uint64_t snapshots_ = 0;
};

}  // namespace holdfast
