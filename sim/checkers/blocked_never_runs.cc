#include "sim/checkers/blocked_never_runs.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/state_view.h"
#include "engine/text/computer_name.h"
#include "sim/checkers/held.h"

namespace holdfast {

BlockedNeverRuns::Key BlockedNeverRuns::actor_of(const v1::Operation& operation) {
  return {operation.actor().pid(), operation.actor().start_ns(), computer_of(operation.endpoint())};
}

BlockedNeverRuns::Key BlockedNeverRuns::started_by(const v1::Operation& operation) {
  return {operation.process_start().pid(), operation.process_start().start_ns(), computer_of(operation.endpoint())};
}

void BlockedNeverRuns::begin_with(const v1::EngineState& state, const SettingsInForce& /*law*/) {
  for (const engine::HeldOperation& waiting : engine::held_operations(state)) {
    const v1::Operation& operation = *waiting.operation;
    if (!operation.has_process_start() || !is_held(operation)) continue;
    const Key program = started_by(operation);
    starts_[operation.id()] = program;
    may_not_act_[program] = "whose start is still held";
  }
}

// What programs do lies with the host: it lets nobody act who may not.
void BlockedNeverRuns::look_at_operation(const SeenStep& step) {
  const v1::Operation& operation = step.input.operation();
  if (!may_not_act_.empty()) {
    const auto forbidden = may_not_act_.find(actor_of(operation));
    // Its end is something that happens to a program, not something it does.
    if (forbidden != may_not_act_.end() && !operation.has_process_exit()) {
      breaks(step.now_ns,
             fmt::format("operation {} by pid {}, {}", operation.id(), forbidden->first.pid, forbidden->second));
    }
  }
  if (!operation.has_process_start()) return;
  const Key program = started_by(operation);
  if (is_held(operation)) {
    starts_[operation.id()] = program;
    may_not_act_[program] = "whose start is still held";
  } else {
    may_not_act_.erase(program);  // nobody could hold it: it runs
  }
}

void BlockedNeverRuns::look_at_verdict(const SeenStep& step, const v1::Verdict& verdict) {
  if (verdict.decision() == v1::Verdict::ALLOW && verdict.because() == v1::ON_BLOCKED_LIST) {
    breaks(step.now_ns, fmt::format("operation {} of a blocked program was allowed", verdict.operation_id()));
  }
  const v1::Operation& now = step.input.operation();
  const bool starts_now = step.input.has_operation() && now.has_process_start() && now.id() == verdict.operation_id();
  // Where no agent is in charge, nobody is held and nobody judged.
  const bool judged = verdict.because() != v1::AGENT_NOT_STARTED && verdict.because() != v1::AGENT_STOPPED;
  if (starts_now && judged && verdict.decision() == v1::Verdict::ALLOW && now.script().empty() &&
      step.law.behavior_monitoring_active().value_or(false) && step.law.settings().event_monitoring().enabled() &&
      step.law.plainly_blocked(now.process_start().image()) && step.law.plainly_blocked(verdict.program())) {
    breaks(step.now_ns, fmt::format("operation {} started {}, which the blocked list names", verdict.operation_id(),
                                    verdict.program()));
  }
  if (!step.world_obeys()) return;
  if (verdict.decision() == v1::Verdict::TERMINATE) {
    // Verdicts do not name computers: what is held there is not followed so far.
    const bool is_now = step.input.has_operation() && now.id() == verdict.operation_id();
    may_not_act_[is_now ? actor_of(now) : Key{verdict.actor().pid(), verdict.actor().start_ns(), 0}] =
        "which was terminated";
  }
  const auto start = starts_.find(verdict.operation_id());
  if (start == starts_.end()) return;
  if (verdict.decision() == v1::Verdict::ALLOW) {
    may_not_act_.erase(start->second);
  } else {
    may_not_act_[start->second] = "whose start was denied";
  }
  starts_.erase(start);
}

void BlockedNeverRuns::on_step(const SeenStep& step) {
  if (step.world_obeys() && step.counts && step.input.has_operation()) look_at_operation(step);
  for (const v1::Output& output : step.outputs) {
    if (output.has_verdict()) look_at_verdict(step, output.verdict());
  }
}

}  // namespace holdfast
