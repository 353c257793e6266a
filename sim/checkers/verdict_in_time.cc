#include "sim/checkers/verdict_in_time.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/checkers/held.h"
#include "sim/text/duration.h"

namespace holdfast {

void VerdictInTime::check(std::uint64_t at_ns, std::uint64_t id, const Waiting& waiting) {
  const std::uint64_t held_ns = at_ns - waiting.since_ns;
  if (held_ns > waiting.bound_ns) {
    breaks(at_ns, fmt::format("operation {} was held for {}; its bound is {}", id, duration_text(held_ns),
                              duration_text(waiting.bound_ns)));
  }
}

void VerdictInTime::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  // Operations that waited under the old settings keep their bound if it is the longer one.
  if (in_force_.on_step(input, outputs)) {
    for (auto& [id, waiting] : waiting_) waiting.bound_ns = std::max(waiting.bound_ns, in_force_.hold_max_ns());
  }
  if (input.has_operation() && is_held(input.operation())) {
    waiting_.try_emplace(input.operation().id(),
                         Waiting{.since_ns = input.at_ns(), .bound_ns = in_force_.hold_max_ns()});
  }
  for (const v1::Output& output : outputs) {
    if (!output.has_verdict()) continue;
    const auto decided = waiting_.find(output.verdict().operation_id());
    if (decided == waiting_.end()) continue;
    check(input.at_ns(), decided->first, decided->second);
    const std::uint64_t held_ns = input.at_ns() - decided->second.since_ns;
    if (output.verdict().held_ns() != held_ns) {
      breaks(input.at_ns(), fmt::format("operation {} was held for {} and its verdict says {}", decided->first,
                                        duration_text(held_ns), duration_text(output.verdict().held_ns())));
    }
    waiting_.erase(decided);
  }
}

void VerdictInTime::on_end(const RunEnd& end) {
  for (const auto& [id, waiting] : waiting_) check(end.at_ns, id, waiting);
}

}  // namespace holdfast
