#include "engine/settings/effective_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/text/check.h"

namespace holdfast::engine {
namespace {

constexpr std::uint32_t kAllowIfUnansweredDefault_s = 30;  // DOMAIN 5

const PlatformRule* find_platform(v1::Platform platform, const Tables& tables) {
  const auto row = std::ranges::find(tables.platforms, platform, &PlatformRule::platform);
  return row == tables.platforms.end() ? nullptr : &*row;
}

bool holds(const v1::AgentProfile& profile, v1::Privilege privilege) {
  return std::ranges::find(profile.privilege(), static_cast<int>(privilege)) != profile.privilege().end();
}

std::string on_off(bool value) { return value ? "on" : "off"; }

// Collects the fields of a v1::Status.
class FieldList {
 public:
  explicit FieldList(v1::Status& status) : status_(status) {}

  v1::EffectiveField& add(std::string_view field, std::string configured, std::string effective,
                          v1::SettingSource source) {
    v1::EffectiveField& row = *status_.add_field();
    row.set_field(std::string(field));
    row.set_configured(std::move(configured));
    row.set_effective(std::move(effective));
    row.set_source(source);
    return row;
  }

  // An on/off setting of this agent's policy.
  bool policy_switch(std::string_view field, bool is_set, bool value, bool default_value) {
    const bool effective = is_set ? value : default_value;
    add(field, is_set ? on_off(value) : "", on_off(effective), is_set ? v1::FROM_POLICY : v1::FROM_PROFILE_DEFAULT);
    return effective;
  }

 private:
  v1::Status& status_;
};

// Where a global setting's value comes from on this agent (DOMAIN 3).
v1::SettingSource global_source(bool is_set, v1::Reach reach, bool privileged) {
  if (!is_set) return v1::FROM_PROFILE_DEFAULT;
  if (reach != v1::PRIVILEGED_AGENTS) return v1::FROM_GLOBAL_ALL_AGENTS;
  return privileged ? v1::FROM_GLOBAL_PRIVILEGED : v1::DEFAULT_NOT_PRIVILEGED;
}

bool reaches(v1::SettingSource source) {
  return source == v1::FROM_GLOBAL_ALL_AGENTS || source == v1::FROM_GLOBAL_PRIVILEGED;
}

struct Activity {
  bool configured;
  bool effective;
  v1::ReasonCode why;
};

// DOMAIN 1 and 2: the first obstacle in this order names the reason.
Activity activity(const v1::Settings& settings, const v1::AgentProfile& profile, bool feature_on, bool service_running,
                  const PlatformRule& platform) {
  const auto& service = settings.unauthorized_change_prevention();
  const bool wanted_here = feature_on && (!platform.server || settings.enabled_on_servers());
  const bool service_on = platform.server ? service.enabled_on_servers()
                                          : !service.has_enabled_on_desktops() || service.enabled_on_desktops();
  const auto inactive = [&](v1::ReasonCode why) { return Activity{wanted_here, false, why}; };
  if (!platform.supported) return inactive(v1::PLATFORM_NOT_SUPPORTED);
  if (profile.service_pack() < platform.service_pack_min) return inactive(v1::SERVICE_PACK_MISSING);
  if (platform.server && !settings.enabled_on_servers()) return inactive(v1::OFF_BY_DEFAULT_ON_SERVERS);
  if (!service_on) return inactive(v1::SERVICE_SWITCHED_OFF);
  if (!service_running) return inactive(v1::SERVICE_NOT_RUNNING);
  if (!feature_on) return inactive(v1::EVENT_MONITORING_OFF);
  return Activity{true, true, v1::BEHAVIOR_MONITORING_ACTIVE};
}

EffectiveLimits resolve_limits(const v1::Limits& limits) {
  return {
      .processes_max = limits.has_processes_max() ? limits.processes_max() : 65'536,
      .pending_max = limits.has_pending_max() ? limits.pending_max() : 16'384,
      .prompts_max = limits.has_prompts_max() ? limits.prompts_max() : 32,
      .operations_per_prompt_max = limits.has_operations_per_prompt_max() ? limits.operations_per_prompt_max() : 256,
      .remembered_answers_max = limits.has_remembered_answers_max() ? limits.remembered_answers_max() : 4'096,
      .hold_max_s = limits.has_hold_max_s() ? limits.hold_max_s() : 3'600,
      .downloads_max = limits.has_downloads_max() ? limits.downloads_max() : 4'096,
      .process_bytes_max = limits.has_process_bytes_max() ? limits.process_bytes_max() : 64U << 20U,
      .download_bytes_max = limits.has_download_bytes_max() ? limits.download_bytes_max() : 16U << 20U,
  };
}

NewlyEncountered newly_encountered_rules(const v1::Settings& settings, const v1::AgentProfile& profile, bool enabled,
                                         const NewlyEncounteredRules& rules) {
  const v1::NewlyEncounteredSettings& newly = settings.newly_encountered();
  const bool logs_only = newly.action() == v1::NewlyEncounteredSettings::LOG_ONLY;
  return {
      .enabled = enabled,
      .web_reputation = profile.web_reputation_enabled(),
      .by_hash_and_provenance = newly.match() == v1::NewlyEncounteredSettings::HASH_AND_PROVENANCE,
      .approved_suppresses = newly.approved_suppresses(),
      .prevalence_below = newly.has_prevalence_below() ? newly.prevalence_below() : rules.prevalence_below,
      .age_below_days = newly.has_age_below_days() ? newly.age_below_days() : rules.age_below_days,
      .policy = {.action = logs_only ? v1::MonitoredEventPolicy::ASSESS : v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY,
                 .on_expiry = newly.on_expiry() == v1::ON_EXPIRY_UNSPECIFIED ? v1::EXPIRY_ALLOWS : newly.on_expiry(),
                 .remember = v1::REMEMBER_ONCE,
                 .allow_if_unanswered_s =
                     newly.has_allow_if_unanswered_s() ? newly.allow_if_unanswered_s() : rules.allow_if_unanswered_s},
  };
}

// One number of Settings with the values it accepts.
struct NumberRule {
  std::string_view field;
  std::optional<std::uint64_t> (*get)(const v1::Settings&);
  std::uint64_t min;
  std::uint64_t max;
};

#define HOLDFAST_NUMBER(path, has, get)                             \
  path, [](const v1::Settings& s) -> std::optional<std::uint64_t> { \
    if (!s.has) return std::nullopt;                                \
    return s.get;                                                   \
  }

constexpr NumberRule kNumbers[] = {
    {HOLDFAST_NUMBER("allow_if_unanswered_s", has_allow_if_unanswered_s(), allow_if_unanswered_s()), 1, 600},
    {HOLDFAST_NUMBER("newly_encountered.allow_if_unanswered_s", newly_encountered().has_allow_if_unanswered_s(),
                     newly_encountered().allow_if_unanswered_s()),
     1, 600},
    {HOLDFAST_NUMBER("newly_encountered.age_below_days", newly_encountered().has_age_below_days(),
                     newly_encountered().age_below_days()),
     0, 36'500},
    {HOLDFAST_NUMBER("malware_behavior_blocking.file_encryption_interval_s",
                     malware_behavior_blocking().has_file_encryption_interval_s(),
                     malware_behavior_blocking().file_encryption_interval_s()),
     1, 3'600},
    {HOLDFAST_NUMBER("certified_safe_software.attempt_timeout_ms", certified_safe_software().has_attempt_timeout_ms(),
                     certified_safe_software().attempt_timeout_ms()),
     10, 60'000},
    {HOLDFAST_NUMBER("certified_safe_software.hold_budget_ms", certified_safe_software().has_hold_budget_ms(),
                     certified_safe_software().hold_budget_ms()),
     10, 600'000},
    {HOLDFAST_NUMBER("certified_safe_software.attempts_max", certified_safe_software().has_attempts_max(),
                     certified_safe_software().attempts_max()),
     1, 10},
    {HOLDFAST_NUMBER("certified_safe_software.breaker_failures", certified_safe_software().has_breaker_failures(),
                     certified_safe_software().breaker_failures()),
     1, 1'000},
    {HOLDFAST_NUMBER("certified_safe_software.breaker_open_ms", certified_safe_software().has_breaker_open_ms(),
                     certified_safe_software().breaker_open_ms()),
     0, 3'600'000},
    {HOLDFAST_NUMBER("certified_safe_software.backoff_ms", certified_safe_software().has_backoff_ms(),
                     certified_safe_software().backoff_ms()),
     0, 60'000},
    {HOLDFAST_NUMBER("certified_safe_software.cache_safe_s", certified_safe_software().has_cache_safe_s(),
                     certified_safe_software().cache_safe_s()),
     0, 31'536'000},
    {HOLDFAST_NUMBER("certified_safe_software.cache_unknown_s", certified_safe_software().has_cache_unknown_s(),
                     certified_safe_software().cache_unknown_s()),
     0, 31'536'000},
    {HOLDFAST_NUMBER("certified_safe_software.cache_malicious_s", certified_safe_software().has_cache_malicious_s(),
                     certified_safe_software().cache_malicious_s()),
     0, 31'536'000},
    {HOLDFAST_NUMBER("limits.processes_max", limits().has_processes_max(), limits().processes_max()), 1, 16'777'216},
    {HOLDFAST_NUMBER("limits.pending_max", limits().has_pending_max(), limits().pending_max()), 1, 1'048'576},
    {HOLDFAST_NUMBER("limits.prompts_max", limits().has_prompts_max(), limits().prompts_max()), 1, 1'024},
    {HOLDFAST_NUMBER("limits.operations_per_prompt_max", limits().has_operations_per_prompt_max(),
                     limits().operations_per_prompt_max()),
     1, 65'536},
    {HOLDFAST_NUMBER("limits.remembered_answers_max", limits().has_remembered_answers_max(),
                     limits().remembered_answers_max()),
     1, 1'048'576},
    {HOLDFAST_NUMBER("limits.hold_max_s", limits().has_hold_max_s(), limits().hold_max_s()), 1, 86'400},
    {HOLDFAST_NUMBER("limits.lookups_max", limits().has_lookups_max(), limits().lookups_max()), 1, 1'048'576},
    {HOLDFAST_NUMBER("limits.cached_answers_max", limits().has_cached_answers_max(), limits().cached_answers_max()), 1,
     16'777'216},
    {HOLDFAST_NUMBER("limits.downloads_max", limits().has_downloads_max(), limits().downloads_max()), 1, 1'048'576},
    // A single row of the longest texts must fit, here and below.
    {HOLDFAST_NUMBER("limits.process_bytes_max", limits().has_process_bytes_max(), limits().process_bytes_max()),
     1'048'576, 1'073'741'824},
    {HOLDFAST_NUMBER("limits.download_bytes_max", limits().has_download_bytes_max(), limits().download_bytes_max()),
     4'194'304, 1'073'741'824},
};
#undef HOLDFAST_NUMBER

// One enum of Settings, for values that only a newer or a broken writer can have put there.
struct EnumRule {
  std::string_view field;
  bool (*valid)(const v1::Settings&);
};

constexpr EnumRule kEnums[] = {
    {"profile", [](const v1::Settings& s) { return v1::SettingsProfile_IsValid(s.profile()); }},
    {"allow_if_unanswered_reach",
     [](const v1::Settings& s) { return v1::Reach_IsValid(s.allow_if_unanswered_reach()); }},
    {"newly_encountered_reach", [](const v1::Settings& s) { return v1::Reach_IsValid(s.newly_encountered_reach()); }},
    {"certified_safe_software_reach",
     [](const v1::Settings& s) { return v1::Reach_IsValid(s.certified_safe_software_reach()); }},
    {"malware_behavior_blocking.threats",
     [](const v1::Settings& s) { return v1::ThreatScope_IsValid(s.malware_behavior_blocking().threats()); }},
    {"newly_encountered.action",
     [](const v1::Settings& s) {
       return v1::NewlyEncounteredSettings::Action_IsValid(s.newly_encountered().action());
     }},
    {"newly_encountered.match",
     [](const v1::Settings& s) { return v1::NewlyEncounteredSettings::Match_IsValid(s.newly_encountered().match()); }},
    {"newly_encountered.on_expiry",
     [](const v1::Settings& s) { return v1::OnExpiry_IsValid(s.newly_encountered().on_expiry()); }},
    {"proxy.mode", [](const v1::Settings& s) { return v1::ProxySettings::Mode_IsValid(s.proxy().mode()); }},
    {"signature_settles", [](const v1::Settings& s) { return v1::SignatureSettles_IsValid(s.signature_settles()); }},
};

std::unexpected<Error> refuse(std::string field, std::string what, std::string remedy = "") {
  return std::unexpected(
      Error{.where = "", .field = std::move(field), .what = std::move(what), .remedy = std::move(remedy)});
}

Expected<void> validate_policies(const v1::EventMonitoringSettings& settings) {
  std::array<bool, v1::SUSPICIOUS_BEHAVIOR + 1> seen{};
  for (int i = 0; i < settings.policy_size(); ++i) {
    const v1::MonitoredEventPolicy& policy = settings.policy(i);
    const std::string field = fmt::format("event_monitoring.policy[{}]", i);
    if (std::ranges::find(kMonitoredEvents, policy.event()) == kMonitoredEvents.end()) {
      return refuse(field + ".event",
                    fmt::format("{} has no action: it is not one of the fourteen monitored events (DOMAIN 4)",
                                v1::MonitoredEvent_IsValid(policy.event()) ? v1::MonitoredEvent_Name(policy.event())
                                                                           : std::to_string(policy.event())));
    }
    bool& before = seen.at(static_cast<std::size_t>(policy.event()));
    if (before) {
      return refuse(field + ".event", v1::MonitoredEvent_Name(policy.event()) + " has a policy already",
                    "keep one of them");
    }
    before = true;
    if (!v1::MonitoredEventPolicy::Action_IsValid(policy.do_())) return refuse(field + ".do", "unknown action");
    if (!v1::OnExpiry_IsValid(policy.on_expiry())) return refuse(field + ".on_expiry", "unknown value");
    if (!v1::Remember_IsValid(policy.remember())) return refuse(field + ".remember", "unknown value");
  }
  return {};
}

// What the sections of the settings are resolved against; each adds its fields to the status, in the order of the page.
struct Resolution {
  const v1::Settings& settings;
  const v1::AgentProfile& profile;
  const Tables& tables;
  EffectiveSettings effective = {};
  Activity act = {};

  FieldList fields() { return FieldList(effective.status); }
  v1::SettingSource global(bool is_set, v1::Reach reach, v1::Privilege privilege) const {
    return global_source(is_set, reach, holds(profile, privilege));
  }
};

// One setting of Malware Behavior Blocking as a text; nothing where nobody wants anything by it.
struct BlockingField {
  std::string_view field;
  std::optional<std::string> (*wanted)(const v1::MalwareBehaviorBlockingSettings&);
};

std::optional<std::string> on_if(bool wanted) { return wanted ? std::optional<std::string>("on") : std::nullopt; }

constexpr BlockingField kBlockingFields[] = {
    {"malware_behavior_blocking.threats",
     [](const v1::MalwareBehaviorBlockingSettings& mbb) -> std::optional<std::string> {
       if (mbb.threats() == v1::THREAT_SCOPE_UNSPECIFIED) return std::nullopt;
       return v1::ThreatScope_Name(mbb.threats());
     }},
    {"malware_behavior_blocking.protect_documents",
     [](const v1::MalwareBehaviorBlockingSettings& mbb) { return on_if(mbb.protect_documents()); }},
    {"malware_behavior_blocking.file_encryption_interval_s",
     [](const v1::MalwareBehaviorBlockingSettings& mbb) -> std::optional<std::string> {
       if (!mbb.has_file_encryption_interval_s()) return std::nullopt;
       return std::to_string(mbb.file_encryption_interval_s());
     }},
    {"malware_behavior_blocking.protected_extension",
     [](const v1::MalwareBehaviorBlockingSettings& mbb) -> std::optional<std::string> {
       if (mbb.protected_extension().empty()) return std::nullopt;
       return fmt::format("{}", fmt::join(mbb.protected_extension(), " "));
     }},
    {"malware_behavior_blocking.backup_originals",
     [](const v1::MalwareBehaviorBlockingSettings& mbb) { return on_if(mbb.backup_originals()); }},
    {"malware_behavior_blocking.block_ransomware_locations",
     [](const v1::MalwareBehaviorBlockingSettings& mbb) { return on_if(mbb.block_ransomware_locations()); }},
};

// DOMAIN 9: no part of the engine carries Malware Behavior Blocking out yet. Whoever configured it is told.
bool resolve_malware_behavior_blocking(Resolution& to) {
  const auto& mbb = to.settings.malware_behavior_blocking();
  FieldList fields = to.fields();
  const bool is_wanted =
      mbb.enabled() || (!mbb.has_enabled() && std::ranges::any_of(kBlockingFields, [&](const BlockingField& row) {
        return row.wanted(mbb).has_value();
      }));
  if (!is_wanted) {
    return fields.policy_switch("malware_behavior_blocking.enabled", mbb.has_enabled(), mbb.enabled(), true);
  }
  const auto tell = [&](std::string_view field, std::string configured) {
    fields.add(field, std::move(configured), "off", v1::FROM_POLICY)
        .set_without_effect(v1::MALWARE_BEHAVIOR_BLOCKING_OFF);
  };
  tell("malware_behavior_blocking.enabled", mbb.has_enabled() ? "on" : "");
  for (const BlockingField& row : kBlockingFields) {
    if (auto wanted = row.wanted(mbb)) tell(row.field, *std::move(wanted));
  }
  return true;
}

// DOMAIN 1 and 2: whether anything runs here.
void resolve_activity(Resolution& to, bool service_running) {
  const PlatformRule& platform = *to.effective.platform;
  FieldList fields = to.fields();
  const v1::Settings& settings = to.settings;
  const auto& em = settings.event_monitoring();
  const auto& service = settings.unauthorized_change_prevention();
  const bool em_on = fields.policy_switch("event_monitoring.enabled", em.has_enabled(), em.enabled(), false);
  const bool mbb_on = resolve_malware_behavior_blocking(to);
  if (platform.server) {
    fields.policy_switch("enabled_on_servers", settings.has_enabled_on_servers(), settings.enabled_on_servers(), false);
    fields.policy_switch("unauthorized_change_prevention.enabled_on_servers", service.has_enabled_on_servers(),
                         service.enabled_on_servers(), false);
  } else {
    fields.policy_switch("unauthorized_change_prevention.enabled_on_desktops", service.has_enabled_on_desktops(),
                         service.enabled_on_desktops(), true);
  }
  to.act = activity(settings, to.profile, em_on || mbb_on, service_running, platform);
  to.effective.active = to.act.effective;
  to.effective.event_monitoring = to.act.effective && em_on;
  to.effective.why = to.act.why;
  to.effective.why_number = to.act.why == v1::SERVICE_PACK_MISSING ? platform.service_pack_min : 0;
  v1::Status& status = to.effective.status;
  status.set_settings_name(settings.name());
  status.set_configured_active(to.act.configured);
  status.set_effective_active(to.act.effective);
  status.set_because(to.act.why);
  if (to.act.effective) return;
  for (v1::EffectiveField& field : *status.mutable_field()) {
    const bool feature =
        field.field() == "event_monitoring.enabled" || field.field() == "malware_behavior_blocking.enabled";
    if (feature && field.effective() == "on") field.set_without_effect(to.act.why);
  }
}

// DOMAIN 4: the action of each event. Gives whether any of them asks.
bool resolve_policies(Resolution& to) {
  const auto& em = to.settings.event_monitoring();
  for (const v1::MonitoredEventPolicy& policy : em.policy()) {
    EventPolicy& row = to.effective.policies.at(static_cast<std::size_t>(policy.event()));
    if (policy.do_() != v1::MonitoredEventPolicy::ACTION_UNSPECIFIED) row.action = policy.do_();
    if (policy.on_expiry() != v1::ON_EXPIRY_UNSPECIFIED) row.on_expiry = policy.on_expiry();
    if (policy.remember() != v1::REMEMBER_UNSPECIFIED) row.remember = policy.remember();
  }
  bool any_asks = false;
  for (const v1::MonitoredEvent event : kMonitoredEvents) {
    const EventPolicy& row = to.effective.policy(event);
    const auto set = std::ranges::find(em.policy(), event, &v1::MonitoredEventPolicy::event);
    const bool is_set = set != em.policy().end() && set->do_() != v1::MonitoredEventPolicy::ACTION_UNSPECIFIED;
    const std::string action = v1::MonitoredEventPolicy::Action_Name(row.action);
    any_asks = any_asks || row.action == v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY;
    auto& field = to.fields().add("event_monitoring.policy." + v1::MonitoredEvent_Name(event), is_set ? action : "",
                                  action, is_set ? v1::FROM_POLICY : v1::FROM_PROFILE_DEFAULT);
    if (is_set && !to.effective.event_monitoring) {
      field.set_without_effect(to.act.effective ? v1::EVENT_MONITORING_OFF : to.act.why);
    }
  }
  return any_asks;
}

// DOMAIN 5: automatic allow works only under its two conditions, and says so where they do not hold.
void resolve_automatic_allow(Resolution& to, bool any_asks) {
  const v1::Settings& settings = to.settings;
  const v1::SettingSource source = to.global(settings.has_allow_if_unanswered_s(), settings.allow_if_unanswered_reach(),
                                             v1::PRIVILEGE_BEHAVIOR_MONITORING);
  const std::uint32_t unanswered_s = reaches(source) ? settings.allow_if_unanswered_s() : kAllowIfUnansweredDefault_s;
  auto& field =
      to.fields().add("allow_if_unanswered_s",
                      settings.has_allow_if_unanswered_s() ? std::to_string(settings.allow_if_unanswered_s()) : "",
                      std::to_string(unanswered_s), source);
  for (EventPolicy& row : to.effective.policies) row.allow_if_unanswered_s = unanswered_s;
  if (!to.act.effective) {
    field.set_without_effect(to.act.why);
  } else if (to.tables.auto_allow.needs_event_monitoring && !to.effective.event_monitoring) {
    field.set_without_effect(v1::EVENT_MONITORING_OFF);
  } else if (to.tables.auto_allow.needs_ask_when_necessary && !any_asks) {
    field.set_without_effect(v1::NO_EVENT_ASKS);
  }
}

// DOMAIN 7.
void resolve_newly_encountered(Resolution& to) {
  const auto& newly = to.settings.newly_encountered();
  const v1::SettingSource source =
      to.global(newly.has_enabled(), to.settings.newly_encountered_reach(), v1::PRIVILEGE_BEHAVIOR_MONITORING);
  const bool on = reaches(source) && newly.enabled();
  auto& field = to.fields().add("newly_encountered.enabled", newly.has_enabled() ? on_off(newly.enabled()) : "",
                                on_off(on), source);
  if (on && !to.act.effective) {
    field.set_without_effect(to.act.why);
  } else if (on && to.effective.platform->server) {
    field.set_without_effect(v1::SERVERS_EXCLUDED);
  } else if (on && !to.profile.web_reputation_enabled()) {
    field.set_without_effect(v1::WEB_REPUTATION_OFF);
  }
  to.effective.newly_encountered = newly_encountered_rules(to.settings, to.profile, on, to.tables.newly_encountered);
}

// DOMAIN 8.
void resolve_certified_safe_software(Resolution& to) {
  const auto& csss = to.settings.certified_safe_software();
  const v1::SettingSource source =
      to.global(csss.has_enabled(), to.settings.certified_safe_software_reach(), v1::PRIVILEGE_CERTIFIED_SAFE_SOFTWARE);
  CertifiedSafeSoftware& certified = to.effective.certified_safe_software;
  certified.enabled = reaches(source) && csss.enabled();
  const auto unless_off = [](bool is_set, bool value) { return !is_set || value; };
  certified.for_malware_behavior_blocking =
      unless_off(csss.has_for_malware_behavior_blocking(), csss.for_malware_behavior_blocking());
  certified.for_event_monitoring = unless_off(csss.has_for_event_monitoring(), csss.for_event_monitoring());
  certified.for_firewall = unless_off(csss.has_for_firewall(), csss.for_firewall());
  certified.for_antivirus = unless_off(csss.has_for_antivirus(), csss.for_antivirus());
  to.effective.cloud = resolve_cloud_settings(to.settings, to.tables.cloud);
  to.fields().add("certified_safe_software.enabled", csss.has_enabled() ? on_off(csss.enabled()) : "",
                  on_off(certified.enabled), source);
}

// What is decided otherwise than the vendor's documentation says, or is not in it.
void resolve_own_switches(Resolution& to) {
  const v1::Settings& settings = to.settings;
  FieldList fields = to.fields();
  to.effective.log_every_decision = fields.policy_switch("log_every_decision", settings.has_log_every_decision(),
                                                         settings.log_every_decision(), false);
  to.effective.pause_while_interacting = fields.policy_switch(
      "pause_while_interacting", settings.has_pause_while_interacting(), settings.pause_while_interacting(), false);
  const bool settles_set = settings.signature_settles() != v1::SIGNATURE_SETTLES_UNSPECIFIED;
  to.effective.signature_settles = settles_set ? settings.signature_settles() : v1::EVERY_ACTION;
  fields.add("signature_settles", settles_set ? v1::SignatureSettles_Name(settings.signature_settles()) : "",
             v1::SignatureSettles_Name(to.effective.signature_settles),
             settles_set ? v1::FROM_POLICY : v1::FROM_PROFILE_DEFAULT);
}

}  // namespace

const EventPolicy& EffectiveSettings::policy(v1::MonitoredEvent event) const {
  if (event == v1::NEWLY_ENCOUNTERED_PROGRAM) return newly_encountered.policy;
  return policies.at(static_cast<std::size_t>(event));
}

Expected<void> validate_settings(const v1::Settings& settings) {
  for (const NumberRule& rule : kNumbers) {
    const auto value = rule.get(settings);
    if (value && (*value < rule.min || *value > rule.max)) {
      return refuse(std::string(rule.field),
                    fmt::format("{} is out of range, accepted are {} to {}", *value, rule.min, rule.max));
    }
  }
  for (const EnumRule& rule : kEnums) {
    if (!rule.valid(settings)) return refuse(std::string(rule.field), "unknown value");
  }
  if (settings.proxy().port() > 65'535) return refuse("proxy.port", "a TCP port is at most 65535");
  if (settings.proxy().mode() == v1::ProxySettings::EXPLICIT) {
    if (settings.proxy().port() == 0) return refuse("proxy.port", "an explicit proxy needs its port");
    if (const auto fault = fault_of_proxy_host(settings.proxy().host()))
      return refuse("proxy.host", std::string(*fault));
  }
  if (const auto fault = fault_of_service_url(settings.certified_safe_software().service_url())) {
    return refuse("certified_safe_software.service_url", std::string(*fault), "write https://host[:port][/path]");
  }
  return validate_policies(settings.event_monitoring());
}

Expected<void> validate_profile(const v1::AgentProfile& profile, const Tables& tables) {
  if (find_platform(profile.platform(), tables) != nullptr) return {};
  return refuse(
      "agent.platform",
      profile.platform() == v1::PLATFORM_UNSPECIFIED ? "a profile must name its platform" : "unknown platform",
      "name one, for example WINDOWS_10_X64");
}

EffectiveSettings resolve_settings(const v1::Settings& settings, const v1::AgentProfile& profile, bool service_running,
                                   const Tables& tables) {
  Resolution resolution{.settings = settings, .profile = profile, .tables = tables};
  resolution.effective.platform = find_platform(profile.platform(), tables);
  check(resolution.effective.platform != nullptr, "a profile is validated before it is resolved");
  resolve_activity(resolution, service_running);
  resolve_automatic_allow(resolution, resolve_policies(resolution));
  resolve_newly_encountered(resolution);
  resolve_certified_safe_software(resolution);
  resolve_own_switches(resolution);
  resolution.effective.limits = resolve_limits(settings.limits());
  return std::move(resolution.effective);
}

}  // namespace holdfast::engine
