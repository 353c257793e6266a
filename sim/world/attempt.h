// What comes of one attempt to reach a service, as a function of the attempt, the surroundings and luck. The rules are
// tables in attempt.cc; sim/world/network.h lists the faults.
#pragma once

#include <cstdint>

#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/scenario.pb.h"
#include "sim/world/service_answer.h"

namespace holdfast {

// What an attempt meets, at the time at which it is made.
struct Surroundings {
  const v1::NetworkState& agent;
  const v1::ServiceModel& service;
  const ServiceAnswers& answers;
  v1::ServiceBehaviour service_behaviour = v1::SERVICE_ANSWERS;  // never unspecified
  std::uint64_t service_latency_ns = 0;
  std::uint64_t service_retry_after_ns = 0;
  bool request_vanishes = false;                         // on the way to the service
  const v1::ProxyModel* proxy = nullptr;                 // that the request names; null: there is none of that name
  v1::ProxyBehaviour proxy_behaviour = v1::PROXY_WORKS;  // never unspecified
  std::uint64_t proxy_latency_ns = 0;
  std::uint64_t proxy_connect_timeout_ns = 0;
};

// The attempt's outcome, complete but for request_id: took_ns after the request was made, and never after its deadline.
v1::HttpOutcome outcome_of(const v1::HttpRequest& request, std::uint64_t at_ns, const Surroundings& surroundings);

}  // namespace holdfast
