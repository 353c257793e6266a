// What came of playing a story: every step, what of the timeline happened, what was not as expected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"

namespace holdfast {

// One input and what the engine wanted because of it.
struct Step {
  v1::Input input;
  std::vector<v1::Output> outputs;
};

// An entry of the timeline that happened.
struct PlayedEntry {
  std::size_t occurrence = 0;      // position in the timeline by the times written
  std::uint64_t operation_id = 0;  // 0: an input that is no operation
  std::uint64_t written_ns = 0;    // when the scenario puts it
  std::uint64_t played_ns = 0;     // when it happened: later if its program's start was held
};

// An entry that a verdict kept from happening.
struct SuppressedEntry {
  std::size_t occurrence = 0;
  std::string name;  // label or kind, "registry_set#2"
  std::uint64_t written_ns = 0;
  std::string because;  // "pid 4711 was denied its start at 00:00:04.000"
};

// A set field of an expectation that the actual value contradicts, both as protobuf text.
struct Mismatch {
  std::string field;
  std::string expected;
  std::string actual;
};

struct Failure {
  int expectation = -1;  // index in Scenario.expect; -1: a promise that holds in every run (sim/checkers)
  std::string expected;
  std::string actual;
  std::vector<Mismatch> mismatches;  // where one output was meant and differs; empty where nothing can be compared
  std::size_t step = 0;              // index of the step where it shows; steps.size() if none does
};

struct ScenarioRun {
  std::vector<Step> steps;  // everything the engine was told and answered, in order
  std::string log;          // the decision log
  std::string log_sha256;   // of it, 64 hexadecimal digits
  std::uint64_t simulated_ns = 0;
  std::uint64_t expectations = 0;
  std::vector<Failure> failures;
  std::vector<PlayedEntry> played;
  std::vector<SuppressedEntry> suppressed;

  bool met() const { return failures.empty(); }
};

// Most inputs that one run may have; beyond it the run ends with an error that says so.
inline constexpr std::uint64_t kInputsMax = 4'000'000;

}  // namespace holdfast
