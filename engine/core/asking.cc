// Operations that wait for a user. One prompt per program at a time, one deadline per prompt, one verdict per
// operation: the first of {answer, deadline, exit, settings, stop} takes the prompt out of the table, and with it every
// way to decide again.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/core/core.h"
#include "engine/text/check.h"

namespace holdfast::engine {
namespace {

std::pair<std::uint32_t, std::uint64_t> id_of(const ProcessRow& row) { return {row.key.pid, row.key.start_ns}; }

bool is_shown(const v1::PromptState& prompt) { return prompt.not_shown() == v1::REASON_CODE_UNSPECIFIED; }

// Sessions in which somebody can see a prompt.
bool can_see(const v1::SessionChanged& session) {
  return session.state() == v1::SessionChanged::ACTIVE || session.state() == v1::SessionChanged::REMOTE;
}

// What an answer for always is kept under. Empty where nothing tells for sure which file it is about (a path that only
// looks like another one, a program that nobody saw start): such an answer counts until the program exits.
std::string lasting_name(const WindowsPath& image) {
  if (image.lookalike) return {};
  return image.stream.empty() ? image.folded : image.folded + ':' + image.stream;
}

}  // namespace

void Engine::Core::index_prompt(const v1::PromptState& prompt) {
  prompt_of_process[{prompt.process().pid(), prompt.process().start_ns()}] = prompt.prompt_id();
  if (prompt.timer_id() != 0) prompt_of_timer[prompt.timer_id()] = prompt.prompt_id();
  if (is_shown(prompt)) ++prompts_shown;
  if (prompt.not_shown() == v1::PROMPTS_FULL) waiting_for_a_place.insert(prompt.prompt_id());
  for (const v1::PendingState& pending : prompt.pending()) pending_operations.insert(pending.operation().id());
}

void Engine::Core::set_timer(v1::PromptState& prompt, std::uint64_t at_ns) {
  cancel_timer(prompt);
  prompt.set_timer_id(next_timer_id++);
  prompt.set_timer_at_ns(at_ns);
  prompt_of_timer[prompt.timer_id()] = prompt.prompt_id();
  v1::TimerSet& timer = *out().mutable_timer_set();
  timer.set_timer_id(prompt.timer_id());
  timer.set_at_ns(at_ns);
}

void Engine::Core::cancel_timer(v1::PromptState& prompt) {
  if (prompt.timer_id() == 0) return;
  prompt_of_timer.erase(prompt.timer_id());
  out().mutable_timer_cancelled()->set_timer_id(prompt.timer_id());
  prompt.set_timer_id(0);
}

// Chooses who sees the prompt: the program's own session, else the lowest one with a person before it (DOMAIN 5).
void Engine::Core::show_in_session(v1::PromptState& prompt) {
  if (is_shown(prompt)) --prompts_shown;
  waiting_for_a_place.erase(prompt.prompt_id());
  const v1::SessionChanged* chosen = nullptr;
  bool somebody = false;
  for (const auto& [id, session] : sessions) {
    somebody = true;
    if (!can_see(session)) continue;
    if (chosen == nullptr || id == prompt.own_session_id()) chosen = &session;
  }
  if (chosen == nullptr) {
    prompt.set_not_shown(somebody ? v1::SESSION_LOCKED : v1::NO_USER_LOGGED_ON);
    prompt.set_session_id(0);
  } else if (prompts_shown >= law.effective.limits.prompts_max) {
    prompt.set_not_shown(v1::PROMPTS_FULL);
    prompt.set_session_id(chosen->session_id());
    waiting_for_a_place.insert(prompt.prompt_id());
  } else {
    prompt.set_not_shown(v1::REASON_CODE_UNSPECIFIED);
    prompt.set_session_id(chosen->session_id());
    ++prompts_shown;
  }
}

v1::PromptUpdate& Engine::Core::tell_update(const v1::PromptState& prompt, v1::PromptUpdate::Change change) {
  v1::PromptUpdate& update = *out().mutable_prompt_update();
  update.set_prompt_id(prompt.prompt_id());
  update.set_change(change);
  update.set_session_id(prompt.session_id());
  update.set_expires_at_ns(prompt.expires_at_ns());
  update.set_operations(static_cast<std::uint32_t>(prompt.pending_size()));
  return update;
}

void Engine::Core::refresh_sessions() {
  for (auto& [id, prompt] : prompts) {
    const v1::ReasonCode before = prompt.not_shown();
    const std::uint32_t session_before = prompt.session_id();
    show_in_session(prompt);
    if (before == prompt.not_shown() && session_before == prompt.session_id()) continue;
    v1::PromptUpdate& update = tell_update(prompt, v1::PromptUpdate::MOVED_TO_SESSION);
    if (!is_shown(prompt)) update.set_session_id(0);
    update.set_not_shown(prompt.not_shown());
  }
}

const v1::RememberedAnswer* Engine::Core::recall(const ProcessRow& subject) const {
  const std::string name = lasting_name(*subject.image);
  const auto matches = [&](const v1::RememberedAnswer& answer) {
    if (answer.event() != judgement.event) return false;
    if (answer.has_process()) {
      return answer.process().pid() == subject.key.pid && answer.process().start_ns() == subject.key.start_ns;
    }
    return !name.empty() && answer.program() == name && answer.sha256() == subject.sha256;
  };
  const auto latest = std::find_if(remembered.rbegin(), remembered.rend(), matches);
  return latest == remembered.rend() ? nullptr : &*latest;
}

void Engine::Core::ask(const v1::Operation& operation, const ProcessRow& subject, std::uint64_t asked_at_ns) {
  const auto decide_now = [&](bool allow, v1::ReasonCode because, std::int64_t number) {
    judgement.add(because, {}, number);
    judgement.logged = law.effective.log_every_decision ||
                       (allow ? judgement.action->logs_when_allowed : judgement.action->logs_when_denied);
    judgement.user_warned = !allow && judgement.action->warns_when_denied;
    decide(operation, subject, allow ? v1::Verdict::ALLOW : v1::Verdict::DENY, asked_at_ns);
  };
  if (const v1::RememberedAnswer* answer = recall(subject)) {
    return decide_now(answer->allow(), answer->allow() ? v1::REMEMBERED_ALLOW : v1::REMEMBERED_DENY,
                      static_cast<std::int64_t>(answer->prompt_id()));
  }
  const EffectiveLimits& limits = law.effective.limits;
  if (pending_operations.size() >= limits.pending_max) {
    report_limit(v1::LimitReached::PENDING, limits.pending_max, "the operation was allowed without asking");
    return decide_now(true, v1::PENDING_TABLE_FULL, limits.pending_max);
  }
  const auto open = prompt_of_process.find(id_of(subject));
  if (open == prompt_of_process.end()) return open_prompt(operation, subject, asked_at_ns);
  v1::PromptState& prompt = prompts.at(open->second);
  if (static_cast<std::uint32_t>(prompt.pending_size()) >= limits.operations_per_prompt_max) {
    report_limit(v1::LimitReached::OPERATIONS_PER_PROMPT, limits.operations_per_prompt_max,
                 "the operation was allowed without asking");
    return decide_now(true, v1::PROMPT_OPERATIONS_FULL, limits.operations_per_prompt_max);
  }
  join_prompt(prompt, operation, subject, asked_at_ns);
}

void Engine::Core::keep(const v1::Operation& operation, const ProcessRow& subject, std::uint64_t asked_at_ns,
                        v1::PendingState& pending) {
  *pending.mutable_operation() = operation;
  pending.set_asked_at_ns(asked_at_ns);
  pending.set_event(judgement.event);
  pending.set_rule(std::string(judgement.rule == nullptr ? std::string_view() : judgement.rule->id));
  *pending.mutable_reason() = std::move(judgement.reasons);
  pending.set_program(subject.image->text);
  pending.set_target(judgement.target);
}

void Engine::Core::join_prompt(v1::PromptState& prompt, const v1::Operation& operation, const ProcessRow& subject,
                               std::uint64_t asked_at_ns) {
  const bool first = prompt.pending().empty();
  if (!first) judgement.add(v1::JOINED_PROMPT, {}, static_cast<std::int64_t>(prompt.prompt_id()));
  keep(operation, subject, asked_at_ns, *prompt.add_pending());
  pending_operations.insert(operation.id());
  if (first) return;
  v1::PromptUpdate& update = tell_update(prompt, v1::PromptUpdate::OPERATION_JOINED);
  update.set_not_shown(prompt.not_shown());
  update.set_event(judgement.event);
  update.set_target(judgement.target);
}

void Engine::Core::open_prompt(const v1::Operation& operation, const ProcessRow& subject, std::uint64_t asked_at_ns) {
  const std::uint64_t id = next_prompt_id++;
  v1::PromptState& prompt = prompts[id];
  prompt.set_prompt_id(id);
  prompt.mutable_process()->set_pid(subject.key.pid);
  prompt.mutable_process()->set_start_ns(subject.key.start_ns);
  prompt.set_program(lasting_name(*subject.image));
  prompt.set_sha256(subject.sha256);
  prompt.set_own_session_id(subject.session_id);
  prompt.set_event(judgement.event);
  prompt.set_opened_at_ns(now_ns);
  prompt.set_hold_ends_at_ns(asked_at_ns + law.effective.limits.hold_max_s * kSecond_ns);
  const std::uint64_t countdown_s =
      std::min(law.effective.policy(judgement.event).allow_if_unanswered_s, law.effective.limits.hold_max_s);
  prompt.set_expires_at_ns(std::min(now_ns + countdown_s * kSecond_ns, prompt.hold_ends_at_ns()));
  prompt.set_on_expiry(law.effective.policy(judgement.event).on_expiry);
  prompt_of_process[id_of(subject)] = id;
  join_prompt(prompt, operation, subject, asked_at_ns);
  prompt.set_not_shown(v1::NO_USER_LOGGED_ON);  // until a session is found
  show_in_session(prompt);

  v1::Prompt& shown = *out().mutable_prompt();
  shown.set_prompt_id(id);
  shown.set_event(judgement.event);
  *shown.mutable_process() = prompt.process();
  shown.set_program(subject.image->text);
  shown.set_target(judgement.target);
  shown.set_session_id(is_shown(prompt) ? prompt.session_id() : 0);
  shown.set_expires_at_ns(prompt.expires_at_ns());
  shown.set_countdown_s(static_cast<std::uint32_t>(countdown_s));
  shown.set_on_expiry(prompt.on_expiry());
  shown.set_not_shown(prompt.not_shown());
  shown.set_operation_id(operation.id());
  set_timer(prompt, prompt.expires_at_ns());
  if (prompt.not_shown() == v1::PROMPTS_FULL) {
    report_limit(v1::LimitReached::PROMPTS, law.effective.limits.prompts_max,
                 "the prompt waits for a place on the screen");
  }
}

// The verdict of a held operation, after which nothing is held. A program whose start is denied never ran.
void Engine::Core::end_hold(const Wait& wait, const v1::PendingState& pending, const Ending& ending,
                            Reasons&& reasons) {
  const v1::Operation& operation = pending.operation();
  emit_verdict({.operation = operation,
                .decision = ending.decision,
                .event = pending.event(),
                .logged = ending.logged,
                .user_warned = ending.user_warned,
                .action = ending.action,
                .rule = pending.rule(),
                .program = pending.program(),
                .target = pending.target(),
                .asked_at_ns = pending.asked_at_ns(),
                .prompt_id = wait.prompt_id,
                .session_id = wait.session_id},
               std::move(reasons));
  pending_operations.erase(operation.id());
  if (ending.decision == v1::Verdict::DENY && operation.what_case() == v1::Operation::kProcessStart) {
    if (ProcessRow* row = processes.find(wait.process)) processes.exit(*row);
  }
}

Engine::Core::Wait Engine::Core::wait_of(const v1::PromptState& prompt) {
  return {.process = prompt.process(),
          .action = v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY,
          .prompt_id = prompt.prompt_id(),
          .session_id = prompt.session_id()};
}

// The chain of `pending` is complete: its last reason is what settled it.
void Engine::Core::settle(const Wait& wait, v1::PendingState& pending, v1::Verdict::Decision decision) {
  const ActionRule& asked = action_rule(tables, wait.action);
  const bool denied = decision == v1::Verdict::DENY;
  const bool logged = decision != v1::Verdict::MOOT &&
                      (law.effective.log_every_decision || (denied ? asked.logs_when_denied : asked.logs_when_allowed));
  end_hold(
      wait, pending,
      {.decision = decision, .logged = logged, .user_warned = denied && asked.warns_when_denied, .action = wait.action},
      std::move(*pending.mutable_reason()));
}

void Engine::Core::settle_all(v1::PromptState& prompt, v1::Verdict::Decision decision, const v1::Reason& because) {
  for (v1::PendingState& pending : *prompt.mutable_pending()) {
    *pending.add_reason() = because;
    settle(wait_of(prompt), pending, decision);
  }
  prompt.clear_pending();
  close_prompt(prompt.prompt_id(), because.code());
}

void Engine::Core::settle_everything(v1::Verdict::Decision decision, v1::ReasonCode because) {
  while (!prompts.empty()) settle_all(prompts.begin()->second, decision, make_reason(because));
  for (v1::WaiterState& waiter : cloud.take_all(cloud_step())) settle_waiter(waiter, decision, because);
}

void Engine::Core::close_prompt(std::uint64_t prompt_id, v1::ReasonCode because) {
  const auto found = prompts.find(prompt_id);
  check(found != prompts.end(), "a prompt is closed once");
  v1::PromptState& prompt = found->second;
  check(prompt.pending().empty(), "every operation of a closing prompt has its verdict");
  cancel_timer(prompt);
  v1::PromptClosed& closed = *out().mutable_prompt_closed();
  closed.set_prompt_id(prompt_id);
  closed.set_because(because);
  if (is_shown(prompt)) --prompts_shown;
  waiting_for_a_place.erase(prompt_id);
  prompt_of_process.erase({prompt.process().pid(), prompt.process().start_ns()});
  prompts.erase(found);
  if (waiting_for_a_place.empty()) return;
  v1::PromptState& next = prompts.at(*waiting_for_a_place.begin());
  show_in_session(next);
  if (is_shown(next)) tell_update(next, v1::PromptUpdate::MOVED_TO_SESSION);
}

void Engine::Core::on(const v1::TimerFired& fired) {
  if (lookup_timer_fired(fired.timer_id())) return;
  const auto timer = prompt_of_timer.find(fired.timer_id());
  if (timer == prompt_of_timer.end()) {
    return ignore("timer_fired", fmt::format("timer {} is not set", fired.timer_id()));
  }
  v1::PromptState& prompt = prompts.at(timer->second);
  if (now_ns < prompt.timer_at_ns()) {
    return ignore("timer_fired", fmt::format("timer {} is not due yet", fired.timer_id()));
  }
  prompt_of_timer.erase(timer);
  prompt.set_timer_id(0);
  if (!prompt.expired() && !prompt.paused() && now_ns >= prompt.expires_at_ns()) return expire(prompt);
  const std::uint64_t held_s = (now_ns - prompt.opened_at_ns()) / kSecond_ns;
  report_limit(v1::LimitReached::HOLD_TIME, law.effective.limits.hold_max_s, "what the prompt held was allowed");
  settle_all(prompt, v1::Verdict::ALLOW, make_reason(v1::HOLD_LIMIT_REACHED, {}, static_cast<std::int64_t>(held_s)));
}

void Engine::Core::expire(v1::PromptState& prompt) {
  const auto waited_s = static_cast<std::int64_t>((now_ns - prompt.opened_at_ns()) / kSecond_ns);
  google::protobuf::RepeatedPtrField<v1::PendingState> kept;
  for (v1::PendingState& pending : *prompt.mutable_pending()) {
    if (!is_shown(prompt)) *pending.add_reason() = make_reason(prompt.not_shown());
    if (prompt.dismissed()) *pending.add_reason() = make_reason(v1::PROMPT_DISMISSED);
    if (prompt.failed()) *pending.add_reason() = make_reason(v1::PROMPT_PROGRAM_FAILED);
    *pending.add_reason() = make_reason(v1::NOBODY_ANSWERED, {}, waited_s);
    switch (law.effective.policy(pending.event()).on_expiry) {
      case v1::EXPIRY_DENIES:
        *pending.add_reason() = make_reason(v1::EXPIRY_SET_TO_DENY);
        settle(wait_of(prompt), pending, v1::Verdict::DENY);
        break;
      case v1::EXPIRY_KEEPS_HELD:
        *pending.add_reason() = make_reason(v1::EXPIRY_SET_TO_KEEP_HELD);
        *kept.Add() = std::move(pending);
        break;
      default: settle(wait_of(prompt), pending, v1::Verdict::ALLOW); break;
    }
  }
  prompt.mutable_pending()->Swap(&kept);
  if (prompt.pending().empty()) return close_prompt(prompt.prompt_id(), v1::NOBODY_ANSWERED);
  prompt.set_expired(true);
  set_timer(prompt, std::max(now_ns, prompt.hold_ends_at_ns()));
}

void Engine::Core::on(const v1::PromptAnswer& answer) {
  const auto found = prompts.find(answer.prompt_id());
  if (found == prompts.end()) {
    return ignore("prompt_answer", fmt::format("prompt {} is not open", answer.prompt_id()));
  }
  v1::PromptState& prompt = found->second;
  switch (answer.kind()) {
    case v1::PromptAnswer::ALLOW:
    case v1::PromptAnswer::DENY: return answered(prompt, answer);
    case v1::PromptAnswer::DISMISS: return prompt.set_dismissed(true);
    case v1::PromptAnswer::NOT_SHOWN: return prompt.set_failed(true);
    case v1::PromptAnswer::INTERACTION_STARTED: return interact(prompt, true);
    case v1::PromptAnswer::INTERACTION_ENDED: return interact(prompt, false);
    default: return ignore("prompt_answer", "it says nothing");
  }
}

void Engine::Core::answered(v1::PromptState& prompt, const v1::PromptAnswer& answer) {
  const bool allow = answer.kind() == v1::PromptAnswer::ALLOW;
  remember(prompt, answer);
  settle_all(prompt, allow ? v1::Verdict::ALLOW : v1::Verdict::DENY,
             make_reason(allow ? v1::USER_ALLOWED : v1::USER_DENIED, {}, answer.session_id()));
}

// The settings say for how long an answer may count at most; the user may wish for less.
void Engine::Core::remember(const v1::PromptState& prompt, const v1::PromptAnswer& answer) {
  std::set<v1::MonitoredEvent> events;
  for (const v1::PendingState& pending : prompt.pending()) events.insert(pending.event());
  for (const v1::MonitoredEvent event : events) {
    const v1::Remember at_most = law.effective.policy(event).remember;
    const v1::Remember wish = answer.remember() == v1::REMEMBER_UNSPECIFIED ? at_most : answer.remember();
    const v1::Remember how_long = std::min(wish, at_most);
    if (how_long == v1::REMEMBER_ONCE) continue;
    v1::RememberedAnswer& kept = remembered.emplace_back();
    kept.set_event(event);
    kept.set_allow(answer.kind() == v1::PromptAnswer::ALLOW);
    kept.set_prompt_id(prompt.prompt_id());
    if (how_long == v1::REMEMBER_UNTIL_EXIT || prompt.program().empty()) {
      *kept.mutable_process() = prompt.process();
    } else {
      kept.set_program(prompt.program());
      kept.set_sha256(prompt.sha256());
    }
  }
  const std::uint32_t limit = law.effective.limits.remembered_answers_max;
  if (remembered.size() <= limit) return;
  report_limit(v1::LimitReached::REMEMBERED_ANSWERS, limit, "the oldest answer was forgotten");
  while (remembered.size() > limit) remembered.pop_front();
}

// Opt-in: the countdown stands still while the user uses the prompt, but never beyond the bound of every hold.
void Engine::Core::interact(v1::PromptState& prompt, bool starts) {
  if (!law.effective.pause_while_interacting || prompt.expired() || prompt.paused() == starts) return;
  prompt.set_paused(starts);
  if (starts) {
    prompt.set_remaining_ns(prompt.expires_at_ns() - now_ns);
    set_timer(prompt, std::max(now_ns, prompt.hold_ends_at_ns()));
  } else {
    prompt.set_expires_at_ns(std::min(now_ns + prompt.remaining_ns(), prompt.hold_ends_at_ns()));
    set_timer(prompt, prompt.expires_at_ns());
  }
  tell_update(prompt, starts ? v1::PromptUpdate::COUNTDOWN_PAUSED : v1::PromptUpdate::COUNTDOWN_RESUMED);
}

// New settings, a new profile or another state of the service: whoever would not be asked now gets a verdict now.
void Engine::Core::rejudge_pending() {
  const bool runs = law.effective.active;
  const v1::Reason because = runs ? make_reason(v1::SETTINGS_CHANGED_MEANWHILE, law.settings.name())
                                  : make_reason(v1::BEHAVIOR_MONITORING_STOPPED);
  std::vector<std::uint64_t> open;
  for (const auto& [id, prompt] : prompts) open.push_back(id);
  for (const std::uint64_t id : open) {
    v1::PromptState& prompt = prompts.at(id);
    google::protobuf::RepeatedPtrField<v1::PendingState> kept;
    for (v1::PendingState& pending : *prompt.mutable_pending()) {
      judge_now(pending.operation(), subject_of(pending.operation()), nullptr);
      const bool asks = judgement.outcome == Judgement::Outcome::kAsk;
      if (asks || judgement.outcome == Judgement::Outcome::kLookUp) {  // the user is asked already
        *kept.Add() = std::move(pending);
        continue;
      }
      judgement.add(because.code(), because.text());
      end_hold(wait_of(prompt), pending,
               {.decision = judgement.outcome == Judgement::Outcome::kDeny ? v1::Verdict::DENY : v1::Verdict::ALLOW,
                .logged = judgement.logged,
                .user_warned = judgement.user_warned,
                .action = judgement.action == nullptr ? v1::MonitoredEventPolicy::ACTION_UNSPECIFIED
                                                      : judgement.action->action},
               std::move(judgement.reasons));
    }
    prompt.mutable_pending()->Swap(&kept);
    if (prompt.pending().empty()) close_prompt(id, because.code());
  }
  rejudge_lookups(because);
}

}  // namespace holdfast::engine
