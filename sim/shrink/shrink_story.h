// Cuts a story down to what matters for one thing that it shows.
//
//   const Goal goal = decision_goal(verdict);
//   auto shrunk = shrink_story(scenario, decisive, goal, budget);
//   scenario_text(shrunk->scenario, {});
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "engine/schema/error.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/scenario.pb.h"
#include "sim/scenario/scenario_run.h"
#include "sim/scenario/shrink.h"
#include "sim/story/timeline.h"

namespace holdfast {

// What the story must go on showing.
using Goal = std::function<bool(const ScenarioRun& run)>;

// The same verdict for the same reason about the same event of the same program: same operation on the same target,
// held alike.
bool is_same_decision(const v1::Verdict& a, const v1::Verdict& b);
Goal decision_goal(const v1::Verdict& verdict);
// A promise that holds in every run (sim/checkers) is broken; `promise`: part of its sentence, without regard to case.
Goal broken_promise_goal(const std::string& promise);

// The sentence of the one promise of sim/checkers that contains `part`, without regard to case. Fails where none or
// several do, and names them all.
Expected<std::string> promise_named(const std::string& part);

// The same story with every repetition an entry of its own, in the order of their times, without labels and
// expectations.
v1::Scenario unfolded(const Timeline& timeline);

struct ShrunkStory {
  v1::Scenario scenario;      // no name and no expectations
  std::size_t first_cut = 0;  // entries that the first cut by relevance left
  bool minimal = false;       // no single entry can be left out; false: the budget was spent before that was sure
};

// Cuts by relevance first, then leaves out entries, fields of the settings, faults of the world, fields of entries, and
// moves what is left close together, again and again until nothing more can go. `story`: every entry happens once, in
// the order of their times. `decisive`: index of the entry that the goal is about; at_size(): none in particular. Fails
// where the goal does not hold of `story` itself. `tables`: of the engine.
Expected<ShrunkStory> shrink_story(const v1::Scenario& story, std::size_t decisive, const Goal& goal, RunBudget& budget,
                                   const engine::Tables& tables = engine::default_tables());

}  // namespace holdfast
