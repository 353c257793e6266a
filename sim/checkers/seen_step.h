// One step of an engine as every checker sees it, with what can be known of the stream before it.
//
//   StepWatch watch(InputsFrom::kHost);
//   checker.on_step(watch.see(input, outputs));
#pragma once

#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/state.pb.h"
#include "sim/checkers/settings_in_force.h"

namespace holdfast {

// Who feeds the engine. A host numbers its inputs, fires timers when they are due, and lets no program act that may
// not. A host that plays a recording under other settings cannot keep programs from what they did. Anybody else (a
// driver that makes inputs up) keeps none of that, and the engine must bear it.
enum class InputsFrom : std::uint8_t { kHost, kRecording, kAnybody };

struct SeenStep {
  const v1::Input& input;
  const std::vector<v1::Output>& outputs;
  std::uint64_t now_ns;  // the engine's time: it never runs backwards
  bool counts;           // false: the engine said that it ignores the input
  InputsFrom from;
  const SettingsInForce& law;  // after the step
  bool law_changed;
  // How long in all some timer was overdue: what waits for a timer that nobody fires waits so much longer. Always 0
  // with a host.
  std::uint64_t stalled_ns;

  bool from_host() const { return from != InputsFrom::kAnybody; }
  bool world_obeys() const { return from == InputsFrom::kHost; }
  // The verdict that this step gives on the operation; null: none.
  const v1::Verdict* verdict_on(const v1::Operation& operation) const;
};

class StepWatch {
 public:
  explicit StepWatch(InputsFrom from) : from_(from) {}

  void begin_with(const v1::EngineState& state);
  // The result refers to both arguments and to this.
  SeenStep see(const v1::Input& input, const std::vector<v1::Output>& outputs);
  const SettingsInForce& law() const { return law_; }
  std::uint64_t now_ns() const { return now_ns_; }
  std::uint64_t stalled_ns() const { return stalled_ns_; }

 private:
  void follow_timers(const v1::Input& input, const std::vector<v1::Output>& outputs, bool counts);
  void arm(std::uint64_t timer_id, std::uint64_t at_ns);
  void disarm(std::uint64_t timer_id);

  InputsFrom from_;
  SettingsInForce law_;
  std::uint64_t now_ns_ = 0;
  std::uint64_t stalled_ns_ = 0;
  // Only where a timer can be overdue.
  std::unordered_map<std::uint64_t, std::uint64_t> due_ns_;   // by timer
  std::set<std::pair<std::uint64_t, std::uint64_t>> by_due_;  // time, timer
};

}  // namespace holdfast
