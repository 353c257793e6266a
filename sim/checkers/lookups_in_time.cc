#include "sim/checkers/lookups_in_time.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/state_view.h"
#include "sim/text/duration.h"

namespace holdfast {

void LookupsInTime::begin_with(const v1::EngineState& state, const SettingsInForce& law) {
  saw_beginning_ = false;
  // Which settings were in force when they began to wait is not known: what is armed says how long they may.
  std::uint64_t ends_ns = 0;
  for (const engine::ArmedTimer& timer : engine::armed_timers(state)) ends_ns = std::max(ends_ns, timer.at_ns);
  for (const engine::HeldOperation& waiting : engine::held_operations(state)) {
    if (waiting.prompt_id != 0) continue;
    const std::uint64_t known_ns = ends_ns > waiting.asked_at_ns ? ends_ns - waiting.asked_at_ns : 0;
    operations_[waiting.operation->id()] = {.since_ns = waiting.asked_at_ns,
                                            .bound_ns = std::max(law.lookup_max_ns(), known_ns)};
  }
}

void LookupsInTime::check(const SeenStep& step, std::string_view what, std::uint64_t id, const Waiting& waiting) {
  const std::uint64_t waited_ns = step.now_ns - waiting.since_ns;
  if (waited_ns <= waiting.bound_ns + (step.stalled_ns - waiting.stalled_ns)) return;
  breaks(step.now_ns, fmt::format("{} {} waited {} for a service; the budget is {}", what, id, duration_text(waited_ns),
                                  duration_text(waiting.bound_ns)));
}

void LookupsInTime::decided(const SeenStep& step, std::uint64_t operation_id) {
  const auto waiting = operations_.find(operation_id);
  if (waiting == operations_.end()) return;
  check(step, "operation", operation_id, waiting->second);
  operations_.erase(waiting);
}

void LookupsInTime::answered(const SeenStep& step, const v1::DetectionAnswer& answer) {
  const std::uint64_t id = answer.detection_id();
  const auto waiting = detections_.find(id);
  if (waiting == detections_.end()) {
    if (!saw_beginning_) return;  // it may have waited then already
    return breaks(step.now_ns, fmt::format("an answer to detection {}, which nobody waits for", id));
  }
  // Which of several under one number is answered, nobody can tell but the answer itself.
  Waiting asked = waiting->second;
  if (asked.several) asked.since_ns = std::max(asked.since_ns, step.now_ns - std::min(step.now_ns, answer.waited_ns()));
  check(step, "detection", id, asked);
  const std::uint64_t waited_ns = step.now_ns - waiting->second.since_ns;
  if (!asked.several && answer.waited_ns() != waited_ns) {
    breaks(step.now_ns, fmt::format("detection {} waited {} and its answer says {}", id, duration_text(waited_ns),
                                    duration_text(answer.waited_ns())));
  }
  if (--waiting->second.times == 0) detections_.erase(waiting);
}

void LookupsInTime::arrive(const SeenStep& step) {
  const Waiting now{.since_ns = step.now_ns, .bound_ns = step.law.lookup_max_ns(), .stalled_ns = step.stalled_ns};
  // Where no service can be asked nobody waits for one.
  if (step.input.has_operation() && (now.bound_ns != 0 || !operations_.empty())) {
    const std::uint64_t id = step.input.operation().id();
    operations_.erase(id);  // its number may have come before
    if (now.bound_ns != 0 && step.verdict_on(step.input.operation()) == nullptr) operations_.emplace(id, now);
  }
  // One that does not say who asks is nobody's question.
  if (step.input.has_detection() && step.input.detection().module() != v1::Detection::MODULE_UNSPECIFIED) {
    const auto [waiting, is_new] = detections_.try_emplace(step.input.detection().detection_id(), now);
    if (!is_new) {
      ++waiting->second.times;
      waiting->second.several = true;
    }
  }
}

void LookupsInTime::on_step(const SeenStep& step) {
  if (step.law_changed) {
    // Who waits for a person may have to wait for a service from now on; whom an operation waits for is not told.
    for (auto& [id, waiting] : operations_) {
      const std::uint64_t waited_ns = step.now_ns - std::min(step.now_ns, waiting.since_ns);
      waiting.bound_ns = std::max(waiting.bound_ns, waited_ns + step.law.lookup_max_ns());
    }
    for (auto& [id, waiting] : detections_) waiting.bound_ns = std::max(waiting.bound_ns, step.law.lookup_max_ns());
  }
  if (step.counts) arrive(step);
  for (const v1::Output& output : step.outputs) {
    if (output.has_prompt()) decided(step, output.prompt().operation_id());
    if (output.has_detection_answer()) answered(step, output.detection_answer());
    if (!output.has_verdict() || operations_.empty()) continue;
    // Whoever joined a prompt waits for a user: VerdictInTime bounds that.
    if (output.verdict().prompt_id() == 0) decided(step, output.verdict().operation_id());
    operations_.erase(output.verdict().operation_id());
  }
}

void LookupsInTime::on_end(const RunEnd& end) {
  if (end.cut) return;
  for (const auto& [id, waiting] : detections_) breaks(end.at_ns, fmt::format("detection {} was never answered", id));
}

}  // namespace holdfast
