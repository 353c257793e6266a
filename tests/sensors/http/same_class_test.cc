// The simulated network tells the truth: for the same fault it gives an attempt the same end as real sockets do.
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

#include "sim/world/network.h"
#include "tests/sensors/http/fault_server.h"
#include "tests/sensors/http/fetch.h"
#include "tests/sensors/http/test_names.h"
#include "tests/sensors/http/tls_server.h"

namespace holdfast {
namespace {

constexpr std::string_view kProxy = "proxy.test:3128";

// What is compared: how the attempt ended, and what of the response decides about it.
std::string told(const v1::HttpOutcome& outcome) {
  std::string text = v1::HttpResult_Name(outcome.result());
  if (outcome.result() == v1::HTTP_RESPONSE) {
    text += ' ' + std::to_string(outcome.status()) + ' ' + outcome.content_type();
  }
  return text;
}

struct Question {
  std::string_view scheme = "http";
  v1::AddressFamily family = v1::IPV4;
  bool by_proxy = false;
};

std::string simulated(const Question& question, v1::ServiceBehaviour service, v1::ProxyBehaviour proxy) {
  v1::World world;
  world.mutable_network()->set_has_ipv4(true);
  world.mutable_network()->set_has_ipv6(true);
  world.mutable_service()->set_behaviour(service);
  world.add_proxy()->set_address(std::string(kProxy));
  world.mutable_proxy(0)->set_behaviour(proxy);
  PlanningOrder order(0);
  Network network(world, 1, order);
  v1::Output output;
  v1::HttpRequest& request = *output.mutable_http_request();
  request.set_request_id(1);
  request.set_url(std::string(question.scheme) + "://service.test/v1/safe/" + std::string(64, '0'));
  if (question.by_proxy) request.set_proxy(std::string(kProxy));
  request.set_family(question.by_proxy ? v1::ADDRESS_FAMILY_UNSPECIFIED : question.family);
  request.set_deadline_ns(kShort_ns);
  request.set_body_bytes_max(4'096);
  network.carry_out(0, output);
  v1::Input input;
  EXPECT_TRUE(network.take(input));
  return told(input.http_outcome());
}

std::string simulated(v1::ServiceBehaviour service, const Question& question = {}) {
  return simulated(question, service, v1::PROXY_WORKS);
}
std::string simulated(v1::ProxyBehaviour proxy, std::string_view scheme = "http") {
  return simulated({.scheme = scheme, .by_proxy = true}, v1::SERVICE_ANSWERS, proxy);
}

// What ends by itself has all the time it needs, on however slow a machine; the others wait no longer than they must.
std::string real(const Ask& ask) { return told(fetch(ask)); }
std::string real_wait(Ask ask) {
  ask.within_ns = kShort_ns;
  return real(ask);
}
std::string real(const FaultServer::Behaviour& behaviour, std::string_view scheme = "http") {
  FaultServer server(behaviour);
  return real({.url = server.url(scheme), .family = v1::IPV4});
}
Ask by(const std::string& proxy, std::string_view scheme = "http") {
  return {.url = std::string(scheme) + "://service.test/v1/safe/00", .proxy = proxy};
}

TEST(SameClass, OfAServiceThatAnswersButNotWell) {
  const auto closes = [](Call& call) { call.read_request(); };
  const auto without_end = [](Call& call) {
    call.read_request();
    call.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
    call.send_for_ever(std::string(1'000, ' '));
  };
  const std::string page = behaves::response("200 OK", "text/html", "<html>Welcome</html>");
  const std::string unavailable = behaves::response("503 Service Unavailable", "text/html", "<html>no</html>");
  const std::string redirect = behaves::response("302 Found", "text/html", "<html>elsewhere</html>");
  EXPECT_EQ(real(behaves::json("{}")), simulated(v1::SERVICE_ANSWERS));
  FaultServer hanging(behaves::hanging());
  EXPECT_EQ(real_wait({.url = hanging.url(), .family = v1::IPV4}), simulated(v1::SERVICE_HANGS));
  EXPECT_EQ(real(behaves::answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")),
            simulated(v1::SERVICE_TRUNCATES));
  EXPECT_EQ(real(closes), simulated(v1::SERVICE_ABORTS));
  EXPECT_EQ(real(behaves::answering("SSH-2.0-OpenSSH_9.2\r\n")), simulated(v1::SERVICE_TALKS_GARBAGE));
  EXPECT_EQ(real(behaves::answering(page)), simulated(v1::SERVICE_SENDS_PAGE));
  EXPECT_EQ(real(behaves::answering(unavailable)), simulated(v1::SERVICE_UNAVAILABLE));
  EXPECT_EQ(real(behaves::answering(redirect)), simulated(v1::SERVICE_REDIRECTS));
  EXPECT_EQ(real(without_end), simulated(v1::SERVICE_SENDS_TOO_MUCH));
}

TEST(SameClass, OfAServiceThatIsNotThere) {
  const std::string nobody = "http://127.0.0.1:" + std::to_string(closed_port()) + "/";
  EXPECT_EQ(real({.url = nobody, .family = v1::IPV4}), simulated(v1::SERVICE_REFUSES));
  const SilentPort silent;
  EXPECT_EQ(real_wait({.url = "http://" + silent.address() + "/", .family = v1::IPV4}), simulated(v1::SERVICE_ABSENT));
}

TEST(SameClass, OfNamesAndFamilies) {
  if (!kNamesAreOurs) GTEST_SKIP() << "the resolver of this system cannot be stood in for: no name was looked up";
  EXPECT_EQ(real({.url = "http://unknown.test/", .family = v1::IPV4}), simulated(v1::SERVICE_NAME_UNKNOWN));
  const SilentNameServer silent;
  EXPECT_EQ(real_wait({.url = "http://unanswered.test/", .family = v1::IPV4}), simulated(v1::SERVICE_NAME_UNANSWERED));
  EXPECT_EQ(real({.url = "http://ipv4.test/", .family = v1::IPV6}),
            simulated(v1::SERVICE_ANSWERS, {.family = v1::IPV6}));
}

TEST(SameClass, OfACertificateThatNobodyTrusts) {
  if (!kTlsServerExists) GTEST_SKIP() << "this build has no server that speaks TLS: no certificate was seen";
  EXPECT_EQ(
      real(encrypted(self_signed("IP:127.0.0.1"), behaves::response("200 OK", "application/json", "{}")), "https"),
      simulated(v1::SERVICE_BAD_CERTIFICATE, {.scheme = "https"}));
}

TEST(SameClass, OfAProxyThatIsNoHelp) {
  const std::string nobody = "127.0.0.1:" + std::to_string(closed_port());
  const SilentPort silent;
  FaultServer swallows(behaves::hanging());
  FaultServer forbids(behaves::answering(behaves::response("403 Forbidden", "text/html", "<html>no</html>")));
  FaultServer wants(
      behaves::answering("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                         "Content-Length: 0\r\n\r\n"));
  for (const std::string_view scheme : {"http", "https"}) {
    EXPECT_EQ(real(by(nobody, scheme)), simulated(v1::PROXY_REFUSES, scheme)) << scheme;
    EXPECT_EQ(real_wait(by(silent.address(), scheme)), simulated(v1::PROXY_BLACK_HOLE, scheme)) << scheme;
    EXPECT_EQ(real_wait(by(swallows.address(), scheme)), simulated(v1::PROXY_SWALLOWS, scheme)) << scheme;
    EXPECT_EQ(real(by(wants.address(), scheme)), simulated(v1::PROXY_WANTS_CREDENTIALS, scheme)) << scheme;
    EXPECT_EQ(real(by(forbids.address(), scheme)), simulated(v1::PROXY_REJECTS, scheme)) << scheme;
  }
  if (!kNamesAreOurs) GTEST_SKIP() << "the resolver of this system cannot be stood in for: no name was looked up";
  EXPECT_EQ(real(by("unknown.test:3128")), simulated(v1::PROXY_NAME_UNKNOWN));
}

TEST(SameClass, OfADeadServiceBehindALivingProxy) {
  FaultServer proxy(behaves::answering(behaves::response("503 Service Unavailable", "text/html", "<html>no</html>")));
  for (const std::string_view scheme : {"http", "https"}) {
    EXPECT_EQ(real(by(proxy.address(), scheme)),
              simulated({.scheme = scheme, .by_proxy = true}, v1::SERVICE_REFUSES, v1::PROXY_WORKS))
        << scheme;
  }
}

}  // namespace
}  // namespace holdfast
