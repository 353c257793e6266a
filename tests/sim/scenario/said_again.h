// Whether the inputs of a run, given to a new engine, make it say the same again.
#pragma once

#include "agent/playback/playback.h"
#include "sim/scenario/scenario_run.h"

namespace holdfast {

inline bool is_said_again(const ScenarioRun& run) {
  Playback playback;
  bool same = true;
  const auto take = [&](const v1::Record& record) {
    const auto difference = playback.take(record);
    same = same && difference && !*difference;
  };
  for (const Step& step : run.steps) {
    v1::Record record;
    *record.mutable_input() = step.input;
    take(record);
    for (const v1::Output& output : step.outputs) {
      *record.mutable_output() = output;
      take(record);
    }
  }
  return same && !playback.end();
}

}  // namespace holdfast
