// holdfast show: what happened, and what was decided about it, one line per thing.
#include <fmt/format.h>

#include <utility>
#include <vector>

#include "commands/holdfast/commands.h"
#include "commands/holdfast/replay_options.h"
#include "commands/holdfast/step_progress.h"
#include "reports/json.h"
#include "reports/timeline.h"
#include "sim/scenario/playable.h"

namespace holdfast {
namespace show_subcommand {
namespace {

constexpr std::uint64_t kShownUsually = 1000;

CommandLine line() {
  CommandLine line("show", "RECORDING|SCENARIO", 1, 1);
  line.purpose("list what happened and what was decided about it");
  line.option("from", "TIME",
              "only what happened at or after it: 90s after the start, or 03:06:58 or 2024-05-21 03:06:58 by the clock "
              "(UTC)")
      .option("to", "TIME", "only what happened until then")
      .option("program", "TEXT", "only programs whose path contains this, without regard to case")
      .flag("decisions", "only what was decided, asked or stopped")
      .option("limit", "N", "at most N lines (default 1000; 0: all)");
  add_replay_options(line);
  line.example("holdfast show scenarios/reference/05-asking/nobody-answers.txtpb", "a scenario as a story")
      .example("holdfast show incident.hfr --from 03:06 --to 03:08 --program powershell", "two minutes of one program");
  return line;
}

class Printer final : public StepObserver {
 public:
  Printer(TimelineFilter filter, TimeText time, std::uint64_t limit, bool json, Terminal& terminal)
      : filter_(std::move(filter)),
        time_(time),
        limit_(limit),
        json_wanted_(json),
        terminal_(terminal),
        style_{.colours = terminal.out_colours(), .width = terminal.out_width()} {}

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override {
    rows_.clear();
    view_.add(input, outputs, rows_);
    for (const TimelineRow& row : rows_) {
      if (filter_.admits(row)) print(row);
    }
    return {};
  }

  void begin(const std::string& path) {
    if (!json_wanted_) return;
    json_.object().field("of", path).array("rows");
    terminal_.out(json_.take());
  }

  void end() {
    if (json_wanted_) {
      json_.end().field("shown", shown_).field("beyond_limit", beyond_).end();
      terminal_.out(json_.take() + '\n');
    } else if (beyond_ != 0) {
      terminal_.out(
          fmt::format("  … and {} more lines (--limit 0 shows all; --from, --to and --program narrow it down)\n",
                      grouped(beyond_)));
    } else if (shown_ == 0) {
      terminal_.out("  nothing happened that these filters admit\n");
    }
  }

 private:
  void print(const TimelineRow& row) {
    if (limit_ != 0 && shown_ == limit_) {
      ++beyond_;
      return;
    }
    ++shown_;
    if (json_wanted_) {
      write_row(row, time_, json_);
      terminal_.out(json_.take());
      return;
    }
    if (time_.is_wall_clock() && time_.day_number(row.at_ns) != day_) {
      day_ = time_.day_number(row.at_ns);
      terminal_.out("  " + time_.day(row.at_ns) + " (UTC)\n");
    }
    terminal_.out(timeline_line(row, time_, style_) + '\n');
  }

  TimelineView view_;
  TimelineFilter filter_;
  TimeText time_;
  std::uint64_t limit_;
  bool json_wanted_;
  Terminal& terminal_;
  TimelineStyle style_;
  JsonWriter json_;
  std::vector<TimelineRow> rows_;
  std::uint64_t shown_ = 0;
  std::uint64_t beyond_ = 0;
  std::uint64_t day_ = 0;
};

Expected<TimelineFilter> filter_of(const Arguments& given, const Playable& story) {
  TimelineFilter filter;
  filter.program = given.text("program");
  filter.decisions_only = given.has("decisions");
  if (given.has("from")) {
    HOLDFAST_TRY(from, story.parse_time("--from", given.text("from")));
    filter.from_ns = from;
  }
  if (given.has("to")) {
    HOLDFAST_TRY(to, story.parse_time("--to", given.text("to")));
    filter.to_ns = to;
  }
  if (filter.from_ns > filter.to_ns) {
    return std::unexpected(Error{.where = "show", .field = "--to", .what = "lies before --from", .remedy = {}});
  }
  return filter;
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  HOLDFAST_TRY(limit, given.number("limit", kShownUsually, 1'000'000'000));
  HOLDFAST_TRY(request, playable_request(given.positional()[0], given));
  HOLDFAST_TRY(story, Playable::open(std::move(request)));
  HOLDFAST_TRY(filter, filter_of(given, story));
  Printer printer(std::move(filter), story.time(), limit, given.has("json"), terminal);
  printer.begin(story.path());
  std::vector<StepObserver*> observers{&printer};
  StepProgress progress(terminal, given.has("progress"));
  if (terminal.out_width() == 0) observers.push_back(&progress);  // on a terminal the list itself shows how far it is
  HOLDFAST_TRY_DO(story.play(observers));
  progress.clear();
  printer.end();
  return ExitCode::kAsExpected;
}

constexpr Command kCommand{"show", "what happened, as a list for a person", line, run};

}  // namespace
}  // namespace show_subcommand

const Command& show_command() { return show_subcommand::kCommand; }

}  // namespace holdfast
