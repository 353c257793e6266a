#include "sim/checkers/no_forbidden_prompt.h"

#include <fmt/format.h>

namespace holdfast {

void NoForbiddenPrompt::begin_with(const v1::EngineState& /*state*/, const SettingsInForce& /*law*/) {
  saw_beginning_ = false;
}

std::string_view NoForbiddenPrompt::forbidden_by(const SeenStep& step, const v1::Prompt& prompt) const {
  // What the agent said last before the beginning is not known in the midst of its life.
  if (!step.law.behavior_monitoring_active().value_or(!saw_beginning_)) return "Behavior Monitoring does not run";
  const v1::Settings& settings = step.law.settings();
  if (prompt.event() == v1::NEWLY_ENCOUNTERED_PROGRAM) {
    if (!settings.newly_encountered().enabled()) return "newly encountered programs are not watched";
    return settings.newly_encountered().action() == v1::NewlyEncounteredSettings::LOG_ONLY ? "they are only logged"
                                                                                           : "";
  }
  if (!settings.event_monitoring().enabled()) return "Event Monitoring is off";
  if (step.law.action(prompt.event()) != v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY) {
    return "the action of that event is not ASK_WHEN_NECESSARY";
  }
  return "";
}

void NoForbiddenPrompt::on_step(const SeenStep& step) {
  for (const v1::Output& output : step.outputs) {
    if (!output.has_prompt()) continue;
    const std::string_view reason = forbidden_by(step, output.prompt());
    if (reason.empty()) continue;
    breaks(step.now_ns, fmt::format("prompt {} for {}, though {}", output.prompt().prompt_id(),
                                    v1::MonitoredEvent_Name(output.prompt().event()), reason));
  }
}

}  // namespace holdfast
