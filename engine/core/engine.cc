#include "engine/core/engine.h"

#include <fmt/format.h>

#include <utility>

#include "engine/core/core.h"

namespace holdfast::engine {
namespace {

constexpr std::uint32_t kStateVersion = 1;

// What holds until an agent has started: a platform that every table knows, and nothing switched on.
v1::AgentProfile nobody() {
  v1::AgentProfile profile;
  profile.set_platform(v1::WINDOWS_10_X64);
  return profile;
}

}  // namespace

Expected<Adopted> adopt(const v1::Settings& settings, const v1::AgentProfile& profile, bool service_running,
                        const Tables& tables) {
  if (auto valid = validate_profile(profile, tables); !valid) return std::unexpected(valid.error());
  if (auto valid = validate_settings(settings); !valid) return std::unexpected(valid.error());
  Adopted adopted;
  adopted.paths = std::make_unique<PathNormaliser>(profile);
  auto exceptions = ExceptionList::create(settings.exceptions(), *adopted.paths);
  if (!exceptions) return std::unexpected(exceptions.error());
  adopted.exceptions = std::move(*exceptions);
  adopted.settings = settings;
  adopted.profile = profile;
  adopted.effective = resolve_settings(settings, profile, service_running, tables);
  adopted.matcher.emplace(tables.events, *adopted.paths, tables.compiled_events);
  return adopted;
}

Engine::Core::Core(const Tables& rule_tables)
    : tables(rule_tables),
      law(std::move(*adopt({}, nobody(), true, rule_tables))),
      processes(law.effective.limits.processes_max, law.effective.limits.process_bytes_max) {}

void Engine::Core::ignore(std::string_view what, std::string reason) {
  v1::InputIgnored& ignored = *out().mutable_input_ignored();
  ignored.set_what(std::string(what));
  ignored.set_reason(std::move(reason));
}

void Engine::Core::report_status() { *out().mutable_status() = law.effective.status; }

// New settings or a new profile are taken whole, or refused whole and the last good ones stay (DOMAIN 3).
void Engine::Core::take_over(const v1::Settings& settings, const v1::AgentProfile& profile) {
  auto adopted = adopt(settings, profile, service_running, tables);
  if (!adopted) {
    v1::SettingsRefused& refused = *out().mutable_settings_refused();
    refused.set_settings_name(settings.name());
    refused.set_field(adopted.error().field);
    refused.set_reason(adopted.error().remedy.empty() ? adopted.error().what
                                                      : adopted.error().what + "; " + adopted.error().remedy);
    return;
  }
  law = std::move(*adopted);
  adopt_tables();
  report_status();
  rejudge_pending();
  adopt_cloud_settings();
}

void Engine::Core::adopt_tables() {
  const EffectiveLimits& limits = law.effective.limits;
  processes.renormalise(*law.paths);
  processes.set_rows_max(limits.processes_max);
  processes.set_bytes_max(limits.process_bytes_max);
  if (processes.take_dropped() != 0) {
    report_limit(v1::LimitReached::PROCESSES, processes.rows_max(), "processes beyond the new limit were forgotten");
  }
  if (processes.take_dropped_for_bytes() != 0) {
    report_limit(v1::LimitReached::PROCESS_BYTES, processes.bytes_max(),
                 "processes beyond the new limit were forgotten");
  }
  downloads.renormalise(*law.paths);
  if (downloads.set_downloads_max(limits.downloads_max)) {
    report_limit(v1::LimitReached::DOWNLOADS, limits.downloads_max, "downloads beyond the new limit were forgotten");
  }
  downloads.set_bytes_max(limits.download_bytes_max);
  if (downloads.take_dropped_for_bytes() != 0) {
    report_limit(v1::LimitReached::DOWNLOAD_BYTES, downloads.bytes_max(),
                 "downloads beyond the new limit were forgotten");
  }
}

// What was forgotten at a limit in this step.
void Engine::Core::report_dropped() {
  if (processes.take_dropped() != 0) {
    report_limit(v1::LimitReached::PROCESSES, processes.rows_max(), "the least recently active process was forgotten");
  }
  if (processes.take_dropped_for_bytes() != 0) {
    report_limit(v1::LimitReached::PROCESS_BYTES, processes.bytes_max(),
                 "the least recently active process was forgotten");
  }
  if (downloads.take_dropped_for_bytes() != 0) {
    report_limit(v1::LimitReached::DOWNLOAD_BYTES, downloads.bytes_max(), "the oldest download was forgotten");
  }
  if (downloads.take_members_left_out() != 0) {
    report_limit(v1::LimitReached::DOWNLOAD_BYTES, DownloadLedger::kMembersBytesMax,
                 "some members of an archive were not kept");
  }
}

void Engine::Core::on(const v1::AgentStarted& agent) {
  settle_everything(v1::Verdict::ALLOW, v1::AGENT_STOPPED);
  started = true;
  stopped = false;
  wall_offset_ns = static_cast<std::int64_t>(agent.wall_ns()) - static_cast<std::int64_t>(now_ns);
  service_running = !agent.profile().unauthorized_change_prevention_stopped();
  // A first start has no last good settings: with bad ones the agent runs with the defaults, and with a bad profile
  // as if nothing were known of the machine. Both are said.
  take_over(agent.settings(), agent.profile());
  const bool refused = !outputs->empty() && outputs->back().has_settings_refused();
  if (!refused) return;
  if (validate_profile(agent.profile(), tables)) {
    law = std::move(*adopt({}, agent.profile(), service_running, tables));
    adopt_tables();
  }
  report_status();
  adopt_cloud_settings();
}

void Engine::Core::on(const v1::AgentStopping& /*stopping*/) {
  settle_everything(v1::Verdict::ALLOW, v1::AGENT_STOPPED);
  stopped = true;
}

void Engine::Core::on(const v1::ServiceStateChanged& changed) {
  if (service_running == changed.running()) return;
  service_running = changed.running();
  law.effective = resolve_settings(law.settings, law.profile, service_running, tables);
  report_status();
  rejudge_pending();
}

void Engine::Core::on(const v1::ProfileChanged& changed) { take_over(law.settings, changed.profile()); }

void Engine::Core::on(const v1::SettingsChanged& changed) { take_over(changed.settings(), law.profile); }

void Engine::Core::on(const v1::SessionChanged& changed) {
  if (changed.state() == v1::SessionChanged::LOGGED_OFF) {
    sessions.erase(changed.session_id());
  } else {
    sessions[changed.session_id()] = changed;
  }
  refresh_sessions();
}

void Engine::Core::on(const v1::ClockChanged& changed) {
  wall_offset_ns = static_cast<std::int64_t>(changed.wall_ns()) - static_cast<std::int64_t>(now_ns);
}

void Engine::Core::take(const v1::Input& input) {
  if (input.sequence() <= last_sequence) {
    return ignore("sequence", fmt::format("input {} came after input {}", input.sequence(), last_sequence));
  }
  last_sequence = input.sequence();
  if (input.at_ns() < now_ns) {
    // The input itself still counts: a held program must not wait for ever because a clock is wrong.
    ignore("at_ns", fmt::format("time ran backwards by {} ns; the engine's time stays", now_ns - input.at_ns()));
  } else {
    now_ns = input.at_ns();
  }
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
    case v1::Input::KIND_NOT_SET: return ignore("kind", "the input is empty");
  }
}

void Engine::Core::save(v1::EngineState& state) const {
  state.set_version(kStateVersion);
  state.set_started(started);
  state.set_stopped(stopped);
  state.set_last_sequence(last_sequence);
  state.set_now_ns(now_ns);
  state.set_wall_offset_ns(static_cast<std::uint64_t>(wall_offset_ns));
  *state.mutable_profile() = law.profile;
  *state.mutable_settings() = law.settings;
  state.set_service_running(service_running);
  processes.save(state);
  for (const auto& [id, prompt] : prompts) *state.add_prompt() = prompt;
  for (const v1::RememberedAnswer& answer : remembered) *state.add_remembered() = answer;
  for (const auto& [id, session] : sessions) *state.add_session() = session;
  state.set_next_prompt_id(next_prompt_id);
  state.set_next_timer_id(next_timer_id);
  state.set_next_violation_id(next_violation_id);
  cloud.save(state);
  downloads.save(state);
}

Expected<void> Engine::Core::load(const v1::EngineState& state) {
  const auto refuse = [](std::string field, std::string what) {
    return std::unexpected(Error{.where = "", .field = std::move(field), .what = std::move(what), .remedy = ""});
  };
  if (state.version() != kStateVersion) {
    return refuse("version", fmt::format("state of version {}, this engine knows {}", state.version(), kStateVersion));
  }
  auto adopted = adopt(state.settings(), state.profile(), state.service_running(), tables);
  if (!adopted) return std::unexpected(adopted.error());
  law = std::move(*adopted);
  started = state.started();
  stopped = state.stopped();
  service_running = state.service_running();
  last_sequence = state.last_sequence();
  now_ns = state.now_ns();
  wall_offset_ns = static_cast<std::int64_t>(state.wall_offset_ns());
  next_prompt_id = state.next_prompt_id();
  next_timer_id = state.next_timer_id();
  next_violation_id = state.next_violation_id();
  processes = ProcessTable(law.effective.limits.processes_max, law.effective.limits.process_bytes_max);
  if (auto loaded = processes.load(state, *law.paths); !loaded) return loaded;
  for (const v1::PromptState& prompt : state.prompt()) {
    const std::string field = fmt::format("prompt[{}]", prompts.size());
    if (prompt.prompt_id() == 0 || prompt.prompt_id() >= next_prompt_id || prompt.timer_id() >= next_timer_id) {
      return refuse(field, "its numbers were never given out");
    }
    if (prompt.pending().empty()) return refuse(field, "no operation waits for it");
    if (!prompts.emplace(prompt.prompt_id(), prompt).second) return refuse(field, "it stands twice");
    if (prompt_of_process.contains({prompt.process().pid(), prompt.process().start_ns()})) {
      return refuse(field, "its program has another prompt");
    }
    index_prompt(prompt);
  }
  if (auto loaded = cloud.load(state, law.effective.cloud); !loaded) return loaded;
  downloads.set_downloads_max(law.effective.limits.downloads_max);
  downloads.set_bytes_max(law.effective.limits.download_bytes_max);
  if (auto loaded = downloads.load(state, *law.paths); !loaded) return loaded;
  cloud.each_waiter([&](std::uint64_t lookup_id, const v1::WaiterState& waiter) { index_waiter(lookup_id, waiter); });
  remembered.assign(state.remembered().begin(), state.remembered().end());
  for (const v1::SessionChanged& session : state.session()) sessions[session.session_id()] = session;
  return {};
}

Engine::Engine(const Tables& tables) : core_(std::make_unique<Core>(tables)) {}
Engine::Engine(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

void Engine::step(const v1::Input& input, std::vector<v1::Output>& outputs) {
  core_->outputs = &outputs;
  core_->take(input);
  core_->report_dropped();
}

v1::EngineState Engine::snapshot() const {
  v1::EngineState state;
  core_->save(state);
  return state;
}

Expected<Engine> Engine::restore(const v1::EngineState& state, const Tables& tables) {
  auto core = std::make_unique<Core>(tables);
  if (auto loaded = core->load(state); !loaded) return std::unexpected(loaded.error());
  return Engine(std::move(core));
}

}  // namespace holdfast::engine
