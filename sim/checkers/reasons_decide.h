#pragma once

#include "sim/checkers/checker.h"

namespace holdfast {

class ReasonsDecide final : public Checker {
 public:
  std::string_view promise() const override {
    return "every verdict is what its last reason says, by the settings in force";
  }
  void on_step(const SeenStep& step) override;

 private:
  void look_at(const SeenStep& step, const v1::Verdict& verdict);
};

}  // namespace holdfast
