#pragma once

#include <cstdint>
#include <string_view>

#include "sim/checkers/checker.h"

namespace holdfast {

class BoundedTables final : public Checker {
 public:
  std::string_view promise() const override { return "no table holds more than its limit"; }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;
  void on_state(const v1::EngineState& state) override;

 private:
  // What a lower limit does not take back: who waits goes on waiting.
  struct Limits {
    std::uint64_t pending = 16'384;
    std::uint64_t operations_per_prompt = 256;
    std::uint64_t lookups = 16'384;
  };
  static Limits limits_of(const v1::Limits& limits);
  void raise(const Limits& limits);
  void settle_down(const v1::EngineState& state);
  void need(std::uint64_t at_ns, std::string_view table, std::uint64_t rows, std::uint64_t limit);

  Limits highest_;
};

}  // namespace holdfast
