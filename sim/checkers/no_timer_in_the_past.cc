#include "sim/checkers/no_timer_in_the_past.h"

#include <fmt/format.h>

#include "sim/text/duration.h"

namespace holdfast {

void NoTimerInThePast::on_step(const SeenStep& step) {
  for (const v1::Output& output : step.outputs) {
    if (!output.has_timer_set() || output.timer_set().at_ns() >= step.now_ns) continue;
    breaks(step.now_ns, fmt::format("timer {} is set for the past: {}", output.timer_set().timer_id(),
                                    clock_text(output.timer_set().at_ns())));
  }
}

}  // namespace holdfast
