#pragma once

#include <map>
#include <set>

#include "sim/checkers/checker.h"
#include "sim/checkers/id_ranges.h"

namespace holdfast {

class OneVerdict final : public Checker {
 public:
  std::string_view promise() const override { return "each held operation gets exactly one verdict"; }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;
  bool sees_quiet_steps() const override { return true; }
  void on_end(const RunEnd& end) override;

 private:
  void decided(const SeenStep& step, const v1::Verdict& verdict);

  IdRanges tried_;                                // operations
  IdRanges decided_;                              // of them
  std::map<std::uint64_t, std::uint32_t> again_;  // tried so often more before the first had its verdict
  std::set<std::uint64_t> held_;                  // that have no verdict yet
  bool agent_stopped_ = false;
};

}  // namespace holdfast
