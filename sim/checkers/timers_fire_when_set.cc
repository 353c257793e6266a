#include "sim/checkers/timers_fire_when_set.h"

#include <fmt/format.h>

#include "engine/core/state_view.h"
#include "sim/text/duration.h"

namespace holdfast {

void TimersFireWhenSet::begin_with(const v1::EngineState& state, const SettingsInForce& /*law*/) {
  for (const engine::ArmedTimer& timer : engine::armed_timers(state)) set_[timer.timer_id] = timer.at_ns;
}

void TimersFireWhenSet::fires(const SeenStep& step) {
  const std::uint64_t id = step.input.timer_fired().timer_id();
  const auto timer = set_.find(id);
  if (timer == set_.end()) {
    if (step.from_host() || step.counts) breaks(step.now_ns, fmt::format("timer {} fires and is not set", id));
    return;
  }
  const bool due = step.now_ns >= timer->second;
  if (step.from_host() ? step.now_ns != timer->second : step.counts && !due) {
    breaks(step.now_ns, fmt::format("timer {} was set for {}", id, clock_text(timer->second)));
  }
  if (due && !step.counts) {
    bool stale = false;  // its number came before: it never reached the timers
    for (const v1::Output& output : step.outputs) stale = stale || output.input_ignored().what() == "sequence";
    if (!stale) breaks(step.now_ns, fmt::format("timer {} is due and is ignored", id));
  }
  if (step.counts) set_.erase(timer);
}

void TimersFireWhenSet::on_step(const SeenStep& step) {
  from_host_ = step.from_host();
  if (step.input.has_timer_fired()) fires(step);
  for (const v1::Output& output : step.outputs) {
    if (output.has_timer_set()) {
      const v1::TimerSet& timer = output.timer_set();
      if (!set_.emplace(timer.timer_id(), timer.at_ns()).second) {
        breaks(step.now_ns, fmt::format("timer {} is set twice", timer.timer_id()));
      }
    } else if (output.has_timer_cancelled()) {
      const std::uint64_t id = output.timer_cancelled().timer_id();
      if (set_.erase(id) == 0) breaks(step.now_ns, fmt::format("timer {} is cancelled and was not set", id));
    }
  }
}

void TimersFireWhenSet::on_end(const RunEnd& end) {
  if (!from_host_) return;  // nobody promised to fire them
  for (const auto& [id, at_ns] : set_) {
    const bool missed = end.cut ? at_ns < end.at_ns : true;
    if (missed) breaks(end.at_ns, fmt::format("timer {} of {} never fired", id, clock_text(at_ns)));
  }
}

}  // namespace holdfast
