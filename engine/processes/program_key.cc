#include "engine/processes/program_key.h"

namespace holdfast::engine {

v1::ProcessKey to_proto(const ProgramKey& key) {
  v1::ProcessKey process;
  process.set_pid(key.pid);
  process.set_start_ns(key.start_ns);
  return process;
}

ProgramKey key_of_program(const v1::Operation& operation) {
  if (operation.what_case() != v1::Operation::kProcessStart) return key_of(operation.actor(), operation.endpoint());
  const v1::Process& started = operation.process_start();
  return {.start_ns = started.start_ns(), .pid = started.pid(), .computer = computer_of(operation.endpoint())};
}

}  // namespace holdfast::engine
