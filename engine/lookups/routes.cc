#include "engine/lookups/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/lookups/proxy_list.h"
#include "engine/text/host_address.h"

namespace holdfast::engine {
namespace {

struct Families {
  bool ipv4 = false;
  bool ipv6 = false;
};

Families addresses_of(const std::optional<v1::NetworkState>& network) {
  if (!network) return {.ipv4 = true, .ipv6 = false};
  return {.ipv4 = network->has_ipv4(), .ipv6 = network->has_ipv6()};
}

// How a host can be asked: by sockets of which families, and by packets of which.
struct Host {
  Families sockets;
  Families packets;
  bool is_address = false;
  bool is_here = false;
};

Host host_of(std::string_view written, bool has_ipv6) {
  const auto address = address_of_host(written);
  const Families of_name{.ipv4 = true, .ipv6 = has_ipv6};
  return {.sockets = address ? Families{.ipv4 = !address->ipv6, .ipv6 = address->ipv6} : of_name,
          .packets = address ? Families{.ipv4 = address->over_ipv4(), .ipv6 = !address->over_ipv4()} : of_name,
          .is_address = address.has_value(),
          .is_here = is_loopback_host(written)};
}

std::optional<std::vector<std::string>> proxies_told(const v1::NetworkState& network) {
  std::vector<std::string> proxies;
  for (const std::string& told : network.proxy()) {
    const std::vector<std::string> ways = told.empty() ? std::vector{told} : ways_of_proxy_list(told);
    proxies.insert(proxies.end(), ways.begin(), ways.end());
  }
  return proxies.empty() ? std::nullopt : std::optional(std::move(proxies));
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
      return proxies_told(*facts.network);
    }
    default: return {{""}};
  }
}

}  // namespace

std::string Route::text() const {
  if (!proxy.empty()) return "proxy " + proxy;
  return family == v1::IPV6 ? "direct, IPv6" : "direct, IPv4";
}

namespace {

class Ways {
 public:
  explicit Ways(const RouteFacts& facts)
      : facts_(facts),
        agent_(addresses_of(facts.network)),
        service_(host_of(facts.service_host, facts.service_has_ipv6)) {}

  void add_proxy(const std::string& proxy, std::vector<Route>& routes) const {
    const Host host = host_of(host_of_authority(proxy), true);
    const bool shared = (agent_.ipv4 && service_.packets.ipv4) || (agent_.ipv6 && service_.packets.ipv6);
    const bool must_convert = facts_.rules.pure_ipv6_needs_converting_proxy && !shared && !untold(service_);
    if (!leads_to(host) || (must_convert && !facts_.proxy.converts_address_families())) return;
    routes.push_back({.proxy = proxy, .credentials = facts_.proxy.credentials(), .family = {}});
  }

  void add_direct(std::vector<Route>& routes) const {
    const bool any = service_.is_here || untold(service_);
    const bool over_ipv4 = any || (agent_.ipv4 && service_.packets.ipv4);
    const bool over_ipv6 = any || (agent_.ipv6 && service_.packets.ipv6);
    // ::ffff:a.b.c.d is asked by IPv6 sockets whose packets go over IPv4.
    const bool ipv6 = service_.sockets.ipv6 && (service_.packets.ipv6 ? over_ipv6 : over_ipv4);
    const bool ipv4 = service_.sockets.ipv4 && over_ipv4;
    const std::size_t first = routes.size();
    if (ipv6) routes.push_back({.proxy = {}, .credentials = {}, .family = v1::IPV6});
    if (ipv4) routes.push_back({.proxy = {}, .credentials = {}, .family = v1::IPV4});
    const v1::AddressFamily otherwise = facts_.rules.ipv6_goes_first ? v1::IPV6 : v1::IPV4;
    const bool ipv4_first =
        (facts_.answered_over == v1::ADDRESS_FAMILY_UNSPECIFIED ? otherwise : facts_.answered_over) == v1::IPV4;
    if (routes.size() == first + 2 && ipv4_first) std::swap(routes[first], routes[first + 1]);
  }

  // Why there is no way.
  v1::LookupFailure failure() const {
    if (!agent_.ipv4 && !agent_.ipv6) return v1::LOOKUP_NO_NETWORK;
    return agent_.ipv4 ? v1::LOOKUP_NO_ROUTE : v1::LOOKUP_PURE_IPV6;
  }
  bool no_network() const { return failure() == v1::LOOKUP_NO_NETWORK; }

 private:
  // Nobody told which families there are, and the address asks for one of them.
  bool untold(const Host& host) const { return !facts_.network && host.is_address; }
  bool leads_to(const Host& host) const {
    return host.is_here || untold(host) || (agent_.ipv4 && host.packets.ipv4) || (agent_.ipv6 && host.packets.ipv6);
  }

  const RouteFacts& facts_;
  const Families agent_;
  const Host service_;
};

}  // namespace

std::expected<Route, v1::LookupFailure> choose_route(const RouteFacts& facts, std::uint32_t attempt) {
  const Ways ways(facts);
  const auto proxies = proxies_of(facts);
  if (!proxies) return std::unexpected(ways.no_network() ? v1::LOOKUP_NO_NETWORK : v1::LOOKUP_PROXY_UNKNOWN);
  std::vector<Route> routes;
  for (const std::string& proxy : *proxies) {
    if (proxy.empty()) {
      ways.add_direct(routes);
    } else {
      ways.add_proxy(proxy, routes);
    }
  }
  if (routes.empty()) return std::unexpected(ways.failure());
  return routes[facts.rules.routes_take_turns ? attempt % routes.size() : 0];
}

}  // namespace holdfast::engine
