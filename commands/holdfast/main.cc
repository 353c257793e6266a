// holdfast: replay, simulate and explain what Behavior Monitoring decides (docs/command-line.md).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/holdfast/commands.h"
#include "reports/wording.h"
#include "sensors/recording/recording.h"
#include "sim/text/text_file.h"

#ifndef HOLDFAST_VERSION
#define HOLDFAST_VERSION "unknown"
#endif

namespace holdfast {
namespace {

constexpr std::string_view kProgram = "holdfast";

const std::array kCommands = {run_command,   import_command, replay_command, explain_command, show_command,
                              check_command, map_command,    shrink_command, record_command,  verify_command,
                              fork_command,  diff_command,   redact_command, explore_command};

std::string usage() {
  std::string text =
      "holdfast: what Behavior Monitoring decides about programs, replayed and explained\n\n"
      "usage: holdfast COMMAND ...\n\ncommands:\n";
  for (const auto& command : kCommands)
    text += "  " + padded(command().name, 9) + std::string(command().summary) + '\n';
  text +=
      "\n  holdfast COMMAND --help   options and examples\n"
      "  holdfast --version\n\n"
      "exit codes: 0 all as expected, 1 an expectation failed, 2 bad usage or input, 3 an internal fault\n";
  return text;
}

// A recording in a folder of events is what an earlier import wrote.
bool reads(const Command& command, const std::string& input, const std::string& file) {
  if (is_same_file(input, file)) return true;
  return is_file_of_folder(file, input) && (command.name != "import" || !RecordingReader::open(file));
}

// What is read must not be written over: it may be the only copy that somebody has.
Expected<void> check_outputs(const Command& command, const Arguments& given) {
  std::vector<std::string> inputs = given.positional();
  for (const char* option : {"against", "ca", "key", "profile", "settings", "world"}) {
    if (given.has(option)) inputs.push_back(given.text(option));
  }
  for (const char* option : {"output", "log", "junit", "csv"}) {
    for (const std::string& input : inputs) {
      if (!given.has(option) || !reads(command, input, given.text(option))) continue;
      return std::unexpected(Error{.where = given.text(option),
                                   .field = std::string("--") + option,
                                   .what = "is the file that is read",
                                   .remedy = "name another one"});
    }
  }
  return {};
}

Expected<ExitCode> run_named(std::vector<std::string> arguments, Terminal& terminal) {
  const std::string name = arguments.empty() ? std::string() : arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    terminal.out(usage());
    return ExitCode::kAsExpected;
  }
  if (name == "--version") {
    terminal.out("holdfast " HOLDFAST_VERSION "\n");
    return ExitCode::kAsExpected;
  }
  const auto* const found =
      std::ranges::find_if(kCommands, [&](const auto& command) { return command().name == name; });
  if (found == kCommands.end()) {
    const std::string what = name.empty() ? "a command is missing" : fmt::format("\"{}\" is no command", name);
    return std::unexpected(Error{.where = {}, .field = {}, .what = what, .remedy = "see holdfast --help"});
  }
  const Command& command = (*found)();
  const CommandLine line = command.line();
  arguments.erase(arguments.begin());
  HOLDFAST_TRY(given, line.parse(kProgram, arguments));
  if (given.has("help")) {
    terminal.out(line.help(kProgram));
    return ExitCode::kAsExpected;
  }
  HOLDFAST_TRY_DO(check_outputs(command, given));
  return command.run(given, terminal);
}

// The one place that prints why a command gave up.
ExitCode run_safely(std::vector<std::string> arguments, Terminal& terminal) {
  try {
    Expected<ExitCode> code = run_named(std::move(arguments), terminal);
    if (const auto finished = terminal.finish(); code && !finished) code = std::unexpected(finished.error());
    if (code) return *code;
    terminal.complain(code.error());
    return ExitCode::kBadInput;
  } catch (const std::bad_alloc&) {
    terminal.err("holdfast: out of memory\n");
  } catch (const std::exception& fault) {
    terminal.err(fmt::format("holdfast: internal fault: {}\n", fault.what()));
  }
  return ExitCode::kInternalFault;
}

}  // namespace
}  // namespace holdfast

int main(int argc, char** argv) {
  holdfast::exit_with_internal_fault_on_abort();
  holdfast::Terminal terminal("holdfast");
  return static_cast<int>(holdfast::run_safely(holdfast::program_arguments(argc, argv), terminal));
}
