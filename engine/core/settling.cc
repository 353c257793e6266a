// Operations that wait. The first of {answer, deadline, exit, settings, stop} takes an operation out of the table, and
// with it every way to decide about it again.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "engine/core/core.h"
#include "engine/text/units.h"

namespace holdfast::engine {

void Engine::Core::settle(HoldId id, const Ending& ending) {
  Hold hold = holds.take(id);
  const Prompt* prompt = hold.awaited == Awaited::kPerson ? prompts.find(hold.of) : nullptr;
  const v1::Operation& operation = hold.kept.operation();
  verdicts.say({.operation = operation,
                .decision = ending.decision,
                .event = hold.kept.event(),
                .telling = ending.telling,
                .action = ending.action,
                .rule = hold.kept.rule(),
                .program = hold.kept.program(),
                .target = hold.kept.target(),
                .asked_at_ns = hold.kept.asked_at_ns(),
                .prompt_id = prompt == nullptr ? 0 : prompt->state.prompt_id(),
                .session_id = prompt == nullptr ? 0 : prompt->state.session_id()},
               std::move(*hold.kept.mutable_reason()), agent.endpoint(), step);
  ProcessRow* row = processes.find_exactly(hold.process);
  if (row == nullptr) return;
  if (ending.decision == v1::Verdict::ALLOW) row->subject.facts |= hold.kept.new_facts();
  // A program whose start is denied never ran.
  if (ending.decision == v1::Verdict::DENY && operation.what_case() == v1::Operation::kProcessStart) {
    processes.exit(*row);
  }
}

void Engine::Core::settle(HoldId id, v1::Verdict::Decision decision, v1::Reason because) {
  Hold& hold = holds.at(id);
  *hold.kept.add_reason() = std::move(because);
  const auto action = hold.awaited == Awaited::kPerson ? v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY
                                                       : agent.settings().policy(hold.kept.event()).action;
  const bool log_every = agent.settings().log_every_decision;
  settle(id, {.decision = decision,
              .telling = telling_of(Grounds::kAction, decision, &action_rule(tables, action), log_every),
              .action = action});
}

void Engine::Core::settle_all(Prompt& prompt, v1::Verdict::Decision decision, const v1::Reason& because) {
  for (const HoldId hold : std::exchange(prompt.holds, {})) settle(hold, decision, because);
  prompts.close(prompt, because.code(), prompts_turn());
}

void Engine::Core::settle_everything(v1::Verdict::Decision decision, v1::ReasonCode because) {
  for (const std::uint64_t id : prompts.ids()) settle_all(*prompts.find(id), decision, make_reason(because));
  for (const Waiter& waiter : lookups.take_all(lookups_turn())) {
    if (waiter.who == Waiter::Who::kHold) {
      settle(waiter.id, decision, make_reason(because));
      continue;
    }
    Detections::answer(detections.take(waiter.id), v1::SafeSoftwareAnswer::UNKNOWN, make_reason(because),
                       waiter.asked_at_ns, step);
  }
}

void Engine::Core::settle_program(const ProgramKey& process, v1::Verdict::Decision decision, v1::ReasonCode because) {
  if (Prompt* prompt = prompts.of(process)) settle_all(*prompt, decision, make_reason(because));
  for (const HoldId id : holds.for_services(process)) {
    lookups.leave(holds.at(id).of, Waiter::Who::kHold, id, lookups_turn());
    settle(id, decision, make_reason(because));
  }
}

v1::OnExpiry Engine::Core::on_expiry(HoldId id) const {
  return agent.settings().policy(holds.at(id).kept.event()).on_expiry;
}

std::uint64_t Engine::Core::waited_s(HoldId id) const {
  return (step.now_ns() - holds.at(id).kept.asked_at_ns()) / kSecond_ns;
}

void Engine::Core::settle_unanswered(HoldId id, v1::ReasonCode because, std::uint64_t waited_s) {
  v1::Reason reason = make_reason(because, {}, static_cast<std::int64_t>(waited_s));
  if (on_expiry(id) != v1::EXPIRY_DENIES) return settle(id, v1::Verdict::ALLOW, std::move(reason));
  *holds.at(id).kept.add_reason() = std::move(reason);
  settle(id, v1::Verdict::DENY, make_reason(v1::EXPIRY_SET_TO_DENY));
}

void Engine::Core::prompt_timer_fired(Prompt& prompt) {
  if (prompts.countdown_is_over(prompt, step)) return expire(prompt);
  std::vector<HoldId> overdue = prompts.overdue(prompt, prompts_turn());
  // Who joined after the countdown had one of its own, unless it is kept held too.
  const auto counted_down = [&](HoldId id) { return prompt.state.expired() && on_expiry(id) != v1::EXPIRY_KEEPS_HELD; };
  const auto at_limit = std::ranges::stable_partition(overdue, counted_down);
  for (const HoldId id : std::ranges::subrange(overdue.begin(), at_limit.begin())) {
    settle_unanswered(id, v1::NOBODY_ANSWERED, waited_s(id));
  }
  if (!at_limit.empty()) {
    const bool some_denied =
        std::ranges::any_of(at_limit, [&](HoldId id) { return on_expiry(id) == v1::EXPIRY_DENIES; });
    step.limit_reached(
        v1::LimitReached::HOLD_TIME, agent.settings().limits.hold_max_s,
        some_denied ? "what the prompt held was decided as its expiry says" : "what the prompt held was allowed");
  }
  for (const HoldId id : at_limit) settle_unanswered(id, v1::HOLD_LIMIT_REACHED, waited_s(id));
  std::erase_if(prompt.holds, [&](HoldId hold) { return !holds.contains(hold); });
  if (!prompt.holds.empty()) return prompts.arm(prompt, prompts_turn());
  prompts.close(prompt, at_limit.empty() ? v1::NOBODY_ANSWERED : v1::HOLD_LIMIT_REACHED, prompts_turn());
}

void Engine::Core::expire(Prompt& prompt) {
  const v1::PromptState& state = prompt.state;
  const std::uint64_t open_s = (step.now_ns() - state.opened_at_ns()) / kSecond_ns;
  std::vector<HoldId> kept;
  for (const HoldId id : std::exchange(prompt.holds, {})) {
    Reasons& chain = *holds.at(id).kept.mutable_reason();
    if (!prompt.is_shown()) add_reason(chain, state.not_shown());
    if (state.dismissed()) add_reason(chain, v1::PROMPT_DISMISSED);
    if (state.failed()) add_reason(chain, v1::PROMPT_PROGRAM_FAILED);
    if (on_expiry(id) != v1::EXPIRY_KEEPS_HELD) {
      settle_unanswered(id, v1::NOBODY_ANSWERED, open_s);
      continue;
    }
    add_reason(chain, v1::NOBODY_ANSWERED, {}, static_cast<std::int64_t>(open_s));
    add_reason(chain, v1::EXPIRY_SET_TO_KEEP_HELD);
    kept.push_back(id);
  }
  if (kept.empty()) return prompts.close(prompt, v1::NOBODY_ANSWERED, prompts_turn());
  prompts.expire(prompt, std::move(kept), prompts_turn());
}

bool Engine::Core::still_kept(Prompt& prompt) {
  if (!prompt.state.expired()) return true;
  std::vector<HoldId> kept;
  for (const HoldId id : std::exchange(prompt.holds, {})) {
    if (on_expiry(id) == v1::EXPIRY_KEEPS_HELD) {
      kept.push_back(id);
      continue;
    }
    add_reason(*holds.at(id).kept.mutable_reason(), v1::SETTINGS_CHANGED_MEANWHILE, agent.law().settings.name());
    settle_unanswered(id, v1::NOBODY_ANSWERED, waited_s(id));
  }
  prompt.holds = std::move(kept);
  if (!prompt.holds.empty()) return true;
  prompts.close(prompt, v1::NOBODY_ANSWERED, prompts_turn());
  return false;
}

void Engine::Core::answered(Prompt& prompt, const v1::PromptAnswer& answer) {
  const bool allow = answer.kind() == v1::PromptAnswer::ALLOW;
  std::set<v1::MonitoredEvent> events;
  for (const HoldId hold : prompt.holds) events.insert(holds.at(hold).kept.event());
  remembered.remember(prompt.state, events, answer, agent.settings(), step);
  settle_all(prompt, allow ? v1::Verdict::ALLOW : v1::Verdict::DENY,
             make_reason(allow ? v1::USER_ALLOWED : v1::USER_DENIED, {}, answer.session_id()));
}

// New settings, a new profile or another state of the service: whoever would not be asked now gets a verdict now.
void Engine::Core::rejudge_all() {
  const v1::Reason because = agent.settings().active
                                 ? make_reason(v1::SETTINGS_CHANGED_MEANWHILE, agent.law().settings.name())
                                 : make_reason(v1::BEHAVIOR_MONITORING_STOPPED);
  for (const std::uint64_t id : prompts.ids()) rejudge(*prompts.find(id), because);
  for (const HoldId id : holds.for_services()) rejudge(id, because);
  for (const Lookups::Place& place : lookups.waiting(Waiter::Who::kDetection)) {
    const std::uint64_t id = place.waiter.id;
    auto refusal = Detections::refusal(detections.at(id), agent.settings().certified_safe_software);
    if (!refusal) continue;
    lookups.leave(place.lookup_id, Waiter::Who::kDetection, id, lookups_turn());
    Detections::answer(detections.take(id), v1::SafeSoftwareAnswer::UNKNOWN, std::move(*refusal),
                       place.waiter.asked_at_ns, step);
  }
}

// Whoever has waited gets a verdict, also where nothing is said any more of what was seen only afterwards.
void Engine::Core::answer_who_waited() {
  Judgement& judgement = judge.judgement();
  if (judgement.outcome != Judgement::Outcome::kNothing) return;
  if (judgement.reasons.empty()) judgement.add(v1::NO_MONITORED_EVENT);
  judgement.decide(Judgement::Outcome::kAllow, Grounds::kNothing);
}

// Who waited for a person may wait for services from now on; who waited for one, no longer than it might before.
Engine::Core::AtHand Engine::Core::at_hand(const Hold& hold) {
  const bool for_person = hold.awaited == Awaited::kPerson;
  return {.operation = hold.kept.operation(),
          .program = program_of(hold),
          .asked_at_ns = hold.kept.asked_at_ns(),
          .found = &hold.found,
          .services_from_ns = for_person ? step.now_ns() : hold.services_from_ns};
}

// As far as it can be judged now: a question for which its time is spent ends here, and is not asked again.
void Engine::Core::judge_again(Hold& hold) {
  for (;;) {
    const AtHand now = at_hand(hold);
    const Judgement& judgement = judge_now(now);
    const bool out_of_time = lookup_deadline_ns(now) <= step.now_ns();
    if (judgement.outcome != Judgement::Outcome::kLookUp || !out_of_time) return;
    *hold.found.Add() = unanswered(judgement.question, v1::LOOKUP_BUDGET_SPENT);
  }
}

// What the prompt asks about still, stays; whatever is to be asked otherwise now leaves it and is asked so.
void Engine::Core::rejudge(Prompt& prompt, const v1::Reason& because) {
  std::vector<HoldId> kept;
  std::vector<HoldId> otherwise;
  for (const HoldId id : std::exchange(prompt.holds, {})) {
    Hold& hold = holds.at(id);
    judge_again(hold);
    Judgement& judgement = judge.judgement();
    const bool asks = judgement.outcome == Judgement::Outcome::kAsk;
    if (asks && judgement.event == hold.kept.event()) {
      kept.push_back(id);
    } else if (asks || judgement.outcome == Judgement::Outcome::kLookUp) {
      otherwise.push_back(id);
    } else {
      settle_as_judged(id, because);
    }
  }
  prompt.holds = std::move(kept);
  if (prompt.holds.empty()) prompts.close(prompt, because.code(), prompts_turn());
  for (const HoldId id : otherwise) go_on(holds.take(id), &because);
}

void Engine::Core::settle_as_judged(HoldId id, const v1::Reason& because) {
  Judgement& judgement = judge.judgement();
  judgement.add(because.code(), because.text());
  const Ending ending{.decision = judgement.decision(),
                      .telling = judgement.telling(agent.settings().log_every_decision),
                      .action = judgement.action_taken()};
  v1::PendingState& kept = holds.at(id).kept;
  *kept.mutable_reason() = std::move(judgement.reasons);
  if (judgement.event != v1::MONITORED_EVENT_UNSPECIFIED) {  // or else nothing speaks of it any more but what did
    kept.set_event(judgement.event);
    kept.set_rule(std::string(judgement.rule_id()));
    kept.set_target(judgement.target);
  }
  settle(id, ending);
}

// `hold` waits no more for whom it waited for. `because`: why, if not by itself.
void Engine::Core::go_on(const Hold& hold, const v1::Reason* because) {
  const AtHand now = at_hand(hold);
  judge_now(now);
  answer_who_waited();
  if (because != nullptr) judge.judgement().add(because->code(), because->text());
  carry_out(now);
}

void Engine::Core::rejudge(HoldId waits_for_service, const v1::Reason& because) {
  const Hold& waiting = holds.at(waits_for_service);
  const Judgement& judgement = judge_now(at_hand(waiting));
  const bool looks_up = judgement.outcome == Judgement::Outcome::kLookUp;
  if (looks_up && judgement.question == lookups.purpose(waiting.of)) return;
  lookups.leave(waiting.of, Waiter::Who::kHold, waits_for_service, lookups_turn());
  go_on(holds.take(waits_for_service), &because);
}

// Questions have ended, whatever came of them: an operation is judged anew, with what was found, and never waits for
// the same question again.
void Engine::Core::conclude(const Lookups::FinishedList& finished) {
  for (const Lookups::Finished& end : finished) {
    if (end.waiter.who == Waiter::Who::kDetection) {
      Detections::answer(detections.take(end.waiter.id), end.finding, end.waiter.asked_at_ns, step);
      continue;
    }
    Hold hold = holds.take(end.waiter.id);
    *hold.found.Add() = to_state(end.purpose, end.finding);
    go_on(hold, nullptr);
  }
}

}  // namespace holdfast::engine
