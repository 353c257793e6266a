#include "sim/checkers/prompts_close_once.h"

#include <fmt/format.h>

#include "engine/core/state_view.h"

namespace holdfast {

void PromptsCloseOnce::begin_with(const v1::EngineState& state, const SettingsInForce& /*law*/) {
  for (const engine::OpenPrompt& prompt : engine::open_prompts(state)) {
    open_.insert(prompt.prompt_id);
    opened_.add(prompt.prompt_id);
  }
}

void PromptsCloseOnce::need_open(std::uint64_t at_ns, std::uint64_t id, std::string_view what) {
  if (open_.contains(id)) return;
  breaks(at_ns, fmt::format("prompt {} {} {}", id, what,
                            opened_.contains(id) ? "after it was closed" : "and was never opened"));
}

void PromptsCloseOnce::on_step(const SeenStep& step) {
  for (const v1::Output& output : step.outputs) {
    if (output.has_prompt()) {
      const std::uint64_t id = output.prompt().prompt_id();
      if (opened_.contains(id)) breaks(step.now_ns, fmt::format("prompt {} is opened twice", id));
      opened_.add(id);
      open_.insert(id);
    } else if (output.has_prompt_update()) {
      need_open(step.now_ns, output.prompt_update().prompt_id(), "changes");
    } else if (output.has_prompt_closed()) {
      const std::uint64_t id = output.prompt_closed().prompt_id();
      need_open(step.now_ns, id, "is closed");
      open_.erase(id);
    }
  }
}

void PromptsCloseOnce::on_end(const RunEnd& end) {
  if (end.cut) return;
  for (const std::uint64_t id : open_) breaks(end.at_ns, fmt::format("prompt {} is never closed", id));
}

}  // namespace holdfast
