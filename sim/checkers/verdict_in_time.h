#pragma once

#include <unordered_map>

#include "sim/checkers/checker.h"

namespace holdfast {

class VerdictInTime final : public Checker {
 public:
  std::string_view promise() const override { return "no operation is held beyond its bound"; }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;
  void on_end(const RunEnd& end) override;

 private:
  // Bounds are the longest of the settings in force while it waited.
  struct Waiting {
    std::uint64_t since_ns = 0;
    std::uint64_t bound_ns = 0;    // by the settings' countdowns and budgets
    std::uint64_t limit_ns = 0;    // of every hold, whatever extends it
    std::uint64_t stalled_ns = 0;  // when it began to wait
  };
  void decided(const SeenStep& step, const v1::Verdict& verdict);
  // `ends_ns`: of the countdown that it waits for, which may have begun under other settings; 0: none.
  void check(std::uint64_t at_ns, std::uint64_t id, const Waiting& waiting, std::uint64_t ends_ns,
             std::uint64_t stalled_ns);

  std::unordered_map<std::uint64_t, Waiting> waiting_;        // by operation id
  std::unordered_map<std::uint64_t, std::uint64_t> ends_ns_;  // of the countdowns of open prompts, by prompt id
};

}  // namespace holdfast
