// A recording that goes another way: kept until a moment, then simulated with something different.
//
//   auto fork = Fork::open({.path = "incident.hfr"});
//   auto change = fork->change(at_ns, {.what_if = {"settings.event_monitoring.prompt_timeout_s=5"}});
//   auto report = fork->run(*change, {&log});
//   report->of(ForkMark::kSuppressed);
//
// docs/decisions/015-forking.md says why it is done so.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/host/host.h"
#include "engine/schema/error.h"
#include "sim/fork/fork_reference.h"
#include "sim/fork/forked_world.h"
#include "sim/replay/replay.h"

namespace holdfast {

// "settings, person"; "nothing".
std::string what_changes(const ForkChange& change);

// What is to be different.
struct ForkWish {
  std::optional<v1::Settings> settings = {};  // instead of those in force
  std::optional<v1::World> world = {};        // instead of the one that was observed
  std::vector<std::string> approved = {};     // more exception entries: paths
  std::vector<std::string> blocked = {};
  ReplayUser person = ReplayUser::kAsRecorded;
  std::uint64_t answers_after_ns = 5'000'000'000;  // with kAllow and kDeny
  std::vector<std::string> what_if = {};           // "KEY=VALUE" as in sim/scenario/what_if.h, applied last
};

// A decision that comes out otherwise than recorded.
struct ForkedDecision {
  std::uint64_t number = 0;  // among the verdicts of the forked run, from 1
  std::uint64_t at_ns = 0;
  v1::Verdict here;
  std::optional<ReferenceVerdict> there;  // nothing: there was none
};

struct ForkReport {
  static constexpr std::size_t kChangedMax = 10'000;  // listed

  std::array<std::uint64_t, kForkMarks> marks{};
  std::uint64_t runs_on = 0;  // programs that were stopped when it was recorded and go on here: what they do is unknown
  // Decisions made from the fork on.
  std::uint64_t same = 0;
  std::uint64_t changed = 0;
  std::uint64_t added = 0;
  std::uint64_t gone = 0;
  std::vector<ForkedDecision> listed;        // changed and added ones, as they were made
  bool torn = false;                         // the recording ends without its trailer
  std::vector<std::string> broken_promises;  // that hold in every run (sim/checkers), as sentences

  std::uint64_t of(ForkMark mark) const { return marks[static_cast<std::size_t>(mark)]; }
  // Inputs after the fork that were recorded, whatever became of them.
  std::uint64_t recorded_after() const {
    return of(ForkMark::kRecorded) + of(ForkMark::kDelayed) + of(ForkMark::kSuppressed);
  }
};

class Fork {
 public:
  // Reads and replays the recording once, which `watcher` (null: nobody) sees. Fails as Replay does.
  static Expected<Fork> open(ReplayOptions recording, StepObserver* watcher = nullptr);

  const v1::RecordingHeader& header() const { return header_; }
  const std::optional<v1::EngineState>& state() const { return state_; }
  const ForkReference& reference() const { return *reference_; }

  // Fails on a wish that makes no sense, and after the recording's end.
  Expected<ForkChange> change(std::uint64_t at_ns, const ForkWish& wish) const;

  // Any number of times, also on several threads at once.
  Expected<ForkReport> run(const ForkChange& change, std::vector<StepObserver*> observers,
                           ForkedWorld::Marked marked = {}) const;

 private:
  Fork() = default;

  ReplayOptions recording_;
  v1::RecordingHeader header_;
  std::optional<v1::EngineState> state_;
  std::unique_ptr<ForkReference> reference_ = std::make_unique<ForkReference>();
};

}  // namespace holdfast
