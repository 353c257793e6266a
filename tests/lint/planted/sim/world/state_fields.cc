#include "engine/schema/state.pb.h"

namespace holdfast {

std::uint64_t first_timer(const v1::EngineState& state) {
  for (const v1::LookupState& lookup : state.cloud().lookup()) return lookup.timer_id();  // planted: state_fields
  for (const auto& prompt : state.prompt()) return prompt.timer_id();                     // planted: state_fields
  return state.now_ns() == 0 ? 0 : state.next_timer_id();                                 // clocks and counters are open
}

}  // namespace holdfast
