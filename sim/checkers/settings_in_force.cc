#include "sim/checkers/settings_in_force.h"

#include <algorithm>

#include "sim/text/duration.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kDefaultAllowIfUnansweredS = 30;  // DOMAIN 5
constexpr std::uint64_t kDefaultHoldMaxS = 3'600;
constexpr std::uint64_t kDefaultHoldBudgetMs = 10'000;  // DOMAIN 8
constexpr std::uint64_t kMillisecondNs = 1'000'000;

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

std::uint64_t SettingsInForce::lookup_max_ns() const {
  const v1::CertifiedSafeSoftwareSettings& service = settings_.certified_safe_software();
  if (!service.enabled() && !settings_.newly_encountered().enabled()) return 0;
  return (service.has_hold_budget_ms() ? service.hold_budget_ms() : kDefaultHoldBudgetMs) * kMillisecondNs;
}

std::uint64_t SettingsInForce::hold_max_ns() const {
  const std::uint64_t hold_max =
      settings_.limits().has_hold_max_s() ? settings_.limits().hold_max_s() : kDefaultHoldMaxS;
  bool extended = settings_.pause_while_interacting();
  for (const v1::MonitoredEventPolicy& policy : settings_.event_monitoring().policy()) {
    if (policy.on_expiry() == v1::EXPIRY_KEEPS_HELD) extended = true;
  }
  if (settings_.newly_encountered().on_expiry() == v1::EXPIRY_KEEPS_HELD) extended = true;
  if (extended) return hold_max * kSecondNs;
  const bool reaches = settings_.allow_if_unanswered_reach() != v1::PRIVILEGED_AGENTS ||
                       holds_privilege(profile_, v1::PRIVILEGE_BEHAVIOR_MONITORING);
  const std::uint64_t countdown =
      reaches && settings_.has_allow_if_unanswered_s() ? settings_.allow_if_unanswered_s() : kDefaultAllowIfUnansweredS;
  std::uint64_t longest = countdown;
  if (settings_.newly_encountered().enabled()) {
    longest = std::max<std::uint64_t>(longest, settings_.newly_encountered().allow_if_unanswered_s());
  }
  return std::min(longest * kSecondNs + lookup_max_ns(), hold_max * kSecondNs);
}

}  // namespace holdfast
