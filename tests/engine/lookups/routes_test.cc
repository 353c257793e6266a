#include "engine/lookups/routes.h"

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

TEST(Routes, AScriptThatFailedNamesItself) {
  v1::NetworkState state = network(true, false);
  state.set_proxy_lookup_failed(true);
  EXPECT_EQ(route(proxy(v1::ProxySettings::AUTO_CONFIG), state), "LOOKUP_PROXY_UNKNOWN");
  EXPECT_EQ(route(kDirect, state), "direct, IPv4");
}

}  // namespace
}  // namespace holdfast::engine
