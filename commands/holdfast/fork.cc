// holdfast fork: a recording that goes another way from some moment on.
#include "sim/fork/fork.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "commands/holdfast/broken_promises.h"
#include "commands/holdfast/commands.h"
#include "commands/holdfast/decision_choice.h"
#include "commands/holdfast/file_argument.h"
#include "commands/holdfast/replay_options.h"
#include "commands/holdfast/story.h"
#include "reports/decisions.h"
#include "reports/json.h"
#include "reports/timeline.h"
#include "reports/wording.h"
#include "sim/replay/recorded_run.h"
#include "sim/scenario/parallel.h"
#include "sim/scenario/verdict_map.h"
#include "sim/text/duration.h"
#include "sim/text/file_hash.h"
#include "sim/text/settings_file.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kListedUsually = 40;
constexpr std::string_view kMoment = "at";  // the key of a sweep over the moment of the fork

CommandLine line() {
  CommandLine line("fork", "RECORDING", 1, 1);
  line.purpose("keep a recording up to a moment, then let it go another way, and say what comes out otherwise");
  line.option("at", "TIME", "when it forks: 90s after the start, or 03:06:58 (default: the start)")
      .list("what-if", "KEY=VALUE", "what is different then, as in holdfast run --what-if; several are allowed")
      .option("world", "FILE", "the services, proxies, network and person from then on (protobuf text of World)")
      .list("approve", "PATH", "a program or pattern more on the approved list")
      .list("block", "PATH", "a program or pattern more on the blocked list")
      .option("output,o", "FILE", "write the forked run as a recording (.hfr)")
      .flag("events", "list what became of every input after the fork")
      .option("limit", "N", "list at most N decisions and events (default 40; 0: all)")
      .option("sweep", "AXIS",
              "fork once per value and show the verdict: at=1s..9s/9, or KEY=A,B,C; then one decision:");
  add_decision_options(line);
  line.option("jobs,j", "N", "forks at a time in a sweep (default: one per processor)");
  add_replay_options(line);
  line.example("holdfast fork incident.hfr --at 10s --what-if service.latency=5s", "had the service been slow")
      .example("holdfast fork incident.hfr --at 03:06:58 --block 'C:\\Users\\user\\setup.exe' -o blocked.hfr",
               "had it been blocked; then: holdfast diff incident.hfr blocked.hfr")
      .example("holdfast fork incident.hfr --sweep service.latency=100ms..3s/8", "from which latency on it is denied");
  return line;
}

struct Asked {
  ReplayOptions recording;
  ForkWish wish;
};

// --settings, --user and --answers-after hold from the fork on; the rest of the replay's options from the start.
Expected<Asked> asked_for(const Arguments& given) {
  auto request = replay_request(given.positional()[0], given);
  if (!request) return std::unexpected(request.error());
  Asked asked{.recording = std::move(request->options), .wish = {}};
  asked.wish.settings = std::exchange(asked.recording.settings, std::nullopt);
  asked.wish.person = std::exchange(asked.recording.user, ReplayUser::kAsRecorded);
  asked.wish.answers_after_ns = asked.recording.answers_after_ns;
  asked.wish.approved = given.texts("approve");
  asked.wish.blocked = given.texts("block");
  asked.wish.what_if = given.texts("what-if");
  if (given.has("world")) {
    const std::string path = given.text("world");
    const auto text = read_text_file(path, kTextFileBytesMax);
    if (!text) return std::unexpected(text.error());
    if (auto parsed = parse_text_proto(path, *text, asked.wish.world.emplace()); !parsed) {
      return std::unexpected(parsed.error());
    }
  }
  return asked;
}

std::string what_changes(const ForkChange& change) {
  std::string text;
  for (const auto& [changes, what] : {std::pair{change.settings, "settings"},
                                      {change.network, "network"},
                                      {change.services, "services"},
                                      {change.person, "person"}}) {
    if (changes) text += (text.empty() ? "" : ", ") + std::string(what);
  }
  return text.empty() ? "nothing" : text;
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  constexpr std::uint64_t kPerMille = 1'000;
  const std::uint64_t per_mille = whole == 0 ? 0 : (part * kPerMille + whole / 2) / whole;
  return fmt::format("{} ({}.{} %)", grouped(part), per_mille / 10, per_mille % 10);
}

std::string told(v1::Verdict::Decision decision, v1::ReasonCode because) {
  return fmt::format("{}, {}", v1::Verdict::Decision_Name(decision), v1::ReasonCode_Name(because));
}

// What came out of the recording as it is; `otherwise` where nothing did.
std::string recorded(const ForkedDecision& decision, std::string_view otherwise) {
  return decision.there ? told(decision.there->decision, decision.there->because) : std::string(otherwise);
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
  for (const ForkedDecision& decision : report.listed) {
    if (limit != 0 && listed++ == limit) break;
    text += decision_line(decision.number, decision.at_ns, decision.here, time, {.colours = colours}) + '\n';
    text += "        recorded: " + recorded(decision, "no decision") + '\n';
  }
  const std::uint64_t differing = report.changed + report.added;
  if (limit != 0 && differing > limit)
    text += fmt::format("  … and {} more (--limit 0 lists all)\n", grouped(differing - limit));
  const std::uint64_t after = report.recorded_after();
  text += fmt::format("  decisions    {} as recorded, {} changed, {} gone, {} new\n", grouped(report.same),
                      grouped(report.changed), grouped(report.gone), grouped(report.added));
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
  return text;
}

void write(const std::string& path, const ForkChange& change, const ForkReport& report, const std::string& log,
           JsonWriter& json) {
  json.object().field("recording", path).field("at_ns", change.at_ns).field("different", what_changes(change));
  for (const ForkMark mark : {ForkMark::kKept, ForkMark::kRecorded, ForkMark::kDelayed, ForkMark::kSuppressed,
                              ForkMark::kModelled, ForkMark::kChange}) {
    json.field(std::string(mark_name(mark)), report.of(mark));
  }
  json.field("same", report.same)
      .field("changed", report.changed)
      .field("gone", report.gone)
      .field("new", report.added);
  json.field("runs_on", report.runs_on).field("torn", report.torn).field("log_sha256", log).array("decisions");
  for (const ForkedDecision& decision : report.listed) {
    json.object().field("number", decision.number).field("at_ns", decision.at_ns);
    json.field("operation", decision.here.operation_id()).field("program", decision.here.program());
    json.field("decision", v1::Verdict::Decision_Name(decision.here.decision()));
    json.field("because", v1::ReasonCode_Name(decision.here.because()));
    json.field("recorded", recorded(decision, "")).end();
  }
  json.end().end();
}

// The forked run as a recording, if somebody wants it.
class Written {
 public:
  static Expected<Written> create(const std::string& path, const std::string& of, const Fork& fork,
                                  const ForkChange& change) {
    Written written;
    if (path.empty()) return written;
    const auto hash = sha256_of(of);
    if (!hash) return std::unexpected(hash.error());
    v1::RecordingHeader header = fork.header();
    header.set_origin(v1::RecordingHeader::SIMULATED);
    header.set_writer("holdfast fork");
    header.set_source(fmt::format("recording {}, SHA-256 {}, forked at {}; different: {}", file_name(portable_path(of)),
                                  *hash, duration_text(change.at_ns), what_changes(change)));
    header.clear_import();
    auto writer = RecordingWriter::create(path, header);
    if (!writer) return std::unexpected(writer.error());
    written.writer_ = std::make_unique<RecordingWriter>(std::move(*writer));
    written.recorder_ = std::make_unique<StepRecorder>(*written.writer_);
    if (!fork.state()) return written;
    if (auto begun = written.writer_->write(*fork.state()); !begun) {
      written.discard();
      return std::unexpected(begun.error());
    }
    return written;
  }

  void observe(std::vector<StepObserver*>& observers) const {
    if (recorder_) observers.push_back(recorder_.get());
  }
  void discard() {
    if (writer_) writer_->discard();
  }
  Expected<void> finish() {
    if (!writer_) return {};
    recorder_->end();
    return writer_->close();
  }

 private:
  std::unique_ptr<RecordingWriter> writer_;
  std::unique_ptr<StepRecorder> recorder_;
};

ExitCode fork_once(const Arguments& given, const Asked& asked, const Fork& fork, std::uint64_t limit,
                   Terminal& terminal) {
  const std::string& path = given.positional()[0];
  const auto at_ns = parse_moment("--at", given.has("at") ? given.text("at") : "0s", fork.header().started_wall_ns());
  if (!at_ns) return bad_input(terminal, at_ns.error());
  const auto change = fork.change(*at_ns, asked.wish);
  if (!change) return bad_input(terminal, change.error());
  auto written = Written::create(given.text("output"), path, fork, *change);
  if (!written) return bad_input(terminal, written.error());
  DecisionLog log;
  std::vector<StepObserver*> observers{&log};
  written->observe(observers);
  EventList events(time_of(fork), limit, given.has("events"));
  const auto report = fork.run(
      *change, observers,
      [&events](ForkMark mark, const v1::Input& input, const std::string& why) { events.add(mark, input, why); });
  if (!report) {
    written->discard();
    return bad_input(terminal, report.error());
  }
  if (auto finished = written->finish(); !finished) return bad_input(terminal, finished.error());
  if (given.has("json")) {
    JsonWriter json;
    write(path, *change, *report, log.sha256(), json);
    terminal.out(json.take() + '\n');
    return tell_broken_promises(report->broken_promises, terminal);
  }
  terminal.out(events.text() + text_of(path, fork, *change, *report, limit, terminal.out_colours()));
  if (given.has("output"))
    terminal.out(
        fmt::format("  next: holdfast diff {} {}\n", file_argument(path), file_argument(given.text("output"))));
  return tell_broken_promises(report->broken_promises, terminal);
}

// What comes out of one decision for one value of a sweep.
struct Swept {
  std::string outcome;
  std::optional<Error> failed;
};

// Catches the verdict about one operation.
class OneVerdict final : public StepObserver {
 public:
  explicit OneVerdict(std::uint64_t operation_id) : operation_id_(operation_id) {}
  Expected<void> on_step(const v1::Input& /*input*/, const std::vector<v1::Output>& outputs) override {
    for (const v1::Output& output : outputs) {
      if (!output.has_verdict() || output.verdict().operation_id() != operation_id_) continue;
      outcome_ = told(output.verdict().decision(), output.verdict().because());
    }
    return {};
  }
  const std::string& outcome() const { return outcome_; }

 private:
  std::uint64_t operation_id_;
  std::string outcome_ = "no verdict: it does not happen";
};

Swept swept(const Arguments& given, const Asked& asked, const Fork& fork, const Axis& axis, const std::string& value,
            std::uint64_t operation_id) {
  const bool moves = axis.key == kMoment;
  const auto at_ns = parse_moment(moves ? "--sweep" : "--at",
                                  moves             ? value
                                  : given.has("at") ? given.text("at")
                                                    : "0s",
                                  fork.header().started_wall_ns());
  if (!at_ns) return {.outcome = {}, .failed = at_ns.error()};
  ForkWish wish = asked.wish;
  if (!moves) wish.what_if.push_back(axis.key + '=' + value);
  const auto change = fork.change(*at_ns, wish);
  if (!change) return {.outcome = {}, .failed = change.error()};
  OneVerdict verdict(operation_id);
  const auto report = fork.run(*change, {&verdict});
  if (!report) return {.outcome = {}, .failed = report.error()};
  return {.outcome = verdict.outcome(), .failed = {}};
}

ExitCode sweep(const Arguments& given, const Asked& asked, const Fork& fork, const v1::Verdict& verdict,
               Terminal& terminal) {
  const auto jobs = given.number("jobs", processors(), kJobsMax);
  if (!jobs) return bad_input(terminal, jobs.error());
  const auto axis = parse_axis(given.text("sweep"));
  if (!axis) return bad_input(terminal, axis.error());
  std::vector<Swept> outcomes(axis->values.size());
  for_each_index(outcomes.size(), static_cast<unsigned>(*jobs), [&](std::size_t i) {
    outcomes[i] = swept(given, asked, fork, *axis, axis->values[i], verdict.operation_id());
  });
  std::size_t width = axis->key.size();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].failed) return bad_input(terminal, *outcomes[i].failed);
    width = std::max(width, axis->values[i].size());
  }
  if (given.has("json")) {
    JsonWriter json;
    json.object().field("recording", given.positional()[0]).field("key", axis->key);
    json.field("operation", verdict.operation_id()).array("values");
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      json.object().field("value", axis->values[i]).field("outcome", outcomes[i].outcome).end();
    }
    json.end().end();
    terminal.out(json.take() + '\n');
    return ExitCode::kAsExpected;
  }
  std::string text = fmt::format("  {}  {} {} {}\n", padded(axis->key, width), file_name(verdict.program()),
                                 verdict.operation(), printable(verdict.target()));
  std::string flips;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    text += fmt::format("  {}  {}\n", padded(axis->values[i], width), outcomes[i].outcome);
    if (i == 0 || outcomes[i].outcome == outcomes[i - 1].outcome) continue;
    flips += fmt::format("  it flips between {} and {}\n", axis->values[i - 1], axis->values[i]);
  }
  terminal.out(text + (flips.empty() ? "  it comes out the same for all of them\n" : flips));
  return ExitCode::kAsExpected;
}

ExitCode run(const Arguments& given, Terminal& terminal) {
  const std::string& path = given.positional()[0];
  const auto limit = given.number("limit", kListedUsually, 1'000'000'000);
  if (!limit) return bad_input(terminal, limit.error());
  const auto wish = decision_wish(given);
  if (!wish) return bad_input(terminal, wish.error());
  const char* const of_a_sweep = !wish->any ? "decision" : given.has("jobs") ? "jobs" : nullptr;
  if (!given.has("sweep") && of_a_sweep != nullptr) {
    return bad_input(terminal, Error{.where = "fork",
                                     .field = std::string("--") + of_a_sweep,
                                     .what = "means something to a sweep only",
                                     .remedy = "add --sweep KEY=FROM..TO"});
  }
  const bool moves = given.text("sweep").starts_with("at=");
  for (const std::string option : {"output", "events", "at"}) {
    if (!given.has("sweep") || !given.has(option) || (option == kMoment && !moves)) continue;
    return bad_input(terminal, Error{.where = "fork",
                                     .field = "--" + option,
                                     .what = "means nothing to this sweep",
                                     .remedy = "leave it out, or fork once"});
  }
  const auto asked = asked_for(given);
  if (!asked) return bad_input(terminal, asked.error());
  DecisionFinder finder(*wish);
  const auto fork = Fork::open(asked->recording, &finder);
  if (!fork) return bad_input(terminal, fork.error());
  if (!given.has("sweep")) return fork_once(given, *asked, *fork, *limit, terminal);
  if (!finder.found()) return bad_input(terminal, no_such_decision(path, finder));
  return sweep(given, *asked, *fork, *finder.found(), terminal);
}

}  // namespace

const Command& fork_command() {
  static const Command kCommand{"fork", "let a recording go another way from some moment on", line, run};
  return kCommand;
}

}  // namespace holdfast
