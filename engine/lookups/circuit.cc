#include "engine/lookups/circuit.h"

#include <algorithm>
#include <utility>

#include "engine/step/step.h"
#include "engine/text/units.h"

namespace holdfast::engine {

void Circuit::begins(std::uint64_t lookup_id, std::string route) {
  if (retry_at_ns_ != 0) trying_ = lookup_id;
  route_ = std::move(route);
}

void Circuit::leaves(std::uint64_t lookup_id) {
  if (trying_ == lookup_id) trying_ = 0;
}

void Circuit::forget() {
  failures_ = 0;
  retry_at_ns_ = 0;
  trying_ = 0;
}

void Circuit::age(std::uint64_t by_ns) {
  if (retry_at_ns_ != 0) retry_at_ns_ -= std::min(retry_at_ns_ - 1, by_ns);  // 0 would close it
}

void Circuit::waited(std::uint64_t wait_ns) { longest_wait_ns_ = std::max(longest_wait_ns_, wait_ns); }

void Circuit::answered(std::vector<v1::Output>& outputs) {
  forget();
  last_failure_ = v1::LOOKUP_FAILURE_UNSPECIFIED;
  if (health_ != v1::CloudStatus::REACHABLE) tell(v1::CloudStatus::REACHABLE, outputs);
}

void Circuit::failed(std::uint64_t lookup_id, v1::LookupFailure failure, std::uint64_t now_ns,
                     const CloudSettings& settings, std::vector<v1::Output>& outputs) {
  ++failures_;
  last_failure_ = failure;
  const bool tried = trying_ == lookup_id;
  leaves(lookup_id);
  const bool opens = retry_at_ns_ == 0 && failures_ >= settings.breaker_failures;
  if (opens || tried) {
    retry_at_ns_ = later(now_ns, settings.breaker_open_ns);
    return tell(v1::CloudStatus::CIRCUIT_OPEN, outputs);
  }
  if (retry_at_ns_ == 0 && health_ != v1::CloudStatus::DEGRADED) tell(v1::CloudStatus::DEGRADED, outputs);
}

void Circuit::unreachable(v1::LookupFailure failure, std::vector<v1::Output>& outputs) {
  const bool news = health_ != v1::CloudStatus::UNREACHABLE || last_failure_ != failure;
  last_failure_ = failure;
  route_.clear();
  if (news) tell(v1::CloudStatus::UNREACHABLE, outputs);
}

void Circuit::tell(v1::CloudStatus::Health health, std::vector<v1::Output>& outputs) {
  health_ = health;
  v1::CloudStatus& status = *outputs.emplace_back().mutable_cloud_status();
  status.set_health(health);
  status.set_last_failure(last_failure_);
  status.set_failures(failures_);
  status.set_retry_at_ns(retry_at_ns_);
  status.set_added_wait_ns(std::exchange(longest_wait_ns_, 0));
  status.set_route(route_);
}

void Circuit::save(v1::CloudState& state) const {
  state.set_failures(failures_);
  state.set_retry_at_ns(retry_at_ns_);
  state.set_trying_lookup_id(trying_);
  state.set_last_failure(last_failure_);
  state.set_health(health_);
  state.set_longest_wait_ns(longest_wait_ns_);
  state.set_route(route_);
}

Expected<void> Circuit::load(const v1::CloudState& state) {
  if (!v1::CloudStatus::Health_IsValid(state.health())) return bad_state("cloud.health", "there is no such health");
  failures_ = state.failures();
  retry_at_ns_ = state.retry_at_ns();
  trying_ = state.trying_lookup_id();
  last_failure_ = state.last_failure();
  health_ = state.health();
  longest_wait_ns_ = state.longest_wait_ns();
  route_ = state.route();
  return {};
}

}  // namespace holdfast::engine
