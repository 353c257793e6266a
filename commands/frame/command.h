// A subcommand of a program: a row of the table that its main prints and chooses from.
#pragma once

#include <string>
#include <string_view>

#include "commands/frame/arguments.h"
#include "commands/frame/exit_code.h"
#include "commands/frame/terminal.h"

namespace holdfast {

struct Command {
  std::string_view name;
  std::string_view summary;  // one line
  CommandLine (*line)();     // its options and help
  ExitCode (*run)(const Arguments& given, Terminal& terminal);
};

// Prints the error and gives kBadInput.
ExitCode bad_input(Terminal& terminal, const Error& error);

}  // namespace holdfast
