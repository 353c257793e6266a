// A recording as a scenario: every input that a person could have written becomes an entry of the timeline.
//
//   FromRecording story;
//   replay->run({&story});
//   Conversion told = story.take(decision.operation_id());
//   told.scenario, told.left_out
//
// Process keys become pids that are unique in the story: the second process of pid 4711 is called 1,004,711, be it of
// another computer. Timers are the engine's own and come by themselves.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/host.h"
#include "engine/schema/scenario.pb.h"
#include "engine/schema/state.pb.h"
#include "sim/world/observed_network.h"

namespace holdfast {

// Something that the scenario does not say.
struct LeftOut {
  std::string what;  // "http_outcome", "operation.endpoint"
  std::uint64_t inputs = 0;
  std::string why;  // for people
};

struct Conversion {
  v1::Scenario scenario;     // with agent, settings, world and timeline; without name and expectations
  std::size_t decisive = 0;  // index in Scenario.at of the operation asked for; at_size() if it could not be expressed
  std::vector<LeftOut> left_out;  // ascending `what`
};

class FromRecording final : public StepObserver {
 public:
  // Before the first step: what the engine knew already, of a recording that begins in the midst of an agent's life.
  void begin_with(const v1::EngineState& state);
  // Fails on more entries than a scenario may have.
  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;

  // Once, after the replay. `operation_id`: the operation whose verdict matters. The person at the machine answers
  // every prompt as the one about that operation was answered.
  Conversion take(std::uint64_t operation_id);

 private:
  struct Asked {
    std::uint64_t shown_ns = 0;
    std::vector<std::uint64_t> operations;
    v1::UserModel::Answers answer;
    bool answered = false;
  };

  void see(std::uint64_t at_ns, const v1::Output& output);
  void add_other(const v1::Input& input);
  void add_session(const v1::Input& input);
  void add_answer(std::uint64_t at_ns, const v1::PromptAnswer& answer);
  void add_operation(std::uint64_t at_ns, const v1::Operation& operation);
  v1::At& add(std::uint64_t at_ns);
  // The pid that stands for this process in the story.
  std::uint32_t pid_of(const v1::ProcessKey& key, const std::string& endpoint);
  void rename(v1::ProcessKey& key, const std::string& endpoint);
  // Whether the story's pid is nobody's yet, or of that computer.
  bool is_of(std::uint32_t pid, std::uint64_t computer);
  void leave_out(const std::string& what, std::string_view why);

  Conversion told_;
  bool started_ = false;
  bool has_person_ = false;
  struct Recorded {
    std::uint32_t pid = 0;
    std::uint64_t start_ns = 0;
    std::uint64_t computer = 0;  // computer_of() its endpoint
    auto operator<=>(const Recorded&) const = default;
  };
  std::map<Recorded, std::uint32_t> pids_;
  std::map<Recorded, std::uint32_t> latest_;      // by key without a start time
  std::map<std::uint32_t, bool> taken_;           // pids of the story; true: its start was seen
  std::map<std::uint32_t, std::uint64_t> whose_;  // computer of each
  std::map<std::uint64_t, int> entries_;          // by operation id
  std::map<std::uint64_t, Asked> asked_;          // by prompt
  std::map<Recorded, std::string> ran_before_;    // images
  ObservedNetwork network_;
  std::map<std::string, LeftOut> left_out_;
};

}  // namespace holdfast
