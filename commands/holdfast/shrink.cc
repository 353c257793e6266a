// holdfast shrink: the few events of a recording or scenario that one decision rests on, as a scenario.
#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "commands/holdfast/commands.h"
#include "commands/holdfast/decision_options.h"
#include "commands/holdfast/file_argument.h"
#include "commands/holdfast/replay_options.h"
#include "commands/holdfast/step_progress.h"
#include "reports/json.h"
#include "reports/wording.h"
#include "sim/scenario/scenario_run.h"
#include "sim/shrink/completion.h"
#include "sim/shrink/material.h"
#include "sim/shrink/shrink_story.h"
#include "sim/text/file_hash.h"
#include "sim/text/scenario_text.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace shrink_subcommand {
namespace {

constexpr std::uint64_t kRunsUsually = 100'000;
constexpr std::uint64_t kNumberMax = 1'000'000'000'000;

CommandLine line() {
  CommandLine line("shrink", "RECORDING|SCENARIO", 1, 1);
  line.purpose(
      "cut a recording or scenario down to the few events that one decision rests on, as a scenario that tests it");
  line.option("output,o", "FILE", "the scenario to write, such as incident.txtpb; needed");
  add_decision_options(line);
  line.option("checker", "NAME", "instead of a decision: a broken promise whose sentence contains this")
      .option("runs-max", "N", "play the story at most N times (default 100000)");
  add_replay_options(line);
  line.example(
          "holdfast shrink incident.hfr --settings fixtures/settings/deny-all.txtpb --program cmd.exe -o "
          "incident.txtpb",
          "then: holdfast run incident.txtpb")
      .example("holdfast shrink long.txtpb --verdict DENY -o short.txtpb", "a scenario that somebody else wrote");
  return line;
}

std::string things_left_out(const std::vector<LeftOut>& left_out) {
  std::string text;
  for (const LeftOut& thing : left_out) {
    text += fmt::format("  not in the story: {} of {} inputs ({})\n", thing.what, grouped(thing.inputs), thing.why);
  }
  return text;
}

void print(const std::string& output, const ShrinkMaterial& material, const ShrunkStory& shrunk, const ScenarioRun& run,
           const RunBudget& budget, bool as_json, Terminal& terminal) {
  const auto entries = static_cast<std::uint64_t>(shrunk.scenario.at_size());
  if (as_json) {
    JsonWriter json;
    json.object()
        .field("scenario", output)
        .field("name", shrunk.scenario.name())
        .field("source", shrunk.scenario.source())
        .field("events", material.events)
        .field("entries_after_first_cut", static_cast<std::uint64_t>(shrunk.first_cut))
        .field("entries", entries)
        .field("runs", budget.runs)
        .field("minimal", shrunk.minimal)
        .array("left_out");
    for (const LeftOut& thing : material.left_out) {
      json.object().field("what", thing.what).field("inputs", thing.inputs).field("why", thing.why).end();
    }
    json.end().end();
    return terminal.out(json.text() + '\n');
  }
  std::string text = "  " + printable(shrunk.scenario.name()) + '\n';
  for (const std::string& row : story_lines(run, 0, run.steps.size())) text += "    " + row + '\n';
  text += fmt::format("  {} events, cut by relevance to {} entries, shrunk to {} in {} runs\n",
                      grouped(material.events), grouped(shrunk.first_cut), grouped(entries), grouped(budget.runs));
  text += shrunk.minimal ? "  minimal: without any one of them it comes out otherwise\n"
                         : "  not minimal: the runs were spent; allow more with --runs-max\n";
  text += things_left_out(material.left_out);
  text += fmt::format("  next: holdfast run {}\n", file_argument(output));
  terminal.out(text);
}

// What is asked for, before anything is read.
struct Wanted {
  std::string path;
  bool is_scenario = false;
  std::string output;
  std::uint64_t runs_max = 0;
  std::optional<DecisionWish> decision;  // nothing: the promise
  std::string promise;
};

Expected<Wanted> wanted(const Arguments& given) {
  Wanted wanted{.path = given.positional()[0], .output = given.text("output"), .decision = {}, .promise = {}};
  wanted.is_scenario = is_scenario_path(wanted.path);
  if (wanted.output.empty()) {
    return std::unexpected(Error{.where = "shrink",
                                 .field = "--output",
                                 .what = "is missing",
                                 .remedy = "name the scenario to write: -o incident.txtpb"});
  }
  HOLDFAST_TRY(runs_max, given.number("runs-max", kRunsUsually, kNumberMax));
  wanted.runs_max = runs_max;
  HOLDFAST_TRY(wish, decision_wish(given));
  if (!given.has("checker")) {
    wanted.decision = wish;
    return wanted;
  }
  if (!wish.any) {
    return std::unexpected(Error{.where = {},
                                 .field = "--checker",
                                 .what = "a broken promise is meant instead of a decision",
                                 .remedy = "name either"});
  }
  auto named = promise_named(given.text("checker"));
  if (!named) named.error().field = "--checker";
  HOLDFAST_TRY(promise, std::move(named));
  wanted.promise = promise;
  return wanted;
}

Expected<ShrinkMaterial> material_of(const Wanted& wanted, const Arguments& given, Terminal& terminal) {
  HOLDFAST_TRY(request, playable_request(wanted.path, given));
  if (wanted.is_scenario) return material_of_scenario(wanted.path, wanted.decision);
  StepProgress progress(terminal, given.has("progress"));
  return material_of_recording(std::move(request.options), wanted.decision, {&progress});
}

// The error of a story that does not show what it is to show: it may lack what a scenario cannot express.
Error with_what_it_lacks(Error error, const std::string& path, const ShrinkMaterial& material) {
  error.where = path;
  for (const LeftOut& thing : material.left_out) {
    error.remedy += fmt::format("{}it lacks {} of {} inputs ({})", error.remedy.empty() ? "" : "; ", thing.what,
                                grouped(thing.inputs), thing.why);
  }
  return error;
}

Expected<ShrunkStory> shrink_watched(const Wanted& wanted, const ShrinkMaterial& material, RunBudget& budget,
                                     Progress& progress) {
  const Goal goal = material.verdict ? decision_goal(*material.verdict) : broken_promise_goal(wanted.promise);
  const Goal watched = [&](const ScenarioRun& played) {
    progress.report("played", budget.runs, 0, "times");
    return goal(played);
  };
  auto shrunk = shrink_story(material.story, material.decisive, watched, budget);
  progress.clear();
  if (!shrunk) return std::unexpected(with_what_it_lacks(std::move(shrunk).error(), wanted.path, material));
  return shrunk;
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  HOLDFAST_TRY(wish, wanted(given));
  HOLDFAST_TRY(hash, sha256_of(wish.path));
  HOLDFAST_TRY(material, material_of(wish, given, terminal));
  RunBudget budget{.runs_max = wish.runs_max};
  Progress progress(terminal, given.has("progress"));
  HOLDFAST_TRY(shrunk, shrink_watched(wish, material, budget, progress));
  const std::string source = fmt::format("{} {}, SHA-256 {}", wish.is_scenario ? "scenario" : "recording",
                                         file_name(portable_path(wish.path)), hash);
  if (material.verdict) {
    HOLDFAST_TRY_DO(complete_with_verdict(*material.verdict, source, shrunk.scenario));
  } else {
    complete_with_promise(wish.promise, source, shrunk.scenario);
  }
  const std::string text = scenario_text(
      shrunk.scenario, {fmt::format("Cut down by `holdfast shrink` from {} events.", grouped(material.events))});
  HOLDFAST_TRY(played, prove_scenario(wish.output, text, material.verdict.has_value()));
  HOLDFAST_TRY_DO(replace_text_file(wish.output, text));
  print(wish.output, material, shrunk, played, budget, given.has("json"), terminal);
  return shrunk.minimal ? ExitCode::kAsExpected : ExitCode::kExpectationFailed;
}

constexpr Command kCommand{"shrink", "the few events that one decision rests on, as a scenario", line, run};

}  // namespace
}  // namespace shrink_subcommand

const Command& shrink_command() { return shrink_subcommand::kCommand; }

}  // namespace holdfast
