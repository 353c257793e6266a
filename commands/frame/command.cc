#include "commands/frame/command.h"

namespace holdfast {

ExitCode bad_input(Terminal& terminal, const Error& error) {
  terminal.complain(error);
  return ExitCode::kBadInput;
}

}  // namespace holdfast
