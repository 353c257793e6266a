#include "sim/checkers/verdict_in_time.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/state_view.h"
#include "sim/checkers/held.h"
#include "sim/text/duration.h"

namespace holdfast {

void VerdictInTime::begin_with(const v1::EngineState& state, const SettingsInForce& law) {
  // Which settings were in force when they began to wait is not known: what is armed says how long they may.
  std::uint64_t ends_ns = 0;
  for (const engine::ArmedTimer& timer : engine::armed_timers(state)) ends_ns = std::max(ends_ns, timer.at_ns);
  for (const engine::OpenPrompt& prompt : engine::open_prompts(state)) {
    ends_ns_[prompt.prompt_id] = prompt.expires_at_ns;
  }
  for (const engine::HeldOperation& waiting : engine::held_operations(state)) {
    if (!is_held(*waiting.operation)) continue;
    const std::uint64_t known_ns = ends_ns > waiting.asked_at_ns ? ends_ns - waiting.asked_at_ns : 0;
    waiting_[waiting.operation->id()] = {.since_ns = waiting.asked_at_ns,
                                         .bound_ns = std::max(law.hold_max_ns(), known_ns),
                                         .limit_ns = std::max(law.hold_limit_ns(), known_ns)};
  }
}

void VerdictInTime::check(std::uint64_t at_ns, std::uint64_t id, const Waiting& waiting, std::uint64_t ends_ns,
                          std::uint64_t stalled_ns) {
  const std::uint64_t held_ns = at_ns - waiting.since_ns;
  const std::uint64_t countdown_ns = ends_ns > waiting.since_ns ? ends_ns - waiting.since_ns : 0;
  const std::uint64_t bound_ns = std::max(waiting.bound_ns, std::min(countdown_ns, waiting.limit_ns));
  if (held_ns <= bound_ns + (stalled_ns - waiting.stalled_ns)) return;
  breaks(at_ns, fmt::format("operation {} was held for {}; its bound is {}", id, duration_text(held_ns),
                            duration_text(bound_ns)));
}

void VerdictInTime::decided(const SeenStep& step, const v1::Verdict& verdict) {
  if (!ends_hold(verdict)) return;
  const auto found = waiting_.find(verdict.operation_id());
  if (found == waiting_.end()) return;
  const auto prompt = ends_ns_.find(verdict.prompt_id());
  check(step.now_ns, found->first, found->second, prompt == ends_ns_.end() ? 0 : prompt->second, step.stalled_ns);
  const std::uint64_t held_ns = step.now_ns - found->second.since_ns;
  if (verdict.held_ns() != held_ns) {
    breaks(step.now_ns, fmt::format("operation {} was held for {} and its verdict says {}", found->first,
                                    duration_text(held_ns), duration_text(verdict.held_ns())));
  }
  waiting_.erase(found);
}

void VerdictInTime::on_step(const SeenStep& step) {
  // Operations that waited under the old settings keep their bound if it is the longer one, and are kept held up to it.
  if (step.law_changed) {
    for (auto& [id, waiting] : waiting_) {
      waiting.bound_ns = std::max(waiting.bound_ns, step.law.hold_max_ns());
      waiting.limit_ns = std::max(waiting.limit_ns, step.law.hold_limit_ns());
      if (step.law.extends_holds()) waiting.bound_ns = std::max(waiting.bound_ns, waiting.limit_ns);
    }
  }
  const bool arrives = step.input.has_operation() && step.counts && is_held(step.input.operation());
  if (arrives) {
    const std::uint64_t id = step.input.operation().id();
    const v1::Verdict* at_once = step.verdict_on(step.input.operation());
    if (at_once == nullptr || at_once->held_ns() != 0) {
      waiting_.try_emplace(id, Waiting{.since_ns = step.now_ns,
                                       .bound_ns = step.law.hold_max_ns(),
                                       .limit_ns = step.law.hold_limit_ns(),
                                       .stalled_ns = step.stalled_ns});
    }
  }
  for (const v1::Output& output : step.outputs) {
    switch (output.kind_case()) {
      case v1::Output::kVerdict: decided(step, output.verdict()); break;
      case v1::Output::kPrompt: ends_ns_[output.prompt().prompt_id()] = output.prompt().expires_at_ns(); break;
      case v1::Output::kPromptUpdate:
        ends_ns_[output.prompt_update().prompt_id()] = output.prompt_update().expires_at_ns();
        break;
      case v1::Output::kPromptClosed: ends_ns_.erase(output.prompt_closed().prompt_id()); break;
      default: break;
    }
  }
}

void VerdictInTime::on_end(const RunEnd& end) {
  // Which prompt an operation waits for is told by its verdict only: none may wait beyond the last that is open.
  std::uint64_t last_end_ns = 0;
  for (const auto& [prompt, ends_ns] : ends_ns_) last_end_ns = std::max(last_end_ns, ends_ns);
  for (const auto& [id, waiting] : waiting_) {
    if (end.at_ns > waiting.since_ns) check(end.at_ns, id, waiting, last_end_ns, end.stalled_ns);
  }
}

}  // namespace holdfast
