#include "sim/scenario/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "engine/text/sha256.h"
#include "reports/timeline.h"
#include "sim/scenario/expectation_update.h"
#include "sim/scenario/parallel.h"
#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"
#include "sim/scenario/what_if.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace {

constexpr std::string_view kSuffix = ".txtpb";
constexpr std::size_t kFilesMax = 100'000;

// A file to run, and how reports call it.
struct Task {
  std::string file;
  std::string shown;  // relative to what was asked for
  std::string folder;
};

struct Result {
  CaseReport report;
  std::string log;
  bool filtered_out = false;
};

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string without_trailing_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::vector<Task> find_tasks(const RunOptions& options, std::vector<std::string>& errors) {
  std::vector<Task> tasks;
  for (const std::string& given : options.paths) {
    const std::string root = without_trailing_slashes(portable_path(given));
    const Expected<std::vector<std::string>> files = find_text_files(root, kSuffix, kFilesMax);
    if (!files) {
      errors.push_back(files.error().text());
      continue;
    }
    const bool folder = is_folder(root);
    if (folder && files->empty())
      errors.push_back(fmt::format("{}: there is no {} file in this folder", root, kSuffix));
    for (const std::string& file : *files) {
      Task task{.file = file, .shown = file, .folder = {}};
      if (folder && file.starts_with(root + "/")) task.shown = file.substr(root.size() + 1);
      task.folder = parent_of(task.shown);
      if (folder && task.folder == ".") task.folder = root;
      tasks.push_back(std::move(task));
    }
  }
  return tasks;
}

// The lines of the story around a step: what led to it, the step itself marked, what came next.
std::vector<std::string> around(const ScenarioRun& run, std::size_t step) {
  constexpr std::size_t kBefore = 4;
  constexpr std::size_t kAfter = 2;
  constexpr std::size_t kAtMost = 12;
  constexpr TimelineStyle kStyle{.colours = false, .width = 110};
  TimelineView view;
  std::vector<TimelineRow> rows;
  std::deque<std::string> lines;
  std::size_t after = 0;
  for (std::size_t i = 0; i < run.steps.size() && after < kAfter && lines.size() < kAtMost; ++i) {
    rows.clear();
    view.add(run.steps[i].input, run.steps[i].outputs, rows);
    for (const TimelineRow& row : rows) {
      if (i > step && after == kAfter) break;
      if (i > step) ++after;
      if (i < step && lines.size() == kBefore) lines.pop_front();
      lines.push_back((i == step ? "> " : "  ") + timeline_line(row, TimeText::since_start(), kStyle));
    }
  }
  return {lines.begin(), lines.end()};
}

// One word for the shell, whatever stands in it.
std::string for_the_shell(const std::string& text) {
  if (text.find_first_of("'\"$`\\!") == std::string::npos) return '"' + text + '"';
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + '\'';
}

CaseFailure report_failure(const Task& task, const RunOptions& options, const ScenarioFile& file,
                           const ScenarioRun& run, const Failure& failure) {
  CaseFailure report;
  report.where = task.shown;
  if (const int line = failure.expectation < 0 ? 0 : file.locations.line({{"expect", failure.expectation}});
      line != 0) {
    report.where += fmt::format(":{}", line);
  }
  report.expected = failure.expected;
  report.actual = failure.actual;
  report.around = around(run, failure.step);
  // A path with blanks must survive the shell.
  const bool plain = task.file.find_first_of(" '\"$&()") == std::string::npos;
  report.reproduce = fmt::format("holdfast run {}", plain ? task.file : '"' + task.file + '"');
  for (const std::string& change : options.what_if) report.reproduce += " --what-if " + for_the_shell(change);
  return report;
}

Result unreadable(Result result, const Error& error) {
  result.report.outcome = CaseReport::Outcome::kUnreadable;
  result.report.error = error.text();
  return result;
}

// Rewrites the file's expectations and judges again; gives the file and run that hold afterwards.
Expected<void> update(ScenarioFile& file, ScenarioRun& run, const engine::Tables& tables, CaseReport& report) {
  UpdatedText updated = update_expectations(file, run.failures);
  if (updated.changed.empty()) return {};
  Expected<ScenarioFile> again = parse_scenario(file.path, updated.text);
  if (!again) return std::unexpected(std::move(again.error()));
  Expected<ScenarioRun> rerun = run_scenario(again->scenario, tables, &again->locations);
  if (!rerun) return std::unexpected(std::move(rerun.error()));
  HOLDFAST_TRY_DO(replace_text_file(file.path, updated.text));
  file = std::move(*again);
  run = std::move(*rerun);
  report.changed = std::move(updated.changed);
  return {};
}

Result run_task(const Task& task, const RunOptions& options, const engine::Tables& tables) {
  Result result;
  result.report.folder = task.folder;
  result.report.path = task.shown;
  const std::uint64_t began_ns = options.stopwatch == nullptr ? 0 : options.stopwatch->now_ns();
  Expected<ScenarioFile> file = load_scenario(task.file);
  const bool path_fits = task.shown.find(options.filter) != std::string::npos;
  result.filtered_out = !path_fits && !(file && file->scenario.name().find(options.filter) != std::string::npos);
  if (result.filtered_out) return result;
  if (!file) return unreadable(std::move(result), file.error());
  result.report.name = file->scenario.name();
  for (const std::string& change : options.what_if) {
    if (auto applied = apply_what_if(change, file->scenario); !applied) {
      return unreadable(std::move(result), applied.error());
    }
  }
  Expected<ScenarioRun> run = run_scenario(file->scenario, tables, &file->locations);
  if (!run) return unreadable(std::move(result), run.error());
  if (options.update && !run->met()) {
    if (auto updated = update(*file, *run, tables, result.report); !updated)
      return unreadable(std::move(result), updated.error());
  }
  CaseReport& report = result.report;
  report.outcome = run->met() ? CaseReport::Outcome::kPassed : CaseReport::Outcome::kFailed;
  for (const Failure& failure : run->failures)
    report.failures.push_back(report_failure(task, options, *file, *run, failure));
  report.simulated_ns = run->simulated_ns;
  report.inputs = run->steps.size();
  for (const Step& step : run->steps) report.outputs += step.outputs.size();
  report.expectations = run->expectations;
  report.suppressed = run->suppressed.size();
  report.log_sha256 = run->log_sha256;
  if (options.stopwatch != nullptr) report.took_ns = options.stopwatch->now_ns() - began_ns;
  result.log = std::move(run->log);
  return result;
}

void count(RunReport& report, const CaseReport& one) {
  switch (one.outcome) {
    case CaseReport::Outcome::kPassed: ++report.passed; break;
    case CaseReport::Outcome::kFailed: ++report.failed; break;
    case CaseReport::Outcome::kUnreadable: ++report.unreadable; break;
  }
  report.simulated_ns += one.simulated_ns;
}

}  // namespace

RunReport run_scenarios(const RunOptions& options) {
  const std::uint64_t began_ns = options.stopwatch == nullptr ? 0 : options.stopwatch->now_ns();
  const engine::Tables& tables = options.tables == nullptr ? engine::default_tables() : *options.tables;
  RunReport report;
  if (options.paths.empty()) report.errors.emplace_back("nothing to run; name a scenario file or a folder of them");
  const std::vector<Task> tasks = find_tasks(options, report.errors);
  std::vector<Result> results(tasks.size());
  for_each_index(tasks.size(), options.jobs, [&](std::size_t i) {
    results[i] = run_task(tasks[i], options, tables);
    if (options.finished) options.finished(tasks.size());
  });

  engine::Sha256 digest;
  for (Result& result : results) {
    if (result.filtered_out) {
      ++report.filtered_out;
      continue;
    }
    digest.update(result.log);
    count(report, result.report);
    report.cases.push_back(std::move(result.report));
  }
  report.log_sha256 = digest.hex();
  if (report.cases.empty() && report.filtered_out != 0) {
    report.errors.push_back(fmt::format("no scenario's path or name contains \"{}\"", options.filter));
  }
  if (options.stopwatch != nullptr) report.took_ns = options.stopwatch->now_ns() - began_ns;
  return report;
}

}  // namespace holdfast
