#pragma once

#include "sim/checkers/checker.h"

namespace holdfast {

class ApprovedNeverAsked final : public Checker {
 public:
  std::string_view promise() const override { return "nobody is asked about a program of the approved list"; }
  void on_step(const SeenStep& step) override;

 private:
  void look_at_prompt(const SeenStep& step, const v1::Prompt& prompt);
  void look_at_verdict(const SeenStep& step, const v1::Verdict& verdict);
};

}  // namespace holdfast
