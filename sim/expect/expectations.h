// What a scenario expects, judged against what happened.
#pragma once

#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/scenario.pb.h"
#include "sim/story/run.h"
#include "sim/story/timeline.h"
#include "sim/text/text_proto.h"

namespace holdfast {

// Most expectations of a scenario: each is held against the whole run.
inline constexpr int kExpectationsMax = 1'000;

// Fails on more than that, and on expectations that can never be judged: nothing set, an `of` that names nothing or
// several, a time that is none.
Expected<void> check_expectations(const Timeline& timeline, const TextLocations& locations);

// One Failure per expectation that is not met, in order. `run` needs steps, log, played and suppressed; the
// expectations must have passed check_expectations.
std::vector<Failure> judge(const Timeline& timeline, const ScenarioRun& run);

}  // namespace holdfast
