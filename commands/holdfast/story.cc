#include "commands/holdfast/story.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "commands/holdfast/replay_options.h"
#include "commands/holdfast/settings_judgement.h"
#include "sim/scenario/scenario_run.h"
#include "sim/text/duration.h"

namespace holdfast {
namespace {

constexpr std::string_view kTextSuffix = ".txtpb";

std::optional<std::uint64_t> whole_number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// "03:06", "03:06:58" or "03:06:58.402" in ns.
std::optional<std::uint64_t> clock_ns(std::string_view text) {
  constexpr std::array<std::uint64_t, 3> kUnits = {3600 * kSecondNs, 60 * kSecondNs, kSecondNs};
  std::uint64_t ns = 0;
  if (const std::size_t point = text.find('.'); point != std::string_view::npos) {
    std::string digits(text.substr(point + 1));
    if (digits.empty() || digits.size() > 9) return std::nullopt;
    digits.append(9 - digits.size(), '0');
    const auto fraction = whole_number(digits);
    if (!fraction) return std::nullopt;
    ns = *fraction;
    text = text.substr(0, point);
  }
  for (const std::uint64_t unit : kUnits) {
    const std::size_t colon = text.find(':');
    const auto number = whole_number(text.substr(0, colon));
    constexpr std::uint64_t kMost = 9999;
    if (!number || *number > kMost) return std::nullopt;
    ns += *number * unit;
    if (colon == std::string_view::npos) return ns;
    text = text.substr(colon + 1);
  }
  return std::nullopt;
}

}  // namespace

Expected<std::uint64_t> parse_moment(const std::string& option, const std::string& text,
                                     std::optional<std::uint64_t> started_wall_ns) {
  const auto refuse = [&](std::string what) {
    return std::unexpected(Error{.where = {},
                                 .field = option,
                                 .what = std::move(what),
                                 .remedy = "write a time after the start like 90s, or one of the clock like 03:06:58"});
  };
  if (text.find(':') == std::string::npos) {
    const auto after = parse_duration(text);
    if (!after) return refuse(after.error().what);
    return *after;
  }
  const auto clock = clock_ns(text);
  if (!clock) return refuse("\"" + text + "\" is no time");
  if (!started_wall_ns) return *clock;
  // The first moment of the recording at which the clock shows this.
  const std::uint64_t start = *started_wall_ns % kDayNs;
  return *clock >= start ? *clock - start : *clock + kDayNs - start;
}

Expected<Story> Story::open(const Arguments& given) {
  Story story;
  story.path_ = given.positional()[0];
  if (story.path_.ends_with(kTextSuffix)) {
    auto file = load_scenario(story.path_);
    if (!file) return std::unexpected(file.error());
    for (const char* option : {"settings", "platform", "user", "answers-after"}) {
      if (!given.has(option)) continue;
      return std::unexpected(Error{.where = story.path_,
                                   .field = std::string("--") + option,
                                   .what = "a scenario says this itself",
                                   .remedy = "change it in the scenario"});
    }
    story.settings_name_ = story.path_;
    story.settings_locations_ = file->locations;
    story.scenario_ = std::move(*file);
    return story;
  }
  auto request = replay_request(story.path_, given);
  if (!request) return std::unexpected(request.error());
  story.settings_name_ = request->settings_name;
  story.settings_locations_ = std::move(request->settings_locations);
  auto replay = Replay::open(std::move(request->options));
  if (!replay) return std::unexpected(replay.error());
  story.started_wall_ns_ = replay->header().started_wall_ns();
  story.replay_ = std::move(*replay);
  return story;
}

Expected<void> Story::play(const std::vector<StepObserver*>& observers) {
  if (replay_) {
    const auto result = replay_->run(observers);
    if (!result) return std::unexpected(result.error());
    return {};
  }
  const auto run = run_scenario(scenario_->scenario, engine::default_tables(), &scenario_->locations);
  if (!run) return std::unexpected(run.error());
  for (const Step& step : run->steps) {
    if (step.input.has_agent_started()) started_wall_ns_ = step.input.agent_started().wall_ns();
    for (StepObserver* observer : observers) {
      if (auto seen = observer->on_step(step.input, step.outputs); !seen) return seen;
    }
  }
  return {};
}

TimeText Story::time() const { return replay_ ? TimeText::by_wall_clock(started_wall_ns_) : TimeText::since_start(); }

Expected<std::uint64_t> Story::parse_time(const std::string& option, const std::string& text) const {
  return parse_moment(option, text, time().is_wall_clock() ? std::optional(started_wall_ns_) : std::nullopt);
}

std::string Story::start_of(const v1::ProcessKey& process) const {
  if (process.start_ns() == 0) return {};
  if (replay_) {
    // Below the second an imported start is a fingerprint, not a time.
    constexpr std::size_t kToTheSecond = 8;
    return TimeText::by_wall_clock(process.start_ns()).at(0).substr(0, kToTheSecond);
  }
  if (process.start_ns() < started_wall_ns_) return {};
  return TimeText::since_start().at(process.start_ns() - started_wall_ns_);
}

const v1::Settings& Story::settings() const { return replay_ ? replay_->settings() : scenario_->scenario.settings(); }

std::string Story::settings_name() const { return settings_name_.empty() ? settings().name() : settings_name_; }

std::string Story::policy_place(v1::MonitoredEvent event) const {
  const FieldPath policy = policy_path(settings(), event);
  if (settings_name_.empty() || policy.empty()) return {};
  FieldPath path;
  if (scenario_) path.push_back({.name = "settings", .index = -1});
  path.insert(path.end(), policy.begin(), policy.end());
  return settings_locations_.where(path);
}

}  // namespace holdfast
