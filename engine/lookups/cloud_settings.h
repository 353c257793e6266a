// The settings about services outside, every default filled in (v1::CertifiedSafeSoftwareSettings, v1::ProxySettings).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/lookups/cloud_rules.h"
#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

struct CloudSettings {
  std::string service_url;  // without a slash at its end; empty: nobody can be asked
  bool service_has_ipv6 = false;
  v1::ProxySettings proxy;
  std::uint64_t attempt_ns = 0;
  std::uint64_t hold_budget_ns = 0;
  std::uint64_t backoff_ns = 0;
  std::uint64_t breaker_open_ns = 0;
  std::uint64_t keep_safe_ns = 0;
  std::uint64_t keep_unknown_ns = 0;
  std::uint64_t keep_malicious_ns = 0;
  std::uint32_t attempts_max = 0;
  std::uint32_t breaker_failures = 0;
  std::uint32_t lookups_max = 0;
  std::uint32_t cached_answers_max = 0;
  CloudRules rules;
};

// The numbers must be in their ranges (validate_settings).
CloudSettings resolve_cloud_settings(const v1::Settings& settings, const CloudRules& rules);

// Why `url` names no service ("http[s]://host[:port][/path]", at most 2,048 characters, without user, query or
// fragment); nothing if it does. Empty is fine: no service.
std::optional<std::string_view> fault_of_service_url(std::string_view url);

// "1" to "65535".
bool is_tcp_port(std::string_view digits);

// Why `host` names no proxy: a name, an IPv4 address, or an IPv6 address in brackets. Nothing if it does.
std::optional<std::string_view> fault_of_proxy_host(std::string_view host);

}  // namespace holdfast::engine
