// holdfast fork: a recording that goes another way from some moment on.
#include "sim/fork/fork.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/holdfast/broken_promises.h"
#include "commands/holdfast/commands.h"
#include "commands/holdfast/decision_options.h"
#include "commands/holdfast/file_argument.h"
#include "commands/holdfast/replay_options.h"
#include "reports/decisions.h"
#include "reports/json.h"
#include "reports/timeline.h"
#include "reports/wording.h"
#include "sim/fork/forked_recording.h"
#include "sim/fork/sweep.h"
#include "sim/scenario/parallel.h"
#include "sim/scenario/verdict_map.h"
#include "sim/text/moment.h"
#include "sim/text/settings_file.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace fork_subcommand {
namespace {

constexpr std::uint64_t kListedUsually = 40;

CommandLine line() {
  CommandLine line("fork", "RECORDING", 1, 1);
  line.purpose("keep a recording up to a moment, then let it go another way, and say what comes out otherwise");
  line.option("at", "TIME",
              "when it forks: 90s after the start, or 03:06:58 or 2024-05-21 03:06:58 (default: the start)")
      .list("what-if", "KEY=VALUE", "what is different then, as in holdfast run --what-if; several are allowed")
      .option("world", "FILE", "the services, proxies, network and person from then on (protobuf text of World)")
      .list("approve", "PATH", "a program or pattern more on the approved list")
      .list("block", "PATH", "a program or pattern more on the blocked list")
      .option("output,o", "FILE", "write the forked run as a recording (.hfr)")
      .flag("events", "list what became of every input after the fork")
      .option("limit", "N", "list at most N decisions and events (default 40; 0: all)")
      .flag("assume-hold", "decide about a log as if its sensor could have held: what is blocked does not go on")
      .option("sweep", "AXIS",
              "fork once per value and show the verdict: at=1s..9s/9, or KEY=A,B,C; then one decision:");
  add_decision_options(line);
  line.option("jobs,j", "N", "forks at a time in a sweep (default: one per processor)");
  add_replay_options(line);
  add_wait_threshold(line);
  line.example("holdfast fork incident.hfr --at 10s --what-if service.latency=5s", "had the service been slow")
      .example("holdfast fork incident.hfr --at 03:06:58 --block 'C:\\Users\\user\\setup.exe' -o blocked.hfr",
               "had it been blocked; then: holdfast diff incident.hfr blocked.hfr")
      .example("holdfast fork incident.hfr --sweep service.latency=100ms..3s/8", "from which latency on it is denied");
  return line;
}

struct Asked {
  ReplayOptions recording;
  ForkWish wish;
  std::uint64_t longer_by_ns = ForkComparison::kLongerByNs;
};

// From the fork on hold --user and --answers-after, and of an agent's recording --settings, --profile and --platform;
// of a log these hold from the start: nobody but them tells how it is to be decided about.
Expected<Asked> asked_for(const Arguments& given) {
  HOLDFAST_TRY(request, replay_request(given.positional()[0], given));
  Asked asked{.recording = std::move(request.options), .wish = {}};
  HOLDFAST_TRY(only_observed, is_only_observed(asked.recording.path));
  if (!only_observed) {
    asked.wish.settings = std::exchange(asked.recording.settings, std::nullopt);
    asked.wish.profile = std::exchange(asked.recording.profile, std::nullopt);
    if (const auto platform = std::exchange(asked.recording.platform, v1::PLATFORM_UNSPECIFIED)) {
      if (!asked.wish.profile) asked.wish.profile.emplace();
      asked.wish.profile->set_platform(platform);
    }
  }
  asked.recording.assume_hold = given.has("assume-hold");
  asked.wish.person = std::exchange(asked.recording.user, ReplayUser::kAsRecorded);
  asked.wish.answers_after_ns = asked.recording.answers_after_ns;
  asked.wish.approved = given.texts("approve");
  asked.wish.blocked = given.texts("block");
  asked.wish.what_if = given.texts("what-if");
  HOLDFAST_TRY(longer_by_ns, wait_threshold(given));
  asked.longer_by_ns = longer_by_ns;
  if (given.has("world")) {
    const std::string path = given.text("world");
    HOLDFAST_TRY(text, read_text_file(path, kTextFileBytesMax));
    HOLDFAST_TRY_DO(parse_text_proto(path, text, asked.wish.world.emplace()));
  }
  return asked;
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  constexpr std::uint64_t kPerMille = 1'000;
  const std::uint64_t per_mille = whole == 0 ? 0 : (part * kPerMille + whole / 2) / whole;
  return fmt::format("{} ({}.{} %)", grouped(part), per_mille / 10, per_mille % 10);
}

// "DENY, ACTION_IS_DENY after 30 s".
std::string outcome_of(const std::optional<DecidedOperation>& decided) {
  if (!decided) return "no decision";
  return outcome_text(decided->decision, decided->because) +
         (decided->held_ns == 0 ? "" : " after " + spoken_duration(decided->held_ns));
}

std::string named(std::string_view settings) { return settings.empty() ? "without a name" : printable(settings); }

// What it is held against, and which settings were in force on either side.
std::string held_against(const ForkedDecision& decision) {
  std::string text = (decision.without_is_recorded ? "recorded: " : "without it: ") + outcome_of(decision.without);
  if (!decision.without_is_recorded && decision.recorded) text += "; recorded: " + outcome_of(decision.recorded);
  text += "   settings " + named(decision.without ? decision.without->settings : decision.settings);
  if (decision.without && decision.without->settings != decision.settings) text += ", here " + named(decision.settings);
  return text;
}

std::string waits_text(const ForkReport& report) {
  if (report.waits.total_ns == 0 && report.waits_without.total_ns == 0) return {};
  const auto side = [](const Waits& waits) {
    if (waits.longest_ns == 0) return std::string("none");
    const std::string who = printable(file_name(waits.longest_program));
    return fmt::format("{} in all, longest {} ({})", spoken_duration(waits.total_ns), spoken_duration(waits.longest_ns),
                       who.empty() ? "unknown program" : who);
  };
  return fmt::format("  waits        {} → {}\n", side(report.waits_without), side(report.waits));
}

void write_waits(std::string_view name, const Waits& waits, JsonWriter& json) {
  json.object(name).field("total_ns", waits.total_ns).field("longest_ns", waits.longest_ns);
  json.field("longest_program", waits.longest_program).end();
}

// The list of what became of every input after the fork.
class EventList {
 public:
  EventList(TimeText time, std::uint64_t limit, bool wanted) : time_(time), limit_(limit), wanted_(wanted) {}

  void add(ForkMark mark, const v1::Input& input, const std::string& why) {
    std::vector<TimelineRow> rows;
    view_.add(input, {}, rows);
    if (!wanted_ || mark == ForkMark::kKept) return;
    if (limit_ != 0 && listed_ == limit_) {
      ++beyond_;
      return;
    }
    ++listed_;
    if (rows.empty()) rows.push_back({.at_ns = input.at_ns(), .kind = kind_of(input)});
    rows.front().note = why.empty() ? rows.front().note : why;
    lines_ += fmt::format("  {}{}\n", padded(mark_name(mark), kMarkWidth), timeline_line(rows.front(), time_, {}));
  }

  std::string text() const {
    return beyond_ == 0 ? lines_ : lines_ + fmt::format("  … and {} more (--limit 0 lists all)\n", grouped(beyond_));
  }

 private:
  static constexpr std::size_t kMarkWidth = 12;

  static std::string kind_of(const v1::Input& input) {
    const auto* kind =
        input.GetReflection()->GetOneofFieldDescriptor(input, input.GetDescriptor()->FindOneofByName("kind"));
    return kind == nullptr ? "input" : std::string(kind->name());
  }

  TimelineView view_;
  TimeText time_;
  std::uint64_t limit_;
  bool wanted_;
  std::string lines_;
  std::uint64_t listed_ = 0;
  std::uint64_t beyond_ = 0;
};

TimeText time_of(const Fork& fork) {
  return fork.header().started_wall_ns() == 0 ? TimeText::since_start()
                                              : TimeText::by_wall_clock(fork.header().started_wall_ns());
}

std::string text_of(const std::string& path, const Fork& fork, const ForkChange& change, const ForkReport& report,
                    std::uint64_t limit, bool colours) {
  const TimeText time = time_of(fork);
  std::string text = fmt::format("  {} forked at {}, {} inputs kept; different: {}\n", printable(path),
                                 time.at(change.at_ns), grouped(report.of(ForkMark::kKept)), what_changes(change));
  std::uint64_t listed = 0;
  std::uint64_t day = 0;
  for (const ForkedDecision& decision : report.listed) {
    if (limit != 0 && listed++ == limit) break;
    text += day_heading(time, decision.at_ns, day);
    text += decision_line(decision.number, decision.at_ns, decision.here, time, {.colours = colours}) + '\n';
    text += "        " + held_against(decision) + '\n';
  }
  const std::uint64_t differing = report.changed + report.longer + report.added;
  if (limit != 0 && differing > limit)
    text += fmt::format("  … and {} more (--limit 0 lists all)\n", grouped(differing - limit));
  const std::uint64_t after = report.recorded_after();
  text += fmt::format("  decisions    {} as {}, {} changed, {} gone, {} new", grouped(report.same),
                      fork.recorded() != nullptr && report.same == report.same_as_recorded ? "recorded" : "without it",
                      grouped(report.changed), grouped(report.gone), grouped(report.added));
  if (report.longer != 0) text += fmt::format(", {} after a longer wait", grouped(report.longer));
  text += '\n' + waits_text(report);
  text += fmt::format("  later inputs {} recorded, {} of them later than recorded; {} suppressed; {} modelled\n",
                      share(after - report.of(ForkMark::kSuppressed), after), grouped(report.of(ForkMark::kDelayed)),
                      share(report.of(ForkMark::kSuppressed), after), grouped(report.of(ForkMark::kModelled)));
  if (report.runs_on != 0) {
    text += fmt::format(
        "  unknown      {} programs go on here that were stopped when it was recorded: what they would have done "
        "nobody "
        "saw\n",
        grouped(report.runs_on));
  }
  if (report.torn) text += "  the recording ends without its trailer\n";
  if (fork.recorded() == nullptr && !fork.assumes_hold()) {
    text += "  only observed: this log cannot say what would have been held; --assume-hold decides as if it could\n";
  }
  return text;
}

void write_decided(std::string_view name, const DecidedOperation& decided, JsonWriter& json) {
  json.object(name).field("decision", v1::Verdict::Decision_Name(decided.decision));
  json.field("because", v1::ReasonCode_Name(decided.because)).field("at_ns", decided.at_ns);
  json.field("held_ns", decided.held_ns).field("settings", decided.settings).end();
}

void write(const std::string& path, const Fork& fork, const ForkChange& change, const ForkReport& report,
           const std::string& log, JsonWriter& json) {
  json.object().field("recording", path).field("at_ns", change.at_ns).field("different", what_changes(change));
  for (const ForkMark mark : {ForkMark::kKept, ForkMark::kRecorded, ForkMark::kDelayed, ForkMark::kSuppressed,
                              ForkMark::kModelled, ForkMark::kChange}) {
    json.field(std::string(mark_name(mark)), report.of(mark));
  }
  json.field("same", report.same)
      .field("changed", report.changed)
      .field("gone", report.gone)
      .field("new", report.added)
      .field("same_as_recorded", report.same_as_recorded)
      .field("longer", report.longer);
  json.field("only_observed", fork.recorded() == nullptr).field("assume_hold", fork.assumes_hold());
  write_waits("waits_without", report.waits_without, json);
  write_waits("waits", report.waits, json);
  json.field("runs_on", report.runs_on).field("torn", report.torn).field("log_sha256", log).array("decisions");
  for (const ForkedDecision& decision : report.listed) {
    json.object().field("number", decision.number).field("at_ns", decision.at_ns);
    json.field("operation", decision.here.operation_id()).field("program", decision.here.program());
    json.field("decision", v1::Verdict::Decision_Name(decision.here.decision()));
    json.field("because", v1::ReasonCode_Name(decision.here.because()));
    json.field("held_ns", decision.here.held_ns()).field("settings", decision.settings);
    if (decision.without) write_decided("without", *decision.without, json);
    if (decision.recorded) write_decided("recorded", *decision.recorded, json);
    json.end();
  }
  json.end().end();
}

Expected<std::uint64_t> moment_of(const Arguments& given, const Fork& fork) {
  return parse_moment("--at", given.has("at") ? given.text("at") : "0s", fork.header().started_wall_ns());
}

// Runs the fork, and writes it down if somebody wants it.
Expected<ForkReport> run_once(const Arguments& given, const Fork& fork, const ForkChange& change,
                              const ForkComparison& comparison, DecisionLog& log, EventList& events) {
  const auto marked = [&events](ForkMark mark, const v1::Input& input, const std::string& why) {
    events.add(mark, input, why);
  };
  if (!given.has("output")) return fork.run(change, {&log}, marked, comparison);
  HOLDFAST_TRY(written, ForkedRecording::create(given.text("output"), given.positional()[0], fork, change));
  auto report = fork.run(change, {&log, &written.recorder()}, marked, comparison);
  if (!report) {
    written.discard();
    return report;
  }
  HOLDFAST_TRY_DO(written.finish());
  return report;
}

Expected<ExitCode> fork_once(const Arguments& given, const Asked& asked, const Fork& fork, std::uint64_t limit,
                             Terminal& terminal) {
  const std::string& path = given.positional()[0];
  HOLDFAST_TRY(at_ns, moment_of(given, fork));
  HOLDFAST_TRY(change, fork.change(at_ns, asked.wish));
  DecisionLog log;
  EventList events(time_of(fork), limit, given.has("events"));
  HOLDFAST_TRY(without, fork.without(at_ns, asked.wish));
  const ForkComparison comparison{.without = without.get(), .longer_by_ns = asked.longer_by_ns};
  HOLDFAST_TRY(report, run_once(given, fork, change, comparison, log, events));
  if (given.has("json")) {
    JsonWriter json;
    write(path, fork, change, report, log.sha256(), json);
    terminal.out(json.take() + '\n');
    return tell_broken_promises(report.broken_promises, terminal);
  }
  terminal.out(events.text() + text_of(path, fork, change, report, limit, terminal.out_colours()));
  if (given.has("output"))
    terminal.out(fmt::format("  next: holdfast diff {} {}{}{}\n", file_argument(path),
                             file_argument(given.text("output")), fork.recorded() == nullptr ? options_of(given) : "",
                             fork.assumes_hold() ? " --assume-hold" : ""));
  return tell_broken_promises(report.broken_promises, terminal);
}

// A sweep of one decision, and what the values are held against.
struct Sweep {
  Axis axis;
  std::vector<SweptValue> values;
  SweptValue without;
  std::uint64_t longer_by_ns = 0;
};

std::string swept_line(const SweptValue& one, std::size_t width) {
  std::string text = fmt::format("  {}  {}", padded(one.value, width), one.outcome);
  if (one.held_ns != 0) text += " after " + spoken_duration(one.held_ns);
  return text + fmt::format("   settings {}\n", named(one.settings));
}

std::string swept_text(const Sweep& sweep, const v1::Verdict& verdict) {
  const std::vector<SweptValue>& swept = sweep.values;
  std::size_t width = std::max(sweep.axis.key.size(), sweep.without.value.size());
  for (const SweptValue& one : swept) width = std::max(width, one.value.size());
  std::string text = fmt::format("  {}  {} {} {}\n", padded(sweep.axis.key, width), shown_file_name(verdict.program()),
                                 verdict.operation(), shown_path(verdict.target()));
  text += swept_line(sweep.without, width);
  for (const SweptValue& one : swept) text += swept_line(one, width);
  const std::vector<std::size_t> flips = flips_of(swept);
  const std::vector<std::size_t> longer = longer_waits_of(swept, sweep.longer_by_ns);
  for (const std::size_t i : flips) {
    text += fmt::format("  it flips between {} and {}\n", swept[i - 1].value, swept[i].value);
  }
  for (const std::size_t i : longer) {
    text += fmt::format("  the wait grows between {} and {}\n", swept[i - 1].value, swept[i].value);
  }
  return flips.empty() && longer.empty() ? text + "  it comes out the same for all of them\n" : text;
}

void write_swept(const SweptValue& one, JsonWriter& json) {
  json.field("value", one.value).field("outcome", one.outcome).field("held_ns", one.held_ns);
  json.field("settings", one.settings).end();
}

std::string swept_json(const std::string& path, const Sweep& sweep, const v1::Verdict& verdict) {
  JsonWriter json;
  json.object().field("recording", path).field("key", sweep.axis.key);
  json.field("operation", verdict.operation_id()).object("without");
  write_swept(sweep.without, json);
  json.array("values");
  for (const SweptValue& one : sweep.values) write_swept(one, json.object());
  json.end().end();
  return json.take() + '\n';
}

Expected<ExitCode> sweep(const Arguments& given, const Asked& asked, const Fork& fork, const v1::Verdict& verdict,
                         Terminal& terminal) {
  HOLDFAST_TRY(jobs, given.number("jobs", processors(), kJobsMax));
  HOLDFAST_TRY(axis, parse_axis(given.text("sweep")));
  HOLDFAST_TRY(at_ns, sweeps_moment(axis) ? Expected<std::uint64_t>(0) : moment_of(given, fork));
  const SweepWish wish{.axis = axis, .at_ns = at_ns, .different = asked.wish, .operation_id = verdict.operation_id()};
  auto swept = sweep_fork(fork, wish, static_cast<unsigned>(jobs));
  if (!swept && sweeps_moment(axis) && swept.error().field == axis.key) swept.error().field = "--sweep";
  HOLDFAST_TRY(values, std::move(swept));
  HOLDFAST_TRY(without, unswept(fork, wish));
  const Sweep shown{.axis = axis, .values = values, .without = without, .longer_by_ns = asked.longer_by_ns};
  terminal.out(given.has("json") ? swept_json(given.positional()[0], shown, verdict) : swept_text(shown, verdict));
  return ExitCode::kAsExpected;
}

// Fails on options that mean something to the other of the two: one fork, or a sweep.
Expected<void> check_options(const Arguments& given, const DecisionWish& wish) {
  const char* const of_a_sweep = !wish.any ? "decision" : given.has("jobs") ? "jobs" : nullptr;
  if (!given.has("sweep") && of_a_sweep != nullptr) {
    return std::unexpected(Error{.where = "fork",
                                 .field = std::string("--") + of_a_sweep,
                                 .what = "means something to a sweep only",
                                 .remedy = "add --sweep KEY=FROM..TO"});
  }
  const bool moves = given.text("sweep").starts_with("at=");
  for (const std::string option : {"output", "events", "at"}) {
    if (!given.has("sweep") || !given.has(option) || (option == "at" && !moves)) continue;
    return std::unexpected(Error{.where = "fork",
                                 .field = "--" + option,
                                 .what = "means nothing to this sweep",
                                 .remedy = "leave it out, or fork once"});
  }
  return {};
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  const std::string& path = given.positional()[0];
  HOLDFAST_TRY(limit, given.number("limit", kListedUsually, 1'000'000'000));
  HOLDFAST_TRY(wish, decision_wish(given));
  HOLDFAST_TRY_DO(check_options(given, wish));
  HOLDFAST_TRY(asked, asked_for(given));
  DecisionFinder finder(wish);
  HOLDFAST_TRY(fork, Fork::open(asked.recording, &finder));
  if (!given.has("sweep")) return fork_once(given, asked, fork, limit, terminal);
  if (!finder.found()) return std::unexpected(no_such_decision(path, finder));
  return sweep(given, asked, fork, *finder.found(), terminal);
}

constexpr Command kCommand{"fork", "let a recording go another way from some moment on", line, run};

}  // namespace
}  // namespace fork_subcommand

const Command& fork_command() { return fork_subcommand::kCommand; }

}  // namespace holdfast
