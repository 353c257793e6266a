#include "sim/checkers/state_matches.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/core/state_view.h"
#include "sim/checkers/held.h"

namespace holdfast {

StateMatches::Ids StateMatches::timers_of(const v1::EngineState& state) {
  Ids timers;
  for (const engine::ArmedTimer& timer : engine::armed_timers(state)) timers.insert(timer.timer_id);
  return timers;
}

StateMatches::Ids StateMatches::prompts_of(const v1::EngineState& state) {
  Ids prompts;
  for (const engine::OpenPrompt& prompt : engine::open_prompts(state)) prompts.insert(prompt.prompt_id);
  return prompts;
}

StateMatches::Ids StateMatches::held_of(const v1::EngineState& state) {
  Ids held;
  for (const engine::HeldOperation& waiting : engine::held_operations(state)) {
    if (is_held(*waiting.operation)) held.insert(waiting.operation->id());
  }
  return held;
}

void StateMatches::begin_with(const v1::EngineState& state, const SettingsInForce& /*law*/) {
  timers_ = timers_of(state);
  prompts_ = prompts_of(state);
  held_ = held_of(state);
}

void StateMatches::on_step(const SeenStep& step) {
  if (step.input.has_timer_fired() && step.counts) timers_.erase(step.input.timer_fired().timer_id());
  if (step.input.has_operation() && step.counts && is_held(step.input.operation()) &&
      step.verdict_on(step.input.operation()) == nullptr) {
    held_.insert(step.input.operation().id());
  }
  for (const v1::Output& output : step.outputs) {
    switch (output.kind_case()) {
      case v1::Output::kTimerSet: timers_.insert(output.timer_set().timer_id()); break;
      case v1::Output::kTimerCancelled: timers_.erase(output.timer_cancelled().timer_id()); break;
      case v1::Output::kPrompt: prompts_.insert(output.prompt().prompt_id()); break;
      case v1::Output::kPromptClosed: prompts_.erase(output.prompt_closed().prompt_id()); break;
      case v1::Output::kVerdict:
        if (!held_.empty() && ends_hold(output.verdict())) held_.erase(output.verdict().operation_id());
        break;
      default: break;
    }
  }
}

void StateMatches::on_state(const v1::EngineState& state) {
  const auto need = [&](std::string_view what, const Ids& told, const Ids& kept) {
    if (told == kept) return;
    breaks(state.now_ns(),
           fmt::format("{}: told {}, in the state {}", what, fmt::join(told, " "), fmt::join(kept, " ")));
  };
  need("timers", timers_, timers_of(state));
  need("open prompts", prompts_, prompts_of(state));
  need("held operations", held_, held_of(state));
}

}  // namespace holdfast
