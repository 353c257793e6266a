#include "sim/story/timeline_player.h"

#include <fmt/format.h>

#include "sim/text/duration.h"

namespace holdfast {

TimelinePlayer::TimelinePlayer(const Timeline& timeline, PlanningOrder& order)
    : timeline_(timeline), order_(order), runs_(timeline.runs()) {}

std::optional<Moment> TimelinePlayer::due() const {
  std::optional<Moment> moment;
  if (next_ < timeline_.entries().size()) moment = Moment{timeline_.entries()[next_].at_ns, next_};
  if (!released_.empty() && (!moment || released_.front().moment < *moment)) moment = released_.front().moment;
  return moment;
}

bool TimelinePlayer::take(v1::Input& input) {
  const Moment moment = *due();
  if (!released_.empty() && released_.front().moment == moment) {
    const Released released = released_.front();
    released_.pop_front();
    if (released.exit_of_run != kNoRun) {
      play_exit(released.exit_of_run, input);
      return true;
    }
    --runs_[timeline_.entries()[released.entry].actor_run].catching_up;
    return play(released.entry, moment.at_ns, input);
  }
  const auto entry = static_cast<std::uint32_t>(next_++);
  return may_act(entry, moment.at_ns) && play(entry, moment.at_ns, input);
}

// Whether the program of an entry whose written time has come can act now; otherwise the entry waits or is suppressed.
bool TimelinePlayer::may_act(std::uint32_t entry, std::uint64_t at_ns) {
  const TimelineEntry& what = timeline_.entries()[entry];
  if (what.actor_run == kNoRun) return true;
  Run& actor = runs_[what.actor_run];
  switch (actor.life) {
    case Life::kOver: suppress(entry, actor.over_because); return false;
    case Life::kRunning:
      if (actor.catching_up == 0) return true;
      ++actor.catching_up;
      released_.push_back({.moment = {at_ns, order_.next()}, .entry = entry});
      return false;
    case Life::kHeld:
      if (timeline_.scenario().at(static_cast<int>(what.at)).ended_from_outside()) {
        actor.ended_from_outside = true;
        return true;
      }
      [[fallthrough]];
    case Life::kWaiting: actor.waiting.push_back(entry); return false;
  }
  return false;
}

bool TimelinePlayer::play(std::uint32_t entry, std::uint64_t at_ns, v1::Input& input) {
  const TimelineEntry& what = timeline_.entries()[entry];
  if (what.actor_run != kNoRun && runs_[what.actor_run].life == Life::kOver) {
    suppress(entry, runs_[what.actor_run].over_because);
    return false;
  }
  input = timeline_.prototype(what.at);
  if (input.has_operation()) {
    prepare_operation(what, at_ns, *input.mutable_operation());
  } else if (input.has_detection()) {
    if (input.detection().has_process()) complete_target(*input.mutable_detection()->mutable_process());
  } else if (input.has_agent_stopping()) {
    agent_stopped_ = true;
  }
  played_.push_back(
      {.occurrence = entry, .operation_id = input.operation().id(), .written_ns = what.at_ns, .played_ns = at_ns});
  return true;
}

void TimelinePlayer::prepare_operation(const TimelineEntry& entry, std::uint64_t at_ns, v1::Operation& operation) {
  operation.set_id(next_operation_id_++);
  // Without an agent there is nobody to hold anything.
  if (agent_stopped_) operation.set_hold(v1::HOLD_CAPABILITY_NONE);
  const v1::At& at = timeline_.scenario().at(static_cast<int>(entry.at));
  if (entry.actor_run != kNoRun) {
    *operation.mutable_actor() = runs_[entry.actor_run].key;
  } else if (at.by() != 0) {
    operation.mutable_actor()->set_pid(at.by());
  }
  switch (operation.what_case()) {
    case v1::Operation::kProcessStart: prepare_start(entry, at_ns, operation); break;
    case v1::Operation::kRemoteThread: complete_target(*operation.mutable_remote_thread()->mutable_target()); break;
    case v1::Operation::kProcessAccess: complete_target(*operation.mutable_process_access()->mutable_target()); break;
    case v1::Operation::kProcessTerminate:
      complete_target(*operation.mutable_process_terminate()->mutable_target());
      break;
    default: break;
  }
  const bool held =
      operation.hold() == v1::HOLD_CAPABILITY_PRE_EXECUTION || operation.hold() == v1::HOLD_CAPABILITY_BEST_EFFORT;
  if (entry.starts_run != kNoRun && !held) let_run(entry.starts_run, at_ns);
  undecided_[operation.id()] = {entry.actor_run, entry.starts_run, operation.hold()};
}

void TimelinePlayer::prepare_start(const TimelineEntry& entry, std::uint64_t at_ns, v1::Operation& operation) {
  v1::Process& process = *operation.mutable_process_start();
  if (process.start_ns() == 0) process.set_start_ns(timeline_.started_wall_ns() + at_ns);
  if (!process.has_parent() && operation.has_actor()) *process.mutable_parent() = operation.actor();
  if (process.has_parent()) complete_target(*process.mutable_parent());
  Run& run = runs_[entry.starts_run];
  run.life = Life::kHeld;
  run.key.set_pid(process.pid());
  run.key.set_start_ns(process.start_ns());
  latest_key_[process.pid()] = run.key;
}

void TimelinePlayer::complete_target(v1::ProcessKey& key) const {
  if (key.start_ns() != 0) return;
  if (const auto known = latest_key_.find(key.pid()); known != latest_key_.end()) key = known->second;
}

void TimelinePlayer::play_exit(std::uint32_t run, v1::Input& input) {
  v1::Operation& operation = *input.mutable_operation();
  operation.set_id(next_operation_id_++);
  *operation.mutable_actor() = runs_[run].key;
  operation.set_hold(v1::HOLD_CAPABILITY_NONE);
  operation.mutable_process_exit()->set_exit_code(1);
}

void TimelinePlayer::let_run(std::uint32_t run, std::uint64_t at_ns) {
  Run& now = runs_[run];
  now.life = Life::kRunning;
  for (const std::uint32_t entry : now.waiting) released_.push_back({.moment = {at_ns, order_.next()}, .entry = entry});
  now.catching_up = static_cast<std::uint32_t>(now.waiting.size());
  now.waiting.clear();
}

void TimelinePlayer::end_run(std::uint32_t run, std::string because) {
  Run& over = runs_[run];
  if (over.life == Life::kOver) return;
  over.life = Life::kOver;
  over.over_because = std::move(because);
  std::deque<std::uint32_t> waiting;
  waiting.swap(over.waiting);
  for (const std::uint32_t entry : waiting) suppress(entry, over.over_because);
}

void TimelinePlayer::suppress(std::uint32_t entry, const std::string& because) {
  const TimelineEntry& what = timeline_.entries()[entry];
  suppressed_.push_back(
      {.occurrence = entry, .name = timeline_.name(entry), .written_ns = what.at_ns, .because = because});
  if (what.starts_run != kNoRun) end_run(what.starts_run, because);
}

void TimelinePlayer::decide(std::uint64_t at_ns, const v1::Verdict& verdict) {
  const auto found = undecided_.find(verdict.operation_id());
  if (found == undecided_.end()) return;
  const HeldOperation held = found->second;
  undecided_.erase(found);
  const auto words = [&](std::uint32_t run, std::string_view what) {
    return fmt::format("pid {} {} at {}", runs_[run].key.pid(), what, clock_text(at_ns));
  };
  const bool in_time = held.hold == v1::HOLD_CAPABILITY_PRE_EXECUTION || held.hold == v1::HOLD_CAPABILITY_BEST_EFFORT;
  if (held.starts_run != kNoRun) {
    Run& run = runs_[held.starts_run];
    if (run.life == Life::kHeld && run.ended_from_outside) {
      end_run(held.starts_run, words(held.starts_run, "was ended while its start was held, decided"));
    } else if (verdict.decision() == v1::Verdict::ALLOW) {
      if (run.life == Life::kHeld) let_run(held.starts_run, at_ns);
    } else if (verdict.decision() == v1::Verdict::TERMINATE) {
      end_run(held.starts_run, words(held.starts_run, "was terminated"));
    } else if (in_time) {
      end_run(held.starts_run, words(held.starts_run, "was denied its start"));
    }
    return;
  }
  if (verdict.decision() == v1::Verdict::TERMINATE && held.actor_run != kNoRun &&
      runs_[held.actor_run].life != Life::kOver) {
    end_run(held.actor_run, words(held.actor_run, "was terminated"));
    released_.push_back({.moment = {at_ns, order_.next()}, .entry = 0, .exit_of_run = held.actor_run});
  }
}

void TimelinePlayer::carry_out(std::uint64_t at_ns, const v1::Output& output) {
  if (output.has_verdict()) decide(at_ns, output.verdict());
}

void TimelinePlayer::finish() {
  for (std::uint32_t run = 0; run < runs_.size(); ++run) {
    if (runs_[run].life == Life::kHeld)
      end_run(run, fmt::format("pid {} was never decided upon", runs_[run].key.pid()));
  }
}

}  // namespace holdfast
