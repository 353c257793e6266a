#pragma once

#include <string_view>
#include <unordered_map>

#include "sim/checkers/checker.h"

namespace holdfast {

class LookupsInTime final : public Checker {
 public:
  std::string_view promise() const override {
    return "nobody waits for a service beyond its budget, and every detection is answered once";
  }
  void begin_with(const v1::EngineState& state, const SettingsInForce& law) override;
  void on_step(const SeenStep& step) override;
  bool sees_quiet_steps() const override { return true; }
  void on_end(const RunEnd& end) override;

 private:
  struct Waiting {
    std::uint64_t since_ns = 0;
    std::uint64_t bound_ns = 0;  // the longest of the settings in force while it waited
    std::uint64_t stalled_ns = 0;
    std::uint32_t times = 1;  // a detection: how often it was asked for under this number
    bool several = false;     // more than one has waited under this number
  };
  using WaitingById = std::unordered_map<std::uint64_t, Waiting>;
  void check(const SeenStep& step, std::string_view what, std::uint64_t id, const Waiting& waiting);
  void arrive(const SeenStep& step);
  void decided(const SeenStep& step, std::uint64_t operation_id);
  void answered(const SeenStep& step, const v1::DetectionAnswer& answer);

  WaitingById operations_;  // that were neither decided nor asked about
  WaitingById detections_;  // that were not answered
  bool saw_beginning_ = true;
};

}  // namespace holdfast
