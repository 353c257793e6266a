#include "engine/judgement/judgement.h"

#include <algorithm>
#include <optional>

#include "engine/judgement/newly_encountered.h"
#include "engine/text/check.h"

namespace holdfast::engine {
namespace {

using Outcome = Judgement::Outcome;

// Why a program's word is good enough, in the order of DOMAIN 6; nothing if it is not.
struct Trust {
  v1::ReasonCode code;
  std::string text;
};

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

// The program does a script's bidding, so that its own good name says nothing.
bool is_driven(const ProcessRow& program, const v1::Operation& operation) {
  return is_interpreter(program.image->file_name()) || !operation.script().empty();
}

// The signature's part of the chain: says in `judgement` why it does not help, or returns what helps.
std::optional<Trust> trust_of(const ProcessRow& program, bool driven, const Law& law, Judgement& judgement) {
  if (program.signature == v1::SIGNATURE_STATUS_VALID) {
    if (!driven) return Trust{v1::SIGNATURE_TRUSTED, program.signer};
    judgement.add(v1::SIGNATURE_OF_INTERPRETER, program.signer);
    return std::nullopt;
  }
  const bool unknown = program.signature == v1::SIGNATURE_STATUS_UNSPECIFIED;
  if (unknown && !driven && is_system_program(*program.image, law.paths)) {
    return Trust{v1::SYSTEM_PROGRAM, program.image->text};
  }
  judgement.add(v1::SIGNATURE_NOT_TRUSTED, status_in_words(program.signature));
  return std::nullopt;
}

ExceptionList::Hit find_exception(const ProcessRow& program, const v1::Operation& operation, const Law& law) {
  ExceptionList::Program sought{.path = program.image.get(), .sha256 = program.sha256, .trusted_signer = {}};
  if (program.signature == v1::SIGNATURE_STATUS_VALID) sought.trusted_signer = program.signer;
  const ExceptionList::Hit of_program = law.exceptions.find(sought);
  if (of_program.list == ExceptionList::List::kBlocked || operation.script().empty()) return of_program;
  // A script host acts for its script: an entry for the script counts as one for the program.
  const WindowsPath script = law.paths.normalise(operation.script());
  const ExceptionList::Hit of_script = law.exceptions.find({.path = &script, .sha256 = {}, .trusted_signer = {}});
  return of_script.list == ExceptionList::List::kNone ? of_program : of_script;
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

bool settles(v1::SignatureSettles setting, v1::MonitoredEventPolicy::Action action) {
  switch (setting) {
    case v1::NOTHING: return false;
    case v1::ASK_ONLY: return action == v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY;
    default: return true;
  }
}

void decide(Judgement& judgement, Outcome outcome, bool logged, bool user_warned) {
  judgement.outcome = outcome;
  judgement.logged = logged;
  judgement.user_warned = user_warned;
}

// The rule whose event has the strictest action among those that trust does not settle, as far as it settles any; null
// if it settles all.
const EventRule* strictest_unsettled(const Findings& findings, const Law& law, v1::SignatureSettles trust) {
  const EventRule* strictest = nullptr;
  int highest = -1;
  for (const EventRule* rule : findings.rules) {
    const auto action = law.settings.policy(rule->event).action;
    if (rule->trust_settles && settles(trust, action)) continue;
    if (strictness(action) > highest) {
      strictest = rule;
      highest = strictness(action);
    }
  }
  return strictest;
}

// `rule`'s event decides; with none, nothing stands against the operation.
void let_decide(const EventRule* rule, const Law& law, Judgement& judgement) {
  if (rule == nullptr) return decide(judgement, Outcome::kAllow, law.settings.log_every_decision, false);
  judgement.event = rule->event;
  judgement.rule = rule;
  judgement.action = &action_rule(law.tables, law.settings.policy(rule->event).action);
}

// The cloud's part of the chain: whether the program is certified safe software. Asked only where that would change
// what is done, for the operation may have to wait for it. True where nothing more is to be decided now.
bool settled_by_certificate(const ProcessRow& program, bool driven, const Law& law, const Reputation& reputation,
                            const Findings& findings, Judgement& judgement) {
  const CertifiedSafeSoftware& service = law.settings.certified_safe_software;
  if (!service.enabled || (judgement.action->allows && !judgement.action->logs_when_allowed)) return false;
  const EventRule* unsettled = strictest_unsettled(findings, law, v1::EVERY_ACTION);
  if (unsettled == judgement.rule) return false;
  const auto not_asked = [&](std::string_view why) {
    judgement.add(v1::CSSS_NOT_ASKED, why);
    return false;
  };
  if (!service.for_event_monitoring) return not_asked("off for Event Monitoring");
  if (driven) return not_asked("the program acts for a script");
  const auto finding = reputation.of(v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE, program.sha256);
  if (!finding) {
    judgement.question = v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE;
    judgement.about = program.sha256;
    decide(judgement, Outcome::kLookUp, false, false);
    return true;
  }
  *judgement.reasons.Add() = certified_reason(*finding, program.sha256);
  if (!finding->answered() || finding->answer.verdict != v1::SafeSoftwareAnswer::SAFE) return false;
  let_decide(unsettled, law, judgement);
  return unsettled == nullptr;
}

void judge_event(const v1::Operation& operation, const ProcessRow& program, const Law& law,
                 const Reputation& reputation, const Findings& findings, Judgement& judgement) {
  let_decide(strictest_unsettled(findings, law, v1::NOTHING), law, judgement);
  for (const EventRule* seen : findings.rules) judgement.add(v1::MONITORED_EVENT_SEEN, seen->id, seen->event);
  if (program.image->empty()) judgement.add(v1::ACTOR_UNKNOWN, std::to_string(program.key.pid));

  const ExceptionList::Hit hit = find_exception(program, operation, law);
  if (hit.list == ExceptionList::List::kBlocked) {
    judgement.add(v1::ON_BLOCKED_LIST, hit.entry, hit.line);
    return decide(judgement, Outcome::kDeny, true, true);
  }
  if (hit.list == ExceptionList::List::kApproved) {
    judgement.add(v1::ON_APPROVED_LIST, hit.entry, hit.line);
    return decide(judgement, Outcome::kAllow, law.settings.log_every_decision, false);
  }
  judgement.add(v1::NOT_ON_EXCEPTION_LIST, {}, law.exceptions.size());

  const bool driven = is_driven(program, operation);
  if (const auto trust = trust_of(program, driven, law, judgement)) {
    const EventRule* unsettled = strictest_unsettled(findings, law, law.settings.signature_settles);
    judgement.add(trust->code, trust->text);
    let_decide(unsettled, law, judgement);
    if (unsettled == nullptr) return;
  }
  if (settled_by_certificate(program, driven, law, reputation, findings, judgement)) return;

  const ActionRule& action = *judgement.action;
  judgement.add(action.reason, {}, judgement.event);
  if (action.asks) return decide(judgement, Outcome::kAsk, false, false);
  if (action.allows) {
    return decide(judgement, Outcome::kAllow, action.logs_when_allowed || law.settings.log_every_decision, false);
  }
  decide(judgement, Outcome::kDeny, action.logs_when_denied, action.warns_when_denied);
}

}  // namespace

void Judgement::add(v1::ReasonCode code, std::string_view text, std::int64_t number) {
  v1::Reason& reason = *reasons.Add();
  reason.set_code(code);
  if (!text.empty()) reason.set_text(std::string(text));  // even an empty text would be allocated
  reason.set_number(number);
}

void Judgement::clear() {
  outcome = Outcome::kNothing;
  event = v1::MONITORED_EVENT_UNSPECIFIED;
  action = nullptr;
  rule = nullptr;
  question = v1::HttpRequest::PURPOSE_UNSPECIFIED;
  about.clear();
  logged = user_warned = false;
  reasons.Clear();
  target.clear();
}

bool is_held(const v1::Operation& operation) {
  return operation.hold() == v1::HOLD_CAPABILITY_PRE_EXECUTION || operation.hold() == v1::HOLD_CAPABILITY_BEST_EFFORT;
}

const ActionRule& action_rule(const Tables& tables, v1::MonitoredEventPolicy::Action action) {
  const auto row = std::ranges::find(tables.actions, action, &ActionRule::action);
  check(row != tables.actions.end(), "every action has a row in the table");
  return *row;
}

namespace {

// Event Monitoring's part, and the blocked list's.
void judge_as_event(const v1::Operation& operation, const ProcessRow& program, const Subject& subject, const Law& law,
                    const Reputation& reputation, Findings& findings, Judgement& judgement) {
  const bool held = is_held(operation);
  if (!law.settings.event_monitoring) {
    if (!held) return;
    if (law.settings.active) judgement.add(v1::BEHAVIOR_MONITORING_ACTIVE, law.settings.platform->name);
    judgement.add(law.settings.active ? v1::EVENT_MONITORING_OFF : law.settings.why, law.settings.platform->name,
                  law.settings.why_number);
    return decide(judgement, Outcome::kAllow, false, false);
  }

  law.matcher.match(operation, subject, held, findings);
  const bool starts = operation.what_case() == v1::Operation::kProcessStart;
  if (findings.rules.empty() && !starts && !held) return;

  judgement.target = findings.target;
  if (!findings.rules.empty()) {
    judgement.add(v1::BEHAVIOR_MONITORING_ACTIVE, law.settings.platform->name);
    return judge_event(operation, program, law, reputation, findings, judgement);
  }
  // No event, but a program on the blocked list never starts (DOMAIN 6).
  if (starts) {
    const ExceptionList::Hit hit = find_exception(program, operation, law);
    if (hit.list == ExceptionList::List::kBlocked) {
      judgement.add(v1::BEHAVIOR_MONITORING_ACTIVE, law.settings.platform->name);
      judgement.add(v1::ON_BLOCKED_LIST, hit.entry, hit.line);
      judgement.event = v1::USER_DEFINED;
      return decide(judgement, Outcome::kDeny, true, true);
    }
    if (!held) return;
  }
  judgement.add(v1::BEHAVIOR_MONITORING_ACTIVE, law.settings.platform->name);
  judgement.add(v1::NO_MONITORED_EVENT);
  decide(judgement, Outcome::kAllow, false, false);
}

}  // namespace

void judge(const v1::Operation& operation, const ProcessRow& program, const Subject& subject, const Law& law,
           const Reputation& reputation, Findings& findings, Judgement& judgement) {
  judgement.clear();
  findings.clear();
  judge_as_event(operation, program, subject, law, reputation, findings, judgement);
  // A start that passes silently may still be a newly encountered program's; of one that is logged the administrator
  // learns already.
  const bool passes = judgement.outcome == Outcome::kNothing || judgement.outcome == Outcome::kAllow;
  if (operation.what_case() == v1::Operation::kProcessStart && passes && !judgement.logged) {
    judge_newly_encountered(program, law, reputation, judgement);
  }
}

}  // namespace holdfast::engine
