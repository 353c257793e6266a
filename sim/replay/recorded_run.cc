#include "sim/replay/recorded_run.h"

namespace holdfast {
namespace {

Expected<void> write_steps(const ScenarioRun& run, RecordingWriter& writer) {
  StepRecorder recorder(writer);
  for (const Step& step : run.steps) {
    HOLDFAST_TRY_DO(recorder.on_step(step.input, step.outputs));
  }
  recorder.end();
  return {};
}

}  // namespace

Expected<void> StepRecorder::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  HOLDFAST_TRY_DO(writer_.write(input));
  for (const v1::Output& output : outputs) {
    HOLDFAST_TRY_DO(writer_.write(output));
    log_.add(input.at_ns(), output);
  }
  return {};
}

void StepRecorder::end() {
  const auto bytes = log_.digest();
  writer_.set_decision_log_sha256({bytes.begin(), bytes.end()});
}

Expected<void> write_recording(const ScenarioRun& run, const std::string& source, const std::string& path) {
  v1::RecordingHeader header;
  header.set_origin(v1::RecordingHeader::SIMULATED);
  header.set_writer("holdfast record");
  header.set_source(source);
  if (!run.steps.empty() && run.steps.front().input.has_agent_started()) {
    const v1::AgentStarted& started = run.steps.front().input.agent_started();
    *header.mutable_profile() = started.profile();
    header.set_started_wall_ns(started.wall_ns());
  }
  HOLDFAST_TRY(writer, RecordingWriter::create(path, header));
  if (auto written = write_steps(run, writer); !written) {
    writer.discard();
    return written;
  }
  return writer.close();
}

}  // namespace holdfast
