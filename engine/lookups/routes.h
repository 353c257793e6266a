// Which way an attempt goes to a service: one proxy or none, one address family (DOMAIN 8).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "engine/lookups/cloud_rules.h"
#include "engine/schema/cloud.pb.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

struct Route {
  std::string proxy;                                          // "host:port"; empty: direct
  std::string credentials;                                    // name in the agent's protected store; empty: none
  v1::AddressFamily family = v1::ADDRESS_FAMILY_UNSPECIFIED;  // unspecified: whatever the proxy's name gives

  std::string text() const;  // for people: "direct, IPv4", "proxy proxy.example:3128"
  bool operator==(const Route&) const = default;
};

// What decides about the route.
struct RouteFacts {
  const CloudRules& rules;
  const v1::ProxySettings& proxy;
  // Of the service's URL. Written as an address, it alone says which family leads there, whatever the next field says;
  // on this machine it needs no network.
  std::string_view service_host = {};
  bool service_has_ipv6 = false;
  // Absent: nobody told yet, and IPv4 is taken for granted, or the family of a host that is written as an address.
  const std::optional<v1::NetworkState>& network;
  // Over which a direct attempt was answered last; it goes first where there is a choice.
  v1::AddressFamily answered_over = v1::ADDRESS_FAMILY_UNSPECIFIED;
};

// The route of attempt `attempt`, counted from 0: where there are several, attempts take turns. Fails with
// LOOKUP_PURE_IPV6, LOOKUP_NO_ROUTE (IPv4 only here, an IPv6 address there), LOOKUP_NO_NETWORK or LOOKUP_PROXY_UNKNOWN
// where none can lead there: known at once, without a wait.
std::expected<Route, v1::LookupFailure> choose_route(const RouteFacts& facts, std::uint32_t attempt);

}  // namespace holdfast::engine
