#include "sim/checkers/timers_fire_when_set.h"

#include <fmt/format.h>

#include "sim/text/duration.h"

namespace holdfast {

void TimersFireWhenSet::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  if (input.has_timer_fired()) {
    const std::uint64_t id = input.timer_fired().timer_id();
    const auto timer = set_.find(id);
    if (timer == set_.end()) {
      breaks(input.at_ns(), fmt::format("timer {} fires and is not set", id));
    } else {
      if (timer->second != input.at_ns()) {
        breaks(input.at_ns(), fmt::format("timer {} was set for {}", id, clock_text(timer->second)));
      }
      set_.erase(timer);
    }
  }
  for (const v1::Output& output : outputs) {
    if (output.has_timer_set()) {
      const v1::TimerSet& timer = output.timer_set();
      if (timer.at_ns() < input.at_ns())
        breaks(input.at_ns(), fmt::format("timer {} is set for the past", timer.timer_id()));
      if (!set_.emplace(timer.timer_id(), timer.at_ns()).second) {
        breaks(input.at_ns(), fmt::format("timer {} is set twice", timer.timer_id()));
      }
    } else if (output.has_timer_cancelled()) {
      const std::uint64_t id = output.timer_cancelled().timer_id();
      if (set_.erase(id) == 0) breaks(input.at_ns(), fmt::format("timer {} is cancelled and was not set", id));
    }
  }
}

void TimersFireWhenSet::on_end(const RunEnd& end) {
  for (const auto& [id, at_ns] : set_) {
    const bool missed = end.cut ? at_ns < end.at_ns : true;
    if (missed) breaks(end.at_ns, fmt::format("timer {} of {} never fired", id, clock_text(at_ns)));
  }
}

}  // namespace holdfast
