// The one sensor of a simulated world: its parts merged by time, then by the order of planning; time jumps to whatever
// comes next.
#pragma once

#include <vector>

#include "sensors/sensor.h"
#include "sim/world/input_source.h"
#include "sim/world/virtual_clock.h"

namespace holdfast {

class MergeSensor final : public Sensor {
 public:
  // All must outlive the sensor.
  MergeSensor(VirtualClock& clock, std::vector<InputSource*> sources) : clock_(clock), sources_(std::move(sources)) {}

  // Never fails. kEnd only without a bound: before a deadline the engine may still cause something.
  Expected<Next> next(std::uint64_t until_ns, v1::Input& input) override;

 private:
  VirtualClock& clock_;
  std::vector<InputSource*> sources_;
};

}  // namespace holdfast
