#include "sim/explore/endpoint.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <array>
#include <string>

#include "sim/explore/pools.h"

namespace holdfast {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Numbers of Settings with the range that is taken; what lies beyond is refused.
struct NumberRange {
  std::string_view field;
  std::uint64_t min;
  std::uint64_t usual;
  std::uint64_t max;
};
constexpr std::array kNumbers = {
    NumberRange{"allow_if_unanswered_s", 1, 30, 600},
    NumberRange{"file_encryption_interval_s", 1, 30, 3'600},
    NumberRange{"prevalence_below", 0, 100, UINT64_MAX},
    NumberRange{"age_below_days", 0, 7, 36'500},
    NumberRange{"attempt_timeout_ms", 10, 2'000, 60'000},
    NumberRange{"hold_budget_ms", 10, 10'000, 600'000},
    NumberRange{"attempts_max", 1, 3, 10},
    NumberRange{"breaker_failures", 1, 3, 1'000},
    NumberRange{"breaker_open_ms", 0, 10'000, 3'600'000},
    NumberRange{"backoff_ms", 0, 200, 60'000},
    NumberRange{"cache_safe_s", 0, 604'800, 31'536'000},
    NumberRange{"cache_unknown_s", 0, 3'600, 31'536'000},
    NumberRange{"cache_malicious_s", 0, 86'400, 31'536'000},
    NumberRange{"processes_max", 1, 65'536, 16'777'216},
    NumberRange{"pending_max", 1, 16'384, 1'048'576},
    NumberRange{"prompts_max", 1, 32, 1'024},
    NumberRange{"operations_per_prompt_max", 1, 256, 65'536},
    NumberRange{"remembered_answers_max", 1, 4'096, 1'048'576},
    NumberRange{"hold_max_s", 1, 3'600, 86'400},
    NumberRange{"lookups_max", 1, 16'384, 1'048'576},
    NumberRange{"cached_answers_max", 1, 65'536, 16'777'216},
    NumberRange{"downloads_max", 1, 4'096, 1'048'576},
    NumberRange{"port", 1, 3'128, 65'535},
};

std::uint64_t draw_number(std::string_view field, Choices& choices) {
  const auto* const range = std::ranges::find(kNumbers, field, &NumberRange::field);
  if (range == kNumbers.end()) return choices.below(4);
  if (choices.once_in(400)) return choices.chance(50) ? range->min - 1 : range->max + 1;  // refused
  const std::array some = {range->min,   range->min + 1, range->min + 2, range->min + 9,
                           range->usual, range->usual,   range->max};
  return std::min(choices.pick(some), range->max);
}

void draw_field(const FieldDescriptor& field, Message& message, Choices& choices);

// Every field that is drawn one by one: numbers, switches, enums.
void draw_plain(Message& message, std::uint32_t set_percent, Choices& choices) {
  const auto& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (!field.is_repeated() && choices.chance(set_percent)) draw_field(field, message, choices);
  }
}

void draw_field(const FieldDescriptor& field, Message& message, Choices& choices) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: return reflection.SetBool(&message, &field, choices.chance(60));
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.SetUInt32(&message, &field, static_cast<std::uint32_t>(draw_number(field.name(), choices)));
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(&message, &field, draw_number(field.name(), choices));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto& type = *field.enum_type();
      const bool unknown = choices.once_in(400);
      const auto value = static_cast<int>(choices.below(static_cast<std::uint64_t>(type.value_count())));
      return reflection.SetEnumValue(&message, &field, unknown ? 99 : type.value(value)->number());
    }
    default: return;
  }
}

void draw_policies(v1::EventMonitoringSettings& events, Choices& choices) {
  events.set_enabled(!choices.chance(5));
  const auto usual = choices.chance(60) ? v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY
                                        : static_cast<v1::MonitoredEventPolicy::Action>(choices.below(5));
  for (int event = v1::NEW_STARTUP_PROGRAM; event <= v1::SUSPICIOUS_BEHAVIOR; ++event) {
    const bool monitored = event <= v1::SYSTEM_PROCESS_MODIFICATION || event == v1::SUSPICIOUS_BEHAVIOR;
    if (!monitored || choices.chance(15)) continue;
    v1::MonitoredEventPolicy& policy = *events.add_policy();
    policy.set_event(static_cast<v1::MonitoredEvent>(event));
    policy.set_do_(choices.chance(70) ? usual : static_cast<v1::MonitoredEventPolicy::Action>(choices.below(5)));
    policy.set_on_expiry(static_cast<v1::OnExpiry>(choices.below(4)));
    policy.set_remember(static_cast<v1::Remember>(choices.below(4)));
  }
  if (choices.once_in(200)) events.add_policy()->set_event(v1::NEWLY_ENCOUNTERED_PROGRAM);  // refused
}

void draw_exceptions(v1::ExceptionList& exceptions, Choices& choices) {
  const auto draw = [&](v1::ExceptionEntry& entry) {
    if (choices.chance(10)) {
      entry.set_sha256(pools::sha256(choices.below(4)));
    } else if (choices.chance(10)) {
      entry.set_signer("Vendor Ltd");
    } else if (choices.chance(1)) {
      entry.set_path(std::string(pools::kExceptions.back()));  // refused
    } else {
      entry.set_path(std::string(pools::kExceptions[choices.below(pools::kExceptions.size() - 1)]));
    }
  };
  for (std::uint64_t i = choices.below(4); i > 0; --i) draw(*exceptions.add_approved());
  for (std::uint64_t i = choices.below(3); i > 0; --i) draw(*exceptions.add_blocked());
}

void draw_services(v1::Settings& settings, Choices& choices) {
  v1::CertifiedSafeSoftwareSettings& service = *settings.mutable_certified_safe_software();
  draw_plain(service, 15, choices);
  if (choices.chance(60)) service.set_enabled(true);
  if (!choices.chance(3)) service.set_service_url("https://service.example");
  if (choices.once_in(200)) service.set_service_url("ftp://nowhere");  // refused
  v1::NewlyEncounteredSettings& newly = *settings.mutable_newly_encountered();
  draw_plain(newly, 30, choices);
  if (choices.chance(60)) newly.set_enabled(true);
  if (!choices.chance(25)) return;
  v1::ProxySettings& proxy = *settings.mutable_proxy();
  proxy.set_mode(static_cast<v1::ProxySettings::Mode>(choices.below(5)));
  proxy.set_host("proxy.example");
  proxy.set_port(3'128);
  proxy.set_converts_address_families(choices.chance(30));
  if (choices.chance(20)) proxy.set_credentials("stored");
}

void draw_limits(v1::Limits& limits, Choices& choices) {
  const auto& descriptor = *v1::Limits::descriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (!choices.chance(50)) continue;
    // Small ones are reached; the others only show that they can be set.
    const std::uint64_t number =
        choices.chance(80) ? 1 + choices.below(choices.chance(50) ? 3 : 12) : draw_number(field.name(), choices);
    limits.GetReflection()->SetUInt32(&limits, &field, static_cast<std::uint32_t>(number));
  }
  if (choices.chance(40)) limits.clear_hold_max_s();
}

}  // namespace

v1::Settings draw_settings(const Material& material, const Menu& menu, Choices& choices) {
  v1::Settings settings;
  if (!material.settings.empty() && choices.chance(25)) return choices.pick(material.settings);
  settings.set_name(choices.chance(50) ? "monday" : "tuesday");
  if (choices.chance(20)) draw_plain(*settings.mutable_unauthorized_change_prevention(), 50, choices);
  draw_plain(settings, 25, choices);
  settings.set_enabled_on_servers(choices.chance(70));
  draw_plain(*settings.mutable_malware_behavior_blocking(), 10, choices);
  draw_policies(*settings.mutable_event_monitoring(), choices);
  draw_exceptions(*settings.mutable_exceptions(), choices);
  if (choices.chance(menu.services_percent)) draw_services(settings, choices);
  if (choices.chance(menu.small_limits_percent)) draw_limits(*settings.mutable_limits(), choices);
  return settings;
}

void change_settings(const Menu& menu, Choices& choices, v1::Settings& settings) {
  switch (choices.below(6)) {
    case 0: settings.clear_event_monitoring(); return draw_policies(*settings.mutable_event_monitoring(), choices);
    case 1: settings.clear_exceptions(); return draw_exceptions(*settings.mutable_exceptions(), choices);
    case 2:
      settings.clear_certified_safe_software();
      settings.clear_newly_encountered();
      settings.clear_proxy();
      if (choices.chance(menu.services_percent)) draw_services(settings, choices);
      return;
    default:
      settings.clear_limits();
      if (choices.chance(menu.small_limits_percent)) draw_limits(*settings.mutable_limits(), choices);
  }
}

v1::AgentProfile draw_profile(Choices& choices) {
  v1::AgentProfile profile;
  profile.set_platform(choices.chance(60) ? v1::WINDOWS_10_X64 : static_cast<v1::Platform>(choices.below(25)));
  if (choices.once_in(100)) profile.set_platform(static_cast<v1::Platform>(99));  // refused
  profile.set_service_pack(static_cast<std::uint32_t>(choices.below(4)));
  if (choices.chance(80)) profile.set_endpoint("DESK1");
  for (std::uint64_t i = choices.below(3); i > 0; --i) {
    profile.add_privilege(static_cast<v1::Privilege>(1 + choices.below(2)));
  }
  profile.set_web_reputation_enabled(choices.chance(70));
  profile.set_unauthorized_change_prevention_stopped(choices.chance(5));
  if (choices.chance(30)) {
    v1::EnvironmentVariable& variable = *profile.add_environment();
    variable.set_name("ProgramFiles");
    variable.set_value(choices.chance(50) ? "C:\\Program Files" : "D:\\Programme");
  }
  if (choices.chance(40)) {
    v1::Volume& volume = *profile.add_volume();
    volume.set_drive(choices.chance(50) ? "C:" : "D:");
    volume.set_device("\\Device\\HarddiskVolume2");
  }
  if (choices.chance(30)) {
    v1::Volume& share = *profile.add_volume();
    share.set_drive("Z:");
    share.set_unc("\\\\srv\\share");
  }
  if (choices.chance(40)) {
    v1::ShortName& name = *profile.add_short_name();
    name.set_short_path("C:\\DOWNLO~1");
    name.set_long_path(choices.chance(80) ? "C:\\Downloads" : "C:\\Download Area");
  }
  if (choices.chance(10)) profile.set_system_root(std::string(pools::kOtherRoot));
  return profile;
}

v1::NetworkState draw_network(Choices& choices) {
  v1::NetworkState network;
  network.set_has_ipv4(choices.chance(80));
  network.set_has_ipv6(choices.chance(40));
  for (std::uint64_t i = choices.below(3); i > 0; --i) {
    network.add_proxy(choices.chance(50) ? "proxy.example:3128" : "other.example:8080");
  }
  network.set_proxy_lookup_failed(choices.chance(10));
  return network;
}

}  // namespace holdfast
