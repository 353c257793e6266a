#include "sim/checkers/one_verdict.h"

#include <fmt/format.h>

#include "sim/checkers/held.h"

namespace holdfast {

void OneVerdict::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  if (input.has_operation()) {
    // A stopped agent holds nothing.
    operations_.try_emplace(input.operation().id(),
                            Seen{.held = is_held(input.operation()) && !agent_stopped_, .decided = false});
  }
  for (const v1::Output& output : outputs) {
    if (!output.has_verdict()) continue;
    const std::uint64_t id = output.verdict().operation_id();
    const auto operation = operations_.find(id);
    if (operation == operations_.end()) {
      breaks(input.at_ns(), fmt::format("a verdict for operation {}, which nobody tried", id));
    } else if (operation->second.decided) {
      breaks(input.at_ns(), fmt::format("operation {} got a second verdict", id));
    } else {
      operation->second.decided = true;
    }
  }
  if (!input.has_agent_stopping()) return;
  agent_stopped_ = true;
  for (const auto& [id, seen] : operations_) {
    if (seen.held && !seen.decided)
      breaks(input.at_ns(), fmt::format("the agent stopped and left operation {} held", id));
  }
}

void OneVerdict::on_end(const RunEnd& end) {
  if (end.cut || agent_stopped_) return;
  for (const auto& [id, seen] : operations_) {
    if (seen.held && !seen.decided) breaks(end.at_ns, fmt::format("operation {} never got a verdict", id));
  }
}

}  // namespace holdfast
