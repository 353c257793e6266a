#include "reports/prompt_rate.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/text/ascii.h"
#include "reports/wording.h"

namespace holdfast {

void PromptRate::add(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  if (input.has_operation()) {
    const std::uint64_t since_ns = input.at_ns() - std::min(last_operation_ns_, input.at_ns());
    if (operations_++ != 0 && since_ns <= kPauseNs) active_ns_ += since_ns;
    last_operation_ns_ = input.at_ns();
  }
  for (const v1::Output& output : outputs) {
    if (output.has_prompt()) {
      const v1::Prompt& prompt = output.prompt();
      if (prompt.not_shown() == v1::REASON_CODE_UNSPECIFIED) {
        see(prompt);
      } else {
        waiting_[prompt.prompt_id()] = prompt;
      }
    } else if (output.has_prompt_update() && output.prompt_update().change() == v1::PromptUpdate::MOVED_TO_SESSION) {
      if (auto shown = waiting_.extract(output.prompt_update().prompt_id())) see(shown.mapped());
    } else if (output.has_prompt_closed()) {
      closed_unseen_ += waiting_.erase(output.prompt_closed().prompt_id());
    }
  }
}

void PromptRate::see(const v1::Prompt& prompt) {
  ++prompts_;
  Cause& cause = causes_[{prompt.event(), ascii::lower_case(prompt.program())}];
  if (cause.prompts++ != 0) return;
  cause.event = prompt.event();
  cause.program = prompt.program();
}

std::uint64_t PromptRate::tenths_per_active_hour() const {
  // By the millisecond, so that no product of any life overflows.
  constexpr std::uint64_t kMillisecondNs = 1'000'000;
  constexpr std::uint64_t kTenthsOfHourMs = 36'000'000;
  const std::uint64_t active_ms = active_ns_ / kMillisecondNs;
  return active_ms == 0 ? 0 : (prompts_ * kTenthsOfHourMs + active_ms / 2) / active_ms;
}

std::vector<PromptRate::Cause> PromptRate::causes() const {
  std::vector<Cause> causes;
  for (const auto& [key, cause] : causes_) causes.push_back(cause);
  std::ranges::stable_sort(causes, std::ranges::greater(), &Cause::prompts);
  return causes;
}

std::string PromptRate::text() const {
  constexpr std::size_t kShown = 5;
  constexpr std::size_t kEventWidth = 39;
  constexpr std::size_t kProgramWidth = 64;
  if (operations_ == 0) return {};
  std::string text = fmt::format("  asked {} time{} in {} of activity", grouped(prompts_), prompts_ == 1 ? "" : "s",
                                 spoken_duration(active_ns_));
  const std::uint64_t tenths = tenths_per_active_hour();
  if (active_ns_ >= kPauseNs) text += fmt::format(": {}.{} an hour", grouped(tenths / 10), tenths % 10);
  if (unseen() != 0) text += fmt::format("; {} prompts that nobody could see", grouped(unseen()));
  text += '\n';
  const std::vector<Cause> all = causes();
  for (std::size_t i = 0; i < std::min(kShown, all.size()); ++i) {
    const std::string program = all[i].program.empty() ? "unknown program" : printable(all[i].program);
    text += fmt::format("  {:>5}  {}{}\n", grouped(all[i].prompts), padded(event_name(all[i].event), kEventWidth),
                        shortened(program, kProgramWidth));
  }
  if (all.size() > kShown) text += fmt::format("         … and {} more causes\n", grouped(all.size() - kShown));
  return text;
}

void PromptRate::write(JsonWriter& json) const {
  json.object("prompts").field("total", prompts_).field("unseen", unseen()).field("active_ns", active_ns_);
  json.tenths("per_active_hour", tenths_per_active_hour()).array("causes");
  for (const Cause& cause : causes()) {
    json.object().field("event", v1::MonitoredEvent_Name(cause.event)).field("program", cause.program);
    json.field("prompts", cause.prompts).end();
  }
  json.end().end();
}

}  // namespace holdfast
