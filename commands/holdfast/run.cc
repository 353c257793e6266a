// holdfast run: plays scenarios and checks what they expect.
#include <fmt/format.h>

#include <utility>

#include "commands/holdfast/commands.h"
#include "reports/console.h"
#include "reports/junit.h"
#include "sim/scenario/parallel.h"
#include "sim/scenario/runner.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace run_subcommand {
namespace {

CommandLine line() {
  CommandLine line("run", "SCENARIO|FOLDER...", 1, CommandLine::kArgumentsMax);
  line.purpose("play scenarios and check what they expect");
  line.option("jobs,j", "N", "scenarios at a time (default: one per processor); the report is the same for any number")
      .option("filter", "TEXT", "only scenarios whose path or name contains this")
      .option("junit", "FILE", "also write a JUnit XML report, for CI servers")
      .list("what-if", "KEY=VALUE",
            "play as if this field of the scenario had this value, as service.latency=5s; may be given several times")
      .flag("progress", "tell the progress also where standard error is no terminal")
      .flag("update", "rewrite expectations of verdicts that are not met to what happened, and say which")
      .example("holdfast run scenarios", "everything")
      .example("holdfast run scenarios --filter asking --junit report.xml", "a part, with a report for the CI server")
      .example("holdfast run late.txtpb --what-if user.after=5s", "the same story, with one thing different")
      .example("holdfast run new.txtpb --update", "take what happened for what is expected, then read the difference");
  return line;
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  HOLDFAST_TRY(jobs, given.number("jobs", processors(), kJobsMax));
  RunOptions options;
  options.paths = given.positional();
  options.jobs = jobs == 0 ? 1 : static_cast<unsigned>(jobs);
  options.filter = given.text("filter");
  options.update = given.has("update");
  options.what_if = given.texts("what-if");
  if (options.update && !options.what_if.empty()) {
    return std::unexpected(Error{.where = {},
                                 .field = "--what-if",
                                 .what = "what would happen is nothing to update expectations by",
                                 .remedy = "leave out --update or --what-if"});
  }
  options.stopwatch = &terminal.stopwatch();
  Progress progress(terminal, given.has("progress"));
  options.finished = [&](std::size_t scenarios) { progress.count("played", scenarios, "scenarios"); };
  const RunReport report = run_scenarios(options);
  progress.clear();
  if (given.has("junit")) {
    HOLDFAST_TRY_DO(replace_text_file(given.text("junit"), junit_report(report)));
  }
  terminal.out(given.has("json") ? json_report(report) : console_report(report, {.colours = terminal.out_colours()}));
  return static_cast<ExitCode>(report.exit_code());
}

constexpr Command kCommand{"run", "play scenarios and check what they expect", line, run};

}  // namespace
}  // namespace run_subcommand

const Command& run_command() { return run_subcommand::kCommand; }

}  // namespace holdfast
