// Promises that hold in every run, where a run broke one.
#pragma once

#include <string>
#include <vector>

#include "commands/frame/exit_code.h"
#include "commands/frame/terminal.h"

namespace holdfast {

// Says each on standard error, a line of its own, and gives kExpectationFailed; kAsExpected where there is none.
ExitCode tell_broken_promises(const std::vector<std::string>& sentences, Terminal& terminal);

}  // namespace holdfast
