#pragma once

#include <map>
#include <string>

#include "sim/checkers/checker.h"

namespace holdfast {

class SingleFlight final : public Checker {
 public:
  std::string_view promise() const override { return "of attempts that ask the same, one is under way at a time"; }
  void on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;

 private:
  void ends(std::uint64_t request_id);

  std::map<std::string, std::uint64_t> open_;  // by URL
};

}  // namespace holdfast
