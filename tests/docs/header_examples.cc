// The examples at the head of our headers, word for word, each with what it takes for granted as parameters. Compiled
// and never run; header_examples_test.py compares them with the headers.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/host/host.h"
#include "commands/frame/arguments.h"
#include "commands/holdfast/decision_options.h"
#include "engine/core/engine.h"
#include "engine/log/decision_log.h"
#include "engine/monitoring/event_rules.h"
#include "engine/schema/error.h"
#include "reports/decision_listing.h"
#include "reports/prompt_rate.h"
#include "sensors/import/clocks.h"
#include "sensors/import/computer_names.h"
#include "sensors/import/event_sorter.h"
#include "sensors/import/import.h"
#include "sensors/import/process_ids.h"
#include "sensors/import/repetitions.h"
#include "sensors/import/volumes.h"
#include "sensors/import/xml_reader.h"
#include "sim/compare/decided_run.h"
#include "sim/compare/other_build.h"
#include "sim/fork/decided_operations.h"
#include "sim/fork/fork.h"
#include "sim/fork/fork_reference.h"
#include "sim/fork/forked_recording.h"
#include "sim/fork/sweep.h"
#include "sim/replay/decision_choice.h"
#include "sim/replay/explained_decisions.h"
#include "sim/replay/replay.h"
#include "sim/scenario/file_judgement.h"
#include "sim/scenario/live_recording.h"
#include "sim/scenario/playable.h"
#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"
#include "sim/scenario/settings_judgement.h"
#include "sim/scenario/what_if.h"
#include "sim/shrink/completion.h"
#include "sim/shrink/material.h"
#include "sim/shrink/shrink_story.h"
#include "sim/text/moment.h"
#include "sim/text/scenario_text.h"

// An example need not use what it declares, nor keep what it is given.
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-result"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#pragma GCC diagnostic ignored "-Wunused-value"

namespace holdfast::examples {

using engine::Engine;
using engine::event_rules;
using engine::EventMatcher;
using engine::Findings;
using engine::LogHash;

void print(const std::string& text);

void host(Engine& engine, Sensor& sensor, Actuator& world, StepObserver& log) {
  Host host({.engine = engine, .sensor = sensor, .actuators = {&world}, .observers = {&log}});
  auto ended = host.run();
}

Expected<void> arguments(const std::vector<std::string>& arguments) {
  CommandLine line("replay", "RECORDING", 1, 1);
  line.option("settings", "FILE", "settings to decide by").flag("all", "list every decision");
  auto given = line.parse("holdfast", arguments);
  given->text("settings");
  given->has("all");
  return {};
}

Expected<void> decision_options(CommandLine& line, const Arguments& given) {
  add_decision_options(line);
  HOLDFAST_TRY(wish, decision_wish(given));
  return {};
}

void engine(const v1::Input& input) {
  Engine engine;
  std::vector<v1::Output> outputs;
  engine.step(input, outputs);
}

void decision_log(std::uint64_t at_ns, const std::vector<v1::Output>& outputs) {
  LogHash hash;
  for (const v1::Output& output : outputs) hash.add(at_ns, output);
  hash.hex();
}

void monitoring(const engine::PathNormaliser& paths, const v1::Operation& operation, const engine::Subject& subject) {
  EventMatcher matcher(event_rules(), paths);
  Findings findings;
  matcher.match(operation, subject, false, findings);
  findings.rules[0]->event;
}

Expected<void> error() {
  return std::unexpected(Error{.where = "exceptions.txtpb:12",
                               .field = "path",
                               .what = "a wildcard cannot stand in the host of a network path (DOMAIN 6)",
                               .remedy = "name the host"});
}

void decision_listing(std::uint64_t started_wall_ns, std::uint64_t at_ns, const v1::Verdict& verdict) {
  DecisionListing listing({.time = TimeText::by_wall_clock(started_wall_ns), .limit = 40});
  listing.add(at_ns, verdict);
  print(listing.lines() + listing.summary().table());
}

void prompt_rate(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  PromptRate rate;
  rate.add(input, outputs);
  print(rate.text());
}

void decided() {
  auto run = decided_run({.path = "field.hfr"}, false, nullptr);
  run->list.decisions();
}

void other_build(std::uint64_t timeout_ns) {
  auto other = OtherBuild::find("old/holdfast", timeout_ns);
  auto decisions = other->decide("incident.hfr");
}

void forking(std::uint64_t at_ns, StepObserver& log) {
  auto fork = Fork::open({.path = "incident.hfr"});
  auto change = fork->change(at_ns, {.what_if = {"settings.event_monitoring.prompt_timeout_s=5"}});
  auto report = fork->run(*change, {&log});
  report->of(ForkMark::kSuppressed);
}

void fork_reference(Expected<Replay>& replay, std::uint64_t operation_id) {
  ForkReference reference;
  replay->run({&reference});
  reference.decided().about(operation_id);
}

void decided_operations(Expected<Replay>& replay, std::uint64_t operation_id) {
  DecidedOperations decided;
  replay->run({&decided});
  decided.about(operation_id)->because;
}

void forked_recording(const Fork& fork, const ForkChange& change) {
  auto written = ForkedRecording::create("forked.hfr", "incident.hfr", fork, change);
  auto report = fork.run(change, {&written->recorder()});
  auto closed = written->finish();
}

void sweeping(const Fork& fork, unsigned jobs) {
  auto axis = parse_axis("service.latency=100ms..3s/8");
  auto swept = sweep_fork(fork, {.axis = *axis, .operation_id = 17}, jobs);
  flips_of(*swept);
}

void decision_choice(Expected<Replay>& replay) {
  DecisionFinder finder({.decision = v1::Verdict::DENY, .any = false});
  auto ended = replay->run({&finder});
  finder.found();
}

void explained_decisions(Expected<Replay>& replay, const ExplainContext& context) {
  ExplainedDecisions explained({.operation = 17});
  auto ended = replay->run({&explained});
  for (const auto& kept : explained.chosen()) explain(kept.at_ns, kept.verdict, context);
}

void replaying(const v1::Settings& settings) {
  auto replay = Replay::open({.path = "incident.hfr", .settings = settings});
  DecisionLog log;
  auto ended = replay->run({&log});
  log.sha256();
}

void file_judgement() {
  const FileJudgement judged = judge_file("ask-all.txtpb", std::nullopt, usual_profile());
  print(judged.error ? judged.error->text() : judged.remarks.front().text());
}

void live_recording(const ScenarioFile& file) { auto run = record_live(file, {.output = "incident.hfr"}); }

void playable(StepObserver& observer) {
  auto story = Playable::open({.options = {.path = "incident.hfr"}});
  auto played = story->play({&observer});
}

void scenario_file() {
  auto file = load_scenario("scenarios/reference/05-asking/nobody-answers.txtpb");
  if (!file) print(file.error().text());
  auto run = run_scenario(file->scenario, engine::default_tables(), &file->locations);
}

void settings_judgement() {
  auto file = load_judged_settings("ask-all.txtpb", usual_profile());
  for (const Remark& remark : remarks_on(file->settings, usual_profile(), file->locations, {})) print(remark.text());
}

void what_if(v1::Scenario& scenario) {
  apply_what_if("service.latency=5s", scenario);
  apply_what_if("proxy[1].behaviour=PROXY_REFUSES", scenario);
  apply_what_if("settings.certified_safe_software.attempts_max=1", scenario);
}

void completion(const v1::Verdict& verdict, Expected<ShrunkStory>& shrunk) {
  auto done = complete_with_verdict(verdict, "recording incident.hfr, SHA-256 0cf2...", shrunk->scenario);
  auto proven = prove_scenario("incident.txtpb", scenario_text(shrunk->scenario, {}), true);
}

void material(const DecisionWish& wish, RunBudget& budget) {
  auto material = material_of_recording({.path = "incident.hfr"}, wish, {});
  auto shrunk = shrink_story(material->story, material->decisive, decision_goal(*material->verdict), budget);
}

void shrinking(const v1::Verdict& verdict, const v1::Scenario& scenario, std::size_t decisive, RunBudget& budget) {
  const Goal goal = decision_goal(verdict);
  auto shrunk = shrink_story(scenario, decisive, goal, budget);
  scenario_text(shrunk->scenario, {});
}

void event_sorter(const v1::Input& input, const EventSorter::Take& take) {
  EventSorter sorter({.runs_beside = "incident.hfr"});
  sorter.add({.wall_ns = 5, .log = 1, .number = 7}, input);
  auto sorted = sorter.finish(take);
}

void repetitions(v1::Input& input, const Repetitions::Give& write) {
  Repetitions repetitions(write);
  repetitions.take(input, EventProvider::kSecurity);
  repetitions.finish();
}

void clocks(const ClockName& name, std::int64_t written_ns, std::int64_t utc_ns, Clocks& clocks) {
  clocks.learn({.log = 1, .computer = "pc1", .source = TimeSource::kEventTime}, written_ns, utc_ns, Witness::kEvent);
  if (auto offset_ns = clocks.offset_ns(name, written_ns)) utc_ns = written_ns + *offset_ns;
  if (!clocks.settled()) clocks.read_again();  // some events came before those that teach
}

void computer_names(ComputerNames& names) {
  names.learn("PC1.example.com");  // of each event, in whatever order they lie
  *names.whole("pc1");             // "PC1.example.com", once all that are there were learnt
}

void process_ids(std::uint64_t start_ns, std::uint32_t pid, v1::Operation& operation, ImportRemarks& remarks) {
  ProcessIds process_ids;
  process_ids.learn(start_ns, pid);          // of each event that tells both, in whatever order they lie
  process_ids.complete(operation, remarks);  // in order of time, once all that is there was learnt
}

void volumes(std::string& path) {
  Volumes volumes;
  volumes.name_drive("PC1", path);  // "\Device\HarddiskVolume2\Windows\x.exe" -> "C:\Windows\x.exe"
}

Expected<void> xml(ByteSource& bytes, const ImportLimits& limits) {
  XmlReader reader(bytes, limits.depth_max);
  HOLDFAST_TRY(token, reader.next());
  if (token == XmlReader::Token::kBad) HOLDFAST_TRY_DO(reader.skip_to("Event"));
  return {};
}

void moments(const v1::RecordingHeader& header) {
  parse_moment("--at", "2.5s", std::nullopt);
  parse_moment("--from", "03:06:58.5", header.started_wall_ns());
  parse_moment("--from", "2024-05-21 03:06:58.5", header.started_wall_ns());
}

}  // namespace holdfast::examples
