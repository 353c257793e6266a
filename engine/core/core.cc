#include "engine/core/core.h"

#include <fmt/format.h>

#include <utility>

#include "engine/text/units.h"

namespace holdfast::engine {

Engine::Core::Core(const Tables& rule_tables)
    : tables(rule_tables),
      agent(rule_tables),
      processes(agent.settings().limits.processes_max, agent.settings().limits.process_bytes_max) {}

void Engine::Core::take(const v1::Input& input, std::vector<v1::Output>& outputs) {
  if (!step.begin(input, outputs)) return;
  take_in(input);
  if (processes.has_dropped() || downloads.has_dropped()) report_forgotten();
}

void Engine::Core::take_in(const v1::Input& input) {
  switch (input.kind_case()) {
    case v1::Input::kOperation: return on(input.operation());
    case v1::Input::kTimerFired: return on(input.timer_fired());
    case v1::Input::kPromptAnswer: return on(input.prompt_answer());
    case v1::Input::kSettingsChanged: return on(input.settings_changed());
    case v1::Input::kSessionChanged: return on(input.session_changed());
    case v1::Input::kClockChanged: return on(input.clock_changed());
    case v1::Input::kAgentStarted: return on(input.agent_started());
    case v1::Input::kAgentStopping: return on(input.agent_stopping());
    case v1::Input::kServiceStateChanged: return on(input.service_state_changed());
    case v1::Input::kProfileChanged: return on(input.profile_changed());
    case v1::Input::kNetworkChanged: return on(input.network_changed());
    case v1::Input::kLoss: return;  // what it means for later operations shows at them: their actor is unknown
    case v1::Input::kHttpOutcome: return on(input.http_outcome());
    case v1::Input::kDetection: return on(input.detection());
    case v1::Input::KIND_NOT_SET: return step.ignore("kind", "the input is empty");
  }
}

void Engine::Core::report_status() { *step.out().mutable_status() = agent.settings().status; }

// What tables dropped at their limits; asked in every step, for no state tells it.
void Engine::Core::report_forgotten() {
  if (processes.take_dropped() != 0) {
    step.limit_reached(v1::LimitReached::PROCESSES, processes.rows_max(),
                       "the least recently active process was forgotten");
  }
  if (processes.take_dropped_for_bytes() != 0) {
    step.limit_reached(v1::LimitReached::PROCESS_BYTES, processes.bytes_max(),
                       "the least recently active process was forgotten");
  }
  if (downloads.take_dropped_for_bytes() != 0) {
    step.limit_reached(v1::LimitReached::DOWNLOAD_BYTES, downloads.bytes_max(), "the oldest download was forgotten");
  }
  if (downloads.take_members_left_out() != 0) {
    step.limit_reached(v1::LimitReached::DOWNLOAD_BYTES, downloads.bytes_max(), "members of an archive were not kept");
  }
}

// Another profile is in force: what is kept of files goes by the names that they have now.
void Engine::Core::rename_files() {
  const PathNormaliser& paths = *agent.law().paths;
  processes.renormalise(paths);
  downloads.renormalise(paths);
}

// Other settings or another profile are in force: every part takes them, and whoever waits is judged by them.
void Engine::Core::bring_into_force() {
  const EffectiveLimits& limits = agent.settings().limits;
  processes.set_rows_max(limits.processes_max);
  if (processes.take_dropped() != 0) {
    step.limit_reached(v1::LimitReached::PROCESSES, limits.processes_max,
                       "processes beyond the new limit were forgotten");
  }
  processes.set_bytes_max(limits.process_bytes_max);
  if (downloads.set_downloads_max(limits.downloads_max)) {
    step.limit_reached(v1::LimitReached::DOWNLOADS, limits.downloads_max,
                       "downloads beyond the new limit were forgotten");
  }
  downloads.set_bytes_max(limits.download_bytes_max);
  remembered.limit_to(limits.remembered_answers_max, step);
  report_status();
  const bool another_way = lookups.adopt(agent.settings().cloud, lookups_turn());
  rejudge_all();
  for (const std::uint64_t id : prompts.ids()) {
    Prompt& prompt = *prompts.find(id);
    if (!still_kept(prompt)) continue;
    // An answer for always will be about the file by its name of now.
    if (const ProcessRow* row = processes.find_exactly(prompt.program())) {
      prompt.state.set_program(lasting_name(*row->image));
    }
    if (!agent.settings().pause_while_interacting) prompts.interact(prompt, false, prompts_turn());
  }
  prompts.refresh(prompts_turn());
  if (!another_way) return;
  Lookups::FinishedList finished;
  lookups.go_another_way(lookups_turn(), finished);
  conclude(finished);
}

void Engine::Core::on(const v1::AgentStarted& started) {
  settle_everything(v1::Verdict::ALLOW, v1::AGENT_STOPPED);
  sessions.forget_all();  // who came and went while no agent was there is told anew
  agent.start(started, step.now_ns());
  if (!agent.take_over(started.settings(), started.profile(), step)) agent.fall_back(started.profile());
  rename_files();
  bring_into_force();
}

void Engine::Core::on(const v1::AgentStopping& /*stopping*/) {
  settle_everything(v1::Verdict::ALLOW, v1::AGENT_STOPPED);
  agent.stop();
}

void Engine::Core::on(const v1::ServiceStateChanged& changed) {
  if (!agent.service_changed(changed.running())) return;
  report_status();
  rejudge_all();
}

void Engine::Core::on(const v1::ProfileChanged& changed) {
  if (!agent.take_over_profile(changed.profile(), step)) return;
  rename_files();
  bring_into_force();
}

void Engine::Core::on(const v1::SettingsChanged& changed) {
  if (agent.take_over(changed.settings(), agent.law().profile, step)) bring_into_force();
}

void Engine::Core::on(const v1::SessionChanged& changed) {
  if (sessions.change(changed, step)) prompts.refresh(prompts_turn());
}

void Engine::Core::on(const v1::ClockChanged& changed) {
  agent.set_wall_clock(changed.wall_ns(), step.now_ns());
  lookups.on_sleep(changed.suspended_ns());
}

void Engine::Core::on(const v1::NetworkChanged& changed) {
  Lookups::FinishedList finished;
  lookups.on_network(changed.state(), lookups_turn(), finished);
  conclude(finished);
}

void Engine::Core::on(const v1::TimerFired& fired) {
  const auto owner = timers.take_due(fired.timer_id(), step);
  if (!owner) return;
  switch (owner->of) {
    case Timers::Of::kPrompt: return prompt_timer_fired(*prompts.find(owner->id));
    case Timers::Of::kLookup: {
      Lookups::FinishedList finished;
      lookups.on_timer(owner->id, lookups_turn(), finished);
      return conclude(finished);
    }
  }
}

void Engine::Core::on(const v1::PromptAnswer& answer) {
  Prompt* prompt = prompts.find(answer.prompt_id());
  if (prompt == nullptr) {
    return step.ignore("prompt_answer", fmt::format("prompt {} is not open", answer.prompt_id()));
  }
  switch (answer.kind()) {
    case v1::PromptAnswer::ALLOW:
    case v1::PromptAnswer::DENY: return answered(*prompt, answer);
    case v1::PromptAnswer::DISMISS: return prompts.leave(*prompt, v1::PROMPT_DISMISSED, prompts_turn());
    case v1::PromptAnswer::NOT_SHOWN: return prompts.leave(*prompt, v1::PROMPT_PROGRAM_FAILED, prompts_turn());
    case v1::PromptAnswer::INTERACTION_STARTED: return prompts.interact(*prompt, true, prompts_turn());
    case v1::PromptAnswer::INTERACTION_ENDED: return prompts.interact(*prompt, false, prompts_turn());
    default: return step.ignore("prompt_answer", "it says nothing");
  }
}

void Engine::Core::on(const v1::HttpOutcome& outcome) {
  Lookups::FinishedList finished;
  if (!lookups.on_outcome(outcome, lookups_turn(), finished)) {
    return step.ignore("http_outcome", fmt::format("request {} is not open", outcome.request_id()));
  }
  conclude(finished);
}

// The run that was detected; null where the table knows none, or one of another file.
const ProcessRow* Engine::Core::detected_run(const v1::Detection& detection) {
  const ProcessRow* row = processes.find(key_of(detection.process(), {}));
  if (row == nullptr || (row->exited && detection.process().start_ns() == 0)) return nullptr;
  const WindowsPath path = agent.law().paths->normalise(detection.path());
  return names_a_file(path) && path.folded != row->image->folded ? nullptr : row;
}

// Another module of the agent detected a program and asks whether it is certified safe (DOMAIN 8).
void Engine::Core::on(const v1::Detection& detected) {
  if (!Detections::names_a_module(detected)) {
    return step.ignore("detection", "it does not say which module detected the program");
  }
  const auto at_once = [&](v1::Reason because) {
    Detections::answer(detected, v1::SafeSoftwareAnswer::UNKNOWN, std::move(because), step.now_ns(), step);
  };
  if (!agent.runs()) return at_once(make_reason(agent.started() ? v1::AGENT_STOPPED : v1::AGENT_NOT_STARTED));
  if (auto refusal = Detections::refusal(detected, agent.settings().certified_safe_software)) {
    return at_once(std::move(*refusal));
  }
  v1::Detection detection = detected;
  if (detection.sha256().empty() && detection.has_process()) {
    if (const ProcessRow* row = detected_run(detection)) detection.set_sha256(row->sha256);
  }
  constexpr auto kQuestion = v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE;
  if (const auto known = lookups.at_once(kQuestion, detection.sha256(), step)) {
    return Detections::answer(detection, *known, step.now_ns(), step);
  }
  const std::uint32_t pending_max = agent.settings().limits.pending_max;
  if (lookups.waiting() >= pending_max) {
    step.limit_reached(v1::LimitReached::PENDING, pending_max, "the service was not asked");
    const Finding full{.answer = {}, .failure = v1::LOOKUP_TABLE_FULL, .attempts = 0};
    return Detections::answer(detection, full, step.now_ns(), step);
  }
  const Waiter waiter{.who = Waiter::Who::kDetection,
                      .id = detections.add(detection),
                      .asked_at_ns = step.now_ns(),
                      .deadline_ns = later(step.now_ns(), agent.settings().cloud.hold_budget_ns)};
  lookups.join(kQuestion, detection.sha256(), waiter, lookups_turn());
}

void Engine::Core::on(const v1::Operation& operation) {
  if (!agent.runs()) {
    return release_unjudged(operation, agent.started() ? v1::AGENT_STOPPED : v1::AGENT_NOT_STARTED);
  }
  if (is_held(operation) && holds.waits(operation.id())) {
    return step.ignore("operation", fmt::format("operation {} is held already", operation.id()));
  }
  const PathNormaliser& paths = *agent.law().paths;
  if (operation.repeats() && !is_held(operation)) return learn_from(operation);
  if (names_pid_only(operation)) end_predecessor(operation);
  const AtHand at_hand{.operation = operation,
                       .program = program_of(operation),
                       .asked_at_ns = step.now_ns(),
                       .found = nullptr,
                       .services_from_ns = step.now_ns()};
  if (processes.has_dropped()) report_forgotten();
  note_arrival(operation);
  judge_now(at_hand);
  carry_out(at_hand);
  if (operation.what_case() == v1::Operation::kProcessExit) return end_program(at_hand.program);
  if (operation.what_case() != v1::Operation::kImageLoad) return;
  // The loader maps the program itself first: event logs tell the signature there and not at the start.
  processes.learn_signature(key_of_program(operation), operation.image_load(), paths);
}

// What another source told already has been judged; who it is about may be told better now.
void Engine::Core::learn_from(const v1::Operation& repeated) {
  if (repeated.what_case() == v1::Operation::kProcessExit) return;
  if (repeated.what_case() == v1::Operation::kProcessStart && names_pid_only(repeated)) return;
  program_of(repeated);
  if (processes.has_dropped()) report_forgotten();
}

// What the operation tells of files that came from outside (DOMAIN 7).
void Engine::Core::note_arrival(const v1::Operation& operation) {
  const PathNormaliser& paths = *agent.law().paths;
  const std::string& endpoint = operation.endpoint();
  bool forgot = false;
  switch (operation.what_case()) {
    case v1::Operation::kDownload: forgot = downloads.add(operation.download(), step.now_ns(), paths, endpoint); break;
    case v1::Operation::kFileStreamCreate:
      forgot = downloads.mark(operation.file_stream_create().path(), operation.file_stream_create().contents(),
                              step.now_ns(), paths, endpoint);
      break;
    case v1::Operation::kFileDelete: downloads.unmark(operation.file_delete().path(), paths, endpoint); break;
    default: return;
  }
  if (!forgot) return;
  step.limit_reached(v1::LimitReached::DOWNLOADS, agent.settings().limits.downloads_max,
                     "the oldest download was forgotten");
}

// A program over the key of another one, which only a key without a start time can be, ends it: also where the table
// has forgotten that, and where it has come back without a name. Whether one that only acts is another is then told by
// its image, if by anything; what was allowed or denied is in doubt not its.
void Engine::Core::end_predecessor(const v1::Operation& operation) {
  const PathNormaliser& paths = *agent.law().paths;
  const ProcessTable::Arrival arrival = processes.arrival_of(operation, paths);
  if (arrival.ended != nullptr) return end_program(*arrival.ended);
  if (!arrival.takes_key && arrival.named == nullptr) return;
  const ProgramKey key = arrival.named != nullptr ? arrival.named->key : key_of_program(operation);
  const Prompt* prompt = prompts.of(key);
  const WindowsPath image = paths.normalise(operation.actor_image());
  const bool has_name = prompt != nullptr && (arrival.takes_key || !prompt->state.program().empty());
  const bool is_another = has_name && names_a_file(image) && lasting_name(image) != prompt->state.program();
  if (operation.has_process_start() || is_another) settle_program(key, v1::Verdict::MOOT, v1::PROGRAM_EXITED);
  remembered.forget(key);
}

// Nobody is left to obey, and what was allowed or denied until the exit is so no longer.
void Engine::Core::end_program(ProcessRow& row) {
  const ProgramKey process = row.key;
  if (is_nobody(process)) return;
  processes.exit(row);
  settle_program(process, v1::Verdict::MOOT, v1::PROGRAM_EXITED);
  remembered.forget(process);
}

}  // namespace holdfast::engine
