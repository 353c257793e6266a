// The options that every command takes that replays a recording.
#pragma once

#include "commands/frame/arguments.h"
#include "engine/schema/error.h"
#include "sim/replay/replay.h"
#include "sim/text/text_proto.h"

namespace holdfast {

void add_replay_options(CommandLine& line);

struct ReplayRequest {
  ReplayOptions options;
  std::string settings_name;  // the file as given; empty where none is
  TextLocations settings_locations;
};

// Reads the settings file if one is named.
Expected<ReplayRequest> replay_request(const std::string& recording, const Arguments& given);

}  // namespace holdfast
