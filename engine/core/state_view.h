// What others may know of a snapshot: the only reader of a v1::EngineState outside the engine's own parts, so that a
// part that is new to the engine cannot be forgotten by a host that goes on from a state, or by a fork.
//
//   for (const ArmedTimer& timer : armed_timers(state)) arm(timer.timer_id, timer.at_ns);
//
// Settings, profile, network and the two clocks of a state are fields of their own and need no view. Pointers point
// into the state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/lookups/answer_reader.h"
#include "engine/schema/state.pb.h"

namespace holdfast::engine {

// A timer that the engine has set and that has not fired.
struct ArmedTimer {
  std::uint64_t timer_id = 0;
  std::uint64_t at_ns = 0;  // engine time
};
// In the order in which they were set, which is that of their numbers.
std::vector<ArmedTimer> armed_timers(const v1::EngineState& state);

// An operation that waits for its verdict.
struct HeldOperation {
  const v1::Operation* operation = nullptr;
  std::uint64_t asked_at_ns = 0;  // engine time of the operation
  std::uint64_t prompt_id = 0;    // of the prompt it waits for; 0: it waits for a service
};
// Those that wait for a person, by prompt and arrival; then those that wait for a service, by question and arrival.
std::vector<HeldOperation> held_operations(const v1::EngineState& state);

// A question to a person, shown or not.
struct OpenPrompt {
  std::uint64_t prompt_id = 0;
  std::uint32_t session_id = 0;  // where it is shown
  std::uint64_t expires_at_ns = 0;
};
std::vector<OpenPrompt> open_prompts(const v1::EngineState& state);  // ascending numbers

// A question to a service.
struct OpenLookup {
  std::uint64_t lookup_id = 0;
  std::uint64_t request_id = 0;  // of the attempt under way; 0: none is
};
std::vector<OpenLookup> open_lookups(const v1::EngineState& state);  // ascending numbers

// The sessions that people are logged on to, ascending numbers.
std::vector<v1::SessionChanged> sessions(const v1::EngineState& state);

// What a service has answered and is still believed.
struct KnownAnswer {
  v1::HttpRequest::Purpose purpose = v1::HttpRequest::PURPOSE_UNSPECIFIED;
  std::string sha256;
  Answer answer;
};
std::vector<KnownAnswer> known_answers(const v1::EngineState& state);  // the next to be forgotten first

// A run of a program that the engine knows, be it that it has exited.
struct RunningProgram {
  std::uint32_t pid = 0;
  std::uint64_t start_ns = 0;
  std::string image;          // as the sensor gave it; empty if nobody told it
  bool named_by_pid = false;  // a key without a start time means this run
  bool exited = false;
  std::string endpoint;  // computer it runs on, as Operation.endpoint
};
std::vector<RunningProgram> running_programs(const v1::EngineState& state);

}  // namespace holdfast::engine
