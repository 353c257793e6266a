#include "sim/world/observed_network.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "engine/core/state_view.h"
#include "sim/text/duration.h"

namespace holdfast {
namespace {

// How the simulated service has to behave for an attempt to fail so.
struct Fault {
  v1::LookupFailure failure;
  v1::ServiceBehaviour behaviour;
};
constexpr std::array kFaults = {
    Fault{v1::LOOKUP_DNS_FAILURE, v1::SERVICE_NAME_UNKNOWN},
    Fault{v1::LOOKUP_REFUSED, v1::SERVICE_REFUSES},
    Fault{v1::LOOKUP_CONNECT_TIMEOUT, v1::SERVICE_ABSENT},
    Fault{v1::LOOKUP_TLS_FAILURE, v1::SERVICE_BAD_CERTIFICATE},
    Fault{v1::LOOKUP_RESPONSE_TIMEOUT, v1::SERVICE_HANGS},
    Fault{v1::LOOKUP_SHORT_BODY, v1::SERVICE_TRUNCATES},
    Fault{v1::LOOKUP_EMPTY_REPLY, v1::SERVICE_ABORTS},
    Fault{v1::LOOKUP_MALFORMED, v1::SERVICE_TALKS_GARBAGE},
    Fault{v1::LOOKUP_TOO_LARGE, v1::SERVICE_SENDS_TOO_MUCH},
    Fault{v1::LOOKUP_HTTP_STATUS, v1::SERVICE_UNAVAILABLE},
    Fault{v1::LOOKUP_WRONG_CONTENT_TYPE, v1::SERVICE_SENDS_PAGE},
    Fault{v1::LOOKUP_WRONG_SCHEMA, v1::SERVICE_SENDS_WRONG_SCHEMA},
    Fault{v1::LOOKUP_OTHER_HASH, v1::SERVICE_SENDS_OTHER_HASH},
};

// Of hexadecimal digits; empty if they are none.
std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 2 <= hex.size(); i += 2) {
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    if (error != std::errc() || end != hex.data() + i + 2) return {};
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

void add_proxy(const std::string& address, v1::World& world) {
  const auto known = std::ranges::find(world.proxy(), address, &v1::ProxyModel::address);
  if (known == world.proxy().end()) world.add_proxy()->set_address(address);
}

}  // namespace

void ObservedNetwork::begin_with(const v1::EngineState& state) {
  if (state.has_network()) *world_.mutable_network() = state.network();
  for (const engine::KnownAnswer& known : engine::known_answers(state)) {
    learn(known.purpose, known.sha256, known.answer);
  }
}

void ObservedNetwork::learn(v1::HttpRequest::Purpose purpose, const std::string& sha256, const engine::Answer& answer) {
  v1::KnownProgram& program = known_[sha256];
  program.set_sha256(sha256);
  if (purpose == v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE) {
    program.set_verdict(answer.verdict);
  } else {
    program.set_detections(answer.detections);
    if (answer.age_days) program.set_age_days(*answer.age_days);
  }
}

void ObservedNetwork::see(std::uint64_t at_ns, const v1::Output& output) {
  if (output.has_http_request()) requests_[output.http_request().request_id()] = {at_ns, output.http_request()};
}

// From this attempt on the service behaves so, until another attempt shows otherwise.
std::optional<std::string_view> ObservedNetwork::behaves(std::uint64_t since_ns, v1::ServiceBehaviour behaviour) {
  constexpr int kPhasesMax = 1'000;
  const v1::ServiceBehaviour before =
      world_.phase().empty() ? v1::SERVICE_ANSWERS : world_.phase(world_.phase_size() - 1).service();
  if (behaviour == before) return std::nullopt;
  if (world_.phase_size() == kPhasesMax) return "a service changes at most 1,000 times";
  v1::Phase& phase = *world_.add_phase();
  phase.set_from(duration_text(since_ns));
  phase.set_service(behaviour);
  return std::nullopt;
}

// What the service said becomes what it knows, and how attempts failed when it behaves how.
std::optional<std::string_view> ObservedNetwork::take(const v1::HttpOutcome& outcome) {
  const auto asked = requests_.find(outcome.request_id());
  if (asked == requests_.end()) return "nobody asked for it";
  const auto [asked_ns, request] = std::move(asked->second);
  requests_.erase(asked);
  const std::string sha256 = bytes_of(request.url().substr(request.url().rfind('/') + 1));
  if (!request.proxy().empty()) add_proxy(request.proxy(), world_);
  const auto answer = engine::AnswerReader().read(outcome, request.purpose(), sha256);
  if (!answer) {
    const auto* const fault = std::ranges::find(kFaults, answer.error(), &Fault::failure);
    if (fault == kFaults.end()) return "a failure that the simulated service does not know";
    if (outcome.retry_after_ns() != 0) {
      world_.mutable_service()->set_retry_after(duration_text(outcome.retry_after_ns()));
    }
    return behaves(asked_ns, fault->behaviour);
  }
  learn(request.purpose(), sha256, *answer);
  return behaves(asked_ns, v1::SERVICE_ANSWERS);
}

void ObservedNetwork::tell(v1::World& world) const {
  world.MergeFrom(world_);
  for (const auto& [sha256, program] : known_) *world.mutable_service()->add_knows() = program;
}

}  // namespace holdfast
