// A run that `holdfast diff` compares, whatever it stands in: its decision log, read back.
//
//   auto run = decided_run({.path = "field.hfr"}, false, nullptr);
//   run->list.decisions();
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/host/host.h"
#include "engine/schema/error.h"
#include "sim/compare/decision_list.h"
#include "sim/replay/replay.h"

namespace holdfast {

struct DecidedRun {
  enum class Origin : std::uint8_t {
    kRecorded,  // what the engine of the field said
    kForked,    // what `holdfast fork` wrote: decided when it forked, and partly of a model's world
    kReplayed,  // a recording, decided about now
    kPlayed,    // a scenario, played now
    kLog,       // a decision log that somebody wrote
  };
  std::string path;
  Origin origin = Origin::kLog;
  bool torn = false;                  // the recording ended without a trailer
  std::uint64_t started_wall_ns = 0;  // wall clock at engine time 0; 0: nobody tells
  DecisionList list;
};

// "as recorded"
std::string_view origin_words(DecidedRun::Origin origin);

// `options.path`: a name that ends in ".log" is a decision log, one in ".txtpb" a scenario, everything else a
// recording. An imported recording is decided about now, every other one if `replayed`; only there the other options
// count, and `watcher` (may be null) is shown the steps. Fails on what cannot be read, and on a log of more than
// DecisionList::kBytesMax.
Expected<DecidedRun> decided_run(const ReplayOptions& options, bool replayed, StepObserver* watcher);

}  // namespace holdfast
