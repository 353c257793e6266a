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
#include <string>
#include <vector>

#include "engine/core/engine.h"
#include "engine/schema/error.h"
#include "engine/schema/recording.pb.h"
#include "engine/tables/tables.h"

namespace holdfast {

// Where the engine does not say what was recorded. With neither output it is the state that differs, at a snapshot.
struct PlaybackDifference {
  std::uint64_t sequence = 0;  // of the last input that the engine took, and its time
  std::uint64_t at_ns = 0;
  std::optional<v1::Output> recorded;  // nothing: the recording has no such output
  std::optional<v1::Output> replayed;  // nothing: the engine says nothing of the kind
  // In which fields the outputs or states differ: "verdict.reason[2].code"; only for the first difference of a
  // playback.
  std::vector<std::string> fields = {};
};

// How much of a recording an engine says again.
struct Fidelity {
  std::uint64_t inputs = 0;
  std::uint64_t inputs_lost = 0;  // gaps in the sequence numbers
  std::uint64_t outputs = 0;      // recorded, or said now and not recorded
  std::uint64_t equal_outputs = 0;
  std::uint64_t states = 0;  // snapshots that were compared
  std::uint64_t equal_states = 0;

  std::uint64_t compared() const { return outputs + states; }
  std::uint64_t equal() const { return equal_outputs + equal_states; }
};

class Playback {
 public:
  explicit Playback(const engine::Tables& tables = engine::default_tables());

  // A snapshot that comes first is where the engine begins; a later one is compared with its state, and where they
  // differ the engine goes on from what was recorded. Behind a gap in the sequence numbers the next snapshot is not
  // compared: nobody knows what the engine missed. Fails on a snapshot that this engine cannot begin with.
  Expected<std::optional<PlaybackDifference>> take(const v1::Record& record);
  // After the last record of a whole recording: an output of the last input may be missing.
  std::optional<PlaybackDifference> end();

  const engine::Engine& engine() const { return engine_; }
  engine::Engine take_engine() { return std::move(engine_); }
  // Of the last input; at the beginning those of the snapshot, or 0.
  std::uint64_t last_sequence() const { return last_sequence_; }
  std::uint64_t last_at_ns() const { return last_at_ns_; }
  const std::vector<v1::Output>& last_outputs() const { return outputs_; }  // the engine's, of that input
  bool began_with_snapshot() const { return began_with_snapshot_; }
  const Fidelity& fidelity() const { return fidelity_; }

 private:
  Expected<std::optional<PlaybackDifference>> take_snapshot(const v1::EngineState& state);
  Expected<void> go_on_from(const v1::EngineState& state);
  std::optional<PlaybackDifference> take_input(const v1::Input& input);
  std::optional<PlaybackDifference> take_output(const v1::Output& output);
  void follow_sequence(std::uint64_t next);
  bool same(const google::protobuf::MessageLite& recorded, const google::protobuf::MessageLite& replayed);
  std::optional<PlaybackDifference> difference(const v1::Output* recorded, const v1::Output* replayed);

  const engine::Tables& tables_;
  engine::Engine engine_;
  std::vector<v1::Output> outputs_;
  std::size_t compared_ = 0;  // of outputs_
  bool began_with_snapshot_ = false;
  bool missed_any_ = false;          // inputs since the last snapshot
  bool differed_ = false;            // ever
  std::uint64_t last_sequence_ = 0;  // 0: none yet
  std::uint64_t last_at_ns_ = 0;
  std::string recorded_bytes_;  // kept from comparison to comparison
  std::string replayed_bytes_;
  Fidelity fidelity_;
};

// For people: the output's line of the decision log, the message where it has none, "nothing" where there is none.
std::string described(std::uint64_t at_ns, const std::optional<v1::Output>& output);

}  // namespace holdfast
