#include "sim/replay/recorded_run.h"

#include "engine/log/decision_log.h"

namespace holdfast {
namespace {

Expected<void> write_steps(const ScenarioRun& run, RecordingWriter& writer) {
  StepRecorder recorder(writer);
  for (const Step& step : run.steps) {
    if (auto written = recorder.on_step(step.input, step.outputs); !written) return written;
  }
  recorder.end();
  return {};
}

}  // namespace

Expected<void> StepRecorder::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  if (auto written = writer_.write(input); !written) return written;
  lines_.clear();
  for (const v1::Output& output : outputs) {
    if (auto written = writer_.write(output); !written) return written;
    engine::append_log_line(input.at_ns(), output, lines_);
  }
  log_.update(lines_);
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
  auto writer = RecordingWriter::create(path, header);
  if (!writer) return std::unexpected(writer.error());
  if (auto written = write_steps(run, *writer); !written) {
    writer->discard();
    return written;
  }
  return writer->close();
}

}  // namespace holdfast
