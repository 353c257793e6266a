// Questions to the services outside, as decisions: who asks together, over which route, how often, how long, and what
// is remembered. Knows no clock and no socket: it is told what time it is and what came of an attempt (DOMAIN 8).
//
//   if (auto known = client.at_once(purpose, sha256, step)) ...     // an answer or a named failure, without a wait
//   else client.join(purpose, sha256, waiter, step);                // ends in `finished` of a later step
//
// One lookup per purpose and SHA-256 (single flight). Its attempts follow each other with growing pauses; every waiter
// has the end of its own budget; a lookup without waiters lets its attempt end, for the next who asks.
#pragma once

#include <cstdint>
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

namespace holdfast::engine {

// How a question ended: `answer` counts where `failure` is unspecified.
struct Finding {
  Answer answer;
  v1::LookupFailure failure = v1::LOOKUP_FAILURE_UNSPECIFIED;
  std::uint32_t attempts = 0;  // 0: nobody was asked for it
  bool answered() const { return failure == v1::LOOKUP_FAILURE_UNSPECIFIED; }
};

class CloudClient {
 public:
  // What one input may use.
  struct Step {
    std::uint64_t now_ns;
    std::uint64_t& next_timer_id;
    std::vector<v1::Output>& outputs;
  };
  // A waiter whose wait is over.
  struct Finished {
    v1::WaiterState waiter;
    v1::HttpRequest::Purpose purpose;
    Finding finding;
  };
  using FinishedList = std::vector<Finished>;

  // What can be told without a wait; nothing where `join` is to follow. `sha256`: 32 bytes, or empty if unknown.
  std::optional<Finding> at_once(v1::HttpRequest::Purpose purpose, std::string_view sha256, const Step& step);

  // Only after at_once gave nothing. The waiter's deadline must not lie before now. Gives the lookup's id.
  std::uint64_t join(v1::HttpRequest::Purpose purpose, std::string_view sha256, v1::WaiterState waiter,
                     const Step& step);

  // The purpose of an open lookup.
  v1::HttpRequest::Purpose purpose(std::uint64_t lookup_id) const;
  // Its waiter of that operation; both must be there.
  const v1::WaiterState& waiter(std::uint64_t lookup_id, std::uint64_t operation_id) const;
  // Takes the operation's waiter out; it must be there.
  v1::WaiterState take(std::uint64_t lookup_id, std::uint64_t operation_id, const Step& step);
  // Takes everybody out and ends every lookup, in order.
  std::vector<v1::WaiterState> take_all(const Step& step);
  std::size_t waiting() const { return waiting_; }
  template <typename Visit>  // visit(lookup id, waiter), in order
  void each_waiter(const Visit& visit) const {
    for (const auto& [id, lookup] : lookups_) {
      for (const v1::WaiterState& waiter : lookup.waiters) visit(id, waiter);
    }
  }

  bool owns_timer(std::uint64_t timer_id) const { return lookup_of_timer_.contains(timer_id); }
  // False where the timer is not due yet.
  bool on_timer(std::uint64_t timer_id, const Step& step, FinishedList& finished);
  // False where no attempt of that number is under way.
  bool on_outcome(const v1::HttpOutcome& outcome, const Step& step, FinishedList& finished);
  // Attempts begin anew where they go another way now.
  void on_network(const v1::NetworkState& network, const Step& step, FinishedList& finished);
  // Likewise for attempts under other settings.
  void adopt(CloudSettings settings, const Step& step, FinishedList& finished);
  const CloudSettings& settings() const { return settings_; }

  void save(v1::EngineState& state) const;
  // `next_timer_id`: of the state. The settings must have been adopted.
  Expected<void> load(const v1::EngineState& state, CloudSettings settings);

 private:
  struct Lookup {
    std::uint64_t id = 0;
    std::string key;                     // see lookup_key.h
    std::list<v1::WaiterState> waiters;  // by deadline
    std::uint32_t attempts = 0;          // begun
    std::uint64_t request_id = 0;        // of the attempt under way; 0: none is
    std::uint64_t timer_id = 0;
    std::uint64_t timer_at_ns = 0;
    std::uint64_t attempt_ends_at_ns = 0;  // with the time that its outcome may take to arrive
    std::uint64_t next_attempt_at_ns = 0;  // of the pause under way; 0: none is
    v1::LookupFailure failure = v1::LOOKUP_FAILURE_UNSPECIFIED;
    Route route;  // of the attempt under way
  };

  std::expected<Route, v1::LookupFailure> route_of(std::uint32_t attempt) const;
  void add_waiter(Lookup& lookup, v1::WaiterState waiter);
  void begin_attempt(Lookup& lookup, const Step& step, FinishedList& finished);
  void end_attempt(Lookup& lookup, const std::expected<Answer, v1::LookupFailure>& result, const Step& step,
                   FinishedList& finished);
  void cancel_attempt(Lookup& lookup, const Step& step);
  void begin_anew(const Step& step, FinishedList& finished);
  void keep_answer(const Lookup& lookup, const Answer& answer, const Step& step);
  void finish_front(Lookup& lookup, const Finding& finding, const Step& step, FinishedList& finished);
  // Ends the lookup: every waiter gets `finding`.
  void finish(Lookup& lookup, const Finding& finding, const Step& step, FinishedList& finished);
  void remove(Lookup& lookup, const Step& step);
  // Sets the lookup's one timer for the next thing that it waits for, or ends a lookup that waits for nothing.
  void go_on(Lookup& lookup, const Step& step);
  void set_timer(Lookup& lookup, std::uint64_t at_ns, const Step& step);
  Expected<void> load_lookup(const v1::LookupState& state, std::uint64_t next_timer_id);

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
  std::unordered_map<std::uint64_t, std::uint64_t> lookup_of_timer_;
  std::unordered_map<std::uint64_t, std::uint64_t> lookup_of_request_;
  std::string scratch_;
};

}  // namespace holdfast::engine
