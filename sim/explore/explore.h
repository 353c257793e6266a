// Made-up lives of an engine, each from one seed: all inputs there are, sensible or not, with snapshots and restores at
// random moments and every promise watched. The same seed gives the same life on every system.
//
//   const Material material = builtin_material();
//   ExplorePlan plan{.material = &material, .mix = find_mix("all")};
//   SeedResult result = explore_seed(plan, 4711);
//   if (result.fault) { Finding found = shrink_finding(plan, result); ... }
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "engine/schema/input.pb.h"
#include "engine/tables/tables.h"
#include "sim/explore/material.h"
#include "sim/explore/mix.h"
#include "sim/explore/trial.h"

namespace holdfast {

struct ExplorePlan {
  const Material* material = nullptr;
  const Mix* mix = nullptr;
  std::uint64_t inputs = 5'000;            // of a seed
  std::uint64_t restores = 50;             // of a seed, on average
  std::uint64_t damaged_states = 50;       // of a seed, on average, where the mix has any
  const engine::Tables* tables = nullptr;  // null: default_tables()
  std::function<bool()> stop = {};         // asked at every input, from any thread: true ends all lives
};

// The tables of the plan, ready for every machine of its lives.
const engine::Tables& tables_of(const ExplorePlan& plan);

// What a life consists of.
struct LifeEvent {
  enum class Kind : std::uint8_t { kInput, kRestore, kDamagedRestore };
  Kind kind = Kind::kInput;
  v1::Input input;
  std::uint64_t seed = 0;  // of the damage
};

struct SeedResult {
  std::uint64_t seed = 0;
  TrialCounts counts;
  Probes probes;
  std::uint64_t hash = 0;
  std::optional<Fault> fault;  // the life ended with it
  bool whole = false;          // it was lived to its end, or to its fault
};

// One life. `events`: not null: receives all of it.
SeedResult explore_seed(const ExplorePlan& plan, std::uint64_t seed, std::vector<LifeEvent>* events = nullptr);
// The same by a fuzzer's bytes, until they are spent.
SeedResult explore_bytes(const ExplorePlan& plan, std::span<const std::uint8_t> bytes);

struct ExploreReport {
  std::uint64_t seeds = 0;   // whose lives are whole
  bool interrupted = false;  // the others were not lived to their end
  TrialCounts counts;
  Probes probes;
  std::uint64_t hash = 0;          // over those seeds, in order
  std::vector<SeedResult> failed;  // by seed
  std::uint64_t differences = 0;   // of them: a restored engine that is not the same
};

// Seeds `first` to `last`, on so many threads; the report is the same for any number. `begins` is told of every seed
// before its life begins, `ends` after it; both from any thread.
ExploreReport explore(const ExplorePlan& plan, std::uint64_t first, std::uint64_t last, unsigned jobs,
                      const std::function<void(std::uint64_t seed)>& begins = {},
                      const std::function<void()>& ends = {});

}  // namespace holdfast
