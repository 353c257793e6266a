#include "sim/shrink/material.h"

#include <utility>

#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"
#include "sim/shrink/shrink_story.h"
#include "sim/story/timeline.h"

namespace holdfast {

Expected<ShrinkMaterial> material_of_scenario(const std::string& path, const std::optional<DecisionWish>& wish) {
  HOLDFAST_TRY(file, load_scenario(path));
  HOLDFAST_TRY(timeline, Timeline::compile(file.scenario, file.locations));
  HOLDFAST_TRY(run, run_scenario(file.scenario, engine::default_tables(), &file.locations));
  DecisionFinder finder(wish.value_or(DecisionWish()));
  for (const Step& step : run.steps) HOLDFAST_TRY_DO(finder.on_step(step.input, step.outputs));
  ShrinkMaterial material;
  material.story = unfolded(timeline);
  material.decisive = static_cast<std::size_t>(material.story.at_size());
  material.events = finder.events();
  if (!wish) return material;
  if (!finder.found()) return std::unexpected(no_such_decision(path, finder));
  material.verdict = finder.found();
  for (const PlayedEntry& played : run.played) {
    if (played.operation_id == material.verdict->operation_id()) material.decisive = played.occurrence;
  }
  return material;
}

Expected<ShrinkMaterial> material_of_recording(ReplayOptions recording, const std::optional<DecisionWish>& wish,
                                               std::vector<StepObserver*> watchers) {
  const std::string path = recording.path;
  HOLDFAST_TRY(replay, Replay::open(std::move(recording)));
  DecisionFinder finder(wish.value_or(DecisionWish()));
  FromRecording story;
  if (replay.state()) story.begin_with(*replay.state());
  watchers.insert(watchers.begin(), {&finder, &story});
  HOLDFAST_TRY_DO(replay.run(std::move(watchers)));
  ShrinkMaterial material;
  material.events = finder.events();
  if (wish) {
    if (!finder.found()) return std::unexpected(no_such_decision(path, finder));
    material.verdict = finder.found();
  }
  Conversion told = story.take(material.verdict ? material.verdict->operation_id() : 0);
  if (material.verdict && told.decisive == static_cast<std::size_t>(told.scenario.at_size())) {
    return std::unexpected(Error{.where = path,
                                 .field = material.verdict->operation(),
                                 .what = "a scenario cannot express the operation that was decided about",
                                 .remedy = "choose another decision"});
  }
  material.story = std::move(told.scenario);
  material.decisive = told.decisive;
  material.left_out = std::move(told.left_out);
  return material;
}

}  // namespace holdfast
