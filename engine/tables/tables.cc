#include "engine/tables/tables.h"

#include <algorithm>
#include <array>

#include "engine/monitoring/event_rules.h"
#include "engine/path/windows_path.h"
#include "engine/text/check.h"

namespace holdfast::engine {
namespace {

using Action = v1::MonitoredEventPolicy;

// DOMAIN 2, one row per platform.
//                                                                        supported  SP  server  any port
constexpr std::array kPlatforms = {
    PlatformRule{v1::WINDOWS_XP_X86, "Windows XP 32-bit", true, 0, false, false},
    PlatformRule{v1::WINDOWS_XP_X64, "Windows XP 64-bit", false, 0, false, false},
    PlatformRule{v1::WINDOWS_SERVER_2003_X86, "Windows Server 2003 32-bit", true, 0, true, true},
    PlatformRule{v1::WINDOWS_SERVER_2003_X64, "Windows Server 2003 64-bit", false, 0, true, true},
    PlatformRule{v1::WINDOWS_VISTA_X86, "Windows Vista 32-bit", true, 0, false, false},
    PlatformRule{v1::WINDOWS_VISTA_X64, "Windows Vista 64-bit", true, 1, false, false},
    PlatformRule{v1::WINDOWS_SERVER_2008_X86, "Windows Server 2008 32-bit", true, 0, true, true},
    PlatformRule{v1::WINDOWS_SERVER_2008_X64, "Windows Server 2008 64-bit", true, 1, true, true},
    PlatformRule{v1::WINDOWS_7_X86, "Windows 7 32-bit", true, 0, false, false},
    PlatformRule{v1::WINDOWS_7_X64, "Windows 7 64-bit", true, 0, false, false},
    PlatformRule{v1::WINDOWS_SERVER_2008_R2_X64, "Windows Server 2008 R2", true, 0, true, true},
    PlatformRule{v1::WINDOWS_8_X86, "Windows 8 32-bit", true, 0, false, true},
    PlatformRule{v1::WINDOWS_8_X64, "Windows 8 64-bit", true, 0, false, true},
    PlatformRule{v1::WINDOWS_SERVER_2012_X64, "Windows Server 2012", true, 0, true, true},
    PlatformRule{v1::WINDOWS_8_1_X86, "Windows 8.1 32-bit", true, 0, false, true},
    PlatformRule{v1::WINDOWS_8_1_X64, "Windows 8.1 64-bit", true, 0, false, true},
    PlatformRule{v1::WINDOWS_SERVER_2012_R2_X64, "Windows Server 2012 R2", true, 0, true, true},
    PlatformRule{v1::WINDOWS_10_X86, "Windows 10 32-bit", true, 0, false, true},
    PlatformRule{v1::WINDOWS_10_X64, "Windows 10 64-bit", true, 0, false, true},
    PlatformRule{v1::WINDOWS_SERVER_2016_X64, "Windows Server 2016", true, 0, true, true},
    PlatformRule{v1::WINDOWS_SERVER_2019_X64, "Windows Server 2019", true, 0, true, true},
    PlatformRule{v1::WINDOWS_11_X64, "Windows 11", true, 0, false, true},
    PlatformRule{v1::WINDOWS_SERVER_2022_X64, "Windows Server 2022", true, 0, true, true},
    PlatformRule{v1::WINDOWS_SERVER_2025_X64, "Windows Server 2025", true, 0, true, true},
};

// DOMAIN 4, one row per action.
//                                                      asks  allows  log allowed  log denied  warn denied
constexpr std::array kActions = {
    ActionRule{Action::ASSESS, v1::ACTION_IS_ASSESS, false, true, true, true, false},
    ActionRule{Action::ALLOW, v1::ACTION_IS_ALLOW, false, true, false, true, false},
    ActionRule{Action::ASK_WHEN_NECESSARY, v1::ACTION_IS_ASK, true, false, false, true, false},
    ActionRule{Action::DENY, v1::ACTION_IS_DENY, false, false, false, true, true},
};

}  // namespace

const Tables& default_tables() {
  static const Tables tables{
      .events = event_rules(),
      .platforms = kPlatforms,
      .actions = kActions,
      .auto_allow = {.needs_event_monitoring = true, .needs_ask_when_necessary = true},
      .cloud = {},
      .newly_encountered = newly_encountered_rules(),
      .compiled_events = {compile_rules(event_rules(), PathNormaliser(v1::AgentProfile()).system_root())},
  };
  return tables;
}

const ActionRule& action_rule(const Tables& tables, v1::MonitoredEventPolicy::Action action) {
  const auto row = std::ranges::find(tables.actions, action, &ActionRule::action);
  check(row != tables.actions.end(), "every action has a row in the table");
  return *row;
}

}  // namespace holdfast::engine
