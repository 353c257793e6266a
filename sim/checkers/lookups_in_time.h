#pragma once

#include <map>
#include <string_view>

#include "sim/checkers/checker.h"
#include "sim/checkers/settings_in_force.h"

namespace holdfast {

class LookupsInTime final : public Checker {
 public:
  std::string_view promise() const override {
    return "nobody waits for a service beyond its budget, and every detection is answered once";
  }
  void on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;
  void on_end(const RunEnd& end) override;

 private:
  struct Waiting {
    std::uint64_t since_ns = 0;
    std::uint64_t bound_ns = 0;  // the longest of the settings in force while it waited
  };
  using WaitingById = std::map<std::uint64_t, Waiting>;
  void check(std::uint64_t at_ns, std::string_view what, std::uint64_t id, const Waiting& waiting);
  void decided(std::uint64_t at_ns, std::uint64_t operation_id);
  void answered(std::uint64_t at_ns, const v1::DetectionAnswer& answer);

  SettingsInForce in_force_;
  WaitingById operations_;  // that were neither decided nor asked about
  WaitingById detections_;  // that were not answered
};

}  // namespace holdfast
