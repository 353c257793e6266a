#include "sensors/import/process_ids.h"

namespace holdfast {

void ProcessIds::learn(std::uint64_t start_ns, std::uint32_t pid) {
  Entry& entry = entries_[place(start_ns)];
  if (entry.start_ns != start_ns && entry.start_ns != 0 && displaced_.size() < kDisplacedMax) {
    displaced_[entry.start_ns] = entry.pid;
  }
  entry = {.start_ns = start_ns, .pid = pid};
}

std::uint32_t ProcessIds::find(std::uint64_t start_ns) const {
  const Entry& entry = entries_[place(start_ns)];
  if (entry.start_ns == start_ns) return entry.pid;
  const auto displaced = displaced_.find(start_ns);
  return displaced == displaced_.end() ? 0 : displaced->second;
}

bool ProcessIds::complete(v1::Operation& operation, ImportRemarks& remarks) const {
  bool known = true;
  const auto name = [&](auto* process) {
    if (process->pid() != 0 || process->start_ns() == 0) return;
    process->set_pid(find(process->start_ns()));
    ++(process->pid() != 0 ? remarks.pid_from_guid : remarks.pid_unknown);
    known = known && process->pid() != 0;
  };
  if (operation.has_actor()) name(operation.mutable_actor());
  switch (operation.what_case()) {
    case v1::Operation::kProcessStart: {
      v1::Process& started = *operation.mutable_process_start();
      name(&started);
      if (started.has_parent()) *started.mutable_parent() = operation.actor();  // who starts it, in every log
      break;
    }
    case v1::Operation::kRemoteThread:
      if (operation.remote_thread().has_target()) name(operation.mutable_remote_thread()->mutable_target());
      break;
    case v1::Operation::kProcessAccess:
      if (operation.process_access().has_target()) name(operation.mutable_process_access()->mutable_target());
      break;
    default: break;
  }
  return known;
}

}  // namespace holdfast
