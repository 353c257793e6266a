#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "sim/checkers/checker.h"

namespace holdfast {

class SingleFlight final : public Checker {
 public:
  std::string_view promise() const override { return "of attempts that ask the same, one is under way at a time"; }
  void on_step(const SeenStep& step) override;

 private:
  void begins(const SeenStep& step, const v1::HttpRequest& request);
  void ends(std::uint64_t request_id);

  std::map<std::string, std::uint64_t, std::less<>> open_;  // by URL
  std::unordered_map<std::uint64_t, std::string> url_;      // of the open ones, by request
};

}  // namespace holdfast
