#include "sim/scenario_run.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "agent/host.h"
#include "engine/core/decision_log.h"
#include "engine/core/sha256.h"
#include "reports/timeline.h"
#include "sim/checkers/checker.h"
#include "sim/duration.h"
#include "sim/expectations.h"
#include "sim/merge_sensor.h"
#include "sim/timeline.h"
#include "sim/timeline_player.h"
#include "sim/world/world.h"

namespace holdfast {
namespace {

// Keeps every step, writes the decision log and lets the checkers see.
class Chronicle final : public StepObserver {
 public:
  explicit Chronicle(ScenarioRun& run) : run_(run), checkers_(all_checkers()) {}

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override {
    if (run_.steps.size() == kInputsMax) {
      return std::unexpected(Error{.where = {},
                                   .field = {},
                                   .what = fmt::format("the run has more than {} inputs", kInputsMax),
                                   .remedy = "set runs_for, or repeat less"});
    }
    for (const v1::Output& output : outputs) engine::append_log_line(input.at_ns(), output, run_.log);
    for (const std::unique_ptr<Checker>& checker : checkers_) checker->on_step(input, outputs);
    run_.steps.push_back({input, outputs});
    return {};
  }

  void end(const RunEnd& end) {
    for (const std::unique_ptr<Checker>& checker : checkers_) checker->on_end(end);
  }

  std::vector<Failure> broken_promises() const {
    std::vector<Failure> failures;
    for (const std::unique_ptr<Checker>& checker : checkers_) {
      for (const BrokenPromise& broken : checker->broken()) {
        Failure failure;
        failure.expected = fmt::format("always: {}", checker->promise());
        failure.actual = fmt::format("{} at {}", broken.what, clock_text(broken.at_ns));
        while (failure.step < run_.steps.size() && run_.steps[failure.step].input.at_ns() < broken.at_ns)
          ++failure.step;
        failures.push_back(std::move(failure));
      }
    }
    return failures;
  }

 private:
  ScenarioRun& run_;
  std::vector<std::unique_ptr<Checker>> checkers_;
};

Expected<void> play(const Timeline& timeline, const engine::Tables& tables, ScenarioRun& run) {
  engine::Engine engine(tables);
  VirtualClock clock;
  PlanningOrder order(timeline.entries().size());
  TimelinePlayer player(timeline, order);
  World world(timeline, order);
  std::vector<InputSource*> sources = world.sources();
  sources.insert(sources.begin() + 1, &player);
  MergeSensor sensor(clock, std::move(sources));
  Chronicle chronicle(run);
  Host host({.engine = engine, .sensor = sensor, .actuators = {&player, &world}, .observers = {&chronicle, &world}});
  const bool bounded = timeline.runs_for_ns() != 0;
  if (auto ended = host.run(bounded ? timeline.runs_for_ns() : Sensor::kForever); !ended) return ended;
  player.finish();
  run.simulated_ns = clock.now_ns();
  run.played = player.played();
  run.suppressed = player.suppressed();
  chronicle.end({.at_ns = clock.now_ns(), .cut = bounded});
  engine::Sha256 digest;
  digest.update(run.log);
  run.log_sha256 = digest.hex();
  run.failures = judge(timeline, run);
  for (Failure& failure : chronicle.broken_promises()) run.failures.push_back(std::move(failure));
  return {};
}

}  // namespace

Expected<ScenarioRun> run_scenario(const v1::Scenario& scenario, const engine::Tables& tables,
                                   const TextLocations* locations) {
  const TextLocations nowhere("scenario");
  if (locations == nullptr) locations = &nowhere;
  const Expected<Timeline> timeline = Timeline::compile(scenario, *locations);
  if (!timeline) return std::unexpected(timeline.error());
  if (auto ok = check_expectations(*timeline, *locations); !ok) return std::unexpected(std::move(ok.error()));
  ScenarioRun run;
  run.expectations = static_cast<std::uint64_t>(scenario.expect_size());
  if (auto played = play(*timeline, tables, run); !played) {
    Error error = std::move(played.error());
    if (error.where.empty()) error.where = locations->name();
    return std::unexpected(std::move(error));
  }
  return run;
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
