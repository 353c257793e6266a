// holdfast verify: whether the engine says again what was recorded, byte for byte.
#include <fmt/format.h>

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "agent/playback.h"
#include "engine/core/decision_log.h"
#include "engine/core/sha256.h"
#include "reports/timeline.h"
#include "reports/wording.h"
#include "sensors/recording/recording.h"
#include "sim/commands/command.h"

namespace holdfast {
namespace {

constexpr std::size_t kLinesBefore = 5;  // of the story, before the first difference

CommandLine line() {
  CommandLine line("verify", "RECORDING...", 1, CommandLine::kArgumentsMax);
  line.purpose("feed every recorded input to the engine and compare what it says, byte for byte");
  line.example("holdfast verify incident.hfr", "does this build decide what was decided in the field?")
      .example("holdfast record late.txtpb -o late.hfr && holdfast verify late.hfr", "the same for a scenario");
  return line;
}

struct Verified {
  std::string path;
  Playback playback;
  bool torn = false;
  std::uint64_t lost = 0;
  std::string log_sha256;  // of what the engine decides now
  std::optional<PlaybackDifference> first;
  std::deque<std::string> before;  // lines of the story that lead to it

  bool same() const { return !first; }
};

// The line of the decision log, or the message where it has none.
std::string described(std::uint64_t at_ns, const std::optional<v1::Output>& output) {
  if (!output) return "nothing";
  std::string text;
  engine::append_log_line(at_ns, *output, text);
  if (text.empty()) return output->ShortDebugString();
  text.pop_back();
  return text;
}

// Keeps the last lines of the story, until there is a difference.
class Lead {
 public:
  void add(const Playback& playback, std::deque<std::string>& lines) {
    std::vector<TimelineRow> rows;
    view_.add(playback.last_input(), playback.last_outputs(), rows);
    for (const TimelineRow& row : rows) {
      lines.push_back(timeline_line(row, TimeText::since_start(), {}));
      if (lines.size() > kLinesBefore) lines.pop_front();
    }
  }

 private:
  TimelineView view_;
};

Error has_no_outputs(const std::string& path) {
  return {.where = path,
          .field = {},
          .what = "was imported from event logs: it holds observations, and nothing that an engine said",
          .remedy = "holdfast replay decides about it"};
}

Expected<Verified> verify(const std::string& path) {
  auto reader = RecordingReader::open(path);
  if (!reader) return std::unexpected(reader.error());
  if (reader->header().origin() == v1::RecordingHeader::IMPORTED) return std::unexpected(has_no_outputs(path));
  Verified verified{.path = path, .playback = Playback(), .log_sha256 = {}, .first = {}, .before = {}};
  Playback& playback = verified.playback;
  engine::Sha256 log;
  Lead lead;
  v1::Record record;
  while (true) {
    const auto next = reader->next(record);
    if (!next) return std::unexpected(next.error());
    if (*next == RecordingReader::Next::kEnd) break;
    auto difference = playback.take(record);
    if (!difference) {
      return std::unexpected(Error{.where = path,
                                   .field = "snapshot." + difference.error().field,
                                   .what = difference.error().what,
                                   .remedy = "verify it with the build that recorded it"});
    }
    if (*difference && !verified.first) verified.first = std::move(**difference);
    if (!record.has_input()) continue;
    std::string lines;
    for (const v1::Output& output : playback.last_outputs()) {
      engine::append_log_line(record.input().at_ns(), output, lines);
    }
    log.update(lines);
    if (!verified.first) lead.add(playback, verified.before);
  }
  verified.torn = reader->torn();
  verified.lost = reader->trailer().inputs_lost();
  if (!verified.first && !verified.torn) verified.first = playback.end();
  verified.log_sha256 = log.hex();
  return verified;
}

std::string text_of(const Verified& verified) {
  const Playback& playback = verified.playback;
  std::string text =
      fmt::format("  {}  {}   {} inputs, {} of {} outputs equal   log {}\n", verified.same() ? "ok  " : "DIFF",
                  printable(verified.path), grouped(playback.inputs()), grouped(playback.equal_outputs()),
                  grouped(playback.outputs()), verified.log_sha256);
  if (verified.torn) text += "        its end is torn off: what came after is not known\n";
  if (verified.lost != 0) {
    text += fmt::format("        {} inputs were lost while it was recorded\n", grouped(verified.lost));
  }
  if (verified.same()) return text;
  const PlaybackDifference& first = *verified.first;
  text += fmt::format("        first difference at input {}\n", first.input.sequence());
  for (const std::string& line : verified.before) text += "            " + line + '\n';
  if (!first.recorded && !first.replayed) return text + "          the state differs from the recorded snapshot\n";
  text += "          recorded  " + printable(described(first.input.at_ns(), first.recorded)) + '\n';
  text += "          now       " + printable(described(first.input.at_ns(), first.replayed)) + '\n';
  return text;
}

void write(const Verified& verified, JsonWriter& json) {
  const Playback& playback = verified.playback;
  json.object().field("recording", verified.path).field("same", verified.same());
  json.field("inputs", playback.inputs()).field("outputs", playback.outputs());
  json.field("equal_outputs", playback.equal_outputs()).field("snapshots", playback.snapshots());
  json.field("torn", verified.torn).field("inputs_lost", verified.lost).field("log_sha256", verified.log_sha256);
  if (verified.first) {
    const PlaybackDifference& first = *verified.first;
    json.object("first_difference").field("sequence", first.input.sequence()).field("at_ns", first.input.at_ns());
    json.field("recorded", described(first.input.at_ns(), first.recorded));
    json.field("now", described(first.input.at_ns(), first.replayed)).end();
  }
  json.end();
}

ExitCode run(const Arguments& given, Terminal& terminal) {
  JsonWriter json;
  json.object().array("recordings");
  std::uint64_t different = 0;
  for (const std::string& path : given.positional()) {
    const auto verified = verify(path);
    if (!verified) return bad_input(terminal, verified.error());
    different += verified->same() ? 0 : 1;
    if (given.has("json")) {
      write(*verified, json);
    } else {
      terminal.out(text_of(*verified));
    }
  }
  json.end().field("different", different).end();
  if (given.has("json")) terminal.out(json.take() + '\n');
  return different == 0 ? ExitCode::kAsExpected : ExitCode::kExpectationFailed;
}

}  // namespace

const Command& verify_command() {
  static const Command kCommand{"verify", "whether this build says again what was recorded, byte for byte", line, run};
  return kCommand;
}

}  // namespace holdfast
