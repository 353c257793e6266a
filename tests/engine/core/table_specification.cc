#include "tests/engine/core/table_specification.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "tests/engine/core/story.h"

namespace holdfast::engine {
namespace {

using Action = v1::MonitoredEventPolicy;

struct PlatformCase {
  v1::Platform platform;
  std::uint32_t service_pack;
  bool enabled_on_servers;
  v1::ReasonCode because;
};

// DOMAIN 2.
constexpr PlatformCase kPlatformCases[] = {
    {v1::WINDOWS_XP_X86, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_XP_X64, 2, false, v1::PLATFORM_NOT_SUPPORTED},
    {v1::WINDOWS_SERVER_2003_X86, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2003_X86, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
    {v1::WINDOWS_SERVER_2003_X64, 2, true, v1::PLATFORM_NOT_SUPPORTED},
    {v1::WINDOWS_VISTA_X86, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_VISTA_X64, 0, false, v1::SERVICE_PACK_MISSING},
    {v1::WINDOWS_VISTA_X64, 1, false, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2008_X86, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2008_X86, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
    {v1::WINDOWS_SERVER_2008_X64, 0, true, v1::SERVICE_PACK_MISSING},
    {v1::WINDOWS_SERVER_2008_X64, 1, true, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2008_X64, 1, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
    {v1::WINDOWS_7_X86, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_7_X64, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2008_R2_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2008_R2_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
    {v1::WINDOWS_8_X86, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_8_X64, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2012_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2012_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
    {v1::WINDOWS_8_1_X86, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_8_1_X64, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2012_R2_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2012_R2_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
    {v1::WINDOWS_10_X86, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_10_X64, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2016_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2016_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
    {v1::WINDOWS_SERVER_2019_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2019_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
    {v1::WINDOWS_11_X64, 0, false, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2022_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2022_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
    {v1::WINDOWS_SERVER_2025_X64, 0, true, v1::BEHAVIOR_MONITORING_ACTIVE},
    {v1::WINDOWS_SERVER_2025_X64, 0, false, v1::OFF_BY_DEFAULT_ON_SERVERS},
};

// DOMAIN 2, last two rows.
constexpr v1::Platform kOldDesktops[] = {v1::WINDOWS_XP_X86,    v1::WINDOWS_XP_X64, v1::WINDOWS_VISTA_X86,
                                         v1::WINDOWS_VISTA_X64, v1::WINDOWS_7_X86,  v1::WINDOWS_7_X64};

struct ActionCase {
  Action::Action action;
  std::size_t prompts;
  v1::Verdict::Decision decision;  // at once, or after the user's answer
  bool logged;
  bool warned;
  v1::PromptAnswer::Kind answer;
};

// DOMAIN 4.
constexpr ActionCase kActionCases[] = {
    {Action::ASSESS, 0, v1::Verdict::ALLOW, true, false, {}},
    {Action::ALLOW, 0, v1::Verdict::ALLOW, false, false, {}},
    {Action::DENY, 0, v1::Verdict::DENY, true, true, {}},
    {Action::ASK_WHEN_NECESSARY, 1, v1::Verdict::ALLOW, false, false, v1::PromptAnswer::ALLOW},
    {Action::ASK_WHEN_NECESSARY, 1, v1::Verdict::DENY, true, false, v1::PromptAnswer::DENY},
};

// Collects what contradicts.
class Contradictions {
 public:
  template <typename T>
  void compare(const std::string& what, const T& actual, const T& expected) {
    if (!(actual == expected)) found_.push_back(what);
  }
  std::vector<std::string> take() { return std::move(found_); }

 private:
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> platform_contradictions(const Tables& tables) {
  Contradictions contradictions;
  for (const PlatformCase& c : kPlatformCases) {
    v1::Settings settings = Story::settings(Action::DENY);
    settings.set_enabled_on_servers(c.enabled_on_servers);
    settings.mutable_unauthorized_change_prevention()->set_enabled_on_servers(true);
    v1::AgentProfile profile = Story::profile(c.platform);
    profile.set_service_pack(c.service_pack);
    Story story(tables);
    story.start(settings, profile).session(v1::SessionChanged::ACTIVE);
    story.happen(Story::program(10, "C:\\a.exe"));
    const v1::Verdict verdict = story.verdict(story.happen(Story::run_key(10)));
    const bool active = c.because == v1::BEHAVIOR_MONITORING_ACTIVE;
    const std::string name = v1::Platform_Name(c.platform) + " SP" + std::to_string(c.service_pack);
    contradictions.compare(name + ": status", story.all(v1::Output::kStatus).back().status().because(), c.because);
    contradictions.compare(name + ": decision", verdict.decision(), active ? v1::Verdict::DENY : v1::Verdict::ALLOW);
  }
  for (const PlatformRule& row : tables.platforms) {
    const std::string name = v1::Platform_Name(row.platform);
    const bool old = std::ranges::find(kOldDesktops, row.platform) != std::end(kOldDesktops);
    contradictions.compare(name + ": ports", row.newly_encountered_any_port, !old);
    contradictions.compare(name + ": server", row.server, name.find("SERVER") != std::string::npos);
  }
  return contradictions.take();
}

std::vector<std::string> action_contradictions(const Tables& tables) {
  Contradictions contradictions;
  for (const ActionCase& c : kActionCases) {
    Story story(tables);
    story.start(Story::settings(c.action)).session(v1::SessionChanged::ACTIVE);
    story.happen(Story::program(10, "C:\\a.exe"));
    const std::uint64_t op = story.happen(Story::run_key(10));
    const std::string name = Action::Action_Name(c.action) + " " + v1::PromptAnswer::Kind_Name(c.answer);
    contradictions.compare(name + ": prompts", story.all(v1::Output::kPrompt).size(), c.prompts);
    if (c.prompts != 0) story.answer(1, c.answer);
    const v1::Verdict verdict = story.verdict(op);
    contradictions.compare(name + ": decision", verdict.decision(), c.decision);
    contradictions.compare(name + ": logged", story.all(v1::Output::kViolation).size(), c.logged ? 1UZ : 0UZ);
    contradictions.compare(name + ": warned", story.all(v1::Output::kWarning).size(), c.warned ? 1UZ : 0UZ);
  }
  return contradictions.take();
}

std::vector<std::string> automatic_allow_contradictions(const Tables& tables) {
  Contradictions contradictions;
  const auto without_effect = [&](Action::Action action, bool enabled) {
    v1::Settings settings = Story::settings(action);
    settings.mutable_event_monitoring()->set_enabled(enabled);
    Story story(tables);
    story.start(settings);
    const v1::Output status = story.all(v1::Output::kStatus).back();
    for (const v1::EffectiveField& row : status.status().field()) {
      if (row.field() == "allow_if_unanswered_s") return row.without_effect();
    }
    return v1::AGENT_NOT_STARTED;
  };
  contradictions.compare("asks", without_effect(Action::ASK_WHEN_NECESSARY, true), v1::REASON_CODE_UNSPECIFIED);
  contradictions.compare("Event Monitoring off", without_effect(Action::ASK_WHEN_NECESSARY, false),
                         v1::EVENT_MONITORING_OFF);
  contradictions.compare("no event asks", without_effect(Action::DENY, true), v1::NO_EVENT_ASKS);
  return contradictions.take();
}

}  // namespace holdfast::engine
