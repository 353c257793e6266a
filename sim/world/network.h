// The network around the agent, and the services beyond it: one outcome for each attempt that the engine asks for.
//
// Faults this model knows, each of which a scenario can choose:
//   - the agent has no address, or only one of a family that the service lacks (pure IPv6): no route
//   - the service's name is unknown, or no name server answers; the service refuses, is absent, hangs, ends the
//     connection before or within its answer, talks something that is not HTTP, sends a page, an error, JSON of another
//     kind, the answer to another question, a body without end, a redirection, a certificate that nobody trusts
//   - packets to the service's IPv6 address vanish
//   - any share of requests vanishes on the way; answers take any time, the same or varying
//   - a proxy's name is unknown (so is that of each proxy that the scenario does not name); it refuses, swallows
//     packets or requests, wants credentials, forbids the way, or reaches no IPv4 service for an IPv6-only agent
//   - behind a living proxy a dead service is a page with status 503
//   - all of this for a while, or again and again: a flapping link
// What waits ends at the attempt's deadline at the latest. The seed decides whatever varies; the fate of a request is
// settled when it is made, and each draws as many numbers as any other, so one request's fate never depends on what
// became of those before it.
// Not modelled: a change of network or phase while a request is under way (it comes to its end as begun), proxies that
// answer in place of a service that aborts or talks garbage, connections that are kept and used again.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/host.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/scenario.pb.h"
#include "sensors/actuator.h"
#include "sim/world/input_source.h"
#include "sim/world/phases.h"
#include "sim/world/random.h"
#include "sim/world/service_answer.h"

namespace holdfast {

inline constexpr std::uint64_t kServiceLatencyDefaultNs = 20'000'000;
inline constexpr std::uint64_t kProxyLatencyDefaultNs = 1'000'000;
inline constexpr std::uint64_t kProxyConnectTimeoutDefaultNs = 60'000'000'000;

// The network that the world's agent has before anything happens: IPv4, where the world says nothing.
v1::NetworkState network_at_start(const v1::World& world);

class Network final : public InputSource, public Actuator, public StepObserver {
 public:
  // `world` must be one that check_world found good; it and `order` must outlive the network. Seed 0 is seed 1.
  Network(const v1::World& world, std::uint64_t seed, PlanningOrder& order);

  // Takes requests and their cancelling; every other output is somebody else's. A cancelled request has no outcome,
  // unless that is due at this very moment: then it is under way already.
  void carry_out(std::uint64_t at_ns, const v1::Output& output) override;
  // Notices what the agent's addresses are; never fails.
  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;

  std::optional<Moment> due() const override;
  bool take(v1::Input& input) override;

 private:
  struct Proxy {
    const v1::ProxyModel* model = nullptr;
    std::uint64_t latency_ns = 0;
    std::uint64_t connect_timeout_ns = 0;
  };

  void request(std::uint64_t at_ns, const v1::HttpRequest& request);
  void cancel(std::uint64_t at_ns, std::uint64_t request_id);

  const v1::ServiceModel& service_;
  std::uint64_t latency_ns_;
  std::uint64_t latency_at_most_ns_;
  std::uint64_t retry_after_ns_;
  std::map<std::string, Proxy> proxies_;  // by folded address
  Phases phases_;
  ServiceAnswers answers_;
  Random random_;
  PlanningOrder& order_;
  v1::NetworkState agent_;
  std::map<Moment, v1::HttpOutcome> under_way_;
  std::map<std::uint64_t, Moment> due_of_;  // of those under way, by request id
};

}  // namespace holdfast
