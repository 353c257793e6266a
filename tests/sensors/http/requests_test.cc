// What the actuator does with requests themselves: refusing, bounding, cancelling, waiting.
#include <gtest/gtest.h>

#include <string>

#include "sensors/http/http_actuator.h"
#include "tests/sensors/http/fault_server.h"
#include "tests/sensors/http/fetch.h"

namespace holdfast {
namespace {

TEST(Request, WithAnUnusableUrlIsMalformed) {
  FaultServer server(behaves::json("{}"));
  const std::string unusable[] = {
      "",
      "nonsense",
      "http://",
      "//127.0.0.1/",
      server.address() + "/v1",  // no scheme
      "file:///etc/passwd",
      "ftp://127.0.0.1/",
      "gopher://127.0.0.1/",
      "http://user:password@" + server.address() + "/",
      "http://127.0.0.1:99999/",
      "http://127.0.0.1/with a blank",
      "http://[::1/",
      std::string("http://127.0.0.1/\0", 18),
      server.url() + std::string(8'000, 'a'),
  };
  for (const std::string& url : unusable) EXPECT_EQ(ending({.url = url}), "HTTP_MALFORMED") << url;
  EXPECT_EQ(server.calls(), 0);
}

TEST(Request, WithAnUnusableProxyFindsNone) {
  FaultServer server(behaves::json("{}"));
  for (const std::string proxy : {"proxy.example", ":3128", "127.0.0.1:", "socks5://127.0.0.1:1080", "u:p@127.0.0.1:1",
                                  "127.0.0.1:99999", "127.0.0.1:3128/path", "a b:3128", "nonsense", " "}) {
    EXPECT_EQ(ending({.url = server.url(), .proxy = proxy}), "HTTP_PROXY_UNREACHABLE") << proxy;
  }
  EXPECT_EQ(server.calls(), 0);
}

TEST(Request, WhoseDeadlineHasPassedIsNotTried) {
  FaultServer server(behaves::json("{}"));
  EXPECT_EQ(ending({.url = server.url(), .within_ns = 0}), "HTTP_CONNECT_TIMEOUT");
  EXPECT_EQ(server.calls(), 0);
}

TEST(Request, BeyondTheBoundIsCancelledAndSaysSo) {
  FaultServer server(behaves::hanging());
  Client client({.requests_max = 2});
  client.ask(1, {.url = server.url(), .within_ns = 200 * kMillisecond_ns});
  client.ask(2, {.url = server.url(), .within_ns = 100 * kMillisecond_ns});
  client.ask(3, {.url = server.url()});
  v1::HttpOutcome outcome = client.outcome();
  EXPECT_EQ(outcome.request_id(), 3U);
  EXPECT_EQ(outcome.result(), v1::HTTP_CANCELLED);
  EXPECT_EQ(client.outcome().request_id(), 2U) << "each ends at its own deadline";
  EXPECT_EQ(client.outcome().request_id(), 1U);
  client.ask(4, {.url = server.url(), .within_ns = 50 * kMillisecond_ns});
  outcome = client.outcome();
  EXPECT_EQ(outcome.request_id(), 4U) << "there is room again";
  EXPECT_EQ(outcome.result(), v1::HTTP_RESPONSE_TIMEOUT);
}

TEST(Request, OfAnIdThatIsUnderWayIsCancelled) {
  FaultServer server(behaves::hanging());
  Client client;
  client.ask(1, {.url = server.url(), .within_ns = 100 * kMillisecond_ns});
  client.ask(1, {.url = server.url()});
  EXPECT_EQ(client.outcome().result(), v1::HTTP_CANCELLED);
  EXPECT_EQ(client.outcome().result(), v1::HTTP_RESPONSE_TIMEOUT);
}

TEST(Request, DoesNotWaitForOthers) {
  FaultServer hangs(behaves::hanging());
  FaultServer answers(behaves::json("{}"));
  Client client;
  client.ask(1, {.url = hangs.url(), .within_ns = kSecond_ns});
  client.ask(2, {.url = answers.url()});
  EXPECT_EQ(client.outcome().request_id(), 2U);
  EXPECT_EQ(client.outcome().request_id(), 1U);
}

TEST(Cancelling, EndsTheAttemptWithoutAnOutcome) {
  FaultServer server(behaves::hanging());
  Client client;
  client.ask(1, {.url = server.url()});
  v1::Input input;
  ASSERT_EQ(client.actuator().next(client.clock().now_ns() + 50 * kMillisecond_ns, input), Sensor::Next::kDeadline);
  client.cancel(1);
  EXPECT_EQ(client.actuator().next(Sensor::kForever, input), Sensor::Next::kEnd);
  client.cancel(1);
  client.cancel(77);
  EXPECT_EQ(client.actuator().next(Sensor::kForever, input), Sensor::Next::kEnd);
}

TEST(Cancelling, LeavesAnOutcomeThatLayReady) {
  Client client;
  client.ask(1, {.url = "nonsense"});
  client.cancel(1);
  EXPECT_EQ(client.outcome().result(), v1::HTTP_MALFORMED);
}

TEST(Waiting, EndsAtTheDeadlineOfTheCaller) {
  FaultServer server(behaves::hanging());
  Client client;
  client.ask(1, {.url = server.url()});
  v1::Input input;
  const std::uint64_t until_ns = client.clock().now_ns() + 30 * kMillisecond_ns;
  EXPECT_EQ(client.actuator().next(until_ns, input), Sensor::Next::kDeadline);
  EXPECT_GE(client.clock().now_ns(), until_ns);
  EXPECT_EQ(client.actuator().next(until_ns, input), Sensor::Next::kDeadline) << "at once: it is past";
}

TEST(Waiting, IsBoundedAlsoWhereNothingIsUnderWay) {
  Client client;
  v1::Input input;
  const std::uint64_t until_ns = client.clock().now_ns() + 30 * kMillisecond_ns;
  EXPECT_EQ(client.actuator().next(until_ns, input), Sensor::Next::kDeadline);
  EXPECT_GE(client.clock().now_ns(), until_ns);
  EXPECT_EQ(client.actuator().next(Sensor::kForever, input), Sensor::Next::kEnd);
}

TEST(Waiting, LetsTheCallersDeadlineComeBeforeALaterOutcome) {
  Client client;
  const std::uint64_t until_ns = client.clock().now_ns();
  client.ask(1, {.url = "nonsense"});
  v1::Input input;
  EXPECT_EQ(client.actuator().next(until_ns, input), Sensor::Next::kDeadline);
  EXPECT_EQ(client.actuator().next(Sensor::kForever, input), Sensor::Next::kInput);
  EXPECT_GE(input.at_ns(), until_ns);
}

// A host that looks in again and again with a deadline of now still gets its answer.
TEST(Waiting, MakesProgressWithoutWaiting) {
  FaultServer server(behaves::json("{}"));
  Client client;
  client.ask(1, {.url = server.url()});
  v1::Input input;
  const std::uint64_t give_up_ns = client.clock().now_ns() + 20 * kSecond_ns;
  Expected<Sensor::Next> next = Sensor::Next::kDeadline;
  while (next == Sensor::Next::kDeadline && client.clock().now_ns() < give_up_ns) {
    next = client.actuator().next(client.clock().now_ns(), input);
  }
  EXPECT_EQ(next, Sensor::Next::kInput);
  EXPECT_EQ(input.http_outcome().result(), v1::HTTP_RESPONSE);
}

TEST(OtherOutputs, AreNotTheActuatorsBusiness) {
  Client client;
  v1::Output output;
  output.mutable_timer_set()->set_timer_id(1);
  client.actuator().carry_out(0, output);
  v1::Input input;
  EXPECT_EQ(client.actuator().next(Sensor::kForever, input), Sensor::Next::kEnd);
}

}  // namespace
}  // namespace holdfast
