#pragma once

#include <map>

#include "sim/checkers/checker.h"

namespace holdfast {

class OneVerdict final : public Checker {
 public:
  std::string_view promise() const override { return "each held operation gets exactly one verdict"; }
  void on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;
  void on_end(const RunEnd& end) override;

 private:
  struct Seen {
    bool held = false;
    bool decided = false;
  };
  std::map<std::uint64_t, Seen> operations_;  // by id
  bool agent_stopped_ = false;
};

}  // namespace holdfast
