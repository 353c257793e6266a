// What a command says about several recordings, one after the other.
#pragma once

#include <functional>
#include <string>

#include "commands/frame/arguments.h"
#include "commands/frame/exit_code.h"
#include "commands/frame/terminal.h"
#include "engine/schema/error.h"
#include "reports/json.h"

namespace holdfast {

// Says, to the terminal or as an element of `json`, how it stands with the recording `path`, and gives whether all is
// as it should be. Fails on bad input, before it has said anything.
using Look = std::function<Expected<bool>(const std::string& path, JsonWriter& json)>;

// Looks at each recording of the command line. One that is bad input is complained about, has its error in the JSON,
// and keeps nobody from looking at the others. `json`: its object is open; it is completed, and printed where --json is
// given.
Expected<ExitCode> look_at_each(const Arguments& given, Terminal& terminal, JsonWriter& json, const Look& look);

}  // namespace holdfast
