#pragma once

#include <map>

#include "sim/checkers/checker.h"

namespace holdfast {

class PromptsCloseOnce final : public Checker {
 public:
  std::string_view promise() const override { return "each prompt is opened once and closed once"; }
  void on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;
  void on_end(const RunEnd& end) override;

 private:
  void need_open(std::uint64_t at_ns, std::uint64_t id, std::string_view what);
  std::map<std::uint64_t, bool> open_;  // by prompt id; false: closed
};

}  // namespace holdfast
