// holdfast map: where a verdict flips when two fields of a scenario vary.
#include <optional>

#include "commands/holdfast/commands.h"
#include "sim/scenario/parallel.h"
#include "sim/scenario/scenario_file.h"
#include "sim/scenario/verdict_map.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace map_subcommand {
namespace {

CommandLine line() {
  CommandLine line("map", "SCENARIO", 1, 1);
  line.purpose("play a scenario for every pair of values of two of its fields, and draw where a verdict flips");
  line.option("x", "AXIS",
              "field and values across: KEY=A,B,C or KEY=FROM..TO/STEPS; keys as in holdfast run --what-if")
      .option("y", "AXIS", "field and values downwards")
      .option("of", "NAME",
              "the operation whose verdict is drawn (default: the only one that a verdict is expected of)")
      .option("csv", "FILE", "also write a line per cell, for programs")
      .option("jobs,j", "N", "runs at a time (default: one per processor); the map is the same for any number")
      .example("holdfast map slow.txtpb --x service.latency=100ms..3s/6", "from which latency on it is denied")
      .example("holdfast map slow.txtpb --x service.latency=1s..9s/9 --y user.after=5s,29s,31s --csv map.csv",
               "two fields, and a table of it");
  return line;
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  HOLDFAST_TRY(jobs, given.number("jobs", processors(), kJobsMax));
  HOLDFAST_TRY(file, load_scenario(given.positional().front()));
  if (!given.has("x")) {
    return std::unexpected(Error{.where = {},
                                 .field = "--x",
                                 .what = "no field is named that is to vary",
                                 .remedy = "add --x KEY=FROM..TO, as service.latency=100ms..3s/6"});
  }
  HOLDFAST_TRY(x, parse_axis(given.text("x")));
  std::optional<Axis> y;
  if (given.has("y")) {
    HOLDFAST_TRY(axis, parse_axis(given.text("y")));
    y = std::move(axis);
  }
  HOLDFAST_TRY(map, map_verdicts(file, given.text("of"), x, y, static_cast<unsigned>(jobs)));
  if (given.has("csv")) {
    HOLDFAST_TRY_DO(replace_text_file(given.text("csv"), map_csv(map)));
  }
  terminal.out(given.has("json") ? map_json(map) : map_text(map));
  return ExitCode::kAsExpected;
}

constexpr Command kCommand{"map", "draw where a verdict flips when two fields of a scenario vary", line, run};

}  // namespace
}  // namespace map_subcommand

const Command& map_command() { return map_subcommand::kCommand; }

}  // namespace holdfast
