#include "engine/core/agent.h"

#include <utility>

#include "engine/text/check.h"

namespace holdfast::engine {
namespace {

// What holds until an agent has started: a platform that every table knows, and nothing switched on.
v1::AgentProfile nobody() {
  v1::AgentProfile profile;
  profile.set_platform(v1::WINDOWS_10_X64);
  return profile;
}

// The defaults, which every table accepts for a valid profile.
Law law_of_defaults(const v1::AgentProfile& profile, bool service_running, const Tables& tables) {
  auto law = make_law({}, profile, service_running, tables);
  check(law.has_value(), "the defaults are settings that hold everywhere");
  return std::move(*law);
}

}  // namespace

Agent::Agent(const Tables& tables) : tables_(tables), law_(law_of_defaults(nobody(), true, tables)) {}

void Agent::start(const v1::AgentStarted& started, std::uint64_t now_ns) {
  started_ = true;
  stopped_ = false;
  service_running_ = !started.profile().unauthorized_change_prevention_stopped();
  set_wall_clock(started.wall_ns(), now_ns);
}

bool Agent::take_over(const v1::Settings& settings, const v1::AgentProfile& profile, Step& step) {
  auto law = make_law(settings, profile, service_running_, tables_, &law_);
  if (law) {
    law_ = std::move(*law);
    return true;
  }
  const Error& error = law.error();
  v1::SettingsRefused& refused = *step.out().mutable_settings_refused();
  refused.set_settings_name(settings.name());
  refused.set_field(error.field);
  refused.set_reason(error.remedy.empty() ? error.what : error.what + "; " + error.remedy);
  return false;
}

bool Agent::take_over_profile(const v1::AgentProfile& profile, Step& step) {
  // What the profile says of the service counts where it says something new: the service tells itself of its changes.
  const bool told_before = law_.profile.unauthorized_change_prevention_stopped();
  const bool before = service_running_;
  if (profile.unauthorized_change_prevention_stopped() != told_before) service_running_ = told_before;
  const bool taken = take_over(law_.settings, profile, step);
  if (!taken) service_running_ = before;
  return taken;
}

void Agent::fall_back(const v1::AgentProfile& profile) {
  const bool good_profile = validate_profile(profile, tables_).has_value();
  law_ = law_of_defaults(good_profile ? profile : nobody(), service_running_, tables_);
}

bool Agent::service_changed(bool running) {
  if (service_running_ == running) return false;
  service_running_ = running;
  law_.effective = resolve_settings(law_.settings, law_.profile, service_running_, tables_);
  return true;
}

void Agent::save(v1::EngineState& state) const {
  state.set_started(started_);
  state.set_stopped(stopped_);
  state.set_service_running(service_running_);
  state.set_wall_offset_ns(wall_offset_ns_);
  *state.mutable_profile() = law_.profile;
  *state.mutable_settings() = law_.settings;
}

Expected<void> Agent::load(const v1::EngineState& state) {
  HOLDFAST_TRY(law, make_law(state.settings(), state.profile(), state.service_running(), tables_));
  law_ = std::move(law);
  started_ = state.started();
  stopped_ = state.stopped();
  service_running_ = state.service_running();
  wall_offset_ns_ = state.wall_offset_ns();
  return {};
}

}  // namespace holdfast::engine
