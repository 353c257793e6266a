// Operations that wait for their verdict.
#pragma once

#include "engine/schema/operation.pb.h"
#include "engine/schema/output.pb.h"

namespace holdfast {

inline bool is_held(const v1::Operation& operation) {
  return operation.hold() == v1::HOLD_CAPABILITY_PRE_EXECUTION || operation.hold() == v1::HOLD_CAPABILITY_BEST_EFFORT;
}

// Whether the verdict is about an operation that was held: the number alone may have come twice.
inline bool ends_hold(const v1::Verdict& verdict) { return verdict.hold() != v1::HOLD_CAPABILITY_NONE; }

}  // namespace holdfast
