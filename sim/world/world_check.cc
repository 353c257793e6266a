#include "sim/world/world_check.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "engine/text/ascii.h"
#include "sim/world/address.h"
#include "sim/world/network.h"

namespace holdfast {
namespace {

constexpr FieldStep kWorld{"world", -1};

Expected<void> check_user(const v1::UserModel& user, int index, const Complaints& complaints) {
  const auto check_answers = [&](const v1::UserModel::Answers& answers, const FieldPath& path,
                                 bool may_be_silent) -> Expected<void> {
    const auto field = [&](std::string_view name) {
      FieldPath below = path;
      below.push_back({name, -1});
      return below;
    };
    if (answers.kind() == v1::PromptAnswer::KIND_UNSPECIFIED && !may_be_silent) {
      return complaints.at(path, "it does not say what the user answers", "add kind: ALLOW, DENY or DISMISS");
    }
    if (answers.kind() == v1::PromptAnswer::INTERACTION_STARTED) {
      return complaints.at(field("kind"), "this is no answer",
                           "use interacts_for to say that the user uses the prompt before answering");
    }
    HOLDFAST_TRY(after, complaints.duration(answers.after(), field("after"), 0));
    HOLDFAST_TRY(interacts, complaints.duration(answers.interacts_for(), field("interacts_for"), 0));
    HOLDFAST_TRY_DO(complaints.duration(answers.under_way_for(), field("under_way_for"), 0));
    if (interacts > after) {
      return complaints.at(field("interacts_for"), "the user cannot use the prompt before it is shown",
                           "at most as long as after");
    }
    return {};
  };
  const FieldStep self{"user", index};
  if (user.has_answers()) {
    HOLDFAST_TRY_DO(check_answers(user.answers(), {kWorld, self, {"answers", -1}}, false));
  }
  for (int i = 0; i < user.then_size(); ++i) {
    HOLDFAST_TRY_DO(check_answers(user.then(i), {kWorld, self, {"then", i}}, true));
  }
  return {};
}

Expected<void> check_users(const v1::World& world, const Complaints& complaints) {
  if (world.user_size() > kUsersMax) {
    return complaints.at({kWorld, {"user", kUsersMax}}, fmt::format("there are more than {} users", kUsersMax));
  }
  std::set<std::uint32_t> sessions;
  for (int i = 0; i < world.user_size(); ++i) {
    HOLDFAST_TRY_DO(check_user(world.user(i), i, complaints));
    const std::uint32_t session = world.user(i).session_id() == 0 ? 1 : world.user(i).session_id();
    if (!sessions.insert(session).second) {
      return complaints.at({kWorld, {"user", i}}, fmt::format("two users sit in session {}", session),
                           "give each a session_id of their own");
    }
  }
  return {};
}

// Protobuf text takes any number for an enum's value.
template <typename Behaviour>
Expected<void> check_behaviour(Behaviour behaviour, bool (*is_valid)(int), const FieldPath& path,
                               const Complaints& complaints) {
  if (is_valid(behaviour)) return {};
  return complaints.at(path, fmt::format("there is no behaviour {}", static_cast<int>(behaviour)), "write its name");
}

Expected<void> check_known_programs(const v1::ServiceModel& service, const Complaints& complaints) {
  constexpr std::size_t kSha256Bytes = 32;
  const FieldStep self{"service", -1};
  if (service.knows_size() > kKnownProgramsMax) {
    return complaints.at({kWorld, self, {"knows", kKnownProgramsMax}},
                         fmt::format("there are more than {} known programs", kKnownProgramsMax));
  }
  std::map<std::string_view, int> known;
  for (int i = 0; i < service.knows_size(); ++i) {
    const std::string& sha256 = service.knows(i).sha256();
    const FieldPath path{kWorld, self, {"knows", i}, {"sha256", -1}};
    if (sha256.size() != kSha256Bytes) {
      return complaints.at(path, fmt::format("a SHA-256 has {} bytes, this one has {}", kSha256Bytes, sha256.size()),
                           "write each byte as \\xNN");
    }
    const auto [other, is_new] = known.emplace(sha256, i);
    if (!is_new) return complaints.at(path, fmt::format("knows[{}] is the same program", other->second));
  }
  return {};
}

Expected<void> check_service(const v1::ServiceModel& service, const Complaints& complaints) {
  constexpr std::uint32_t kPercentMax = 100;
  const auto field = [](std::string_view name) { return FieldPath{kWorld, {"service", -1}, {name, -1}}; };
  HOLDFAST_TRY_DO(check_behaviour(service.behaviour(), &v1::ServiceBehaviour_IsValid, field("behaviour"), complaints));
  HOLDFAST_TRY(latency, complaints.duration(service.latency(), field("latency"), kServiceLatencyDefaultNs));
  HOLDFAST_TRY(at_most, complaints.duration(service.latency_at_most(), field("latency_at_most"), latency));
  if (at_most < latency) {
    return complaints.at(field("latency_at_most"),
                         fmt::format("it is less than the latency, {}", duration_text(latency)),
                         "latency is the shortest, latency_at_most the longest");
  }
  if (service.loss_percent() > kPercentMax) {
    return complaints.at(field("loss_percent"), fmt::format("{} of a hundred cannot vanish", service.loss_percent()),
                         "write 0 to 100");
  }
  if (service.ipv6_black_hole() && !service.has_ipv6()) {
    return complaints.at(field("ipv6_black_hole"), "the service has no IPv6 address that could be a black hole",
                         "add has_ipv6: true");
  }
  HOLDFAST_TRY(retry_after, complaints.duration(service.retry_after(), field("retry_after"), 0));
  if (retry_after % kSecond_ns != 0) {
    return complaints.at(field("retry_after"), "Retry-After tells whole seconds",
                         fmt::format("write \"{}s\"", retry_after / kSecond_ns + 1));
  }
  return check_known_programs(service, complaints);
}

Expected<void> check_proxies(const v1::World& world, const Complaints& complaints) {
  if (world.proxy_size() > kProxiesMax) {
    return complaints.at({kWorld, {"proxy", kProxiesMax}}, fmt::format("there are more than {} proxies", kProxiesMax));
  }
  std::map<std::string, int> addresses;
  for (int i = 0; i < world.proxy_size(); ++i) {
    const v1::ProxyModel& proxy = world.proxy(i);
    const FieldPath address{kWorld, {"proxy", i}, {"address", -1}};
    if (const std::string fault = fault_of_address(proxy.address()); !fault.empty()) {
      return complaints.at(address, fault, std::string(kAddressExample));
    }
    const auto [other, is_new] = addresses.emplace(ascii::lower_case(proxy.address()), i);
    if (!is_new) {
      return complaints.at(address, fmt::format("\"{}\" is the address of proxy[{}]", proxy.address(), other->second),
                           "addresses are unique");
    }
    const FieldPath behaviour{kWorld, {"proxy", i}, {"behaviour", -1}};
    HOLDFAST_TRY_DO(check_behaviour(proxy.behaviour(), &v1::ProxyBehaviour_IsValid, behaviour, complaints));
    const std::uint32_t status = proxy.wrong_credentials_status();
    if (status != 0 && (status < 400 || status > 499)) {
      return complaints.at({kWorld, {"proxy", i}, {"wrong_credentials_status", -1}},
                           fmt::format("{} is no status that refuses a client", status), "407, or 401");
    }
    for (const auto& [field, text] :
         {std::pair("latency", proxy.latency()), std::pair("connect_timeout", proxy.connect_timeout())}) {
      HOLDFAST_TRY_DO(complaints.duration(text, {kWorld, {"proxy", i}, {field, -1}}, 0));
    }
  }
  return {};
}

Expected<void> check_phase(const v1::Phase& phase, int index, const Complaints& complaints) {
  const FieldPath path{kWorld, {"phase", index}};
  const auto field = [&](std::string_view name) {
    FieldPath below = path;
    below.push_back({name, -1});
    return below;
  };
  HOLDFAST_TRY_DO(check_behaviour(phase.service(), &v1::ServiceBehaviour_IsValid, field("service"), complaints));
  HOLDFAST_TRY_DO(check_behaviour(phase.proxy(), &v1::ProxyBehaviour_IsValid, field("proxy"), complaints));
  HOLDFAST_TRY(from, complaints.duration(phase.from(), field("from"), 0));
  HOLDFAST_TRY(until, complaints.duration(phase.until(), field("until"), kSimulatedNsMax + 1));
  HOLDFAST_TRY(every, complaints.duration(phase.every(), field("every"), kSimulatedNsMax + 1));
  HOLDFAST_TRY_DO(complaints.duration(phase.latency(), field("latency"), 0));
  if (until <= from) return complaints.at(field("until"), "the phase ends before it begins", "until is exclusive");
  if (!phase.every().empty() && phase.until().empty()) {
    return complaints.at(field("every"), "a phase that lasts for ever cannot begin again", "add until");
  }
  if (every < until - from) {
    return complaints.at(field("every"), "the phase begins again before it has ended",
                         fmt::format("it lasts {}: repeat it at most so often", duration_text(until - from)));
  }
  if (phase.service() == v1::SERVICE_BEHAVIOUR_UNSPECIFIED && phase.proxy() == v1::PROXY_BEHAVIOUR_UNSPECIFIED &&
      phase.latency().empty()) {
    return complaints.at(path, "nothing is different in this phase", "add service, proxy or latency");
  }
  return {};
}

Expected<void> check_phases(const v1::World& world, const Complaints& complaints) {
  if (world.phase_size() > kPhasesMax) {
    return complaints.at({kWorld, {"phase", kPhasesMax}}, fmt::format("there are more than {} phases", kPhasesMax));
  }
  for (int i = 0; i < world.phase_size(); ++i) {
    HOLDFAST_TRY_DO(check_phase(world.phase(i), i, complaints));
  }
  return {};
}

}  // namespace

Expected<void> check_world(const v1::World& world, const Complaints& complaints) {
  HOLDFAST_TRY_DO(check_users(world, complaints));
  HOLDFAST_TRY_DO(check_service(world.service(), complaints));
  HOLDFAST_TRY_DO(check_proxies(world, complaints));
  return check_phases(world, complaints);
}

}  // namespace holdfast
