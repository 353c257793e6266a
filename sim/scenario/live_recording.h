// A story played by a live host: on the real clock, its questions asked over the real network, everything kept by the
// flight recorder, and taken out of it as an agent's dump would be.
//
//   auto run = record_live(file, {.output = "incident.hfr"});
#pragma once

#include <cstdint>
#include <string>

#include "engine/schema/error.h"
#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"

namespace holdfast {

// Longest story that is played so: it takes as long as it lasts.
inline constexpr std::uint64_t kLiveNsMax = 600'000'000'000;

struct LiveRecording {
  std::string output;        // the recording; ends in ".hfr"
  std::string ca_file = {};  // PEM file of the only certificates that vouch for services; empty: those of the system
};

// The recorder's ring lies in a folder "OUTPUT.flight" meanwhile. Fails as run_scenario_on does, on a story that lasts
// too long, and on what the system refuses to write.
Expected<ScenarioRun> record_live(const ScenarioFile& file, const LiveRecording& wish);

}  // namespace holdfast
