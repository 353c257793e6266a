#include "sim/checkers/answers_as_given.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

void AnswersAsGiven::begin_with(const v1::EngineState& state, const SettingsInForce& /*law*/) {
  first_prompt_id_ = state.next_prompt_id();
}

void AnswersAsGiven::look_at(const SeenStep& step, const v1::Verdict& verdict) {
  const v1::ReasonCode because = verdict.because();
  const bool by_user = because == v1::USER_ALLOWED || because == v1::USER_DENIED;
  const bool remembered = because == v1::REMEMBERED_ALLOW || because == v1::REMEMBERED_DENY;
  if (!by_user && !remembered) return;
  const bool allowed = because == v1::USER_ALLOWED || because == v1::REMEMBERED_ALLOW;
  const std::uint64_t prompt_id =
      by_user ? verdict.prompt_id() : static_cast<std::uint64_t>(verdict.reason(verdict.reason_size() - 1).number());
  if (by_user) {
    const v1::PromptAnswer& answer = step.input.prompt_answer();
    const v1::PromptAnswer::Kind kind = allowed ? v1::PromptAnswer::ALLOW : v1::PromptAnswer::DENY;
    if (!step.input.has_prompt_answer() || answer.prompt_id() != prompt_id || answer.kind() != kind) {
      breaks(step.now_ns,
             fmt::format("operation {} is decided by a user who did not answer so", verdict.operation_id()));
    }
    return;
  }
  if (prompt_id < first_prompt_id_) return;  // asked before our eyes
  const auto asked = asked_.find(prompt_id);
  if (asked == asked_.end() || !asked->second.answered || asked->second.allowed != allowed) {
    return breaks(step.now_ns, fmt::format("operation {} is decided by an answer to prompt {} that nobody gave",
                                           verdict.operation_id(), prompt_id));
  }
  const std::string& program = asked->second.program;
  // A row of the process table that was dropped comes back without a name.
  if (program.empty() || verdict.program().empty() || asked->second.profile != profiles_ || !is_ascii(program)) return;
  if (ascii::equal_without_case(program, verdict.program())) return;
  breaks(step.now_ns, fmt::format("operation {} of {} is decided by an answer about {}", verdict.operation_id(),
                                  verdict.program(), program));
}

void AnswersAsGiven::on_step(const SeenStep& step) {
  if (step.law_changed && !step.input.has_settings_changed()) ++profiles_;
  if (step.counts && step.input.has_prompt_answer()) {
    const v1::PromptAnswer& answer = step.input.prompt_answer();
    const auto asked = asked_.find(answer.prompt_id());
    if (asked != asked_.end() &&
        (answer.kind() == v1::PromptAnswer::ALLOW || answer.kind() == v1::PromptAnswer::DENY)) {
      asked->second.answered = true;
      asked->second.allowed = answer.kind() == v1::PromptAnswer::ALLOW;
    }
  }
  for (const v1::Output& output : step.outputs) {
    if (output.has_prompt()) {
      asked_[output.prompt().prompt_id()] = {.program = output.prompt().program(), .profile = profiles_};
    } else if (output.has_verdict()) {
      look_at(step, output.verdict());
    } else if (output.has_prompt_closed()) {
      const auto asked = asked_.find(output.prompt_closed().prompt_id());
      if (asked != asked_.end() && !asked->second.answered) asked_.erase(asked);
    }
  }
}

}  // namespace holdfast
