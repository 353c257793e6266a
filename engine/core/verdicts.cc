#include <google/protobuf/descriptor.h>

#include <string>
#include <utility>

#include "engine/core/core.h"

namespace holdfast::engine {

v1::Reason make_reason(v1::ReasonCode code, std::string_view text, std::int64_t number) {
  v1::Reason reason;
  reason.set_code(code);
  reason.set_text(std::string(text));
  reason.set_number(number);
  return reason;
}

std::string_view operation_name(v1::Operation::WhatCase what) {
  static const auto& operation = *v1::Operation::descriptor();
  const auto* field = operation.FindFieldByNumber(what);
  return field == nullptr ? std::string_view("nothing") : std::string_view(field->name());
}

void Engine::Core::emit_verdict(const Decided& decided, Reasons&& reasons) {
  const v1::Operation& operation = decided.operation;
  v1::Verdict& verdict = *out().mutable_verdict();
  verdict.set_operation_id(operation.id());
  verdict.set_decision(decided.decision);
  *verdict.mutable_reason() = std::move(reasons);
  const v1::ReasonCode because =
      verdict.reason().empty() ? v1::REASON_CODE_UNSPECIFIED : verdict.reason(verdict.reason_size() - 1).code();
  verdict.set_because(because);
  verdict.set_event(decided.event);
  verdict.set_hold(is_held(operation) ? operation.hold() : v1::HOLD_CAPABILITY_NONE);
  verdict.set_held_ns(now_ns - decided.asked_at_ns);
  verdict.set_logged(decided.logged);
  verdict.set_user_warned(decided.user_warned);
  verdict.set_prompt_id(decided.prompt_id);
  *verdict.mutable_actor() = operation.actor();
  verdict.set_program(std::string(decided.program));
  verdict.set_target(std::string(decided.target));
  verdict.set_operation(std::string(operation_name(operation.what_case())));
  if (decided.logged) emit_violation(decided, because);
  if (decided.user_warned) {
    v1::Warning& warning = *out().mutable_warning();
    warning.set_event(decided.event);
    warning.set_program(std::string(decided.program));
    warning.set_target(std::string(decided.target));
    warning.set_session_id(decided.session_id);
  }
}

void Engine::Core::emit_violation(const Decided& decided, v1::ReasonCode because) {
  const v1::Operation& operation = decided.operation;
  v1::Violation& violation = *out().mutable_violation();
  violation.set_violation_id(next_violation_id++);
  violation.set_event(decided.event);
  *violation.mutable_process() = operation.actor();
  violation.set_program(std::string(decided.program));
  violation.set_target(std::string(decided.target));
  violation.set_operation(std::string(operation_name(operation.what_case())));
  violation.set_operation_id(operation.id());
  violation.set_action(decided.action);
  violation.set_result(decided.decision);
  violation.set_because(because);
  violation.set_endpoint(operation.endpoint().empty() ? law.profile.endpoint() : operation.endpoint());
  violation.set_user(operation.actor_user());
  violation.set_wall_ns(operation.wall_ns() != 0 ? operation.wall_ns()
                                                 : decided.asked_at_ns + static_cast<std::uint64_t>(wall_offset_ns));
  violation.set_rule(std::string(decided.rule));
}

// What the judgement says, without a prompt.
void Engine::Core::decide(const v1::Operation& operation, const ProcessRow& subject, v1::Verdict::Decision decision,
                          std::uint64_t asked_at_ns) {
  emit_verdict(
      {.operation = operation,
       .decision = decision,
       .event = judgement.event,
       .logged = judgement.logged,
       .user_warned = judgement.user_warned,
       .action = judgement.action == nullptr ? v1::MonitoredEventPolicy::ACTION_UNSPECIFIED : judgement.action->action,
       .rule = judgement.rule == nullptr ? std::string_view() : judgement.rule->id,
       .program = subject.image->text,
       .target = judgement.target,
       .asked_at_ns = asked_at_ns,
       .prompt_id = 0,
       .session_id = subject.session_id},
      std::move(judgement.reasons));
}

}  // namespace holdfast::engine
