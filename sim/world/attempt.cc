#include "sim/world/attempt.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/text/check.h"
#include "engine/text/host_address.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kForEver = UINT64_MAX;

// How far an attempt comes, which is what it waits for when its deadline ends it.
enum class Stage { kName, kConnection, kHandshake, kResponse };

v1::HttpResult timeout_of(Stage stage) {
  switch (stage) {
    case Stage::kName: return v1::HTTP_DNS_FAILURE;
    case Stage::kConnection: return v1::HTTP_CONNECT_TIMEOUT;
    case Stage::kHandshake: return v1::HTTP_TLS_FAILURE;
    case Stage::kResponse: return v1::HTTP_RESPONSE_TIMEOUT;
  }
  engine::broken_invariant("there is no such stage of an attempt");
}

enum class Takes { kNoTime, kLatency, kAllTime };

// What would come of an attempt that nobody bounds.
struct Fate {
  std::uint64_t after_ns = 0;
  Stage stage = Stage::kConnection;
  v1::HttpResult result = v1::HTTP_RESPONSE;
  Response response;  // with HTTP_RESPONSE
};

Fate at_once(Stage stage, v1::HttpResult result) {
  return {.after_ns = 0, .stage = stage, .result = result, .response = {}};
}
Fate never(Stage stage) { return {.after_ns = kForEver, .stage = stage, .result = timeout_of(stage), .response = {}}; }
Fate response(std::uint64_t after_ns, Response response) {
  return {
      .after_ns = after_ns, .stage = Stage::kResponse, .result = v1::HTTP_RESPONSE, .response = std::move(response)};
}

// ---------------------------------------------------------------- the service

using Sends = Response (*)(const Surroundings&, std::string_view url);

Response sends_answer(const Surroundings& around, std::string_view url) { return around.answers.to(url); }
Response sends_other_hash(const Surroundings& around, std::string_view url) {
  return around.answers.about_another_program(url);
}
Response sends_page(const Surroundings&, std::string_view) { return html_page(200, "Welcome to our network"); }
Response sends_unavailable(const Surroundings& around, std::string_view) {
  Response page = html_page(503, "503 Service Unavailable");
  page.retry_after_ns = around.service_retry_after_ns;
  return page;
}
Response sends_redirect(const Surroundings&, std::string_view) { return html_page(302, "302 Found"); }
Response sends_wrong_schema(const Surroundings&, std::string_view) {
  return {.status = 200, .content_type = "application/json", .body = R"({"sha256": 5, "colour": "blue"})"};
}

struct ServiceRule {
  v1::ServiceBehaviour behaviour;
  Stage stage;
  Takes takes;
  v1::HttpResult result;
  Sends sends = nullptr;  // with HTTP_RESPONSE
};

constexpr ServiceRule kServiceRules[] = {
    {v1::SERVICE_ANSWERS, Stage::kResponse, Takes::kLatency, v1::HTTP_RESPONSE, sends_answer},
    {v1::SERVICE_NAME_UNKNOWN, Stage::kName, Takes::kNoTime, v1::HTTP_DNS_FAILURE},
    {v1::SERVICE_NAME_UNANSWERED, Stage::kName, Takes::kAllTime, v1::HTTP_DNS_FAILURE},
    {v1::SERVICE_REFUSES, Stage::kConnection, Takes::kNoTime, v1::HTTP_REFUSED},
    {v1::SERVICE_ABSENT, Stage::kConnection, Takes::kAllTime, v1::HTTP_CONNECT_TIMEOUT},
    {v1::SERVICE_HANGS, Stage::kResponse, Takes::kAllTime, v1::HTTP_RESPONSE_TIMEOUT},
    {v1::SERVICE_TRUNCATES, Stage::kResponse, Takes::kLatency, v1::HTTP_SHORT_BODY},
    {v1::SERVICE_ABORTS, Stage::kResponse, Takes::kLatency, v1::HTTP_EMPTY_REPLY},
    {v1::SERVICE_TALKS_GARBAGE, Stage::kResponse, Takes::kLatency, v1::HTTP_MALFORMED},
    {v1::SERVICE_SENDS_PAGE, Stage::kResponse, Takes::kLatency, v1::HTTP_RESPONSE, sends_page},
    {v1::SERVICE_UNAVAILABLE, Stage::kResponse, Takes::kLatency, v1::HTTP_RESPONSE, sends_unavailable},
    {v1::SERVICE_SENDS_WRONG_SCHEMA, Stage::kResponse, Takes::kLatency, v1::HTTP_RESPONSE, sends_wrong_schema},
    {v1::SERVICE_SENDS_OTHER_HASH, Stage::kResponse, Takes::kLatency, v1::HTTP_RESPONSE, sends_other_hash},
    {v1::SERVICE_SENDS_TOO_MUCH, Stage::kResponse, Takes::kLatency, v1::HTTP_TOO_LARGE},
    {v1::SERVICE_BAD_CERTIFICATE, Stage::kHandshake, Takes::kLatency, v1::HTTP_TLS_FAILURE},
    {v1::SERVICE_REDIRECTS, Stage::kResponse, Takes::kLatency, v1::HTTP_RESPONSE, sends_redirect},
};

struct Attempt {
  const v1::HttpRequest& request;
  const Surroundings& around;
  bool encrypted = request.url().starts_with("https://");
  // Where the URL or the proxy is written as one: nobody looks a name up, and it alone says which family leads there.
  std::optional<HostAddress> service_address = address_of_host(host_of_url(request.url()));
  std::optional<HostAddress> proxy_address = address_of_host(host_of_authority(request.proxy()));
};

const ServiceRule& rule_of(const Attempt& attempt) {
  v1::ServiceBehaviour behaviour = attempt.around.service_behaviour;
  // Without TLS nobody sees the certificate.
  if (behaviour == v1::SERVICE_BAD_CERTIFICATE && !attempt.encrypted) behaviour = v1::SERVICE_ANSWERS;
  for (const ServiceRule& rule : kServiceRules) {
    if (rule.behaviour != behaviour) continue;
    if (rule.stage == Stage::kName && attempt.service_address) return kServiceRules[0];
    return rule;
  }
  engine::broken_invariant("a service behaves as no rule says");
}

std::uint64_t time_of(Takes takes, std::uint64_t latency_ns) {
  if (takes == Takes::kLatency) return latency_ns;
  return takes == Takes::kNoTime ? 0 : kForEver;
}

// ---------------------------------------------------------------- routes

bool agent_has(const v1::NetworkState& agent, v1::AddressFamily family) {
  if (family == v1::IPV4) return agent.has_ipv4();
  if (family == v1::IPV6) return agent.has_ipv6();
  return agent.has_ipv4() || agent.has_ipv6();
}

// Whether packets of the agent come to that address.
bool agent_reaches(const v1::NetworkState& agent, const HostAddress& address) {
  return address.is_loopback() || agent_has(agent, address.over_ipv4() ? v1::IPV4 : v1::IPV6);
}

// Whether the service has an address that packets of that family come to.
bool service_has(const Attempt& attempt, v1::AddressFamily family) {
  if (attempt.service_address) return attempt.service_address->over_ipv4() == (family == v1::IPV4);
  return family == v1::IPV4 || attempt.around.service.has_ipv6();
}

// Once the service can be reached, over `extra_ns` of others' latency.
Fate at_service(const Attempt& attempt, const ServiceRule& rule, std::uint64_t extra_ns) {
  const Surroundings& around = attempt.around;
  const bool takes_requests = rule.stage == Stage::kHandshake || rule.stage == Stage::kResponse;
  if (around.request_vanishes && takes_requests) return never(Stage::kResponse);
  const std::uint64_t after_ns = time_of(rule.takes, around.service_latency_ns + extra_ns);
  if (rule.sends != nullptr) return response(after_ns, rule.sends(around, attempt.request.url()));
  return {.after_ns = after_ns, .stage = rule.stage, .result = rule.result, .response = {}};
}

// Asked by name: which family the attempt goes over; nothing where it goes over none.
std::optional<v1::AddressFamily> family_by_name(const Attempt& attempt) {
  const Surroundings& around = attempt.around;
  v1::AddressFamily family = attempt.request.family();
  if (family == v1::ADDRESS_FAMILY_UNSPECIFIED) {
    family = around.agent.has_ipv6() && service_has(attempt, v1::IPV6) ? v1::IPV6 : v1::IPV4;
  }
  const bool leads_there = agent_has(around.agent, family) || is_loopback_host(host_of_url(attempt.request.url()));
  return service_has(attempt, family) && leads_there ? std::optional(family) : std::nullopt;
}

// Asked by address: sockets of the other family do not take it.
std::optional<v1::AddressFamily> family_by_address(const Attempt& attempt) {
  const HostAddress& address = *attempt.service_address;
  const v1::AddressFamily asked = attempt.request.family();
  const bool taken = asked == v1::ADDRESS_FAMILY_UNSPECIFIED || address.ipv6 == (asked == v1::IPV6);
  if (!taken || !agent_reaches(attempt.around.agent, address)) return std::nullopt;
  return address.over_ipv4() ? v1::IPV4 : v1::IPV6;
}

Fate directly(const Attempt& attempt) {
  const ServiceRule& rule = rule_of(attempt);
  if (rule.stage == Stage::kName) {
    // Without a network nobody answers for names either.
    const bool any = agent_has(attempt.around.agent, attempt.request.family());
    return any ? at_service(attempt, rule, 0) : at_once(Stage::kConnection, v1::HTTP_NO_ROUTE);
  }
  const auto family = attempt.service_address ? family_by_address(attempt) : family_by_name(attempt);
  if (!family) return at_once(Stage::kConnection, v1::HTTP_NO_ROUTE);
  if (*family == v1::IPV6 && attempt.around.service.ipv6_black_hole()) return never(Stage::kConnection);
  return at_service(attempt, rule, 0);
}

// ---------------------------------------------------------------- proxies

// Proxies that nobody gets an HTTP answer from.
struct DeadProxyRule {
  v1::ProxyBehaviour behaviour;
  Stage stage;
  Takes takes;
  v1::HttpResult result;
};

constexpr DeadProxyRule kDeadProxyRules[] = {
    {v1::PROXY_NAME_UNKNOWN, Stage::kName, Takes::kNoTime, v1::HTTP_DNS_FAILURE},
    {v1::PROXY_REFUSES, Stage::kConnection, Takes::kNoTime, v1::HTTP_PROXY_UNREACHABLE},
    {v1::PROXY_BLACK_HOLE, Stage::kConnection, Takes::kAllTime, v1::HTTP_CONNECT_TIMEOUT},
    {v1::PROXY_SWALLOWS, Stage::kResponse, Takes::kAllTime, v1::HTTP_RESPONSE_TIMEOUT},
};

std::optional<Fate> at_dead_proxy(const Attempt& attempt) {
  const v1::ProxyBehaviour behaviour = attempt.around.proxy_behaviour;
  for (const DeadProxyRule& rule : kDeadProxyRules) {
    if (rule.behaviour != behaviour || (rule.stage == Stage::kName && attempt.proxy_address)) continue;
    return Fate{.after_ns = time_of(rule.takes, 0), .stage = rule.stage, .result = rule.result, .response = {}};
  }
  return std::nullopt;
}

constexpr std::uint32_t kNeedsCredentials = 407;

bool accepts_credentials(const Surroundings& around, const v1::HttpRequest& request) {
  const std::string& accepted = around.proxy->credentials();
  if (accepted.empty()) return around.proxy_behaviour != v1::PROXY_WANTS_CREDENTIALS;
  return request.credentials() == accepted;
}

// The proxy answers in the service's place. It is asked for the page itself over http, for a tunnel over https.
Fate answered_by_proxy(const Attempt& attempt, std::uint64_t after_ns, std::uint32_t status, std::string_view title) {
  if (!attempt.encrypted) return response(after_ns, html_page(status, title));
  return {.after_ns = after_ns, .stage = Stage::kResponse, .result = v1::HTTP_PROXY_REJECTED, .response = {}};
}

// Some proxies tell wrong credentials from none.
Fate refuses_credentials(const Attempt& attempt, std::uint64_t after_ns) {
  const std::uint32_t if_wrong = attempt.around.proxy->wrong_credentials_status();
  const std::uint32_t status = attempt.request.credentials().empty() || if_wrong == 0 ? kNeedsCredentials : if_wrong;
  if (status != kNeedsCredentials) return answered_by_proxy(attempt, after_ns, status, "Unauthorized");
  return {.after_ns = after_ns, .stage = Stage::kResponse, .result = v1::HTTP_PROXY_NEEDS_CREDENTIALS, .response = {}};
}

// When a proxy learns that it cannot reach the service; nothing if it can. It has the families that the agent has, and
// all of them if it converts.
std::optional<std::uint64_t> fails_to_reach(const Attempt& attempt, const ServiceRule& rule) {
  const Surroundings& around = attempt.around;
  if (rule.stage == Stage::kName || rule.stage == Stage::kConnection) {
    return rule.takes == Takes::kNoTime ? 0 : around.proxy_connect_timeout_ns;
  }
  const bool converts = around.proxy->converts();
  if ((around.agent.has_ipv4() || converts) && service_has(attempt, v1::IPV4)) return std::nullopt;
  if ((!around.agent.has_ipv6() && !converts) || !service_has(attempt, v1::IPV6)) return 0;
  return around.service.ipv6_black_hole() ? std::optional(around.proxy_connect_timeout_ns) : std::nullopt;
}

Fate through_proxy(const Attempt& attempt) {
  const Surroundings& around = attempt.around;
  const bool leads_there = attempt.proxy_address ? agent_reaches(around.agent, *attempt.proxy_address)
                                                 : agent_has(around.agent, attempt.request.family()) ||
                                                       is_loopback_host(host_of_authority(attempt.request.proxy()));
  if (!leads_there) return at_once(Stage::kConnection, v1::HTTP_NO_ROUTE);
  // Where no proxy is known by a name, there is no such name; at an address nobody listens.
  if (around.proxy == nullptr) {
    return attempt.proxy_address ? at_once(Stage::kConnection, v1::HTTP_PROXY_UNREACHABLE)
                                 : at_once(Stage::kName, v1::HTTP_DNS_FAILURE);
  }
  if (std::optional<Fate> fate = at_dead_proxy(attempt)) return *std::move(fate);
  const std::uint64_t latency_ns = around.proxy_latency_ns;
  if (!accepts_credentials(around, attempt.request)) return refuses_credentials(attempt, latency_ns);
  if (around.proxy_behaviour == v1::PROXY_REJECTS) return answered_by_proxy(attempt, latency_ns, 403, "403 Forbidden");
  const ServiceRule& rule = rule_of(attempt);
  if (const std::optional<std::uint64_t> after_ns = fails_to_reach(attempt, rule)) {
    return answered_by_proxy(attempt, latency_ns + *after_ns, 503, "503 Service Unavailable");
  }
  return at_service(attempt, rule, latency_ns);
}

Fate fate_of(const Attempt& attempt) {
  return attempt.request.proxy().empty() ? directly(attempt) : through_proxy(attempt);
}

}  // namespace

v1::HttpOutcome outcome_of(const v1::HttpRequest& request, std::uint64_t at_ns, const Surroundings& surroundings) {
  const Attempt attempt{.request = request, .around = surroundings};
  Fate fate = fate_of(attempt);
  const std::uint64_t bound_ns = request.deadline_ns() > at_ns ? request.deadline_ns() - at_ns : 0;
  v1::HttpOutcome outcome;
  outcome.set_took_ns(std::min(fate.after_ns, bound_ns));
  if (fate.after_ns > bound_ns) {
    outcome.set_result(timeout_of(fate.stage));
    return outcome;
  }
  outcome.set_result(fate.result);
  if (fate.result != v1::HTTP_RESPONSE) return outcome;
  if (fate.response.body.size() > request.body_bytes_max()) {
    outcome.set_result(v1::HTTP_TOO_LARGE);
    return outcome;
  }
  outcome.set_status(fate.response.status);
  outcome.set_content_type(std::move(fate.response.content_type));
  outcome.set_body(std::move(fate.response.body));
  outcome.set_retry_after_ns(fate.response.retry_after_ns);
  return outcome;
}

}  // namespace holdfast
