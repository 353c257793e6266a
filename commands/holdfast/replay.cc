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
#include "reports/decision_listing.h"
#include "reports/explain.h"
#include "reports/json.h"
#include "reports/prompt_rate.h"
#include "sensors/recording/binary_file.h"

namespace holdfast {
namespace replay_subcommand {
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

// Shows a listing what a replay decides.
class Listed final : public StepObserver {
 public:
  explicit Listed(const DecisionListingOptions& options) : decisions(options) {}

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override {
    for (const v1::Output& output : outputs) {
      if (output.has_verdict()) decisions.add(input.at_ns(), output.verdict());
      if (output.has_status()) status_ = output.status();
    }
    prompts.add(input, outputs);
    return {};
  }
  // Why Behavior Monitoring did not run; empty if it did, and where a recording that begins with a state does not tell.
  std::string inactive() const {
    return !status_ || status_->effective_active() ? std::string() : because_text(status_->because());
  }

  DecisionListing decisions;
  PromptRate prompts;

 private:
  std::optional<v1::Status> status_;
};

// The decision log as a file: whole under its name, or not at all.
class LogFile {
 public:
  static Expected<LogFile> create(const std::string& path) {
    LogFile log;
    if (path.empty()) return log;
    HOLDFAST_TRY(file, PartialFile::create(path));
    log.file_ = std::make_unique<PartialFile>(std::move(file));
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

Expected<ExitCode> decode_only(const std::string& path, bool json, Terminal& terminal) {
  const std::uint64_t began_ns = terminal.stopwatch().now_ns();
  HOLDFAST_TRY(inputs, count_inputs(path));
  const std::uint64_t took_ns = terminal.stopwatch().now_ns() - began_ns;
  if (json) {
    JsonWriter writer;
    writer.object().field("recording", path).field("inputs", inputs).field("took_ns", took_ns).end();
    terminal.out(writer.text() + '\n');
  } else {
    terminal.out(fmt::format("  read and decoded {} inputs in {}\n", grouped(inputs), spoken_duration(took_ns)));
  }
  return ExitCode::kAsExpected;
}

void print_json_report(const std::string& path, const Replay& replay, const ReplayResult& result, Listed& listed,
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
  listed.decisions.summary().write(json);
  listed.prompts.write(json);
  // The list was written while it came: its elements follow one another already.
  json.field("inactive_because", listed.inactive());
  json.field("unlisted", listed.decisions.unlisted()).array("listed");
  terminal.out(json.take() + listed.decisions.json().take());
  terminal.out("]}\n");
}

void print_text_report(const std::string& path, const std::string& same_options, const Replay& replay,
                       const ReplayResult& result, Listed& listed, const std::string& hash, std::uint64_t took_ns,
                       Terminal& terminal) {
  std::string text = listed.decisions.lines();
  if (listed.decisions.unlisted() != 0)
    text += fmt::format("  … and {} more (--limit 0 lists all)\n", grouped(listed.decisions.unlisted()));
  text += listed.decisions.summary().table();
  text += fmt::format("  {}    {} events    {} ({} recorded)\n", listed.decisions.summary().sentence(),
                      grouped(result.events), spoken_duration(took_ns),
                      spoken_duration(result.last_at_ns - result.first_at_ns));
  text += listed.prompts.text();
  text += fmt::format("  settings {}    {}    log {}\n",
                      printable(replay.settings().name().empty() ? "without a name" : replay.settings().name()),
                      platform_name(replay.profile().platform()), hash);
  if (const std::string why = listed.inactive(); !why.empty()) {
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
  if (listed.decisions.most_telling() != 0) {
    text += fmt::format("  next: holdfast explain {}{} --decision {}\n", file_argument(path), same_options,
                        listed.decisions.most_telling());
  }
  terminal.out(text);
}

Expected<ReplayRequest> named_request(const std::string& path, const Arguments& given) {
  HOLDFAST_TRY(request, replay_request(path, given));
  if (request.options.settings && request.options.settings->name().empty()) {
    request.options.settings->set_name(request.settings_name);
  }
  return std::move(request);
}

// Replays with the decision log written beside it: whole, or not at all.
Expected<ReplayResult> run_logged(Replay& replay, DecisionLog& log, LogFile& file,
                                  const std::vector<StepObserver*>& observers) {
  auto result = replay.run(observers);
  Expected<void> written;
  if (result) written = log.finish();
  if (result && written) written = file.finish();
  if (!result || !written) file.discard();
  if (result && !written) return std::unexpected(written.error());
  return result;
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  const std::string& path = given.positional()[0];
  if (given.has("decode-only")) return decode_only(path, given.has("json"), terminal);
  HOLDFAST_TRY(limit, given.number("limit", kListedUsually, 1'000'000'000));
  HOLDFAST_TRY(request, named_request(path, given));
  const std::uint64_t began_ns = terminal.stopwatch().now_ns();
  HOLDFAST_TRY(replay, Replay::open(std::move(request.options)));
  HOLDFAST_TRY(log_file, LogFile::create(given.text("log")));
  DecisionLog log(&LogFile::take, &log_file);
  Listed listed({.time = TimeText::by_wall_clock(replay.header().started_wall_ns()),
                 .limit = limit,
                 .all = given.has("all"),
                 .json = given.has("json"),
                 .colours = terminal.out_colours()});
  StepProgress progress(terminal, given.has("progress"));
  HOLDFAST_TRY(result, run_logged(replay, log, log_file, {&log, &listed, &progress}));
  progress.clear();
  const std::uint64_t took_ns = terminal.stopwatch().now_ns() - began_ns;
  if (given.has("json")) {
    print_json_report(path, replay, result, listed, log.sha256(), took_ns, terminal);
  } else {
    print_text_report(path, options_of(given), replay, result, listed, log.sha256(), took_ns, terminal);
  }
  return tell_broken_promises(result.broken_promises, terminal);
}

constexpr Command kCommand{"replay", "decide about a recording again, under given settings", line, run};

}  // namespace
}  // namespace replay_subcommand

const Command& replay_command() { return replay_subcommand::kCommand; }

}  // namespace holdfast
