#pragma once

#include "sim/checkers/checker.h"

namespace holdfast {

class NoForbiddenPrompt final : public Checker {
 public:
  std::string_view promise() const override { return "no prompt where the settings forbid one"; }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;

 private:
  std::string_view forbidden_by(const SeenStep& step, const v1::Prompt& prompt) const;
  bool saw_beginning_ = true;
};

}  // namespace holdfast
