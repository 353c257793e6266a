#include "engine/holds/prompts.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/holds/remembered_answers.h"
#include "engine/text/bounded_text.h"
#include "engine/text/check.h"
#include "engine/text/units.h"

namespace holdfast::engine {
namespace {

constexpr std::uint64_t kNever_ns = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kHoldMax_ns = 86'400 * kSecond_ns;  // the most that limits.hold_max_s may be

// Says that the prompt changed; the caller adds what only its kind of change has.
v1::PromptUpdate& tell_update(const Prompt& prompt, v1::PromptUpdate::Change change, Step& step) {
  v1::PromptUpdate& update = *step.out().mutable_prompt_update();
  update.set_prompt_id(prompt.state.prompt_id());
  update.set_change(change);
  update.set_session_id(prompt.state.session_id());
  update.set_expires_at_ns(prompt.state.expires_at_ns());
  update.set_operations(static_cast<std::uint32_t>(prompt.holds.size()));
  return update;
}

// When nobody would wait for it any more.
std::uint64_t last_end(const Prompt& prompt, const Holds& holds) {
  std::uint64_t last_ns = 0;
  for (const HoldId hold : prompt.holds) last_ns = std::max(last_ns, holds.at(hold).ends_at_ns);
  return last_ns;
}

}  // namespace

Prompt* Prompts::find(std::uint64_t prompt_id) {
  const auto found = prompts_.find(prompt_id);
  return found == prompts_.end() ? nullptr : &found->second;
}

Prompt* Prompts::of(const ProgramKey& process) {
  if (is_nobody(process)) return nullptr;
  const auto open = of_process_.find(process);
  return open == of_process_.end() ? nullptr : &prompts_.at(open->second);
}

std::vector<std::uint64_t> Prompts::ids() const {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, prompt] : prompts_) ids.push_back(id);
  return ids;
}

std::uint64_t Prompts::next_moment(const Prompt& prompt, const Holds& holds) const {
  std::uint64_t moment_ns = kNever_ns;
  for (const HoldId hold : prompt.holds) moment_ns = std::min(moment_ns, holds.at(hold).ends_at_ns);
  const bool counts_down = !prompt.state.expired() && !prompt.state.paused();
  return counts_down ? std::min(moment_ns, prompt.state.expires_at_ns()) : moment_ns;
}

void Prompts::arm(Prompt& prompt, Turn turn) {
  turn.timers.cancel(prompt.state.timer_id(), turn.step);
  const Timers::Set set = turn.timers.set({.of = Timers::Of::kPrompt, .id = prompt.state.prompt_id()},
                                          next_moment(prompt, turn.holds), turn.step);
  prompt.state.set_timer_id(set.timer_id);
  prompt.state.set_timer_at_ns(set.at_ns);
}

void Prompts::show(Prompt& prompt, const Turn& turn) {
  v1::PromptState& state = prompt.state;
  if (prompt.is_shown()) --shown_;
  waiting_for_a_place_.erase(state.prompt_id());
  const v1::SessionChanged* chosen = turn.sessions.choose(state.own_session_id());
  state.set_session_id(chosen == nullptr ? 0 : chosen->session_id());
  if (chosen == nullptr) {
    state.set_not_shown(turn.sessions.anybody() ? v1::SESSION_LOCKED : v1::NO_USER_LOGGED_ON);
  } else if (shown_ >= turn.settings.limits.prompts_max) {
    state.set_not_shown(v1::PROMPTS_FULL);
    waiting_for_a_place_.insert(state.prompt_id());
  } else {
    state.set_not_shown(v1::REASON_CODE_UNSPECIFIED);
    ++shown_;
  }
}

void Prompts::tell_shown(const Prompt& prompt, const Asked& asked, Turn turn) {
  const v1::PromptState& state = prompt.state;
  const std::uint64_t left_ns = state.expires_at_ns() - turn.step.now_ns();
  v1::Prompt& shown = *turn.step.out().mutable_prompt();
  shown.set_prompt_id(state.prompt_id());
  shown.set_event(asked.event);
  *shown.mutable_process() = state.process();
  shown.set_program(std::string(asked.program));
  shown.set_target(std::string(asked.target));
  shown.set_session_id(prompt.is_shown() ? state.session_id() : 0);
  shown.set_expires_at_ns(state.expires_at_ns());
  shown.set_countdown_s(static_cast<std::uint32_t>((left_ns + kSecond_ns - 1) / kSecond_ns));
  shown.set_on_expiry(state.on_expiry());
  shown.set_not_shown(state.not_shown());
  shown.set_operation_id(asked.operation_id);
}

Prompt& Prompts::open(const Asked& asked, HoldId first, Turn turn) {
  const std::uint64_t id = next_id_++;
  Prompt& prompt = prompts_[id];
  v1::PromptState& state = prompt.state;
  state.set_prompt_id(id);
  *state.mutable_process() = to_proto(asked.process);
  state.set_endpoint(std::string(asked.endpoint));
  state.set_program(asked.lasting_name);
  state.set_sha256(std::string(asked.sha256));
  state.set_own_session_id(asked.session_id);
  state.set_event(asked.event);
  const std::uint64_t now_ns = turn.step.now_ns();
  state.set_opened_at_ns(now_ns);
  state.set_hold_ends_at_ns(turn.holds.at(first).ends_at_ns);
  const EventPolicy& policy = turn.settings.policy(asked.event);
  const std::uint64_t countdown_s = std::min(policy.allow_if_unanswered_s, turn.settings.limits.hold_max_s);
  state.set_expires_at_ns(std::min(later(now_ns, countdown_s * kSecond_ns), state.hold_ends_at_ns()));
  state.set_on_expiry(policy.on_expiry);
  if (!is_nobody(asked.process)) of_process_[asked.process] = id;
  prompt.holds.push_back(first);
  state.set_not_shown(v1::NO_USER_LOGGED_ON);  // until a session is found
  show(prompt, turn);
  tell_shown(prompt, asked, turn);
  arm(prompt, turn);
  if (state.not_shown() == v1::PROMPTS_FULL) {
    turn.step.limit_reached(v1::LimitReached::PROMPTS, turn.settings.limits.prompts_max,
                            "the prompt waits for a place on the screen");
  }
  return prompt;
}

void Prompts::join(Prompt& prompt, HoldId hold, Turn turn) {
  prompt.holds.push_back(hold);
  const v1::PromptState& state = prompt.state;
  const v1::PendingState& kept = turn.holds.at(hold).kept;
  v1::PromptUpdate& update = tell_update(prompt, v1::PromptUpdate::OPERATION_JOINED, turn.step);
  update.set_not_shown(state.not_shown());
  update.set_event(kept.event());
  update.set_target(kept.target());
  if (turn.holds.at(hold).ends_at_ns < state.timer_at_ns()) arm(prompt, turn);
}

void Prompts::close(Prompt& prompt, v1::ReasonCode because, Turn turn) {
  const std::uint64_t id = prompt.state.prompt_id();
  turn.timers.cancel(prompt.state.timer_id(), turn.step);
  v1::PromptClosed& closed = *turn.step.out().mutable_prompt_closed();
  closed.set_prompt_id(id);
  closed.set_because(because);
  if (prompt.is_shown()) --shown_;
  waiting_for_a_place_.erase(id);
  of_process_.erase(prompt.program());
  check(prompts_.erase(id) == 1, "a prompt is closed once");
  fill_places(turn);
}

bool Prompts::countdown_is_over(Prompt& prompt, const Step& step) {
  prompt.state.set_timer_id(0);
  return !prompt.state.expired() && !prompt.state.paused() && step.now_ns() >= prompt.state.expires_at_ns();
}

std::vector<HoldId> Prompts::overdue(const Prompt& prompt, const Turn& turn) const {
  std::vector<HoldId> found;
  for (const HoldId hold : prompt.holds) {
    if (turn.holds.at(hold).ends_at_ns <= turn.step.now_ns()) found.push_back(hold);
  }
  return found;
}

void Prompts::expire(Prompt& prompt, std::vector<HoldId> kept, Turn turn) {
  prompt.state.set_expired(true);
  prompt.holds = std::move(kept);
  arm(prompt, turn);
}

void Prompts::interact(Prompt& prompt, bool starts, Turn turn) {
  v1::PromptState& state = prompt.state;
  // A countdown that stands still goes on whatever the settings say now.
  if (starts && !turn.settings.pause_while_interacting) return;
  if (state.expired() || state.paused() == starts) return;
  if (starts && !prompt.is_shown()) return turn.step.ignore("prompt_answer", "nobody sees the prompt");
  const std::uint64_t now_ns = turn.step.now_ns();
  if (starts && now_ns >= state.expires_at_ns()) {
    return turn.step.ignore("prompt_answer", "the countdown is over");
  }
  state.set_paused(starts);
  if (starts) {
    state.set_remaining_ns(state.expires_at_ns() - now_ns);
  } else {
    state.set_expires_at_ns(std::min(later(now_ns, state.remaining_ns()), last_end(prompt, turn.holds)));
  }
  arm(prompt, turn);
  tell_update(prompt, starts ? v1::PromptUpdate::COUNTDOWN_PAUSED : v1::PromptUpdate::COUNTDOWN_RESUMED, turn.step);
}

void Prompts::leave(Prompt& prompt, v1::ReasonCode because, Turn turn) {
  if (because == v1::PROMPT_DISMISSED) prompt.state.set_dismissed(true);
  if (because == v1::PROMPT_PROGRAM_FAILED) prompt.state.set_failed(true);
  interact(prompt, false, turn);
}

void Prompts::refresh(Turn turn) {
  std::map<std::uint64_t, v1::ReasonCode> not_shown_before;
  for (auto& [id, prompt] : prompts_) {
    not_shown_before[id] = prompt.state.not_shown();
    prompt.state.set_not_shown(v1::PROMPTS_FULL);  // the oldest has the first choice of a place
  }
  shown_ = 0;
  for (auto& [id, prompt] : prompts_) {
    const v1::ReasonCode before = not_shown_before[id];
    const std::uint32_t session_before = prompt.state.session_id();
    show(prompt, turn);
    if (before == prompt.state.not_shown() && session_before == prompt.state.session_id()) continue;
    v1::PromptUpdate& update = tell_update(prompt, v1::PromptUpdate::MOVED_TO_SESSION, turn.step);
    if (!prompt.is_shown()) update.set_session_id(0);
    update.set_not_shown(prompt.state.not_shown());
    interact(prompt, false, turn);  // whoever used it is not there any more
  }
}

void Prompts::fill_places(Turn turn) {
  while (!waiting_for_a_place_.empty() && shown_ < turn.settings.limits.prompts_max) {
    Prompt& next = prompts_.at(*waiting_for_a_place_.begin());
    show(next, turn);
    if (next.is_shown()) tell_update(next, v1::PromptUpdate::MOVED_TO_SESSION, turn.step);
  }
}

void Prompts::index(const Prompt& prompt) {
  if (!is_nobody(prompt.program())) of_process_[prompt.program()] = prompt.state.prompt_id();
  if (prompt.is_shown()) ++shown_;
  if (prompt.state.not_shown() == v1::PROMPTS_FULL) waiting_for_a_place_.insert(prompt.state.prompt_id());
}

void Prompts::save(v1::EngineState& state, const Holds& holds) const {
  state.set_next_prompt_id(next_id_);
  for (const auto& [id, prompt] : prompts_) {
    v1::PromptState& saved = *state.add_prompt();
    saved = prompt.state;
    for (const HoldId id_of_hold : prompt.holds) {
      const Hold& hold = holds.at(id_of_hold);
      v1::PendingState& pending = *saved.add_pending();
      pending = hold.kept;
      if (hold.ends_at_ns != prompt.state.hold_ends_at_ns()) pending.set_ends_at_ns(hold.ends_at_ns);
      *pending.mutable_found() = hold.found;
    }
  }
}

Expected<void> Prompts::load(const v1::EngineState& state, Holds& holds, Timers& timers) {
  if (state.next_prompt_id() == 0 || state.next_prompt_id() > kNumberMax) {
    return bad_state("next_prompt_id", "no engine has opened that many prompts");
  }
  *this = Prompts();
  next_id_ = state.next_prompt_id();
  for (const v1::PromptState& prompt : state.prompt()) {
    const std::string field = fmt::format("prompt[{}]", prompts_.size());
    if (auto loaded = load_one(prompt, state, holds, timers); !loaded) {
      Error& error = loaded.error();
      error.field = error.field.empty() ? field : field + '.' + error.field;
      return loaded;
    }
  }
  return {};
}

Expected<void> Prompts::check_numbers(const v1::PromptState& state, std::uint64_t now_ns) const {
  if (state.prompt_id() == 0 || state.prompt_id() >= next_id_) return bad_state("prompt_id", "it was never given out");
  if (prompts_.contains(state.prompt_id())) return bad_state("prompt_id", "it stands twice");
  if (!is_bounded_text(state.endpoint(), kEndpointBytesMax)) {
    return bad_state("endpoint", "it is longer than what is kept of a computer's name");
  }
  const ProgramKey program = key_of(state.process(), state.endpoint());
  if (of_process_.contains(program)) return bad_state("process", "its program has another prompt");
  if (state.opened_at_ns() > now_ns) return bad_state("opened_at_ns", "it lies in the future");
  if (state.hold_ends_at_ns() > later(state.opened_at_ns(), kHoldMax_ns)) {
    return bad_state("hold_ends_at_ns", "no hold may last that long");
  }
  if (state.pending().empty()) return bad_state("pending", "no operation waits for it");
  if (state.program().size() > kLastingNameBytesMax) return bad_state("program", "it is longer than the limit allows");
  if (!v1::OnExpiry_IsValid(state.on_expiry())) return bad_state("on_expiry", "there is no such end");
  switch (state.not_shown()) {
    case v1::REASON_CODE_UNSPECIFIED:
    case v1::NO_USER_LOGGED_ON:
    case v1::SESSION_LOCKED:
    case v1::PROMPTS_FULL: return {};
    default: return bad_state("not_shown", "no prompt is kept off the screen by that");
  }
}

Expected<void> Prompts::load_one(const v1::PromptState& state, const v1::EngineState& engine_state, Holds& holds,
                                 Timers& timers) {
  HOLDFAST_TRY_DO(check_numbers(state, engine_state.now_ns()));
  HOLDFAST_TRY_DO(timers.load_one({.timer_id = state.timer_id(), .at_ns = state.timer_at_ns()},
                                  {.of = Timers::Of::kPrompt, .id = state.prompt_id()}));
  Prompt& prompt = prompts_[state.prompt_id()];
  prompt.state = state;
  prompt.state.clear_pending();
  for (const v1::PendingState& pending : state.pending()) {
    Hold hold{.kept = pending,
              .process = prompt.program(),
              .found = pending.found(),
              .awaited = Awaited::kPerson,
              .of = state.prompt_id()};
    hold.ends_at_ns = pending.ends_at_ns() == 0 ? state.hold_ends_at_ns() : pending.ends_at_ns();
    if (hold.ends_at_ns > later(pending.asked_at_ns(), kHoldMax_ns)) {
      return bad_state(fmt::format("pending[{}].ends_at_ns", prompt.holds.size()), "no hold may last that long");
    }
    hold.kept.clear_ends_at_ns();
    hold.kept.clear_found();
    auto loaded = holds.load_one(std::move(hold), engine_state.now_ns());
    if (!loaded) {
      loaded.error().field = fmt::format("pending[{}].{}", prompt.holds.size(), loaded.error().field);
      return std::unexpected(loaded.error());
    }
    prompt.holds.push_back(*loaded);
  }
  if (state.timer_at_ns() > std::max(next_moment(prompt, holds), engine_state.now_ns())) {
    return bad_state("timer_at_ns", "it lies beyond the countdown, or the bound of what the prompt holds");
  }
  index(prompt);
  return {};
}

}  // namespace holdfast::engine
