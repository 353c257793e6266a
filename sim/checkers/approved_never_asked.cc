#include "sim/checkers/approved_never_asked.h"

#include <fmt/format.h>

#include <algorithm>

namespace holdfast {

void ApprovedNeverAsked::follow_programs(const SeenStep& step) {
  constexpr std::size_t kProgramsMax = 4'096;
  const v1::Operation& operation = step.input.operation();
  if (operation.has_process_exit()) images_.erase({operation.actor().pid(), operation.actor().start_ns()});
  if (!operation.has_process_start() || operation.process_start().start_ns() == 0) return;
  if (images_.size() >= kProgramsMax) images_.clear();
  const v1::Process& process = operation.process_start();
  const auto [program, is_new] = images_.try_emplace({process.pid(), process.start_ns()}, process.image());
  if (!is_new && program->second != process.image()) program->second.clear();
}

void ApprovedNeverAsked::look_at_prompt(const SeenStep& step, const v1::Prompt& prompt) {
  // Newly encountered programs are asked about all the same, unless that is switched off (DOMAIN 7).
  if (prompt.event() == v1::NEWLY_ENCOUNTERED_PROGRAM || !step.law.plainly_approved(prompt.program())) return;
  // A path that only looks like an entry is none, and is printed like one.
  const auto program = images_.find({prompt.process().pid(), prompt.process().start_ns()});
  if (program == images_.end() || !step.law.plainly_approved(program->second)) return;
  // A script is what the list is asked about where one acts.
  if (!step.input.has_operation() || !step.input.operation().script().empty()) return;
  breaks(step.now_ns,
         fmt::format("prompt {} asks about {}, which the approved list names", prompt.prompt_id(), prompt.program()));
}

void ApprovedNeverAsked::look_at_verdict(const SeenStep& step, const v1::Verdict& verdict) {
  if (verdict.prompt_id() == 0 || verdict.event() == v1::NEWLY_ENCOUNTERED_PROGRAM) return;
  const auto says = [&](v1::ReasonCode code) {
    return std::ranges::any_of(verdict.reason(), [&](const v1::Reason& reason) { return reason.code() == code; });
  };
  // New settings can approve a program while its prompt is open.
  if (!says(v1::ON_APPROVED_LIST) || says(v1::SETTINGS_CHANGED_MEANWHILE)) return;
  breaks(step.now_ns, fmt::format("prompt {} asked about operation {} of an approved program", verdict.prompt_id(),
                                  verdict.operation_id()));
}

void ApprovedNeverAsked::on_step(const SeenStep& step) {
  if (step.input.has_operation() && step.counts && step.law.approves_plainly()) follow_programs(step);
  for (const v1::Output& output : step.outputs) {
    if (output.has_prompt()) look_at_prompt(step, output.prompt());
    if (output.has_verdict()) look_at_verdict(step, output.verdict());
  }
}

}  // namespace holdfast
