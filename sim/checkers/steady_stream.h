#pragma once

#include "sim/checkers/checker.h"

namespace holdfast {

class SteadyStream final : public Checker {
 public:
  std::string_view promise() const override { return "inputs are numbered without gaps and time never runs backwards"; }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;
  bool sees_quiet_steps() const override { return true; }

 private:
  bool any_ = false;
  std::uint64_t sequence_ = 0;
  std::uint64_t at_ns_ = 0;
};

}  // namespace holdfast
