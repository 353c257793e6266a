#include "sim/scenario/settings_judgement.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include "engine/exceptions/exception_list.h"
#include "engine/lookups/routes.h"
#include "engine/path/windows_path.h"
#include "engine/settings/effective_settings.h"
#include "engine/tables/tables.h"
#include "engine/text/host_address.h"
#include "reports/explain.h"
#include "reports/wording.h"

namespace holdfast {
namespace {

FieldPath joined(const FieldPath& prefix, std::string_view field) {
  FieldPath path = prefix;
  const FieldPath rest = field_path(field);
  path.insert(path.end(), rest.begin(), rest.end());
  return path;
}

Error located(Error error, const TextLocations& locations, const FieldPath& prefix) {
  const FieldPath path = joined(prefix, error.field);
  error.where = locations.where(path);
  error.field = field_text(path);
  return error;
}

void add_remark(const std::string& field, std::string what, const TextLocations& locations, const FieldPath& prefix,
                std::vector<Remark>& remarks) {
  const FieldPath path = joined(prefix, field);
  remarks.push_back({.where = locations.where(path), .field = field_text(path), .what = std::move(what)});
}

// A status names policies by their events, the settings by their numbers.
FieldPath path_of_status_field(std::string_view field, const v1::Settings& settings) {
  constexpr std::string_view kPolicies = "event_monitoring.policy.";
  v1::MonitoredEvent event = v1::MONITORED_EVENT_UNSPECIFIED;
  const bool is_policy =
      field.starts_with(kPolicies) && v1::MonitoredEvent_Parse(std::string(field.substr(kPolicies.size())), &event);
  return is_policy ? policy_path(settings, event) : field_path(field);
}

// Fields that somebody set although nothing will come of them here, for that reason or for any.
void add_ineffective(const v1::Status& status, std::optional<v1::ReasonCode> reason, const v1::Settings& settings,
                     const TextLocations& locations, const FieldPath& prefix, std::vector<Remark>& remarks) {
  for (const v1::EffectiveField& field : status.field()) {
    if (field.configured().empty() || field.without_effect() == v1::REASON_CODE_UNSPECIFIED) continue;
    if (reason && field.without_effect() != *reason) continue;
    FieldPath path = prefix;
    std::ranges::copy(path_of_status_field(field.field(), settings), std::back_inserter(path));
    remarks.push_back(
        {.where = locations.where(path),
         .field = field_text(joined(prefix, field.field())),
         .what = "set to " + field.configured() + ", without effect: " + because_text(field.without_effect())});
  }
}

constexpr std::string_view kServiceUrl = "certified_safe_software.service_url";

// A setting that was made and cannot work beside the others, as a field of the settings; what is missing, for a person.
struct IdleSetting {
  std::string_view field;
  bool (*is_made)(const v1::Settings&);
  bool (*is_idle)(const v1::Settings&, const engine::EffectiveSettings&);
  std::string_view why;
};

bool asks_the_service(const v1::Settings& settings) { return settings.certified_safe_software().enabled(); }
bool names_a_proxy(const v1::Settings& settings) {
  return !settings.proxy().host().empty() || settings.proxy().port() != 0;
}
bool has_no_service(const v1::Settings& settings, const engine::EffectiveSettings& /*effective*/) {
  return settings.certified_safe_software().service_url().empty();
}

constexpr IdleSetting kIdleSettings[] = {
    {"certified_safe_software.enabled", asks_the_service,
     [](const v1::Settings&, const engine::EffectiveSettings& effective) {
       return !effective.certified_safe_software.enabled;
     },
     "only agents with the privilege are reached, and this one has it not"},
    {"certified_safe_software.enabled", asks_the_service, has_no_service, "service_url names no service"},
    {"certified_safe_software.enabled", asks_the_service,
     [](const v1::Settings&, const engine::EffectiveSettings& effective) {
       const engine::CertifiedSafeSoftware& callers = effective.certified_safe_software;
       return !callers.for_event_monitoring && !callers.for_firewall && !callers.for_antivirus;
     },
     "no part of the agent that could ask may do so"},
    {"newly_encountered.enabled", [](const v1::Settings& settings) { return settings.newly_encountered().enabled(); },
     has_no_service,
     "certified_safe_software.service_url names no service that could be asked how well a program is known"},
    {"exceptions.blocked[0]", [](const v1::Settings& settings) { return !settings.exceptions().blocked().empty(); },
     [](const v1::Settings&, const engine::EffectiveSettings& effective) { return !effective.event_monitoring; },
     "nothing is blocked while Event Monitoring is off"},
    {"proxy.host", names_a_proxy,
     [](const v1::Settings& settings, const engine::EffectiveSettings&) {
       return settings.proxy().mode() != v1::ProxySettings::EXPLICIT;
     },
     "proxy.mode is not EXPLICIT"},
};

void add_idle(const v1::Settings& settings, const engine::EffectiveSettings& effective, const TextLocations& locations,
              const FieldPath& prefix, std::vector<Remark>& remarks) {
  for (const IdleSetting& row : kIdleSettings) {
    if (!row.is_made(settings) || !row.is_idle(settings, effective)) continue;
    add_remark(std::string(row.field), "without effect: " + std::string(row.why), locations, prefix, remarks);
  }
  for (int i = 0; i < settings.event_monitoring().policy_size(); ++i) {
    const v1::MonitoredEventPolicy& policy = settings.event_monitoring().policy(i);
    const bool asks = policy.do_() == v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY;
    if (asks || policy.on_expiry() == v1::ON_EXPIRY_UNSPECIFIED) continue;
    add_remark("event_monitoring.policy[" + std::to_string(i) + "].on_expiry",
               "without effect: this event's action asks nobody", locations, prefix, remarks);
  }
}

// Somebody says of the service's addresses what the one in its URL contradicts.
void add_contradicted_family(const v1::Settings& settings, const TextLocations& locations, const FieldPath& prefix,
                             std::vector<Remark>& remarks) {
  const v1::CertifiedSafeSoftwareSettings& csss = settings.certified_safe_software();
  const auto address = address_of_host(host_of_url(csss.service_url()));
  if (!address || !csss.has_service_has_ipv6() || csss.service_has_ipv6() == address->ipv6) return;
  add_remark("certified_safe_software.service_has_ipv6",
             std::string("set to ") + (csss.service_has_ipv6() ? "true" : "false") +
                 ", without effect: service_url names the service by an " + (address->ipv6 ? "IPv6" : "IPv4") +
                 " address, which alone decides",
             locations, prefix, remarks);
}

void add_unreachable_address(const engine::CloudSettings& cloud, const v1::NetworkState& network,
                             const TextLocations& locations, const FieldPath& prefix, std::vector<Remark>& remarks) {
  const std::string_view host = host_of_url(cloud.service_url);
  const auto route = engine::choose_route({.rules = cloud.rules,
                                           .proxy = cloud.proxy,
                                           .service_host = host,
                                           .service_has_ipv6 = cloud.service_has_ipv6,
                                           .network = network},
                                          0);
  if (route || cloud.service_url.empty()) return;
  const bool by_proxy = cloud.proxy.mode() == v1::ProxySettings::EXPLICIT && address_of_host(cloud.proxy.host());
  if (!by_proxy && !address_of_host(host)) return;
  add_remark(by_proxy ? "proxy.host" : std::string(kServiceUrl),
             "nothing leads to this address from the network of the story's beginning: " +
                 std::string(failure_words(route.error())),
             locations, prefix, remarks);
}

}  // namespace

FieldPath field_path(std::string_view field) {
  FieldPath path;
  while (!field.empty()) {
    const std::size_t dot = field.find('.');
    std::string_view step = field.substr(0, dot);
    field = dot == std::string_view::npos ? std::string_view() : field.substr(dot + 1);
    int index = -1;
    if (const std::size_t bracket = step.find('['); bracket != std::string_view::npos) {
      const std::string_view digits = step.substr(bracket + 1);
      std::from_chars(digits.data(), digits.data() + digits.size(), index);
      step = step.substr(0, bracket);
    }
    path.push_back({.name = step, .index = index});
  }
  return path;
}

FieldPath policy_path(const v1::Settings& settings, v1::MonitoredEvent event) {
  const auto& policies = settings.event_monitoring().policy();
  const auto found = std::ranges::find(policies, event, &v1::MonitoredEventPolicy::event);
  if (found == policies.end()) return {};
  return {{.name = "event_monitoring", .index = -1},
          {.name = "policy", .index = static_cast<int>(found - policies.begin())}};
}

Expected<void> judge_settings(const v1::Settings& settings, const v1::AgentProfile& profile,
                              const TextLocations& locations, const FieldPath& prefix) {
  if (auto valid = engine::validate_settings(settings); !valid) {
    return std::unexpected(located(valid.error(), locations, prefix));
  }
  const auto list = engine::ExceptionList::create(settings.exceptions(), engine::PathNormaliser(profile));
  if (!list) return std::unexpected(located(list.error(), locations, prefix));
  return {};
}

std::vector<Remark> remarks_on(const v1::ExceptionList& exceptions, const v1::AgentProfile& profile,
                               const TextLocations& locations, const FieldPath& prefix) {
  std::vector<Remark> remarks;
  for (const engine::ExceptionRemark& remark : engine::lint(exceptions, engine::PathNormaliser(profile))) {
    add_remark(remark.field, remark.what, locations, prefix, remarks);
  }
  return remarks;
}

std::vector<Remark> remarks_on(const v1::Settings& settings, const v1::AgentProfile& profile,
                               const TextLocations& locations, const FieldPath& prefix) {
  std::vector<Remark> remarks = remarks_on(settings.exceptions(), profile, locations, prefix);
  const engine::EffectiveSettings effective = engine::resolve_settings(
      settings, profile, !profile.unauthorized_change_prevention_stopped(), engine::default_tables());
  add_ineffective(effective.status, std::nullopt, settings, locations, prefix, remarks);
  add_idle(settings, effective, locations, prefix, remarks);
  add_contradicted_family(settings, locations, prefix, remarks);
  return remarks;
}

std::vector<Remark> remarks_on_story(const v1::Settings& settings, const v1::AgentProfile& profile,
                                     const v1::NetworkState& network, const TextLocations& locations,
                                     const FieldPath& prefix) {
  std::vector<Remark> remarks;
  const engine::EffectiveSettings effective = engine::resolve_settings(
      settings, profile, !profile.unauthorized_change_prevention_stopped(), engine::default_tables());
  add_ineffective(effective.status, v1::MALWARE_BEHAVIOR_BLOCKING_OFF, settings, locations, prefix, remarks);
  add_contradicted_family(settings, locations, prefix, remarks);
  add_unreachable_address(effective.cloud, network, locations, prefix, remarks);
  return remarks;
}

Expected<SettingsFile> load_judged_settings(const std::string& path, const v1::AgentProfile& profile) {
  HOLDFAST_TRY(file, load_settings_file(path));
  HOLDFAST_TRY_DO(judge_settings(file.settings, profile, file.locations, {}));
  return std::move(file);
}

v1::AgentProfile usual_profile(v1::Platform platform) {
  v1::AgentProfile profile;
  profile.set_platform(platform);
  profile.add_privilege(v1::PRIVILEGE_BEHAVIOR_MONITORING);
  profile.add_privilege(v1::PRIVILEGE_CERTIFIED_SAFE_SOFTWARE);
  return profile;
}

Expected<v1::Platform> parse_platform(std::string_view text) {
  std::string name(text);
  std::ranges::transform(name, name.begin(), [](char c) {
    if (c == '-' || c == ' ' || c == '.') return '_';
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  v1::Platform platform = v1::PLATFORM_UNSPECIFIED;
  if (v1::Platform_Parse(name, &platform) && platform != v1::PLATFORM_UNSPECIFIED) return platform;
  return std::unexpected(Error{.where = {},
                               .field = "platform",
                               .what = "\"" + std::string(text) + "\" is no platform",
                               .remedy = "write one like windows_10_x64 or windows_server_2019_x64"});
}

}  // namespace holdfast
