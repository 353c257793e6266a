// Promises that hold in every run, whatever the scenario expects. One class per promise, each in a file of its own;
// each has a test with a falsified stream that it must catch.
//
//   for (auto& checker : all_checkers()) checker->on_step(input, outputs);
//   checker->on_end(...);  checker->broken()
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"

namespace holdfast {

struct BrokenPromise {
  std::uint64_t at_ns = 0;
  std::string what;  // "operation 3 got a second verdict"
};

// How a run ended.
struct RunEnd {
  std::uint64_t at_ns = 0;
  bool cut = false;  // the story was watched for a limited time only: things may still be under way
};

class Checker {
 public:
  virtual ~Checker() = default;
  // The promise in words: "each held operation gets exactly one verdict".
  virtual std::string_view promise() const = 0;
  virtual void on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) = 0;
  virtual void on_end(const RunEnd& /*end*/) {}

  const std::vector<BrokenPromise>& broken() const { return broken_; }

 protected:
  // Most breaks that are kept: the first ones tell the story.
  static constexpr std::size_t kBrokenMax = 16;
  void breaks(std::uint64_t at_ns, std::string what) {
    if (broken_.size() < kBrokenMax) broken_.push_back({at_ns, std::move(what)});
  }

 private:
  std::vector<BrokenPromise> broken_;
};

std::vector<std::unique_ptr<Checker>> all_checkers();

}  // namespace holdfast
