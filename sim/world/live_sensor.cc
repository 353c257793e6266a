#include "sim/world/live_sensor.h"

#include <algorithm>

#include "agent/host/valid_text.h"

namespace holdfast {

Expected<Sensor::Next> LiveSensor::next(std::uint64_t until_ns, v1::Input& input) {
  while (true) {
    const std::optional<Due> first = first_due(planned_);
    const bool planned = first && first->moment.at_ns < until_ns;
    const Expected<Next> real = real_.next(planned ? first->moment.at_ns : until_ns, input);
    if (!real) return real;
    if (*real == Next::kInput) {
      make_text_valid(input);
      last_ns_ = std::max(last_ns_, input.at_ns());
      input.set_at_ns(last_ns_);
      return real;
    }
    if (!planned) return real;
    input.Clear();
    if (!first->source->take(input)) continue;
    last_ns_ = std::max(last_ns_, first->moment.at_ns);
    input.set_at_ns(last_ns_);
    return Next::kInput;
  }
}

}  // namespace holdfast
