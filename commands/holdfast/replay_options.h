// The options that every command takes that replays a recording.
#pragma once

#include <optional>

#include "commands/frame/arguments.h"
#include "engine/schema/error.h"
#include "sim/scenario/playable.h"

namespace holdfast {

void add_replay_options(CommandLine& line);

// Reads the settings file if one is named.
Expected<ReplayRequest> replay_request(const std::string& recording, const Arguments& given);

// The same where `path` may also name a scenario, which says all of this itself: options that say it too are refused.
Expected<ReplayRequest> playable_request(const std::string& path, const Arguments& given);

// --platform; nothing: it is not given.
Expected<std::optional<v1::Platform>> platform_of(const Arguments& given);

}  // namespace holdfast
