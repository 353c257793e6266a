// A run as a recording: every input and output in order, for whoever verifies, replays or shares it.
#pragma once

#include <string>
#include <vector>

#include "agent/host/host.h"
#include "engine/log/decision_log.h"
#include "engine/schema/error.h"
#include "sensors/recording/recording.h"
#include "sim/story/run.h"

namespace holdfast {

// Writes what it sees.
class StepRecorder final : public StepObserver {
 public:
  explicit StepRecorder(RecordingWriter& writer) : writer_(writer) {}

  // Fails on what the writer fails on.
  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;
  // After the last step: the hash of the decision log for the trailer.
  void end();

 private:
  RecordingWriter& writer_;
  engine::LogHash log_;
};

// `source`: what was played, for the header. Fails on what the system refuses; then nothing is left at `path`.
Expected<void> write_recording(const ScenarioRun& run, const std::string& source, const std::string& path);

}  // namespace holdfast
