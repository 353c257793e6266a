#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "sim/checkers/checker.h"

namespace holdfast {

class BlockedNeverRuns final : public Checker {
 public:
  std::string_view promise() const override { return "a blocked program never runs, and a held one does not run yet"; }
  void on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;

 private:
  struct Key {
    std::uint32_t pid = 0;
    std::uint64_t start_ns = 0;
    auto operator<=>(const Key&) const = default;
  };
  struct Start {
    Key program;
    bool held = false;
  };
  std::map<std::uint64_t, Start> starts_;   // undecided, by operation id
  std::map<std::uint64_t, Key> actors_;     // of undecided operations that are no starts, by operation id
  std::map<Key, std::string> may_not_act_;  // program to why
};

}  // namespace holdfast
