#pragma once

#include <string>
#include <unordered_map>

#include "sim/checkers/checker.h"

namespace holdfast {

class AnswersAsGiven final : public Checker {
 public:
  std::string_view promise() const override {
    return "an answer counts as it was given, and for the program it was given to";
  }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;

 private:
  struct Asked {
    std::string program;  // as the prompt named it; empty: it was not known
    std::uint64_t profile = 0;
    bool answered = false;
    bool allowed = false;
  };
  void look_at(const SeenStep& step, const v1::Verdict& verdict);

  std::unordered_map<std::uint64_t, Asked> asked_;  // by prompt: the open ones, and those that were answered
  std::uint64_t first_prompt_id_ = 1;               // that opened before our eyes
  std::uint64_t profiles_ = 0;                      // taken so far: another one can name programs otherwise
};

}  // namespace holdfast
