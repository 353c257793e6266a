#include "engine/verdicts/verdicts.h"

#include <string>
#include <utility>

namespace holdfast::engine {

void Verdicts::say(const Decided& decided, Reasons&& reasons, const Endpoint& endpoint, Step& step) {
  const v1::Operation& operation = decided.operation;
  v1::Verdict& verdict = *step.out().mutable_verdict();
  verdict.set_operation_id(operation.id());
  verdict.set_decision(decided.decision);
  *verdict.mutable_reason() = std::move(reasons);
  const v1::ReasonCode because =
      verdict.reason().empty() ? v1::REASON_CODE_UNSPECIFIED : verdict.reason(verdict.reason_size() - 1).code();
  verdict.set_because(because);
  verdict.set_event(decided.event);
  verdict.set_hold(is_held(operation) ? operation.hold() : v1::HOLD_CAPABILITY_NONE);
  verdict.set_held_ns(step.now_ns() - decided.asked_at_ns);
  verdict.set_logged(decided.telling.logged);
  verdict.set_user_warned(decided.telling.user_warned);
  verdict.set_prompt_id(decided.prompt_id);
  *verdict.mutable_actor() = operation.actor();
  verdict.set_program(std::string(decided.program));
  verdict.set_target(std::string(decided.target));
  verdict.set_operation(std::string(operation_name(operation.what_case())));
  if (decided.telling.logged) log(decided, because, endpoint, step);
  if (!decided.telling.user_warned) return;
  v1::Warning& warning = *step.out().mutable_warning();
  warning.set_event(decided.event);
  warning.set_program(std::string(decided.program));
  warning.set_target(std::string(decided.target));
  warning.set_session_id(decided.session_id);
}

void Verdicts::log(const Decided& decided, v1::ReasonCode because, const Endpoint& endpoint, Step& step) {
  const v1::Operation& operation = decided.operation;
  v1::Violation& violation = *step.out().mutable_violation();
  violation.set_violation_id(next_violation_id_++);
  violation.set_event(decided.event);
  *violation.mutable_process() = operation.actor();
  violation.set_program(std::string(decided.program));
  violation.set_target(std::string(decided.target));
  violation.set_operation(std::string(operation_name(operation.what_case())));
  violation.set_operation_id(operation.id());
  violation.set_action(decided.action);
  violation.set_result(decided.decision);
  violation.set_because(because);
  violation.set_endpoint(operation.endpoint().empty() ? std::string(endpoint.name) : operation.endpoint());
  violation.set_user(operation.actor_user());
  violation.set_wall_ns(operation.wall_ns() != 0 ? operation.wall_ns() : decided.asked_at_ns + endpoint.wall_offset_ns);
  violation.set_rule(std::string(decided.rule));
}

Expected<void> Verdicts::load(const v1::EngineState& state) {
  if (state.next_violation_id() == 0 || state.next_violation_id() > kNumberMax) {
    return bad_state("next_violation_id", "no engine has logged that many violations");
  }
  next_violation_id_ = state.next_violation_id();
  return {};
}

}  // namespace holdfast::engine
