#include "sim/checkers/settings_in_force.h"

#include <algorithm>

namespace holdfast {
namespace {

constexpr std::uint64_t kDefaultAllowIfUnansweredS = 30;  // DOMAIN 5
constexpr std::uint64_t kDefaultHoldMaxS = 3'600;

bool holds_privilege(const v1::AgentProfile& profile, v1::Privilege privilege) {
  return std::find(profile.privilege().begin(), profile.privilege().end(), privilege) != profile.privilege().end();
}

}  // namespace

bool SettingsInForce::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  bool refused = false;
  for (const v1::Output& output : outputs) {
    if (output.has_settings_refused()) refused = true;
    if (output.has_status()) active_ = output.status().effective_active();
  }
  switch (input.kind_case()) {
    case v1::Input::kAgentStarted:
      // What cannot be accepted at the start leaves the defaults in force.
      settings_ = refused ? v1::Settings() : input.agent_started().settings();
      profile_ = input.agent_started().profile();
      return true;
    case v1::Input::kSettingsChanged:
      if (!refused) settings_ = input.settings_changed().settings();
      return !refused;
    case v1::Input::kProfileChanged:
      if (!refused) profile_ = input.profile_changed().profile();
      return !refused;
    default: return false;
  }
}

v1::MonitoredEventPolicy SettingsInForce::policy(v1::MonitoredEvent event) const {
  for (const v1::MonitoredEventPolicy& policy : settings_.event_monitoring().policy()) {
    if (policy.event() == event) return policy;
  }
  return {};
}

std::uint64_t SettingsInForce::hold_s_max() const {
  const std::uint64_t hold_max =
      settings_.limits().has_hold_max_s() ? settings_.limits().hold_max_s() : kDefaultHoldMaxS;
  bool extended = settings_.pause_while_interacting();
  for (const v1::MonitoredEventPolicy& policy : settings_.event_monitoring().policy()) {
    if (policy.on_expiry() == v1::EXPIRY_KEEPS_HELD) extended = true;
  }
  if (extended) return hold_max;
  const bool reaches = settings_.allow_if_unanswered_reach() != v1::PRIVILEGED_AGENTS ||
                       holds_privilege(profile_, v1::PRIVILEGE_BEHAVIOR_MONITORING);
  const std::uint64_t countdown =
      reaches && settings_.has_allow_if_unanswered_s() ? settings_.allow_if_unanswered_s() : kDefaultAllowIfUnansweredS;
  return std::min(countdown, hold_max);
}

}  // namespace holdfast
