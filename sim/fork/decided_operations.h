// What a run decided about each operation, when, and under which settings.
//
//   DecidedOperations decided;
//   replay->run({&decided});
//   decided.about(operation_id)->because;
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/host.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast {

// The name of the settings that hold, as the inputs go by.
class SettingsName {
 public:
  void begin_with(const v1::EngineState& state) { name_ = state.settings().name(); }
  void see(const v1::Input& input);
  const std::string& text() const { return name_; }  // empty: they have none

 private:
  std::string name_;
};

struct DecidedOperation {
  std::uint64_t at_ns = 0;
  v1::Verdict::Decision decision = v1::Verdict::DECISION_UNSPECIFIED;
  v1::ReasonCode because = v1::REASON_CODE_UNSPECIFIED;
  std::uint64_t held_ns = 0;
  std::string_view settings = {};  // in force then; as long as the run is kept
  std::string_view program = {};   // likewise

  bool same_as(const DecidedOperation& other) const { return decision == other.decision && because == other.because; }
};

class DecidedOperations final : public StepObserver {
 public:
  // Before the first step, of a recording that begins in the midst of an agent's life.
  void begin_with(const v1::EngineState& state) { settings_.begin_with(state); }
  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;
  void see(const v1::Input& input) { settings_.see(input); }
  void see(std::uint64_t at_ns, const v1::Verdict& verdict);

  const std::map<std::uint64_t, DecidedOperation>& all() const { return decided_; }
  const DecidedOperation* about(std::uint64_t operation_id) const;  // null: nothing was decided

 private:
  std::map<std::uint64_t, DecidedOperation> decided_;  // by operation
  std::set<std::string> texts_;                        // each once: there are far fewer than decisions
  SettingsName settings_;
};

// The waits for a verdict, of one run.
struct Waits {
  std::uint64_t total_ns = 0;
  std::uint64_t longest_ns = 0;
  std::string longest_program = {};  // who waited that long

  void add(std::uint64_t held_ns, std::string_view program);
};

}  // namespace holdfast
