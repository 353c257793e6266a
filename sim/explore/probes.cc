#include "sim/explore/probes.h"

#include <algorithm>

namespace holdfast {
namespace {

template <typename Counts, typename Code>
std::uint64_t at(const Counts& counts, Code code) {
  const auto index = static_cast<std::size_t>(code);
  return index < counts.size() ? counts[index] : 0;
}

template <typename Counts, typename Code>
void count(Counts& counts, Code code) {
  const auto index = static_cast<std::size_t>(code);
  if (index < counts.size()) ++counts[index];
}

constexpr Probe kProbes[] = {
    {"blocked by the list", [](const Probes& p) { return at(p.decided, v1::ON_BLOCKED_LIST); }},
    {"approved by the list", [](const Probes& p) { return at(p.decided, v1::ON_APPROVED_LIST); }},
    {"trusted by its signature", [](const Probes& p) { return at(p.reasons, v1::SIGNATURE_TRUSTED); }},
    {"a system program at its own work", [](const Probes& p) { return at(p.reasons, v1::SYSTEM_PROGRAM); }},
    {"certified safe", [](const Probes& p) { return at(p.reasons, v1::CERTIFIED_SAFE); }},
    {"the service failed", [](const Probes& p) { return at(p.reasons, v1::CSSS_FAILED); }},
    {"newly encountered", [](const Probes& p) { return at(p.reasons, v1::NEWLY_ENCOUNTERED); }},
    {"denied by its action", [](const Probes& p) { return at(p.decided, v1::ACTION_IS_DENY); }},
    {"allowed by a user", [](const Probes& p) { return at(p.decided, v1::USER_ALLOWED); }},
    {"denied by a user", [](const Probes& p) { return at(p.decided, v1::USER_DENIED); }},
    {"decided by a remembered answer",
     [](const Probes& p) { return at(p.decided, v1::REMEMBERED_ALLOW) + at(p.decided, v1::REMEMBERED_DENY); }},
    {"nobody answered", [](const Probes& p) { return at(p.decided, v1::NOBODY_ANSWERED); }},
    {"expiry denied", [](const Probes& p) { return at(p.decided, v1::EXPIRY_SET_TO_DENY); }},
    {"expired and kept held", [](const Probes& p) { return p.kept_after_expiry; }},
    {"the hold limit was reached", [](const Probes& p) { return at(p.decided, v1::HOLD_LIMIT_REACHED); }},
    {"the program exited while it waited", [](const Probes& p) { return at(p.decided, v1::PROGRAM_EXITED); }},
    {"settings changed while it waited", [](const Probes& p) { return at(p.reasons, v1::SETTINGS_CHANGED_MEANWHILE); }},
    {"monitoring stopped while it waited",
     [](const Probes& p) { return at(p.reasons, v1::BEHAVIOR_MONITORING_STOPPED); }},
    {"the agent stopped while it waited", [](const Probes& p) { return p.stopped_while_waiting; }},
    {"the agent started over who waited", [](const Probes& p) { return p.started_over_waiting; }},
    {"a prompt was joined", [](const Probes& p) { return at(p.changes, v1::PromptUpdate::OPERATION_JOINED); }},
    {"a prompt moved to another session",
     [](const Probes& p) { return at(p.changes, v1::PromptUpdate::MOVED_TO_SESSION); }},
    {"a countdown was paused", [](const Probes& p) { return at(p.changes, v1::PromptUpdate::COUNTDOWN_PAUSED); }},
    {"a countdown went on", [](const Probes& p) { return at(p.changes, v1::PromptUpdate::COUNTDOWN_RESUMED); }},
    {"a prompt that nobody could see", [](const Probes& p) { return p.prompts_not_shown; }},
    {"a prompt waited for a place", [](const Probes& p) { return p.waits_for_place; }},
    {"a prompt was full", [](const Probes& p) { return at(p.limits, v1::LimitReached::OPERATIONS_PER_PROMPT); }},
    {"too many operations waited", [](const Probes& p) { return at(p.limits, v1::LimitReached::PENDING); }},
    {"the process table was full", [](const Probes& p) { return at(p.limits, v1::LimitReached::PROCESSES); }},
    {"an answer was forgotten for room",
     [](const Probes& p) { return at(p.limits, v1::LimitReached::REMEMBERED_ANSWERS); }},
    {"too many questions at once", [](const Probes& p) { return at(p.limits, v1::LimitReached::LOOKUPS); }},
    {"a cached answer was forgotten for room",
     [](const Probes& p) { return at(p.limits, v1::LimitReached::CACHED_ANSWERS); }},
    {"a download was forgotten for room", [](const Probes& p) { return at(p.limits, v1::LimitReached::DOWNLOADS); }},
    {"two waited for one question", [](const Probes& p) { return p.lookup_of_two; }},
    {"a question that nobody waits for any more", [](const Probes& p) { return p.lookup_of_nobody; }},
    {"the circuit was open", [](const Probes& p) { return p.circuit_open; }},
    {"one question tried the open circuit", [](const Probes& p) { return p.trying_circuit; }},
    {"no way led to the service", [](const Probes& p) { return at(p.health, v1::CloudStatus::UNREACHABLE); }},
    {"a detection was answered after a wait", [](const Probes& p) { return p.detections_answered_later; }},
    {"an answer was kept for always", [](const Probes& p) { return p.remembered_always; }},
    {"an answer was kept until the exit", [](const Probes& p) { return p.remembered_until_exit; }},
    {"two runs under one number of a process", [](const Probes& p) { return p.older_run_of_pid; }},
    {"settings were refused", [](const Probes& p) { return p.settings_refused; }},
    {"settings were refused at a start", [](const Probes& p) { return p.refused_at_start; }},
    {"an input was ignored", [](const Probes& p) { return p.ignored; }},
    {"a damaged state was refused", [](const Probes& p) { return p.damaged_refused; }},
    {"a damaged state was taken", [](const Probes& p) { return p.damaged_accepted; }},
};

}  // namespace

std::span<const Probe> all_probes() { return kProbes; }

void Probes::see(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  for (const v1::Output& output : outputs) {
    switch (output.kind_case()) {
      case v1::Output::kVerdict:
        count(decided, output.verdict().because());
        for (const v1::Reason& reason : output.verdict().reason()) count(reasons, reason.code());
        if (input.has_agent_stopping()) ++stopped_while_waiting;
        if (input.has_agent_started()) ++started_over_waiting;
        break;
      case v1::Output::kLimitReached: count(limits, output.limit_reached().table()); break;
      case v1::Output::kPromptUpdate: count(changes, output.prompt_update().change()); break;
      case v1::Output::kCloudStatus: count(health, output.cloud_status().health()); break;
      case v1::Output::kPrompt:
        if (output.prompt().not_shown() != v1::REASON_CODE_UNSPECIFIED) ++prompts_not_shown;
        break;
      case v1::Output::kSettingsRefused:
        ++settings_refused;
        if (input.has_agent_started()) ++refused_at_start;
        break;
      case v1::Output::kInputIgnored: ++ignored; break;
      case v1::Output::kDetectionAnswer:
        if (output.detection_answer().waited_ns() != 0) ++detections_answered_later;
        break;
      default: break;
    }
  }
}

void Probes::see(const v1::EngineState& state) {
  for (const v1::PromptState& prompt : state.prompt()) {
    if (prompt.pending_size() > 1) ++prompt_of_two;
    if (prompt.not_shown() == v1::PROMPTS_FULL) ++waits_for_place;
    if (prompt.paused()) ++paused;
    if (prompt.expired()) ++kept_after_expiry;
  }
  for (const v1::LookupState& lookup : state.cloud().lookup()) {
    if (lookup.waiter_size() > 1) ++lookup_of_two;
    if (lookup.waiter_size() == 0) ++lookup_of_nobody;
  }
  if (state.cloud().retry_at_ns() != 0) ++circuit_open;
  if (state.cloud().trying_lookup_id() != 0) ++trying_circuit;
  for (const v1::ProcessState& row : state.process()) {
    if (row.exited()) ++exited_rows;
    if (!row.latest_of_pid()) ++older_run_of_pid;
  }
  for (const v1::RememberedAnswer& answer : state.remembered()) {
    ++(answer.has_process() ? remembered_until_exit : remembered_always);
  }
  downloads += static_cast<std::uint64_t>(state.download_size());
}

void Probes::add(const Probes& others) {
  const auto add_all = [](auto& to, const auto& from) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
  };
  add_all(decided, others.decided);
  add_all(reasons, others.reasons);
  add_all(limits, others.limits);
  add_all(changes, others.changes);
  add_all(health, others.health);
  for (const auto member : {&Probes::prompts_not_shown,
                            &Probes::settings_refused,
                            &Probes::refused_at_start,
                            &Probes::started_over_waiting,
                            &Probes::stopped_while_waiting,
                            &Probes::detections_answered_later,
                            &Probes::ignored,
                            &Probes::lookup_of_two,
                            &Probes::lookup_of_nobody,
                            &Probes::prompt_of_two,
                            &Probes::waits_for_place,
                            &Probes::paused,
                            &Probes::kept_after_expiry,
                            &Probes::circuit_open,
                            &Probes::trying_circuit,
                            &Probes::exited_rows,
                            &Probes::remembered_always,
                            &Probes::remembered_until_exit,
                            &Probes::older_run_of_pid,
                            &Probes::downloads,
                            &Probes::damaged_refused,
                            &Probes::damaged_accepted}) {
    this->*member += others.*member;
  }
}

}  // namespace holdfast
