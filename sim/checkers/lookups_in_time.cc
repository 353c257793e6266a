#include "sim/checkers/lookups_in_time.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/text/duration.h"

namespace holdfast {

void LookupsInTime::check(std::uint64_t at_ns, std::string_view what, std::uint64_t id, const Waiting& waiting) {
  const std::uint64_t waited_ns = at_ns - waiting.since_ns;
  if (waited_ns <= waiting.bound_ns) return;
  breaks(at_ns, fmt::format("{} {} waited {} for a service; the budget is {}", what, id, duration_text(waited_ns),
                            duration_text(waiting.bound_ns)));
}

void LookupsInTime::decided(std::uint64_t at_ns, std::uint64_t operation_id) {
  const auto waiting = operations_.find(operation_id);
  if (waiting == operations_.end()) return;
  check(at_ns, "operation", operation_id, waiting->second);
  operations_.erase(waiting);
}

void LookupsInTime::answered(std::uint64_t at_ns, const v1::DetectionAnswer& answer) {
  const std::uint64_t id = answer.detection_id();
  const auto waiting = detections_.find(id);
  if (waiting == detections_.end()) {
    return breaks(at_ns, fmt::format("an answer to detection {}, which nobody waits for", id));
  }
  check(at_ns, "detection", id, waiting->second);
  const std::uint64_t waited_ns = at_ns - waiting->second.since_ns;
  if (answer.waited_ns() != waited_ns) {
    breaks(at_ns, fmt::format("detection {} waited {} and its answer says {}", id, duration_text(waited_ns),
                              duration_text(answer.waited_ns())));
  }
  detections_.erase(waiting);
}

void LookupsInTime::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  const std::uint64_t at_ns = input.at_ns();
  if (in_force_.on_step(input, outputs)) {
    for (WaitingById* all : {&operations_, &detections_}) {
      for (auto& [id, waiting] : *all) waiting.bound_ns = std::max(waiting.bound_ns, in_force_.lookup_max_ns());
    }
  }
  const Waiting now{.since_ns = at_ns, .bound_ns = in_force_.lookup_max_ns()};
  if (input.has_operation()) operations_.try_emplace(input.operation().id(), now);
  // One that does not say who asks is nobody's question.
  if (input.has_detection() && input.detection().module() != v1::Detection::MODULE_UNSPECIFIED) {
    detections_.try_emplace(input.detection().detection_id(), now);
  }
  for (const v1::Output& output : outputs) {
    if (output.has_prompt()) decided(at_ns, output.prompt().operation_id());
    // Whoever joined a prompt waits for a user: VerdictInTime bounds that.
    if (output.has_verdict() && output.verdict().prompt_id() == 0) decided(at_ns, output.verdict().operation_id());
    if (output.has_verdict()) operations_.erase(output.verdict().operation_id());
    if (output.has_detection_answer()) answered(at_ns, output.detection_answer());
  }
}

void LookupsInTime::on_end(const RunEnd& end) {
  if (end.cut) return;
  for (const auto& [id, waiting] : detections_) breaks(end.at_ns, fmt::format("detection {} was never answered", id));
}

}  // namespace holdfast
