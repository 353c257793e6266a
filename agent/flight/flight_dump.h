// Takes the last minutes out of the flight recorder when something happens that somebody will ask about, or on command,
// as one recording, while everything goes on.
//
//   FlightDump dump(recorder, {.folder = "C:/ProgramData/Holdfast/dumps", .on_verdicts = {v1::Verdict::TERMINATE}});
//   Host host({..., .observers = {&recorder, &dump}});
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/flight/flight_recorder.h"
#include "agent/host/host.h"
#include "engine/schema/output.pb.h"

namespace holdfast {

// Belongs to the host's thread; files are written on a thread of its own.
class FlightDump final : public StepObserver {
 public:
  struct Options {
    std::string folder;                                   // of the recordings; must exist
    std::uint64_t reaches_back_ns = 300'000'000'000;      // of engine time, and at most one segment more
    std::vector<v1::Verdict::Decision> on_verdicts = {};  // that cause one
    std::uint64_t on_prompts_open_ns = 0;     // a prompt that closes after at least so long causes one; 0: none
    std::uint64_t pause_ns = 60'000'000'000;  // of engine time, between those that are caused
  };
  struct Status {
    std::uint64_t written = 0;
    std::uint64_t failed = 0;
    std::uint64_t passed_over = 0;  // causes within the pause, or while another was being written
    std::string last_path;          // of the last that was written
    std::string last_error;
  };

  // `recorder` must outlive the dump, and see each step before it.
  FlightDump(FlightRecorder& recorder, Options options);
  ~FlightDump() override;  // waits for what is being written
  FlightDump(const FlightDump&) = delete;
  FlightDump& operator=(const FlightDump&) = delete;

  // Never fails: what cannot be written shows in the status.
  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;
  // On command. False: another is being written. `name`: of the file in the folder, without ".hfr".
  bool take(const std::string& name);
  // Waits until nothing is being written.
  void wait();
  Status status() const;

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace holdfast
