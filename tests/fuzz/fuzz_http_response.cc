// Responses as bytes on a connection, headers and all, that somebody made up. Promises: each ends the attempt as one
// named result, well before its deadline, since the connection ends; what is handed on is bounded and in its normal
// form; nobody else is asked.
//
// Links: holdfast_http holdfast_host holdfast_test_http_faults
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/host/live_clock.h"
#include "sensors/http/http_actuator.h"
#include "tests/sensors/http/loopback.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace holdfast {
namespace {

constexpr std::uint32_t kBodyBytesMax = 1'024;
constexpr std::uint64_t kDeadlineNs = 10'000'000'000;
constexpr std::size_t kContentTypeBytesMax = 255;

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

bool is_normal(std::string_view content_type) {
  return content_type.size() <= kContentTypeBytesMax && std::ranges::none_of(content_type, [](char c) {
           return c <= ' ' || c > '~' || c == ';' || (c >= 'A' && c <= 'Z');
         });
}

class Exchange {
 public:
  // One request, answered by `bytes` and the connection's end.
  v1::HttpOutcome answered_by(std::string_view bytes) {
    ask();
    Loopback connection = taken();
    while (!connection.readable(0)) turn();
    require(!connection.receive().empty(), "a request is sent");
    connection.send(bytes);
    connection.close();
    v1::Input input;
    const Expected<Sensor::Next> next = http_.next(Sensor::kForever, input);
    require(next.has_value() && *next == Sensor::Next::kInput && input.has_http_outcome(),
            "each attempt has an outcome");
    require(!listener_->accept(0), "nobody is asked twice");
    return input.http_outcome();
  }

 private:
  void ask() {
    v1::Output output;
    v1::HttpRequest& request = *output.mutable_http_request();
    request.set_request_id(++requests_);
    request.set_url("http://127.0.0.1:" + std::to_string(listener_->port()) + "/v1/safe/00");
    request.set_family(v1::IPV4);
    request.set_deadline_ns(clock_.now_ns() + kDeadlineNs);
    request.set_body_bytes_max(kBodyBytesMax);
    http_.carry_out(clock_.now_ns(), output);
  }
  Loopback taken() {
    while (true) {
      turn();
      if (auto connection = listener_->accept(0)) return std::move(*connection);
    }
  }
  // Lets the actuator do what it can do now.
  void turn() {
    v1::Input input;
    const Expected<Sensor::Next> next = http_.next(clock_.now_ns(), input);
    require(next.has_value() && *next == Sensor::Next::kDeadline, "nothing ends before it is answered");
  }

  LiveClock clock_;
  HttpActuator http_{{.clock = clock_}};
  std::optional<Loopback> listener_ = Loopback::listen();
  std::uint64_t requests_ = 0;
};

void check(const v1::HttpOutcome& outcome) {
  require(outcome.result() != v1::HTTP_RESULT_UNSPECIFIED && v1::HttpResult_IsValid(outcome.result()),
          "each end has a name");
  require(outcome.took_ns() < kDeadlineNs, "the end of the connection ends the attempt");
  require(outcome.body().size() <= kBodyBytesMax, "no body is larger than was asked for");
  require(is_normal(outcome.content_type()), "a content type is in its normal form");
  const bool responded = outcome.result() == v1::HTTP_RESPONSE;
  require(responded || (outcome.status() == 0 && outcome.body().empty() && outcome.content_type().empty()),
          "a failure hands nothing on");
}

}  // namespace
}  // namespace holdfast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static holdfast::Exchange exchange;
  holdfast::check(exchange.answered_by({reinterpret_cast<const char*>(bytes), size}));
  return 0;
}
