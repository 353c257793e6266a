// A sensor for stories whose network is real: programs and people are planned, answers arrive when they arrive.
#pragma once

#include <cstdint>
#include <vector>

#include "sensors/sensor.h"
#include "sim/world/input_source.h"

namespace holdfast {

class LiveSensor final : public Sensor {
 public:
  // `real` waits in real time and brings what comes from outside. All must outlive the sensor.
  LiveSensor(std::vector<InputSource*> planned, Sensor& real) : planned_(std::move(planned)), real_(real) {}

  // What is planned happens when its time has come, and is told with that time, however late this machine is; never
  // before what was told last. kEnd: nothing is planned, and `real` has ended. Fails when `real` does.
  Expected<Next> next(std::uint64_t until_ns, v1::Input& input) override;

 private:
  std::vector<InputSource*> planned_;
  Sensor& real_;
  std::uint64_t last_ns_ = 0;
};

}  // namespace holdfast
