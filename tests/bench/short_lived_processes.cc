// Many short-lived processes with long command lines: what they take of memory, and whether the recorder goes on.
//
//   short_lived_processes [PROCESSES [COMMAND-LINE-BYTES]]     default: 1000000 32000
//
// Writes to the folder in which it is started. Exit code 1: 400 MB were not enough, or an input was lost.
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "agent/flight/flight_recorder.h"
#include "engine/core/engine.h"

namespace holdfast {
namespace {

constexpr long kMegabytesMax = 400;

long peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

struct Agent {
  engine::Engine engine;
  std::vector<v1::Output> outputs;
  std::uint64_t sequence = 0;
  std::uint64_t now_ns = 0;

  void feed(v1::Input& input, FlightRecorder& recorder) {
    input.set_sequence(++sequence);
    input.set_at_ns(now_ns);
    outputs.clear();
    engine.step(input, outputs);
    static_cast<void>(recorder.on_step(input, outputs).has_value());
  }
};

v1::Input start_of_agent() {
  v1::Input input;
  input.mutable_agent_started()->mutable_profile()->set_platform(v1::WINDOWS_10_X64);
  input.mutable_agent_started()->mutable_settings()->mutable_event_monitoring()->set_enabled(true);
  return input;
}

int run(std::uint32_t processes, std::size_t command_line_bytes) {
  const std::string folder = "short-lived";
  std::filesystem::remove_all(folder);
  Agent agent;
  auto recorder = FlightRecorder::create(agent.engine, v1::RecordingHeader(), {.folder = folder});
  if (!recorder) {
    std::fprintf(stderr, "%s\n", recorder.error().text().c_str());
    return 1;
  }
  v1::Input started = start_of_agent();
  agent.feed(started, *recorder);
  v1::Input start;
  v1::Process& process = *start.mutable_operation()->mutable_process_start();
  process.set_image("C:\\Windows\\System32\\cmd.exe");
  process.set_command_line(std::string(command_line_bytes, 'a'));
  v1::Input exit;
  exit.mutable_operation()->mutable_process_exit();
  for (std::uint32_t i = 0; i < processes; ++i) {
    agent.now_ns += 10'000'000;  // a hundred a second
    const std::uint32_t pid = 4 + i * 4 % 60'000;
    std::string& line = *process.mutable_command_line();
    for (std::size_t at = i % 7; at < line.size(); at += 7) line[at] = static_cast<char>('a' + (i * 31 + at) % 26);
    process.set_pid(pid);
    process.set_start_ns(agent.now_ns);
    start.mutable_operation()->set_id(2 * std::uint64_t{i} + 1);
    agent.feed(start, *recorder);
    ++agent.now_ns;
    exit.mutable_operation()->set_id(2 * std::uint64_t{i} + 2);
    exit.mutable_operation()->mutable_actor()->set_pid(pid);
    exit.mutable_operation()->mutable_actor()->set_start_ns(process.start_ns());
    agent.feed(exit, *recorder);
  }
  const FlightRecorder::Status status = recorder->status();
  const std::size_t snapshot_bytes = agent.engine.snapshot().ByteSizeLong();
  const long megabytes = peak_megabytes();
  std::printf(
      "%u processes of %zu bytes: %ld MB at most, snapshot %zu bytes, %llu inputs written, %llu lost, %llu segments "
      "%s\n",
      processes, command_line_bytes, megabytes, snapshot_bytes, static_cast<unsigned long long>(status.inputs_written),
      static_cast<unsigned long long>(status.inputs_lost), static_cast<unsigned long long>(status.segments),
      status.last_error.c_str());
  std::filesystem::remove_all(folder);
  return megabytes < kMegabytesMax && status.inputs_lost == 0 ? 0 : 1;
}

}  // namespace
}  // namespace holdfast

int main(int count, char** arguments) {
  const std::uint32_t processes =
      count > 1 ? static_cast<std::uint32_t>(std::strtoul(arguments[1], nullptr, 10)) : 1'000'000;
  return holdfast::run(processes, count > 2 ? std::strtoul(arguments[2], nullptr, 10) : 32'000);
}
