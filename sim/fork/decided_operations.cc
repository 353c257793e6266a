#include "sim/fork/decided_operations.h"

namespace holdfast {

Expected<void> DecidedOperations::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  see(input);
  for (const v1::Output& output : outputs) {
    if (output.has_verdict()) see(input.at_ns(), output.verdict());
  }
  return {};
}

void SettingsName::see(const v1::Input& input) {
  if (input.has_agent_started()) name_ = input.agent_started().settings().name();
  if (input.has_settings_changed()) name_ = input.settings_changed().settings().name();
}

void DecidedOperations::see(std::uint64_t at_ns, const v1::Verdict& verdict) {
  decided_[verdict.operation_id()] = {.at_ns = at_ns,
                                      .decision = verdict.decision(),
                                      .because = verdict.because(),
                                      .held_ns = verdict.held_ns(),
                                      .settings = *texts_.insert(settings_.text()).first,
                                      .program = *texts_.insert(verdict.program()).first};
}

const DecidedOperation* DecidedOperations::about(std::uint64_t operation_id) const {
  const auto found = decided_.find(operation_id);
  return found == decided_.end() ? nullptr : &found->second;
}

void Waits::add(std::uint64_t held_ns, std::string_view program) {
  total_ns += held_ns;
  if (held_ns <= longest_ns) return;
  longest_ns = held_ns;
  longest_program = program;
}

}  // namespace holdfast
