// The world of a recording that goes another way from some moment on: until then every recorded input, afterwards those
// that can still happen, among what modelled people and a modelled network do.
//
// The rule for what was recorded after the fork:
//   - what a program does that was stopped here and not there is suppressed, its descendants' starts among it; so is
//     the end of a program that was stopped there and not here
//   - what a program does whose start is held longer here than there comes later by as much, and so does what the
//     programs do that it starts
//   - an answer of a person or a service stands where the very same was asked at the very same time, and nothing says
//     that they are to be different; about the same operation a person then answers as soon and alike; everything else
//     that is asked, models answer
//   - of a log that is taken as if its sensor could have held, everything happened when it says so, and nothing was
//     stopped there
//   - settings, facts of the endpoint and network states that came later stand unless the fork says which ones hold
// A fork that changes nothing therefore decides as the recording does, byte for byte.
// Not known: what a program would have done that was stopped when it was recorded and goes on here; runs_on() counts.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "agent/host/host.h"
#include "engine/schema/scenario.pb.h"
#include "sensors/actuator.h"
#include "sensors/recording/recording_sensor.h"
#include "sim/fork/fork_reference.h"
#include "sim/replay/recorded_beginning.h"
#include "sim/world/network.h"
#include "sim/world/user.h"

namespace holdfast {

// What is different from `at_ns` on.
struct ForkChange {
  std::uint64_t at_ns = 0;
  v1::Scenario after;  // agent, settings, world.network, world.service, world.proxy, world.phase, world.user[0]
  bool profile = false;
  bool settings = false;
  bool network = false;   // what the agent has
  bool services = false;  // everything beyond it
  bool person = false;
  // Nobody recorded what services say, as in an imported log: the simulated ones answer all the same.
  bool services_unrecorded = false;
  std::string different = {};  // from the same recording without the what-if: "settings, person"; "nothing"

  bool asks_simulated_services() const { return services || network || services_unrecorded; }
};

// What became of an input.
enum class ForkMark : std::uint8_t {
  kKept,        // before the fork
  kRecorded,    // after it, as recorded
  kDelayed,     // recorded, and later here: its program's start was held longer
  kSuppressed,  // recorded, and cannot happen here
  kModelled,    // not recorded: a model's answer, or the end of a program that was terminated here
  kChange,      // what the fork is about
};
inline constexpr std::size_t kForkMarks = 6;
std::string_view mark_name(ForkMark mark);

class ForkedWorld final : public Sensor, public Actuator, public StepObserver {
 public:
  // Told of every input that is not a timer, before it happens; `why` is empty unless it is suppressed.
  using Marked = std::function<void(ForkMark mark, const v1::Input& input, const std::string& why)>;

  // All must outlive the world.
  ForkedWorld(RecordingSensor& recording, const RecordedBeginning& beginning, const ForkReference& reference,
              const ForkChange& change, bool assume_hold, Marked marked);

  Expected<Next> next(std::uint64_t until_ns, v1::Input& input) override;
  void carry_out(std::uint64_t at_ns, const v1::Output& output) override;
  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;
  // What still waits for a verdict that never came counts as suppressed.
  void finish();

  std::uint64_t runs_on() const { return runs_on_.size(); }

 private:
  struct Life {
    std::uint64_t start_operation = 0;  // not 0: it may not act yet
    std::deque<v1::Input> waiting;      // what it did when it could, by the recording
    std::uint64_t later_by_ns = 0;      // than recorded it does everything
    std::string over_because = {};      // not empty: it is over
  };

  bool take_recorded(v1::Input& input);
  bool take_due_now(v1::Input& input);
  bool take_operation(v1::Input& input, ForkMark mark);
  bool may_act(const ProcessId& program, v1::Input& input);
  void expect_start(const v1::Input& input);
  void begin_operation(std::uint64_t recorded_ns, const v1::Operation& operation);
  bool is_other_prompt(std::uint64_t prompt_id) const;
  void change_now();
  void decide(std::uint64_t at_ns, const v1::Verdict& verdict);
  void let_run(const ProcessId& program, std::uint64_t later_by_ns);
  void end(const ProcessId& program, const std::string& because);
  void add_exit(const ProcessId& program);
  void suppress(const v1::Input& input, const std::string& why);
  void ask_person(std::uint64_t at_ns, const v1::Output& output);
  void ask_services(std::uint64_t at_ns, const v1::Output& output);
  std::uint64_t model_due_ns() const;
  std::size_t ask_again();

  RecordingSensor& recording_;
  const ForkReference& reference_;
  const ForkChange& change_;
  bool assume_hold_;
  Marked marked_;
  PlanningOrder order_{0};
  UserModel user_;
  Network network_;
  std::deque<v1::Input> beginning_;
  std::deque<v1::Input> changes_;
  std::map<Moment, v1::Input> later_;  // recorded, by when it happens here and its sequence number
  std::deque<v1::Input> exits_;
  bool changed_ = false;
  std::uint64_t now_ns_ = 0;
  std::map<ProcessId, Life> lives_;
  ProgramRuns runs_;
  std::map<std::uint64_t, Stake> undecided_;  // may still be forbidden, by operation
  std::set<std::uint64_t> same_requests_;     // whose recorded end stands
  // Of those: when they were cancelled without an answer, which they are not here until then.
  std::map<std::uint64_t, std::pair<std::uint64_t, v1::Output>> cancelled_there_;
  std::set<std::uint64_t> same_prompts_;  // whose recorded answer stands
  std::map<std::uint64_t, v1::Output> open_prompts_;
  std::map<Moment, v1::PromptAnswer> answers_;  // that the recorded person will give, by when and the prompt
  std::set<ProcessId> stopped_as_there_;
  std::set<ProcessId> runs_on_;
  std::uint64_t next_operation_id_;
};

}  // namespace holdfast
