#pragma once

#include "sim/checkers/checker.h"

namespace holdfast {

class ApprovedNeverAsked final : public Checker {
 public:
  std::string_view promise() const override { return "nobody is asked about a program of the approved list"; }
  void on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;
};

}  // namespace holdfast
