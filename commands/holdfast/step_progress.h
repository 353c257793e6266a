// Tells how far the replay of a recording has come.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/host/host.h"
#include "commands/frame/terminal.h"

namespace holdfast {

class StepProgress final : public StepObserver {
 public:
  // `wanted`: also where standard error is no terminal.
  StepProgress(Terminal& terminal, bool wanted) : progress_(terminal, wanted) {}

  Expected<void> on_step(const v1::Input& /*input*/, const std::vector<v1::Output>& /*outputs*/) override {
    constexpr std::uint64_t kEvery = 4096;
    if (++steps_ % kEvery == 0) progress_.report("replayed", steps_, 0, "inputs");
    return {};
  }
  void clear() { progress_.clear(); }

 private:
  Progress progress_;
  std::uint64_t steps_ = 0;
};

}  // namespace holdfast
