// Which way an attempt goes to a service: one proxy or none, one address family (DOMAIN 8).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

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
  bool service_has_ipv6 = false;
  // Absent: nobody told yet, and IPv4 is taken for granted.
  const std::optional<v1::NetworkState>& network;
  // Over which a direct attempt was answered last; it goes first where there is a choice.
  v1::AddressFamily answered_over = v1::ADDRESS_FAMILY_UNSPECIFIED;
};

// The route of attempt `attempt`, counted from 0: where there are several, attempts take turns. Fails with
// LOOKUP_PURE_IPV6, LOOKUP_NO_NETWORK or LOOKUP_PROXY_UNKNOWN where none can lead there: known at once, without a wait.
std::expected<Route, v1::LookupFailure> choose_route(const RouteFacts& facts, std::uint32_t attempt);

}  // namespace holdfast::engine
