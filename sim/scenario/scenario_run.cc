#include "sim/scenario/scenario_run.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "agent/host/host.h"
#include "engine/log/decision_log.h"
#include "reports/timeline.h"
#include "sim/checkers/promises.h"
#include "sim/expect/expectations.h"
#include "sim/story/timeline.h"
#include "sim/story/timeline_player.h"
#include "sim/text/duration.h"
#include "sim/world/live_sensor.h"
#include "sim/world/merge_sensor.h"
#include "sim/world/network.h"
#include "sim/world/world.h"

namespace holdfast {
namespace {

// Keeps every step, writes the decision log and lets the checkers see.
class Chronicle final : public StepObserver {
 public:
  explicit Chronicle(ScenarioRun& run) : run_(run) {}

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override {
    if (run_.steps.size() == kInputsMax) {
      return std::unexpected(Error{.where = {},
                                   .field = {},
                                   .what = fmt::format("the run has more than {} inputs", kInputsMax),
                                   .remedy = "set runs_for, or repeat less"});
    }
    for (const v1::Output& output : outputs) engine::append_log_line(input.at_ns(), output, run_.log);
    if (auto seen = promises_.on_step(input, outputs); !seen) return seen;
    run_.steps.push_back({input, outputs});
    return {};
  }

  void end(const v1::EngineState& state, const RunEnd& end) {
    promises_.on_state(state);
    promises_.end(end);
  }

  std::vector<Failure> broken_promises() const {
    std::vector<Failure> failures;
    for (const Promises::Broken& broken : promises_.broken()) {
      Failure failure;
      failure.expected = fmt::format("always: {}", broken.promise);
      failure.actual = fmt::format("{} at {}", broken.what, clock_text(broken.at_ns));
      while (failure.step < run_.steps.size() && run_.steps[failure.step].input.at_ns() < broken.at_ns) ++failure.step;
      failures.push_back(std::move(failure));
    }
    return failures;
  }

 private:
  ScenarioRun& run_;
  Promises promises_;
};

// What a story is played in: who carries out requests, and whence inputs come.
struct WorldParts {
  const Clock& clock;
  Sensor& sensor;
  Actuator& network;
  std::vector<StepObserver*> observers;
};

// The parts of a story that are the same on every clock and network.
class Story {
 public:
  Story(const Timeline& timeline, const engine::Tables& tables, ScenarioRun& run)
      : timeline_(timeline),
        engine_(tables),
        order_(timeline.entries().size()),
        player_(timeline, order_),
        world_(timeline.beginning(), timeline.scenario().world(), order_),
        chronicle_(run),
        run_(run) {}

  PlanningOrder& order() { return order_; }
  const engine::Engine& engine() const { return engine_; }
  // Everything that is planned, the beginning first.
  std::vector<InputSource*> sources() {
    std::vector<InputSource*> sources = world_.sources();
    sources.insert(sources.begin() + 1, &player_);
    return sources;
  }

  Expected<void> play(const WorldParts& around) {
    std::vector<StepObserver*> observers = around.observers;
    observers.insert(observers.end(), {&chronicle_, &world_});
    Host host({.engine = engine_,
               .sensor = around.sensor,
               .actuators = {&player_, &world_, &around.network},
               .observers = std::move(observers)});
    const bool bounded = timeline_.runs_for_ns() != 0;
    HOLDFAST_TRY_DO(host.run(bounded ? timeline_.runs_for_ns() : Sensor::kForever));
    player_.finish();
    run_.simulated_ns = around.clock.now_ns();
    run_.played = player_.played();
    run_.suppressed = player_.suppressed();
    chronicle_.end(engine_.snapshot(), {.at_ns = around.clock.now_ns(), .cut = bounded});
    engine::LogHash hash;
    hash.add_lines(run_.log);
    run_.log_sha256 = hash.hex();
    run_.failures = judge(timeline_, run_);
    for (Failure& failure : chronicle_.broken_promises()) run_.failures.push_back(std::move(failure));
    return {};
  }

 private:
  const Timeline& timeline_;
  engine::Engine engine_;
  PlanningOrder order_;
  TimelinePlayer player_;
  World world_;
  Chronicle chronicle_;
  ScenarioRun& run_;
};

Expected<void> play(const Timeline& timeline, const engine::Tables& tables, ScenarioRun& run) {
  VirtualClock clock;
  Story story(timeline, tables, run);
  Network network(timeline.scenario().world(), timeline.scenario().seed(), story.order());
  std::vector<InputSource*> sources = story.sources();
  sources.push_back(&network);
  MergeSensor sensor(clock, std::move(sources));
  return story.play({.clock = clock, .sensor = sensor, .network = network, .observers = {&network}});
}

Expected<void> play_on(const RealNetwork& real, const Timeline& timeline, LiveWatcher* watcher, ScenarioRun& run) {
  Story story(timeline, engine::default_tables(), run);
  std::vector<StepObserver*> observers;
  if (watcher != nullptr) {
    HOLDFAST_TRY(first, watcher->begin(story.engine()));
    observers.push_back(first);
  }
  LiveSensor sensor(story.sources(), real.outcomes);
  const auto played =
      story.play({.clock = real.clock, .sensor = sensor, .network = real.requests, .observers = observers});
  return played && watcher != nullptr ? watcher->end() : played;
}

// Reads the scenario and has it played.
template <typename Play>
Expected<ScenarioRun> run_with(const v1::Scenario& scenario, const TextLocations* locations, Play play_story) {
  const TextLocations nowhere("scenario");
  if (locations == nullptr) locations = &nowhere;
  HOLDFAST_TRY(timeline, Timeline::compile(scenario, *locations));
  if (auto ok = check_expectations(timeline, *locations); !ok) return std::unexpected(std::move(ok.error()));
  ScenarioRun run;
  run.expectations = static_cast<std::uint64_t>(scenario.expect_size());
  if (auto played = play_story(timeline, run); !played) {
    Error error = std::move(played.error());
    if (error.where.empty()) error.where = locations->name();
    return std::unexpected(std::move(error));
  }
  return run;
}

}  // namespace

Expected<ScenarioRun> run_scenario(const v1::Scenario& scenario, const engine::Tables& tables,
                                   const TextLocations* locations) {
  return run_with(scenario, locations,
                  [&](const Timeline& timeline, ScenarioRun& run) { return play(timeline, tables, run); });
}

Expected<ScenarioRun> run_scenario_on(const RealNetwork& real, const v1::Scenario& scenario,
                                      const TextLocations* locations, LiveWatcher* watcher) {
  return run_with(scenario, locations,
                  [&](const Timeline& timeline, ScenarioRun& run) { return play_on(real, timeline, watcher, run); });
}

std::vector<std::string> story_lines(const ScenarioRun& run, std::size_t first, std::size_t last) {
  TimelineView view;
  std::vector<TimelineRow> rows;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < run.steps.size() && i < last; ++i) {
    rows.clear();
    // From the beginning, so that programs have names.
    view.add(run.steps[i].input, run.steps[i].outputs, rows);
    if (i < first) continue;
    for (const TimelineRow& row : rows) lines.push_back(timeline_line(row, TimeText::since_start(), {}));
  }
  return lines;
}

}  // namespace holdfast
