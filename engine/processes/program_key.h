// Which run of a program is meant. Collected logs tell of several computers, whose programs bear the same pids, so the
// computer is part of the key.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "engine/schema/operation.pb.h"
#include "engine/text/computer_name.h"

namespace holdfast::engine {

struct ProgramKey {
  std::uint64_t start_ns = 0;  // 0: the latest run of its pid
  std::uint32_t pid = 0;
  std::uint64_t computer = 0;  // computer_of() its endpoint
  auto operator<=>(const ProgramKey&) const = default;
};

// The run that a message names, told on the computer `endpoint`; and the message that names it there.
inline ProgramKey key_of(const v1::ProcessKey& process, std::string_view endpoint) {
  return {.start_ns = process.start_ns(), .pid = process.pid(), .computer = computer_of(endpoint)};
}
v1::ProcessKey to_proto(const ProgramKey& key);

// The key of the program that `operation` is about: at a start the one that is to start, or else the one that acts.
ProgramKey key_of_program(const v1::Operation& operation);

// A key that no sensor told: whoever acts under it may be anybody, so nobody shares a row, a prompt or an answer by it.
inline bool is_nobody(const ProgramKey& key) { return key.pid == 0 && key.start_ns == 0; }

// The program's key has no start time, so the program may be another than the last one of its number.
inline bool names_pid_only(const v1::Operation& operation) {
  const bool starts = operation.what_case() == v1::Operation::kProcessStart;
  return (starts ? operation.process_start().start_ns() : operation.actor().start_ns()) == 0;
}

}  // namespace holdfast::engine
