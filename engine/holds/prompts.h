// Prompts: whom a program's operations wait for when a person decides, what that person sees and until when (DOMAIN 5).
// One prompt per program at a time; its operations are known by their numbers in Holds.
//
//   Prompt& prompt = prompts.open(asked, hold, turn);    // or prompts.join(*prompts.of(process), hold, turn)
//   ... for (HoldId hold : prompt.holds) ...             // each gets its verdict
//   prompts.close(prompt, because, turn);
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/holds/holds.h"
#include "engine/holds/sessions.h"
#include "engine/schema/error.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/state.pb.h"
#include "engine/settings/effective_settings.h"
#include "engine/step/step.h"
#include "engine/step/timers.h"

namespace holdfast::engine {

struct Prompt {
  v1::PromptState state;      // all but what waits for it
  std::vector<HoldId> holds;  // in order of arrival

  ProgramKey program() const { return key_of(state.process(), state.endpoint()); }
  bool is_shown() const { return state.not_shown() == v1::REASON_CODE_UNSPECIFIED; }
};

// What a new prompt is about.
struct Asked {
  ProgramKey process;
  std::string_view endpoint;  // computer it runs on; empty: the agent's own
  std::string_view program;   // its path, for people
  std::string lasting_name;   // what an answer for always is kept under; empty: it counts until the program exits
  std::string_view sha256;
  std::uint32_t session_id = 0;  // the program's own
  v1::MonitoredEvent event = v1::MONITORED_EVENT_UNSPECIFIED;
  std::string_view target;
  std::uint64_t operation_id = 0;
};

class Prompts {
 public:
  // What one input may use.
  struct Turn {
    Step& step;
    Timers& timers;
    const Holds& holds;
    const Sessions& sessions;
    const EffectiveSettings& settings;
  };

  Prompt* find(std::uint64_t prompt_id);
  // The prompt that the program's operations wait for; null if none does.
  Prompt* of(const ProgramKey& process);
  std::vector<std::uint64_t> ids() const;  // of all that are open, ascending
  std::uint64_t next_id() const { return next_id_; }

  // `first`: the hold that makes somebody ask; its own bound is the prompt's. It must not have passed.
  Prompt& open(const Asked& asked, HoldId first, Turn turn);
  // Another hold of the same program; it shares the prompt's deadline, and brings its own bound where that is earlier.
  void join(Prompt& prompt, HoldId hold, Turn turn);
  // Every operation has its verdict: the prompt goes, and another one may take its place on the screen.
  void close(Prompt& prompt, v1::ReasonCode because, Turn turn);

  // The prompt's timer has fired: whether the countdown is over, or else somebody's bound.
  bool countdown_is_over(Prompt& prompt, const Step& step);
  // Holds of the prompt whose bound has passed.
  std::vector<HoldId> overdue(const Prompt& prompt, const Turn& turn) const;
  // Sets the prompt's timer for what happens next by itself.
  void arm(Prompt& prompt, Turn turn);
  // Nobody answered in time, and what is left stays held until its bound.
  void expire(Prompt& prompt, std::vector<HoldId> kept, Turn turn);

  // Opt-in: the countdown stands still while the user uses the prompt, but never beyond the bound of a hold.
  void interact(Prompt& prompt, bool starts, Turn turn);

  // Nobody uses it any more, `because` it was closed or could not be shown: a countdown that stood still goes on.
  void leave(Prompt& prompt, v1::ReasonCode because, Turn turn);

  // People came or went: who sees what now. Likewise where another session sees it, or none.
  void refresh(Turn turn);

  void save(v1::EngineState& state, const Holds& holds) const;
  Expected<void> load(const v1::EngineState& state, Holds& holds, Timers& timers);

 private:
  // When the next thing happens by itself: the end of the countdown, or of a hold's bound.
  std::uint64_t next_moment(const Prompt& prompt, const Holds& holds) const;
  void show(Prompt& prompt, const Turn& turn);
  void tell_shown(const Prompt& prompt, const Asked& asked, Turn turn);
  // There may be more room on the screen: whoever waits for a place is shown, the oldest first.
  void fill_places(Turn turn);
  void index(const Prompt& prompt);
  Expected<void> load_one(const v1::PromptState& state, const v1::EngineState& engine_state, Holds& holds,
                          Timers& timers);
  Expected<void> check_numbers(const v1::PromptState& state, std::uint64_t now_ns) const;

  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, Prompt> prompts_;  // by id
  // Derived from them, for finding:
  std::map<ProgramKey, std::uint64_t> of_process_;
  std::set<std::uint64_t> waiting_for_a_place_;  // not shown because too many are
  std::uint32_t shown_ = 0;
};

}  // namespace holdfast::engine
