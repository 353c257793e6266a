#include "sim/recorded_run.h"

#include "engine/core/sha256.h"
#include "sensors/recording/recording.h"

namespace holdfast {
namespace {

Expected<void> write_steps(const ScenarioRun& run, RecordingWriter& writer) {
  for (const Step& step : run.steps) {
    if (auto written = writer.write(step.input); !written) return written;
    for (const v1::Output& output : step.outputs) {
      if (auto written = writer.write(output); !written) return written;
    }
  }
  engine::Sha256 digest;
  digest.update(run.log);
  const auto bytes = digest.digest();
  writer.set_decision_log_sha256({bytes.begin(), bytes.end()});
  return {};
}

}  // namespace

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
