// The options that every command takes that replays a recording.
#pragma once

#include <array>
#include <optional>

#include "commands/frame/arguments.h"
#include "engine/schema/error.h"
#include "sim/scenario/playable.h"

namespace holdfast {

// Those of them by which a recording is decided about otherwise.
inline constexpr std::array kReplayChoices = {"settings", "profile", "platform", "user", "answers-after"};

void add_replay_options(CommandLine& line);

// Those that are given, to be typed behind another command that shall see the same decisions: " --user deny".
std::string options_of(const Arguments& given);

// Reads the settings file if one is named.
Expected<ReplayRequest> replay_request(const std::string& recording, const Arguments& given);

// The same where `path` may also name a scenario, which says all of this itself: options that say it too are refused.
Expected<ReplayRequest> playable_request(const std::string& path, const Arguments& given);

// --wait-threshold: from how much longer on a wait is a difference, ns; by default a second.
void add_wait_threshold(CommandLine& line);
Expected<std::uint64_t> wait_threshold(const Arguments& given);

// --profile; nothing: it is not given. Fails on what is no AgentProfile.
Expected<std::optional<v1::AgentProfile>> profile_of(const Arguments& given);

// --platform; nothing: it is not given.
Expected<std::optional<v1::Platform>> platform_of(const Arguments& given);

}  // namespace holdfast
