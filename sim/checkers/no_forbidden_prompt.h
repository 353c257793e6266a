#pragma once

#include "sim/checkers/checker.h"
#include "sim/checkers/settings_in_force.h"

namespace holdfast {

class NoForbiddenPrompt final : public Checker {
 public:
  std::string_view promise() const override { return "no prompt where the settings forbid one"; }
  void on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;

 private:
  std::string forbidden_by(const v1::Prompt& prompt) const;
  SettingsInForce in_force_;
};

}  // namespace holdfast
