// Names of services and proxies, with a resolver of the tests' own.
#include <gtest/gtest.h>

#include <string>

#include "tests/sensors/http/fault_server.h"
#include "tests/sensors/http/fetch.h"
#include "tests/sensors/http/test_names.h"

namespace holdfast {
namespace {

class Names : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!kNamesAreOurs) GTEST_SKIP() << "the resolver of this system cannot be stood in for: no name was looked up";
  }
};

std::string at(const std::string& name, const FaultServer& server) {
  return "http://" + name + ":" + std::to_string(server.port()) + "/";
}

TEST_F(Names, ThatAreUnknownAreADnsFailure) {
  for (const v1::AddressFamily family : {v1::ADDRESS_FAMILY_UNSPECIFIED, v1::IPV4, v1::IPV6}) {
    EXPECT_EQ(ending({.url = "http://unknown.test/", .family = family}), "HTTP_DNS_FAILURE");
    EXPECT_EQ(ending({.url = "http://127.0.0.1/", .proxy = "unknown.test:3128", .family = family}), "HTTP_DNS_FAILURE");
  }
}

TEST_F(Names, WithoutAnAddressOfTheFamilyLeadNowhere) {
  FaultServer server(behaves::json("{}"));
  EXPECT_EQ(ending({.url = at("ipv4.test", server), .family = v1::IPV6}), "HTTP_NO_ROUTE");
  EXPECT_EQ(ending({.url = at("ipv6.test", server), .family = v1::IPV4}), "HTTP_NO_ROUTE");
  const std::string proxy = "ipv4.test:" + std::to_string(server.port());
  EXPECT_EQ(ending({.url = "http://service.test/", .proxy = proxy, .family = v1::IPV6}), "HTTP_NO_ROUTE");
  EXPECT_EQ(server.calls(), 0) << "asking for the other family's address opens no connection";
}

TEST_F(Names, OfBothFamiliesAreReachedByTheOneAskedFor) {
  FaultServer ipv4(behaves::json("4"));
  FaultServer ipv6(behaves::json("6"), Loopback::Family::kIPv6);
  EXPECT_EQ(fetch({.url = at("both.test", ipv4), .family = v1::IPV4}).body(), "4");
  EXPECT_EQ(ending({.url = at("both.test", ipv4), .family = v1::IPV6}), "HTTP_REFUSED") << "no falling back to IPv4";
  if (!ipv6.listens()) GTEST_SKIP() << "this machine has no IPv6";
  EXPECT_EQ(fetch({.url = at("both.test", ipv6), .family = v1::IPV6}).body(), "6");
  EXPECT_EQ(ending({.url = at("both.test", ipv6), .family = v1::IPV4}), "HTTP_REFUSED") << "no falling back to IPv6";
  EXPECT_EQ(fetch({.url = at("both.test", ipv4)}).body(), "4") << "whatever leads there";
}

TEST_F(Names, ThatNobodyAnswersForAreADnsFailureAtTheDeadline) {
  const SilentNameServer silent;
  const v1::HttpOutcome outcome = fetch({.url = "http://unanswered.test/", .within_ns = kShort_ns});
  EXPECT_EQ(outcome.result(), v1::HTTP_DNS_FAILURE);
  EXPECT_GE(outcome.took_ns(), kShort_ns);
  EXPECT_LT(outcome.took_ns(), kShort_ns + 5 * kSecond_ns) << "the attempt does not wait for the resolver";
  EXPECT_EQ(ending({.url = "http://127.0.0.1/", .proxy = "unanswered.test:3128", .within_ns = kShort_ns}),
            "HTTP_DNS_FAILURE");
}

// The resolver may take half a minute to give up: nobody waits for it, neither the host nor the end of the agent.
TEST_F(Names, ThatNobodyAnswersForHoldNobodyUp) {
  const SilentNameServer silent;
  const LiveClock clock;
  {
    Client client;
    client.ask(1, {.url = "http://unanswered.test/"});
    client.ask(2, {.url = "http://unanswered.test/"});
    v1::Input input;
    EXPECT_EQ(client.actuator().next(client.clock().now_ns() + 50 * kMillisecond_ns, input), Sensor::Next::kDeadline);
    client.cancel(1);
    EXPECT_EQ(client.actuator().next(client.clock().now_ns() + 50 * kMillisecond_ns, input), Sensor::Next::kDeadline);
  }
  EXPECT_LT(clock.now_ns(), 5 * kSecond_ns);
}

TEST_F(Names, AreLookedUpForEachRequestAnew) {
  FaultServer server(behaves::json("{}"));
  Client client;
  client.ask(1, {.url = at("ipv4.test", server)});
  EXPECT_EQ(client.outcome().result(), v1::HTTP_RESPONSE);
  client.ask(2, {.url = at("ipv4.test", server), .family = v1::IPV6});
  EXPECT_EQ(client.outcome().result(), v1::HTTP_NO_ROUTE);
}

}  // namespace
}  // namespace holdfast
