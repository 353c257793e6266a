#include "sim/world/merge_sensor.h"

namespace holdfast {

Expected<Sensor::Next> MergeSensor::next(std::uint64_t until_ns, v1::Input& input) {
  while (true) {
    const std::optional<Due> first = first_due(sources_);
    if (!first && until_ns == kForever) return Next::kEnd;
    if (!first || first->moment.at_ns >= until_ns) {
      clock_.advance_to(until_ns);
      return Next::kDeadline;
    }
    input.Clear();
    if (!first->source->take(input)) continue;
    clock_.advance_to(first->moment.at_ns);
    input.set_at_ns(clock_.now_ns());
    return Next::kInput;
  }
}

}  // namespace holdfast
