#pragma once

#include "sim/checkers/checker.h"

namespace holdfast {

class ViolationsTold final : public Checker {
 public:
  std::string_view promise() const override {
    return "what is logged is told once, with its number, and every warning follows its verdict";
  }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;

 private:
  void look_at(const SeenStep& step, const v1::Verdict& about, const v1::Violation& violation);
  std::uint64_t next_id_ = 1;
};

}  // namespace holdfast
