// The engine's state and what each input does to it. Private to engine/core: everybody else sees Engine.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/engine.h"
#include "engine/downloads/download_ledger.h"
#include "engine/judgement/judgement.h"
#include "engine/lookups/cloud_client.h"
#include "engine/processes/process_table.h"
#include "engine/settings/effective_settings.h"

namespace holdfast::engine {

// Settings and profile that passed every check, with all that is computed from them. Taken whole or not at all.
struct Adopted {
  v1::Settings settings;
  v1::AgentProfile profile;
  std::unique_ptr<PathNormaliser> paths;  // behind a pointer: the matcher refers to it
  ExceptionList exceptions;
  EffectiveSettings effective;
  std::optional<EventMatcher> matcher;
};

Expected<Adopted> adopt(const v1::Settings& settings, const v1::AgentProfile& profile, bool service_running,
                        const Tables& tables);

struct Engine::Core {
  explicit Core(const Tables& rule_tables);

  // What one input may use: the time it happened and where its outputs go.
  void take(const v1::Input& input);

  // engine.cc: the life of the agent
  void on(const v1::AgentStarted& started);
  void on(const v1::AgentStopping& stopping);
  void on(const v1::ServiceStateChanged& changed);
  void on(const v1::ProfileChanged& changed);
  void on(const v1::SettingsChanged& changed);
  void on(const v1::SessionChanged& changed);
  void on(const v1::ClockChanged& changed);
  void take_over(const v1::Settings& settings, const v1::AgentProfile& profile);
  void report_status();
  // The tables under the law that has just come into force.
  void adopt_tables();
  void report_dropped();
  void ignore(std::string_view what, std::string reason);
  void save(v1::EngineState& state) const;
  Expected<void> load(const v1::EngineState& state);

  // operations.cc: what programs do
  void on(const v1::Operation& operation);
  // `found`: how questions ended that the operation has waited for; null if it has not waited.
  void judge_now(const v1::Operation& operation, const ProcessRow& program, const FindingStates* found);
  // Does what the judgement says. `asked_at_ns`: when the operation happened.
  void carry_out(const v1::Operation& operation, ProcessRow& subject, std::uint64_t asked_at_ns,
                 const FindingStates* found);
  void end_process(ProcessRow& row);
  ProcessRow& subject_of(const v1::Operation& operation);
  void release_without_judging(const v1::Operation& operation, v1::ReasonCode because);
  void note_arrival(const v1::Operation& operation);
  void report_limit(v1::LimitReached::Table table, std::uint64_t limit, std::string outcome);

  // asking.cc: operations that wait, and the prompts they wait for
  void ask(const v1::Operation& operation, const ProcessRow& subject, std::uint64_t asked_at_ns);
  void open_prompt(const v1::Operation& operation, const ProcessRow& subject, std::uint64_t asked_at_ns);
  void join_prompt(v1::PromptState& prompt, const v1::Operation& operation, const ProcessRow& subject,
                   std::uint64_t asked_at_ns);
  // What is kept of an operation that waits; takes the chain of the judgement so far.
  void keep(const v1::Operation& operation, const ProcessRow& subject, std::uint64_t asked_at_ns,
            v1::PendingState& pending);
  void on(const v1::TimerFired& fired);
  void on(const v1::PromptAnswer& answer);
  void answered(v1::PromptState& prompt, const v1::PromptAnswer& answer);
  void expire(v1::PromptState& prompt);
  void interact(v1::PromptState& prompt, bool started);
  void rejudge_pending();
  void show_in_session(v1::PromptState& prompt);
  void refresh_sessions();
  // Says that the prompt changed; the caller adds what only its kind of change has.
  v1::PromptUpdate& tell_update(const v1::PromptState& prompt, v1::PromptUpdate::Change change);
  void remember(const v1::PromptState& prompt, const v1::PromptAnswer& answer);
  const v1::RememberedAnswer* recall(const ProcessRow& subject) const;
  void set_timer(v1::PromptState& prompt, std::uint64_t at_ns);
  void cancel_timer(v1::PromptState& prompt);
  // Gives every waiting operation of the prompt the same verdict and closes the prompt.
  void settle_all(v1::PromptState& prompt, v1::Verdict::Decision decision, const v1::Reason& because);
  // What a waiting operation waited for.
  struct Wait {
    const v1::ProcessKey& process;  // the program it is judged by
    v1::MonitoredEventPolicy::Action action;
    std::uint64_t prompt_id = 0;
    std::uint32_t session_id = 0;
  };
  static Wait wait_of(const v1::PromptState& prompt);
  void settle(const Wait& wait, v1::PendingState& pending, v1::Verdict::Decision decision);
  struct Ending {
    v1::Verdict::Decision decision;
    bool logged;
    bool user_warned;
    v1::MonitoredEventPolicy::Action action;
  };
  void end_hold(const Wait& wait, const v1::PendingState& pending, const Ending& ending, Reasons&& reasons);
  void settle_everything(v1::Verdict::Decision decision, v1::ReasonCode because);
  void close_prompt(std::uint64_t prompt_id, v1::ReasonCode because);

  // looking_up.cc: operations and detections that wait for the services outside
  CloudClient::Step cloud_step() { return {now_ns, next_timer_id, *outputs}; }
  void look_up(const v1::Operation& operation, const ProcessRow& subject, std::uint64_t asked_at_ns,
               const FindingStates* found);
  void on(const v1::Detection& detection);
  void on(const v1::HttpOutcome& outcome);
  void on(const v1::NetworkChanged& changed);
  bool lookup_timer_fired(std::uint64_t timer_id);
  void adopt_cloud_settings();
  void conclude(CloudClient::FinishedList& finished);
  void conclude(v1::WaiterState& waiter);
  void answer(const v1::Detection& detection, v1::SafeSoftwareAnswer::Verdict verdict, v1::Reason because,
              std::uint64_t asked_at_ns);
  void answer(const v1::Detection& detection, const Finding& finding, std::uint64_t asked_at_ns);
  void settle_waiter(v1::WaiterState& waiter, v1::Verdict::Decision decision, v1::ReasonCode because);
  void settle_lookups_of(const ProcessRow& row);
  void rejudge_lookups(const v1::Reason& because);
  void index_waiter(std::uint64_t lookup_id, const v1::WaiterState& waiter);
  void forget_waiter(const v1::WaiterState& waiter);

  // verdicts.cc: how a decision leaves the engine
  struct Decided {
    const v1::Operation& operation;
    v1::Verdict::Decision decision;
    v1::MonitoredEvent event;
    bool logged;
    bool user_warned;
    v1::MonitoredEventPolicy::Action action;
    std::string_view rule;
    std::string_view program;
    std::string_view target;
    std::uint64_t asked_at_ns;
    std::uint64_t prompt_id;
    std::uint32_t session_id;
  };
  void emit_verdict(const Decided& decided, Reasons&& reasons);
  void emit_violation(const Decided& decided, v1::ReasonCode because);
  void decide(const v1::Operation& operation, const ProcessRow& subject, v1::Verdict::Decision decision,
              std::uint64_t asked_at_ns);
  v1::Output& out() { return outputs->emplace_back(); }

  const Tables& tables;
  Adopted law;
  bool started = false;
  bool stopped = false;
  bool service_running = true;
  std::uint64_t last_sequence = 0;
  std::uint64_t now_ns = 0;
  std::int64_t wall_offset_ns = 0;  // wall clock minus engine time
  ProcessTable processes;
  std::map<std::uint32_t, v1::SessionChanged> sessions;
  CloudClient cloud;
  DownloadLedger downloads;
  std::uint64_t next_prompt_id = 1;
  std::uint64_t next_timer_id = 1;
  std::uint64_t next_violation_id = 1;

  std::map<std::uint64_t, v1::PromptState> prompts;  // by id
  std::deque<v1::RememberedAnswer> remembered;       // oldest first
  // Derived from `prompts`, for finding:
  using ProcessId = std::pair<std::uint32_t, std::uint64_t>;  // pid, start
  std::map<ProcessId, std::uint64_t> prompt_of_process;
  std::map<std::uint64_t, std::uint64_t> prompt_of_timer;
  std::set<std::uint64_t> waiting_for_a_place;  // prompts not shown because too many are
  std::set<std::uint64_t> pending_operations;   // ids; those that wait for a lookup too
  std::uint32_t prompts_shown = 0;
  void index_prompt(const v1::PromptState& prompt);
  // Derived from `cloud`: the lookup that an operation of a program waits for.
  std::map<std::pair<ProcessId, std::uint64_t>, std::uint64_t> lookup_of_operation;

  // Scratch memory of one step.
  std::vector<v1::Output>* outputs = nullptr;
  Findings findings;
  Judgement judgement;
};

v1::Reason make_reason(v1::ReasonCode code, std::string_view text = {}, std::int64_t number = 0);

// Name of the field of Operation that is set: "registry_set".
std::string_view operation_name(v1::Operation::WhatCase what);

inline constexpr std::uint64_t kSecond_ns = 1'000'000'000;

}  // namespace holdfast::engine
