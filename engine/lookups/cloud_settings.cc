#include "engine/lookups/cloud_settings.h"

#include <algorithm>
#include <charconv>

#include "engine/lookups/proxy_list.h"
#include "engine/text/ascii.h"
#include "engine/text/hex.h"
#include "engine/text/host_address.h"
#include "engine/text/units.h"

namespace holdfast::engine {
namespace {

constexpr std::size_t kUrlMax = 2'048;
constexpr std::size_t kHostMax = 255;

bool is_host_character(char c) { return ascii::is_letter(c) || ascii::is_digit(c) || c == '-' || c == '.' || c == '_'; }
bool is_address_character(char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; }
bool is_path_character(char c) { return c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '\\' && c != '"'; }

}  // namespace

CloudSettings resolve_cloud_settings(const v1::Settings& settings, const CloudRules& rules) {
  const v1::CertifiedSafeSoftwareSettings& csss = settings.certified_safe_software();
  const v1::Limits& limits = settings.limits();
  const auto or_else = [](bool is_set, std::uint64_t value, std::uint64_t otherwise) {
    return is_set ? value : otherwise;
  };
  CloudSettings cloud;
  cloud.rules = rules;
  cloud.service_url = csss.service_url();
  while (cloud.service_url.ends_with('/')) cloud.service_url.pop_back();
  cloud.service_has_ipv6 = csss.service_has_ipv6();
  cloud.proxy = settings.proxy();
  cloud.attempt_ns =
      or_else(csss.has_attempt_timeout_ms(), csss.attempt_timeout_ms(), rules.attempt_timeout_ms) * kMillisecond_ns;
  cloud.hold_budget_ns =
      or_else(csss.has_hold_budget_ms(), csss.hold_budget_ms(), rules.hold_budget_ms) * kMillisecond_ns;
  cloud.backoff_ns = or_else(csss.has_backoff_ms(), csss.backoff_ms(), rules.backoff_ms) * kMillisecond_ns;
  cloud.breaker_open_ns =
      or_else(csss.has_breaker_open_ms(), csss.breaker_open_ms(), rules.breaker_open_ms) * kMillisecond_ns;
  cloud.keep_safe_ns = or_else(csss.has_cache_safe_s(), csss.cache_safe_s(), rules.cache_safe_s) * kSecond_ns;
  cloud.keep_unknown_ns =
      or_else(csss.has_cache_unknown_s(), csss.cache_unknown_s(), rules.cache_unknown_s) * kSecond_ns;
  cloud.keep_malicious_ns =
      or_else(csss.has_cache_malicious_s(), csss.cache_malicious_s(), rules.cache_malicious_s) * kSecond_ns;
  cloud.attempts_max = csss.has_attempts_max() ? csss.attempts_max() : rules.attempts_max;
  cloud.breaker_failures = csss.has_breaker_failures() ? csss.breaker_failures() : rules.breaker_failures;
  cloud.lookups_max = limits.has_lookups_max() ? limits.lookups_max() : 16'384;
  cloud.cached_answers_max = limits.has_cached_answers_max() ? limits.cached_answers_max() : 65'536;
  return cloud;
}

bool is_tcp_port(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() && value >= 1 && value <= 65'535;
}

std::optional<std::string_view> fault_of_proxy_host(std::string_view host) {
  if (host.empty()) return "it is empty";
  if (host.size() > kHostMax) return "it is longer than 255 characters";
  if (is_proxy_list(host)) {
    return "this is what a PAC script returns; name one host alone, or set mode: AUTO_CONFIG and let the system tell";
  }
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return "an IPv6 address ends with ']'";
    const std::string_view address = host.substr(1, host.size() - 2);
    if (!std::ranges::all_of(address, is_address_character) || !address_of_host(host)) return "this is no IPv6 address";
    return std::nullopt;
  }
  if (!std::ranges::all_of(host, is_host_character)) {
    return "a host name has letters, digits, '-', '.' and '_' only; an IPv6 address stands in brackets";
  }
  return std::nullopt;
}

std::optional<std::string_view> fault_of_service_url(std::string_view url) {
  if (url.empty()) return std::nullopt;
  if (url.size() > kUrlMax) return "it is longer than 2,048 characters";
  const std::string_view scheme = url.starts_with("https://") ? "https://" : "http://";
  if (!url.starts_with(scheme)) return "it starts neither with https:// nor with http://";
  url.remove_prefix(scheme.size());
  const std::string_view authority = url.substr(0, url.find('/'));
  // Names no part of it: what stands before an '@' may be a password.
  if (authority.contains('@')) return "it carries a user's name; credentials belong into the agent's protected store";
  const std::string_view host = host_of_authority(authority);
  if (fault_of_proxy_host(host)) return "its host is not a host's name or address";
  if (host.size() < authority.size() && !is_tcp_port(authority.substr(host.size() + 1)))
    return "its port is not 1 to 65535";
  if (!std::ranges::all_of(url.substr(authority.size()), is_path_character)) {
    return "its path has a query, a fragment or a character that needs escaping";
  }
  return std::nullopt;
}

}  // namespace holdfast::engine
