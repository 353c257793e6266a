#include "sim/checkers/prompts_close_once.h"

#include <fmt/format.h>

namespace holdfast {

void PromptsCloseOnce::need_open(std::uint64_t at_ns, std::uint64_t id, std::string_view what) {
  const auto prompt = open_.find(id);
  if (prompt == open_.end()) {
    breaks(at_ns, fmt::format("prompt {} {} and was never opened", id, what));
  } else if (!prompt->second) {
    breaks(at_ns, fmt::format("prompt {} {} after it was closed", id, what));
  }
}

void PromptsCloseOnce::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  for (const v1::Output& output : outputs) {
    if (output.has_prompt()) {
      const std::uint64_t id = output.prompt().prompt_id();
      if (!open_.emplace(id, true).second) breaks(input.at_ns(), fmt::format("prompt {} is opened twice", id));
    } else if (output.has_prompt_update()) {
      need_open(input.at_ns(), output.prompt_update().prompt_id(), "changes");
    } else if (output.has_prompt_closed()) {
      const std::uint64_t id = output.prompt_closed().prompt_id();
      need_open(input.at_ns(), id, "is closed");
      open_[id] = false;
    }
  }
}

void PromptsCloseOnce::on_end(const RunEnd& end) {
  if (end.cut) return;
  for (const auto& [id, open] : open_) {
    if (open) breaks(end.at_ns, fmt::format("prompt {} is never closed", id));
  }
}

}  // namespace holdfast
