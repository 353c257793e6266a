// One recording, forked once per value of one thing, and what becomes of one decision each time.
//
//   auto axis = parse_axis("service.latency=100ms..3s/8");
//   auto swept = sweep_fork(fork, {.axis = *axis, .operation_id = 17}, jobs);
//   flips_of(*swept);
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/schema/error.h"
#include "sim/fork/fork.h"
#include "sim/scenario/verdict_map.h"

namespace holdfast {

struct SweepWish {
  Axis axis;                // key "at": the moment of the fork, as parse_moment takes it; others as ForkWish.what_if
  std::uint64_t at_ns = 0;  // of the fork; without effect where the moment varies
  ForkWish different = {};  // besides the axis, each time
  std::uint64_t operation_id = 0;  // whose verdict is looked for
};

// Whether the axis is the moment of the fork itself.
bool sweeps_moment(const Axis& axis);

struct SweptValue {
  std::string value;
  std::string outcome;  // "DENY, ACTION_IS_DENY", or that there was no verdict
  std::uint64_t held_ns = 0;
  std::string settings = {};  // in force at the decision
};

// What becomes of the decision without the axis: what the swept values are held against. Its `value` says whether that
// was recorded: "recorded", or "without it".
Expected<SweptValue> unswept(const Fork& fork, const SweepWish& wish);

// In the order of the axis, for any number of `jobs`. Fails with the error of the first value that makes no sense.
Expected<std::vector<SweptValue>> sweep_fork(const Fork& fork, const SweepWish& wish, unsigned jobs);

// Where the outcome changes: each index i with another outcome than i - 1.
std::vector<std::size_t> flips_of(const std::vector<SweptValue>& swept);
// Where only the wait grows by `longer_by_ns` or more: each index i with such a wait more than i - 1.
std::vector<std::size_t> longer_waits_of(const std::vector<SweptValue>& swept, std::uint64_t longer_by_ns);

// How a sweep and a fork name what was decided: "DENY, ACTION_IS_DENY".
std::string outcome_text(v1::Verdict::Decision decision, v1::ReasonCode because);

}  // namespace holdfast
