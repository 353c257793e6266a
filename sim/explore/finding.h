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
  bool minimal = false;    // false: the work was spent before that was sure
};

// What cutting one failure down may cost.
struct CutBudget {
  std::uint64_t runs_max = 4'000;
  std::uint64_t inputs_max = 20'000'000;  // of all these runs
};

// Replays the life of a seed that failed and cuts it down.
Finding shrink_finding(const ExplorePlan& plan, const SeedResult& failed, CutBudget at_most = {});

// As a recording: every input with what the engine answers, and a snapshot where it was restored. Inputs that no
// recording can hold (their number came before) are left out. Fails on what the system refuses.
Expected<void> write_finding(const Finding& finding, const engine::Tables& tables, const std::string& path);

// As a scenario that shows the same broken promise when it is run. Empty: it cannot be told so.
std::string finding_as_scenario(const Finding& finding, const engine::Tables& tables);

// The inputs for people, one a line.
std::string finding_text(const Finding& finding);

}  // namespace holdfast
