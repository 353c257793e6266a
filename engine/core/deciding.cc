// An operation at hand: it is judged, and what the judgement says is done.
#include <algorithm>
#include <utility>

#include "engine/core/core.h"
#include "engine/text/units.h"

namespace holdfast::engine {

ProcessRow& Engine::Core::program_of(const v1::Operation& operation) {
  const PathNormaliser& paths = *agent.law().paths;
  if (operation.what_case() != v1::Operation::kProcessStart) return processes.actor(operation, paths);
  return processes.start(operation.process_start(), paths, operation.endpoint());
}

ProcessRow& Engine::Core::program_of(const Hold& hold) {
  ProcessRow* known = processes.find_exactly(hold.process);
  if (known == nullptr) return program_of(hold.kept.operation());
  processes.remind(*known, hold.kept.operation(), *agent.law().paths);
  return *known;
}

const Judgement& Engine::Core::judge_now(const AtHand& at_hand) {
  const Reputation reputation(lookups, step, at_hand.found);
  const WindowsPath* creator = nullptr;
  if (at_hand.operation.what_case() == v1::Operation::kProcessStart) {
    const ProcessRow* row = processes.actor_if_known(at_hand.operation, *agent.law().paths);
    if (row != nullptr) creator = row->image.get();
  }
  return judge.judge({.operation = at_hand.operation,
                      .program = at_hand.program,
                      .creator = creator,
                      .law = agent.law(),
                      .tables = tables,
                      .downloads = downloads,
                      .reputation = reputation,
                      .remembered = remembered});
}

void Engine::Core::note_facts(const AtHand& at_hand) {
  if (judge.findings().new_facts != 0) at_hand.program.subject.facts |= judge.findings().new_facts;
}

void Engine::Core::carry_out(const AtHand& at_hand) {
  if (!is_held(at_hand.operation)) note_facts(at_hand);
  switch (judge.judgement().outcome) {
    case Judgement::Outcome::kNothing: return;
    case Judgement::Outcome::kAllow: return decide(at_hand);
    case Judgement::Outcome::kDeny:
      decide(at_hand);
      // A program whose start is denied never ran.
      if (at_hand.operation.what_case() == v1::Operation::kProcessStart && is_held(at_hand.operation)) {
        processes.exit(at_hand.program);
      }
      return;
    case Judgement::Outcome::kAsk: return ask(at_hand);
    case Judgement::Outcome::kLookUp: return look_up(at_hand);
  }
}

// What the judgement says, without a wait.
void Engine::Core::decide(const AtHand& at_hand) {
  Judgement& judgement = judge.judgement();
  if (judgement.decision() == v1::Verdict::ALLOW) note_facts(at_hand);
  verdicts.say({.operation = at_hand.operation,
                .decision = judgement.decision(),
                .event = judgement.event,
                .telling = judgement.telling(agent.settings().log_every_decision),
                .action = judgement.action_taken(),
                .rule = judgement.rule_id(),
                .program = at_hand.program.image->text,
                .target = judgement.target,
                .asked_at_ns = at_hand.asked_at_ns,
                .prompt_id = 0,
                .session_id = at_hand.program.session_id},
               std::move(judgement.reasons), agent.endpoint(), step);
}

// A held operation that arrives while no engine is in charge goes on, and says why.
void Engine::Core::release_unjudged(const v1::Operation& operation, v1::ReasonCode because) {
  if (!is_held(operation)) return;
  const bool starts = operation.what_case() == v1::Operation::kProcessStart;
  Reasons chain;
  add_reason(chain, because);
  verdicts.say({.operation = operation,
                .program = starts ? operation.process_start().image() : operation.actor_image(),
                .asked_at_ns = step.now_ns()},
               std::move(chain), agent.endpoint(), step);
}

void Engine::Core::pass_at_limit(const AtHand& at_hand, v1::LimitReached::Table table, v1::ReasonCode because,
                                 std::uint64_t limit, std::uint64_t number) {
  step.limit_reached(table, limit, "the operation was allowed without asking");
  judge.judgement().add(because, {}, static_cast<std::int64_t>(number));
  judge.judgement().decide(Judgement::Outcome::kAllow, Grounds::kAction);
  decide(at_hand);
}

std::optional<Engine::Core::Full> Engine::Core::full() const {
  const std::uint64_t pending_max = agent.settings().limits.pending_max;
  if (holds.size() >= pending_max) {
    return Full{.table = v1::LimitReached::PENDING, .limit = pending_max, .operations = pending_max};
  }
  if (!holds.full()) return std::nullopt;
  return Full{.table = v1::LimitReached::PENDING_BYTES, .limit = Holds::kBytesMax, .operations = holds.size()};
}

Hold Engine::Core::keep(const AtHand& at_hand) {
  Judgement& judgement = judge.judgement();
  Hold hold;
  *hold.kept.mutable_operation() = at_hand.operation;
  hold.kept.set_asked_at_ns(at_hand.asked_at_ns);
  hold.kept.set_event(judgement.event);
  hold.kept.set_rule(std::string(judgement.rule_id()));
  *hold.kept.mutable_reason() = std::move(judgement.reasons);
  hold.kept.set_program(at_hand.program.image->text);
  hold.kept.set_target(judgement.target);
  hold.kept.set_new_facts(is_held(at_hand.operation) ? judge.findings().new_facts : 0);
  hold.process = at_hand.program.key;
  if (at_hand.found != nullptr) hold.found = *at_hand.found;
  return hold;
}

void Engine::Core::ask(const AtHand& at_hand) {
  const EffectiveLimits& limits = agent.settings().limits;
  const std::uint64_t ends_at_ns = later(at_hand.asked_at_ns, limits.hold_max_s * kSecond_ns);
  if (ends_at_ns <= step.now_ns()) {  // it has waited for a service as long as any operation may
    return pass_at_limit(at_hand, v1::LimitReached::HOLD_TIME, v1::HOLD_LIMIT_REACHED, limits.hold_max_s,
                         (step.now_ns() - at_hand.asked_at_ns) / kSecond_ns);
  }
  if (const auto reached = full()) {
    return pass_at_limit(at_hand, reached->table, v1::PENDING_TABLE_FULL, reached->limit, reached->operations);
  }
  Prompt* prompt = prompts.of(at_hand.program.key);
  if (prompt != nullptr && prompt->holds.size() >= limits.operations_per_prompt_max) {
    return pass_at_limit(at_hand, v1::LimitReached::OPERATIONS_PER_PROMPT, v1::PROMPT_OPERATIONS_FULL,
                         limits.operations_per_prompt_max, limits.operations_per_prompt_max);
  }
  Judgement& judgement = judge.judgement();
  if (prompt != nullptr) {
    judgement.add(v1::JOINED_PROMPT, {}, static_cast<std::int64_t>(prompt->state.prompt_id()));
  }
  Hold hold = keep(at_hand);
  hold.awaited = Awaited::kPerson;
  hold.of = prompt == nullptr ? prompts.next_id() : prompt->state.prompt_id();
  hold.ends_at_ns = ends_at_ns;
  // Who joins a prompt that is kept held after its countdown has a countdown of its own, unless it is kept held too.
  const EventPolicy& policy = agent.settings().policy(judgement.event);
  if (prompt != nullptr && prompt->state.expired() && policy.on_expiry != v1::EXPIRY_KEEPS_HELD) {
    hold.ends_at_ns = std::min(ends_at_ns, later(step.now_ns(), policy.allow_if_unanswered_s * kSecond_ns));
  }
  const HoldId id = holds.add(std::move(hold));
  if (prompt != nullptr) return prompts.join(*prompt, id, prompts_turn());
  const WindowsPath& image = *at_hand.program.image;
  prompts.open({.process = at_hand.program.key,
                .endpoint = at_hand.program.endpoint,
                .program = image.text,
                .lasting_name = lasting_name(image),
                .sha256 = at_hand.program.sha256,
                .session_id = at_hand.program.session_id,
                .event = judgement.event,
                .target = judgement.target,
                .operation_id = at_hand.operation.id()},
               id, prompts_turn());
}

std::uint64_t Engine::Core::lookup_deadline_ns(const AtHand& at_hand) const {
  const std::uint64_t hold_ends_at_ns = later(at_hand.asked_at_ns, agent.settings().limits.hold_max_s * kSecond_ns);
  return std::min(later(at_hand.services_from_ns, agent.settings().cloud.hold_budget_ns), hold_ends_at_ns);
}

void Engine::Core::look_up(const AtHand& at_hand) {
  const std::uint64_t deadline_ns = lookup_deadline_ns(at_hand);
  if (deadline_ns <= step.now_ns()) return go_on_without(at_hand, v1::LOOKUP_BUDGET_SPENT);
  if (const auto reached = full()) {
    step.limit_reached(reached->table, reached->limit, "the service was not asked");
    return go_on_without(at_hand, v1::LOOKUP_TABLE_FULL);
  }
  Hold hold = keep(at_hand);
  hold.awaited = Awaited::kService;
  hold.deadline_ns = deadline_ns;
  hold.services_from_ns = at_hand.services_from_ns;
  const Judgement& judgement = judge.judgement();
  hold.of = lookups.join(judgement.question, judgement.about,
                         {.who = Waiter::Who::kHold,
                          .id = holds.next_id(),
                          .asked_at_ns = at_hand.services_from_ns,
                          .deadline_ns = deadline_ns},
                         lookups_turn());
  holds.add(std::move(hold));
}

// Nobody can be asked: the question has ended, and the operation is judged with that.
void Engine::Core::go_on_without(const AtHand& at_hand, v1::LookupFailure failure) {
  FindingStates found;
  if (at_hand.found != nullptr) found = *at_hand.found;
  *found.Add() = unanswered(judge.judgement().question, failure);
  const AtHand again{.operation = at_hand.operation,
                     .program = at_hand.program,
                     .asked_at_ns = at_hand.asked_at_ns,
                     .found = &found,
                     .services_from_ns = at_hand.services_from_ns};
  judge_now(again);
  carry_out(again);
}

}  // namespace holdfast::engine
