// How a made-up life is mixed: how often each kind of input comes, and how the world behaves. A named mix is the whole
// menu; each seed takes a part of it (swarm testing: what is left out lets the rest go deeper).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sim/explore/choices.h"

namespace holdfast {

// What the next input may be. Timers come by themselves, when they are due.
enum class Move : std::uint8_t {
  kOperation,  // somebody does something
  kAnswer,     // to a prompt that is open
  kOutcome,    // of a request that is open
  kSession,
  kSettings,
  kProfile,
  kService,
  kNetwork,
  kClock,
  kLoss,
  kDetection,
  kStart,  // the agent starts, again perhaps
  kStop,
  kStrayAnswer,  // to a prompt that is closed or never was
  kStrayOutcome,
  kStrayTimer,      // never set, cancelled, or too early
  kRepeatedNumber,  // a sequence number that came before
  kBackwards,       // a time that lies before the last one
  kEmpty,
};
inline constexpr std::size_t kMoves = 19;

struct Mix {
  std::string_view name;
  std::string_view summary;
  std::array<std::uint16_t, kMoves> weights;  // by Move, relative to each other
  bool mutates = false;                       // damaged states are tried too
  bool tight = false;                         // tables are small
};

std::span<const Mix> mixes();
// Null: there is none of that name.
const Mix* find_mix(std::string_view name);

// What one seed takes of it.
struct Menu {
  std::array<std::uint32_t, kMoves> weights{};
  std::uint32_t weight = 0;   // of all
  std::uint64_t step_ns = 0;  // a usual pause between inputs is up to so long
  std::uint32_t same_time_percent = 0;
  std::uint32_t late_percent = 0;           // timers that fire late
  std::uint32_t unknown_start_percent = 0;  // keys without a start time
  std::uint32_t held_percent = 0;
  std::uint32_t monitored_percent = 0;  // of what is no start, at least
  std::uint32_t starts_percent = 0;     // of operations
  std::uint32_t exits_percent = 0;
  std::uint32_t twice_percent = 0;  // operations whose number came before
  std::uint32_t pids = 0;           // so many are in use
  std::uint32_t pool = 0;           // so many different operations
  std::uint32_t far_future_in = 0;  // a jump of years once in so many inputs; 0: never
  std::uint32_t small_limits_percent = 0;
  std::uint32_t services_percent = 0;  // settings that have services asked
};
Menu draw_menu(const Mix& mix, Choices& choices);

}  // namespace holdfast
