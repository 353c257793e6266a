// Promises that hold in every run, whatever the scenario expects. One class per promise, each in a file of its own;
// each has a test with a falsified stream that it must catch. Whoever watches a run uses all of them at once: see
// Promises.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/state.pb.h"
#include "sim/checkers/seen_step.h"

namespace holdfast {

struct BrokenPromise {
  std::uint64_t at_ns = 0;
  std::string what;  // "operation 3 got a second verdict"
};

// How a run ended.
struct RunEnd {
  std::uint64_t at_ns = 0;
  bool cut = false;              // the story was watched for a limited time only: things may still be under way
  std::uint64_t stalled_ns = 0;  // as SeenStep says it, up to the last step
};

class Checker {
 public:
  virtual ~Checker() = default;
  // The promise in words: "each held operation gets exactly one verdict".
  virtual std::string_view promise() const = 0;
  // Instead of a beginning: what an engine in the midst of its life knows. `law`: what is in force there.
  virtual void begin_with(const v1::EngineState& /*state*/, const SettingsInForce& /*law*/) {}
  virtual void on_step(const SeenStep& step) = 0;
  // Whether on_step is also to see operations that nobody holds and the engine says nothing about: of most recordings
  // nearly all.
  virtual bool sees_quiet_steps() const { return false; }
  // What the engine's snapshot says, between two steps.
  virtual void on_state(const v1::EngineState& /*state*/) {}
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
