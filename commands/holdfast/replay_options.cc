#include "commands/holdfast/replay_options.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "sim/replay/recorded_beginning.h"
#include "sim/scenario/settings_judgement.h"
#include "sim/text/duration.h"
#include "sim/text/settings_file.h"
#include "sim/text/text_file.h"
#include "sim/text/text_proto.h"

namespace holdfast {
namespace {

struct UserName {
  std::string_view name;
  ReplayUser user;
};
constexpr auto kUsers = std::to_array<UserName>({
    {"recorded", ReplayUser::kAsRecorded},
    {"never", ReplayUser::kNever},
    {"allow", ReplayUser::kAllow},
    {"deny", ReplayUser::kDeny},
    {"away", ReplayUser::kAway},
});

std::unexpected<Error> bad_option(std::string option, std::string what, std::string remedy) {
  return std::unexpected(
      Error{.where = {}, .field = std::move(option), .what = std::move(what), .remedy = std::move(remedy)});
}

Expected<ReplayUser> user_of(const Arguments& given) {
  if (!given.has("user")) return ReplayUser::kAsRecorded;
  const std::string name = given.text("user");
  const auto* row = std::ranges::find(kUsers, name, &UserName::name);
  if (row != kUsers.end()) return row->user;
  return bad_option("--user", "\"" + name + "\" is nobody", "write never, allow, deny, away or recorded");
}

Expected<std::uint64_t> answers_after(const Arguments& given, const ReplayOptions& options) {
  if (!given.has("answers-after")) return options.answers_after_ns;
  if (options.user != ReplayUser::kAllow && options.user != ReplayUser::kDeny) {
    return bad_option("--answers-after", "nobody answers that it could be of", "add --user allow or --user deny");
  }
  const auto after = parse_duration(given.text("answers-after"));
  if (!after) return bad_option("--answers-after", after.error().what, after.error().remedy);
  return *after;
}

}  // namespace

void add_replay_options(CommandLine& line) {
  line.option("settings", "FILE", "settings to decide by (protobuf text); default: the recorded ones")
      .option("profile", "FILE", "facts of the endpoint (protobuf text of AgentProfile) instead of the recorded ones")
      .option("platform", "NAME", "Windows version of the endpoint instead of the recorded one")
      .option("user", "WHO", "who answers prompts: never, allow, deny, away or recorded (default)")
      .flag("progress", "tell the progress also where standard error is no terminal")
      .option("answers-after", "TIME", "how long the user thinks, such as 5s (default), with --user allow or deny");
}

std::string options_of(const Arguments& given) {
  std::string text;
  for (const char* option : kReplayChoices) {
    if (given.has(option)) text += fmt::format(" --{} {}", option, file_argument(given.text(option)));
  }
  return text;
}

void add_wait_threshold(CommandLine& line) {
  line.option("wait-threshold", "TIME", "a wait that grew by this much is a difference (default 1s)");
}

Expected<std::uint64_t> wait_threshold(const Arguments& given) {
  if (!given.has("wait-threshold")) return kSecond_ns;
  const auto threshold = parse_duration(given.text("wait-threshold"));
  if (!threshold) return bad_option("--wait-threshold", threshold.error().what, threshold.error().remedy);
  return *threshold;
}

Expected<std::optional<v1::AgentProfile>> profile_of(const Arguments& given) {
  if (!given.has("profile")) return std::nullopt;
  const std::string path = given.text("profile");
  HOLDFAST_TRY(text, read_text_file(path, kTextFileBytesMax));
  v1::AgentProfile profile;
  HOLDFAST_TRY_DO(parse_text_proto(path, text, profile));
  return profile;
}

Expected<std::optional<v1::Platform>> platform_of(const Arguments& given) {
  if (!given.has("platform")) return std::nullopt;
  auto platform = parse_platform(given.text("platform"));
  if (platform) return *platform;
  platform.error().field = "--platform";
  return std::unexpected(std::move(platform).error());
}

Expected<ReplayRequest> replay_request(const std::string& recording, const Arguments& given) {
  ReplayRequest request;
  request.options.path = recording;
  HOLDFAST_TRY(profile, profile_of(given));
  request.options.profile = std::move(profile);
  HOLDFAST_TRY(platform, platform_of(given));
  if (platform) request.options.platform = *platform;
  HOLDFAST_TRY(user, user_of(given));
  request.options.user = user;
  HOLDFAST_TRY(after_ns, answers_after(given, request.options));
  request.options.answers_after_ns = after_ns;
  if (!given.has("settings")) return request;
  request.settings_name = given.text("settings");
  v1::AgentProfile endpoint = usual_profile();
  if (request.options.profile) take_over(*request.options.profile, endpoint);
  if (platform) endpoint.set_platform(*platform);
  HOLDFAST_TRY(file, load_judged_settings(request.settings_name, endpoint));
  request.options.settings = std::move(file.settings);
  request.settings_locations = std::move(file.locations);
  return request;
}

Expected<ReplayRequest> playable_request(const std::string& path, const Arguments& given) {
  if (!is_scenario_path(path)) return replay_request(path, given);
  for (const char* option : kReplayChoices) {
    if (!given.has(option)) continue;
    return std::unexpected(Error{.where = path,
                                 .field = std::string("--") + option,
                                 .what = "a scenario says this itself",
                                 .remedy = "change it in the scenario"});
  }
  return ReplayRequest{.options = {.path = path}, .settings_name = {}, .settings_locations = {}};
}

}  // namespace holdfast
