#include "sensors/import/repetitions.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

// Rights of an access mask that change a file: WRITE_DATA, APPEND_DATA, WRITE_EA, WRITE_ATTRIBUTES; and DELETE.
constexpr std::uint32_t kFileWritten = 0x0116;
constexpr std::uint32_t kFileDeleted = 0x0001'0000;

std::string named(std::string_view kind, const v1::Operation& operation, std::uint32_t pid, std::string_view target) {
  if (target.empty()) return {};
  constexpr std::size_t kBetween = sizeof "||4294967295|";
  std::string name;
  name.reserve(kind.size() + operation.endpoint().size() + target.size() + kBetween);
  name += kind;
  name += '|';
  name += operation.endpoint();
  name += '|';
  if (pid != 0) name += std::to_string(pid) + '|';
  name += target;
  return ascii::lower_case(std::move(name));
}

// By one that acts under a number, which both sources tell.
std::string named_by_actor(std::string_view kind, const v1::Operation& operation, std::string_view target) {
  const std::uint32_t pid = operation.actor().pid();
  return pid == 0 ? std::string() : named(kind, operation, pid, target);
}

Act with_rights(std::uint32_t rights, std::string_view kind, const v1::Operation& operation, std::string_view target) {
  return rights == 0 ? Act() : Act{.name = named_by_actor(kind, operation, target), .rights = rights};
}

Act of_service(const v1::Operation& operation, std::string_view name, std::string_view image_path) {
  if (name.empty() || image_path.empty()) return {};
  return {.name = named("service", operation, 0, std::string(name) + '|' + std::string(image_path))};
}

Act of_task(const v1::Operation& operation, std::string_view name, bool updated) {
  return {.name = named(updated ? "task update" : "task", operation, 0, name)};
}

// What follows `part` in `text`; empty where it does not stand there.
std::string_view behind(std::string_view part, std::string_view text) {
  const std::size_t at = text.find(part);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + part.size());
}

// The values and keys that Windows itself writes, in its own spelling, for what has an event of its own.
Act of_key(const v1::Operation& operation, std::string_view key, std::string_view value, std::string_view data) {
  if (const std::string_view task = behind(R"(\TaskCache\Tree)", key); !task.empty()) {
    return of_task(operation, task, false);
  }
  return value == "ImagePath" ? of_service(operation, behind(R"(\Services\)", key), data) : Act();
}

// A task lives in a file of its name.
Act of_new_file(const v1::Operation& operation, std::string_view path) {
  if (const std::string_view task = behind(R"(\System32\Tasks)", path); !task.empty()) {
    return of_task(operation, task, false);
  }
  return with_rights(kFileWritten, "file", operation, path);
}

Act of_start(const v1::Operation& operation) {
  const v1::Process& process = operation.process_start();
  if (process.pid() == 0) return {};
  return {.name = named("start", operation, process.pid(), process.image())};
}

Act of_firewall(const v1::Operation& operation) {
  const v1::FirewallPolicyChange& change = operation.firewall_policy_change();
  return {.name = named("firewall" + std::to_string(change.kind()), operation, 0, change.rule())};
}

// What `from` tells and `to` does not: of one act, told twice.
void add_what_is_missing(const v1::Operation& from, v1::Operation& to) {
  if (from.what_case() != to.what_case()) return;
  v1::Operation both = from;
  both.MergeFrom(to);
  to = std::move(both);
}

// Of one act: that a key or a file of its name appears tells little of a task, and a handle does not tell that a file
// is new. Then the other event is what counts.
bool tells_more(const v1::Operation& operation, const v1::Operation& told) {
  return (operation.has_scheduled_task_register() && !told.has_scheduled_task_register()) ||
         (operation.has_file_create() && told.has_file_access());
}

}  // namespace

Act act_of(const v1::Operation& operation) {
  switch (operation.what_case()) {
    case v1::Operation::kProcessStart: return of_start(operation);
    case v1::Operation::kProcessExit: return {.name = named_by_actor("exit", operation, operation.actor_image())};
    case v1::Operation::kProcessAccess:
      return with_rights(operation.process_access().access_mask(), "access", operation,
                         operation.process_access().target_image());
    case v1::Operation::kFileCreate: return of_new_file(operation, operation.file_create().path());
    case v1::Operation::kFileDelete:
      return with_rights(kFileDeleted, "file", operation, operation.file_delete().path());
    case v1::Operation::kFileAccess:
      return with_rights(operation.file_access().access_mask() & (kFileWritten | kFileDeleted), "file", operation,
                         operation.file_access().path());
    case v1::Operation::kRegistryKeyCreate: return of_key(operation, operation.registry_key_create().key(), {}, {});
    case v1::Operation::kRegistrySet: {
      const v1::RegistrySet& set = operation.registry_set();
      return of_key(operation, set.key(), set.value(), set.data());
    }
    case v1::Operation::kServiceInstall:
      return of_service(operation, operation.service_install().name(), operation.service_install().image_path());
    case v1::Operation::kScheduledTaskRegister: {
      const v1::ScheduledTaskRegister& task = operation.scheduled_task_register();
      return of_task(operation, task.name(), task.updated());
    }
    case v1::Operation::kFirewallPolicyChange: return of_firewall(operation);
    default: return {};
  }
}

void Repetitions::compare(Held& held) {
  held.act = act_of(held.input.operation());
  if (held.act.name.empty()) return;
  std::vector<Held*>& same = acts_[held.act.name];
  const auto first = std::ranges::find_if(same, [&](const Held* told) {
    return (told->told_by & held.told_by) == 0 && (held.act.rights & ~told->act.rights) == 0;
  });
  if (first == same.end()) {
    if (same.size() == kOfOneNameMax) {
      ++not_compared_;
      same.front()->act.name.clear();
      same.erase(same.begin());
    }
    return same.push_back(&held);
  }
  ++repeated_;
  v1::Operation& told = *(*first)->input.mutable_operation();
  v1::Operation& operation = *held.input.mutable_operation();
  held.told_by |= (*first)->told_by;
  if (tells_more(operation, told)) {
    told.set_repeats(true);
    (*first)->act.name.clear();
    *first = &held;
    return;
  }
  (*first)->told_by = held.told_by;
  add_what_is_missing(operation, told);
  operation.set_repeats(true);
  held.act.name.clear();
}

Expected<void> Repetitions::take(v1::Input& input, EventProvider provider) {
  const std::uint64_t now_ns = input.operation().wall_ns();
  while (!held_.empty() && now_ns - held_.front()->input.operation().wall_ns() > kWindow_ns) {
    HOLDFAST_TRY_DO(give_first());
  }
  if (held_.size() == kHeldMax) {
    not_compared_ += compares_ ? 1 : 0;
    HOLDFAST_TRY_DO(give_first());
  }
  if (spare_.empty()) spare_.push_back(std::make_unique<Held>());
  std::unique_ptr<Held> held = std::move(spare_.back());
  spare_.pop_back();
  held->input.Swap(&input);
  held->told_by = 1U << static_cast<unsigned>(provider);
  providers_ |= held->told_by;
  // Most logs have one source: nothing repeats anything until another one tells something.
  if (!compares_ && providers_ != held->told_by) {
    compares_ = true;
    for (const std::unique_ptr<Held>& earlier : held_) compare(*earlier);
  }
  if (compares_) compare(*held);
  held_.push_back(std::move(held));
  return {};
}

Expected<void> Repetitions::finish() {
  while (!held_.empty()) HOLDFAST_TRY_DO(give_first());
  return {};
}

Expected<void> Repetitions::give_first() {
  std::unique_ptr<Held> first = std::move(held_.front());
  held_.pop_front();
  if (!first->act.name.empty()) {
    const auto known = acts_.find(first->act.name);
    std::erase(known->second, first.get());
    if (known->second.empty()) acts_.erase(known);
  }
  Expected<void> given = give_(first->input);
  spare_.push_back(std::move(first));
  return given;
}

}  // namespace holdfast
