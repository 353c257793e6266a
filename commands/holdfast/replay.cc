// holdfast replay: what the engine decides about a recording, under its own settings or others.
#include "sim/replay/replay.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "commands/holdfast/broken_promises.h"
#include "commands/holdfast/commands.h"
#include "commands/holdfast/file_argument.h"
#include "commands/holdfast/replay_options.h"
#include "commands/holdfast/step_progress.h"
#include "reports/decisions.h"
#include "reports/json.h"
#include "reports/summary.h"
#include "sensors/recording/binary_file.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kListedUsually = 40;

CommandLine line() {
  CommandLine line("replay", "RECORDING", 1, 1);
  line.purpose("decide about a recording again, and say what came out");
  add_replay_options(line);
  line.flag("all", "list every decision, also what was only assessed or passed")
      .option("limit", "N", "list at most N decisions (default 40; 0: all)")
      .option("log", "FILE", "write the decision log there; its SHA-256 is the hash of the replay")
      .flag("decode-only", "read and decode only: the measure for the speed of a replay")
      .example("holdfast replay incident.hfr", "what would have been noticed, every event assessed")
      .example("holdfast replay incident.hfr --settings fixtures/settings/ask-all.txtpb --user deny",
               "what a user who always says no would have stopped")
      .example("holdfast replay incident.hfr --log incident.log && sha256sum incident.log",
               "the decision log; the same hash on every system");
  return line;
}

// What a replay prints of its decisions, and counts of all.
class DecisionList final : public StepObserver {
 public:
  DecisionList(TimeText time, std::uint64_t limit, bool all, bool json, bool colours)
      : context_{.time = time, .settings_name = {}, .policy_place = {}, .program_started = {}, .script = {}},
        limit_(limit),
        all_(all),
        json_wanted_(json),
        style_{.colours = colours} {}

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override {
    for (const v1::Output& output : outputs) {
      if (output.has_verdict()) add(input.at_ns(), output.verdict());
      if (output.has_status()) status_ = output.status();
    }
    return {};
  }

  // What was asked, denied or moot; if nothing was, what was assessed.
  JsonWriter& json() { return chosen().json; }
  const std::string& lines() { return chosen().lines; }
  const DecisionSummary& summary() const { return summary_; }
  std::uint64_t unlisted() { return chosen().unlisted; }
  // Why Behavior Monitoring did not run; empty if it did.
  std::string inactive() const {
    if (status_.effective_active()) return {};
    v1::Verdict words;
    words.set_because(status_.because());
    return because_text(words);
  }
  // The first decision that stopped or asked, or else the first that was assessed; 0: none.
  std::uint64_t most_telling() const { return first_telling_ != 0 ? first_telling_ : first_assessed_; }

 private:
  void add(std::uint64_t at_ns, const v1::Verdict& verdict) {
    summary_.add(verdict);
    const Outcome outcome = outcome_of(verdict);
    const bool telling = outcome != Outcome::kPassed && outcome != Outcome::kAssessed;
    if (telling && first_telling_ == 0) first_telling_ = summary_.decisions();
    if (outcome == Outcome::kAssessed && first_assessed_ == 0) first_assessed_ = summary_.decisions();
    if (telling || all_) return list(at_ns, verdict, telling_);
    if (outcome == Outcome::kAssessed && telling_.listed == 0) list(at_ns, verdict, assessed_);
  }

  struct Listed {
    std::string lines;
    JsonWriter json;
    std::uint64_t listed = 0;
    std::uint64_t unlisted = 0;
    std::uint64_t day = 0;
  };

  void list(std::uint64_t at_ns, const v1::Verdict& verdict, Listed& where) {
    if (limit_ != 0 && where.listed == limit_) {
      ++where.unlisted;
      return;
    }
    ++where.listed;
    if (json_wanted_) {
      write_decision(summary_.decisions(), at_ns, verdict, context_, where.json);
      return;
    }
    if (context_.time.is_wall_clock() && context_.time.day_number(at_ns) != where.day) {
      where.day = context_.time.day_number(at_ns);
      where.lines += "  " + context_.time.day(at_ns) + " (UTC)\n";
    }
    where.lines += decision_line(summary_.decisions(), at_ns, verdict, context_.time, style_) + '\n';
  }

  Listed& chosen() { return telling_.listed != 0 || all_ ? telling_ : assessed_; }

  ExplainContext context_;
  std::uint64_t limit_;
  bool all_;
  bool json_wanted_;
  DecisionStyle style_;
  DecisionSummary summary_;
  Listed telling_;
  Listed assessed_;
  v1::Status status_;
  std::uint64_t first_telling_ = 0;
  std::uint64_t first_assessed_ = 0;
};

// The decision log as a file: whole under its name, or not at all.
class LogFile {
 public:
  static Expected<LogFile> create(const std::string& path) {
    LogFile log;
    if (path.empty()) return log;
    auto file = PartialFile::create(path);
    if (!file) return std::unexpected(file.error());
    log.file_ = std::make_unique<PartialFile>(std::move(*file));
    return log;
  }
  static Expected<void> take(void* whom, std::string_view lines) {
    auto& file = static_cast<LogFile*>(whom)->file_;
    if (!file || lines.empty()) return {};
    const std::span<const char> bytes(lines.data(), lines.size());
    return file->write({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  }
  Expected<void> finish() { return file_ ? file_->finish() : Expected<void>{}; }
  void discard() {
    if (file_) file_->discard();
  }

 private:
  std::unique_ptr<PartialFile> file_;
};

ExitCode decode_only(const std::string& path, bool json, Terminal& terminal) {
  const std::uint64_t began_ns = terminal.stopwatch().now_ns();
  const auto inputs = count_inputs(path);
  if (!inputs) return bad_input(terminal, inputs.error());
  const std::uint64_t took_ns = terminal.stopwatch().now_ns() - began_ns;
  if (json) {
    JsonWriter writer;
    writer.object().field("recording", path).field("inputs", *inputs).field("took_ns", took_ns).end();
    terminal.out(writer.text() + '\n');
  } else {
    terminal.out(fmt::format("  read and decoded {} inputs in {}\n", grouped(*inputs), spoken_duration(took_ns)));
  }
  return ExitCode::kAsExpected;
}

// The options that make another command see the same decisions.
std::string options_of(const Arguments& given) {
  std::string text;
  for (const char* option : {"settings", "platform", "user", "answers-after"}) {
    if (given.has(option)) text += fmt::format(" --{} {}", option, file_argument(given.text(option)));
  }
  return text;
}

void print_json_report(const std::string& path, const Replay& replay, const ReplayResult& result, DecisionList& list,
                       const std::string& hash, std::uint64_t took_ns, Terminal& terminal) {
  JsonWriter json;
  json.object()
      .field("recording", path)
      .field("origin", v1::RecordingHeader::Origin_Name(replay.header().origin()))
      .field("platform", v1::Platform_Name(replay.profile().platform()))
      .field("settings", replay.settings().name())
      .field("events", result.events)
      .field("inputs", result.steps)
      .field("recorded_ns", result.last_at_ns - result.first_at_ns)
      .field("took_ns", took_ns)
      .field("left_out", result.left_out)
      .field("torn", result.torn)
      .field("torn_bytes", result.torn_bytes)
      .field("log_sha256", hash);
  list.summary().write(json);
  // The list was written while it came: its elements follow one another already.
  json.field("inactive_because", list.inactive());
  json.field("unlisted", list.unlisted()).array("listed");
  terminal.out(json.take() + list.json().take());
  terminal.out("]}\n");
}

void print_text_report(const std::string& path, const std::string& same_options, const Replay& replay,
                       const ReplayResult& result, DecisionList& list, const std::string& hash, std::uint64_t took_ns,
                       Terminal& terminal) {
  std::string text = list.lines();
  if (list.unlisted() != 0) text += fmt::format("  … and {} more (--limit 0 lists all)\n", grouped(list.unlisted()));
  text += list.summary().table();
  text += fmt::format("  {}    {} events    {} ({} recorded)\n", list.summary().sentence(), grouped(result.events),
                      spoken_duration(took_ns), spoken_duration(result.last_at_ns - result.first_at_ns));
  text += fmt::format("  settings {}    {}    log {}\n",
                      printable(replay.settings().name().empty() ? "without a name" : replay.settings().name()),
                      platform_name(replay.profile().platform()), hash);
  if (const std::string why = list.inactive(); !why.empty()) {
    text += "  Behavior Monitoring did not run: " + why + '\n';
  } else if (!replay.settings().event_monitoring().enabled()) {
    text += "  Event Monitoring is off in these settings: no monitored event was looked for\n";
  }
  if (replay.header().origin() == v1::RecordingHeader::IMPORTED) {
    text += "  imported observations: a verdict says what would have been decided, not what was held\n";
  }
  if (result.left_out != 0) {
    text += fmt::format("  {} recorded answers and settings were left out: other settings decide\n",
                        grouped(result.left_out));
  }
  if (result.torn) {
    text +=
        fmt::format("  the recording ends without its trailer: {} bytes were cut off\n", grouped(result.torn_bytes));
  }
  if (list.most_telling() != 0) {
    text += fmt::format("  next: holdfast explain {}{} --decision {}\n", file_argument(path), same_options,
                        list.most_telling());
  }
  terminal.out(text);
}

ExitCode run(const Arguments& given, Terminal& terminal) {
  const std::string& path = given.positional()[0];
  if (given.has("decode-only")) return decode_only(path, given.has("json"), terminal);
  const auto limit = given.number("limit", kListedUsually, 1'000'000'000);
  if (!limit) return bad_input(terminal, limit.error());
  auto request = replay_request(path, given);
  if (!request) return bad_input(terminal, request.error());
  if (request->options.settings && request->options.settings->name().empty()) {
    request->options.settings->set_name(request->settings_name);
  }
  const std::uint64_t began_ns = terminal.stopwatch().now_ns();
  auto replay = Replay::open(std::move(request->options));
  if (!replay) return bad_input(terminal, replay.error());
  auto log_file = LogFile::create(given.text("log"));
  if (!log_file) return bad_input(terminal, log_file.error());

  DecisionLog log(&LogFile::take, &*log_file);
  DecisionList list(TimeText::by_wall_clock(replay->header().started_wall_ns()), *limit, given.has("all"),
                    given.has("json"), terminal.out_colours());
  StepProgress progress(terminal, given.has("progress"));
  auto result = replay->run({&log, &list, &progress});
  progress.clear();
  Expected<void> written;
  if (result) written = log.finish();
  if (result && written) written = log_file->finish();
  if (!result || !written) {
    log_file->discard();
    return bad_input(terminal, result ? written.error() : result.error());
  }
  const std::uint64_t took_ns = terminal.stopwatch().now_ns() - began_ns;
  if (given.has("json")) {
    print_json_report(path, *replay, *result, list, log.sha256(), took_ns, terminal);
  } else {
    print_text_report(path, options_of(given), *replay, *result, list, log.sha256(), took_ns, terminal);
  }
  return tell_broken_promises(result->broken_promises, terminal);
}

}  // namespace

const Command& replay_command() {
  static const Command kCommand{"replay", "decide about a recording again, under given settings", line, run};
  return kCommand;
}

}  // namespace holdfast
