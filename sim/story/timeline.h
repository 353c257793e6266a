// A scenario's timeline, checked and laid out: every repetition an entry of its own, in the order of the times written,
// each knowing which run of a program acts.
//
//   at { t: "1s" every: "10s" times: 3 by: 4711 registry_set { ... } }   ->   three entries
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/scenario.pb.h"
#include "sim/text/text_proto.h"

namespace holdfast {

// Most entries after repetition.
inline constexpr std::uint64_t kTimelineEntriesMax = 1'000'000;

// A run of a program that the timeline starts; kNoRun stands for programs that ran before the story.
inline constexpr std::uint32_t kNoRun = 0xFFFFFFFF;

struct TimelineEntry {
  std::uint64_t at_ns = 0;            // as written
  std::uint32_t at = 0;               // index in Scenario.at
  std::uint32_t repetition = 0;       // from 0
  std::uint32_t actor_run = kNoRun;   // the run that acts
  std::uint32_t starts_run = kNoRun;  // with process_start: the run it starts
  std::uint32_t number = 0;           // among the entries of its name, from 1
};

class Timeline {
 public:
  // Fails with file, line, field and reason on a scenario that makes no sense. `scenario` must outlive the timeline.
  static Expected<Timeline> compile(const v1::Scenario& scenario, const TextLocations& locations);

  const v1::Scenario& scenario() const { return *scenario_; }
  const std::vector<TimelineEntry>& entries() const { return entries_; }
  std::uint32_t runs() const { return runs_; }
  std::uint64_t started_wall_ns() const { return started_wall_ns_; }
  std::uint64_t runs_for_ns() const { return runs_for_ns_; }  // 0: until nothing is left to happen
  // Inputs of an `at` as the engine will see them, without what is known only when it is played (ids, keys, times).
  const v1::Input& prototype(std::uint32_t at) const { return prototypes_[at]; }
  // How the story begins: with defaults where the scenario says nothing.
  v1::AgentStarted beginning() const;

  // "registry_set", or "registry_set#2" where several bear the name; the label where there is one.
  std::string name(std::size_t entry) const;

  // Entries that `name` ("label", "registry_set", "registry_set#2") means, in order; empty if there is none.
  std::vector<std::size_t> find(std::string_view name) const;

 private:
  void number_names();

  const v1::Scenario* scenario_ = nullptr;
  std::vector<v1::Input> prototypes_;     // per `at`
  std::vector<std::uint32_t> namesakes_;  // per `at`: how many entries bear its name
  std::vector<TimelineEntry> entries_;
  std::uint32_t runs_ = 0;
  std::uint64_t started_wall_ns_ = 0;
  std::uint64_t runs_for_ns_ = 0;
};

// Name of the `what` of an entry as the schema spells it: "registry_set"; empty if there is none.
std::string_view kind_name(const v1::At& at);

// How an entry that does not say so is held; `what`: the number of its `what` in the schema.
v1::HoldCapability default_hold(int what);

}  // namespace holdfast
