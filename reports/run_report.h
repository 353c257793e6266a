// What a run of many scenarios found, as every report (console, JUnit, JSON) needs it. Plain data: whoever fills it,
// the reports only print it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace holdfast {

// One expectation that was not met, or one promise that was broken.
struct CaseFailure {
  std::string where;     // "reference/05-asking/late.txtpb:19"
  std::string expected;  // in words: "verdict of registry_set: ALLOW because NOBODY_ANSWERED at 00:00:32.500"
  std::string actual;
  std::vector<std::string> around;  // lines of the story, the one that matters starts with "> "
  std::string reproduce;            // a command that can be pasted
};

// One scenario file.
struct CaseReport {
  enum class Outcome : std::uint8_t {
    kPassed,
    kFailed,      // an expectation was not met
    kUnreadable,  // bad input: nothing was played
  };

  std::string folder;  // relative to what was asked for: "reference/05-asking"
  std::string path;    // the file relative to what was asked for: "reference/05-asking/late.txtpb"
  std::string name;    // the scenario's sentence
  Outcome outcome = Outcome::kPassed;
  std::vector<CaseFailure> failures;
  std::string error;                 // with kUnreadable: the whole line "file:line: field: what"
  std::vector<std::string> changed;  // with --update: what was rewritten: "late.txtpb:19: at: \"30s\" -> \"32.5s\""
  std::uint64_t simulated_ns = 0;
  std::uint64_t took_ns = 0;  // 0 where nobody measured
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  std::uint64_t expectations = 0;
  std::uint64_t suppressed = 0;  // entries of the timeline that a verdict kept from happening
  std::string log_sha256;        // of the decision log, 64 hexadecimal digits; empty with kUnreadable
};

struct RunReport {
  std::vector<CaseReport> cases;  // sorted by path, by bytes, within each thing that was asked for
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t unreadable = 0;
  std::uint64_t filtered_out = 0;   // files that the filter left out
  std::uint64_t simulated_ns = 0;   // sum
  std::uint64_t took_ns = 0;        // of the whole run; 0 where nobody measured
  std::string log_sha256;           // over the decision logs of all cases in order
  std::vector<std::string> errors;  // what was asked for cannot be had: missing file, folder without scenarios

  // 0 all as expected, 1 an expectation failed, 2 bad input.
  int exit_code() const {
    if (unreadable != 0 || !errors.empty()) return 2;
    return failed != 0 ? 1 : 0;
  }
};

}  // namespace holdfast
