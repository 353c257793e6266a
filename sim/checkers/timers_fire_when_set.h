#pragma once

#include <map>

#include "sim/checkers/checker.h"

namespace holdfast {

class TimersFireWhenSet final : public Checker {
 public:
  std::string_view promise() const override { return "timers fire once, at their time, and only while they are set"; }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;
  void on_end(const RunEnd& end) override;

 private:
  void fires(const SeenStep& step);
  std::map<std::uint64_t, std::uint64_t> set_;  // timer id to its time, ns
  bool from_host_ = true;
};

}  // namespace holdfast
