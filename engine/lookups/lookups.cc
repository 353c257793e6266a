#include "engine/lookups/lookups.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/lookups/lookup_key.h"
#include "engine/text/check.h"
#include "engine/text/hex.h"
#include "engine/text/host_address.h"
#include "engine/text/quoted.h"
#include "engine/text/units.h"

namespace holdfast::engine {
namespace {

// How long after its deadline an attempt's outcome may arrive, before the engine goes on without it.
constexpr std::uint64_t kOutcomeGrace_ns = 250 * kMillisecond_ns;
constexpr std::uint32_t kDoublingsMax = 10;
// No setting lets anybody wait longer.
constexpr std::uint64_t kWaitMax_ns = 86'400 * kSecond_ns;

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

void tell_forgotten(std::uint32_t limit, Step& step) {
  step.limit_reached(v1::LimitReached::CACHED_ANSWERS, limit, "the least recently used answer was forgotten");
}

}  // namespace

std::expected<Route, v1::LookupFailure> Lookups::route_of(std::uint32_t attempt) const {
  if (settings_.service_url.empty()) return std::unexpected(v1::LOOKUP_NO_SERVICE);
  return choose_route({.rules = settings_.rules,
                       .proxy = settings_.proxy,
                       .service_host = host_of_url(settings_.service_url),
                       .service_has_ipv6 = settings_.service_has_ipv6,
                       .network = network_,
                       .answered_over = answered_over_},
                      attempt);
}

std::optional<Finding> Lookups::at_once(v1::HttpRequest::Purpose purpose, std::string_view sha256, Step& step) {
  const auto failed = [](v1::LookupFailure failure) {
    return Finding{.answer = {}, .failure = failure, .attempts = 0};
  };
  if (!is_lookup_key(purpose, sha256)) return failed(v1::LOOKUP_NO_HASH);
  if (const auto answer = cache_.find(purpose, sha256, step.now_ns())) {
    return Finding{.answer = *answer, .failure = v1::LOOKUP_FAILURE_UNSPECIFIED, .attempts = 0};
  }
  write_lookup_key(purpose, sha256, scratch_);
  if (lookup_of_key_.contains(scratch_)) return std::nullopt;
  if (const auto route = route_of(0); !route) {
    circuit_.unreachable(route.error(), step.outputs());
    return failed(route.error());
  }
  if (!circuit_.admits(step.now_ns(), settings_)) return failed(v1::LOOKUP_CIRCUIT_OPEN);
  if (lookups_.size() >= settings_.lookups_max) {
    step.limit_reached(v1::LimitReached::LOOKUPS, settings_.lookups_max, "the service was not asked");
    return failed(v1::LOOKUP_TABLE_FULL);
  }
  return std::nullopt;
}

std::uint64_t Lookups::join(v1::HttpRequest::Purpose purpose, std::string_view sha256, const Waiter& waiter,
                            Turn turn) {
  write_lookup_key(purpose, sha256, scratch_);
  if (const auto open = lookup_of_key_.find(scratch_); open != lookup_of_key_.end()) {
    Lookup& lookup = lookups_.at(open->second);
    add_waiter(lookup, waiter);
    go_on(lookup, turn);
    return lookup.id;
  }
  const std::uint64_t id = next_lookup_id_++;
  Lookup& lookup = lookups_[id];
  lookup.id = id;
  lookup.key = scratch_;
  lookup_of_key_.emplace(lookup.key, id);
  add_waiter(lookup, waiter);
  FinishedList nobody;  // at_once saw that there is a route and that the circuit admits an attempt
  begin_attempt(lookup, turn, nobody);
  return id;
}

void Lookups::add_waiter(Lookup& lookup, const Waiter& waiter) {
  auto place = lookup.waiters.end();
  while (place != lookup.waiters.begin() && std::prev(place)->deadline_ns > waiter.deadline_ns) --place;
  lookup.waiters.insert(place, waiter);
  ++waiting_;
}

void Lookups::begin_attempt(Lookup& lookup, Turn turn, FinishedList& finished) {
  lookup.next_attempt_at_ns = 0;
  const auto route = route_of(lookup.attempts);
  if (!route) {
    circuit_.unreachable(route.error(), turn.step.outputs());
    return finish(lookup, {.answer = {}, .failure = route.error(), .attempts = lookup.attempts}, turn, finished);
  }
  if (!circuit_.admits(turn.step.now_ns(), settings_)) {
    return finish(lookup, {.answer = {}, .failure = v1::LOOKUP_CIRCUIT_OPEN, .attempts = lookup.attempts}, turn,
                  finished);
  }
  lookup.route = *route;
  circuit_.begins(lookup.id, route->text());
  ++lookup.attempts;
  lookup.request_id = next_request_id_++;
  lookup_of_request_[lookup.request_id] = lookup.id;
  // Also beyond the budget of those who wait: what comes too late for them is known to the next.
  const std::uint64_t deadline_ns = later(turn.step.now_ns(), settings_.attempt_ns);
  lookup.attempt_ends_at_ns = later(deadline_ns, kOutcomeGrace_ns);

  const v1::HttpRequest::Purpose purpose = purpose_of_lookup_key(lookup.key);
  v1::HttpRequest& request = *turn.step.out().mutable_http_request();
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
  go_on(lookup, turn);
}

void Lookups::end_attempt(Lookup& lookup, const std::expected<Answer, v1::LookupFailure>& ended,
                          std::uint64_t retry_after_ns, Turn turn, FinishedList& finished) {
  lookup_of_request_.erase(std::exchange(lookup.request_id, 0));
  if (ended) {
    circuit_.answered(turn.step.outputs());
    if (lookup.route.family != v1::ADDRESS_FAMILY_UNSPECIFIED) answered_over_ = lookup.route.family;
    keep_answer(lookup, *ended, turn);
    return finish(lookup, {.answer = *ended, .failure = {}, .attempts = lookup.attempts}, turn, finished);
  }
  lookup.failure = ended.error();
  circuit_.failed(lookup.id, lookup.failure, turn.step.now_ns(), settings_, turn.step.outputs());
  const std::uint64_t pause = pause_ns(settings_, lookup.attempts, sha256_of_lookup_key(lookup.key));
  const std::uint64_t next_ns =
      later(turn.step.now_ns(), settings_.rules.retry_after_is_obeyed ? std::max(pause, retry_after_ns) : pause);
  // A handshake that failed will fail again; one that stood still until the attempt's deadline may not.
  const bool stalled = lookup.failure == v1::LOOKUP_TLS_FAILURE &&
                       later(turn.step.now_ns(), kOutcomeGrace_ns) >= lookup.attempt_ends_at_ns;
  const bool again = lookup.attempts < settings_.attempts_max && (stalled || worth_another_attempt(lookup.failure)) &&
                     circuit_.admits(turn.step.now_ns(), settings_) && !lookup.waiters.empty() &&
                     next_ns < lookup.waiters.back().deadline_ns;
  if (!again) {
    return finish(lookup, {.answer = {}, .failure = lookup.failure, .attempts = lookup.attempts}, turn, finished);
  }
  lookup.next_attempt_at_ns = next_ns;
  go_on(lookup, turn);
}

void Lookups::keep_answer(const Lookup& lookup, const Answer& answer, Turn turn) {
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
                 later(turn.step.now_ns(), lifetime_ns))) {
    tell_forgotten(settings_.cached_answers_max, turn.step);
  }
}

void Lookups::cancel_attempt(Lookup& lookup, Turn turn) {
  if (lookup.request_id == 0) return;
  turn.step.out().mutable_http_cancel()->set_request_id(lookup.request_id);
  lookup_of_request_.erase(std::exchange(lookup.request_id, 0));
  circuit_.leaves(lookup.id);
}

void Lookups::finish_front(Lookup& lookup, const Finding& finding, Turn turn, FinishedList& finished) {
  const Waiter& waiter = lookup.waiters.front();
  circuit_.waited(turn.step.now_ns() - waiter.asked_at_ns);
  finished.push_back({waiter, purpose_of_lookup_key(lookup.key), finding});
  lookup.waiters.pop_front();
  --waiting_;
}

void Lookups::finish(Lookup& lookup, const Finding& finding, Turn turn, FinishedList& finished) {
  while (!lookup.waiters.empty()) finish_front(lookup, finding, turn, finished);
  remove(lookup, turn);
}

void Lookups::remove(Lookup& lookup, Turn turn) {
  cancel_attempt(lookup, turn);
  circuit_.leaves(lookup.id);
  set_timer(lookup, 0, turn);
  lookup_of_key_.erase(lookup.key);
  lookups_.erase(lookup.id);
}

std::uint64_t Lookups::next_moment(const Lookup& lookup) {
  std::uint64_t next_ns = 0;
  const auto consider = [&](std::uint64_t at_ns) { next_ns = next_ns == 0 ? at_ns : std::min(next_ns, at_ns); };
  if (lookup.request_id != 0) consider(lookup.attempt_ends_at_ns);
  if (!lookup.waiters.empty()) {
    consider(lookup.waiters.front().deadline_ns);
    if (lookup.next_attempt_at_ns != 0) consider(lookup.next_attempt_at_ns);
  }
  return next_ns;
}

void Lookups::go_on(Lookup& lookup, Turn turn) {
  const std::uint64_t next_ns = next_moment(lookup);
  if (next_ns == 0) return remove(lookup, turn);
  set_timer(lookup, next_ns, turn);
}

void Lookups::set_timer(Lookup& lookup, std::uint64_t at_ns, Turn turn) {
  if (lookup.timer_id != 0) {
    // What should have fired already fires now, whichever moment it was set for.
    const std::uint64_t now_ns = turn.step.now_ns();
    if (at_ns != 0 && std::max(lookup.timer_at_ns, now_ns) == std::max(at_ns, now_ns)) return;
    turn.timers.cancel(std::exchange(lookup.timer_id, 0), turn.step);
  }
  lookup.timer_at_ns = at_ns;
  if (at_ns == 0) return;
  const Timers::Set set = turn.timers.set({.of = Timers::Of::kLookup, .id = lookup.id}, at_ns, turn.step);
  lookup.timer_id = set.timer_id;
  lookup.timer_at_ns = set.at_ns;
}

void Lookups::on_timer(std::uint64_t lookup_id, Turn turn, FinishedList& finished) {
  Lookup& lookup = lookups_.at(lookup_id);
  lookup.timer_id = 0;
  const std::uint64_t now_ns = turn.step.now_ns();
  while (!lookup.waiters.empty() && lookup.waiters.front().deadline_ns <= now_ns) {
    finish_front(lookup, {.answer = {}, .failure = v1::LOOKUP_BUDGET_SPENT, .attempts = lookup.attempts}, turn,
                 finished);
  }
  if (lookup.request_id != 0 && lookup.attempt_ends_at_ns <= now_ns) {
    turn.step.out().mutable_http_cancel()->set_request_id(lookup.request_id);
    end_attempt(lookup, std::unexpected(v1::LOOKUP_NO_OUTCOME), 0, turn, finished);
  } else if (!lookup.waiters.empty() && lookup.next_attempt_at_ns != 0 && lookup.next_attempt_at_ns <= now_ns) {
    begin_attempt(lookup, turn, finished);
  } else {
    go_on(lookup, turn);
  }
}

bool Lookups::on_outcome(const v1::HttpOutcome& outcome, Turn turn, FinishedList& finished) {
  const auto open = lookup_of_request_.find(outcome.request_id());
  if (open == lookup_of_request_.end()) return false;
  Lookup& lookup = lookups_.at(open->second);
  end_attempt(lookup, reader_.read(outcome, purpose_of_lookup_key(lookup.key), sha256_of_lookup_key(lookup.key)),
              outcome.retry_after_ns(), turn, finished);
  return true;
}

void Lookups::on_network(const v1::NetworkState& network, Turn turn, FinishedList& finished) {
  network_ = network;
  way_changed();
  go_another_way(turn, finished);
}

void Lookups::on_sleep(std::uint64_t slept_ns) {
  cache_.age(slept_ns);
  circuit_.age(slept_ns);
}

void Lookups::way_changed() {
  if (settings_.rules.network_change_closes_circuit) circuit_.forget();
}

bool Lookups::adopt(CloudSettings settings, Turn turn) {
  const bool same_way = settings.service_url == settings_.service_url &&
                        settings.service_has_ipv6 == settings_.service_has_ipv6 &&
                        settings.proxy.SerializeAsString() == settings_.proxy.SerializeAsString();
  const bool same_service = settings.service_url == settings_.service_url;
  settings_ = std::move(settings);
  if (cache_.set_answers_max(settings_.cached_answers_max)) tell_forgotten(settings_.cached_answers_max, turn.step);
  if (!same_service) {
    cache_.clear();  // another service may say otherwise
    for (auto& [id, lookup] : lookups_) cancel_attempt(lookup, turn);
  }
  if (!same_way) way_changed();
  return !same_way;
}

void Lookups::go_another_way(Turn turn, FinishedList& finished) {
  std::vector<std::uint64_t> open;
  for (const auto& [id, lookup] : lookups_) open.push_back(id);
  for (const std::uint64_t id : open) {
    Lookup& lookup = lookups_.at(id);
    if (lookup.request_id != 0) {
      const auto route = route_of(lookup.attempts - 1);
      if (route && *route == lookup.route) continue;
      cancel_attempt(lookup, turn);
    }
    if (lookup.waiters.empty()) {
      remove(lookup, turn);
      continue;
    }
    // The attempt that was cut off counts only if none can follow.
    if (lookup.next_attempt_at_ns == 0 && route_of(lookup.attempts - 1)) --lookup.attempts;
    begin_attempt(lookup, turn, finished);
  }
}

v1::HttpRequest::Purpose Lookups::purpose(std::uint64_t lookup_id) const {
  return purpose_of_lookup_key(lookups_.at(lookup_id).key);
}

std::vector<Lookups::Place> Lookups::waiting(Waiter::Who who) const {
  std::vector<Place> places;
  for (const auto& [id, lookup] : lookups_) {
    for (const Waiter& waiter : lookup.waiters) {
      if (waiter.who == who) places.push_back({.lookup_id = id, .waiter = waiter});
    }
  }
  return places;
}

std::size_t Lookups::place_of(std::uint64_t lookup_id, const Waiter& waiter) const {
  const auto& waiters = lookups_.at(lookup_id).waiters;
  const auto found =
      std::ranges::find_if(waiters, [&](const Waiter& other) { return other.is(waiter.who, waiter.id); });
  return static_cast<std::size_t>(std::distance(waiters.begin(), found));
}

void Lookups::leave(std::uint64_t lookup_id, Waiter::Who who, std::uint64_t id, Turn turn) {
  Lookup& lookup = lookups_.at(lookup_id);
  const auto place = std::ranges::find_if(lookup.waiters, [&](const Waiter& waiter) { return waiter.is(who, id); });
  check(place != lookup.waiters.end(), "whoever leaves a lookup has waited for it");
  circuit_.waited(turn.step.now_ns() - place->asked_at_ns);
  lookup.waiters.erase(place);
  --waiting_;
  go_on(lookup, turn);
}

std::vector<Waiter> Lookups::take_all(Turn turn) {
  std::vector<Waiter> taken;
  while (!lookups_.empty()) {
    Lookup& lookup = lookups_.begin()->second;
    taken.insert(taken.end(), lookup.waiters.begin(), lookup.waiters.end());
    lookup.waiters.clear();
    remove(lookup, turn);
  }
  waiting_ = 0;
  return taken;
}

void Lookups::save(v1::EngineState& engine_state, const Fill& fill) const {
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
    for (const Waiter& waiter : lookup.waiters) {
      v1::WaiterState& state_of_waiter = *kept.add_waiter();
      fill(waiter, state_of_waiter);
      state_of_waiter.set_asked_at_ns(waiter.asked_at_ns);
      state_of_waiter.set_deadline_ns(waiter.deadline_ns);
    }
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

Expected<void> Lookups::load(const v1::EngineState& engine_state, CloudSettings settings, Timers& timers,
                             const Adopt& adopt) {
  *this = Lookups();
  settings_ = std::move(settings);
  // A state from before services were asked has a network that nobody told.
  if (engine_state.has_network() && engine_state.has_cloud()) network_ = engine_state.network();
  const v1::CloudState& state = engine_state.cloud();
  cache_.set_answers_max(settings_.cached_answers_max);
  HOLDFAST_TRY_DO(cache_.load(state));
  if (state.next_lookup_id() > kNumberMax || state.next_request_id() > kNumberMax) {
    return bad_state("cloud", "no engine has asked that many questions");
  }
  answered_over_ = state.family();
  next_lookup_id_ = std::max<std::uint64_t>(1, state.next_lookup_id());
  next_request_id_ = std::max<std::uint64_t>(1, state.next_request_id());
  for (const v1::LookupState& lookup : state.lookup()) {
    const std::string field = fmt::format("cloud.lookup[{}]", lookups_.size());
    if (auto loaded = load_lookup(lookup, engine_state.now_ns(), timers, adopt); !loaded) {
      Error& error = loaded.error();
      error.field = error.field.empty() ? field : field + '.' + error.field;
      return loaded;
    }
  }
  if (state.trying_lookup_id() != 0 && !lookups_.contains(state.trying_lookup_id())) {
    return bad_state("cloud.trying_lookup_id", "there is no such question");
  }
  return circuit_.load(state);
}

// The timer of a lookup is set for the next thing that happens by itself; with a later one somebody would wait for
// ever.
Expected<void> Lookups::check_moments(const Lookup& lookup, std::uint64_t now_ns) {
  if (lookup.request_id != 0 && lookup.attempt_ends_at_ns > later(now_ns, kWaitMax_ns)) {
    return bad_state("attempt_ends_at_ns", "no attempt takes that long");
  }
  if (lookup.request_id != 0 && lookup.attempt_ends_at_ns == 0) return bad_state("attempt_ends_at_ns", "it never ends");
  if (lookup.timer_at_ns > std::max(next_moment(lookup), now_ns)) {
    return bad_state("timer_at_ns", "it lies beyond what the question waits for");
  }
  return {};
}

Expected<void> Lookups::load_lookup(const v1::LookupState& state, std::uint64_t now_ns, Timers& timers,
                                    const Adopt& adopt) {
  if (state.lookup_id() == 0 || state.lookup_id() >= next_lookup_id_ || state.request_id() >= next_request_id_) {
    return bad_state("", "its numbers were never given out");
  }
  if (!is_lookup_key(state.purpose(), state.sha256())) return bad_state("", "it does not say what it asks");
  if (state.attempts() == 0 || (state.waiter().empty() && state.request_id() == 0)) {
    return bad_state("", "it waits for nothing");
  }
  const auto [place, is_new] = lookups_.try_emplace(state.lookup_id());
  if (!is_new) return bad_state("", "it stands twice");
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
  HOLDFAST_TRY_DO(timers.load_one({.timer_id = lookup.timer_id, .at_ns = lookup.timer_at_ns},
                                  {.of = Timers::Of::kLookup, .id = lookup.id}));
  for (const v1::WaiterState& waiting : state.waiter()) {
    if (waiting.asked_at_ns() > now_ns) return bad_state("waiter.asked_at_ns", "it asks in the future");
    const bool ends = waiting.deadline_ns() != 0 && waiting.deadline_ns() >= waiting.asked_at_ns();
    if (!ends || waiting.deadline_ns() > later(now_ns, kWaitMax_ns)) {
      return bad_state("waiter.deadline_ns", "nobody waits for such a time");
    }
    HOLDFAST_TRY(waiter, adopt(lookup.id, waiting));
    add_waiter(lookup, waiter);
  }
  HOLDFAST_TRY_DO(check_moments(lookup, now_ns));
  const bool key_is_new = lookup_of_key_.emplace(lookup.key, lookup.id).second;
  const bool request_is_new = lookup.request_id == 0 || lookup_of_request_.emplace(lookup.request_id, lookup.id).second;
  if (!key_is_new || !request_is_new) return bad_state("", "another one has its key or its numbers");
  return {};
}

}  // namespace holdfast::engine
