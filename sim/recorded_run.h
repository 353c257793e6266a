// The run of a scenario as a recording: every input and output in order, for whoever verifies, replays or shares it.
#pragma once

#include <string>

#include "engine/schema/error.h"
#include "sim/scenario_run.h"

namespace holdfast {

// `source`: what was played, for the header. Fails on what the system refuses; then nothing is left at `path`.
Expected<void> write_recording(const ScenarioRun& run, const std::string& source, const std::string& path);

}  // namespace holdfast
