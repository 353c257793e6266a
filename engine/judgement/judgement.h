// What is to be done about one operation, before anybody is asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/monitoring/event_rules.h"
#include "engine/schema/output.pb.h"
#include "engine/tables/tables.h"
#include "engine/verdicts/reasons.h"
#include "engine/verdicts/telling.h"

namespace holdfast::engine {

struct Judgement {
  enum class Outcome : std::uint8_t {
    kNothing,  // no rule speaks of it and nobody waits for a verdict
    kAllow,
    kDeny,
    kAsk,
    kLookUp,  // `question` must be answered first
  };
  Outcome outcome = Outcome::kNothing;
  Grounds grounds = Grounds::kNothing;
  v1::MonitoredEvent event = v1::MONITORED_EVENT_UNSPECIFIED;
  const ActionRule* action = nullptr;  // of the event that decided; null if none did
  const EventRule* rule = nullptr;     // likewise
  v1::HttpRequest::Purpose question = v1::HttpRequest::PURPOSE_UNSPECIFIED;  // with kLookUp
  std::string about;                                                         // likewise: SHA-256 of the program
  Reasons reasons;
  std::string target;

  void add(v1::ReasonCode code, std::string_view text = {}, std::int64_t number = 0) {
    add_reason(reasons, code, text, number);
  }
  void decide(Outcome now, Grounds because) {
    outcome = now;
    grounds = because;
  }
  v1::Verdict::Decision decision() const { return outcome == Outcome::kDeny ? v1::Verdict::DENY : v1::Verdict::ALLOW; }
  v1::MonitoredEventPolicy::Action action_taken() const {
    return action == nullptr ? v1::MonitoredEventPolicy::ACTION_UNSPECIFIED : action->action;
  }
  std::string_view rule_id() const { return rule == nullptr ? std::string_view() : rule->id; }
  // Who learns of the decision.
  Telling telling(bool log_every_decision) const { return telling_of(grounds, decision(), action, log_every_decision); }
  void clear();
};

}  // namespace holdfast::engine
