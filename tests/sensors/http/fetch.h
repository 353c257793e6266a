// One request and its outcome, for tests.
//
//   EXPECT_EQ(fetch({.url = server.url()}).result(), v1::HTTP_RESPONSE);
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "agent/host/live_clock.h"
#include "engine/text/units.h"
#include "sensors/http/http_actuator.h"

namespace holdfast {

inline constexpr std::uint64_t kShort_ns = 300 * kMillisecond_ns;  // deadline of what never ends by itself

// As in HttpRequest, with a deadline from now on.
struct Ask {
  std::string url;
  std::string proxy = {};
  std::string credentials = {};
  v1::AddressFamily family = v1::ADDRESS_FAMILY_UNSPECIFIED;
  std::uint64_t within_ns = 20 * kSecond_ns;  // far beyond what any answer takes
  std::uint32_t body_bytes_max = 4'096;
};

struct ClientOptions {
  std::string ca_file = {};
  std::size_t requests_max = 16;
  std::string user = {};  // what stands under any name of credentials; empty: none
  std::string password = {};
};

// An actuator on the real clock.
class Client {
 public:
  using Options = ClientOptions;
  explicit Client(const Options& options = {})
      : http_({.clock = clock_,
               .credentials = [options](const std::string&) -> std::optional<HttpActuator::Credentials> {
                 if (options.user.empty()) return std::nullopt;
                 return HttpActuator::Credentials{.user = options.user, .password = options.password};
               },
               .ca_file = options.ca_file,
               .requests_max = options.requests_max}) {}

  void ask(std::uint64_t id, const Ask& ask) {
    v1::Output output;
    v1::HttpRequest& request = *output.mutable_http_request();
    request.set_request_id(id);
    request.set_url(ask.url);
    request.set_proxy(ask.proxy);
    request.set_credentials(ask.credentials);
    request.set_family(ask.family);
    request.set_deadline_ns(clock_.now_ns() + ask.within_ns);
    request.set_body_bytes_max(ask.body_bytes_max);
    http_.carry_out(clock_.now_ns(), output);
  }
  void cancel(std::uint64_t id) {
    v1::Output output;
    output.mutable_http_cancel()->set_request_id(id);
    http_.carry_out(clock_.now_ns(), output);
  }
  // The next outcome, however long it takes; the default one where none is under way.
  v1::HttpOutcome outcome() {
    v1::Input input;
    const Expected<Sensor::Next> next = http_.next(Sensor::kForever, input);
    EXPECT_TRUE(next.has_value());
    if (!next || *next != Sensor::Next::kInput) return {};
    EXPECT_TRUE(input.has_http_outcome());
    EXPECT_LE(input.at_ns(), clock_.now_ns());
    EXPECT_LE(input.http_outcome().took_ns(), input.at_ns());
    return input.http_outcome();
  }

  const LiveClock& clock() const { return clock_; }
  HttpActuator& actuator() { return http_; }

 private:
  LiveClock clock_;
  HttpActuator http_;
};

inline v1::HttpOutcome fetch(const Ask& ask, const Client::Options& options = {}) {
  Client client(options);
  client.ask(1, ask);
  v1::HttpOutcome outcome = client.outcome();
  EXPECT_EQ(outcome.request_id(), 1U);
  EXPECT_NE(outcome.result(), v1::HTTP_RESULT_UNSPECIFIED);
  if (outcome.result() != v1::HTTP_RESPONSE) {
    EXPECT_EQ(outcome.status(), 0U);
    EXPECT_EQ(outcome.content_type(), "");
    EXPECT_EQ(outcome.body(), "");
  }
  EXPECT_EQ(client.outcome().request_id(), 0U) << "one request has one outcome";
  return outcome;
}

// How a request ended, by its name: EXPECT_EQ(ending({.url = url}), "HTTP_REFUSED").
inline std::string ending(const Ask& ask, const Client::Options& options = {}) {
  return v1::HttpResult_Name(fetch(ask, options).result());
}

}  // namespace holdfast
