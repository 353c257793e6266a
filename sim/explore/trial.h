// An engine on trial: every input goes into it and, once it was restored from a snapshot, into a second one beside it.
// Both must say the same, byte for byte, and every promise must hold.
//
//   Trial trial(tables);
//   trial.take(input);
//   trial.restore();             // the second engine begins anew
//   if (trial.fault()) print(trial.fault()->what);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/engine.h"
#include "engine/tables/tables.h"
#include "sim/checkers/promises.h"
#include "sim/explore/probes.h"

namespace holdfast {

// The first thing that went wrong.
struct Fault {
  std::string kind;  // the promise, or "a restored engine answers otherwise": what a shrunk life must show again
  std::string what;  // with numbers and times
};

struct TrialCounts {
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  std::uint64_t restores = 0;
  std::uint64_t damaged_states = 0;
};

class Trial {
 public:
  explicit Trial(const engine::Tables& tables);

  // The outputs stay until the next call.
  const std::vector<v1::Output>& take(const v1::Input& input);
  // Compares the states of both engines and puts a new second one beside the first, restored from its snapshot.
  void restore();
  // Tries to restore a snapshot that was damaged by these choices. An engine that takes it gets the next inputs too,
  // and must be able to go on from its own snapshots.
  void restore_damaged(std::uint64_t seed);
  // Compares the states once more, and looks at the promises of the end.
  void end();

  const std::optional<Fault>& fault() const { return fault_; }
  const TrialCounts& counts() const { return counts_; }
  const Probes& probes() const { return probes_; }
  // Of everything that was said: equal on every system, and by every compiler.
  std::uint64_t hash() const { return hash_; }

 private:
  void fail(std::string kind, std::string what);
  void look_at_promises();
  void compare_states(const v1::EngineState& state);
  void step_damaged(const v1::Input& input);
  void check_damaged();
  void add_to_hash(const std::string& bytes);

  const engine::Tables& tables_;
  engine::Engine engine_;
  std::optional<engine::Engine> second_;
  std::optional<engine::Engine> damaged_;
  std::uint32_t damaged_steps_ = 0;  // that it still gets
  Promises promises_;
  Probes probes_;
  TrialCounts counts_;
  std::optional<Fault> fault_;
  std::vector<v1::Output> outputs_;
  std::vector<v1::Output> others_;
  std::string bytes_;
  std::string other_bytes_;
  std::uint64_t hash_ = 0x9E3779B97F4A7C15;
  std::uint64_t now_ns_ = 0;
};

}  // namespace holdfast
