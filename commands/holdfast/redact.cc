// holdfast redact: a recording that may be handed on, with the proof that it decides the same.
#include "sim/redaction/redact.h"

#include <fmt/format.h>

#include <utility>

#include "commands/holdfast/commands.h"
#include "commands/holdfast/file_argument.h"
#include "reports/json.h"
#include "reports/wording.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace redact_subcommand {
namespace {

CommandLine line() {
  CommandLine line("redact", "RECORDING", 1, 1);
  line.purpose("replace names in a recording by keyed pseudonyms, and prove that it decides the same");
  line.option("key", "FILE", "16 to 4,096 secret bytes: the same key gives the same pseudonyms")
      .option("output,o", "FILE", "the redacted recording (.hfr)")
      .example("holdfast redact incident.hfr --key redaction.key -o redacted.hfr",
               "users, machines, files below profiles and secrets get other names")
      .example("head -c 32 /dev/urandom > redaction.key", "such a key, once; whoever has it can try out names");
  return line;
}

Expected<Pseudonyms> read_key(const std::string& path) {
  HOLDFAST_TRY(key, read_text_file(path, Pseudonyms::kKeyBytesMax));
  auto pseudonyms = Pseudonyms::with_key(std::move(key));
  if (!pseudonyms) pseudonyms.error().where = path;
  return pseudonyms;
}

std::string text_of(const Redaction& redaction, const std::string& output) {
  std::string text =
      fmt::format("  {} inputs   {} names replaced   {} outputs equal   log {}\n", grouped(redaction.inputs),
                  grouped(redaction.names), grouped(redaction.outputs), redaction.log_sha256);
  if (redaction.torn) text += "  its end was torn off: the redacted recording ends with the last whole input\n";
  if (redaction.imported) text += "  observations only: proven with every event assessed\n";
  return text +
         fmt::format("  next: holdfast {} {}\n", redaction.imported ? "replay" : "verify", file_argument(output));
}

std::string text_of(const RedactionDifference& difference) {
  return fmt::format(
      "  DIFF  at input {}: without its names the recording would be decided otherwise; nothing was written\n"
      "          original  {}\n"
      "          redacted  {}\n",
      difference.sequence, printable(difference.original), printable(difference.redacted));
}

std::string json_of(const Redaction& redaction, const std::string& output) {
  JsonWriter json;
  json.object().field("proven", redaction.proven()).field("inputs", redaction.inputs);
  json.field("names", std::uint64_t{redaction.names}).field("outputs", redaction.outputs);
  json.field("torn", redaction.torn).field("imported", redaction.imported);
  if (redaction.difference) {
    json.object("first_difference").field("sequence", redaction.difference->sequence);
    json.field("original", redaction.difference->original).field("redacted", redaction.difference->redacted).end();
  } else {
    json.field("log_sha256", redaction.log_sha256).field("recording", output);
  }
  json.end();
  return json.take() + '\n';
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  for (const auto& [option, remedy] : {std::pair{"key", "--key FILE"}, std::pair{"output", "-o FILE"}}) {
    if (!given.text(option).empty()) continue;
    return std::unexpected(
        Error{.where = "redact", .field = std::string("--") + option, .what = "is missing", .remedy = remedy});
  }
  HOLDFAST_TRY(pseudonyms, read_key(given.text("key")));
  const std::string output = given.text("output");
  HOLDFAST_TRY(redaction,
               redact({.path = given.positional().front(), .output = output, .pseudonyms = std::move(pseudonyms)}));
  if (given.has("json")) {
    terminal.out(json_of(redaction, output));
  } else {
    terminal.out(redaction.proven() ? text_of(redaction, output) : text_of(*redaction.difference));
  }
  return redaction.proven() ? ExitCode::kAsExpected : ExitCode::kExpectationFailed;
}

constexpr Command kCommand{"redact", "replace a recording's names, and prove that it decides the same", line, run};

}  // namespace
}  // namespace redact_subcommand

const Command& redact_command() { return redact_subcommand::kCommand; }

}  // namespace holdfast
