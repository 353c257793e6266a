#include "reports/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/text/ascii.h"
#include "engine/text/computer_name.h"
#include "engine/text/units.h"
#include "reports/explain.h"

namespace holdfast {
namespace {

using Operation = v1::Operation;
using Weight = TimelineRow::Weight;

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

struct WeightPaint {
  Weight weight;
  std::string_view colour;  // ANSI; empty: none
};
constexpr auto kWeightPaints = std::to_array<WeightPaint>({
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

TimelineRow verdict_row(std::uint64_t at_ns, const v1::Verdict& verdict) {
  TimelineRow row{.at_ns = at_ns,
                  .kind = "verdict",
                  .program = verdict.program(),
                  .pid = verdict.actor().pid(),
                  .target = verdict.target()};
  row.note = std::string(decision_word(verdict.decision())) + ", " + because_text(verdict);
  if (verdict.held_ns() != 0) row.note += ", held for " + spoken_duration(verdict.held_ns());
  const bool stopped = verdict.decision() == v1::Verdict::DENY || verdict.decision() == v1::Verdict::TERMINATE;
  row.weight = stopped ? Weight::kStopped : Weight::kDecided;
  if (verdict.operation() == "process_start") row.pid = 0;  // the actor is the creator, not the program that is named
  return row;
}

TimelineRow prompt_row(std::uint64_t at_ns, const v1::Prompt& prompt) {
  TimelineRow row{.at_ns = at_ns,
                  .kind = "prompt",
                  .program = prompt.program(),
                  .pid = prompt.process().pid(),
                  .target = prompt.target()};
  row.note = fmt::format("{}, {} s to answer", event_name(prompt.event()), prompt.countdown_s());
  if (prompt.not_shown() != v1::REASON_CODE_UNSPECIFIED) {
    row.note += ", shown to nobody: " + because_text(prompt.not_shown());
  }
  row.weight = Weight::kAsked;
  return row;
}

std::string status_note(const v1::Status& status) {
  std::string note = status.effective_active() ? "Behavior Monitoring runs" : "Behavior Monitoring does not run";
  if (status.effective_active() != status.configured_active()) note += " although configured otherwise";
  if (!status.effective_active()) note += ": " + because_text(status.because());
  return note;
}

// The URL without the middle of the SHA-256 at its end, and the route.
std::string request_note(const v1::HttpRequest& request) {
  constexpr std::size_t kSha256Digits = 64;
  constexpr std::size_t kShown = 8;
  std::string url = request.url();
  const std::size_t last = url.rfind('/') + 1;
  if (url.size() - last == kSha256Digits) url.replace(last + kShown, std::string::npos, "…");
  const std::string_view family = request.family() == v1::IPV6 ? "direct, IPv6" : "direct, IPv4";
  return fmt::format("request {}, {}, {}", request.request_id(), url,
                     request.proxy().empty() ? std::string(family) : "proxy " + request.proxy());
}

std::string outcome_note(const v1::HttpOutcome& outcome) {
  std::string note = fmt::format("request {}: {}", outcome.request_id(), v1::HttpResult_Name(outcome.result()));
  if (outcome.result() == v1::HTTP_RESPONSE) note += fmt::format(" {} {}", outcome.status(), outcome.content_type());
  if (outcome.retry_after_ns() != 0) note += fmt::format(", retry after {} s", outcome.retry_after_ns() / kSecond_ns);
  return note;
}

std::string cloud_note(const v1::CloudStatus& status) {
  std::string note(health_word(status.health()));
  if (status.last_failure() != v1::LOOKUP_FAILURE_UNSPECIFIED) {
    note += fmt::format(": {}", failure_words(status.last_failure()));
  }
  if (!status.route().empty()) note += fmt::format(" ({})", status.route());
  if (status.added_wait_ns() != 0) note += ", programs waited up to " + spoken_duration(status.added_wait_ns());
  return note;
}

std::string network_note(const v1::NetworkState& network) {
  std::string note = network.has_ipv4()   ? network.has_ipv6() ? "IPv4 and IPv6" : "IPv4 only"
                     : network.has_ipv6() ? "IPv6 only"
                                          : "no address";
  for (const std::string& proxy : network.proxy()) note += ", proxy " + (proxy.empty() ? "none" : proxy);
  if (network.proxy_lookup_failed()) note += ", proxy unknown";
  return note;
}

std::string detection_note(const v1::DetectionAnswer& answer) {
  const v1::Reason settled = answer.reason().empty() ? v1::Reason() : *answer.reason().rbegin();
  return fmt::format("detection {}: {}", answer.detection_id(), because_text(settled));
}

// Outputs that a person wants to see; false for the engine's own business.
bool output_row(std::uint64_t at_ns, const v1::Output& output, TimelineRow& row) {
  switch (output.kind_case()) {
    case v1::Output::kVerdict: row = verdict_row(at_ns, output.verdict()); return true;
    case v1::Output::kPrompt: row = prompt_row(at_ns, output.prompt()); return true;
    case v1::Output::kPromptClosed:
      row.note = fmt::format("prompt {}: {}", output.prompt_closed().prompt_id(),
                             because_text(output.prompt_closed().because()));
      row.weight = Weight::kAsked;
      break;
    case v1::Output::kWarning:
      row.program = output.warning().program();
      row.target = output.warning().target();
      row.note = "the user is told about " + std::string(event_name(output.warning().event()));
      row.weight = Weight::kStopped;
      break;
    case v1::Output::kStatus:
      row.note = status_note(output.status());
      row.weight = Weight::kDecided;
      break;
    case v1::Output::kSettingsRefused:
      row.note = output.settings_refused().field() + ": " + output.settings_refused().reason();
      row.weight = Weight::kStopped;
      break;
    case v1::Output::kInputIgnored:
      row.note = output.input_ignored().what() + ": " + output.input_ignored().reason();
      row.weight = Weight::kDecided;
      break;
    case v1::Output::kLimitReached:
      row.note = output.limit_reached().outcome();
      row.weight = Weight::kStopped;
      break;
    case v1::Output::kHttpRequest: row.note = request_note(output.http_request()); break;
    case v1::Output::kCloudStatus:
      row.note = cloud_note(output.cloud_status());
      row.weight = output.cloud_status().health() == v1::CloudStatus::REACHABLE ? Weight::kDecided : Weight::kStopped;
      break;
    case v1::Output::kDetectionAnswer:
      row.note = detection_note(output.detection_answer());
      row.weight = Weight::kDecided;
      break;
    default: return false;  // timers, cancelled requests, copies of files; a violation says nothing beyond its verdict
  }
  row.at_ns = at_ns;
  row.kind = field_name(*v1::Output::descriptor(), static_cast<int>(output.kind_case()), "output");
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
      return fmt::format("the machine slept for {}", spoken_duration(input.clock_changed().suspended_ns()));
    case v1::Input::kDetection: return input.detection().name();
    case v1::Input::kNetworkChanged: return network_note(input.network_changed().state());
    case v1::Input::kHttpOutcome: return outcome_note(input.http_outcome());
    default: return "";
  }
}

bool same_name(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, ascii::lower, ascii::lower);
}

// "PC-1" of "PC-1.example.com".
std::string_view host_name(std::string_view endpoint) { return endpoint.substr(0, endpoint.find('.')); }

// "by CONTOSO\nils on PC-2".
std::string whereabouts(const TimelineRow& row) {
  std::string text = row.user.empty() ? "" : "by " + row.user;
  if (!row.computer.empty()) text += (text.empty() ? "on " : " on ") + row.computer;
  return text;
}

}  // namespace

std::string operation_target(const v1::Operation& operation) {
  const auto* row = std::ranges::find(kTargets, operation.what_case(), &TargetOf::what);
  return row == kTargets.end() ? std::string() : row->target(operation);
}

std::string operation_name(const v1::Operation& operation) {
  return field_name(*v1::Operation::descriptor(), static_cast<int>(operation.what_case()), "operation");
}

void TimelineView::name_process(Key key, const std::string& image) {
  if (programs_.size() >= kProcessesMax) programs_.erase(programs_.begin());
  if (key.start_ns != 0) programs_[key] = image;
  key.start_ns = 0;
  if (key.pid != 0) programs_[key] = image;  // pid 0 is no process: nobody else may be taken for it
}

const std::string& TimelineView::program_of(Key key) const {
  static const std::string kUnknown;
  auto found = programs_.find(key);
  key.start_ns = 0;
  if (found == programs_.end()) found = programs_.find(key);
  return found == programs_.end() ? kUnknown : found->second;
}

void TimelineView::add_operation(std::uint64_t at_ns, const v1::Operation& operation, std::vector<TimelineRow>& rows) {
  TimelineRow row{.at_ns = at_ns,
                  .kind = operation_name(operation),
                  .pid = operation.actor().pid(),
                  .target = operation_target(operation),
                  .note = operation.repeats() ? "told again by another source" : held_note(operation.hold())};
  if (!is_own(operation.actor_user())) row.user = operation.actor_user();
  if (!operation.endpoint().empty() && !same_name(operation.endpoint(), endpoint_)) row.computer = operation.endpoint();
  const std::uint64_t computer = computer_of(operation.endpoint());
  if (operation.has_process_start()) {
    const v1::Process& process = operation.process_start();
    name_process({.pid = process.pid(), .start_ns = process.start_ns(), .computer = computer}, process.image());
    row.program = process.image();
    row.pid = process.pid();
  } else {
    const Key actor{.pid = operation.actor().pid(), .start_ns = operation.actor().start_ns(), .computer = computer};
    row.program = operation.actor_image().empty() ? program_of(actor) : operation.actor_image();
  }
  rows.push_back(std::move(row));
}

void TimelineView::know_endpoint(const v1::Input& input) {
  if (input.has_agent_started()) endpoint_ = input.agent_started().profile().endpoint();
  if (input.has_profile_changed()) endpoint_ = input.profile_changed().profile().endpoint();
  if (!input.has_session_changed()) return;
  const v1::SessionChanged& session = input.session_changed();
  if (session.state() == v1::SessionChanged::LOGGED_OFF) {
    sessions_.erase(session.session_id());
  } else {
    sessions_[session.session_id()] = session.user();
  }
}

// Windows' own accounts, the machine's, and whoever is logged on.
bool TimelineView::is_own(std::string_view user) const {
  constexpr auto kAccounts = std::to_array<std::string_view>(
      {"SYSTEM", "LOCAL SERVICE", "NETWORK SERVICE", "S-1-5-18", "S-1-5-19", "S-1-5-20"});
  constexpr auto kDomains = std::to_array<std::string_view>({"Window Manager", "Font Driver Host"});
  if (user.empty()) return true;
  const auto is = [](std::string_view name) { return [name](std::string_view own) { return same_name(own, name); }; };
  const std::size_t slash = user.find('\\');
  const std::string_view domain = slash == user.npos ? std::string_view() : user.substr(0, slash);
  const std::string_view account = user.substr(slash == user.npos ? 0 : slash + 1);
  return std::ranges::any_of(kAccounts, is(account)) || std::ranges::any_of(kDomains, is(domain)) ||
         (account.ends_with('$') && same_name(account.substr(0, account.size() - 1), host_name(endpoint_))) ||
         std::ranges::any_of(sessions_, [&](const auto& session) { return same_name(session.second, user); });
}

void TimelineView::add(const v1::Input& input, std::span<const v1::Output> outputs, std::vector<TimelineRow>& rows) {
  know_endpoint(input);
  if (input.has_operation()) {
    add_operation(input.at_ns(), input.operation(), rows);
  } else if (!input.has_timer_fired()) {
    TimelineRow row{.at_ns = input.at_ns()};
    row.kind = field_name(*v1::Input::descriptor(), static_cast<int>(input.kind_case()), "input");
    row.note = input_note(input);
    rows.push_back(std::move(row));
  }
  for (const v1::Output& output : outputs) {
    TimelineRow row;
    if (output_row(input.at_ns(), output, row)) rows.push_back(std::move(row));
  }
}

bool TimelineFilter::admits(const TimelineRow& row) const {
  if (row.at_ns < from_ns || row.at_ns > to_ns) return false;
  if (decisions_only && row.weight == Weight::kObserved) return false;
  if (program.empty()) return true;
  const auto found = std::ranges::search(row.program, program, {}, ascii::lower, ascii::lower);
  return !found.empty();
}

std::string timeline_line(const TimelineRow& row, const TimeText& time, const TimelineStyle& style) {
  constexpr std::size_t kKindWidth = 16;
  constexpr std::size_t kProgramWidth = 26;
  const char marker = row.weight == Weight::kStopped ? '!' : row.weight == Weight::kAsked ? '?' : ' ';
  std::string program;
  if (!row.program.empty()) {
    program = shown_file_name(row.program);
    if (row.pid != 0) program += fmt::format(" ({})", row.pid);
  } else if (row.pid != 0) {
    program = fmt::format("pid {}", row.pid);
  }
  std::string line = fmt::format("{} {}  {}  ", marker, time.at(row.at_ns), padded(row.kind, kKindWidth));
  std::string note = printable(row.note);
  if (const std::string who = printable(whereabouts(row)); !who.empty()) note += (note.empty() ? "" : "   ") + who;
  std::string target = shown_path(row.target);
  if (!program.empty() || !target.empty()) line += padded(program, kProgramWidth) + "  ";
  if (style.width != 0) {
    const std::size_t used = text_width(line) + (note.empty() ? 0 : text_width(note) + 3);
    target = shortened(target, std::max<std::size_t>(20, style.width > used ? style.width - used : 0));
  }
  line += target;
  if (!note.empty()) line += (target.empty() ? "" : "   ") + note;
  while (line.ends_with(' ')) line.pop_back();
  const std::string_view colour = kWeightPaints[static_cast<std::size_t>(row.weight)].colour;
  return style.colours && !colour.empty() ? std::string(colour) + line + "\x1b[0m" : line;
}

void write_row(const TimelineRow& row, const TimeText& time, JsonWriter& json) {
  json.object().field("at_ns", row.at_ns).field("time", time.at(row.at_ns)).field("kind", row.kind);
  if (!row.program.empty()) json.field("program", row.program);
  if (row.pid != 0) json.field("pid", row.pid);
  if (!row.target.empty()) json.field("target", row.target);
  if (!row.note.empty()) json.field("note", row.note);
  if (!row.user.empty()) json.field("user", row.user);
  if (!row.computer.empty()) json.field("computer", row.computer);
  json.field("weight", weight_word(row.weight)).end();
}

}  // namespace holdfast
