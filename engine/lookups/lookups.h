// Questions to the services outside, as decisions: who asks together, over which route, how often, how long, and what
// is remembered. Knows no clock and no socket: it is told what time it is and what came of an attempt (DOMAIN 8).
//
//   if (auto known = lookups.at_once(purpose, sha256, step)) ...              // an answer or a named failure, without
//   a wait else lookups.join(purpose, sha256, waiter, {step, timers});               // ends in `finished` of a later
//   step
//
// One lookup per purpose and SHA-256 (single flight). Its attempts follow each other with growing pauses; every waiter
// has the end of its own budget; a lookup without waiters lets its attempt end, for the next who asks. Who waits is a
// token here: others know what it stands for.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/lookups/answer_cache.h"
#include "engine/lookups/circuit.h"
#include "engine/lookups/cloud_settings.h"
#include "engine/lookups/routes.h"
#include "engine/schema/error.h"
#include "engine/step/step.h"
#include "engine/step/timers.h"

namespace holdfast::engine {

// How a question ended: `answer` counts where `failure` is unspecified.
struct Finding {
  Answer answer;
  v1::LookupFailure failure = v1::LOOKUP_FAILURE_UNSPECIFIED;
  std::uint32_t attempts = 0;  // 0: nobody was asked for it
  bool answered() const { return failure == v1::LOOKUP_FAILURE_UNSPECIFIED; }
};

// Somebody who waits for an answer.
struct Waiter {
  enum class Who : std::uint8_t { kHold, kDetection };
  Who who = Who::kHold;
  std::uint64_t id = 0;  // of the hold or detection
  std::uint64_t asked_at_ns = 0;
  std::uint64_t deadline_ns = 0;  // end of its budget
  bool is(Who other_who, std::uint64_t other_id) const { return who == other_who && id == other_id; }
};

class Lookups {
 public:
  // What one input may use.
  struct Turn {
    Step& step;
    Timers& timers;
  };
  // A waiter whose wait is over.
  struct Finished {
    Waiter waiter;
    v1::HttpRequest::Purpose purpose;
    Finding finding;
  };
  using FinishedList = std::vector<Finished>;

  // What can be told without a wait; nothing where `join` is to follow. `sha256`: 32 bytes, or empty if unknown.
  std::optional<Finding> at_once(v1::HttpRequest::Purpose purpose, std::string_view sha256, Step& step);

  // Only after at_once gave nothing. The waiter's deadline must not lie before now. Gives the lookup's id.
  std::uint64_t join(v1::HttpRequest::Purpose purpose, std::string_view sha256, const Waiter& waiter, Turn turn);

  // The purpose of an open lookup.
  v1::HttpRequest::Purpose purpose(std::uint64_t lookup_id) const;
  // Place in the order in which the waiters of an open lookup stand; it must wait there.
  std::size_t place_of(std::uint64_t lookup_id, const Waiter& waiter) const;
  // The waiter does not wait any more; it must be there.
  void leave(std::uint64_t lookup_id, Waiter::Who who, std::uint64_t id, Turn turn);
  // Takes everybody out and ends every lookup, in order.
  std::vector<Waiter> take_all(Turn turn);
  std::size_t waiting() const { return waiting_; }

  // The lookup's timer has fired.
  void on_timer(std::uint64_t lookup_id, Turn turn, FinishedList& finished);
  // Everybody of that kind who waits, by lookup.
  struct Place {
    std::uint64_t lookup_id;
    Waiter waiter;
  };
  std::vector<Place> waiting(Waiter::Who who) const;
  // False where no attempt of that number is under way.
  bool on_outcome(const v1::HttpOutcome& outcome, Turn turn, FinishedList& finished);
  // Attempts begin anew where they go another way now.
  void on_network(const v1::NetworkState& network, Turn turn, FinishedList& finished);
  // The machine slept so long before this step: what services said is that much older. Waits do not end by it.
  void on_sleep(std::uint64_t slept_ns);
  // Other settings: from now on questions are asked and answered by them. True where attempts under way may have to go
  // another way, which go_another_way() sees to once whoever waits was judged anew.
  bool adopt(CloudSettings settings, Turn turn);
  void go_another_way(Turn turn, FinishedList& finished);
  // What the state says of a waiter is known to its owner: `fill` writes it, `adopt` takes it and gives the token.
  using Fill = std::function<void(const Waiter& waiter, v1::WaiterState& state)>;
  using Adopt = std::function<Expected<Waiter>(std::uint64_t lookup_id, const v1::WaiterState& state)>;
  void save(v1::EngineState& state, const Fill& fill) const;
  Expected<void> load(const v1::EngineState& state, CloudSettings settings, Timers& timers, const Adopt& adopt);

 private:
  struct Lookup {
    std::uint64_t id = 0;
    std::string key;               // see lookup_key.h
    std::list<Waiter> waiters;     // by deadline
    std::uint32_t attempts = 0;    // begun
    std::uint64_t request_id = 0;  // of the attempt under way; 0: none is
    std::uint64_t timer_id = 0;
    std::uint64_t timer_at_ns = 0;
    std::uint64_t attempt_ends_at_ns = 0;  // with the time that its outcome may take to arrive
    std::uint64_t next_attempt_at_ns = 0;  // of the pause under way; 0: none is
    v1::LookupFailure failure = v1::LOOKUP_FAILURE_UNSPECIFIED;
    Route route;  // of the attempt under way
  };

  std::expected<Route, v1::LookupFailure> route_of(std::uint32_t attempt) const;
  void add_waiter(Lookup& lookup, const Waiter& waiter);
  void begin_attempt(Lookup& lookup, Turn turn, FinishedList& finished);
  // `retry_after_ns`: how long the service asked to be left alone; 0: it did not.
  void end_attempt(Lookup& lookup, const std::expected<Answer, v1::LookupFailure>& ended, std::uint64_t retry_after_ns,
                   Turn turn, FinishedList& finished);
  void cancel_attempt(Lookup& lookup, Turn turn);
  void way_changed();
  void keep_answer(const Lookup& lookup, const Answer& answer, Turn turn);
  void finish_front(Lookup& lookup, const Finding& finding, Turn turn, FinishedList& finished);
  // Ends the lookup: every waiter gets `finding`.
  void finish(Lookup& lookup, const Finding& finding, Turn turn, FinishedList& finished);
  void remove(Lookup& lookup, Turn turn);
  // When the next thing happens by itself; 0: the lookup waits for nothing.
  static std::uint64_t next_moment(const Lookup& lookup);
  static Expected<void> check_moments(const Lookup& lookup, std::uint64_t now_ns);
  // Sets the lookup's one timer for the next thing that it waits for, or ends a lookup that waits for nothing.
  void go_on(Lookup& lookup, Turn turn);
  void set_timer(Lookup& lookup, std::uint64_t at_ns, Turn turn);
  Expected<void> load_lookup(const v1::LookupState& state, std::uint64_t now_ns, Timers& timers, const Adopt& adopt);

  CloudSettings settings_;
  std::optional<v1::NetworkState> network_;
  v1::AddressFamily answered_over_ = v1::ADDRESS_FAMILY_UNSPECIFIED;
  AnswerReader reader_;
  AnswerCache cache_;
  Circuit circuit_;
  std::uint64_t next_lookup_id_ = 1;
  std::uint64_t next_request_id_ = 1;
  std::size_t waiting_ = 0;
  std::map<std::uint64_t, Lookup> lookups_;  // by id
  // Derived from lookups_, for finding:
  std::unordered_map<std::string_view, std::uint64_t> lookup_of_key_;
  std::unordered_map<std::uint64_t, std::uint64_t> lookup_of_request_;
  std::string scratch_;
};

}  // namespace holdfast::engine
