// holdfast record: a scenario becomes a recording.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "commands/holdfast/broken_promises.h"
#include "commands/holdfast/commands.h"
#include "commands/holdfast/file_argument.h"
#include "reports/json.h"
#include "reports/wording.h"
#include "sim/replay/recorded_run.h"
#include "sim/scenario/live_recording.h"
#include "sim/scenario/scenario_file.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace record_subcommand {
namespace {

CommandLine line() {
  CommandLine line("record", "SCENARIO", 1, 1);
  line.purpose("play a scenario and write down everything the engine is told and says");
  line.option("output,o", "FILE", "the recording (.hfr)")
      .flag("live",
            "in real time: by a live host with its flight recorder, which asks the services that are really there")
      .option("ca", "FILE", "with --live: PEM file of the only certificates that vouch for services")
      .example("holdfast record late.txtpb -o late.hfr", "what verify, replay, show and explain take")
      .example("holdfast record --live fixtures/stories/updater.txtpb -o updater.hfr",
               "as an agent would have dumped it");
  return line;
}

// What the scenario expects is for `run` to say; a promise holds in every run.
std::vector<std::string> broken_promises(const ScenarioRun& run) {
  std::vector<std::string> broken;
  for (const Failure& failure : run.failures) {
    if (failure.expectation < 0) broken.push_back(failure.expected + ": " + failure.actual);
  }
  return broken;
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  const std::string path = given.text("output");
  if (path.empty()) {
    return std::unexpected(Error{.where = "record", .field = "--output", .what = "is missing", .remedy = "-o FILE"});
  }
  const std::string& source = given.positional().front();
  HOLDFAST_TRY(file, load_scenario(source));
  const bool live = given.has("live");
  if (live && !given.text("ca").empty()) {
    constexpr std::size_t kCertificatesBytesMax = 16 << 20;
    HOLDFAST_TRY(pem, read_text_file(given.text("ca"), kCertificatesBytesMax));
    if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
      return failure(given.text("ca"), "holds no certificate in PEM form", "so no service could be asked over TLS");
    }
  }
  HOLDFAST_TRY(played, live ? record_live(file, {.output = path, .ca_file = given.text("ca")})
                            : run_scenario(file.scenario, engine::default_tables(), &file.locations));
  if (!live) {
    HOLDFAST_TRY_DO(write_recording(played, source, path));
  }
  std::uint64_t outputs = 0;
  for (const Step& step : played.steps) outputs += step.outputs.size();
  if (given.has("json")) {
    JsonWriter json;
    json.object().field("recording", path).field("inputs", played.steps.size()).field("outputs", outputs);
    json.field("log_sha256", played.log_sha256).end();
    terminal.out(json.take() + '\n');
    return tell_broken_promises(broken_promises(played), terminal);
  }
  terminal.out(fmt::format("  {} inputs, {} outputs   log {}\n  next: holdfast verify {}\n",
                           grouped(played.steps.size()), grouped(outputs), played.log_sha256, file_argument(path)));
  return tell_broken_promises(broken_promises(played), terminal);
}

constexpr Command kCommand{"record", "play a scenario and write it down as a recording", line, run};

}  // namespace
}  // namespace record_subcommand

const Command& record_command() { return record_subcommand::kCommand; }

}  // namespace holdfast
