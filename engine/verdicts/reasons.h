// Chains of reasons, and what an operation is called where people read of it.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/schema/operation.pb.h"
#include "engine/schema/output.pb.h"

namespace holdfast::engine {

// A chain as messages keep it, so that it moves into one.
using Reasons = google::protobuf::RepeatedPtrField<v1::Reason>;

void add_reason(Reasons& chain, v1::ReasonCode code, std::string_view text = {}, std::int64_t number = 0);
v1::Reason make_reason(v1::ReasonCode code, std::string_view text = {}, std::int64_t number = 0);

// Name of the field of Operation that is set: "registry_set".
std::string_view operation_name(v1::Operation::WhatCase what);

// Somebody waits for a verdict.
inline bool is_held(const v1::Operation& operation) {
  return operation.hold() == v1::HOLD_CAPABILITY_PRE_EXECUTION || operation.hold() == v1::HOLD_CAPABILITY_BEST_EFFORT;
}

}  // namespace holdfast::engine
