// Where a verdict flips: one scenario played for every pair of values of two of its fields.
//
//   latency of the service against the budget of a hold; each letter is an outcome of the operation
//
//   auto x = parse_axis("service.latency=100ms..3s/6");
//   auto map = map_verdicts(scenario, "registry_set", *x, std::nullopt, jobs);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/scenario.pb.h"
#include "sim/scenario/scenario_file.h"

namespace holdfast {

// Most values of an axis, and so most columns of a map.
inline constexpr std::size_t kAxisValuesMax = 100;

struct Axis {
  std::string key;                  // as in sim/scenario/what_if.h
  std::vector<std::string> values;  // in the order in which they are drawn
};

// "KEY=A,B,C", "KEY=FROM..TO" in 8 steps, or "KEY=FROM..TO/STEPS": whole numbers or durations, evenly spaced.
Expected<Axis> parse_axis(std::string_view text);

// What became of the operation in one run.
struct MapCell {
  std::string decision;  // "ALLOW"; empty: there was no verdict about it
  std::string because;   // name of the reason that settled it
  std::uint64_t held_ns = 0;
  bool met = false;  // all expectations and promises held
};

struct VerdictMap {
  Axis x;
  Axis y;                      // without a key where there is one axis only: one row
  std::string of;              // the operation's name in the story
  std::vector<MapCell> cells;  // row after row
};

// Plays `file` for every pair of values, on `jobs` threads. `of`: an operation's name; empty: the only one that the
// scenario expects a verdict of. Fails where there is none such, or where a value makes no sense.
Expected<VerdictMap> map_verdicts(const ScenarioFile& file, std::string_view of, const Axis& x,
                                  const std::optional<Axis>& y, unsigned jobs);

// For people: a letter per cell, what each stands for, and between which values it flips.
std::string map_text(const VerdictMap& map);
// For programs: one line per cell, with a line of names first; or a list of objects.
std::string map_csv(const VerdictMap& map);
std::string map_json(const VerdictMap& map);

}  // namespace holdfast
