// A subcommand of a program: a row of the table that its main prints and chooses from.
#pragma once

#include <string>
#include <string_view>

#include "commands/frame/arguments.h"
#include "commands/frame/exit_code.h"
#include "commands/frame/terminal.h"
#include "engine/schema/error.h"

namespace holdfast {

struct Command {
  std::string_view name;
  std::string_view summary;  // one line
  CommandLine (*line)();     // its options and help
  // An error is bad usage or bad input: nothing is half-written, and whoever called prints it.
  Expected<ExitCode> (*run)(const Arguments& given, Terminal& terminal);
};

}  // namespace holdfast
