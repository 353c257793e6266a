// The subcommands of `holdfast`, one per file of this folder.
#pragma once

#include "commands/frame/command.h"

namespace holdfast {

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
const Command& explore_command();

}  // namespace holdfast
