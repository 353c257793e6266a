#pragma once

#include <map>

#include "sim/checkers/checker.h"
#include "sim/checkers/settings_in_force.h"

namespace holdfast {

class VerdictInTime final : public Checker {
 public:
  std::string_view promise() const override { return "no operation is held beyond its bound"; }
  void on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;
  void on_end(const RunEnd& end) override;

 private:
  struct Waiting {
    std::uint64_t since_ns = 0;
    std::uint64_t bound_ns = 0;  // the longest of the settings in force while it waited
  };
  void check(std::uint64_t at_ns, std::uint64_t id, const Waiting& waiting);

  SettingsInForce in_force_;
  std::map<std::uint64_t, Waiting> waiting_;  // by operation id
};

}  // namespace holdfast
