// Services that keep a log of their own: the firewall and the task scheduler.
#include <cstdint>
#include <string>
#include <string_view>

#include "sensors/import/event_mapping.h"
#include "sensors/import/value_text.h"

namespace holdfast {
namespace {

struct ProfileBit {
  std::uint64_t bit;
  std::string_view name;
};
// NET_FW_PROFILE_TYPE2 of netfw.h; all of them together are 0x7fffffff.
constexpr ProfileBit kProfiles[] = {{1, "Domain"}, {2, "Private"}, {4, "Public"}};
constexpr std::uint64_t kAllProfiles = 7;

std::string profiles_text(std::uint64_t bits) {
  if ((bits & kAllProfiles) == kAllProfiles) return "All";
  std::string text;
  for (const ProfileBit& profile : kProfiles) {
    if ((bits & profile.bit) != 0) text += (text.empty() ? "" : ", ") + std::string(profile.name);
  }
  return text;
}

// Who changed it is told by path and by account, never by process.
v1::FirewallPolicyChange& change(EventFields& event, v1::Operation& operation, v1::FirewallPolicyChange::Kind kind) {
  event.image(Field::kModifyingApplication, operation.mutable_actor_image());
  event.text(Field::kModifyingUser, operation.mutable_actor_user());
  v1::FirewallPolicyChange& change = *operation.mutable_firewall_policy_change();
  change.set_kind(kind);
  change.set_profile(profiles_text(event.number(Field::kProfiles)));
  return change;
}

bool logged_firewall_setting(EventFields& event, v1::Operation& operation) {
  v1::FirewallPolicyChange& changed = change(event, operation, v1::FirewallPolicyChange::KIND_SETTING_CHANGED);
  event.text(Field::kSettingType, changed.mutable_rule());
  event.text(Field::kSettingValue, changed.mutable_value());
  event.text(Field::kSettingValueString, changed.mutable_value());  // "No", where it has words
  return true;
}

template <v1::FirewallPolicyChange::Kind kKind>
bool logged_firewall_rule(EventFields& event, v1::Operation& operation) {
  v1::FirewallPolicyChange& changed = change(event, operation, kKind);
  event.text(Field::kRuleId, changed.mutable_rule());
  event.text(Field::kRuleName, changed.mutable_rule());
  return true;
}

bool logged_firewall_reset(EventFields& event, v1::Operation& operation) {
  change(event, operation, v1::FirewallPolicyChange::KIND_DEFAULTS_RESTORED);
  return true;
}

bool logged_task(EventFields& event, v1::Operation& operation, bool updated) {
  event.text(Field::kUserContext, operation.mutable_actor_user());
  event.text(Field::kUserName, operation.mutable_actor_user());
  v1::ScheduledTaskRegister& task = *operation.mutable_scheduled_task_register();
  event.text(Field::kTaskName, task.mutable_name());
  task.set_updated(updated);
  return true;
}

// A task lives in a file of its name: that is what goes.
bool logged_task_delete(EventFields& event, v1::Operation& operation) {
  event.text(Field::kUserName, operation.mutable_actor_user());
  std::string name;
  event.text(Field::kTaskName, &name);
  operation.mutable_file_delete()->set_path(R"(\SystemRoot\System32\Tasks)" + name);
  return true;
}

bool logged_task_create(EventFields& event, v1::Operation& operation) { return logged_task(event, operation, false); }
bool logged_task_update(EventFields& event, v1::Operation& operation) { return logged_task(event, operation, true); }

constexpr EventProvider kFirewall = EventProvider::kFirewall;
constexpr EventProvider kTasks = EventProvider::kTaskScheduler;
constexpr Need kLoggedRule{Field::kRuleName, Field::kRuleId};
constexpr Need kLoggedValue{Field::kSettingValueString, Field::kSettingValue};
constexpr Need kModifier{Field::kModifyingApplication, Field::kModifyingUser};
using Policy = v1::FirewallPolicyChange;

// 2033 and 2059 remove all rules: nobody but its author is told.
// clang-format off: one row per line. From 2052 on those of Windows 11.
constexpr EventMapping kLogMappings[] = {
    {kTasks, 106, "scheduled_task_register", logged_task_create, {Field::kTaskName}},
    {kTasks, 140, "scheduled_task_register", logged_task_update, {Field::kTaskName}},
    {kTasks, 141, "file_delete", logged_task_delete, {Field::kTaskName}},
    {kFirewall, 2002, "firewall_policy_change", logged_firewall_setting, {Field::kSettingType, kLoggedValue}},
    {kFirewall, 2003, "firewall_policy_change", logged_firewall_setting, {Field::kSettingType, kLoggedValue}},
    {kFirewall, 2004, "firewall_policy_change", logged_firewall_rule<Policy::KIND_RULE_ADDED>, {kLoggedRule}},
    {kFirewall, 2005, "firewall_policy_change", logged_firewall_rule<Policy::KIND_RULE_MODIFIED>, {kLoggedRule}},
    {kFirewall, 2006, "firewall_policy_change", logged_firewall_rule<Policy::KIND_RULE_DELETED>, {kLoggedRule}},
    {kFirewall, 2032, "firewall_policy_change", logged_firewall_reset},
    {kFirewall, 2033, "firewall_policy_change", logged_firewall_rule<Policy::KIND_RULE_DELETED>, {kModifier}},
    {kFirewall, 2052, "firewall_policy_change", logged_firewall_rule<Policy::KIND_RULE_DELETED>, {kLoggedRule}},
    {kFirewall, 2059, "firewall_policy_change", logged_firewall_rule<Policy::KIND_RULE_DELETED>, {kModifier}},
    {kFirewall, 2060, "firewall_policy_change", logged_firewall_reset},
    {kFirewall, 2071, "firewall_policy_change", logged_firewall_rule<Policy::KIND_RULE_ADDED>, {kLoggedRule}},
    {kFirewall, 2073, "firewall_policy_change", logged_firewall_rule<Policy::KIND_RULE_MODIFIED>, {kLoggedRule}},
    {kFirewall, 2082, "firewall_policy_change", logged_firewall_setting, {Field::kSettingType, kLoggedValue}},
    {kFirewall, 2083, "firewall_policy_change", logged_firewall_setting, {Field::kSettingType, kLoggedValue}},
    {kFirewall, 2097, "firewall_policy_change", logged_firewall_rule<Policy::KIND_RULE_ADDED>, {kLoggedRule}},
    {kFirewall, 2099, "firewall_policy_change", logged_firewall_rule<Policy::KIND_RULE_MODIFIED>, {kLoggedRule}},
};
// clang-format on

}  // namespace

std::span<const EventMapping> log_mappings() { return kLogMappings; }

}  // namespace holdfast
