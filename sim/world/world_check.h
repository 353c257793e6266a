// Whether a scenario's world makes sense, before anything is played.
#pragma once

#include "engine/schema/error.h"
#include "engine/schema/scenario.pb.h"
#include "sim/text/complaints.h"

namespace holdfast {

// Most people of the world: each is told of every step.
inline constexpr int kUsersMax = 64;
inline constexpr int kProxiesMax = 64;
inline constexpr int kPhasesMax = 1'000;
inline constexpr int kKnownProgramsMax = 10'000;

// Fails with file, line, field and reason on durations that are none, on more than the limits above, on fields that
// contradict each other, and on two of what can be there only once.
Expected<void> check_world(const v1::World& world, const Complaints& complaints);

}  // namespace holdfast
