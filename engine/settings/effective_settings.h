// What holds on this endpoint: the settings as configured, resolved against the agent's profile, with the source of
// every value (DOMAIN 1 to 5).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/lookups/cloud_settings.h"
#include "engine/schema/error.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/settings.pb.h"
#include "engine/tables/tables.h"

namespace holdfast::engine {

// What is done about one event, every default filled in.
struct EventPolicy {
  v1::MonitoredEventPolicy::Action action = v1::MonitoredEventPolicy::ASSESS;
  v1::OnExpiry on_expiry = v1::EXPIRY_ALLOWS;
  v1::Remember remember = v1::REMEMBER_ONCE;
  std::uint32_t allow_if_unanswered_s = 30;
};

// The bounds of the engine's tables, every default filled in (v1::Limits).
struct EffectiveLimits {
  std::uint32_t processes_max;
  std::uint32_t pending_max;
  std::uint32_t prompts_max;
  std::uint32_t operations_per_prompt_max;
  std::uint32_t remembered_answers_max;
  std::uint32_t hold_max_s;
  std::uint32_t downloads_max;
  std::uint32_t process_bytes_max;
  std::uint32_t download_bytes_max;
};

// Who may ask whether a program is certified safe software (DOMAIN 8).
struct CertifiedSafeSoftware {
  bool enabled = false;
  bool for_malware_behavior_blocking = true;
  bool for_event_monitoring = true;
  bool for_firewall = true;
  bool for_antivirus = true;
};

// Newly encountered programs (DOMAIN 7).
struct NewlyEncountered {
  bool enabled = false;
  bool web_reputation = false;          // Web Reputation Services run on this agent
  bool by_hash_and_provenance = false;  // opt-in; else email programs are known by their file name
  bool approved_suppresses = false;     // opt-in
  std::uint64_t prevalence_below = 0;   // detections
  std::uint32_t age_below_days = 0;
  EventPolicy policy;
};

struct EffectiveSettings {
  const PlatformRule* platform = nullptr;
  bool active = false;                               // Behavior Monitoring runs
  bool event_monitoring = false;                     // and Event Monitoring with it
  v1::ReasonCode why = v1::REASON_CODE_UNSPECIFIED;  // BEHAVIOR_MONITORING_ACTIVE, or why it does not run
  std::uint32_t why_number = 0;                      // the service pack that is missing
  bool log_every_decision = false;
  bool pause_while_interacting = false;
  v1::SignatureSettles signature_settles = v1::EVERY_ACTION;
  CertifiedSafeSoftware certified_safe_software;
  NewlyEncountered newly_encountered;
  CloudSettings cloud;
  EffectiveLimits limits{};
  v1::Status status;  // the same for people, field by field

  // Of one of the fourteen monitored events, or of newly encountered programs.
  const EventPolicy& policy(v1::MonitoredEvent event) const;
  std::array<EventPolicy, v1::SUSPICIOUS_BEHAVIOR + 1> policies;  // by event id; the ids of monitored events only
};

// The fourteen events that Event Monitoring knows, in the order of their ids.
inline constexpr std::array kMonitoredEvents = {
    v1::NEW_STARTUP_PROGRAM,
    v1::HOSTS_FILE_MODIFICATION,
    v1::PROGRAM_LIBRARY_INJECTION,
    v1::NEW_INTERNET_EXPLORER_PLUGIN,
    v1::INTERNET_EXPLORER_SETTING_MODIFICATION,
    v1::SHELL_MODIFICATION,
    v1::NEW_SERVICE,
    v1::SECURITY_POLICY_MODIFICATION,
    v1::FIREWALL_POLICY_MODIFICATION,
    v1::SYSTEM_FILE_MODIFICATION,
    v1::DUPLICATED_SYSTEM_FILE,
    v1::LAYERED_SERVICE_PROVIDER,
    v1::SYSTEM_PROCESS_MODIFICATION,
    v1::SUSPICIOUS_BEHAVIOR,
};

// Refuses settings with a value out of its range, an unknown enum value, an event named twice or not monitored. Says
// nothing of the exception list: ExceptionList::create does. Error.field is the path in Settings.
Expected<void> validate_settings(const v1::Settings& settings);

// Refuses a profile without a platform of the table.
Expected<void> validate_profile(const v1::AgentProfile& profile, const Tables& tables);

// Both must be valid. `service_running`: the Unauthorized Change Prevention Service runs where it is switched on.
EffectiveSettings resolve_settings(const v1::Settings& settings, const v1::AgentProfile& profile, bool service_running,
                                   const Tables& tables);

}  // namespace holdfast::engine
