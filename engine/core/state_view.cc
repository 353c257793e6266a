#include "engine/core/state_view.h"

#include <algorithm>
#include <optional>

namespace holdfast::engine {

std::vector<ArmedTimer> armed_timers(const v1::EngineState& state) {
  std::vector<ArmedTimer> timers;
  const auto add = [&](std::uint64_t timer_id, std::uint64_t at_ns) {
    if (timer_id != 0) timers.push_back({.timer_id = timer_id, .at_ns = at_ns});
  };
  for (const v1::PromptState& prompt : state.prompt()) add(prompt.timer_id(), prompt.timer_at_ns());
  for (const v1::LookupState& lookup : state.cloud().lookup()) add(lookup.timer_id(), lookup.timer_at_ns());
  std::ranges::sort(timers, {}, &ArmedTimer::timer_id);
  return timers;
}

std::vector<HeldOperation> held_operations(const v1::EngineState& state) {
  std::vector<HeldOperation> held;
  const auto add = [&](const v1::PendingState& pending, std::uint64_t prompt_id) {
    held.push_back({.operation = &pending.operation(), .asked_at_ns = pending.asked_at_ns(), .prompt_id = prompt_id});
  };
  for (const v1::PromptState& prompt : state.prompt()) {
    for (const v1::PendingState& pending : prompt.pending()) add(pending, prompt.prompt_id());
  }
  for (const v1::LookupState& lookup : state.cloud().lookup()) {
    for (const v1::WaiterState& waiter : lookup.waiter()) {
      if (waiter.has_operation()) add(waiter.operation(), 0);
    }
  }
  return held;
}

std::vector<OpenPrompt> open_prompts(const v1::EngineState& state) {
  std::vector<OpenPrompt> prompts;
  for (const v1::PromptState& prompt : state.prompt()) {
    prompts.push_back(
        {.prompt_id = prompt.prompt_id(), .session_id = prompt.session_id(), .expires_at_ns = prompt.expires_at_ns()});
  }
  return prompts;
}

std::vector<OpenLookup> open_lookups(const v1::EngineState& state) {
  std::vector<OpenLookup> lookups;
  for (const v1::LookupState& lookup : state.cloud().lookup()) {
    lookups.push_back({.lookup_id = lookup.lookup_id(), .request_id = lookup.request_id()});
  }
  return lookups;
}

std::vector<v1::SessionChanged> sessions(const v1::EngineState& state) {
  return {state.session().begin(), state.session().end()};
}

std::vector<KnownAnswer> known_answers(const v1::EngineState& state) {
  std::vector<KnownAnswer> answers;
  for (const v1::CachedAnswer& answer : state.cloud().answer()) {
    answers.push_back(
        {.purpose = answer.purpose(),
         .sha256 = answer.sha256(),
         .answer = {.verdict = answer.verdict(),
                    .detections = answer.detections(),
                    .age_days = answer.has_age_days() ? std::optional(answer.age_days()) : std::nullopt}});
  }
  return answers;
}

std::vector<RunningProgram> running_programs(const v1::EngineState& state) {
  std::vector<RunningProgram> programs;
  for (const v1::ProcessState& known : state.process()) {
    programs.push_back({.pid = known.process().pid(),
                        .start_ns = known.process().start_ns(),
                        .image = known.process().image(),
                        .named_by_pid = known.latest_of_pid(),
                        .exited = known.exited(),
                        .endpoint = known.endpoint()});
  }
  return programs;
}

}  // namespace holdfast::engine
