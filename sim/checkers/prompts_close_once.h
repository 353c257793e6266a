#pragma once

#include <set>

#include "sim/checkers/checker.h"
#include "sim/checkers/id_ranges.h"

namespace holdfast {

class PromptsCloseOnce final : public Checker {
 public:
  std::string_view promise() const override { return "each prompt is opened once and closed once"; }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;
  void on_end(const RunEnd& end) override;

 private:
  void need_open(std::uint64_t at_ns, std::uint64_t id, std::string_view what);
  std::set<std::uint64_t> open_;
  IdRanges opened_;
};

}  // namespace holdfast
