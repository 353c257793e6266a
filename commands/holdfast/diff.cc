// holdfast diff: what two recordings or runs decide otherwise.
#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "commands/holdfast/commands.h"
#include "commands/holdfast/replay_options.h"
#include "commands/holdfast/step_progress.h"
#include "reports/json.h"
#include "reports/wording.h"
#include "sim/compare/decided_run.h"
#include "sim/compare/decision_diff.h"
#include "sim/compare/diff_report.h"
#include "sim/fork/fork.h"

namespace holdfast {
namespace diff_subcommand {
namespace {

constexpr std::uint64_t kLimitMax = 1'000'000'000;

CommandLine line() {
  CommandLine line("diff", "BEFORE AFTER", 2, 2);
  line.purpose("say what two recordings, scenarios or decision logs (.log) decide otherwise");
  line.flag("all", "list everything, also decisions that only the reasons differ of")
      .option("limit", "N", "list at most N decisions (default 40; 0: all)")
      .flag("replayed", "decide about both recordings now; otherwise what was recorded counts")
      .flag("assume-hold", "decide about logs as if their sensor could have held, as fork --assume-hold does");
  add_replay_options(line);
  add_wait_threshold(line);
  line.example("holdfast diff monday.hfr tuesday.hfr", "what was decided otherwise on the second day")
      .example("holdfast replay incident.hfr --log now.log && holdfast diff incident.hfr now.log",
               "what the field decided against what this build decides")
      .example("holdfast diff old.log new.log --json", "two runs, for machines; exit code 0: they decide the same");
  return line;
}

struct Compared {
  DecidedRun before;
  DecidedRun after;
};

// Options that say how to decide mean nothing where nothing is decided.
std::optional<Error> useless_option(const Arguments& given, const Compared& runs) {
  const auto replayed = [](const DecidedRun& run) { return run.origin == DecidedRun::Origin::kReplayed; };
  if (replayed(runs.before) || replayed(runs.after)) return std::nullopt;
  std::vector<const char*> options(kReplayChoices.begin(), kReplayChoices.end());
  options.insert(options.begin(), "replayed");
  for (const char* option : options) {
    if (!given.has(option)) continue;
    return Error{.where = "diff",
                 .field = std::string("--") + option,
                 .what = "neither of the two is a recording that is decided about now",
                 .remedy = given.has("replayed") ? "leave it out" : "add --replayed"};
  }
  return std::nullopt;
}

Expected<Compared> compared_runs(const Arguments& given, Terminal& terminal) {
  HOLDFAST_TRY(request, replay_request(given.positional()[0], given));
  StepProgress progress(terminal, given.has("progress"));
  const auto decide = [&](const std::string& path) -> Expected<DecidedRun> {
    request.options.path = path;
    if (given.has("assume-hold") && !path.ends_with(".log") && !path.ends_with(".txtpb")) {
      HOLDFAST_TRY(only_observed, is_only_observed(path));
      request.options.assume_hold = only_observed;
    }
    return decided_run(request.options, given.has("replayed"), &progress);
  };
  HOLDFAST_TRY(before, decide(given.positional()[0]));
  HOLDFAST_TRY(after, decide(given.positional()[1]));
  Compared runs{.before = std::move(before), .after = std::move(after)};
  if (auto useless = useless_option(given, runs)) return std::unexpected(std::move(*useless));
  return runs;
}

std::string run_line(std::string_view label, const DecidedRun& run) {
  return fmt::format("  {}  {}   {}, {} decisions{}   log {}\n", padded(label, 6), printable(run.path),
                     origin_words(run.origin), grouped(run.list.decisions().size()),
                     run.torn ? ", its end is torn off" : "", run.list.sha256());
}

void write_run(std::string_view side, const DecidedRun& run, JsonWriter& json) {
  json.object(side).field("path", run.path).field("origin", origin_words(run.origin)).field("torn", run.torn);
  json.field("decisions", run.list.decisions().size()).field("log_sha256", run.list.sha256()).end();
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  DiffStyle style{.reasons = given.has("all")};
  HOLDFAST_TRY(limit, given.number("limit", given.has("all") ? 0 : style.limit, kLimitMax));
  style.limit = limit;
  HOLDFAST_TRY(longer_by_ns, wait_threshold(given));
  HOLDFAST_TRY(runs, compared_runs(given, terminal));
  // A decision log has no clock of its own: it is of the other one's time.
  const auto clock = [](const DecidedRun& run, const DecidedRun& other) {
    return TimeText::by_wall_clock(run.started_wall_ns != 0 ? run.started_wall_ns : other.started_wall_ns);
  };
  style.before = clock(runs.before, runs.after);
  style.after = clock(runs.after, runs.before);
  const DecisionDiff diff = diff_decisions(runs.before.list, runs.after.list, longer_by_ns);
  if (given.has("json")) {
    JsonWriter json;
    json.object();
    write_run("before", runs.before, json);
    write_run("after", runs.after, json);
    write_diff(diff, style, json);
    json.end();
    terminal.out(json.take() + '\n');
  } else {
    terminal.out(run_line("before", runs.before) + run_line("after", runs.after) + diff_text(diff, style));
  }
  return diff.same() ? ExitCode::kAsExpected : ExitCode::kExpectationFailed;
}

constexpr Command kCommand{"diff", "what two recordings or runs decide otherwise, by program and event", line, run};

}  // namespace
}  // namespace diff_subcommand

const Command& diff_command() { return diff_subcommand::kCommand; }

}  // namespace holdfast
