#include "engine/lookups/cloud_settings.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::engine {
namespace {

TEST(CloudSettings, TakeTheRulesWhereNothingIsSet) {
  const CloudSettings settings = resolve_cloud_settings({}, {});
  EXPECT_EQ(settings.attempt_ns, 2'000'000'000);
  EXPECT_EQ(settings.hold_budget_ns, 10'000'000'000);
  EXPECT_EQ(settings.attempts_max, 3U);
  EXPECT_EQ(settings.breaker_failures, 3U);
  EXPECT_EQ(settings.breaker_open_ns, 10'000'000'000);
  EXPECT_EQ(settings.keep_safe_ns, 604'800'000'000'000);
  EXPECT_EQ(settings.keep_unknown_ns, 3'600'000'000'000);
  EXPECT_EQ(settings.keep_malicious_ns, 86'400'000'000'000);
  EXPECT_EQ(settings.lookups_max, 16'384U);
}

TEST(CloudSettings, TakeWhatIsSet) {
  v1::Settings settings;
  auto& csss = *settings.mutable_certified_safe_software();
  csss.set_attempt_timeout_ms(1'500);
  csss.set_attempts_max(1);
  csss.set_cache_safe_s(0);
  csss.set_service_url("https://csss.example/api/");
  settings.mutable_limits()->set_lookups_max(5);
  const CloudSettings cloud = resolve_cloud_settings(settings, {});
  EXPECT_EQ(cloud.attempt_ns, 1'500'000'000);
  EXPECT_EQ(cloud.attempts_max, 1U);
  EXPECT_EQ(cloud.keep_safe_ns, 0U);
  EXPECT_EQ(cloud.lookups_max, 5U);
  EXPECT_EQ(cloud.service_url, "https://csss.example/api");
}

TEST(ServiceUrl, AcceptsHostsPortsAndPaths) {
  for (const char* url : {"", "https://csss.example", "http://csss.example:8080/", "https://10.0.0.1:1/a/b",
                          "https://[2001:db8::1]", "https://[2001:db8::1]:8443/x", "https://csss.example/a%20b"}) {
    EXPECT_EQ(fault_of_service_url(url), std::nullopt) << url;
  }
}

TEST(ServiceUrl, RefusesEverythingElse) {
  for (const char* url : {"csss.example",
                          "ftp://csss.example",
                          "file:///etc/passwd",
                          "https://",
                          "https:///x",
                          "https://a b",
                          "https://csss.example:0",
                          "https://csss.example:65536",
                          "https://csss.example:",
                          "https://csss.example:80x",
                          "https://csss.example/?a=1",
                          "https://csss.example/#a",
                          "https://csss.example/a b",
                          "https://[2001:db8::1",
                          "https://[]",
                          "https://[x]",
                          "https://[1:2]",
                          "https://[1.2.3.4]",
                          "https://csss.example/\\x",
                          "HTTPS:/csss.example"}) {
    EXPECT_NE(fault_of_service_url(url), std::nullopt) << url;
  }
  EXPECT_NE(fault_of_service_url("https://a/" + std::string(3'000, 'x')), std::nullopt);
}

TEST(ProxyHost, SaysOfAScriptsResultWhatItIs) {
  for (const char* host : {"PROXY proxy.example:3128; DIRECT", "DIRECT", "one:80;two:80"}) {
    ASSERT_TRUE(fault_of_proxy_host(host)) << host;
    EXPECT_TRUE(fault_of_proxy_host(host)->contains("PAC script")) << host;
  }
  EXPECT_FALSE(fault_of_proxy_host("[2001:db8::1]"));
  EXPECT_TRUE(fault_of_proxy_host("[2001:db8:1]"));
}

TEST(ServiceUrl, NeverRepeatsAPassword) {
  const auto fault = fault_of_service_url("https://user:hunter2@csss.example");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->find("hunter2"), std::string_view::npos);
}

}  // namespace
}  // namespace holdfast::engine
