// Operations that wait for their verdict.
#pragma once

#include "engine/schema/operation.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast {

inline bool is_held(const v1::Operation& operation) {
  return operation.hold() == v1::HOLD_CAPABILITY_PRE_EXECUTION || operation.hold() == v1::HOLD_CAPABILITY_BEST_EFFORT;
}

// visit(const v1::PendingState&) of every operation that waits in this state, for a user or for a service.
template <typename Visit>
void for_each_waiting(const v1::EngineState& state, const Visit& visit) {
  for (const v1::PromptState& prompt : state.prompt()) {
    for (const v1::PendingState& pending : prompt.pending()) visit(pending);
  }
  for (const v1::LookupState& lookup : state.cloud().lookup()) {
    for (const v1::WaiterState& waiter : lookup.waiter()) {
      if (waiter.has_operation()) visit(waiter.operation());
    }
  }
}

}  // namespace holdfast
