#include "engine/step/timers.h"

#include <fmt/format.h>

#include <algorithm>

namespace holdfast::engine {

Timers::Set Timers::set(const Owner& owner, std::uint64_t at_ns, Step& step) {
  const Set set{.timer_id = next_id_++, .at_ns = std::max(at_ns, step.now_ns())};
  timers_.emplace(set.timer_id, Timer{.owner = owner, .at_ns = set.at_ns});
  v1::TimerSet& told = *step.out().mutable_timer_set();
  told.set_timer_id(set.timer_id);
  told.set_at_ns(set.at_ns);
  return set;
}

void Timers::cancel(std::uint64_t timer_id, Step& step) {
  if (timers_.erase(timer_id) != 0) step.out().mutable_timer_cancelled()->set_timer_id(timer_id);
}

std::optional<Timers::Owner> Timers::take_due(std::uint64_t timer_id, Step& step) {
  const auto found = timers_.find(timer_id);
  if (found == timers_.end()) {
    step.ignore("timer_fired", fmt::format("timer {} is not set", timer_id));
    return std::nullopt;
  }
  if (step.now_ns() < found->second.at_ns) {
    step.ignore("timer_fired", fmt::format("timer {} is not due yet", timer_id));
    return std::nullopt;
  }
  const Owner owner = found->second.owner;
  timers_.erase(found);
  return owner;
}

Expected<void> Timers::load(const v1::EngineState& state) {
  if (state.next_timer_id() == 0 || state.next_timer_id() > kNumberMax) {
    return bad_state("next_timer_id", "no engine has given out that many timers");
  }
  next_id_ = state.next_timer_id();
  timers_.clear();
  return {};
}

Expected<void> Timers::load_one(const Set& set, const Owner& owner) {
  if (set.timer_id == 0 || set.timer_id >= next_id_) return bad_state("timer_id", "it was never given out");
  if (!timers_.emplace(set.timer_id, Timer{.owner = owner, .at_ns = set.at_ns}).second) {
    return bad_state("timer_id", "it belongs to another one");
  }
  return {};
}

}  // namespace holdfast::engine
