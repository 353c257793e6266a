#include "sim/checkers/nonsense_is_said.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/state_view.h"

namespace holdfast {

void NonsenseIsSaid::begin_with(const v1::EngineState& state, const SettingsInForce& /*law*/) {
  sequence_ = state.last_sequence();
  at_ns_ = state.now_ns();
  for (const engine::OpenPrompt& prompt : engine::open_prompts(state)) prompts_.insert(prompt.prompt_id);
  for (const engine::OpenLookup& lookup : engine::open_lookups(state)) requests_.insert(lookup.request_id);
}

void NonsenseIsSaid::need(const SeenStep& step, std::string_view what, bool nonsense) {
  const bool said = std::ranges::any_of(step.outputs, [&](const v1::Output& output) {
    return output.has_input_ignored() && output.input_ignored().what() == what;
  });
  if (said == nonsense) return;
  breaks(step.now_ns, fmt::format("input {} {}: {}", step.input.sequence(),
                                  nonsense ? "makes no sense and nobody says so" : "makes sense and is ignored", what));
}

void NonsenseIsSaid::on_step(const SeenStep& step) {
  const v1::Input& input = step.input;
  const bool out_of_order = input.sequence() <= sequence_;
  if (out_of_order || !step.counts) need(step, "sequence", out_of_order);
  if (out_of_order) {
    if (step.outputs.size() != 1) breaks(step.now_ns, "an input that came before changed something");
    return;
  }
  sequence_ = input.sequence();
  if (input.at_ns() < at_ns_) need(step, "at_ns", true);
  at_ns_ = std::max(at_ns_, input.at_ns());
  if (input.has_prompt_answer()) {
    const v1::PromptAnswer::Kind kind = input.prompt_answer().kind();
    const bool says_something = v1::PromptAnswer::Kind_IsValid(kind) && kind != v1::PromptAnswer::KIND_UNSPECIFIED;
    const bool nonsense = !says_something || !prompts_.contains(input.prompt_answer().prompt_id());
    // Who begins to use a prompt whose countdown is over comes too late, though it is open yet.
    if (nonsense || kind != v1::PromptAnswer::INTERACTION_STARTED) need(step, "prompt_answer", nonsense);
  }
  if (input.has_http_outcome()) {
    need(step, "http_outcome", requests_.erase(input.http_outcome().request_id()) == 0);
  }
  for (const v1::Output& output : step.outputs) {
    switch (output.kind_case()) {
      case v1::Output::kPrompt: prompts_.insert(output.prompt().prompt_id()); break;
      case v1::Output::kPromptClosed: prompts_.erase(output.prompt_closed().prompt_id()); break;
      case v1::Output::kHttpRequest: requests_.insert(output.http_request().request_id()); break;
      case v1::Output::kHttpCancel: requests_.erase(output.http_cancel().request_id()); break;
      default: break;
    }
  }
}

}  // namespace holdfast
