// The command line of holdfast-cloud.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cloud/server.h"
#include "engine/schema/error.h"

namespace holdfast::cloud {

enum class Task : std::uint8_t { kHelp, kServe, kImportCsv, kImportNsrl, kGenerate, kStatus };

struct CommandLine {
  Task task = Task::kHelp;
  ServeOptions serve;       // its `data` counts for every task
  std::string file;         // of kImportCsv and kImportNsrl
  std::uint64_t count = 0;  // of kGenerate
};

// `arguments`: without the program's name. Fails with the option and the reason.
Expected<CommandLine> parse_command_line(const std::vector<std::string>& arguments);
std::string help_text();

}  // namespace holdfast::cloud
