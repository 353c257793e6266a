#include <algorithm>
#include <optional>

#include "engine/text/ascii.h"
#include "sensors/import/event_mapping.h"
#include "sensors/import/value_text.h"

namespace holdfast {
namespace {

constexpr std::size_t kTaskContentMax = 64 * 1024;

// The process that acts, by pid alone: Security events carry no start time.
void actor(EventFields& event, v1::Operation& operation, Field pid, Field image) {
  operation.mutable_actor()->set_pid(event.number32(pid));
  event.text(image, operation.mutable_actor_image());
}

void subject(EventFields& event, v1::Operation& operation) {
  event.account(Field::kSubjectDomainName, Field::kSubjectUserName, operation.mutable_actor_user());
}

bool says(std::string_view keywords, std::string_view lower_words) {
  return !std::ranges::search(keywords, lower_words, {}, ascii::lower).empty();
}

// Bits of the keywords, or words: "Audit Failure" alone or in a list, "failure", "AUDIT_FAILURE". Nothing where `told`
// says neither.
std::optional<bool> is_failure(std::string_view told) {
  constexpr std::uint64_t kFailureBit = std::uint64_t{1} << 52;
  constexpr std::uint64_t kSuccessBit = std::uint64_t{1} << 53;
  const bool negative = told.starts_with('-');  // nxlog writes them as a signed number
  if (const auto number = parse_number(told.substr(negative ? 1 : 0))) {
    const std::uint64_t bits = negative ? std::uint64_t{0} - *number : *number;
    if ((bits & (kFailureBit | kSuccessBit)) == 0) return std::nullopt;
    return (bits & kFailureBit) != 0;
  }
  if (says(told, "failure")) return true;
  return says(told, "success") ? std::optional(false) : std::nullopt;
}

// Windows refused the attempt itself: as the log says, or a collector for it. Where nothing is said, or in another
// language, nobody can tell: the attempt counts, and a remark says so.
bool was_refused(EventFields& event) {
  for (const Field field : {Field::kKeywords, Field::kOutcome, Field::kEventType}) {
    if (const std::optional<bool> failed = is_failure(event.view(field))) return *failed;
  }
  ++event.remarks().outcome_unknown;
  return false;
}

bool process_created(EventFields& event, v1::Operation& operation) {
  actor(event, operation, Field::kProcessId, Field::kParentProcessName);
  subject(event, operation);
  v1::Process* process = operation.mutable_process_start();
  process->set_pid(event.number32(Field::kNewProcessId));
  *process->mutable_parent() = operation.actor();
  event.text(Field::kNewProcessName, process->mutable_image());
  event.text(Field::kCommandLine, process->mutable_command_line());
  process->set_user(operation.actor_user());
  event.account(Field::kTargetDomainName, Field::kTargetUserName, process->mutable_user());
  process->set_integrity(parse_integrity(event.view(Field::kMandatoryLabel)));
  const std::uint64_t target_logon = event.number(Field::kTargetLogonId);
  const std::uint64_t subject_logon = event.number(Field::kSubjectLogonId);
  process->set_logon_id(target_logon != 0 ? target_logon : subject_logon);
  process->set_parent_image(operation.actor_image());
  return true;
}

bool process_exited(EventFields& event, v1::Operation& operation) {
  actor(event, operation, Field::kProcessId, Field::kProcessName);
  subject(event, operation);
  operation.mutable_process_exit()->set_exit_code(event.number32(Field::kStatus));
  return true;
}

// REG_DWORD and REG_QWORD stand in hexadecimal or decimal digits; the schema wants decimal ones.
void registry_data(EventFields& event, Field data, v1::RegistryType type, std::string* out) {
  event.text(data, out);
  const bool number = type == v1::REGISTRY_TYPE_DWORD || type == v1::REGISTRY_TYPE_QWORD;
  if (!number) return;
  if (const std::optional<std::uint64_t> value = parse_number(*out)) *out = std::to_string(*value);
}

// What 4657 did to the value, by Windows' number for the words or by the words, in which some logs have it.
bool was_deleted(EventFields& event) {
  const std::string_view told = event.view(Field::kOperationType);
  if (told == "%%1906" || says(told, "deleted")) return true;
  const bool known = told == "%%1904" || told == "%%1905" || says(told, "created") || says(told, "modified");
  event.remarks().registry_kind_assumed += known ? 0 : 1;
  return false;
}

bool registry_change(EventFields& event, v1::Operation& operation) {
  actor(event, operation, Field::kProcessId, Field::kProcessName);
  subject(event, operation);
  if (was_deleted(event)) {
    v1::RegistryDelete* removal = operation.mutable_registry_delete();
    event.text(Field::kObjectName, removal->mutable_key());
    event.text(Field::kObjectValueName, removal->mutable_value());
    return true;
  }
  v1::RegistrySet* set = operation.mutable_registry_set();
  event.text(Field::kObjectName, set->mutable_key());
  event.text(Field::kObjectValueName, set->mutable_value());
  set->set_type(parse_registry_type(event.view(Field::kNewValueType)));
  registry_data(event, Field::kNewValue, set->type(), set->mutable_data());
  registry_data(event, Field::kOldValue, parse_registry_type(event.view(Field::kOldValueType)),
                set->mutable_previous_data());
  return true;
}

// An event that lacks its object's type is none of another type.
bool is_of_type(std::string_view told, std::string_view type) { return told.empty() || told == type; }

bool process_object(EventFields& event, v1::Operation& operation) {
  v1::ProcessAccess* access = operation.mutable_process_access();
  event.text(Field::kObjectName, access->mutable_target_image());
  access->set_access_mask(event.number32(Field::kAccessMask));
  return true;
}

// 4656: a handle. On files 4663 tells what was done with it, so only handles on processes count.
bool handle_request(EventFields& event, v1::Operation& operation) {
  if (!is_of_type(event.view(Field::kObjectType), "Process") || was_refused(event)) return false;
  actor(event, operation, Field::kProcessId, Field::kProcessName);
  subject(event, operation);
  return process_object(event, operation);
}

// 4663: use of a handle, on a file or a process. On keys the event tells neither value nor data: no meaning.
bool object_access(EventFields& event, v1::Operation& operation) {
  const std::string type(event.view(Field::kObjectType));
  if ((!is_of_type(type, "File") && type != "Process") || was_refused(event)) return false;
  actor(event, operation, Field::kProcessId, Field::kProcessName);
  subject(event, operation);
  if (type == "Process") return process_object(event, operation);
  v1::FileAccess* access = operation.mutable_file_access();
  event.text(Field::kObjectName, access->mutable_path());
  access->set_access_mask(event.number32(Field::kAccessMask));
  return true;
}

bool service_install(EventFields& event, v1::Operation& operation) {
  operation.mutable_actor()->set_pid(event.number32(Field::kClientProcessId));
  subject(event, operation);
  v1::ServiceInstall* install = operation.mutable_service_install();
  event.text(Field::kServiceName, install->mutable_name());
  event.text(Field::kServiceFileName, install->mutable_image_path());
  install->set_service_type(event.number32(Field::kServiceType));
  install->set_start_type(event.number32(Field::kServiceStartType));
  event.text(Field::kServiceAccount, install->mutable_account());
  return true;
}

bool task_register(EventFields& event, v1::Operation& operation, bool updated) {
  operation.mutable_actor()->set_pid(event.number32(Field::kClientProcessId));
  subject(event, operation);
  v1::ScheduledTaskRegister* task = operation.mutable_scheduled_task_register();
  event.text(Field::kTaskName, task->mutable_name());
  event.text(Field::kTaskContent, task->mutable_content(), kTaskContentMax);
  task->set_updated(updated);
  return true;
}

bool task_create(EventFields& event, v1::Operation& operation) { return task_register(event, operation, false); }
bool task_update(EventFields& event, v1::Operation& operation) { return task_register(event, operation, true); }

bool audit_policy_change(EventFields& event, v1::Operation& operation) {
  subject(event, operation);
  v1::AuditPolicyChange* change = operation.mutable_audit_policy_change();
  event.text(Field::kCategoryId, change->mutable_category());
  event.text(Field::kSubcategoryId, change->mutable_subcategory());
  event.text(Field::kSubcategoryGuid, change->mutable_subcategory());
  event.text(Field::kAuditPolicyChanges, change->mutable_changes());
  return true;
}

template <v1::FirewallPolicyChange::Kind kKind>
bool firewall_rule(EventFields& event, v1::Operation& operation) {
  v1::FirewallPolicyChange* change = operation.mutable_firewall_policy_change();
  change->set_kind(kKind);
  event.text(Field::kProfileChanged, change->mutable_profile());
  event.text(Field::kRuleId, change->mutable_rule());
  event.text(Field::kRuleName, change->mutable_rule());  // the name, where it has one
  return true;
}

bool firewall_setting(EventFields& event, v1::Operation& operation) {
  v1::FirewallPolicyChange* change = operation.mutable_firewall_policy_change();
  change->set_kind(v1::FirewallPolicyChange::KIND_SETTING_CHANGED);
  event.text(Field::kProfileChanged, change->mutable_profile());
  event.text(Field::kSettingType, change->mutable_rule());
  event.text(Field::kSettingValue, change->mutable_value());
  return true;
}

bool firewall_filter(EventFields& event, v1::Operation& operation) {
  operation.mutable_actor()->set_pid(event.number32(Field::kProcessId));
  event.text(Field::kUserName, operation.mutable_actor_user());
  v1::FirewallPolicyChange* change = operation.mutable_firewall_policy_change();
  change->set_kind(v1::FirewallPolicyChange::KIND_FILTER_CHANGED);
  event.text(Field::kFilterName, change->mutable_rule());
  return true;
}

// 5145: a client asks for a file of a share. The kernel's server acts for it; the event names no process.
bool share_access(EventFields& event, v1::Operation& operation) {
  if (was_refused(event)) return false;
  subject(event, operation);
  operation.set_remote_client(canonical_ip(event.view(Field::kIpAddress)));
  std::string relative;
  event.text(Field::kRelativeTargetName, &relative);
  if (event.view(Field::kShareName).ends_with("\\IPC$")) {
    operation.mutable_pipe_connect()->set_name("\\" + relative);
    return true;
  }
  std::string folder;
  event.text(Field::kShareLocalPath, &folder);
  if (folder.starts_with("\\??\\")) folder.erase(0, 4);
  if (folder.empty()) event.text(Field::kShareName, &folder);
  if (!folder.empty() && folder.back() != '\\') folder += '\\';
  v1::FileAccess* access = operation.mutable_file_access();
  access->set_path(folder + (relative == "\\" ? std::string() : relative));
  access->set_access_mask(event.number32(Field::kAccessMask));
  access->set_remote(true);
  return true;
}

struct ServiceWord {
  std::string_view text;
  std::uint32_t number;
};

// Words that the System log writes for numbers of winnt.h. Other languages' words stay 0.
constexpr ServiceWord kServiceTypes[] = {
    {"kernel mode driver", 0x1}, {"file system driver", 0x2}, {"user mode service", 0x10}};
constexpr ServiceWord kStartTypes[] = {
    {"boot start", 0}, {"system start", 1}, {"auto start", 2}, {"demand start", 3}, {"disabled", 4}};

template <std::size_t kWords>
std::uint32_t service_number(std::string_view text, const ServiceWord (&words)[kWords]) {
  for (const ServiceWord& word : words) {
    if (word.text == text) return word.number;
  }
  const std::optional<std::uint64_t> number = parse_number(text);
  return number && *number <= 0xFFFFFFFF ? static_cast<std::uint32_t>(*number) : 0;
}

bool service_log(EventFields& event, v1::Operation& operation) {
  v1::ServiceInstall* install = operation.mutable_service_install();
  event.text(Field::kServiceName, install->mutable_name());
  // Splunk names the fields by the words of the event's message.
  event.text(Field::kServiceFileName, install->mutable_image_path());
  event.text(Field::kImagePath, install->mutable_image_path());
  event.text(Field::kServiceAccount, install->mutable_account());
  const Field start_type = event.has(Field::kStartType) ? Field::kStartType : Field::kServiceStartType;
  install->set_service_type(service_number(event.view(Field::kServiceType), kServiceTypes));
  install->set_start_type(service_number(event.view(start_type), kStartTypes));
  if (event.has(Field::kAccountType)) {
    // nxlog's own AccountName took the place of the service's: it is who installed it.
    event.account(Field::kDomain, Field::kAccountName, operation.mutable_actor_user());
  } else {
    event.text(Field::kAccountName, install->mutable_account());
  }
  return true;
}

constexpr EventProvider kSecurity = EventProvider::kSecurity;
constexpr EventProvider kSystem = EventProvider::kSystem;
constexpr Need kRule{Field::kRuleName, Field::kRuleId};
constexpr Need kSubcategory{Field::kSubcategoryGuid, Field::kSubcategoryId};

constexpr Need kServiceImage{Field::kImagePath, Field::kServiceFileName};

// clang-format off: one row per line.
constexpr EventMapping kSecurityMappings[] = {
    {kSecurity, 4656, "process_access", handle_request, {Field::kObjectType, Field::kObjectName, Field::kAccessMask}},
    {kSecurity, 4657, "registry_set, registry_delete", registry_change, {Field::kObjectName, Field::kOperationType}},
    {kSecurity, 4663, "file_access, process_access", object_access, {Field::kObjectType, Field::kObjectName, Field::kAccessMask}},
    {kSecurity, 4688, "process_start", process_created, {Field::kNewProcessName, Field::kNewProcessId}},
    {kSecurity, 4689, "process_exit", process_exited, {Field::kProcessId}},
    {kSecurity, 4697, "service_install", service_install, {Field::kServiceName, Field::kServiceFileName}},
    {kSecurity, 4698, "scheduled_task_register", task_create, {Field::kTaskName, Field::kTaskContent}},
    {kSecurity, 4702, "scheduled_task_register", task_update, {Field::kTaskName, Field::kTaskContent}},
    {kSecurity, 4719, "audit_policy_change", audit_policy_change, {kSubcategory, Field::kAuditPolicyChanges}},
    {kSecurity, 4946, "firewall_policy_change", firewall_rule<v1::FirewallPolicyChange::KIND_RULE_ADDED>, {kRule}},
    {kSecurity, 4947, "firewall_policy_change", firewall_rule<v1::FirewallPolicyChange::KIND_RULE_MODIFIED>, {kRule}},
    {kSecurity, 4948, "firewall_policy_change", firewall_rule<v1::FirewallPolicyChange::KIND_RULE_DELETED>, {kRule}},
    {kSecurity, 4949, "firewall_policy_change", firewall_rule<v1::FirewallPolicyChange::KIND_DEFAULTS_RESTORED>},
    {kSecurity, 4950, "firewall_policy_change", firewall_setting, {Field::kSettingType, Field::kSettingValue}},
    {kSecurity, 5145, "file_access, pipe_connect", share_access, {Field::kShareName, Field::kRelativeTargetName, Field::kAccessMask}},
    {kSecurity, 5447, "firewall_policy_change", firewall_filter, {Field::kFilterName}},
    {kSystem, 7045, "service_install", service_log, {Field::kServiceName, kServiceImage}},
};
// clang-format on

}  // namespace

std::span<const EventMapping> security_mappings() { return kSecurityMappings; }

}  // namespace holdfast
