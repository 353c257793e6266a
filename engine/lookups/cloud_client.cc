#include "engine/lookups/cloud_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/lookups/lookup_key.h"
#include "engine/text/hex.h"
#include "engine/text/quoted.h"

namespace holdfast::engine {
namespace {

// How long after its deadline an attempt's outcome may arrive, before the engine goes on without it.
constexpr std::uint64_t kOutcomeGrace_ns = 250'000'000;
constexpr std::uint32_t kDoublingsMax = 10;

struct PurposePath {
  v1::HttpRequest::Purpose purpose;
  std::string_view path;
};
constexpr PurposePath kPaths[] = {
    {v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE, "/v1/safe/"},
    {v1::HttpRequest::PREVALENCE, "/v1/prevalence/"},
};

// Spreads agents that failed together, the same in every run: drawn from the hash asked about.
std::uint64_t spread(std::string_view sha256, std::uint32_t attempt) {
  std::uint64_t mixed = attempt;
  for (const char byte : sha256.substr(0, 8)) mixed = mixed << 8U ^ mixed >> 56U ^ static_cast<unsigned char>(byte);
  mixed = (mixed ^ mixed >> 30U) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ mixed >> 27U) * 0x94d049bb133111ebU;
  return mixed ^ mixed >> 31U;
}

// The pause after `attempts` attempts: doubling, and up to half as much again.
std::uint64_t pause_ns(const CloudSettings& settings, std::uint32_t attempts, std::string_view sha256) {
  const std::uint32_t doublings = settings.rules.pauses_double ? std::min(attempts - 1, kDoublingsMax) : 0;
  const std::uint64_t pause = settings.backoff_ns << doublings;
  return pause + spread(sha256, attempts) % (pause / 2 + 1);
}

auto waits_for(std::uint64_t operation_id) {
  return [operation_id](const v1::WaiterState& waiter) {
    return waiter.has_operation() && waiter.operation().operation().id() == operation_id;
  };
}

void tell_limit(v1::LimitReached::Table table, std::uint64_t limit, std::string_view outcome,
                const CloudClient::Step& step) {
  v1::LimitReached& reached = *step.outputs.emplace_back().mutable_limit_reached();
  reached.set_table(table);
  reached.set_limit(limit);
  reached.set_outcome(std::string(outcome));
}

void tell_forgotten(std::uint32_t limit, const CloudClient::Step& step) {
  tell_limit(v1::LimitReached::CACHED_ANSWERS, limit, "the least recently used answer was forgotten", step);
}

}  // namespace

std::expected<Route, v1::LookupFailure> CloudClient::route_of(std::uint32_t attempt) const {
  if (settings_.service_url.empty()) return std::unexpected(v1::LOOKUP_NO_SERVICE);
  return choose_route({.rules = settings_.rules,
                       .proxy = settings_.proxy,
                       .service_has_ipv6 = settings_.service_has_ipv6,
                       .network = network_,
                       .answered_over = answered_over_},
                      attempt);
}

std::optional<Finding> CloudClient::at_once(v1::HttpRequest::Purpose purpose, std::string_view sha256,
                                            const Step& step) {
  const auto failed = [](v1::LookupFailure failure) {
    return Finding{.answer = {}, .failure = failure, .attempts = 0};
  };
  if (!is_lookup_key(purpose, sha256)) return failed(v1::LOOKUP_NO_HASH);
  if (const auto answer = cache_.find(purpose, sha256, step.now_ns)) {
    return Finding{.answer = *answer, .failure = v1::LOOKUP_FAILURE_UNSPECIFIED, .attempts = 0};
  }
  write_lookup_key(purpose, sha256, scratch_);
  if (lookup_of_key_.contains(scratch_)) return std::nullopt;
  if (const auto route = route_of(0); !route) {
    circuit_.unreachable(route.error(), step.outputs);
    return failed(route.error());
  }
  if (!circuit_.admits(step.now_ns, settings_)) return failed(v1::LOOKUP_CIRCUIT_OPEN);
  if (lookups_.size() >= settings_.lookups_max) {
    tell_limit(v1::LimitReached::LOOKUPS, settings_.lookups_max, "the service was not asked", step);
    return failed(v1::LOOKUP_TABLE_FULL);
  }
  return std::nullopt;
}

std::uint64_t CloudClient::join(v1::HttpRequest::Purpose purpose, std::string_view sha256, v1::WaiterState waiter,
                                const Step& step) {
  write_lookup_key(purpose, sha256, scratch_);
  if (const auto open = lookup_of_key_.find(scratch_); open != lookup_of_key_.end()) {
    Lookup& lookup = lookups_.at(open->second);
    add_waiter(lookup, std::move(waiter));
    go_on(lookup, step);
    return lookup.id;
  }
  const std::uint64_t id = next_lookup_id_++;
  Lookup& lookup = lookups_[id];
  lookup.id = id;
  lookup.key = scratch_;
  lookup_of_key_.emplace(lookup.key, id);
  add_waiter(lookup, std::move(waiter));
  FinishedList nobody;  // at_once saw that there is a route and that the circuit admits an attempt
  begin_attempt(lookup, step, nobody);
  return id;
}

void CloudClient::add_waiter(Lookup& lookup, v1::WaiterState waiter) {
  auto place = lookup.waiters.end();
  while (place != lookup.waiters.begin() && std::prev(place)->deadline_ns() > waiter.deadline_ns()) --place;
  lookup.waiters.insert(place, std::move(waiter));
  ++waiting_;
}

void CloudClient::begin_attempt(Lookup& lookup, const Step& step, FinishedList& finished) {
  lookup.next_attempt_at_ns = 0;
  const auto route = route_of(lookup.attempts);
  if (!route) {
    circuit_.unreachable(route.error(), step.outputs);
    return finish(lookup, {.answer = {}, .failure = route.error(), .attempts = lookup.attempts}, step, finished);
  }
  if (!circuit_.admits(step.now_ns, settings_)) {
    return finish(lookup, {.answer = {}, .failure = v1::LOOKUP_CIRCUIT_OPEN, .attempts = lookup.attempts}, step,
                  finished);
  }
  lookup.route = *route;
  circuit_.begins(lookup.id, route->text());
  ++lookup.attempts;
  lookup.request_id = next_request_id_++;
  lookup_of_request_[lookup.request_id] = lookup.id;
  // Also beyond the budget of those who wait: what comes too late for them is known to the next.
  const std::uint64_t deadline_ns = step.now_ns + settings_.attempt_ns;
  lookup.attempt_ends_at_ns = deadline_ns + kOutcomeGrace_ns;

  const v1::HttpRequest::Purpose purpose = purpose_of_lookup_key(lookup.key);
  v1::HttpRequest& request = *step.outputs.emplace_back().mutable_http_request();
  request.set_request_id(lookup.request_id);
  request.set_purpose(purpose);
  request.set_url(fmt::format("{}{}{}", settings_.service_url,
                              std::ranges::find(kPaths, purpose, &PurposePath::purpose)->path,
                              hex_of(sha256_of_lookup_key(lookup.key))));
  request.set_proxy(route->proxy);
  request.set_credentials(route->credentials);
  request.set_family(route->family);
  request.set_deadline_ns(deadline_ns);
  request.set_body_bytes_max(kAnswerBytesMax);
  go_on(lookup, step);
}

void CloudClient::end_attempt(Lookup& lookup, const std::expected<Answer, v1::LookupFailure>& result, const Step& step,
                              FinishedList& finished) {
  lookup_of_request_.erase(std::exchange(lookup.request_id, 0));
  if (result) {
    circuit_.answered(step.outputs);
    if (lookup.route.family != v1::ADDRESS_FAMILY_UNSPECIFIED) answered_over_ = lookup.route.family;
    keep_answer(lookup, *result, step);
    return finish(lookup, {.answer = *result, .failure = {}, .attempts = lookup.attempts}, step, finished);
  }
  lookup.failure = result.error();
  circuit_.failed(lookup.id, lookup.failure, step.now_ns, settings_, step.outputs);
  const std::uint64_t next_ns = step.now_ns + pause_ns(settings_, lookup.attempts, sha256_of_lookup_key(lookup.key));
  const bool again = lookup.attempts < settings_.attempts_max && worth_another_attempt(lookup.failure) &&
                     circuit_.admits(step.now_ns, settings_) && !lookup.waiters.empty() &&
                     next_ns < lookup.waiters.back().deadline_ns();
  if (!again) {
    return finish(lookup, {.answer = {}, .failure = lookup.failure, .attempts = lookup.attempts}, step, finished);
  }
  lookup.next_attempt_at_ns = next_ns;
  go_on(lookup, step);
}

void CloudClient::keep_answer(const Lookup& lookup, const Answer& answer, const Step& step) {
  // A program that many have met for long stays so; one that few have met may be known within the hour.
  const auto lifetime_ns = [&] {
    switch (answer.verdict) {
      case v1::SafeSoftwareAnswer::SAFE: return settings_.keep_safe_ns;
      case v1::SafeSoftwareAnswer::MALICIOUS: return settings_.keep_malicious_ns;
      default: return settings_.keep_unknown_ns;
    }
  }();
  if (lifetime_ns == 0) return;
  if (cache_.put(purpose_of_lookup_key(lookup.key), sha256_of_lookup_key(lookup.key), answer,
                 step.now_ns + lifetime_ns)) {
    tell_forgotten(settings_.cached_answers_max, step);
  }
}

void CloudClient::cancel_attempt(Lookup& lookup, const Step& step) {
  if (lookup.request_id == 0) return;
  step.outputs.emplace_back().mutable_http_cancel()->set_request_id(lookup.request_id);
  lookup_of_request_.erase(std::exchange(lookup.request_id, 0));
  circuit_.leaves(lookup.id);
}

void CloudClient::finish_front(Lookup& lookup, const Finding& finding, const Step& step, FinishedList& finished) {
  v1::WaiterState& waiter = lookup.waiters.front();
  circuit_.waited(step.now_ns - waiter.asked_at_ns());
  finished.push_back({std::move(waiter), purpose_of_lookup_key(lookup.key), finding});
  lookup.waiters.pop_front();
  --waiting_;
}

void CloudClient::finish(Lookup& lookup, const Finding& finding, const Step& step, FinishedList& finished) {
  while (!lookup.waiters.empty()) finish_front(lookup, finding, step, finished);
  remove(lookup, step);
}

void CloudClient::remove(Lookup& lookup, const Step& step) {
  cancel_attempt(lookup, step);
  circuit_.leaves(lookup.id);
  set_timer(lookup, 0, step);
  lookup_of_key_.erase(lookup.key);
  lookups_.erase(lookup.id);
}

void CloudClient::go_on(Lookup& lookup, const Step& step) {
  std::uint64_t next_ns = 0;
  const auto consider = [&](std::uint64_t at_ns) { next_ns = next_ns == 0 ? at_ns : std::min(next_ns, at_ns); };
  if (lookup.request_id != 0) consider(lookup.attempt_ends_at_ns);
  if (!lookup.waiters.empty()) {
    consider(lookup.waiters.front().deadline_ns());
    if (lookup.next_attempt_at_ns != 0) consider(lookup.next_attempt_at_ns);
  }
  if (next_ns == 0) return remove(lookup, step);
  set_timer(lookup, next_ns, step);
}

void CloudClient::set_timer(Lookup& lookup, std::uint64_t at_ns, const Step& step) {
  if (lookup.timer_id != 0) {
    if (lookup.timer_at_ns == at_ns) return;
    step.outputs.emplace_back().mutable_timer_cancelled()->set_timer_id(lookup.timer_id);
    lookup_of_timer_.erase(std::exchange(lookup.timer_id, 0));
  }
  lookup.timer_at_ns = at_ns;
  if (at_ns == 0) return;
  lookup.timer_id = step.next_timer_id++;
  lookup_of_timer_[lookup.timer_id] = lookup.id;
  v1::TimerSet& timer = *step.outputs.emplace_back().mutable_timer_set();
  timer.set_timer_id(lookup.timer_id);
  timer.set_at_ns(at_ns);
}

bool CloudClient::on_timer(std::uint64_t timer_id, const Step& step, FinishedList& finished) {
  Lookup& lookup = lookups_.at(lookup_of_timer_.at(timer_id));
  if (step.now_ns < lookup.timer_at_ns) return false;
  lookup_of_timer_.erase(std::exchange(lookup.timer_id, 0));
  while (!lookup.waiters.empty() && lookup.waiters.front().deadline_ns() <= step.now_ns) {
    finish_front(lookup, {.answer = {}, .failure = v1::LOOKUP_BUDGET_SPENT, .attempts = lookup.attempts}, step,
                 finished);
  }
  if (lookup.request_id != 0 && lookup.attempt_ends_at_ns <= step.now_ns) {
    step.outputs.emplace_back().mutable_http_cancel()->set_request_id(lookup.request_id);
    end_attempt(lookup, std::unexpected(v1::LOOKUP_NO_OUTCOME), step, finished);
  } else if (!lookup.waiters.empty() && lookup.next_attempt_at_ns != 0 && lookup.next_attempt_at_ns <= step.now_ns) {
    begin_attempt(lookup, step, finished);
  } else {
    go_on(lookup, step);
  }
  return true;
}

bool CloudClient::on_outcome(const v1::HttpOutcome& outcome, const Step& step, FinishedList& finished) {
  const auto open = lookup_of_request_.find(outcome.request_id());
  if (open == lookup_of_request_.end()) return false;
  Lookup& lookup = lookups_.at(open->second);
  end_attempt(lookup, reader_.read(outcome, purpose_of_lookup_key(lookup.key), sha256_of_lookup_key(lookup.key)), step,
              finished);
  return true;
}

void CloudClient::on_network(const v1::NetworkState& network, const Step& step, FinishedList& finished) {
  network_ = network;
  begin_anew(step, finished);
}

void CloudClient::adopt(CloudSettings settings, const Step& step, FinishedList& finished) {
  const bool same_way = settings.service_url == settings_.service_url &&
                        settings.service_has_ipv6 == settings_.service_has_ipv6 &&
                        settings.proxy.SerializeAsString() == settings_.proxy.SerializeAsString();
  const bool same_service = settings.service_url == settings_.service_url;
  settings_ = std::move(settings);
  if (cache_.set_answers_max(settings_.cached_answers_max)) tell_forgotten(settings_.cached_answers_max, step);
  if (!same_service) {
    for (auto& [id, lookup] : lookups_) cancel_attempt(lookup, step);
  }
  if (!same_way) begin_anew(step, finished);
}

void CloudClient::begin_anew(const Step& step, FinishedList& finished) {
  if (settings_.rules.network_change_closes_circuit) circuit_.forget();
  std::vector<std::uint64_t> open;
  for (const auto& [id, lookup] : lookups_) open.push_back(id);
  for (const std::uint64_t id : open) {
    Lookup& lookup = lookups_.at(id);
    if (lookup.request_id != 0) {
      const auto route = route_of(lookup.attempts - 1);
      if (route && *route == lookup.route) continue;
      cancel_attempt(lookup, step);
    }
    if (lookup.waiters.empty()) {
      remove(lookup, step);
      continue;
    }
    // The attempt that was cut off counts only if none can follow.
    if (lookup.next_attempt_at_ns == 0 && route_of(lookup.attempts - 1)) --lookup.attempts;
    begin_attempt(lookup, step, finished);
  }
}

v1::HttpRequest::Purpose CloudClient::purpose(std::uint64_t lookup_id) const {
  return purpose_of_lookup_key(lookups_.at(lookup_id).key);
}

const v1::WaiterState& CloudClient::waiter(std::uint64_t lookup_id, std::uint64_t operation_id) const {
  return *std::ranges::find_if(lookups_.at(lookup_id).waiters, waits_for(operation_id));
}

v1::WaiterState CloudClient::take(std::uint64_t lookup_id, std::uint64_t operation_id, const Step& step) {
  Lookup& lookup = lookups_.at(lookup_id);
  const auto place = std::ranges::find_if(lookup.waiters, waits_for(operation_id));
  v1::WaiterState taken = std::move(*place);
  lookup.waiters.erase(place);
  --waiting_;
  circuit_.waited(step.now_ns - taken.asked_at_ns());
  go_on(lookup, step);
  return taken;
}

std::vector<v1::WaiterState> CloudClient::take_all(const Step& step) {
  std::vector<v1::WaiterState> taken;
  while (!lookups_.empty()) {
    Lookup& lookup = lookups_.begin()->second;
    for (v1::WaiterState& waiter : lookup.waiters) taken.push_back(std::move(waiter));
    lookup.waiters.clear();
    remove(lookup, step);
  }
  waiting_ = 0;
  return taken;
}

void CloudClient::save(v1::EngineState& engine_state) const {
  if (network_) *engine_state.mutable_network() = *network_;
  v1::CloudState& state = *engine_state.mutable_cloud();
  cache_.save(state);
  circuit_.save(state);
  state.set_family(answered_over_);
  state.set_next_lookup_id(next_lookup_id_);
  state.set_next_request_id(next_request_id_);
  for (const auto& [id, lookup] : lookups_) {
    v1::LookupState& kept = *state.add_lookup();
    kept.set_lookup_id(id);
    kept.set_purpose(purpose_of_lookup_key(lookup.key));
    kept.set_sha256(std::string(sha256_of_lookup_key(lookup.key)));
    for (const v1::WaiterState& waiter : lookup.waiters) *kept.add_waiter() = waiter;
    kept.set_attempts(lookup.attempts);
    kept.set_request_id(lookup.request_id);
    kept.set_timer_id(lookup.timer_id);
    kept.set_timer_at_ns(lookup.timer_at_ns);
    kept.set_attempt_ends_at_ns(lookup.attempt_ends_at_ns);
    kept.set_next_attempt_at_ns(lookup.next_attempt_at_ns);
    kept.set_failure(lookup.failure);
    kept.set_proxy(lookup.route.proxy);
    kept.set_credentials(lookup.route.credentials);
    kept.set_family(lookup.route.family);
  }
}

Expected<void> CloudClient::load(const v1::EngineState& engine_state, CloudSettings settings) {
  *this = CloudClient();
  settings_ = std::move(settings);
  // A state from before services were asked has a network that nobody told.
  if (engine_state.has_network() && engine_state.has_cloud()) network_ = engine_state.network();
  const v1::CloudState& state = engine_state.cloud();
  cache_.set_answers_max(settings_.cached_answers_max);
  if (auto loaded = cache_.load(state); !loaded) return loaded;
  circuit_.load(state);
  answered_over_ = state.family();
  next_lookup_id_ = std::max<std::uint64_t>(1, state.next_lookup_id());
  next_request_id_ = std::max<std::uint64_t>(1, state.next_request_id());
  for (const v1::LookupState& lookup : state.lookup()) {
    if (auto loaded = load_lookup(lookup, engine_state.next_timer_id()); !loaded) {
      loaded.error().field = fmt::format("cloud.lookup[{}]", lookups_.size());
      return loaded;
    }
  }
  return {};
}

Expected<void> CloudClient::load_lookup(const v1::LookupState& state, std::uint64_t next_timer_id) {
  const auto refuse = [](std::string what) {
    return std::unexpected(Error{.where = "", .field = "", .what = std::move(what), .remedy = ""});
  };
  if (state.lookup_id() == 0 || state.lookup_id() >= next_lookup_id_ || state.request_id() >= next_request_id_ ||
      state.timer_id() >= next_timer_id) {
    return refuse("its numbers were never given out");
  }
  if (!is_lookup_key(state.purpose(), state.sha256())) return refuse("it does not say what it asks");
  if (state.timer_id() == 0 || state.attempts() == 0 || (state.waiter().empty() && state.request_id() == 0))
    return refuse("it waits for nothing");
  const auto [place, is_new] = lookups_.try_emplace(state.lookup_id());
  if (!is_new) return refuse("it stands twice");
  Lookup& lookup = place->second;
  lookup.id = state.lookup_id();
  write_lookup_key(state.purpose(), state.sha256(), lookup.key);
  lookup.attempts = state.attempts();
  lookup.request_id = state.request_id();
  lookup.timer_id = state.timer_id();
  lookup.timer_at_ns = state.timer_at_ns();
  lookup.attempt_ends_at_ns = state.attempt_ends_at_ns();
  lookup.next_attempt_at_ns = state.next_attempt_at_ns();
  lookup.failure = state.failure();
  lookup.route = {.proxy = state.proxy(), .credentials = state.credentials(), .family = state.family()};
  for (const v1::WaiterState& waiter : state.waiter()) add_waiter(lookup, waiter);
  const bool key_is_new = lookup_of_key_.emplace(lookup.key, lookup.id).second;
  const bool timer_is_new = lookup_of_timer_.emplace(lookup.timer_id, lookup.id).second;
  const bool request_is_new = lookup.request_id == 0 || lookup_of_request_.emplace(lookup.request_id, lookup.id).second;
  if (!key_is_new || !timer_is_new || !request_is_new) return refuse("another one has its key or its numbers");
  return {};
}

}  // namespace holdfast::engine
