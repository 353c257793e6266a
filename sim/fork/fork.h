// A recording that goes another way: kept until a moment, then simulated with something different.
//
//   auto fork = Fork::open({.path = "incident.hfr"});
//   auto change = fork->change(at_ns, {.what_if = {"settings.event_monitoring.prompt_timeout_s=5"}});
//   auto report = fork->run(*change, {&log});
//   report->of(ForkMark::kSuppressed);
//
// It is held against the same recording under the same settings without the what-if: Fork::without() decides about it
// where that is another run than the replay.
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

// In what it differs from the same recording without the what-if: "settings, person"; "nothing".
inline const std::string& what_changes(const ForkChange& change) { return change.different; }

// Whether the recording was imported: nothing in it was decided by an agent.
Expected<bool> is_only_observed(const std::string& path);

// What is to be different.
struct ForkWish {
  std::optional<v1::Settings> settings = {};     // instead of those in force
  std::optional<v1::AgentProfile> profile = {};  // facts of the endpoint instead of those that were told
  std::optional<v1::World> world = {};           // instead of the one that was observed
  std::vector<std::string> approved = {};        // more exception entries: paths
  std::vector<std::string> blocked = {};
  ReplayUser person = ReplayUser::kAsRecorded;
  std::uint64_t answers_after_ns = 5'000'000'000;  // with kAllow and kDeny
  std::vector<std::string> what_if = {};           // "KEY=VALUE" as in sim/scenario/what_if.h, applied last
};

// A decision that comes out otherwise than without the what-if, or the same after a longer wait.
struct ForkedDecision {
  std::uint64_t number = 0;  // among the verdicts of the forked run, from 1
  std::uint64_t at_ns = 0;
  v1::Verdict here;
  std::string settings;                      // in force then
  std::optional<DecidedOperation> without;   // without the what-if, as this build decides; nothing: there was none
  std::optional<DecidedOperation> recorded;  // what the field's engine said; nothing: it said nothing

  // Whether what it is held against is what was recorded.
  bool without_is_recorded = false;
};

// What a forked run is held against.
struct ForkComparison {
  static constexpr std::uint64_t kLongerByNs = 1'000'000'000;

  const DecidedOperations* without = nullptr;  // null: the replay of the recording
  std::uint64_t longer_by_ns = kLongerByNs;    // from which on a longer wait is a difference
};

struct ForkReport {
  static constexpr std::size_t kChangedMax = 10'000;  // listed

  std::array<std::uint64_t, kForkMarks> marks{};
  std::uint64_t runs_on = 0;  // programs that were stopped when it was recorded and go on here: what they do is unknown
  // Decisions made from the fork on.
  std::uint64_t same = 0;
  std::uint64_t same_as_recorded = 0;  // among them: what the field's engine said too
  std::uint64_t longer = 0;            // the same after a longer wait
  std::uint64_t changed = 0;
  std::uint64_t added = 0;
  std::uint64_t gone = 0;
  Waits waits;
  Waits waits_without;
  std::vector<ForkedDecision> listed;        // changed, longer and added ones, as they were made
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

  // What comes out without what is different in `wish`, where that is not the replay itself: settings and person are
  // those of the wish if it says anything else, and of a log the services that its settings name answer. Null: it is
  // the replay. Lives no longer than the fork.
  Expected<std::unique_ptr<DecidedOperations>> without(std::uint64_t at_ns, const ForkWish& wish) const;

  // Any number of times, also on several threads at once.
  Expected<ForkReport> run(const ForkChange& change, std::vector<StepObserver*> observers,
                           ForkedWorld::Marked marked = {}, const ForkComparison& comparison = {}) const;

  // What the field's engine said; null: of an imported log, nothing.
  const DecidedOperations* recorded() const { return recorded_.get(); }
  bool assumes_hold() const { return recording_.assume_hold; }

 private:
  Fork() = default;

  bool is_only_observed() const { return header_.origin() == v1::RecordingHeader::IMPORTED; }
  Expected<v1::Scenario> applied(const ForkWish& wish, const v1::Scenario& before) const;
  v1::Scenario world_at(std::uint64_t at_ns) const;

  ReplayOptions recording_;
  v1::RecordingHeader header_;
  std::optional<v1::EngineState> state_;
  std::unique_ptr<ForkReference> reference_;
  std::unique_ptr<DecidedOperations> recorded_;
};

}  // namespace holdfast
