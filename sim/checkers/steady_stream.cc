#include "sim/checkers/steady_stream.h"

#include <fmt/format.h>

namespace holdfast {

void SteadyStream::begin_with(const v1::EngineState& state, const SettingsInForce& /*law*/) {
  any_ = true;
  sequence_ = state.last_sequence();
  at_ns_ = state.now_ns();
}

void SteadyStream::on_step(const SeenStep& step) {
  if (!step.from_host()) return;
  const v1::Input& input = step.input;
  if (any_ && input.sequence() != sequence_ + 1) {
    breaks(input.at_ns(), fmt::format("input {} follows input {}", input.sequence(), sequence_));
  }
  if (any_ && input.at_ns() < at_ns_)
    breaks(input.at_ns(), fmt::format("input {} lies before its predecessor", input.sequence()));
  any_ = true;
  sequence_ = input.sequence();
  at_ns_ = input.at_ns();
}

}  // namespace holdfast
