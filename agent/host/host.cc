#include "agent/host/host.h"

#include <map>
#include <set>
#include <utility>

#include "engine/core/state_view.h"

namespace holdfast {

struct Host::Loop {
  explicit Loop(Parts host_parts) : parts(std::move(host_parts)), sequence(parts.first_sequence) {}

  struct Timer {
    std::uint64_t at_ns;
    std::uint64_t set_order;  // ties go to the timer that was set first
    std::uint64_t id;
    auto operator<=>(const Timer&) const = default;
  };

  void arm(std::uint64_t timer_id, std::uint64_t at_ns) {
    const Timer timer{at_ns, next_set_order++, timer_id};
    timers.insert(timer);
    by_id[timer_id] = timer;
  }

  void disarm(std::uint64_t timer_id) {
    const auto found = by_id.find(timer_id);
    if (found == by_id.end()) return;
    timers.erase(found->second);
    by_id.erase(found);
  }

  Expected<void> step(v1::Input& next) {
    next.set_sequence(sequence++);
    outputs.clear();
    parts.engine.step(next, outputs);
    for (StepObserver* observer : parts.observers) {
      if (auto seen = observer->on_step(next, outputs); !seen) return seen;
    }
    for (const v1::Output& output : outputs) {
      if (output.has_timer_set()) {
        arm(output.timer_set().timer_id(), output.timer_set().at_ns());
      } else if (output.has_timer_cancelled()) {
        disarm(output.timer_cancelled().timer_id());
      }
      for (Actuator* actuator : parts.actuators) actuator->carry_out(next.at_ns(), output);
    }
    return {};
  }

  Expected<void> fire(Timer timer) {  // a copy: disarm() ends the one in the set
    disarm(timer.id);
    timer_input.Clear();
    timer_input.set_at_ns(timer.at_ns);
    timer_input.mutable_timer_fired()->set_timer_id(timer.id);
    return step(timer_input);
  }

  Parts parts;
  std::uint64_t sequence;
  std::uint64_t next_set_order = 0;
  std::set<Timer> timers;
  std::map<std::uint64_t, Timer> by_id;
  std::vector<v1::Output> outputs;
  v1::Input input;
  v1::Input timer_input;
};

Host::Host(Parts parts) : loop_(std::make_unique<Loop>(std::move(parts))) {}
Host::~Host() = default;

void Host::resume(const v1::EngineState& state) {
  for (const engine::ArmedTimer& timer : engine::armed_timers(state)) loop_->arm(timer.timer_id, timer.at_ns);
}

Expected<void> Host::run(std::uint64_t until_ns) {
  Loop& loop = *loop_;
  while (true) {
    const bool waits = !loop.timers.empty();
    const std::uint64_t due_ns = waits ? loop.timers.begin()->at_ns : Sensor::kForever;
    const std::uint64_t deadline_ns = due_ns < until_ns ? due_ns : until_ns;
    const auto next = loop.parts.sensor.next(deadline_ns, loop.input);
    if (!next) return std::unexpected(next.error());
    if (*next == Sensor::Next::kInput) {
      if (auto stepped = loop.step(loop.input); !stepped) return stepped;
      continue;
    }
    if (*next == Sensor::Next::kEnd && !waits) return {};
    if (due_ns > until_ns || !waits) return {};
    if (auto fired = loop.fire(*loop.timers.begin()); !fired) return fired;
  }
}

}  // namespace holdfast
