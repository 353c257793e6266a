#pragma once

#include "sim/checkers/checker.h"

namespace holdfast {

class NoTimerInThePast final : public Checker {
 public:
  std::string_view promise() const override { return "no timer is set for a time that has passed"; }
  void on_step(const SeenStep& step) override;
};

}  // namespace holdfast
