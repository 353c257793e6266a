#include "engine/monitoring/operation_target.h"

#include <string_view>

namespace holdfast::engine {
namespace {

class TargetText {
 public:
  TargetText(const PathNormaliser& paths, WindowsPath& path, RegistryPath& key, std::string& out)
      : paths_(paths), path_(path), key_(key), out_(out) {}

  TargetText& file(std::string_view raw) {
    paths_.normalise(raw, path_);
    out_ += path_.text;
    if (!path_.stream.empty()) out_.append(1, ':').append(path_.stream);
    return *this;
  }

  TargetText& registry_key(std::string_view raw) {
    normalise_registry_key(raw, key_);
    out_ += key_.text;
    return *this;
  }

  TargetText& registry_value(std::string_view raw, std::string_view name) {
    registry_key(raw);
    out_.append(1, '\\').append(name.empty() ? std::string_view("(Default)") : name);
    return *this;
  }

  TargetText& text(std::string_view more) {
    out_ += more;
    return *this;
  }

 private:
  const PathNormaliser& paths_;
  WindowsPath& path_;
  RegistryPath& key_;
  std::string& out_;
};

}  // namespace

// A flat switch, a case for each kind of operation.
// NOLINTNEXTLINE(readability-function-size)
void describe_target(const v1::Operation& operation, const PathNormaliser& paths, WindowsPath& path, RegistryPath& key,
                     std::string& out) {
  out.clear();
  TargetText target(paths, path, key, out);
  switch (operation.what_case()) {
    case v1::Operation::kProcessStart: target.file(operation.process_start().image()); break;
    case v1::Operation::kFileCreate: target.file(operation.file_create().path()); break;
    case v1::Operation::kFileWrite: target.file(operation.file_write().path()); break;
    case v1::Operation::kFileDelete: target.file(operation.file_delete().path()); break;
    case v1::Operation::kFileRename:
      target.file(operation.file_rename().path()).text(" -> ").file(operation.file_rename().new_path());
      break;
    case v1::Operation::kFileTimeChange: target.file(operation.file_time_change().path()); break;
    case v1::Operation::kFileAccess: target.file(operation.file_access().path()); break;
    case v1::Operation::kFileStreamCreate: target.file(operation.file_stream_create().path()); break;
    case v1::Operation::kRegistryKeyCreate: target.registry_key(operation.registry_key_create().key()); break;
    case v1::Operation::kRegistryKeyDelete: target.registry_key(operation.registry_key_delete().key()); break;
    case v1::Operation::kRegistryKeyRename:
      target.registry_key(operation.registry_key_rename().key())
          .text(" -> ")
          .registry_key(operation.registry_key_rename().new_key());
      break;
    case v1::Operation::kRegistrySet:
      target.registry_value(operation.registry_set().key(), operation.registry_set().value());
      break;
    case v1::Operation::kRegistryDelete:
      target.registry_value(operation.registry_delete().key(), operation.registry_delete().value());
      break;
    case v1::Operation::kServiceInstall:
      target.text("service ").text(operation.service_install().name()).text(" (");
      target.text(operation.service_install().image_path()).text(")");
      break;
    case v1::Operation::kScheduledTaskRegister:
      target.text("task ").text(operation.scheduled_task_register().name());
      break;
    case v1::Operation::kDriverLoad: target.file(operation.driver_load().path()); break;
    case v1::Operation::kImageLoad: target.file(operation.image_load().path()); break;
    case v1::Operation::kRemoteThread: target.file(operation.remote_thread().target_image()); break;
    case v1::Operation::kProcessAccess: target.file(operation.process_access().target_image()); break;
    case v1::Operation::kProcessTerminate: target.file(operation.process_terminate().target_image()); break;
    case v1::Operation::kNetworkConnect:
      target.text(operation.network_connect().destination_host().empty()
                      ? operation.network_connect().destination_ip()
                      : operation.network_connect().destination_host());
      target.text(" port ").text(std::to_string(operation.network_connect().destination_port()));
      break;
    case v1::Operation::kDnsQuery: target.text(operation.dns_query().name()); break;
    case v1::Operation::kPipeCreate: target.text("pipe ").text(operation.pipe_create().name()); break;
    case v1::Operation::kPipeConnect: target.text("pipe ").text(operation.pipe_connect().name()); break;
    case v1::Operation::kWmiSubscription:
      target.text("WMI subscription ").text(operation.wmi_subscription().name());
      break;
    case v1::Operation::kAuditPolicyChange:
      target.text("audit policy ").text(operation.audit_policy_change().subcategory());
      break;
    case v1::Operation::kFirewallPolicyChange:
      target.text("firewall policy ").text(operation.firewall_policy_change().rule());
      break;
    case v1::Operation::kDownload: target.file(operation.download().path()); break;
    case v1::Operation::kProcessExit:
    case v1::Operation::kProcessTampering:
    case v1::Operation::WHAT_NOT_SET: break;
  }
}

}  // namespace holdfast::engine
