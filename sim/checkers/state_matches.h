#pragma once

#include <set>

#include "sim/checkers/checker.h"

namespace holdfast {

class StateMatches final : public Checker {
 public:
  std::string_view promise() const override {
    return "the state is what the engine has said: timers, prompts, who waits";
  }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;
  void on_state(const v1::EngineState& state) override;

 private:
  using Ids = std::set<std::uint64_t>;
  static Ids timers_of(const v1::EngineState& state);
  static Ids prompts_of(const v1::EngineState& state);
  static Ids held_of(const v1::EngineState& state);

  Ids timers_;
  Ids prompts_;
  Ids held_;
};

}  // namespace holdfast
