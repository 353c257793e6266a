#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>

#include "sim/checkers/checker.h"

namespace holdfast {

class BlockedNeverRuns final : public Checker {
 public:
  std::string_view promise() const override { return "a blocked program never runs, and a held one does not run yet"; }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;
  bool sees_quiet_steps() const override { return true; }

 private:
  struct Key {
    std::uint32_t pid = 0;
    std::uint64_t start_ns = 0;
    std::uint64_t computer = 0;  // computer_of() its endpoint
    auto operator<=>(const Key&) const = default;
  };
  static Key actor_of(const v1::Operation& operation);
  static Key started_by(const v1::Operation& operation);
  void look_at_operation(const SeenStep& step);
  void look_at_verdict(const SeenStep& step, const v1::Verdict& verdict);

  std::unordered_map<std::uint64_t, Key> starts_;  // held, by operation id
  std::map<Key, std::string_view> may_not_act_;    // program to why
};

}  // namespace holdfast
