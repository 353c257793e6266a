// What the command tells the shell.
#pragma once

namespace holdfast {

enum class ExitCode : int {
  kAsExpected = 0,         // all as expected
  kExpectationFailed = 1,  // a scenario's expectation, or a check, failed
  kBadInput = 2,           // bad usage, or bad input: nothing half-written
  kInternalFault = 3,      // a broken invariant of ours
};

}  // namespace holdfast
