#include "sim/scenario/live_recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "agent/flight/flight_dump.h"
#include "agent/flight/flight_recorder.h"
#include "agent/flight/sync_thread.h"
#include "agent/host/live_clock.h"
#include "engine/text/file_name.h"
#include "sensors/http/http_actuator.h"
#include "sensors/native_path.h"
#include "sim/story/timeline.h"
#include "sim/text/duration.h"

namespace holdfast {
namespace {

constexpr std::string_view kSuffix = ".hfr";

Error refused(std::string where, std::string field, std::string what, std::string remedy = {}) {
  return {.where = std::move(where), .field = std::move(field), .what = std::move(what), .remedy = std::move(remedy)};
}

Expected<void> check_length(const ScenarioFile& file) {
  HOLDFAST_TRY(timeline, Timeline::compile(file.scenario, file.locations));
  const std::uint64_t last_ns = timeline.entries().empty() ? 0 : timeline.entries().back().at_ns;
  const std::uint64_t lasts_ns = timeline.runs_for_ns() == 0 ? last_ns : timeline.runs_for_ns();
  if (lasts_ns <= kLiveNsMax) return {};
  return std::unexpected(refused(file.path, "at.t", fmt::format("the story lasts {}", duration_text(lasts_ns)),
                                 fmt::format("a live run takes as long; {} at most", duration_text(kLiveNsMax))));
}

v1::RecordingHeader header_of(const ScenarioFile& file) {
  v1::RecordingHeader header;
  header.set_origin(v1::RecordingHeader::LIVE);
  header.set_writer("holdfast record --live");
  header.set_source(file.path);
  *header.mutable_profile() = file.scenario.agent();
  header.set_started_wall_ns(file.scenario.started_wall_ns());
  return header;
}

// The recorder that the run is kept by, and the dump in which it ends.
class Recording final : public LiveWatcher {
 public:
  Recording(v1::RecordingHeader header, std::string output)
      : header_(std::move(header)), output_(std::move(output)), ring_(output_ + ".flight") {}
  ~Recording() override {
    syncs_.reset();
    recorder_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(native_path_of(ring_), ignored);
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  Expected<StepObserver*> begin(const engine::Engine& engine) override {
    HOLDFAST_TRY(created, FlightRecorder::create(engine, header_, {.folder = ring_, .reaches_back_ns = kLiveNsMax}));
    recorder_ = std::move(created);
    syncs_.emplace(recorder_->syncer());
    return &*recorder_;
  }

  Expected<void> end() override {
    if (const auto status = recorder_->status(); status.inputs_lost != 0) {
      return std::unexpected(refused(ring_, {}, status.last_error));
    }
    const std::size_t name = output_.size() - file_name(output_).size();  // 0 where there is no folder
    FlightDump dump(*recorder_,
                    {.folder = name == 0 ? "." : output_.substr(0, name - 1), .reaches_back_ns = kLiveNsMax});
    dump.take(output_.substr(name, output_.size() - name - kSuffix.size()));
    dump.wait();
    if (dump.status().written == 1) return {};
    return std::unexpected(refused(output_, {}, dump.status().last_error));
  }

 private:
  v1::RecordingHeader header_;
  std::string output_;
  std::string ring_;
  std::optional<FlightRecorder> recorder_;
  std::optional<SyncThread> syncs_;
};

}  // namespace

Expected<ScenarioRun> record_live(const ScenarioFile& file, const LiveRecording& wish) {
  if (!wish.output.ends_with(kSuffix)) {
    return std::unexpected(refused("record", "--output", "a live recording ends in .hfr"));
  }
  HOLDFAST_TRY_DO(check_length(file));
  HOLDFAST_TRY_DO(HttpActuator::load());
  Recording recording(header_of(file), wish.output);
  const LiveClock clock;
  HttpActuator http({.clock = clock, .ca_file = wish.ca_file});
  return run_scenario_on({.clock = clock, .requests = http, .outcomes = http}, file.scenario, &file.locations,
                         &recording);
}

}  // namespace holdfast
