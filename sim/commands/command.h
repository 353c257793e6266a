// A subcommand of `holdfast`: a row of the table that sim/main.cc prints and chooses from.
#pragma once

#include <string>
#include <string_view>

#include "sim/commands/arguments.h"
#include "sim/commands/exit_code.h"
#include "sim/commands/terminal.h"

namespace holdfast {

struct Command {
  std::string_view name;
  std::string_view summary;  // one line
  CommandLine (*line)();     // its options and help
  ExitCode (*run)(const Arguments& given, Terminal& terminal);
};

// One per file of this folder.
const Command& run_command();
const Command& map_command();
const Command& import_command();
const Command& replay_command();
const Command& explain_command();
const Command& show_command();
const Command& check_command();
const Command& shrink_command();
const Command& record_command();
const Command& verify_command();
const Command& fork_command();
const Command& diff_command();
const Command& redact_command();

// Prints the error and gives kBadInput.
ExitCode bad_input(Terminal& terminal, const Error& error);

}  // namespace holdfast
