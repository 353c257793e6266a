#include "commands/holdfast/replay_options.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "commands/holdfast/settings_judgement.h"
#include "sim/text/duration.h"

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

Error bad_option(std::string option, std::string what, std::string remedy) {
  return Error{.where = {}, .field = std::move(option), .what = std::move(what), .remedy = std::move(remedy)};
}

}  // namespace

void add_replay_options(CommandLine& line) {
  line.option("settings", "FILE", "settings to decide by (protobuf text); default: the recorded ones")
      .option("platform", "NAME", "Windows version of the endpoint instead of the recorded one")
      .option("user", "WHO", "who answers prompts: never, allow, deny, away or recorded (default)")
      .flag("progress", "tell the progress also where standard error is no terminal")
      .option("answers-after", "TIME", "how long the user thinks, such as 5s (default), with --user allow or deny");
}

Expected<ReplayRequest> replay_request(const std::string& recording, const Arguments& given) {
  ReplayRequest request;
  request.options.path = recording;
  if (given.has("platform")) {
    const auto platform = parse_platform(given.text("platform"));
    if (!platform) return std::unexpected(platform.error());
    request.options.platform = *platform;
  }
  if (given.has("user")) {
    const std::string name = given.text("user");
    const auto* row = std::ranges::find(kUsers, name, &UserName::name);
    if (row == kUsers.end()) {
      return std::unexpected(
          bad_option("--user", "\"" + name + "\" is nobody", "write never, allow, deny, away or recorded"));
    }
    request.options.user = row->user;
  }
  if (given.has("answers-after")) {
    if (request.options.user != ReplayUser::kAllow && request.options.user != ReplayUser::kDeny) {
      return std::unexpected(
          bad_option("--answers-after", "nobody answers that it could be of", "add --user allow or --user deny"));
    }
    const auto after = parse_duration(given.text("answers-after"));
    if (!after) return std::unexpected(bad_option("--answers-after", after.error().what, after.error().remedy));
    request.options.answers_after_ns = *after;
  }
  if (given.has("settings")) {
    request.settings_name = given.text("settings");
    auto file = load_judged_settings(request.settings_name, usual_profile());
    if (!file) return std::unexpected(file.error());
    request.options.settings = std::move(file->settings);
    request.settings_locations = std::move(file->locations);
  }
  return request;
}

}  // namespace holdfast
