// Plays a timeline against what the engine answers: a program whose start is held does nothing until its verdict, and
// one that was denied or terminated does nothing any more.
//
// The rule: an entry happens at its written time, unless the start of the program that acts is still held: then it
// happens at the moment of the verdict, before anything written for later. A denied start (unless the sensor could not
// hold it) and a terminated program suppress every later entry of that run. A held operation of a running program
// delays nothing: a program has other threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "sensors/actuator.h"
#include "sim/story/run.h"
#include "sim/story/timeline.h"
#include "sim/world/input_source.h"

namespace holdfast {

class TimelinePlayer final : public InputSource, public Actuator {
 public:
  // Both must outlive the player. Places in `order` below the number of entries belong to the timeline.
  TimelinePlayer(const Timeline& timeline, PlanningOrder& order);

  std::optional<Moment> due() const override;
  bool take(v1::Input& input) override;
  void carry_out(std::uint64_t at_ns, const v1::Output& output) override;

  // When nothing more is played: entries still waiting for a verdict that never came count as suppressed.
  void finish();

  const std::vector<PlayedEntry>& played() const { return played_; }
  const std::vector<SuppressedEntry>& suppressed() const { return suppressed_; }

 private:
  enum class Life : std::uint8_t { kWaiting, kHeld, kRunning, kOver };

  // One run of a program.
  struct Run {
    Life life = Life::kWaiting;
    v1::ProcessKey key;
    bool ended_from_outside = false;
    std::string over_because;
    std::deque<std::uint32_t> waiting;  // entries whose time came while it could not act
    std::uint32_t catching_up = 0;      // of those, released and not yet played: what is written for now comes after
  };

  // An entry, or the exit of a program that a verdict terminated, that waits for its turn.
  struct Released {
    Moment moment;
    std::uint32_t entry = 0;
    std::uint32_t exit_of_run = kNoRun;
  };

  struct HeldOperation {
    std::uint32_t actor_run = kNoRun;
    std::uint32_t starts_run = kNoRun;
    v1::HoldCapability hold = v1::HOLD_CAPABILITY_UNSPECIFIED;
  };

  bool may_act(std::uint32_t entry, std::uint64_t at_ns);
  bool play(std::uint32_t entry, std::uint64_t at_ns, v1::Input& input);
  void prepare_operation(const TimelineEntry& entry, std::uint64_t at_ns, v1::Operation& operation);
  void prepare_start(const TimelineEntry& entry, std::uint64_t at_ns, v1::Operation& operation);
  void complete_target(v1::ProcessKey& key) const;
  void play_exit(std::uint32_t run, v1::Input& input);
  void let_run(std::uint32_t run, std::uint64_t at_ns);
  void end_run(std::uint32_t run, std::string because);
  void suppress(std::uint32_t entry, const std::string& because);
  void decide(std::uint64_t at_ns, const v1::Verdict& verdict);

  const Timeline& timeline_;
  PlanningOrder& order_;
  std::size_t next_ = 0;           // of the timeline's entries
  std::deque<Released> released_;  // ascending
  std::vector<Run> runs_;
  std::map<std::uint32_t, v1::ProcessKey> latest_key_;  // by pid: the process started last
  std::map<std::uint64_t, HeldOperation> undecided_;    // by operation id
  std::uint64_t next_operation_id_ = 1;
  bool agent_stopped_ = false;
  std::vector<PlayedEntry> played_;
  std::vector<SuppressedEntry> suppressed_;
};

}  // namespace holdfast
