#include "sim/checkers/violations_told.h"

#include <fmt/format.h>

namespace holdfast {

void ViolationsTold::begin_with(const v1::EngineState& state, const SettingsInForce& /*law*/) {
  next_id_ = state.next_violation_id();
}

void ViolationsTold::look_at(const SeenStep& step, const v1::Verdict& about, const v1::Violation& violation) {
  if (violation.violation_id() != next_id_) {
    breaks(step.now_ns, fmt::format("violation {} comes where {} is next", violation.violation_id(), next_id_));
  }
  next_id_ = violation.violation_id() + 1;
  const bool same = violation.operation_id() == about.operation_id() && violation.event() == about.event() &&
                    violation.result() == about.decision() && violation.because() == about.because() &&
                    violation.program() == about.program() && violation.target() == about.target();
  if (!same) breaks(step.now_ns, fmt::format("violation {} is not about its verdict", violation.violation_id()));
}

void ViolationsTold::on_step(const SeenStep& step) {
  const v1::Verdict* about = nullptr;  // whose violation and warning may come now
  bool logged = false;
  bool warned = false;
  const auto close = [&] {
    if (about == nullptr) return;
    if (logged != about->logged()) {
      breaks(step.now_ns, fmt::format("operation {} {}", about->operation_id(),
                                      logged ? "is logged and its verdict says no" : "should be logged and is not"));
    }
    if (warned != about->user_warned()) {
      breaks(step.now_ns, fmt::format("of operation {} the user {}", about->operation_id(),
                                      warned ? "is warned and its verdict says no" : "should be warned and is not"));
    }
  };
  for (const v1::Output& output : step.outputs) {
    if (output.has_verdict()) {
      close();
      about = &output.verdict();
      logged = warned = false;
    } else if (output.has_violation()) {
      if (about == nullptr || logged) {
        breaks(step.now_ns, fmt::format("violation {} follows no verdict", output.violation().violation_id()));
      } else {
        look_at(step, *about, output.violation());
      }
      logged = true;
    } else if (output.has_warning()) {
      if (about == nullptr || warned) breaks(step.now_ns, "a warning follows no verdict");
      warned = true;
    }
  }
  close();
}

}  // namespace holdfast
