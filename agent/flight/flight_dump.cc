#include "agent/flight/flight_dump.h"

#include <algorithm>
#include <future>
#include <map>
#include <utility>

#include "sensors/recording/join.h"
#include "sensors/recording/recording.h"

namespace holdfast {
namespace {

struct Written {
  std::string path;
  Expected<JoinReport> report;
};

}  // namespace

struct FlightDump::Work {
  FlightRecorder& recorder;
  Options options;
  Status status;
  std::future<Written> writing;                      // not valid: nothing is being written
  std::map<std::uint64_t, std::uint64_t> opened_ns;  // of open prompts
  std::uint64_t not_before_ns = 0;

  bool is_free();
  bool take(const std::string& name);
  bool causes(std::uint64_t at_ns, const v1::Output& output);
};

// Collects what was being written, if it is done.
bool FlightDump::Work::is_free() {
  if (!writing.valid()) return true;
  if (writing.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return false;
  Written written = writing.get();
  if (written.report) {
    ++status.written;
    status.last_path = std::move(written.path);
  } else {
    ++status.failed;
    status.last_error = written.report.error().text();
  }
  return true;
}

// The files are opened here, before the ring may remove them, and read on the other thread.
bool FlightDump::Work::take(const std::string& name) {
  if (!is_free()) return false;
  std::vector<RecordingReader> parts;
  for (const std::string& segment : recorder.last(options.reaches_back_ns)) {
    auto part = RecordingReader::open(segment);
    if (part) parts.push_back(std::move(*part));
    if (!part) status.last_error = part.error().text();
  }
  std::string path = options.folder + '/' + name + ".hfr";
  writing = std::async(std::launch::async, [path = std::move(path), parts = std::move(parts)]() mutable {
    auto report = join_recordings(std::move(parts), path);
    return Written{.path = std::move(path), .report = std::move(report)};
  });
  return true;
}

bool FlightDump::Work::causes(std::uint64_t at_ns, const v1::Output& output) {
  if (output.has_verdict())
    return std::ranges::find(options.on_verdicts, output.verdict().decision()) != options.on_verdicts.end();
  if (options.on_prompts_open_ns == 0) return false;
  if (output.has_prompt()) opened_ns.emplace(output.prompt().prompt_id(), at_ns);
  if (!output.has_prompt_closed()) return false;
  const auto opened = opened_ns.extract(output.prompt_closed().prompt_id());
  return !opened.empty() && at_ns - opened.mapped() >= options.on_prompts_open_ns;
}

FlightDump::FlightDump(FlightRecorder& recorder, Options options)
    : work_(new Work{.recorder = recorder,
                     .options = std::move(options),
                     .status = {},
                     .writing = {},
                     .opened_ns = {},
                     .not_before_ns = 0}) {}
FlightDump::~FlightDump() = default;

Expected<void> FlightDump::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  bool caused = false;
  for (const v1::Output& output : outputs) caused = work_->causes(input.at_ns(), output) || caused;
  if (!caused) return {};
  const std::string name = "input-" + std::to_string(input.sequence());
  if (input.at_ns() >= work_->not_before_ns && work_->take(name)) {
    work_->not_before_ns = input.at_ns() + work_->options.pause_ns;
  } else {
    ++work_->status.passed_over;
  }
  return {};
}

bool FlightDump::take(const std::string& name) { return work_->take(name); }

void FlightDump::wait() {
  if (work_->writing.valid()) work_->writing.wait();
}

FlightDump::Status FlightDump::status() const {
  work_->is_free();
  return work_->status;
}

}  // namespace holdfast
