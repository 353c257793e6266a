#pragma once

#include <map>

#include "sim/checkers/checker.h"

namespace holdfast {

class TimersFireWhenSet final : public Checker {
 public:
  std::string_view promise() const override { return "timers fire once, at their time, and only while they are set"; }
  void on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;
  void on_end(const RunEnd& end) override;

 private:
  std::map<std::uint64_t, std::uint64_t> set_;  // timer id to its time, ns
};

}  // namespace holdfast
