// holdfast verify: whether the engine says again what was recorded, byte for byte.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>

#include "commands/holdfast/commands.h"
#include "commands/holdfast/each_recording.h"
#include "commands/holdfast/verify_against.h"
#include "engine/log/decision_log.h"
#include "reports/explain.h"
#include "reports/timeline.h"
#include "reports/wording.h"
#include "sim/replay/verification.h"

namespace holdfast {
namespace verify_subcommand {
namespace {

constexpr std::size_t kRowsBefore = 5;  // of the story, before the first difference

CommandLine line() {
  CommandLine line("verify", "RECORDING...", 1, CommandLine::kArgumentsMax);
  line.purpose("feed every recorded input to the engine and compare what it says, byte for byte");
  line.flag("hash", "also say the SHA-256 of the decision log, as replay does");
  add_against_options(line);
  line.example("holdfast verify incident.hfr", "does this build decide what was decided in the field?")
      .example("holdfast record late.txtpb -o late.hfr && holdfast verify late.hfr", "the same for a scenario")
      .example("holdfast verify a.hfr b.hfr --against ../last-release/holdfast",
               "what the last release decides otherwise");
  return line;
}

// "99.99 %", cut and never rounded up, so that 100.00 % means all.
std::string share(const Fidelity& fidelity) {
  if (fidelity.compared() == 0) return "nothing to compare";
  const std::uint64_t hundredths = fidelity.equal() * 10'000 / fidelity.compared();
  return fmt::format("{}.{:02} %", hundredths / 100, hundredths % 100);
}

std::string summary(const Verification& verified) {
  const Fidelity& fidelity = verified.fidelity;
  std::string text = fmt::format(
      "  {}  {}   {} inputs, {} of {} outputs", verified.good() ? "ok  " : (verified.same() ? "BAD " : "DIFF"),
      printable(verified.path), grouped(fidelity.inputs), grouped(fidelity.equal_outputs), grouped(fidelity.outputs));
  if (fidelity.states != 0) {
    text += fmt::format(" and {} of {} states", grouped(fidelity.equal_states), grouped(fidelity.states));
  }
  text += fmt::format(" equal ({})", share(fidelity));
  if (!verified.log_sha256.empty()) text += "   log " + verified.log_sha256;
  text += '\n';
  if (verified.damages != 0) {
    text += fmt::format("        {} places are damaged, the first: {}\n", grouped(verified.damages),
                        printable(verified.damage));
    text += fmt::format("        {} inputs behind them were not compared: no state was recorded before them\n",
                        grouped(verified.inputs_skipped));
  }
  if (verified.lost()) text += "        nothing of it is left\n";
  if (verified.torn) text += "        its end is torn off: what came after is not known\n";
  if (verified.inputs_lost != 0) {
    text += fmt::format("        {} inputs were lost while it was recorded\n", grouped(verified.inputs_lost));
  }
  return text;
}

// One side of a difference: the line of the log, and a verdict's reasons in sentences.
std::string side(std::string_view label, std::uint64_t at_ns, const std::optional<v1::Output>& output) {
  std::string line = described(at_ns, output);
  std::ranges::replace(line, '\t', ' ');
  std::string text = fmt::format("          {}  {}\n", padded(label, 8), printable(line));
  if (!output || !output->has_verdict()) return text;
  int number = 0;
  for (const std::string& sentence : explain(at_ns, output->verdict(), {}).chain) {
    text += fmt::format("                    {:2}. {}\n", ++number, sentence);
  }
  return text;
}

std::string difference_text(const PlaybackDifference& first, const std::deque<TimelineRow>& before) {
  const std::uint64_t at_ns = first.at_ns;
  std::string text = fmt::format("        first difference at input {}\n", first.sequence);
  for (const TimelineRow& row : before) text += "            " + timeline_line(row, TimeText::since_start(), {}) + '\n';
  if (!first.recorded && !first.replayed) {
    text += "          the state differs from the recorded snapshot\n";
  } else {
    text += side("recorded", at_ns, first.recorded) + side("now", at_ns, first.replayed);
  }
  if (!first.fields.empty()) text += fmt::format("          fields    {}\n", fmt::join(first.fields, ", "));
  return text;
}

void write_difference(const PlaybackDifference& first, JsonWriter& json) {
  json.object("first_difference").field("sequence", first.sequence).field("at_ns", first.at_ns);
  json.field("recorded", described(first.at_ns, first.recorded));
  json.field("now", described(first.at_ns, first.replayed)).array("fields");
  for (const std::string& field : first.fields) json.element(field);
  json.end().end();
}

void write(const Verification& verified, JsonWriter& json) {
  const Fidelity& fidelity = verified.fidelity;
  json.object().field("recording", verified.path).field("same", verified.same());
  json.field("inputs", fidelity.inputs).field("outputs", fidelity.outputs);
  json.field("equal_outputs", fidelity.equal_outputs).field("states", fidelity.states);
  json.field("equal_states", fidelity.equal_states).field("differences", verified.differences);
  json.field("torn", verified.torn).field("inputs_lost", verified.inputs_lost);
  json.field("damages", verified.damages).field("inputs_skipped", verified.inputs_skipped);
  if (!verified.damage.empty()) json.field("damage", verified.damage);
  if (!verified.log_sha256.empty()) json.field("log_sha256", verified.log_sha256);
  if (verified.first) write_difference(*verified.first, json);
  json.end();
}

Expected<std::string> text_of(const Verification& verified) {
  std::string text = summary(verified);
  if (verified.same()) return text;
  HOLDFAST_TRY(before, rows_before(verified.path, *verified.first, kRowsBefore));
  text += difference_text(*verified.first, before);
  if (verified.differences > 1) {
    text += fmt::format("        … and {} further differences\n", grouped(verified.differences - 1));
  }
  return text;
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  HOLDFAST_TRY_DO(check_against_options(given));
  if (given.has("against")) return verify_against(given, terminal);
  JsonWriter json;
  json.object();
  return look_at_each(given, terminal, json, [&](const std::string& path, JsonWriter& to) -> Expected<bool> {
    HOLDFAST_TRY(verified, verify_recording(path, given.has("hash")));
    if (given.has("json")) {
      write(verified, to);
      return verified.good();
    }
    HOLDFAST_TRY(text, text_of(verified));
    terminal.out(text);
    return verified.good();
  });
}

constexpr Command kCommand{"verify", "whether this build says again what was recorded, byte for byte", line, run};

}  // namespace
}  // namespace verify_subcommand

const Command& verify_command() { return verify_subcommand::kCommand; }

}  // namespace holdfast
