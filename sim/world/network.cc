#include "sim/world/network.h"

#include <algorithm>
#include <utility>

#include "engine/text/ascii.h"
#include "sim/text/duration.h"
#include "sim/world/address.h"
#include "sim/world/attempt.h"

namespace holdfast {
namespace {

// The first that says something; `otherwise` where none does.
template <typename Behaviour>
Behaviour first_of(Behaviour phase, Behaviour model, Behaviour otherwise) {
  if (phase != Behaviour()) return phase;
  return model != Behaviour() ? model : otherwise;
}

}  // namespace

v1::NetworkState network_at_start(const v1::World& world) {
  if (world.has_network()) return world.network();
  v1::NetworkState state;
  state.set_has_ipv4(true);
  return state;
}

Network::Network(const v1::World& world, std::uint64_t seed, PlanningOrder& order)
    : service_(world.service()),
      latency_ns_(duration_or(service_.latency(), kServiceLatencyDefaultNs)),
      latency_at_most_ns_(duration_or(service_.latency_at_most(), latency_ns_)),
      retry_after_ns_(duration_or(service_.retry_after(), 0)),
      phases_(world),
      answers_(service_),
      random_(seed == 0 ? 1 : seed),
      order_(order),
      agent_(network_at_start(world)) {
  for (const v1::ProxyModel& proxy : world.proxy()) {
    proxies_[ascii::lower_case(proxy.address())] = {
        .model = &proxy,
        .latency_ns = duration_or(proxy.latency(), kProxyLatencyDefaultNs),
        .connect_timeout_ns = duration_or(proxy.connect_timeout(), kProxyConnectTimeoutDefaultNs)};
  }
}

void Network::carry_out(std::uint64_t at_ns, const v1::Output& output) {
  if (output.has_http_request()) request(at_ns, output.http_request());
  if (output.has_http_cancel()) cancel(at_ns, output.http_cancel().request_id());
}

Expected<void> Network::on_step(const v1::Input& input, const std::vector<v1::Output>& /*outputs*/) {
  if (input.has_network_changed()) agent_ = input.network_changed().state();
  return {};
}

void Network::request(std::uint64_t at_ns, const v1::HttpRequest& request) {
  const std::uint64_t varying_ns = random_.between(latency_ns_, latency_at_most_ns_);
  const bool vanishes = random_.percent_chance(service_.loss_percent());
  const PhaseEffect phase = phases_.at(at_ns);
  const auto named = proxies_.find(ascii::lower_case(request.proxy()));
  const Proxy proxy = named == proxies_.end() ? Proxy{} : named->second;
  const v1::ProxyBehaviour proxy_behaviour = proxy.model == nullptr
                                                 ? v1::PROXY_NAME_UNKNOWN
                                                 : first_of(phase.proxy, proxy.model->behaviour(), v1::PROXY_WORKS);
  v1::HttpOutcome outcome =
      outcome_of(request, at_ns,
                 {.agent = agent_,
                  .service = service_,
                  .answers = answers_,
                  .service_behaviour = first_of(phase.service, service_.behaviour(), v1::SERVICE_ANSWERS),
                  .service_latency_ns = phase.latency_ns.value_or(varying_ns),
                  .service_retry_after_ns = retry_after_ns_,
                  .request_vanishes = vanishes,
                  .proxy = proxy.model,
                  .proxy_behaviour = proxy_behaviour,
                  .proxy_latency_ns = proxy.latency_ns,
                  .proxy_connect_timeout_ns = proxy.connect_timeout_ns});
  outcome.set_request_id(request.request_id());
  const Moment due{at_ns + outcome.took_ns(), order_.next()};
  under_way_.emplace(due, std::move(outcome));
  due_of_[request.request_id()] = due;
}

void Network::cancel(std::uint64_t at_ns, std::uint64_t request_id) {
  const auto planned = due_of_.find(request_id);
  if (planned == due_of_.end() || planned->second.at_ns <= at_ns) return;
  under_way_.erase(planned->second);
  due_of_.erase(planned);
}

std::optional<Moment> Network::due() const {
  if (under_way_.empty()) return std::nullopt;
  return under_way_.begin()->first;
}

bool Network::take(v1::Input& input) {
  const auto first = under_way_.begin();
  due_of_.erase(first->second.request_id());
  *input.mutable_http_outcome() = std::move(first->second);
  under_way_.erase(first);
  return true;
}

}  // namespace holdfast
