#include "sim/fork/forked_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/core/state_view.h"
#include "sim/text/duration.h"

namespace holdfast {

std::string_view mark_name(ForkMark mark) {
  switch (mark) {
    case ForkMark::kKept: return "kept";
    case ForkMark::kRecorded: return "recorded";
    case ForkMark::kDelayed: return "delayed";
    case ForkMark::kSuppressed: return "suppressed";
    case ForkMark::kModelled: return "modelled";
    case ForkMark::kChange: return "change";
  }
  return {};
}

ForkedWorld::ForkedWorld(RecordingSensor& recording, const RecordedBeginning& beginning, const ForkReference& reference,
                         const ForkChange& change, bool assume_hold, Marked marked)
    : recording_(recording),
      reference_(reference),
      change_(change),
      assume_hold_(assume_hold),
      marked_(std::move(marked)),
      user_(change.after.world().user(0), order_),
      network_(change.after.world(), 1, order_),
      beginning_(beginning.inputs.begin(), beginning.inputs.end()),
      next_operation_id_(reference.last_operation_id() + 1) {
  if (!beginning.state) return;
  const v1::EngineState& state = *beginning.state;
  now_ns_ = state.now_ns();
  for (const engine::OpenPrompt& prompt : engine::open_prompts(state)) same_prompts_.insert(prompt.prompt_id);
  for (const engine::OpenLookup& lookup : engine::open_lookups(state)) same_requests_.insert(lookup.request_id);
  for (const engine::HeldOperation& held : engine::held_operations(state)) begin_operation(now_ns_, *held.operation);
  for (const v1::SessionChanged& session : engine::sessions(state)) user_.session_changed(state.now_ns(), session);
}

std::uint64_t ForkedWorld::model_due_ns() const {
  const std::optional<Moment> user = user_.due();
  const std::optional<Moment> network = network_.due();
  std::uint64_t due_ns = std::min(user ? user->at_ns : kForever, network ? network->at_ns : kForever);
  for (const auto& [id, request] : cancelled_there_) due_ns = std::min(due_ns, request.first + 1);
  if (!later_.empty()) due_ns = std::min(due_ns, later_.begin()->first.at_ns);
  if (!answers_.empty()) due_ns = std::min(due_ns, answers_.begin()->first.at_ns);
  return due_ns;
}

Expected<Sensor::Next> ForkedWorld::next(std::uint64_t until_ns, v1::Input& input) {
  while (true) {
    if (!beginning_.empty()) {
      if (beginning_.front().at_ns() >= until_ns) return Next::kDeadline;
      input = std::move(beginning_.front());
      beginning_.pop_front();
      now_ns_ = std::max(now_ns_, input.at_ns());
      marked_(ForkMark::kKept, input, {});
      return Next::kInput;
    }
    if (now_ns_ < until_ns && take_due_now(input)) return Next::kInput;
    const std::uint64_t due_ns = changed_ ? model_due_ns() : std::max(change_.at_ns, now_ns_);
    const auto recorded = recording_.next(std::min(due_ns, until_ns), input);
    if (!recorded) return recorded;
    if (*recorded == Next::kInput) {
      if (assume_hold_) assume_held(input);
      if (take_recorded(input)) return Next::kInput;
      continue;
    }
    // What the host's timer of this very moment brings about comes before anything that is late already.
    if (std::max(due_ns, now_ns_) >= until_ns) return recorded;
    now_ns_ = std::max(now_ns_, due_ns);
    if (!changed_) {
      change_now();
      continue;
    }
    if (ask_again() > 0 || (!later_.empty() && later_.begin()->first.at_ns <= now_ns_)) continue;
    input.Clear();
    if (!answers_.empty() && answers_.begin()->first.at_ns <= now_ns_) {
      *input.mutable_prompt_answer() = std::move(answers_.begin()->second);
      answers_.erase(answers_.begin());
    } else if (!first_due({&user_, &network_})->source->take(input)) {
      continue;
    }
    input.set_at_ns(now_ns_);
    marked_(ForkMark::kModelled, input, {});
    return Next::kInput;
  }
}

// Requests that were cancelled when they were recorded and not here are answered by the model. Gives how many.
std::size_t ForkedWorld::ask_again() {
  return std::erase_if(cancelled_there_, [this](const auto& request) {
    if (request.second.first >= now_ns_) return false;
    same_requests_.erase(request.first);
    network_.carry_out(now_ns_, request.second.second);
    return true;
  });
}

// What the fork or a verdict has just brought about. False: nothing, or all of it cannot happen.
bool ForkedWorld::take_due_now(v1::Input& input) {
  for (const auto& [inputs, mark] : {std::pair{&changes_, ForkMark::kChange}, {&exits_, ForkMark::kModelled}}) {
    if (inputs->empty()) continue;
    input = std::move(inputs->front());
    inputs->pop_front();
    input.set_at_ns(now_ns_);
    marked_(mark, input, {});
    return true;
  }
  while (!later_.empty() && later_.begin()->first.at_ns <= now_ns_) {
    input = std::move(later_.begin()->second);
    later_.erase(later_.begin());
    if (take_operation(input, ForkMark::kDelayed)) return true;
  }
  return false;
}

// From now on the world is another.
void ForkedWorld::change_now() {
  changed_ = true;
  if (change_.profile) *changes_.emplace_back().mutable_profile_changed()->mutable_profile() = change_.after.agent();
  if (change_.settings)
    *changes_.emplace_back().mutable_settings_changed()->mutable_settings() = change_.after.settings();
  if (change_.network)
    *changes_.emplace_back().mutable_network_changed()->mutable_state() = change_.after.world().network();
  if (!change_.person) return;
  same_prompts_.clear();
  if (change_.after.world().user(0).has_not_logged_on()) {
    v1::SessionChanged& session = *changes_.emplace_back().mutable_session_changed();
    session.set_session_id(user_.session_id());
    session.set_user(user_.name());
    session.set_state(v1::SessionChanged::LOGGED_OFF);
  }
  for (const auto& [id, prompt] : open_prompts_) user_.see(now_ns_, prompt);
}

// An answer to what was never asked, there or here, is as good here as it was there.
bool ForkedWorld::is_other_prompt(std::uint64_t prompt_id) const {
  return !same_prompts_.contains(prompt_id) && (reference_.asked(prompt_id) || change_.person);
}

// False: it does not happen, or not yet.
bool ForkedWorld::take_recorded(v1::Input& input) {
  now_ns_ = std::max(now_ns_, input.at_ns());
  if (!changed_) {
    if (input.has_operation()) begin_operation(input.at_ns(), input.operation());
    marked_(ForkMark::kKept, input, {});
    return true;
  }
  if (input.has_operation()) return take_operation(input, ForkMark::kRecorded);
  std::string_view why;
  if (input.has_prompt_answer() && is_other_prompt(input.prompt_answer().prompt_id())) {
    why = "the prompt it answers is another one here";
  } else if (input.has_http_outcome() && !same_requests_.contains(input.http_outcome().request_id())) {
    why = "the request it answers is another one here";
  } else if (input.has_profile_changed() && change_.profile) {
    why = "the fork says what endpoint it is";
  } else if (input.has_settings_changed() && change_.settings) {
    why = "the fork says which settings hold";
  } else if (input.has_network_changed() && change_.network) {
    why = "the fork says which network the agent has";
  } else if (input.has_session_changed() && change_.person && change_.after.world().user(0).has_not_logged_on()) {
    why = "the fork says that nobody is logged on";
  } else if (input.has_detection() && input.detection().has_process()) {
    const auto life = lives_.find(runs_.of(input.detection().process(), {}));
    if (life != lives_.end()) why = life->second.over_because;
  }
  if (!why.empty()) {
    suppress(input, std::string(why));
    return false;
  }
  marked_(ForkMark::kRecorded, input, {});
  return true;
}

// An operation whose time has come after the fork; its `at_ns` is still the recorded one. False: it does not happen, or
// not yet; then `input` is taken away.
bool ForkedWorld::take_operation(v1::Input& input, ForkMark mark) {
  const ProcessId program = runs_.of(input.operation().actor(), input.operation().endpoint());
  if (!may_act(program, input)) return false;
  const bool stopped_there_only = reference_.stopped_ns(program) != nullptr && !stopped_as_there_.contains(program);
  if (input.operation().has_process_exit() && stopped_there_only) {
    suppress(input, "it was stopped in the recording, and not here");
    return false;
  }
  begin_operation(input.at_ns(), input.operation());
  input.set_at_ns(now_ns_);
  marked_(mark, input, {});
  return true;
}

// A program whose start is put off may not act before it.
void ForkedWorld::expect_start(const v1::Input& input) {
  if (!input.operation().has_process_start()) return;
  const Stake stake = stake_of(input.operation(), runs_);
  runs_.started(stake.program);
  lives_[stake.program].start_operation = input.operation().id();
}

bool ForkedWorld::may_act(const ProcessId& program, v1::Input& input) {
  const auto found = lives_.find(program);
  if (found == lives_.end()) return true;
  Life& life = found->second;
  if (!life.over_because.empty()) {
    suppress(input, life.over_because);
    return false;
  }
  if (life.start_operation != 0) {
    // What a program was seen to do while its start was held there too, it does here.
    const auto settled_ns = reference_.settled_ns(life.start_operation);
    const bool was_free_there = settled_ns && *settled_ns <= input.at_ns();
    if (undecided_.contains(life.start_operation) && !was_free_there) return true;
    expect_start(input);
    lives_[program].waiting.push_back(std::move(input));
    return false;
  }
  const std::uint64_t due_ns = input.at_ns() + life.later_by_ns;
  if (due_ns <= now_ns_) return true;
  expect_start(input);
  const std::uint64_t sequence = input.sequence();
  later_[{due_ns, sequence}] = std::move(input);
  return false;
}

// It happens: from here on it may be forbidden.
void ForkedWorld::begin_operation(std::uint64_t recorded_ns, const v1::Operation& operation) {
  const Stake& stake = undecided_[operation.id()] = stake_of(operation, runs_);
  if (!stake.starts) return;
  runs_.started(stake.program);
  if (stake.held) {
    lives_[stake.program].start_operation = operation.id();
  } else {
    let_run(stake.program, now_ns_ - std::min(recorded_ns, now_ns_));
  }
}

void ForkedWorld::decide(std::uint64_t at_ns, const v1::Verdict& verdict) {
  const auto found = undecided_.find(verdict.operation_id());
  if (found == undecided_.end()) return;
  const Stake stake = found->second;
  undecided_.erase(found);
  const auto settled_ns = reference_.settled_ns(verdict.operation_id());
  const bool lost_there = reference_.lost(verdict.operation_id(), stake);
  if (!stake.lost_by(verdict.decision())) {
    if (lost_there) runs_on_.insert(stake.program);
    const std::uint64_t there_ns = std::min(settled_ns.value_or(at_ns), at_ns);
    if (stake.starts && stake.held) let_run(stake.program, at_ns - there_ns);
  } else if (lost_there && settled_ns == at_ns) {
    stopped_as_there_.insert(stake.program);
    if (stake.starts) lives_.erase(stake.program);
  } else {
    const bool terminated = verdict.decision() == v1::Verdict::TERMINATE;
    end(stake.program, fmt::format("pid {} was {} at {}", stake.program.pid,
                                   terminated ? "terminated" : "denied its start", clock_text(at_ns)));
    if (!stake.starts) add_exit(stake.program);
  }
}

void ForkedWorld::let_run(const ProcessId& program, std::uint64_t later_by_ns) {
  const auto found = lives_.find(program);
  if (found == lives_.end() && later_by_ns == 0) return;
  Life& life = lives_[program];
  if (!life.over_because.empty()) return;
  life.start_operation = 0;
  life.later_by_ns = later_by_ns;
  const std::deque<v1::Input> waiting = std::move(life.waiting);
  for (const v1::Input& input : waiting) later_[{input.at_ns() + later_by_ns, input.sequence()}] = input;
  if (later_by_ns == 0) lives_.erase(program);
}

void ForkedWorld::end(const ProcessId& program, const std::string& because) {
  Life& life = lives_[program];
  if (!life.over_because.empty()) return;
  life.over_because = because;
  const std::deque<v1::Input> waiting = std::move(life.waiting);
  for (const v1::Input& input : waiting) suppress(input, because);
}

void ForkedWorld::suppress(const v1::Input& input, const std::string& why) {
  marked_(ForkMark::kSuppressed, input, why);
  if (input.has_operation() && input.operation().has_process_start()) {
    const ProcessId started = stake_of(input.operation(), runs_).program;
    runs_.started(started);
    end(started, why);
  }
}

void ForkedWorld::add_exit(const ProcessId& program) {
  v1::Operation& operation = *exits_.emplace_back().mutable_operation();
  operation.set_id(next_operation_id_++);
  operation.mutable_actor()->set_pid(program.pid);
  operation.mutable_actor()->set_start_ns(program.start_ns);
  operation.set_endpoint(program.endpoint);
  operation.set_hold(v1::HOLD_CAPABILITY_NONE);
  operation.mutable_process_exit()->set_exit_code(1);
}

void ForkedWorld::ask_person(std::uint64_t at_ns, const v1::Output& output) {
  if (output.has_prompt()) {
    const std::uint64_t id = output.prompt().prompt_id();
    open_prompts_[id] = output;
    if (!changed_ || (!change_.person && reference_.has(at_ns, output.prompt()))) same_prompts_.insert(id);
    if (same_prompts_.contains(id)) return;
    if (!change_.person) {
      for (const auto& [after_ns, answer] : reference_.answers_about(output.prompt().operation_id())) {
        v1::PromptAnswer& planned = answers_[{at_ns + after_ns, id}] = answer;
        planned.set_prompt_id(id);
      }
    }
  } else if (output.has_prompt_update()) {
    if (same_prompts_.contains(output.prompt_update().prompt_id())) return;
  } else if (output.has_prompt_closed()) {
    open_prompts_.erase(output.prompt_closed().prompt_id());
    std::erase_if(answers_,
                  [&](const auto& answer) { return answer.first.order == output.prompt_closed().prompt_id(); });
    if (!reference_.closed(at_ns, output.prompt_closed())) same_prompts_.erase(output.prompt_closed().prompt_id());
  } else {
    return;
  }
  user_.see(at_ns, output);
}

void ForkedWorld::ask_services(std::uint64_t at_ns, const v1::Output& output) {
  if (output.has_http_request()) {
    if (!changed_ || (!change_.asks_simulated_services() && reference_.has(at_ns, output.http_request()))) {
      const std::uint64_t id = output.http_request().request_id();
      same_requests_.insert(id);
      if (const auto cancelled_ns = reference_.cancelled_ns(id)) cancelled_there_[id] = {*cancelled_ns, output};
      return;
    }
  } else if (output.has_http_cancel()) {
    cancelled_there_.erase(output.http_cancel().request_id());
    if (!reference_.cancelled(at_ns, output.http_cancel())) same_requests_.erase(output.http_cancel().request_id());
  } else {
    return;
  }
  network_.carry_out(at_ns, output);
}

void ForkedWorld::carry_out(std::uint64_t at_ns, const v1::Output& output) {
  now_ns_ = std::max(now_ns_, at_ns);
  if (output.has_verdict()) decide(at_ns, output.verdict());
  ask_person(at_ns, output);
  ask_services(at_ns, output);
}

Expected<void> ForkedWorld::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  now_ns_ = std::max(now_ns_, input.at_ns());
  if (input.has_session_changed()) user_.session_changed(input.at_ns(), input.session_changed());
  for (const v1::Output& output : outputs) {
    if (!output.has_settings_refused() || !changed_ || !(change_.settings || change_.profile)) continue;
    return std::unexpected(Error{.where = change_.settings ? "the changed settings" : "the changed endpoint",
                                 .field = output.settings_refused().field(),
                                 .what = output.settings_refused().reason(),
                                 .remedy = {}});
  }
  return network_.on_step(input, outputs);
}

void ForkedWorld::finish() {
  std::vector<ProcessId> held;
  for (const auto& [program, life] : lives_) {
    if (!life.waiting.empty()) held.push_back(program);
  }
  for (const ProcessId& program : held) end(program, fmt::format("pid {} was never decided upon", program.pid));
}

}  // namespace holdfast
