// Rare states, counted when a life reaches them: a driver that never sees a full table proves nothing about one. Read
// off what the engine says and what its snapshots hold; the engine knows nothing of it.
//
//   Probes probes;
//   probes.see(input, outputs);
//   for (const Probe& probe : all_probes()) print(probe.name, probe.reached(probes));
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast {

class Probes {
 public:
  void see(const v1::Input& input, const std::vector<v1::Output>& outputs);
  void see(const v1::EngineState& state);
  void add(const Probes& others);

  static constexpr std::size_t kCodes = 160;
  // How often each happened, by its number.
  std::array<std::uint64_t, kCodes> decided{};  // verdicts, by the reason that settled them
  std::array<std::uint64_t, kCodes> reasons{};  // reasons anywhere in a chain
  std::array<std::uint64_t, 32> limits{};       // LimitReached.table
  std::array<std::uint64_t, 16> changes{};      // PromptUpdate.change
  std::array<std::uint64_t, 16> health{};       // CloudStatus.health
  std::uint64_t prompts_not_shown = 0;
  std::uint64_t settings_refused = 0;
  std::uint64_t refused_at_start = 0;
  std::uint64_t started_over_waiting = 0;  // an agent that starts while operations wait
  std::uint64_t stopped_while_waiting = 0;
  std::uint64_t detections_answered_later = 0;
  std::uint64_t ignored = 0;
  // In snapshots:
  std::uint64_t lookup_of_two = 0;
  std::uint64_t lookup_of_nobody = 0;
  std::uint64_t prompt_of_two = 0;
  std::uint64_t waits_for_place = 0;
  std::uint64_t paused = 0;
  std::uint64_t kept_after_expiry = 0;
  std::uint64_t circuit_open = 0;
  std::uint64_t trying_circuit = 0;
  std::uint64_t exited_rows = 0;
  std::uint64_t remembered_always = 0;
  std::uint64_t remembered_until_exit = 0;
  std::uint64_t older_run_of_pid = 0;
  std::uint64_t downloads = 0;
  // Of damaged states:
  std::uint64_t damaged_refused = 0;
  std::uint64_t damaged_accepted = 0;
};

struct Probe {
  std::string_view name;
  std::uint64_t (*reached)(const Probes& probes);
};
std::span<const Probe> all_probes();

}  // namespace holdfast
