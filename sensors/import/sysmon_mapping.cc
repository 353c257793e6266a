#include <utility>

#include "sensors/import/event_mapping.h"
#include "sensors/import/value_text.h"

namespace holdfast {
namespace {

constexpr std::size_t kStreamContentsMax = 4 * 1024;
constexpr std::size_t kCallTraceMax = 8 * 1024;
constexpr std::uint32_t kFileReadData = 1;  // winnt.h

// The acting process of most events.
void actor(EventFields& event, v1::Operation& operation) {
  event.process(Field::kProcessGuid, Field::kProcessId, operation.mutable_actor());
  event.image(Field::kImage, operation.mutable_actor_image());
  event.text(Field::kUser, operation.mutable_actor_user());
}

// The acting process of events with a source and a target.
void source(EventFields& event, v1::Operation& operation) {
  event.process(Field::kSourceProcessGuid, Field::kSourceProcessId, operation.mutable_actor());
  event.image(Field::kSourceImage, operation.mutable_actor_image());
  event.text(Field::kSourceUser, operation.mutable_actor_user());
}

void signature(EventFields& event, v1::Signature* signature) {
  const std::string is_signed(event.view(Field::kSigned));
  signature->set_status(parse_signature_status(is_signed, event.view(Field::kSignatureStatus)));
  event.text(Field::kSignature, signature->mutable_signer());
}

bool process_start(EventFields& event, v1::Operation& operation) {
  v1::Process* process = operation.mutable_process_start();
  v1::ProcessKey key;
  event.process(Field::kProcessGuid, Field::kProcessId, &key);
  process->set_pid(key.pid());
  process->set_start_ns(key.start_ns());
  event.process(Field::kParentProcessGuid, Field::kParentProcessId, process->mutable_parent());
  event.image(Field::kImage, process->mutable_image());
  event.text(Field::kCommandLine, process->mutable_command_line());
  event.text(Field::kCurrentDirectory, process->mutable_current_directory());
  event.text(Field::kUser, process->mutable_user());
  process->set_session_id(event.number32(Field::kTerminalSessionId));
  process->set_integrity(parse_integrity(event.view(Field::kIntegrityLevel)));
  event.sha256(Field::kHashes, process->mutable_sha256());
  event.text(Field::kOriginalFileName, process->mutable_original_file_name());
  event.text(Field::kProduct, process->mutable_product());
  event.text(Field::kCompany, process->mutable_company());
  process->set_logon_id(event.number(Field::kLogonId));
  event.image(Field::kParentImage, process->mutable_parent_image());
  event.text(Field::kParentCommandLine, process->mutable_parent_command_line());

  *operation.mutable_actor() = process->parent();
  operation.set_actor_image(process->parent_image());
  event.text(Field::kParentUser, operation.mutable_actor_user());
  return true;
}

bool file_time_change(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  v1::FileTimeChange* change = operation.mutable_file_time_change();
  event.text(Field::kTargetFilename, change->mutable_path());
  change->set_created_wall_ns(event.utc_ns(Field::kCreationUtcTime));
  change->set_previous_created_wall_ns(event.utc_ns(Field::kPreviousCreationUtcTime));
  return true;
}

bool network_connect(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  v1::NetworkConnect* connect = operation.mutable_network_connect();
  const std::string_view protocol = event.view(Field::kProtocol);
  connect->set_protocol(protocol == "tcp"   ? v1::TRANSPORT_PROTOCOL_TCP
                        : protocol == "udp" ? v1::TRANSPORT_PROTOCOL_UDP
                                            : v1::TRANSPORT_PROTOCOL_UNSPECIFIED);
  connect->set_source_ip(canonical_ip(event.view(Field::kSourceIp)));
  connect->set_source_port(static_cast<std::uint32_t>(event.number(Field::kSourcePort, 65'535)));
  connect->set_destination_ip(canonical_ip(event.view(Field::kDestinationIp)));
  connect->set_destination_port(static_cast<std::uint32_t>(event.number(Field::kDestinationPort, 65'535)));
  event.text(Field::kDestinationHostname, connect->mutable_destination_host());
  connect->set_inbound(event.has(Field::kInitiated) && !event.flag(Field::kInitiated));
  return true;
}

bool process_exit(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  operation.mutable_process_exit();
  return true;
}

// Sysmon tells no process here: drivers are loaded by the kernel.
bool driver_load(EventFields& event, v1::Operation& operation) {
  v1::DriverLoad* load = operation.mutable_driver_load();
  event.text(Field::kImageLoaded, load->mutable_path());
  signature(event, load->mutable_signature());
  event.sha256(Field::kHashes, load->mutable_sha256());
  return true;
}

bool image_load(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  v1::ImageLoad* load = operation.mutable_image_load();
  event.text(Field::kImageLoaded, load->mutable_path());
  signature(event, load->mutable_signature());
  event.sha256(Field::kHashes, load->mutable_sha256());
  event.text(Field::kOriginalFileName, load->mutable_original_file_name());
  return true;
}

bool remote_thread(EventFields& event, v1::Operation& operation) {
  source(event, operation);
  v1::RemoteThread* thread = operation.mutable_remote_thread();
  event.process(Field::kTargetProcessGuid, Field::kTargetProcessId, thread->mutable_target());
  event.image(Field::kTargetImage, thread->mutable_target_image());
  thread->set_start_address(event.number(Field::kStartAddress));
  event.text(Field::kStartModule, thread->mutable_start_module());
  event.text(Field::kStartFunction, thread->mutable_start_function());
  return true;
}

// A volume or disk was read past its file system: an access to the device's path, for reading.
bool raw_read(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  v1::FileAccess* access = operation.mutable_file_access();
  event.text(Field::kDevice, access->mutable_path());
  access->set_access_mask(kFileReadData);
  return true;
}

bool process_access(EventFields& event, v1::Operation& operation) {
  source(event, operation);
  v1::ProcessAccess* access = operation.mutable_process_access();
  event.process(Field::kTargetProcessGuid, Field::kTargetProcessId, access->mutable_target());
  event.image(Field::kTargetImage, access->mutable_target_image());
  access->set_access_mask(event.number32(Field::kGrantedAccess));
  event.text(Field::kCallTrace, access->mutable_call_trace(), kCallTraceMax);
  return true;
}

bool file_create(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  v1::FileCreate* create = operation.mutable_file_create();
  event.text(Field::kTargetFilename, create->mutable_path());
  create->set_created_wall_ns(event.utc_ns(Field::kCreationUtcTime));
  return true;
}

bool registry_key(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  const std::string kind(event.view(Field::kEventType));
  if (kind == "DeleteValue") {
    v1::RegistryDelete* removal = operation.mutable_registry_delete();
    std::string target;
    event.text(Field::kTargetObject, &target);
    const RegistryPath path = split_registry_path(target);
    removal->set_key(path.key.data(), path.key.size());
    removal->set_value(path.value.data(), path.value.size());
  } else if (kind == "DeleteKey") {
    event.text(Field::kTargetObject, operation.mutable_registry_key_delete()->mutable_key());
  } else {
    // A collector that could not resolve the event drops its EventType; nearly all are creations.
    if (kind != "CreateKey") ++event.remarks().registry_kind_assumed;
    event.text(Field::kTargetObject, operation.mutable_registry_key_create()->mutable_key());
  }
  return true;
}

bool registry_set(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  v1::RegistrySet* set = operation.mutable_registry_set();
  std::string target;
  event.text(Field::kTargetObject, &target);
  const RegistryPath path = split_registry_path(target);
  set->set_key(path.key.data(), path.key.size());
  set->set_value(path.value.data(), path.value.size());
  set_registry_data(event.verbatim(Field::kDetails), *set);
  return true;
}

// Keys and values alike: the path before and after.
bool registry_rename(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  v1::RegistryKeyRename* rename = operation.mutable_registry_key_rename();
  event.text(Field::kTargetObject, rename->mutable_key());
  event.text(Field::kNewName, rename->mutable_new_key());
  return true;
}

bool stream_create(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  v1::FileStreamCreate* create = operation.mutable_file_stream_create();
  event.text(Field::kTargetFilename, create->mutable_path());
  event.text(Field::kContents, create->mutable_contents(), kStreamContentsMax);
  event.sha256(Field::kHashes, create->mutable_sha256());
  return true;
}

bool pipe_create(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  event.text(Field::kPipeName, operation.mutable_pipe_create()->mutable_name());
  return true;
}

bool pipe_connect(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  event.text(Field::kPipeName, operation.mutable_pipe_connect()->mutable_name());
  return true;
}

// ` "WSUS"`: Sysmon keeps the quotes of the WMI text.
void wmi_text(EventFields& event, Field field, std::string* out) {
  std::string text;
  event.text(field, &text);
  std::string_view inner = text;
  while (!inner.empty() && inner.front() == ' ') inner.remove_prefix(1);
  if (inner.size() >= 2 && inner.front() == '"' && inner.back() == '"') inner = inner.substr(1, inner.size() - 2);
  out->assign(inner);
}

template <v1::WmiSubscription::Part kPart, Field kName, Field kContent>
bool wmi_subscription(EventFields& event, v1::Operation& operation) {
  event.text(Field::kUser, operation.mutable_actor_user());
  v1::WmiSubscription* subscription = operation.mutable_wmi_subscription();
  subscription->set_part(kPart);
  wmi_text(event, kName, subscription->mutable_name());
  wmi_text(event, kContent, subscription->mutable_content());
  subscription->set_deleted(event.view(Field::kOperation) == "Deleted");
  return true;
}

bool dns_query(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  v1::DnsQuery* query = operation.mutable_dns_query();
  event.text(Field::kQueryName, query->mutable_name());
  query->set_status(event.number32(Field::kQueryStatus));
  event.text(Field::kQueryResults, query->mutable_results());
  return true;
}

bool file_delete(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  v1::FileDelete* removal = operation.mutable_file_delete();
  event.text(Field::kTargetFilename, removal->mutable_path());
  removal->set_executable(event.flag(Field::kIsExecutable));
  event.sha256(Field::kHashes, removal->mutable_sha256());
  removal->set_archived(event.flag(Field::kArchived));
  return true;
}

bool process_tampering(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  event.text(Field::kType, operation.mutable_process_tampering()->mutable_technique());
  return true;
}

bool executable_create(EventFields& event, v1::Operation& operation) {
  actor(event, operation);
  v1::FileCreate* create = operation.mutable_file_create();
  event.text(Field::kTargetFilename, create->mutable_path());
  event.sha256(Field::kHashes, create->mutable_sha256());
  create->set_executable(true);
  return true;
}

constexpr EventProvider kSysmon = EventProvider::kSysmon;
constexpr Need kProcess{Field::kProcessGuid, Field::kProcessId};

// Missing on purpose: 4 (service state), 16 (configuration), 24 (clipboard) and 255 (error) are no operations of ours.
// clang-format off: one row per line.
constexpr EventMapping kSysmonMappings[] = {
    {kSysmon, 1, "process_start", process_start, {Field::kImage, kProcess}},
    {kSysmon, 2, "file_time_change", file_time_change, {Field::kTargetFilename, Field::kCreationUtcTime}},
    {kSysmon, 3, "network_connect", network_connect, {Field::kDestinationIp, Field::kDestinationPort}},
    {kSysmon, 5, "process_exit", process_exit, {kProcess}},
    {kSysmon, 6, "driver_load", driver_load, {Field::kImageLoaded}},
    {kSysmon, 7, "image_load", image_load, {Field::kImageLoaded}},
    {kSysmon, 8, "remote_thread", remote_thread, {Field::kTargetImage}},
    {kSysmon, 9, "file_access", raw_read, {Field::kDevice}},
    {kSysmon, 10, "process_access", process_access, {Field::kTargetImage, Field::kGrantedAccess}},
    {kSysmon, 11, "file_create", file_create, {Field::kTargetFilename}},
    {kSysmon, 12, "registry_key_create, registry_key_delete, registry_delete", registry_key, {Field::kTargetObject}},
    {kSysmon, 13, "registry_set", registry_set, {Field::kTargetObject}},
    {kSysmon, 14, "registry_key_rename", registry_rename, {Field::kTargetObject, Field::kNewName}},
    {kSysmon, 15, "file_stream_create", stream_create, {Field::kTargetFilename}},
    {kSysmon, 17, "pipe_create", pipe_create, {Field::kPipeName}},
    {kSysmon, 18, "pipe_connect", pipe_connect, {Field::kPipeName}},
    {kSysmon, 19, "wmi_subscription", wmi_subscription<v1::WmiSubscription::PART_FILTER, Field::kName, Field::kQuery>,
     {Field::kOperation, Field::kName, Field::kQuery}},
    {kSysmon, 20, "wmi_subscription", wmi_subscription<v1::WmiSubscription::PART_CONSUMER, Field::kName, Field::kDestination>,
     {Field::kOperation, Field::kName, Field::kDestination}},
    {kSysmon, 21, "wmi_subscription", wmi_subscription<v1::WmiSubscription::PART_BINDING, Field::kConsumer, Field::kFilter>,
     {Field::kOperation, Field::kConsumer, Field::kFilter}},
    {kSysmon, 22, "dns_query", dns_query, {Field::kQueryName, Field::kQueryStatus}},
    {kSysmon, 23, "file_delete", file_delete, {Field::kTargetFilename}},
    {kSysmon, 25, "process_tampering", process_tampering, {kProcess, Field::kType}},
    {kSysmon, 26, "file_delete", file_delete, {Field::kTargetFilename}},
    {kSysmon, 27, "file_create", executable_create, {Field::kTargetFilename}},
    {kSysmon, 28, "file_delete", file_delete, {Field::kTargetFilename}},
    {kSysmon, 29, "file_create", executable_create, {Field::kTargetFilename}},
};
// clang-format on

}  // namespace

std::span<const EventMapping> sysmon_mappings() { return kSysmonMappings; }

}  // namespace holdfast
