#include "sensors/import/repetitions.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

// Rights of an access mask that change a file: WRITE_DATA, APPEND_DATA, WRITE_EA, WRITE_ATTRIBUTES, DELETE.
constexpr std::uint32_t kFileChanged = 0x0001'0116;

std::string act(std::string_view kind, const v1::Operation& operation, std::uint32_t pid, std::string_view target) {
  if (target.empty()) return {};
  std::string name(kind);
  name += '|';
  name += operation.endpoint();
  name += '|';
  if (pid != 0) name += std::to_string(pid) + '|';
  name += target;
  return ascii::lower_case(std::move(name));
}

// By one that acts under a number, which both sources tell.
std::string act_of_actor(std::string_view kind, const v1::Operation& operation, std::string_view target) {
  const std::uint32_t pid = operation.actor().pid();
  return pid == 0 ? std::string() : act(kind, operation, pid, target);
}

// The values and keys that Windows itself writes, in its own spelling, for what has an event of its own.
std::string act_of_key(const v1::Operation& operation, std::string_view key, std::string_view value,
                       std::string_view data) {
  constexpr std::string_view kTaskKeys = R"(\TaskCache\Tree\)";
  if (const std::size_t tasks = key.find(kTaskKeys); tasks != std::string::npos) {
    return act("task", operation, 0, key.substr(tasks + kTaskKeys.size() - 1));
  }
  const bool is_service = value == "ImagePath" && key.find(R"(\Services\)") != std::string::npos;
  return is_service ? act("service", operation, 0, data) : std::string();
}

}  // namespace

std::string act_of(const v1::Operation& operation) {
  switch (operation.what_case()) {
    case v1::Operation::kProcessStart: {
      const v1::Process& process = operation.process_start();
      return process.pid() == 0 ? std::string() : act("start", operation, process.pid(), process.image());
    }
    case v1::Operation::kProcessExit: return act_of_actor("exit", operation, operation.actor_image());
    case v1::Operation::kProcessAccess:
      return act_of_actor("access", operation, operation.process_access().target_image());
    case v1::Operation::kFileCreate: return act_of_actor("file", operation, operation.file_create().path());
    case v1::Operation::kFileAccess:
      return (operation.file_access().access_mask() & kFileChanged) == 0
                 ? std::string()
                 : act_of_actor("file", operation, operation.file_access().path());
    case v1::Operation::kRegistryKeyCreate: return act_of_key(operation, operation.registry_key_create().key(), {}, {});
    case v1::Operation::kRegistrySet: {
      const v1::RegistrySet& set = operation.registry_set();
      return act_of_key(operation, set.key(), set.value(), set.data());
    }
    case v1::Operation::kServiceInstall: return act("service", operation, 0, operation.service_install().image_path());
    case v1::Operation::kScheduledTaskRegister:
      return act("task", operation, 0, operation.scheduled_task_register().name());
    case v1::Operation::kFirewallPolicyChange: {
      const v1::FirewallPolicyChange& change = operation.firewall_policy_change();
      return act("firewall" + std::to_string(change.kind()), operation, 0, change.rule());
    }
    default: return {};
  }
}

const Repetitions::Told* Repetitions::known(const std::string& act) const {
  if (const auto now = present_.find(act); now != present_.end()) return &now->second;
  const auto earlier = before_.find(act);
  return earlier == before_.end() ? nullptr : &earlier->second;
}

bool Repetitions::repeats(const v1::Operation& operation, EventProvider provider) {
  std::string act = act_of(operation);
  if (act.empty()) return false;
  const std::uint64_t now_ns = operation.wall_ns();
  if (now_ns - since_ns_ > kWindow_ns) {
    before_ = std::exchange(present_, {});
    since_ns_ = now_ns;
  }
  const Told* told = known(act);
  if (told != nullptr && told->provider != provider && now_ns - told->wall_ns <= kWindow_ns) return true;
  if (present_.size() < kActsMax) {
    present_.insert_or_assign(std::move(act), Told{.wall_ns = now_ns, .provider = provider});
  } else {
    ++not_compared_;
  }
  return false;
}

}  // namespace holdfast
