// The parts that the engine is made of, and what each kind of input does with them. Private to engine/core: everybody
// else sees Engine.
//
// Every part owns its state, saves and loads it. What needs several parts stands here, in four screens:
//   core.cc       what each input does
//   deciding.cc   an operation at hand: judged, then decided, asked about or looked up
//   settling.cc   operations that wait: the one way out of a hold, and the one way back into the chain
//   state.cc      the whole as a message, and back
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/core/agent.h"
#include "engine/core/detections.h"
#include "engine/core/engine.h"
#include "engine/downloads/download_ledger.h"
#include "engine/holds/holds.h"
#include "engine/holds/prompts.h"
#include "engine/holds/remembered_answers.h"
#include "engine/holds/sessions.h"
#include "engine/judgement/judge.h"
#include "engine/lookups/lookups.h"
#include "engine/processes/process_table.h"
#include "engine/step/step.h"
#include "engine/step/timers.h"
#include "engine/verdicts/verdicts.h"

namespace holdfast::engine {

struct Engine::Core {
  explicit Core(const Tables& rule_tables);

  void take(const v1::Input& input, std::vector<v1::Output>& outputs);
  v1::EngineState save() const;
  Expected<void> load(const v1::EngineState& state);

  const Tables& tables;
  Step step;
  Timers timers;
  Agent agent;
  ProcessTable processes;
  DownloadLedger downloads;
  Sessions sessions;
  Lookups lookups;
  Detections detections;
  Holds holds;  // operations that wait, for a prompt or a lookup
  Prompts prompts;
  RememberedAnswers remembered;
  Verdicts verdicts;
  Judge judge;

 private:
  // core.cc
  void take_in(const v1::Input& input);
  void on(const v1::AgentStarted& started);
  void on(const v1::AgentStopping& stopping);
  void on(const v1::ServiceStateChanged& changed);
  void on(const v1::ProfileChanged& changed);
  void on(const v1::SettingsChanged& changed);
  void on(const v1::SessionChanged& changed);
  void on(const v1::ClockChanged& changed);
  void on(const v1::NetworkChanged& changed);
  void on(const v1::TimerFired& fired);
  void on(const v1::PromptAnswer& answer);
  void on(const v1::HttpOutcome& outcome);
  void on(const v1::Detection& detected);
  void on(const v1::Operation& operation);
  const ProcessRow* detected_run(const v1::Detection& detection);
  void rename_files();
  void bring_into_force();
  void report_status();
  void report_forgotten();
  void learn_from(const v1::Operation& repeated);
  void note_arrival(const v1::Operation& operation);
  void end_predecessor(const v1::Operation& operation);
  void end_program(ProcessRow& row);

  // deciding.cc
  // An operation at hand.
  struct AtHand {
    const v1::Operation& operation;
    ProcessRow& program;  // that it is judged by: the acting one, or at a start the one that is to start
    std::uint64_t asked_at_ns;
    const FindingStates* found;      // how questions ended that it has waited for; null if it has not waited
    std::uint64_t services_from_ns;  // since when its wait for services counts
  };
  ProcessRow& program_of(const v1::Operation& operation);
  // The same for one that has waited: the program that it was judged by, unless the table had to forget it.
  ProcessRow& program_of(const Hold& hold);
  const Judgement& judge_now(const AtHand& at_hand);
  void carry_out(const AtHand& at_hand);
  void decide(const AtHand& at_hand);
  void release_unjudged(const v1::Operation& operation, v1::ReasonCode because);
  // The operation happens: what its program has thereby done counts from now on.
  void note_facts(const AtHand& at_hand);
  // The operation cannot wait: it is allowed, and says why.
  void pass_at_limit(const AtHand& at_hand, v1::LimitReached::Table table, v1::ReasonCode because, std::uint64_t limit,
                     std::uint64_t number);
  // Why nothing more may wait, if nothing may.
  struct Full {
    v1::LimitReached::Table table;
    std::uint64_t limit;
    std::uint64_t operations;  // that wait
  };
  std::optional<Full> full() const;
  void ask(const AtHand& at_hand);
  void look_up(const AtHand& at_hand);
  // Until when it may wait for services, for no operation waits longer than any may.
  std::uint64_t lookup_deadline_ns(const AtHand& at_hand) const;
  void go_on_without(const AtHand& at_hand, v1::LookupFailure failure);
  // What is kept of an operation that waits; takes the chain of the judgement so far.
  Hold keep(const AtHand& at_hand);

  // settling.cc
  struct Ending {
    v1::Verdict::Decision decision;
    Telling telling;
    v1::MonitoredEventPolicy::Action action;
  };
  // The one way out of a hold. Its chain is complete: the last reason is what settled it.
  void settle(HoldId id, const Ending& ending);
  // The same where the action that made it wait has been answered.
  void settle(HoldId id, v1::Verdict::Decision decision, v1::Reason because);
  void settle_all(Prompt& prompt, v1::Verdict::Decision decision, const v1::Reason& because);
  void settle_everything(v1::Verdict::Decision decision, v1::ReasonCode because);
  void settle_program(const ProgramKey& process, v1::Verdict::Decision decision, v1::ReasonCode because);
  void prompt_timer_fired(Prompt& prompt);
  void expire(Prompt& prompt);
  v1::OnExpiry on_expiry(HoldId id) const;
  std::uint64_t waited_s(HoldId id) const;
  // Nobody answered in time, or within the limit: the verdict that the operation's own event says.
  void settle_unanswered(HoldId id, v1::ReasonCode because, std::uint64_t waited_s);
  // Of what a prompt keeps held after its countdown, that which the settings in force keep. False: nothing, it is
  // closed.
  bool still_kept(Prompt& prompt);
  void answered(Prompt& prompt, const v1::PromptAnswer& answer);
  // The one way back in: whoever waits and would not wait any more, or for somebody else, goes on.
  void rejudge_all();
  void rejudge(Prompt& prompt, const v1::Reason& because);
  void rejudge(HoldId waits_for_service, const v1::Reason& because);
  AtHand at_hand(const Hold& hold);
  void judge_again(Hold& hold);
  void settle_as_judged(HoldId id, const v1::Reason& because);
  void go_on(const Hold& hold, const v1::Reason* because);
  void conclude(const Lookups::FinishedList& finished);
  void answer_who_waited();

  Prompts::Turn prompts_turn() { return {step, timers, holds, sessions, agent.settings()}; }
  Lookups::Turn lookups_turn() { return {step, timers}; }
};

}  // namespace holdfast::engine
