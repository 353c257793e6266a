#include "sim/checkers/blocked_never_runs.h"

#include <fmt/format.h>

#include "sim/checkers/held.h"

namespace holdfast {

void BlockedNeverRuns::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  if (input.has_operation()) {
    const v1::Operation& operation = input.operation();
    const Key actor{operation.actor().pid(), operation.actor().start_ns()};
    const auto forbidden = may_not_act_.find(actor);
    // Its end is something that happens to a program, not something it does.
    if (forbidden != may_not_act_.end() && !operation.has_process_exit()) {
      breaks(input.at_ns(), fmt::format("operation {} by pid {}, {}", operation.id(), actor.pid, forbidden->second));
    }
    if (operation.has_process_start()) {
      const Key program{operation.process_start().pid(), operation.process_start().start_ns()};
      starts_[operation.id()] = {program, is_held(operation)};
      if (is_held(operation)) may_not_act_[program] = "whose start is still held";
    } else {
      actors_[operation.id()] = actor;
    }
  }
  for (const v1::Output& output : outputs) {
    if (!output.has_verdict()) continue;
    const v1::Verdict& verdict = output.verdict();
    const auto start = starts_.find(verdict.operation_id());
    if (start != starts_.end()) {
      const auto [program, held] = start->second;
      starts_.erase(start);
      if (verdict.decision() == v1::Verdict::ALLOW || (verdict.decision() == v1::Verdict::DENY && !held)) {
        may_not_act_.erase(program);
      } else {
        may_not_act_[program] = "whose start was denied";
      }
      continue;
    }
    const auto actor = actors_.find(verdict.operation_id());
    if (actor == actors_.end()) continue;
    if (verdict.decision() == v1::Verdict::TERMINATE) may_not_act_[actor->second] = "which was terminated";
    actors_.erase(actor);
  }
}

}  // namespace holdfast
