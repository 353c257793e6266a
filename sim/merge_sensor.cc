#include "sim/merge_sensor.h"

namespace holdfast {

Expected<Sensor::Next> MergeSensor::next(std::uint64_t until_ns, v1::Input& input) {
  while (true) {
    InputSource* first = nullptr;
    Moment moment;
    for (InputSource* source : sources_) {
      const std::optional<Moment> due = source->due();
      if (due && (first == nullptr || *due < moment)) {
        first = source;
        moment = *due;
      }
    }
    if (first == nullptr && until_ns == kForever) return Next::kEnd;
    if (first == nullptr || moment.at_ns >= until_ns) {
      clock_.advance_to(until_ns);
      return Next::kDeadline;
    }
    input.Clear();
    if (!first->take(input)) continue;
    clock_.advance_to(moment.at_ns);
    input.set_at_ns(clock_.now_ns());
    return Next::kInput;
  }
}

}  // namespace holdfast
