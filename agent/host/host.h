// The host loop: the only place where an engine meets time. The same object code runs live and simulated; which world
// it is depends on the clock, sensor and actuators it is given.
//
//   Host host({.engine = engine, .sensor = sensor, .actuators = {&world}, .observers = {&log}});
//   auto ended = host.run();
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "engine/core/engine.h"
#include "engine/schema/error.h"
#include "engine/schema/state.pb.h"
#include "sensors/actuator.h"
#include "sensors/clock.h"
#include "sensors/sensor.h"

namespace holdfast {

// Sees every step: the recorder, the decision log, a scenario's expectations.
class StepObserver {
 public:
  virtual ~StepObserver() = default;
  // Before the actuators. Fails when it cannot go on (disk full): the host stops and hands the error on.
  virtual Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) = 0;
};

class Host {
 public:
  struct Parts {
    engine::Engine& engine;
    Sensor& sensor;
    std::vector<Actuator*> actuators;
    std::vector<StepObserver*> observers;
    std::uint64_t first_sequence = 1;  // of the first input
  };
  explicit Host(Parts parts);
  ~Host();

  // Before run(): arms the timers that an engine restored from `state` still waits for.
  void resume(const v1::EngineState& state);

  // Until the sensor ends and no timer is left, or `until_ns` is reached. Order of equal times: timers by the order in
  // which they were set, then sensor inputs in the sensor's order. Timer ties are broken by sequence of setting.
  Expected<void> run(std::uint64_t until_ns = Sensor::kForever);

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace holdfast
