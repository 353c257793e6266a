#include "sim/checkers/seen_step.h"

#include <algorithm>

#include "engine/core/state_view.h"
#include "sim/checkers/held.h"

namespace holdfast {

const v1::Verdict* SeenStep::verdict_on(const v1::Operation& operation) const {
  for (const v1::Output& output : outputs) {
    if (!output.has_verdict() || output.verdict().operation_id() != operation.id()) continue;
    if (is_held(operation) ? ends_hold(output.verdict()) : !ends_hold(output.verdict())) return &output.verdict();
  }
  return nullptr;
}

void StepWatch::begin_with(const v1::EngineState& state) {
  now_ns_ = state.now_ns();
  law_.begin_with(state);
  if (from_ != InputsFrom::kAnybody) return;
  for (const engine::ArmedTimer& timer : engine::armed_timers(state)) arm(timer.timer_id, timer.at_ns);
}

void StepWatch::arm(std::uint64_t timer_id, std::uint64_t at_ns) {
  disarm(timer_id);
  due_ns_[timer_id] = at_ns;
  by_due_.emplace(at_ns, timer_id);
}

void StepWatch::disarm(std::uint64_t timer_id) {
  const auto armed = due_ns_.find(timer_id);
  if (armed == due_ns_.end()) return;
  by_due_.erase({armed->second, timer_id});
  due_ns_.erase(armed);
}

void StepWatch::follow_timers(const v1::Input& input, const std::vector<v1::Output>& outputs, bool counts) {
  if (counts && input.has_timer_fired()) disarm(input.timer_fired().timer_id());
  for (const v1::Output& output : outputs) {
    if (output.has_timer_set()) {
      arm(output.timer_set().timer_id(), output.timer_set().at_ns());
    } else if (output.has_timer_cancelled()) {
      disarm(output.timer_cancelled().timer_id());
    }
  }
}

SeenStep StepWatch::see(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  bool counts = true;
  bool out_of_order = false;
  for (const v1::Output& output : outputs) {
    if (!output.has_input_ignored()) continue;
    const std::string& what = output.input_ignored().what();
    counts = counts && what == "at_ns";
    out_of_order = out_of_order || what == "sequence";
  }
  // An input out of order is ignored whole, its time too.
  const std::uint64_t before_ns = now_ns_;
  if (!out_of_order) now_ns_ = std::max(now_ns_, input.at_ns());
  if (from_ == InputsFrom::kAnybody) {
    if (!by_due_.empty() && by_due_.begin()->first < now_ns_) {
      stalled_ns_ += now_ns_ - std::max(by_due_.begin()->first, before_ns);
    }
    follow_timers(input, outputs, counts);
  }
  const bool law_changed = !out_of_order && law_.on_step(input, outputs);
  return {.input = input,
          .outputs = outputs,
          .now_ns = now_ns_,
          .counts = counts,
          .from = from_,
          .law = law_,
          .law_changed = law_changed,
          .stalled_ns = stalled_ns_};
}

}  // namespace holdfast
