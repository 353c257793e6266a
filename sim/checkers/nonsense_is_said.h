#pragma once

#include <set>

#include "sim/checkers/checker.h"

namespace holdfast {

class NonsenseIsSaid final : public Checker {
 public:
  std::string_view promise() const override {
    return "an input that makes no sense is said to be ignored, no other is";
  }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;
  bool sees_quiet_steps() const override { return true; }

 private:
  void need(const SeenStep& step, std::string_view what, bool nonsense);

  std::uint64_t sequence_ = 0;
  std::uint64_t at_ns_ = 0;
  std::set<std::uint64_t> prompts_;   // open
  std::set<std::uint64_t> requests_;  // open
};

}  // namespace holdfast
