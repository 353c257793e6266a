// holdfast verify --against: what another build decides about the same recordings.
#pragma once

#include "commands/frame/arguments.h"
#include "commands/frame/exit_code.h"
#include "commands/frame/terminal.h"

namespace holdfast {

void add_against_options(CommandLine& line);

// Fails on options that mean nothing without, or beside, the other.
Expected<void> check_against_options(const Arguments& given);

// Both builds replay each recording; what the other one decides comes first.
Expected<ExitCode> verify_against(const Arguments& given, Terminal& terminal);

}  // namespace holdfast
