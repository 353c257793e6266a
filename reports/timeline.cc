#include "reports/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/explain.h"

namespace holdfast {
namespace {

using Operation = v1::Operation;
using Weight = TimelineEntry::Weight;

std::string at_path(std::string_view holder, std::string_view name) {
  return fmt::format("{}\\{}", holder, name.empty() ? std::string_view("(Default)") : name);
}

std::string arrow(std::string_view before, std::string_view after) { return fmt::format("{} → {}", before, after); }

// The start of a long text in one line.
std::string excerpt(std::string_view text) {
  constexpr std::size_t kBytesMax = 120;
  return text.size() <= kBytesMax ? std::string(text) : std::string(text.substr(0, kBytesMax)) + "…";
}

std::string other_process(std::string_view image, const v1::ProcessKey& key) {
  return image.empty() ? fmt::format("pid {}", key.pid()) : fmt::format("{} (pid {})", image, key.pid());
}

struct TargetOf {
  Operation::WhatCase what;
  std::string (*target)(const Operation&);
};

// clang-format off
constexpr auto kTargets = std::to_array<TargetOf>({
    {Operation::kProcessStart, [](const Operation& o) {
       const auto& start = o.process_start();
       return start.command_line().empty() ? start.image() : excerpt(start.command_line()); }},
    {Operation::kProcessExit, [](const Operation& o) { return fmt::format("exit code {}", o.process_exit().exit_code()); }},
    {Operation::kFileCreate, [](const Operation& o) { return o.file_create().path(); }},
    {Operation::kFileWrite, [](const Operation& o) { return o.file_write().path(); }},
    {Operation::kFileDelete, [](const Operation& o) { return o.file_delete().path(); }},
    {Operation::kFileRename, [](const Operation& o) { return arrow(o.file_rename().path(), o.file_rename().new_path()); }},
    {Operation::kFileTimeChange, [](const Operation& o) { return o.file_time_change().path(); }},
    {Operation::kFileAccess, [](const Operation& o) { return o.file_access().path(); }},
    {Operation::kFileStreamCreate, [](const Operation& o) { return o.file_stream_create().path(); }},
    {Operation::kRegistryKeyCreate, [](const Operation& o) { return o.registry_key_create().key(); }},
    {Operation::kRegistryKeyDelete, [](const Operation& o) { return o.registry_key_delete().key(); }},
    {Operation::kRegistryKeyRename, [](const Operation& o) {
       return arrow(o.registry_key_rename().key(), o.registry_key_rename().new_key()); }},
    {Operation::kRegistrySet, [](const Operation& o) {
       const auto& set = o.registry_set();
       const std::string path = at_path(set.key(), set.value());
       return set.data().empty() ? path : path + " = " + excerpt(set.data()); }},
    {Operation::kRegistryDelete, [](const Operation& o) { return at_path(o.registry_delete().key(), o.registry_delete().value()); }},
    {Operation::kServiceInstall, [](const Operation& o) {
       return o.service_install().name() + " = " + excerpt(o.service_install().image_path()); }},
    {Operation::kScheduledTaskRegister, [](const Operation& o) { return o.scheduled_task_register().name(); }},
    {Operation::kDriverLoad, [](const Operation& o) { return o.driver_load().path(); }},
    {Operation::kImageLoad, [](const Operation& o) { return o.image_load().path(); }},
    {Operation::kRemoteThread, [](const Operation& o) {
       const auto& thread = o.remote_thread();
       const std::string at = thread.start_function().empty() ? "" : " at " + thread.start_function();
       return other_process(thread.target_image(), thread.target()) + at; }},
    {Operation::kProcessAccess, [](const Operation& o) {
       return fmt::format("{} with {:#x}", other_process(o.process_access().target_image(), o.process_access().target()),
                          o.process_access().access_mask()); }},
    {Operation::kProcessTampering, [](const Operation& o) { return o.process_tampering().technique(); }},
    {Operation::kProcessTerminate, [](const Operation& o) {
       return other_process(o.process_terminate().target_image(), o.process_terminate().target()); }},
    {Operation::kNetworkConnect, [](const Operation& o) {
       const auto& to = o.network_connect();
       const std::string& host = to.destination_host().empty() ? to.destination_ip() : to.destination_host();
       return fmt::format("{}{} port {}", to.inbound() ? "inbound " : "", host, to.destination_port()); }},
    {Operation::kDnsQuery, [](const Operation& o) { return o.dns_query().name(); }},
    {Operation::kPipeCreate, [](const Operation& o) { return o.pipe_create().name(); }},
    {Operation::kPipeConnect, [](const Operation& o) { return o.pipe_connect().name(); }},
    {Operation::kWmiSubscription, [](const Operation& o) {
       return o.wmi_subscription().name() + " = " + excerpt(o.wmi_subscription().content()); }},
    {Operation::kAuditPolicyChange, [](const Operation& o) {
       return o.audit_policy_change().subcategory() + ": " + o.audit_policy_change().changes(); }},
    {Operation::kFirewallPolicyChange, [](const Operation& o) {
       const auto& change = o.firewall_policy_change();
       return change.value().empty() ? change.rule() : change.rule() + " = " + change.value(); }},
    {Operation::kDownload, [](const Operation& o) {
       const auto& got = o.download();
       return got.url().empty() ? got.path() : arrow(got.url(), got.path()); }},
});

struct Paint {
  Weight weight;
  std::string_view colour;  // ANSI; empty: none
};
constexpr auto kPaints = std::to_array<Paint>({
    {Weight::kObserved, ""},
    {Weight::kDecided, "\x1b[36m"},
    {Weight::kAsked, "\x1b[33m"},
    {Weight::kStopped, "\x1b[31m"},
});
// clang-format on

std::string_view weight_word(Weight weight) {
  constexpr auto kWords = std::to_array<std::string_view>({"observed", "decided", "asked", "stopped"});
  return kWords[static_cast<std::size_t>(weight)];
}

std::string field_name(const google::protobuf::Descriptor& type, int number, std::string_view otherwise) {
  const google::protobuf::FieldDescriptor* field = type.FindFieldByNumber(number);
  return field == nullptr ? std::string(otherwise) : field->name();
}

std::string held_note(v1::HoldCapability hold) {
  if (hold == v1::HOLD_CAPABILITY_PRE_EXECUTION) return "held (before execution)";
  if (hold == v1::HOLD_CAPABILITY_BEST_EFFORT) return "held (after its start)";
  return "";
}

TimelineEntry verdict_entry(std::uint64_t at_ns, const v1::Verdict& verdict) {
  TimelineEntry entry{.at_ns = at_ns, .kind = "verdict", .program = verdict.program(), .pid = verdict.actor().pid(),
                      .target = verdict.target()};
  entry.note = std::string(decision_word(verdict.decision())) + ", " + because_text(verdict);
  if (verdict.held_ns() != 0) entry.note += ", held for " + duration_text(verdict.held_ns());
  const bool stopped = verdict.decision() == v1::Verdict::DENY || verdict.decision() == v1::Verdict::TERMINATE;
  entry.weight = stopped ? Weight::kStopped : Weight::kDecided;
  return entry;
}

TimelineEntry prompt_entry(std::uint64_t at_ns, const v1::Prompt& prompt) {
  TimelineEntry entry{.at_ns = at_ns, .kind = "prompt", .program = prompt.program(), .pid = prompt.process().pid(),
                      .target = prompt.target()};
  entry.note = fmt::format("{}, {} s to answer", event_name(prompt.event()), prompt.countdown_s());
  if (prompt.not_shown() != v1::REASON_CODE_UNSPECIFIED) {
    v1::Verdict unseen;
    unseen.set_because(prompt.not_shown());
    entry.note += ", shown to nobody: " + because_text(unseen);
  }
  entry.weight = Weight::kAsked;
  return entry;
}

std::string status_note(const v1::Status& status) {
  v1::Verdict words;
  words.set_because(status.because());
  std::string note = status.effective_active() ? "Behavior Monitoring runs" : "Behavior Monitoring does not run";
  if (status.effective_active() != status.configured_active()) note += " although configured otherwise";
  if (!status.effective_active()) note += ": " + because_text(words);
  return note;
}

// Outputs that a person wants to see; false for the engine's own business.
bool output_entry(std::uint64_t at_ns, const v1::Output& output, TimelineEntry& entry) {
  switch (output.kind_case()) {
    case v1::Output::kVerdict: entry = verdict_entry(at_ns, output.verdict()); return true;
    case v1::Output::kPrompt: entry = prompt_entry(at_ns, output.prompt()); return true;
    case v1::Output::kPromptClosed: {
      v1::Verdict words;
      words.set_because(output.prompt_closed().because());
      entry.note = fmt::format("prompt {}: {}", output.prompt_closed().prompt_id(), because_text(words));
      entry.weight = Weight::kAsked;
      break;
    }
    case v1::Output::kWarning:
      entry.program = output.warning().program();
      entry.target = output.warning().target();
      entry.note = "the user is told about " + std::string(event_name(output.warning().event()));
      entry.weight = Weight::kStopped;
      break;
    case v1::Output::kStatus:
      entry.note = status_note(output.status());
      entry.weight = Weight::kDecided;
      break;
    case v1::Output::kSettingsRefused:
      entry.note = output.settings_refused().field() + ": " + output.settings_refused().reason();
      entry.weight = Weight::kStopped;
      break;
    case v1::Output::kInputIgnored:
      entry.note = output.input_ignored().what() + ": " + output.input_ignored().reason();
      entry.weight = Weight::kDecided;
      break;
    case v1::Output::kLimitReached:
      entry.note = output.limit_reached().outcome();
      entry.weight = Weight::kStopped;
      break;
    default: return false;  // timers, HTTP, copies of files; a violation says nothing beyond its verdict
  }
  entry.at_ns = at_ns;
  entry.kind = field_name(*v1::Output::descriptor(), static_cast<int>(output.kind_case()), "output");
  return true;
}

// What an input that is no operation says.
std::string input_note(const v1::Input& input) {
  switch (input.kind_case()) {
    case v1::Input::kAgentStarted: {
      const auto& started = input.agent_started();
      return fmt::format("{}, settings {}", platform_name(started.profile().platform()),
                         started.settings().name().empty() ? "without a name" : started.settings().name());
    }
    case v1::Input::kPromptAnswer:
      return fmt::format("prompt {}: {}", input.prompt_answer().prompt_id(),
                         v1::PromptAnswer::Kind_Name(input.prompt_answer().kind()));
    case v1::Input::kSessionChanged:
      return fmt::format("session {} {}: {}", input.session_changed().session_id(), input.session_changed().user(),
                         v1::SessionChanged::State_Name(input.session_changed().state()));
    case v1::Input::kSettingsChanged: return "settings " + input.settings_changed().settings().name();
    case v1::Input::kServiceStateChanged: return input.service_state_changed().running() ? "running" : "stopped";
    case v1::Input::kAgentStopping: return v1::AgentStopping::Reason_Name(input.agent_stopping().reason());
    case v1::Input::kLoss:
      return fmt::format("{} observations lost: {}", grouped(input.loss().events()), input.loss().reason());
    case v1::Input::kClockChanged:
      return fmt::format("the machine slept for {}", duration_text(input.clock_changed().suspended_ns()));
    case v1::Input::kDetection: return input.detection().name();
    default: return "";
  }
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string operation_target(const v1::Operation& operation) {
  const auto* row = std::ranges::find(kTargets, operation.what_case(), &TargetOf::what);
  return row == kTargets.end() ? std::string() : row->target(operation);
}

std::string operation_name(const v1::Operation& operation) {
  return field_name(*v1::Operation::descriptor(), static_cast<int>(operation.what_case()), "operation");
}

void Timeline::name_process(std::uint32_t pid, std::uint64_t start_ns, const std::string& image) {
  if (programs_.size() >= kProcessesMax) programs_.erase(programs_.begin());
  programs_[{pid, 0}] = image;
  if (start_ns != 0) programs_[{pid, start_ns}] = image;
}

const std::string& Timeline::program_of(const v1::ProcessKey& key) const {
  static const std::string kUnknown;
  auto found = programs_.find({key.pid(), key.start_ns()});
  if (found == programs_.end()) found = programs_.find({key.pid(), 0});
  return found == programs_.end() ? kUnknown : found->second;
}

void Timeline::add_operation(std::uint64_t at_ns, const v1::Operation& operation, std::vector<TimelineEntry>& entries) {
  TimelineEntry entry{.at_ns = at_ns, .kind = operation_name(operation), .pid = operation.actor().pid(),
                      .target = operation_target(operation), .note = held_note(operation.hold())};
  if (operation.has_process_start()) {
    const v1::Process& process = operation.process_start();
    name_process(process.pid(), process.start_ns(), process.image());
    entry.program = process.image();
    entry.pid = process.pid();
  } else {
    entry.program = operation.actor_image().empty() ? program_of(operation.actor()) : operation.actor_image();
  }
  entries.push_back(std::move(entry));
}

void Timeline::add(const v1::Input& input, std::span<const v1::Output> outputs, std::vector<TimelineEntry>& entries) {
  if (input.has_operation()) {
    add_operation(input.at_ns(), input.operation(), entries);
  } else if (!input.has_timer_fired() && !input.has_http_outcome()) {
    TimelineEntry entry{.at_ns = input.at_ns()};
    entry.kind = field_name(*v1::Input::descriptor(), static_cast<int>(input.kind_case()), "input");
    entry.note = input_note(input);
    entries.push_back(std::move(entry));
  }
  for (const v1::Output& output : outputs) {
    TimelineEntry entry;
    if (output_entry(input.at_ns(), output, entry)) entries.push_back(std::move(entry));
  }
}

bool TimelineFilter::admits(const TimelineEntry& entry) const {
  if (entry.at_ns < from_ns || entry.at_ns > to_ns) return false;
  if (decisions_only && entry.weight == Weight::kObserved) return false;
  if (program.empty()) return true;
  const auto found = std::ranges::search(entry.program, program, {}, lower, lower);
  return !found.empty();
}

std::string timeline_line(const TimelineEntry& entry, const TimeText& time, const TimelineStyle& style) {
  constexpr std::size_t kKindWidth = 16;
  constexpr std::size_t kProgramWidth = 26;
  const char marker = entry.weight == Weight::kStopped ? '!' : entry.weight == Weight::kAsked ? '?' : ' ';
  std::string program;
  if (!entry.program.empty()) {
    program = printable(file_name(entry.program));
    if (entry.pid != 0) program += fmt::format(" ({})", entry.pid);
  } else if (entry.pid != 0) {
    program = fmt::format("pid {}", entry.pid);
  }
  std::string line = fmt::format("{} {}  {}  ", marker, time.at(entry.at_ns), padded(entry.kind, kKindWidth));
  std::string note = printable(entry.note);
  std::string target = printable(entry.target);
  if (!program.empty() || !target.empty()) line += padded(program, kProgramWidth) + "  ";
  if (style.width != 0) {
    const std::size_t used = text_width(line) + (note.empty() ? 0 : text_width(note) + 3);
    target = shortened(target, std::max<std::size_t>(20, style.width > used ? style.width - used : 0));
  }
  line += target;
  if (!note.empty()) line += (target.empty() ? "" : "   ") + note;
  while (line.ends_with(' ')) line.pop_back();
  const std::string_view colour = kPaints[static_cast<std::size_t>(entry.weight)].colour;
  return style.colours && !colour.empty() ? std::string(colour) + line + "\x1b[0m" : line;
}

void write_entry(const TimelineEntry& entry, const TimeText& time, JsonWriter& json) {
  json.object().field("at_ns", entry.at_ns).field("time", time.at(entry.at_ns)).field("kind", entry.kind);
  if (!entry.program.empty()) json.field("program", entry.program);
  if (entry.pid != 0) json.field("pid", entry.pid);
  if (!entry.target.empty()) json.field("target", entry.target);
  if (!entry.note.empty()) json.field("note", entry.note);
  json.field("weight", weight_word(entry.weight)).end();
}

}  // namespace holdfast
