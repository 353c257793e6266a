// What came out of a recording as it is: what a forked run is held against.
//
//   ForkReference reference;
//   replay->run({&reference});
//   reference.decided().about(operation_id);
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/host/host.h"
#include "engine/schema/scenario.pb.h"
#include "engine/schema/state.pb.h"
#include "sim/fork/decided_operations.h"
#include "sim/world/observed_network.h"

namespace holdfast {

// Most verdicts of a recording that is forked.
inline constexpr std::size_t kForkedVerdictsMax = 4'000'000;

struct ProcessId {
  std::uint32_t pid = 0;
  std::uint64_t start_ns = 0;
  std::string endpoint = {};  // computer it runs on, in small letters; empty: the agent's own
  auto operator<=>(const ProcessId&) const = default;
};

// Tells runs of programs apart where only a pid is named.
class ProgramRuns {
 public:
  void started(const ProcessId& program) { latest_[{program.pid, 0, program.endpoint}] = program; }
  // A key without a start time means the latest run of its pid on the computer `endpoint`.
  ProcessId of(const v1::ProcessKey& key, const std::string& endpoint) const;

 private:
  std::map<ProcessId, ProcessId> latest_;  // by key without a start time
};

// Which program a verdict about an operation can stop: at a start the new one, otherwise the one that acts.
struct Stake {
  ProcessId program;
  bool starts = false;
  bool held = false;  // it has not happened until it is allowed

  bool lost_by(v1::Verdict::Decision decision) const;
};
Stake stake_of(const v1::Operation& operation, const ProgramRuns& runs);

class ForkReference final : public StepObserver {
 public:
  // `nothing_held`: what the recording tells happened when it tells it, whatever a replay decides about it.
  explicit ForkReference(bool nothing_held = false) : nothing_held_(nothing_held) {}

  // Before the first step, of a recording that begins in the midst of an agent's life.
  void begin_with(const v1::EngineState& state);
  // Fails beyond kForkedVerdictsMax.
  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;

  // What the replay decided.
  const DecidedOperations& decided() const { return decided_; }
  // From when on the operation could go on in what was recorded; nothing: never.
  std::optional<std::uint64_t> settled_ns(std::uint64_t operation_id) const;
  // Whether a verdict about the operation stopped the program that it was about.
  bool lost(std::uint64_t operation_id, const Stake& stake) const;
  // When this program was terminated or denied its start; null: it was not.
  const std::uint64_t* stopped_ns(const ProcessId& program) const;
  // Whether this very request or prompt came at this very time.
  bool has(std::uint64_t at_ns, const v1::HttpRequest& request) const;
  bool has(std::uint64_t at_ns, const v1::Prompt& prompt) const;
  bool asked(std::uint64_t prompt_id) const;
  // What the person did with the prompt that this operation caused, and how long after it was shown, ns.
  using Answers = std::vector<std::pair<std::uint64_t, v1::PromptAnswer>>;
  const Answers& answers_about(std::uint64_t operation_id) const;
  // When the request was cancelled without an outcome; nothing: it was not.
  std::optional<std::uint64_t> cancelled_ns(std::uint64_t request_id) const;
  // Whether the request was cancelled, or the prompt closed, at this very time.
  bool cancelled(std::uint64_t at_ns, const v1::HttpCancel& cancel) const;
  bool closed(std::uint64_t at_ns, const v1::PromptClosed& prompt) const;

  // The world as it was seen, with the endpoint, settings, network and person that it had at `at_ns`: what a change is
  // made to.
  v1::Scenario world_at(std::uint64_t at_ns) const;
  std::uint64_t last_operation_id() const { return last_operation_id_; }
  std::uint64_t last_at_ns() const { return last_at_ns_; }

 private:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
  struct Asked {
    std::uint64_t at_ns = 0;
    std::uint64_t ended_ns = kNever;  // it was cancelled or closed
    bool answered = false;            // a request
    std::string bytes;
    std::uint64_t operation_id = 0;  // that caused a prompt

    bool is(std::uint64_t then_ns, const google::protobuf::Message& message) const;
  };

  void see(const v1::SessionChanged& session);
  void see(const v1::Operation& operation);
  void see(std::uint64_t at_ns, const v1::Output& output);
  void see_verdict(std::uint64_t at_ns, const v1::Verdict& verdict);

  bool nothing_held_;
  DecidedOperations decided_;
  std::map<std::uint64_t, std::uint64_t> happened_ns_;  // by operation, where nothing was held
  ProgramRuns runs_;
  std::map<std::uint64_t, Stake> undecided_;  // by operation
  std::map<ProcessId, std::uint64_t> stopped_ns_;
  std::map<std::uint64_t, Asked> requests_;
  std::map<std::uint64_t, Asked> prompts_;
  std::map<std::uint64_t, Answers> answers_;            // by operation
  std::map<std::uint64_t, v1::AgentProfile> profiles_;  // in force, by the time from which they were
  std::map<std::uint64_t, v1::Settings> settings_;      // likewise
  std::map<std::uint64_t, v1::NetworkState> network_;   // likewise
  v1::UserModel person_;
  bool has_person_ = false;
  ObservedNetwork observed_;
  std::uint64_t last_operation_id_ = 0;
  std::uint64_t last_at_ns_ = 0;
};

}  // namespace holdfast
