// Plays one scenario and judges it: on a virtual clock, or on a real network in real time.
//
//   auto run = run_scenario(scenario);
//   run->met() ? ... : run->failures[0].actual
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/host/host.h"
#include "engine/core/engine.h"
#include "engine/schema/error.h"
#include "engine/schema/scenario.pb.h"
#include "engine/tables/tables.h"
#include "sensors/actuator.h"
#include "sensors/clock.h"
#include "sensors/sensor.h"
#include "sim/story/run.h"
#include "sim/text/text_proto.h"

namespace holdfast {

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
