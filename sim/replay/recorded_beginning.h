// How a recording begins: with the start of an agent, in the midst of an agent's life (a dump of a flight recorder: the
// engine's state comes first), or, imported from event logs, with neither.
//
//   auto beginning = begin_recording(sensor, header, options);
//   auto engine = beginning->engine(tables);
//   Host host({.engine = *engine, ..., .first_sequence = beginning->next_sequence()});
//   if (beginning->state) host.resume(*beginning->state);
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/engine.h"
#include "engine/schema/error.h"
#include "engine/schema/recording.pb.h"
#include "engine/tables/tables.h"
#include "sensors/recording/recording_sensor.h"
#include "sim/replay/replay.h"

namespace holdfast {

struct RecordedBeginning {
  std::optional<v1::EngineState> state;  // where the engine goes on from; nothing: it is a new one
  std::vector<v1::Input> inputs;         // what the engine is told before the rest of the recording
  bool added = false;                    // the recording has no agent: its start and a person were added
  v1::Settings settings;                 // in force once it was told all that
  v1::AgentProfile profile;

  // Fails on a state that this build cannot go on from.
  Expected<engine::Engine> engine(const engine::Tables& tables) const;
  std::uint64_t next_sequence() const { return state ? state->last_sequence() + 1 : 1; }
};

// An operation as a sensor would have told it that can hold.
void assume_held(v1::Input& input);

// What `facts` says takes the place of what `profile` said; a list takes the place of the whole list.
void take_over(const v1::AgentProfile& facts, v1::AgentProfile& profile);

// Looks at `recording`, which has not been read yet, takes the start of an agent off it if it begins with one, and
// applies what `options` says of settings, endpoint and person. Fails on damage, and where nobody says which Windows it
// was.
Expected<RecordedBeginning> begin_recording(RecordingSensor& recording, const v1::RecordingHeader& header,
                                            const ReplayOptions& options);

}  // namespace holdfast
