// holdfast shrink: the few events of a recording or scenario that one decision rests on, as a scenario.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "commands/holdfast/commands.h"
#include "commands/holdfast/decision_choice.h"
#include "commands/holdfast/file_argument.h"
#include "commands/holdfast/replay_options.h"
#include "commands/holdfast/step_progress.h"
#include "engine/text/ascii.h"
#include "reports/explain.h"
#include "reports/json.h"
#include "reports/wording.h"
#include "sim/checkers/checker.h"
#include "sim/replay/from_recording.h"
#include "sim/scenario/scenario_file.h"
#include "sim/shrink/shrink_story.h"
#include "sim/text/file_hash.h"
#include "sim/text/scenario_text.h"
#include "sim/text/text_file.h"

namespace holdfast {
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

// What is to be shrunk.
struct Material {
  v1::Scenario story;
  std::size_t decisive = 0;
  std::optional<v1::Verdict> verdict;
  std::uint64_t events = 0;
  std::vector<LeftOut> left_out;
};

Expected<Material> material_of_scenario(const Arguments& given, const DecisionWish& wish) {
  const std::string& path = given.positional()[0];
  for (const char* option : {"settings", "platform", "user", "answers-after"}) {
    if (!given.has(option)) continue;
    return std::unexpected(Error{.where = path,
                                 .field = std::string("--") + option,
                                 .what = "a scenario says this itself",
                                 .remedy = "change it in the scenario"});
  }
  const auto file = load_scenario(path);
  if (!file) return std::unexpected(file.error());
  const auto timeline = Timeline::compile(file->scenario, file->locations);
  const auto run = run_scenario(file->scenario, engine::default_tables(), &file->locations);
  if (!timeline || !run) return std::unexpected(timeline ? run.error() : timeline.error());
  DecisionFinder finder(wish);
  for (const Step& step : run->steps) {
    if (auto seen = finder.on_step(step.input, step.outputs); !seen) return std::unexpected(seen.error());
  }
  Material material;
  material.story = unfolded(*timeline);
  material.decisive = static_cast<std::size_t>(material.story.at_size());
  material.events = finder.events();
  if (given.has("checker")) return material;
  if (!finder.found()) return std::unexpected(no_such_decision(path, finder));
  material.verdict = finder.found();
  for (const PlayedEntry& played : run->played) {
    if (played.operation_id == material.verdict->operation_id()) material.decisive = played.occurrence;
  }
  return material;
}

Expected<Material> material_of_recording(const Arguments& given, const DecisionWish& wish, Terminal& terminal) {
  const std::string& path = given.positional()[0];
  auto request = replay_request(path, given);
  if (!request) return std::unexpected(request.error());
  auto replay = Replay::open(std::move(request->options));
  if (!replay) return std::unexpected(replay.error());
  DecisionFinder finder(wish);
  FromRecording story;
  if (replay->state()) story.begin_with(*replay->state());
  StepProgress progress(terminal, given.has("progress"));
  const auto replayed = replay->run({&finder, &story, &progress});
  progress.clear();
  if (!replayed) return std::unexpected(replayed.error());
  Material material;
  material.events = finder.events();
  if (!given.has("checker")) {
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

// The section of the domain that speaks of such a decision.
int section_of(const v1::Verdict& verdict) { return verdict.event() == v1::NEWLY_ENCOUNTERED_PROGRAM ? 7 : 4; }

std::string sentence_of(const v1::Verdict& verdict) {
  constexpr std::size_t kTargetWidth = 60;
  const std::string_view program = verdict.program().empty() ? "An unknown program" : file_name(verdict.program());
  return fmt::format("{} {} {}: {}, {}", program, operation_verb(verdict.operation()),
                     shortened(verdict.target(), kTargetWidth), decision_word(verdict.decision()),
                     because_text(verdict));
}

// Gives the story its name, its source and what it expects.
Expected<void> complete(const Material& material, const std::string& source, const std::string& promise,
                        v1::Scenario& story) {
  const std::string origin = story.source().empty() ? std::string() : story.source() + ", ";
  if (!material.verdict) {
    story.set_name(fmt::format("A promise is broken: {}", promise));
    story.set_source(origin + source);
    // Every scenario expects something. This one fails as long as the promise is broken, which is checked always.
    story.add_expect()->set_log_lacks(fmt::format("a broken promise: {}", promise));
    return {};
  }
  const v1::Verdict& verdict = *material.verdict;
  story.set_name(sentence_of(verdict));
  story.set_source(origin.empty() ? fmt::format("DOMAIN {}, {}", section_of(verdict), source) : origin + source);
  const auto run = run_scenario(story);
  if (!run) return std::unexpected(run.error());
  const TextLocations nowhere("scenario");
  const auto timeline = Timeline::compile(story, nowhere);
  if (!timeline) return std::unexpected(timeline.error());
  v1::ExpectVerdict& expected = *story.add_expect()->mutable_verdict();
  for (const Step& step : run->steps) {
    for (const v1::Output& output : step.outputs) {
      if (!output.has_verdict() || !is_same_decision(output.verdict(), verdict) || !expected.of().empty()) continue;
      const auto played = std::ranges::find(run->played, output.verdict().operation_id(), &PlayedEntry::operation_id);
      if (played != run->played.end()) expected.set_of(timeline->name(played->occurrence));
    }
  }
  expected.set_decision(verdict.decision());
  expected.set_because(verdict.because());
  if (verdict.event() != v1::MONITORED_EVENT_UNSPECIFIED) expected.set_event(verdict.event());
  return {};
}

// That the file will do what is said of it.
Expected<ScenarioRun> proven(const std::string& path, const std::string& text, bool must_pass) {
  const auto file = parse_scenario(path, text);
  if (!file) return std::unexpected(file.error());
  auto run = run_scenario(file->scenario, engine::default_tables(), &file->locations);
  if (run && must_pass && !run->met()) {
    return std::unexpected(Error{
        .where = path,
        .field = {},
        .what = "the story does not pass: " + run->failures.front().expected + ", but " + run->failures.front().actual,
        .remedy = "use --checker for a broken promise"});
  }
  return run;
}

std::string things_left_out(const std::vector<LeftOut>& left_out) {
  std::string text;
  for (const LeftOut& thing : left_out) {
    text += fmt::format("  not in the story: {} of {} inputs ({})\n", thing.what, grouped(thing.inputs), thing.why);
  }
  return text;
}

void print(const std::string& output, const Material& material, const ShrunkStory& shrunk, const ScenarioRun& run,
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

// The promise that is meant; fails where it is none or several.
Expected<std::string> promise_named(const std::string& name) {
  std::string promises;
  std::vector<std::string> found;
  for (const auto& checker : all_checkers()) {
    const std::string promise(checker->promise());
    promises += (promises.empty() ? "" : "; ") + promise;
    if (!name.empty() && ascii::lower_case(promise).find(ascii::lower_case(name)) != std::string::npos)
      found.push_back(promise);
  }
  if (found.size() == 1) return found.front();
  return std::unexpected(Error{.where = {},
                               .field = "--checker",
                               .what = fmt::format("\"{}\" fits {} of the promises", name, found.size()),
                               .remedy = "they are: " + promises});
}

ExitCode run(const Arguments& given, Terminal& terminal) {
  const std::string& path = given.positional()[0];
  const std::string output = given.text("output");
  if (output.empty()) {
    return bad_input(terminal, Error{.where = "shrink",
                                     .field = "--output",
                                     .what = "is missing",
                                     .remedy = "name the scenario to write: -o incident.txtpb"});
  }
  const auto runs_max = given.number("runs-max", kRunsUsually, kNumberMax);
  if (!runs_max) return bad_input(terminal, runs_max.error());
  const auto wish = decision_wish(given);
  if (!wish) return bad_input(terminal, wish.error());
  std::string promise;
  if (given.has("checker")) {
    if (!wish->any) {
      return bad_input(terminal, Error{.where = {},
                                       .field = "--checker",
                                       .what = "a broken promise is meant instead of a decision",
                                       .remedy = "name either"});
    }
    const auto named = promise_named(given.text("checker"));
    if (!named) return bad_input(terminal, named.error());
    promise = *named;
  }
  auto hash = sha256_of(path);
  if (!hash) return bad_input(terminal, hash.error());
  const bool is_scenario = path.ends_with(".txtpb");
  const auto material =
      is_scenario ? material_of_scenario(given, *wish) : material_of_recording(given, *wish, terminal);
  if (!material) return bad_input(terminal, material.error());

  RunBudget budget{.runs_max = *runs_max};
  Progress progress(terminal, given.has("progress"));
  const Goal goal = material->verdict ? decision_goal(*material->verdict) : broken_promise_goal(promise);
  const Goal watched = [&](const ScenarioRun& played) {
    progress.report("played", budget.runs, 0, "times");
    return goal(played);
  };
  auto shrunk = shrink_story(material->story, material->decisive, watched, budget);
  progress.clear();
  if (!shrunk) {
    Error error = shrunk.error();
    error.where = path;
    for (const LeftOut& thing : material->left_out) {
      error.remedy += fmt::format("{}it lacks {} of {} inputs ({})", error.remedy.empty() ? "" : "; ", thing.what,
                                  grouped(thing.inputs), thing.why);
    }
    return bad_input(terminal, error);
  }
  const std::string source =
      fmt::format("{} {}, SHA-256 {}", is_scenario ? "scenario" : "recording", file_name(portable_path(path)), *hash);
  if (auto done = complete(*material, source, promise, shrunk->scenario); !done)
    return bad_input(terminal, done.error());
  const std::string text = scenario_text(
      shrunk->scenario, {fmt::format("Cut down by `holdfast shrink` from {} events.", grouped(material->events))});
  const auto played = proven(output, text, material->verdict.has_value());
  if (!played) return bad_input(terminal, played.error());
  if (auto written = replace_text_file(output, text); !written) return bad_input(terminal, written.error());
  print(output, *material, *shrunk, *played, budget, given.has("json"), terminal);
  return shrunk->minimal ? ExitCode::kAsExpected : ExitCode::kExpectationFailed;
}

}  // namespace

const Command& shrink_command() {
  static const Command kCommand{"shrink", "the few events that one decision rests on, as a scenario", line, run};
  return kCommand;
}

}  // namespace holdfast
