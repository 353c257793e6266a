// What is to be shrunk: the story of a recording or scenario, and where in it the decision stands that matters.
//
//   auto material = material_of_recording({.path = "incident.hfr"}, wish, {});
//   auto shrunk = shrink_story(material->story, material->decisive, decision_goal(*material->verdict), budget);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/host/host.h"
#include "engine/schema/error.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/scenario.pb.h"
#include "sim/replay/decision_choice.h"
#include "sim/replay/from_recording.h"
#include "sim/replay/replay.h"

namespace holdfast {

struct ShrinkMaterial {
  v1::Scenario story;                  // every entry happens once, in the order of their times
  std::size_t decisive = 0;            // index of the entry that was decided about; at_size(): none in particular
  std::optional<v1::Verdict> verdict;  // about it; nothing: no decision is meant
  std::uint64_t events = 0;            // operations that it was made of
  std::vector<LeftOut> left_out;       // what of a recording a scenario cannot express
};

// `wish`: which decision is meant; nothing: none, but the whole story. Both fail where there is no such decision, and
// where the file cannot be read or played.
Expected<ShrinkMaterial> material_of_scenario(const std::string& path, const std::optional<DecisionWish>& wish);
// `watchers`: see every step of the replay.
Expected<ShrinkMaterial> material_of_recording(ReplayOptions recording, const std::optional<DecisionWish>& wish,
                                               std::vector<StepObserver*> watchers);

}  // namespace holdfast
