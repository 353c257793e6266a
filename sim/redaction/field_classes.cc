#include "sim/redaction/field_classes.h"

#include <algorithm>
#include <array>
#include <string>

#include "engine/text/check.h"

namespace holdfast {
namespace {

constexpr auto kKept = FieldClass::kKept;
constexpr auto kHash = FieldClass::kHash;
constexpr auto kCleared = FieldClass::kCleared;
constexpr auto kText = FieldClass::kText;
constexpr auto kCommand = FieldClass::kCommand;
constexpr auto kFile = FieldClass::kFile;
constexpr auto kFolder = FieldClass::kFolder;
constexpr auto kAccount = FieldClass::kAccount;
constexpr auto kMachine = FieldClass::kMachine;
constexpr auto kHost = FieldClass::kHost;
constexpr auto kEntry = FieldClass::kEntry;
constexpr auto kBody = FieldClass::kBody;
constexpr auto kQuoting = FieldClass::kQuoting;
constexpr auto kReasonText = FieldClass::kReasonText;

// In the order of the schema's files.
constexpr auto kFields = std::to_array<FieldRow>({
    // input.proto
    {"SessionChanged.user", kAccount},
    {"NetworkState.proxy", kHost},
    {"HttpOutcome.content_type", kText},
    {"HttpOutcome.body", kBody},
    {"Detection.path", kFile},
    {"Detection.sha256", kHash},
    {"Detection.name", kText},
    {"Loss.source", kText},
    {"Loss.reason", kText},
    // operation.proto
    {"Signature.signer", kText},
    {"Signature.certificate_sha256", kHash},
    {"Process.image", kFile},
    {"Process.command_line", kCommand},
    {"Process.current_directory", kFolder},
    {"Process.user", kAccount},
    {"Process.sha256", kHash},
    {"Process.original_file_name", kText},
    {"Process.product", kText},
    {"Process.company", kText},
    {"Process.parent_image", kFile},
    {"Process.parent_command_line", kCommand},
    {"FileCreate.path", kFile},
    {"FileCreate.sha256", kHash},
    {"FileWrite.path", kFile},
    {"FileDelete.path", kFile},
    {"FileDelete.sha256", kHash},
    {"FileRename.path", kFile},
    {"FileRename.new_path", kFile},
    {"FileTimeChange.path", kFile},
    {"FileAccess.path", kFile},
    {"FileStreamCreate.path", kFile},
    {"FileStreamCreate.contents", kCommand},
    {"FileStreamCreate.sha256", kHash},
    {"RegistryKeyCreate.key", kText},
    {"RegistryKeyDelete.key", kText},
    {"RegistryKeyRename.key", kText},
    {"RegistryKeyRename.new_key", kText},
    {"RegistrySet.key", kText},
    {"RegistrySet.value", kText},
    {"RegistrySet.data", kCommand},
    {"RegistrySet.previous_data", kCommand},
    {"RegistryDelete.key", kText},
    {"RegistryDelete.value", kText},
    {"ServiceInstall.name", kText},
    {"ServiceInstall.image_path", kCommand},
    {"ServiceInstall.account", kAccount},
    {"ScheduledTaskRegister.name", kText},
    {"ScheduledTaskRegister.content", kCommand},
    {"DriverLoad.path", kFile},
    {"DriverLoad.sha256", kHash},
    {"ImageLoad.path", kFile},
    {"ImageLoad.sha256", kHash},
    {"ImageLoad.original_file_name", kText},
    {"RemoteThread.target_image", kFile},
    {"RemoteThread.start_module", kFile},
    {"RemoteThread.start_function", kText},
    {"ProcessAccess.target_image", kFile},
    {"ProcessAccess.call_trace", kText},
    {"ProcessTampering.technique", kText},
    {"ProcessTerminate.target_image", kFile},
    {"NetworkConnect.source_ip", kText},
    {"NetworkConnect.destination_ip", kText},
    {"NetworkConnect.destination_host", kHost},
    {"DnsQuery.name", kHost},
    {"DnsQuery.results", kText},
    {"PipeCreate.name", kText},
    {"PipeConnect.name", kText},
    {"WmiSubscription.name", kText},
    {"WmiSubscription.content", kCommand},
    {"AuditPolicyChange.category", kText},
    {"AuditPolicyChange.subcategory", kText},
    {"AuditPolicyChange.changes", kText},
    {"FirewallPolicyChange.profile", kText},
    {"FirewallPolicyChange.rule", kText},
    {"FirewallPolicyChange.value", kText},
    {"ArchiveMember.name", kText},
    {"ArchiveMember.sha256", kHash},
    {"Download.url", kCommand},
    {"Download.path", kFile},
    {"Download.sha256", kHash},
    {"Download.referrer", kCommand},
    {"Operation.actor_image", kFile},
    {"Operation.actor_user", kAccount},
    {"Operation.endpoint", kMachine},
    {"Operation.remote_client", kHost},
    {"Operation.script", kFile},
    // output.proto: what the engine says of what it was told
    {"Reason.text", kReasonText},
    {"Verdict.program", kFile},
    {"Verdict.target", kText},
    {"Verdict.operation", kKept},
    {"Prompt.program", kFile},
    {"Prompt.target", kText},
    {"PromptUpdate.target", kText},
    {"HttpRequest.url", kCommand},
    {"HttpRequest.proxy", kHost},
    {"HttpRequest.credentials", kText},
    {"Violation.program", kFile},
    {"Violation.target", kText},
    {"Violation.operation", kKept},
    {"Violation.endpoint", kMachine},
    {"Violation.user", kAccount},
    {"Violation.rule", kKept},
    {"Warning.program", kFile},
    {"Warning.target", kText},
    {"FileBackup.path", kFile},
    {"FileRestore.path", kFile},
    {"EffectiveField.field", kKept},
    {"EffectiveField.configured", kKept},
    {"EffectiveField.effective", kKept},
    {"Status.settings_name", kText},
    {"SettingsRefused.settings_name", kText},
    {"SettingsRefused.field", kKept},
    {"SettingsRefused.reason", kQuoting},
    {"InputIgnored.what", kKept},
    {"InputIgnored.reason", kKept},
    {"LimitReached.outcome", kKept},
    {"CloudStatus.route", kText},
    // settings.proto
    {"EnvironmentVariable.name", kText},
    {"EnvironmentVariable.value", kFolder},
    {"Volume.drive", kText},
    {"Volume.device", kText},
    {"Volume.unc", kFolder},
    {"ShortName.short_path", kFolder},
    {"ShortName.long_path", kFolder},
    {"AgentProfile.endpoint", kMachine},
    {"AgentProfile.system_root", kFolder},
    {"MalwareBehaviorBlockingSettings.protected_extension", kText},
    {"ExceptionEntry.path", kEntry},
    {"ExceptionEntry.sha256", kHash},
    {"ExceptionEntry.signer", kText},
    {"ExceptionEntry.comment", kCleared},
    {"CertifiedSafeSoftwareSettings.service_url", kCommand},
    {"ProxySettings.host", kHost},
    {"ProxySettings.credentials", kText},
    {"Settings.name", kText},
    // state.proto
    {"ProcessState.endpoint", kMachine},
    {"PendingState.rule", kKept},
    {"PendingState.program", kFile},
    {"PendingState.target", kText},
    {"PromptState.program", kFile},
    {"PromptState.sha256", kHash},
    {"PromptState.endpoint", kMachine},
    {"RememberedAnswer.program", kFile},
    {"RememberedAnswer.sha256", kHash},
    {"RememberedAnswer.endpoint", kMachine},
    {"CachedAnswer.sha256", kHash},
    {"LookupState.sha256", kHash},
    {"LookupState.proxy", kHost},
    {"LookupState.credentials", kText},
    {"CloudState.route", kText},
    {"DownloadState.endpoint", kMachine},
    // recording.proto
    {"RecordingHeader.writer", kKept},
    {"RecordingHeader.source", kCleared},
    {"UnmappedEvent.provider", kText},
    {"UnmappedEvent.field", kText},
    {"SnapshotPart.piece", kCleared},  // readers give the whole state, field by field
    {"RecordingTrailer.decision_log_sha256", kHash},
});

// Platforms, rules, words of ours, digits of a hash, names of failures. Every other code may repeat what was told.
constexpr auto kInOurWords = std::to_array<v1::ReasonCode>({
    v1::BEHAVIOR_MONITORING_ACTIVE,
    v1::PLATFORM_NOT_SUPPORTED,
    v1::SERVICE_PACK_MISSING,
    v1::OFF_BY_DEFAULT_ON_SERVERS,
    v1::MONITORED_EVENT_SEEN,
    v1::SIGNATURE_NOT_TRUSTED,
    v1::CERTIFIED_SAFE,
    v1::CERTIFIED_UNKNOWN,
    v1::CERTIFIED_MALICIOUS,
    v1::CSSS_FAILED,
    v1::CSSS_NOT_ASKED,
    v1::NEWLY_ENCOUNTERED,
    v1::SERVERS_EXCLUDED,
    v1::PREVALENCE_FAILED,
    v1::CHANNEL_NOT_COVERED,
    v1::ACTOR_UNKNOWN,
});

}  // namespace

std::span<const FieldRow> field_classes() { return kFields; }

FieldClass class_of(std::string_view field) {
  const auto row = std::ranges::find(kFields, field, &FieldRow::field);
  engine::check(row != kFields.end(), "a redaction knows what " + std::string(field) + " is");
  return row->type;
}

FieldClass class_of_reason(v1::ReasonCode code) {
  return std::ranges::find(kInOurWords, code) == kInOurWords.end() ? kText : kKept;
}

}  // namespace holdfast
