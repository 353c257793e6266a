#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "sim/checkers/checker.h"

namespace holdfast {

class ApprovedNeverAsked final : public Checker {
 public:
  std::string_view promise() const override { return "nobody is asked about a program of the approved list"; }
  void on_step(const SeenStep& step) override;

 private:
  void follow_programs(const SeenStep& step);
  void look_at_prompt(const SeenStep& step, const v1::Prompt& prompt);
  void look_at_verdict(const SeenStep& step, const v1::Verdict& verdict);

  // Files of living programs as their start named them, by pid and start time; empty: several were named.
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::string> images_;
};

}  // namespace holdfast
