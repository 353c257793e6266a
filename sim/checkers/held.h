// Whether an operation waits for its verdict.
#pragma once

#include "engine/schema/operation.pb.h"

namespace holdfast {

inline bool is_held(const v1::Operation& operation) {
  return operation.hold() == v1::HOLD_CAPABILITY_PRE_EXECUTION || operation.hold() == v1::HOLD_CAPABILITY_BEST_EFFORT;
}

}  // namespace holdfast
