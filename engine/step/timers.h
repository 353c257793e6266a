// The one owner of timers and of their numbers: whoever waits sets its timer here and is asked for when it fires.
//
//   const Timers::Set set = timers.set({Timers::Of::kPrompt, prompt_id}, at_ns, step);
//   if (const auto owner = timers.take_due(fired.timer_id(), step)) ...
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "engine/schema/error.h"
#include "engine/schema/state.pb.h"
#include "engine/step/step.h"

namespace holdfast::engine {

class Timers {
 public:
  // Everything that waits for a moment; a new kind is a new row here and in Core's switch.
  enum class Of : std::uint8_t { kPrompt, kLookup };
  struct Owner {
    Of of = Of::kPrompt;
    std::uint64_t id = 0;  // of the prompt or lookup
  };
  struct Set {
    std::uint64_t timer_id = 0;
    std::uint64_t at_ns = 0;
  };

  // A moment that has passed already means now. Gives the timer's number and when it fires.
  Set set(const Owner& owner, std::uint64_t at_ns, Step& step);
  // 0 is no timer, and fine.
  void cancel(std::uint64_t timer_id, Step& step);
  // Takes the timer out that has fired; nothing, and said why, where it is unknown or not due yet.
  std::optional<Owner> take_due(std::uint64_t timer_id, Step& step);

  void save(v1::EngineState& state) const { state.set_next_timer_id(next_id_); }
  Expected<void> load(const v1::EngineState& state);
  // A timer of a state that is being loaded. Fails on a number that was never given out or belongs to another.
  Expected<void> load_one(const Set& set, const Owner& owner);

 private:
  struct Timer {
    Owner owner;
    std::uint64_t at_ns = 0;
  };
  std::uint64_t next_id_ = 1;
  std::unordered_map<std::uint64_t, Timer> timers_;  // by number
};

}  // namespace holdfast::engine
