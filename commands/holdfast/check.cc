// holdfast check: finds fault with settings, exception lists and scenarios without running them.
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "commands/holdfast/commands.h"
#include "commands/holdfast/replay_options.h"
#include "reports/json.h"
#include "reports/wording.h"
#include "sim/replay/recorded_beginning.h"
#include "sim/scenario/file_judgement.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace check_subcommand {
namespace {

constexpr std::size_t kFilesMax = 100'000;

CommandLine line() {
  CommandLine line("check", "FILE|FOLDER...", 1, CommandLine::kArgumentsMax);
  line.purpose("find fault with settings, exception lists and scenarios without running them");
  line.option("kind", "KIND", "settings, exceptions or scenario; default: what the file says of itself")
      .option("profile", "FILE", "the endpoint that settings are for (protobuf text of AgentProfile)")
      .option("platform", "NAME", "its Windows version (default windows_10_x64)")
      .flag("strict", "remarks count as failures (exit code 1)")
      .example("holdfast check fixtures/settings", "every file of a folder")
      .example("holdfast check exceptions.txtpb --kind exceptions --strict", "an exception list before it is deployed");
  return line;
}

struct Tally {
  std::uint64_t files = 0;
  std::uint64_t refused = 0;
  std::uint64_t remarks = 0;
};

void print_text(const FileJudgement& judged, std::string& text) {
  if (judged.error) text += "  REFUSED  " + printable(judged.error->text()) + '\n';
  for (const Remark& remark : judged.remarks) text += "  remark   " + printable(remark.text()) + '\n';
  if (!judged.error && judged.remarks.empty())
    text += fmt::format("  ok       {} ({})\n", printable(judged.path), judged.kind);
}

void write_json(const FileJudgement& judged, JsonWriter& json) {
  json.object().field("path", judged.path).field("kind", judged.kind).field("refused", judged.error.has_value());
  if (judged.error) {
    json.object("error").field("where", judged.error->where).field("field", judged.error->field);
    json.field("what", judged.error->what).field("remedy", judged.error->remedy).end();
  }
  json.array("remarks");
  for (const Remark& remark : judged.remarks) {
    json.object().field("where", remark.where).field("field", remark.field).field("what", remark.what).end();
  }
  json.end().end();
}

Expected<std::optional<FileKind>> kind_of(const Arguments& given) {
  if (!given.has("kind")) return std::nullopt;
  const auto kind = parse_file_kind(given.text("kind"));
  if (kind) return kind;
  return std::unexpected(Error{.where = "check",
                               .field = "--kind",
                               .what = "\"" + given.text("kind") + "\" is no kind",
                               .remedy = "write settings, exceptions or scenario"});
}

Expected<std::vector<std::string>> files_of(const std::string& path) {
  HOLDFAST_TRY(files, find_text_files(path, ".txtpb", kFilesMax));
  if (!files.empty()) return std::move(files);
  return std::unexpected(
      Error{.where = path, .field = {}, .what = "there is no .txtpb file in this folder", .remedy = "check the path"});
}

// The usual endpoint, but for what --profile and --platform say of it.
Expected<v1::AgentProfile> endpoint_of(const Arguments& given) {
  v1::AgentProfile endpoint = usual_profile();
  HOLDFAST_TRY(facts, profile_of(given));
  if (facts) take_over(*facts, endpoint);
  HOLDFAST_TRY(platform, platform_of(given));
  if (platform) endpoint.set_platform(*platform);
  return endpoint;
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  HOLDFAST_TRY(kind, kind_of(given));
  HOLDFAST_TRY(profile, endpoint_of(given));
  std::string text;
  JsonWriter json;
  Tally tally;
  json.object().array("files");
  for (const std::string& path : given.positional()) {
    HOLDFAST_TRY(files, files_of(path));
    for (const std::string& file : files) {
      const FileJudgement judged = judge_file(file, kind, profile);
      ++tally.files;
      tally.refused += judged.error ? 1 : 0;
      tally.remarks += judged.remarks.size();
      print_text(judged, text);
      write_json(judged, json);
    }
  }
  json.end().field("checked", tally.files).field("refused", tally.refused).field("remarks", tally.remarks).end();
  text += fmt::format("  {} checked, {} refused, {} remark{}\n", grouped(tally.files), grouped(tally.refused),
                      grouped(tally.remarks), tally.remarks == 1 ? "" : "s");
  terminal.out(given.has("json") ? json.text() + '\n' : text);
  if (tally.refused != 0) return ExitCode::kBadInput;
  return tally.remarks != 0 && given.has("strict") ? ExitCode::kExpectationFailed : ExitCode::kAsExpected;
}

constexpr Command kCommand{"check", "find fault with settings, exception lists and scenarios", line, run};

}  // namespace
}  // namespace check_subcommand

const Command& check_command() { return check_subcommand::kCommand; }

}  // namespace holdfast
