#include "sim/checkers/one_verdict.h"

#include <fmt/format.h>

#include "engine/core/state_view.h"
#include "sim/checkers/held.h"

namespace holdfast {

void OneVerdict::begin_with(const v1::EngineState& state, const SettingsInForce& /*law*/) {
  agent_stopped_ = state.stopped();
  for (const engine::HeldOperation& waiting : engine::held_operations(state)) {
    tried_.add(waiting.operation->id());
    if (is_held(*waiting.operation)) held_.insert(waiting.operation->id());
  }
}

void OneVerdict::decided(const SeenStep& step, const v1::Verdict& verdict) {
  const std::uint64_t id = verdict.operation_id();
  const auto again = again_.find(id);
  if (decided_.contains(id) && again != again_.end()) {
    if (--again->second == 0) again_.erase(again);
  } else if (decided_.contains(id)) {
    breaks(step.now_ns, fmt::format("operation {} got a second verdict", id));
  } else if (!tried_.contains(id)) {
    breaks(step.now_ns, fmt::format("a verdict for operation {}, which nobody tried", id));
  }
  decided_.add(id);
  if (ends_hold(verdict)) held_.erase(id);
}

void OneVerdict::on_step(const SeenStep& step) {
  if (step.input.has_operation() && step.counts) {
    const v1::Operation& operation = step.input.operation();
    // The number of one that is over may come again, and even of one that nobody holds and that waits.
    if (decided_.contains(operation.id())) {
      decided_.remove(operation.id());
    } else if (tried_.contains(operation.id())) {
      ++again_[operation.id()];
    }
    tried_.add(operation.id());
    // A stopped agent holds nothing.
    const bool waits = is_held(operation) && !agent_stopped_ && step.verdict_on(operation) == nullptr;
    if (waits) held_.insert(operation.id());
  }
  for (const v1::Output& output : step.outputs) {
    if (output.has_verdict()) decided(step, output.verdict());
  }
  if (!step.counts) return;
  if (step.input.has_agent_started()) agent_stopped_ = false;
  if (!step.input.has_agent_stopping()) return;
  agent_stopped_ = true;
  for (const std::uint64_t id : held_) {
    breaks(step.now_ns, fmt::format("the agent stopped and left operation {} held", id));
  }
}

void OneVerdict::on_end(const RunEnd& end) {
  if (end.cut || agent_stopped_) return;
  for (const std::uint64_t id : held_) breaks(end.at_ns, fmt::format("operation {} never got a verdict", id));
}

}  // namespace holdfast
