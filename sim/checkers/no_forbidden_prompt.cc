#include "sim/checkers/no_forbidden_prompt.h"

#include <fmt/format.h>

namespace holdfast {

std::string NoForbiddenPrompt::forbidden_by(const v1::Prompt& prompt) const {
  if (!in_force_.behavior_monitoring_active()) return "Behavior Monitoring does not run";
  const v1::Settings& settings = in_force_.settings();
  if (prompt.event() == v1::NEWLY_ENCOUNTERED_PROGRAM) {
    if (!settings.newly_encountered().enabled()) return "newly encountered programs are not watched";
    return settings.newly_encountered().action() == v1::NewlyEncounteredSettings::LOG_ONLY ? "they are only logged"
                                                                                           : "";
  }
  if (!settings.event_monitoring().enabled()) return "Event Monitoring is off";
  if (in_force_.policy(prompt.event()).do_() != v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY) {
    return "the action of that event is not ASK_WHEN_NECESSARY";
  }
  return "";
}

void NoForbiddenPrompt::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  in_force_.on_step(input, outputs);
  for (const v1::Output& output : outputs) {
    if (!output.has_prompt()) continue;
    const std::string reason = forbidden_by(output.prompt());
    if (reason.empty()) continue;
    breaks(input.at_ns(), fmt::format("prompt {} for {}, though {}", output.prompt().prompt_id(),
                                      v1::MonitoredEvent_Name(output.prompt().event()), reason));
  }
}

}  // namespace holdfast
