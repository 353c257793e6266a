#include "engine/lookups/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace holdfast::engine {
namespace {

v1::NetworkState network(bool ipv4, bool ipv6, const std::vector<std::string>& proxies = {}) {
  v1::NetworkState state;
  state.set_has_ipv4(ipv4);
  state.set_has_ipv6(ipv6);
  for (const std::string& proxy : proxies) state.add_proxy(proxy);
  return state;
}

v1::ProxySettings proxy(v1::ProxySettings::Mode mode, bool converts = false) {
  v1::ProxySettings settings;
  settings.set_mode(mode);
  if (mode == v1::ProxySettings::EXPLICIT) {
    settings.set_host("proxy.example");
    settings.set_port(3128);
  }
  settings.set_credentials("corporate");
  settings.set_converts_address_families(converts);
  return settings;
}

// Text of the route, or the name of why there is none.
std::string route(const v1::ProxySettings& settings, const std::optional<v1::NetworkState>& state,
                  bool service_has_ipv6 = false, std::uint32_t attempt = 0,
                  v1::AddressFamily answered_over = v1::ADDRESS_FAMILY_UNSPECIFIED) {
  const CloudRules rules;
  const auto chosen = choose_route({.rules = rules,
                                    .proxy = settings,
                                    .service_has_ipv6 = service_has_ipv6,
                                    .network = state,
                                    .answered_over = answered_over},
                                   attempt);
  return chosen ? chosen->text() : v1::LookupFailure_Name(chosen.error());
}

// To a service named by `host`, on no proxy or an explicit one.
std::string route_to(const char* host, const std::optional<v1::NetworkState>& state, const char* proxy_host = nullptr,
                     bool converts = false, bool service_has_ipv6 = false) {
  const CloudRules rules;
  v1::ProxySettings settings = proxy(proxy_host == nullptr ? v1::ProxySettings::DIRECT : v1::ProxySettings::EXPLICIT);
  if (proxy_host != nullptr) settings.set_host(proxy_host);
  settings.set_converts_address_families(converts);
  const auto chosen = choose_route(
      {.rules = rules, .proxy = settings, .service_host = host, .service_has_ipv6 = service_has_ipv6, .network = state},
      0);
  return chosen ? chosen->text() : v1::LookupFailure_Name(chosen.error());
}

const v1::ProxySettings kDirect = proxy(v1::ProxySettings::DIRECT);

TEST(Routes, DirectTakesTheFamilyThatBothSidesHave) {
  EXPECT_EQ(route(kDirect, network(true, false)), "direct, IPv4");
  EXPECT_EQ(route(kDirect, network(true, true)), "direct, IPv4");
  EXPECT_EQ(route(kDirect, network(false, true), true), "direct, IPv6");
  EXPECT_EQ(route(kDirect, network(true, false), true), "direct, IPv4");
}

TEST(Routes, ANetworkThatNobodyToldOfHasIpv4) { EXPECT_EQ(route(kDirect, std::nullopt, true), "direct, IPv4"); }

TEST(Routes, DualStackTriesIpv6FirstAndTakesTurns) {
  EXPECT_EQ(route(kDirect, network(true, true), true, 0), "direct, IPv6");
  EXPECT_EQ(route(kDirect, network(true, true), true, 1), "direct, IPv4");
  EXPECT_EQ(route(kDirect, network(true, true), true, 2), "direct, IPv6");
}

TEST(Routes, TheFamilyThatAnsweredLastGoesFirst) {
  EXPECT_EQ(route(kDirect, network(true, true), true, 0, v1::IPV4), "direct, IPv4");
  EXPECT_EQ(route(kDirect, network(true, true), true, 1, v1::IPV4), "direct, IPv6");
}

TEST(Routes, PureIpv6HasNoDirectWay) { EXPECT_EQ(route(kDirect, network(false, true)), "LOOKUP_PURE_IPV6"); }

TEST(Routes, PureIpv6NeedsAProxyThatConverts) {
  EXPECT_EQ(route(proxy(v1::ProxySettings::EXPLICIT), network(false, true)), "LOOKUP_PURE_IPV6");
  EXPECT_EQ(route(proxy(v1::ProxySettings::EXPLICIT, true), network(false, true)), "proxy proxy.example:3128");
  EXPECT_EQ(route(proxy(v1::ProxySettings::EXPLICIT), network(false, true), true), "proxy proxy.example:3128");
}

TEST(Routes, NoAddressIsNoNetworkWhateverTheProxy) {
  EXPECT_EQ(route(kDirect, network(false, false)), "LOOKUP_NO_NETWORK");
  EXPECT_EQ(route(proxy(v1::ProxySettings::EXPLICIT, true), network(false, false)), "LOOKUP_NO_NETWORK");
}

TEST(RoutesToAddresses, GoOverTheFamilyOfTheAddress) {
  struct Row {
    const char* host;
    const char* ipv4;
    const char* ipv6;
    const char* both;
  };
  constexpr Row kRows[] = {
      {"csss.example", "direct, IPv4", "LOOKUP_PURE_IPV6", "direct, IPv4"},
      {"192.0.2.1", "direct, IPv4", "LOOKUP_PURE_IPV6", "direct, IPv4"},
      {"3221225985", "direct, IPv4", "LOOKUP_PURE_IPV6", "direct, IPv4"},
      {"[2001:db8::1]", "LOOKUP_NO_ROUTE", "direct, IPv6", "direct, IPv6"},
      // By sockets of IPv6, over IPv4.
      {"[::ffff:192.0.2.1]", "direct, IPv6", "LOOKUP_PURE_IPV6", "direct, IPv6"},
      {"127.0.0.1", "direct, IPv4", "direct, IPv4", "direct, IPv4"},
      {"0177.1", "direct, IPv4", "direct, IPv4", "direct, IPv4"},
      {"localhost.", "direct, IPv4", "direct, IPv4", "direct, IPv4"},
      {"[::1]", "direct, IPv6", "direct, IPv6", "direct, IPv6"},
      {"[::ffff:127.0.0.1]", "direct, IPv6", "direct, IPv6", "direct, IPv6"},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(route_to(row.host, network(true, false)), row.ipv4) << row.host;
    EXPECT_EQ(route_to(row.host, network(false, true)), row.ipv6) << row.host;
    EXPECT_EQ(route_to(row.host, network(true, true)), row.both) << row.host;
  }
}

TEST(RoutesToAddresses, CareNotForWhatTheSettingsSayOfTheServicesName) {
  EXPECT_EQ(route_to("192.0.2.1", network(false, true), nullptr, false, true), "LOOKUP_PURE_IPV6");
  EXPECT_EQ(route_to("192.0.2.1", network(true, true), nullptr, false, true), "direct, IPv4");
  EXPECT_EQ(route_to("[2001:db8::1]", network(true, false), nullptr, false, true), "LOOKUP_NO_ROUTE");
}

TEST(RoutesToAddresses, NeedNoNetworkOnThisMachine) {
  for (const char* host : {"127.0.0.1", "[::1]", "localhost", "2130706433"}) {
    EXPECT_THAT(route_to(host, network(false, false)), testing::StartsWith("direct, IPv")) << host;
  }
  EXPECT_EQ(route_to("csss.example", network(false, false), "127.0.0.1", true), "proxy 127.0.0.1:3128");
  EXPECT_EQ(route_to("192.0.2.1", network(false, false)), "LOOKUP_NO_NETWORK");
  EXPECT_EQ(route_to("127.0.0.1", network(false, false), "proxy.example"), "LOOKUP_NO_NETWORK");
}

TEST(RoutesToAddresses, AreTriedOverANetworkThatNobodyToldOf) {
  EXPECT_EQ(route_to("192.0.2.1", std::nullopt), "direct, IPv4");
  EXPECT_EQ(route_to("[2001:db8::1]", std::nullopt), "direct, IPv6");
  EXPECT_EQ(route_to("csss.example", std::nullopt, "[2001:db8::2]"), "proxy [2001:db8::2]:3128");
  EXPECT_EQ(route_to("[2001:db8::1]", std::nullopt, "proxy.example"), "proxy proxy.example:3128");
}

TEST(RoutesToAddresses, OfProxiesGoOverTheirFamilyToo) {
  EXPECT_EQ(route_to("csss.example", network(true, false), "[2001:db8::2]"), "LOOKUP_NO_ROUTE");
  EXPECT_EQ(route_to("csss.example", network(true, true), "[2001:db8::2]"), "proxy [2001:db8::2]:3128");
  EXPECT_EQ(route_to("csss.example", network(false, true), "192.0.2.2", true), "LOOKUP_PURE_IPV6");
  EXPECT_EQ(route_to("csss.example", network(false, true), "[2001:db8::2]", true), "proxy [2001:db8::2]:3128");
}

TEST(RoutesToAddresses, ThroughProxiesNeedOneThatConvertsWhereNoFamilyIsShared) {
  EXPECT_EQ(route_to("[2001:db8::1]", network(true, false), "proxy.example"), "LOOKUP_NO_ROUTE");
  EXPECT_EQ(route_to("[2001:db8::1]", network(true, false), "proxy.example", true), "proxy proxy.example:3128");
  EXPECT_EQ(route_to("[2001:db8::1]", network(false, true), "proxy.example"), "proxy proxy.example:3128");
  EXPECT_EQ(route_to("192.0.2.1", network(false, true), "proxy.example"), "LOOKUP_PURE_IPV6");
}

TEST(Routes, AnExplicitProxyCarriesItsCredentialsAndNoFamily) {
  const v1::ProxySettings settings = proxy(v1::ProxySettings::EXPLICIT);
  const std::optional<v1::NetworkState> state = network(true, true);
  const CloudRules rules;
  const auto chosen = choose_route({.rules = rules, .proxy = settings, .network = state}, 0);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->credentials, "corporate");
  EXPECT_EQ(chosen->family, v1::ADDRESS_FAMILY_UNSPECIFIED);
}

TEST(Routes, TheSystemsProxiesTakeTurnsInItsOrder) {
  for (const auto mode : {v1::ProxySettings::SYSTEM, v1::ProxySettings::AUTO_CONFIG}) {
    const v1::NetworkState state = network(true, false, {"one:80", "two:80", ""});
    EXPECT_EQ(route(proxy(mode), state, false, 0), "proxy one:80");
    EXPECT_EQ(route(proxy(mode), state, false, 1), "proxy two:80");
    EXPECT_EQ(route(proxy(mode), state, false, 2), "direct, IPv4");
    EXPECT_EQ(route(proxy(mode), state, false, 3), "proxy one:80");
  }
}

TEST(Routes, TheSystemSaysDirectByNamingNoProxy) {
  EXPECT_EQ(route(proxy(v1::ProxySettings::SYSTEM), network(true, false)), "direct, IPv4");
  EXPECT_EQ(route(proxy(v1::ProxySettings::SYSTEM), std::nullopt), "direct, IPv4");
}

TEST(Routes, WhatAScriptReturnsIsUnderstood) {
  const v1::NetworkState state = network(true, false, {"PROXY one:80; SOCKS two:1080; DIRECT"});
  EXPECT_EQ(route(proxy(v1::ProxySettings::AUTO_CONFIG), state, false, 0), "proxy one:80");
  EXPECT_EQ(route(proxy(v1::ProxySettings::AUTO_CONFIG), state, false, 1), "direct, IPv4");
  EXPECT_EQ(route(proxy(v1::ProxySettings::AUTO_CONFIG), state, false, 2), "proxy one:80");
  EXPECT_EQ(route(proxy(v1::ProxySettings::SYSTEM), network(true, false, {"SOCKS two:1080"})), "LOOKUP_PROXY_UNKNOWN");
}

TEST(Routes, AScriptThatFailedNamesItself) {
  v1::NetworkState state = network(true, false);
  state.set_proxy_lookup_failed(true);
  EXPECT_EQ(route(proxy(v1::ProxySettings::AUTO_CONFIG), state), "LOOKUP_PROXY_UNKNOWN");
  EXPECT_EQ(route(kDirect, state), "direct, IPv4");
}

}  // namespace
}  // namespace holdfast::engine
