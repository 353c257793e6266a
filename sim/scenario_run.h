// Plays one scenario and judges it: on a virtual clock, or on a real network in real time.
//
//   auto run = run_scenario(scenario);
//   run->met() ? ... : run->failures[0].actual
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/host.h"
#include "engine/core/engine.h"
#include "engine/core/tables.h"
#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/scenario.pb.h"
#include "sensors/actuator.h"
#include "sensors/clock.h"
#include "sensors/sensor.h"
#include "sim/text_proto.h"

namespace holdfast {

// One input and what the engine wanted because of it.
struct Step {
  v1::Input input;
  std::vector<v1::Output> outputs;
};

// An entry of the timeline that happened.
struct PlayedEntry {
  std::size_t occurrence = 0;      // position in the timeline by the times written
  std::uint64_t operation_id = 0;  // 0: an input that is no operation
  std::uint64_t written_ns = 0;    // when the scenario puts it
  std::uint64_t played_ns = 0;     // when it happened: later if its program's start was held
};

// An entry that a verdict kept from happening.
struct SuppressedEntry {
  std::size_t occurrence = 0;
  std::string name;  // label or kind, "registry_set#2"
  std::uint64_t written_ns = 0;
  std::string because;  // "pid 4711 was denied its start at 00:00:04.000"
};

// A set field of an expectation that the actual value contradicts, both as protobuf text.
struct Mismatch {
  std::string field;
  std::string expected;
  std::string actual;
};

struct Failure {
  int expectation = -1;  // index in Scenario.expect; -1: a promise that holds in every run (sim/checkers)
  std::string expected;
  std::string actual;
  std::vector<Mismatch> mismatches;  // where one output was meant and differs; empty where nothing can be compared
  std::size_t step = 0;              // index of the step where it shows; steps.size() if none does
};

struct ScenarioRun {
  std::vector<Step> steps;  // everything the engine was told and answered, in order
  std::string log;          // the decision log
  std::string log_sha256;   // of it, 64 hexadecimal digits
  std::uint64_t simulated_ns = 0;
  std::uint64_t expectations = 0;
  std::vector<Failure> failures;
  std::vector<PlayedEntry> played;
  std::vector<SuppressedEntry> suppressed;

  bool met() const { return failures.empty(); }
};

// Most inputs that one run may have; beyond it the run ends with an error that says so.
inline constexpr std::uint64_t kInputsMax = 4'000'000;

// Fails only where the scenario itself makes no sense or runs beyond its bounds. `locations`: where the scenario was
// read from, for errors; null: it was made by a program.
Expected<ScenarioRun> run_scenario(const v1::Scenario& scenario,
                                   const engine::Tables& tables = engine::default_tables(),
                                   const TextLocations* locations = nullptr);

// A network that is there, in real time.
struct RealNetwork {
  const Clock& clock;  // that has just begun
  Actuator& requests;
  Sensor& outcomes;  // of those requests; waits in real time
};

// Whoever watches the engine of a live run.
class LiveWatcher {
 public:
  virtual ~LiveWatcher() = default;
  // Before the first step: who is to see every step first. `engine` is there until after end().
  virtual Expected<StepObserver*> begin(const engine::Engine& engine) = 0;
  virtual Expected<void> end() = 0;
};

// The same story with the same programs and people, but every question goes to `real`, and time passes as it does:
// world.network says what the agent is told of its addresses, the rest of the world's network has no say. Fails as
// run_scenario does, and when `real` or `watcher` (null: nobody) does.
Expected<ScenarioRun> run_scenario_on(const RealNetwork& real, const v1::Scenario& scenario,
                                      const TextLocations* locations = nullptr, LiveWatcher* watcher = nullptr);

// The story as lines for a person: "00:00:02.500  registry_set  setup.exe ...", one per input and decision of the
// steps [first, last).
std::vector<std::string> story_lines(const ScenarioRun& run, std::size_t first, std::size_t last);

}  // namespace holdfast
