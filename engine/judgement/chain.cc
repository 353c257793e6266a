// The stages of the chain, in its order; the last two look at what the others have settled.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "engine/judgement/judge.h"
#include "engine/judgement/newly_encountered.h"

namespace holdfast::engine {
namespace {

using Outcome = Judgement::Outcome;

bool settle(Case& now, Outcome outcome, Grounds grounds) {
  now.judgement.decide(outcome, grounds);
  return true;
}

std::string_view status_in_words(v1::SignatureStatus status) {
  switch (status) {
    case v1::SIGNATURE_STATUS_NONE: return "none";
    case v1::SIGNATURE_STATUS_VALID: return "valid";
    case v1::SIGNATURE_STATUS_INVALID: return "invalid";
    case v1::SIGNATURE_STATUS_EXPIRED: return "expired";
    case v1::SIGNATURE_STATUS_REVOKED: return "revoked";
    case v1::SIGNATURE_STATUS_UNTRUSTED_ROOT: return "root not trusted on this system";
    default: return "unknown";
  }
}

// The stricter of two actions decides where an operation is several events at once.
int strictness(v1::MonitoredEventPolicy::Action action) {
  switch (action) {
    case v1::MonitoredEventPolicy::DENY: return 3;
    case v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY: return 2;
    case v1::MonitoredEventPolicy::ASSESS: return 1;
    default: return 0;
  }
}

bool trust_settles(v1::SignatureSettles setting, v1::MonitoredEventPolicy::Action action) {
  switch (setting) {
    case v1::NOTHING: return false;
    case v1::ASK_ONLY: return action == v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY;
    default: return true;
  }
}

// The rule whose event has the strictest action among those that trust does not settle, as far as it settles any; null
// if it settles all.
const EventRule* strictest_unsettled(const Case& now, v1::SignatureSettles trust) {
  const EventRule* strictest = nullptr;
  int highest = -1;
  for (const EventRule* rule : now.findings.rules) {
    const auto action = now.settings().policy(rule->event).action;
    if (rule->trust_settles && trust_settles(trust, action)) continue;
    if (strictness(action) > highest) {
      strictest = rule;
      highest = strictness(action);
    }
  }
  return strictest;
}

// `rule`'s event decides. True where there is none: nothing stands against the operation.
bool let_decide(const EventRule* rule, Case& now) {
  if (rule == nullptr) return settle(now, Outcome::kAllow, Grounds::kTrust);
  now.judgement.event = rule->event;
  now.judgement.rule = rule;
  now.judgement.action = &action_rule(now.matter.tables, now.settings().policy(rule->event).action);
  return false;
}

void say_active(Case& now) { now.judgement.add(v1::BEHAVIOR_MONITORING_ACTIVE, now.settings().platform->name); }

// Is Behavior Monitoring, and Event Monitoring with it, active here (DOMAIN 1 and 2)?
bool active(Case& now) {
  const EffectiveSettings& settings = now.settings();
  if (settings.event_monitoring) return false;
  if (!now.held) return true;
  if (settings.active) say_active(now);
  now.judgement.add(settings.active ? v1::EVENT_MONITORING_OFF : settings.why, settings.platform->name,
                    settings.why_number);
  return settle(now, Outcome::kAllow, Grounds::kNothing);
}

// Which monitored events is it (DOMAIN 4)? The strictest action decides, as far as nothing below settles it.
bool monitored_event(Case& now) {
  now.matter.law.matcher->match(now.matter.operation, now.subject(), now.held, now.findings);
  if (now.findings.rules.empty()) {
    if (!now.starts && !now.held) return true;
    now.judgement.target = now.findings.target;
    return false;
  }
  now.judgement.target = now.findings.target;
  say_active(now);
  let_decide(strictest_unsettled(now, v1::NOTHING), now);
  for (const EventRule* seen : now.findings.rules) now.judgement.add(v1::MONITORED_EVENT_SEEN, seen->id, seen->event);
  if (now.matter.program.image->empty())
    now.judgement.add(v1::ACTOR_UNKNOWN, std::to_string(now.matter.program.key.pid));
  return false;
}

// No event: a program on the blocked list still never starts (DOMAIN 6), and everything else passes.
bool no_event(Case& now) {
  if (!now.findings.rules.empty()) return false;
  if (now.starts && now.exception().list == ExceptionList::List::kBlocked) {
    say_active(now);
    now.judgement.add(v1::ON_BLOCKED_LIST, now.exception().entry, now.exception().line);
    now.judgement.event = v1::USER_DEFINED;
    return settle(now, Outcome::kDeny, Grounds::kBlockedList);
  }
  if (!now.held) return true;
  say_active(now);
  now.judgement.add(v1::NO_MONITORED_EVENT);
  return settle(now, Outcome::kAllow, Grounds::kNothing);
}

bool blocked_list(Case& now) {
  if (now.exception().list != ExceptionList::List::kBlocked) return false;
  now.judgement.add(v1::ON_BLOCKED_LIST, now.exception().entry, now.exception().line);
  return settle(now, Outcome::kDeny, Grounds::kBlockedList);
}

bool approved_list(Case& now) {
  if (now.exception().list != ExceptionList::List::kApproved) {
    now.judgement.add(v1::NOT_ON_EXCEPTION_LIST, {}, now.matter.law.exceptions.size());
    return false;
  }
  now.judgement.add(v1::ON_APPROVED_LIST, now.exception().entry, now.exception().line);
  return settle(now, Outcome::kAllow, Grounds::kTrust);
}

// A valid signature, or a genuine Windows program whose signature no sensor told (DOMAIN 6).
bool signature(Case& now) {
  const ProcessRow& program = now.matter.program;
  if (now.serves_a_client()) {
    now.judgement.add(v1::SIGNATURE_NOT_TRUSTED, "it may do what a client on the network asked for");
    return false;
  }
  const bool driven = now.is_driven();
  if (program.signature == v1::SIGNATURE_STATUS_VALID && driven) {
    now.judgement.add(v1::SIGNATURE_OF_INTERPRETER, program.signer);
    return false;
  }
  const bool unknown = program.signature == v1::SIGNATURE_STATUS_UNSPECIFIED;
  if (program.signature == v1::SIGNATURE_STATUS_VALID) {
    now.judgement.add(v1::SIGNATURE_TRUSTED, program.signer);
  } else if (unknown && !driven && is_system_program(*program.image, *now.matter.law.paths)) {
    now.judgement.add(v1::SYSTEM_PROGRAM, program.image->text);
  } else {
    now.judgement.add(v1::SIGNATURE_NOT_TRUSTED, status_in_words(program.signature));
    return false;
  }
  return let_decide(strictest_unsettled(now, now.settings().signature_settles), now);
}

// Is the program certified safe software (DOMAIN 8)? Asked only where that would change what is done, for the operation
// may have to wait for it.
bool certified(Case& now) {
  Judgement& judgement = now.judgement;
  const CertifiedSafeSoftware& service = now.settings().certified_safe_software;
  if (!service.enabled || (judgement.action->allows && !judgement.action->logs_when_allowed)) return false;
  const EventRule* unsettled = strictest_unsettled(now, v1::EVERY_ACTION);
  if (unsettled == judgement.rule) return false;
  const auto not_asked = [&](std::string_view why) {
    judgement.add(v1::CSSS_NOT_ASKED, why);
    return false;
  };
  if (!service.for_event_monitoring) return not_asked("off for Event Monitoring");
  if (now.serves_a_client()) return not_asked("the program may act for a client on the network");
  if (now.is_driven()) return not_asked("the program acts for a script");
  const auto finding = now.matter.reputation.of(v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE, now.matter.program.sha256);
  if (!finding) {
    judgement.question = v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE;
    judgement.about = now.matter.program.sha256;
    return settle(now, Outcome::kLookUp, Grounds::kNothing);
  }
  *judgement.reasons.Add() = certified_reason(*finding, now.matter.program.sha256);
  if (!finding->answered() || finding->answer.verdict != v1::SafeSoftwareAnswer::SAFE) return false;
  return let_decide(unsettled, now);
}

// The action of the event that is left (DOMAIN 4).
bool action(Case& now) {
  const ActionRule& rule = *now.judgement.action;
  now.judgement.add(rule.reason, {}, now.judgement.event);
  if (rule.asks) return settle(now, Outcome::kAsk, Grounds::kAction);
  return settle(now, rule.allows ? Outcome::kAllow : Outcome::kDeny, Grounds::kAction);
}

bool newly_encountered(Case& now) {
  judge_newly_encountered(now);
  return true;
}

// Somebody would be asked: an earlier answer may count (DOMAIN 5).
bool remembered_answer(Case& now) {
  const v1::MonitoredEvent event = now.judgement.event;
  const v1::RememberedAnswer* answer =
      now.matter.remembered.recall(event, now.matter.program, now.settings().policy(event).remember);
  if (answer == nullptr) return false;
  now.judgement.add(answer->allow() ? v1::REMEMBERED_ALLOW : v1::REMEMBERED_DENY, {},
                    static_cast<std::int64_t>(answer->prompt_id()));
  return settle(now, answer->allow() ? Outcome::kAllow : Outcome::kDeny, Grounds::kAction);
}

using When = Stage::When;
constexpr std::array kChain = {
    Stage{"active", When::kOpen, active},
    Stage{"monitored event", When::kOpen, monitored_event},
    Stage{"no event", When::kOpen, no_event},
    Stage{"blocked list", When::kOpen, blocked_list},
    Stage{"approved list", When::kOpen, approved_list},
    Stage{"signature", When::kOpen, signature},
    Stage{"certified", When::kOpen, certified},
    Stage{"action", When::kOpen, action},
    Stage{"newly encountered", When::kPassing, newly_encountered},
    Stage{"remembered answer", When::kAsking, remembered_answer},
};

}  // namespace

std::span<const Stage> chain_of_judgement() { return kChain; }

}  // namespace holdfast::engine
