#include "sim/checkers/settings_in_force.h"

#include <algorithm>

#include "engine/text/ascii.h"
#include "engine/text/units.h"
#include "sim/text/duration.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kDefaultAllowIfUnansweredS = 30;  // DOMAIN 5, and 7
constexpr std::uint64_t kDefaultHoldMaxS = 3'600;
constexpr std::uint64_t kDefaultHoldBudgetMs = 10'000;  // DOMAIN 8

bool holds_privilege(const v1::AgentProfile& profile, v1::Privilege privilege) {
  return std::find(profile.privilege().begin(), profile.privilege().end(), privilege) != profile.privilege().end();
}

std::uint64_t lookup_max(const v1::Settings& settings) {
  const v1::CertifiedSafeSoftwareSettings& service = settings.certified_safe_software();
  if (!service.enabled() && !settings.newly_encountered().enabled()) return 0;
  return (service.has_hold_budget_ms() ? service.hold_budget_ms() : kDefaultHoldBudgetMs) * kMillisecond_ns;
}

bool extends(const v1::Settings& settings) {
  if (settings.pause_while_interacting() || settings.newly_encountered().on_expiry() == v1::EXPIRY_KEEPS_HELD) {
    return true;
  }
  return std::ranges::any_of(settings.event_monitoring().policy(),
                             [](const auto& policy) { return policy.on_expiry() == v1::EXPIRY_KEEPS_HELD; });
}

std::uint64_t longest_countdown_s(const v1::Settings& settings, const v1::AgentProfile& profile) {
  const bool reaches = settings.allow_if_unanswered_reach() != v1::PRIVILEGED_AGENTS ||
                       holds_privilege(profile, v1::PRIVILEGE_BEHAVIOR_MONITORING);
  const std::uint64_t countdown =
      reaches && settings.has_allow_if_unanswered_s() ? settings.allow_if_unanswered_s() : kDefaultAllowIfUnansweredS;
  const v1::NewlyEncounteredSettings& newly = settings.newly_encountered();
  if (!newly.enabled()) return countdown;
  return std::max<std::uint64_t>(
      countdown, newly.has_allow_if_unanswered_s() ? newly.allow_if_unanswered_s() : kDefaultAllowIfUnansweredS);
}

// "C:\folder\program.exe" and nothing that a rule would have to explain.
bool is_plain(std::string_view path) {
  constexpr std::string_view kOthers = "\\ _-.()";
  if (path.size() < 4 || !ascii::is_letter(path[0]) || path[1] != ':' || path[2] != '\\') return false;
  const std::string_view rest = path.substr(2);
  if (rest.find("\\\\") != rest.npos || rest.find(".\\") != rest.npos || rest.find(" \\") != rest.npos) return false;
  if (rest.find("\\.") != rest.npos || rest.find("\\ ") != rest.npos) return false;
  if (rest.ends_with('.') || rest.ends_with(' ') || rest.ends_with('\\')) return false;
  return std::ranges::all_of(
      rest, [&](char c) { return ascii::is_letter(c) || ascii::is_digit(c) || kOthers.find(c) != kOthers.npos; });
}

template <typename List>
std::set<std::string, std::less<>> plain_entries(const List& list) {
  std::set<std::string, std::less<>> entries;
  for (const v1::ExceptionEntry& entry : list) {
    if (is_plain(entry.path())) entries.insert(ascii::lower_case(entry.path()));
  }
  return entries;
}

}  // namespace

void SettingsInForce::compute() {
  hold_limit_ns_ =
      (settings_.limits().has_hold_max_s() ? settings_.limits().hold_max_s() : kDefaultHoldMaxS) * kSecond_ns;
  lookup_max_ns_ = lookup_max(settings_);
  extends_holds_ = extends(settings_);
  hold_max_ns_ = extends_holds_
                     ? hold_limit_ns_
                     : std::min(longest_countdown_s(settings_, profile_) * kSecond_ns + lookup_max_ns_, hold_limit_ns_);
  actions_ = {};
  for (const v1::MonitoredEventPolicy& policy : settings_.event_monitoring().policy()) {
    const auto event = static_cast<std::size_t>(policy.event());
    if (event < actions_.size()) actions_.at(event) = policy.do_();
  }
  approved_ = plain_entries(settings_.exceptions().approved());
  blocked_ = plain_entries(settings_.exceptions().blocked());
}

bool SettingsInForce::is_listed(const Entries& entries, std::string_view path) {
  return !entries.empty() && entries.contains(ascii::lower_case(std::string(path)));
}

void SettingsInForce::begin_with(const v1::EngineState& state) {
  settings_ = state.settings();
  profile_ = state.profile();
  active_.reset();
  compute();
}

bool SettingsInForce::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  switch (input.kind_case()) {
    case v1::Input::kAgentStarted:
    case v1::Input::kSettingsChanged:
    case v1::Input::kProfileChanged:
    case v1::Input::kServiceStateChanged: break;
    default: return false;
  }
  bool refused = false;
  for (const v1::Output& output : outputs) {
    if (output.has_settings_refused()) refused = true;
    if (output.has_status()) active_ = output.status().effective_active();
  }
  if (input.has_service_state_changed()) return false;
  if (input.has_agent_started()) {
    // What cannot be accepted at the start leaves the defaults in force.
    settings_ = refused ? v1::Settings() : input.agent_started().settings();
    profile_ = input.agent_started().profile();
  } else if (refused) {
    return false;
  } else if (input.has_settings_changed()) {
    settings_ = input.settings_changed().settings();
  } else {
    profile_ = input.profile_changed().profile();
  }
  compute();
  return true;
}

v1::MonitoredEventPolicy::Action SettingsInForce::action(v1::MonitoredEvent event) const {
  const auto index = static_cast<std::size_t>(event);
  return index < actions_.size() ? actions_.at(index) : v1::MonitoredEventPolicy::ACTION_UNSPECIFIED;
}

}  // namespace holdfast
