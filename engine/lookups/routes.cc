#include "engine/lookups/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace holdfast::engine {
namespace {

struct Addresses {
  bool ipv4;
  bool ipv6;
};

Addresses addresses_of(const std::optional<v1::NetworkState>& network) {
  if (!network) return {.ipv4 = true, .ipv6 = false};
  return {.ipv4 = network->has_ipv4(), .ipv6 = network->has_ipv6()};
}

// Proxies to take turns, "" for none; nothing where the system could not tell.
std::optional<std::vector<std::string>> proxies_of(const RouteFacts& facts) {
  switch (facts.proxy.mode()) {
    case v1::ProxySettings::EXPLICIT: return {{fmt::format("{}:{}", facts.proxy.host(), facts.proxy.port())}};
    case v1::ProxySettings::SYSTEM:
    case v1::ProxySettings::AUTO_CONFIG: {
      if (!facts.network) return {{""}};
      if (facts.network->proxy_lookup_failed()) return std::nullopt;
      if (facts.network->proxy().empty()) return {{""}};
      return {{facts.network->proxy().begin(), facts.network->proxy().end()}};
    }
    default: return {{""}};
  }
}

}  // namespace

std::string Route::text() const {
  if (!proxy.empty()) return "proxy " + proxy;
  return family == v1::IPV6 ? "direct, IPv6" : "direct, IPv4";
}

std::expected<Route, v1::LookupFailure> choose_route(const RouteFacts& facts, std::uint32_t attempt) {
  const Addresses agent = addresses_of(facts.network);
  if (!agent.ipv4 && !agent.ipv6) return std::unexpected(v1::LOOKUP_NO_NETWORK);
  const auto proxies = proxies_of(facts);
  if (!proxies) return std::unexpected(v1::LOOKUP_PROXY_UNKNOWN);

  std::vector<Route> routes;
  for (const std::string& proxy : *proxies) {
    if (!proxy.empty()) {
      const bool must_convert = facts.rules.pure_ipv6_needs_converting_proxy && !agent.ipv4 && !facts.service_has_ipv6;
      if (must_convert && !facts.proxy.converts_address_families()) continue;
      routes.push_back({.proxy = proxy, .credentials = facts.proxy.credentials(), .family = {}});
      continue;
    }
    const std::size_t first = routes.size();
    if (agent.ipv6 && facts.service_has_ipv6) routes.push_back({.proxy = {}, .credentials = {}, .family = v1::IPV6});
    if (agent.ipv4) routes.push_back({.proxy = {}, .credentials = {}, .family = v1::IPV4});
    const v1::AddressFamily otherwise = facts.rules.ipv6_goes_first ? v1::IPV6 : v1::IPV4;
    const bool ipv4_first =
        (facts.answered_over == v1::ADDRESS_FAMILY_UNSPECIFIED ? otherwise : facts.answered_over) == v1::IPV4;
    if (routes.size() == first + 2 && ipv4_first) std::swap(routes[first], routes[first + 1]);
  }
  if (routes.empty()) return std::unexpected(v1::LOOKUP_PURE_IPV6);
  return routes[facts.rules.routes_take_turns ? attempt % routes.size() : 0];
}

}  // namespace holdfast::engine
