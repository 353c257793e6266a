// Replays a recording through the production engine on a virtual clock, under its own settings or others.
//
//   auto replay = Replay::open({.path = "incident.hfr", .settings = settings});
//   DecisionLog log;
//   auto ended = replay->run({&log});
//   log.sha256();
//
// A recording of an agent brings its own beginning, people and answers; one that was dumped in the midst of an agent's
// life begins with that engine's state. An imported one holds observations only: the replay adds the start of an agent
// on the recorded endpoint, and a person whose answers are chosen here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/host.h"
#include "engine/log/decision_log.h"
#include "engine/schema/error.h"
#include "engine/schema/recording.pb.h"
#include "engine/schema/scenario.pb.h"
#include "engine/schema/settings.pb.h"
#include "engine/schema/state.pb.h"
#include "engine/tables/tables.h"

namespace holdfast {

// Who sits before the replayed machine.
enum class ReplayUser : std::uint8_t {
  kAsRecorded,  // whoever was recorded; with other settings or an imported recording as kNever
  kNever,       // logged on, never answers
  kAllow,       // allows every prompt
  kDeny,        // denies every prompt
  kAway,        // nobody is logged on
};

// The person as a simulated one; kAsRecorded as kNever. `answers_after_ns`: from the moment a prompt is shown.
v1::UserModel model_of(ReplayUser user, std::uint64_t answers_after_ns);

struct ReplayOptions {
  std::string path;
  // Instead of the recorded ones; imported recordings: default assess_everything().
  std::optional<v1::Settings> settings = std::nullopt;
  // Facts of the endpoint: what it says takes the place of what was recorded, the rest stays.
  std::optional<v1::AgentProfile> profile = std::nullopt;
  v1::Platform platform = v1::PLATFORM_UNSPECIFIED;  // instead of the recorded one and of that in `profile`
  ReplayUser user = ReplayUser::kAsRecorded;
  std::uint64_t answers_after_ns = 5'000'000'000;  // with kAllow and kDeny
  // Observations of an imported recording count as if a sensor had held what sensors can hold.
  bool assume_hold = false;
  const engine::Tables* tables = nullptr;  // null: default_tables()
};

// Event Monitoring on, every event assessed: shows what would have been noticed, and stops nothing.
v1::Settings assess_everything();

struct ReplayResult {
  std::uint64_t steps = 0;        // inputs the engine took, timers and the added beginning included
  std::uint64_t events = 0;       // operations among them
  std::uint64_t first_at_ns = 0;  // of the operations
  std::uint64_t last_at_ns = 0;
  std::uint64_t left_out = 0;                     // recorded answers and settings that other settings made meaningless
  bool torn = false;                              // the file ended without a trailer
  std::uint64_t torn_bytes = 0;                   // what was cut off
  std::vector<std::string> broken_promises = {};  // that hold in every run (sim/checkers), as sentences
};

class Replay {
 public:
  // Fails on a file that is no recording, and on an imported one whose profile names no platform and none is given.
  static Expected<Replay> open(ReplayOptions options);
  ~Replay();
  Replay(Replay&&) noexcept;
  Replay& operator=(Replay&&) noexcept;

  const v1::RecordingHeader& header() const;
  // What the engine knows before the first input; nothing: it is a new one.
  const std::optional<v1::EngineState>& state() const;
  // Under which settings and on which profile the engine starts; before run().
  const v1::Settings& settings() const;
  const v1::AgentProfile& profile() const;

  // Once. Fails on damage in the recording, and with what an observer failed with.
  Expected<ReplayResult> run(std::vector<StepObserver*> observers);

 private:
  struct Stage;
  explicit Replay(std::unique_ptr<Stage> stage);
  std::unique_ptr<Stage> stage_;
};

// Reads and decodes, and does nothing else: what a replay's speed is measured against. Gives the number of inputs.
Expected<std::uint64_t> count_inputs(const std::string& path);

// The decision log of a run: its hash, and its text if somebody takes it.
class DecisionLog final : public StepObserver {
 public:
  // `take` may be null; it is given whole lines, in order.
  using Take = Expected<void> (*)(void* whom, std::string_view lines);
  explicit DecisionLog(Take take = nullptr, void* whom = nullptr) : take_(take), whom_(whom) {}

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;
  // Hands over what is still held back.
  Expected<void> finish();
  std::string sha256() const;  // 64 lower-case digits, of everything so far

 private:
  Expected<void> flush();

  Take take_;
  void* whom_;
  std::string lines_;
  engine::LogHash hash_;
};

}  // namespace holdfast
