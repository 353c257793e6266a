#include "sim/scenario/playable.h"

#include <utility>

#include "sim/scenario/scenario_run.h"
#include "sim/scenario/settings_judgement.h"
#include "sim/text/moment.h"

namespace holdfast {

bool is_scenario_path(std::string_view path) { return path.ends_with(".txtpb"); }

Expected<Playable> Playable::open(ReplayRequest request) {
  Playable story;
  story.path_ = request.options.path;
  if (is_scenario_path(story.path_)) {
    HOLDFAST_TRY(file, load_scenario(story.path_));
    story.settings_name_ = story.path_;
    story.settings_locations_ = file.locations;
    story.scenario_ = std::move(file);
    return story;
  }
  story.settings_name_ = std::move(request.settings_name);
  story.settings_locations_ = std::move(request.settings_locations);
  HOLDFAST_TRY(replay, Replay::open(std::move(request.options)));
  story.started_wall_ns_ = replay.header().started_wall_ns();
  story.replay_ = std::move(replay);
  return story;
}

Expected<void> Playable::play(const std::vector<StepObserver*>& observers) {
  if (replay_) {
    HOLDFAST_TRY_DO(replay_->run(observers));
    return {};
  }
  HOLDFAST_TRY(run, run_scenario(scenario_->scenario, engine::default_tables(), &scenario_->locations));
  for (const Step& step : run.steps) {
    if (step.input.has_agent_started()) started_wall_ns_ = step.input.agent_started().wall_ns();
    for (StepObserver* observer : observers) {
      HOLDFAST_TRY_DO(observer->on_step(step.input, step.outputs));
    }
  }
  return {};
}

TimeText Playable::time() const {
  return replay_ ? TimeText::by_wall_clock(started_wall_ns_) : TimeText::since_start();
}

Expected<std::uint64_t> Playable::parse_time(const std::string& option, const std::string& text) const {
  return parse_moment(option, text, time().is_wall_clock() ? std::optional(started_wall_ns_) : std::nullopt);
}

std::string Playable::start_of(const v1::ProcessKey& process) const {
  if (process.start_ns() == 0) return {};
  if (replay_) {
    // Below the second an imported start is a fingerprint, not a time.
    constexpr std::size_t kToTheSecond = 8;
    return TimeText::by_wall_clock(process.start_ns()).at(0).substr(0, kToTheSecond);
  }
  if (process.start_ns() < started_wall_ns_) return {};
  return TimeText::since_start().at(process.start_ns() - started_wall_ns_);
}

const v1::Settings& Playable::settings() const {
  return replay_ ? replay_->settings() : scenario_->scenario.settings();
}

std::string Playable::settings_name() const { return settings_name_.empty() ? settings().name() : settings_name_; }

std::string Playable::policy_place(v1::MonitoredEvent event) const {
  const FieldPath policy = policy_path(settings(), event);
  if (settings_name_.empty() || policy.empty()) return {};
  FieldPath path;
  if (scenario_) path.push_back({.name = "settings", .index = -1});
  path.insert(path.end(), policy.begin(), policy.end());
  return settings_locations_.where(path);
}

}  // namespace holdfast
