#include "sim/checkers/steady_stream.h"

#include <fmt/format.h>

namespace holdfast {

void SteadyStream::on_step(const v1::Input& input, const std::vector<v1::Output>& /*outputs*/) {
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
