// What a made-up life has found, cut down to the few inputs that show it, and written down for others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/schema/error.h"
#include "sim/explore/explore.h"

namespace holdfast {

struct Finding {
  std::vector<LifeEvent> events;  // without any single one of them it is not seen
  Fault fault;
  std::uint64_t runs = 0;  // that it took
  bool minimal = false;    // false: the runs were spent before that was sure
};

// Replays the life of a seed that failed and cuts it down. `runs_max`: how often it may be played.
Finding shrink_finding(const ExplorePlan& plan, const SeedResult& failed, std::uint64_t runs_max);

// As a recording: every input with what the engine answers, and a snapshot where it was restored. Inputs that no
// recording can hold (their number came before) are left out. Fails on what the system refuses.
Expected<void> write_finding(const Finding& finding, const engine::Tables& tables, const std::string& path);

// As a scenario that shows the same broken promise when it is run. Empty: it cannot be told so.
std::string finding_as_scenario(const Finding& finding, const engine::Tables& tables);

// The inputs for people, one a line.
std::string finding_text(const Finding& finding);

}  // namespace holdfast
