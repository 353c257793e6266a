#pragma once

#include "sim/checkers/checker.h"

namespace holdfast {

class SteadyStream final : public Checker {
 public:
  std::string_view promise() const override { return "inputs are numbered without gaps and time never runs backwards"; }
  void on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;

 private:
  bool any_ = false;
  std::uint64_t sequence_ = 0;
  std::uint64_t at_ns_ = 0;
};

}  // namespace holdfast
