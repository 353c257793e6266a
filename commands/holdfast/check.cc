// holdfast check: finds fault with settings, exception lists and scenarios without running them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "commands/holdfast/commands.h"
#include "commands/holdfast/settings_judgement.h"
#include "engine/exceptions/exception_list.h"
#include "engine/path/windows_path.h"
#include "reports/json.h"
#include "reports/wording.h"
#include "sim/scenario/scenario_file.h"
#include "sim/text/settings_file.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace {

constexpr std::size_t kFilesMax = 100'000;

CommandLine line() {
  CommandLine line("check", "FILE|FOLDER...", 1, CommandLine::kArgumentsMax);
  line.purpose("find fault with settings, exception lists and scenarios without running them");
  line.option("kind", "KIND", "settings, exceptions or scenario; default: what the file says of itself")
      .option("platform", "NAME", "the endpoint that settings are for (default windows_10_x64)")
      .flag("strict", "remarks count as failures (exit code 1)")
      .example("holdfast check fixtures/settings", "every file of a folder")
      .example("holdfast check exceptions.txtpb --kind exceptions --strict", "an exception list before it is deployed");
  return line;
}

enum class Kind : std::uint8_t { kSettings, kExceptions, kScenario };

struct KindName {
  Kind kind;
  std::string_view name;     // for --kind
  std::string_view message;  // as "# proto-message:" names it
};
constexpr auto kKinds = std::to_array<KindName>({
    {Kind::kSettings, "settings", "holdfast.v1.Settings"},
    {Kind::kExceptions, "exceptions", "holdfast.v1.ExceptionList"},
    {Kind::kScenario, "scenario", "holdfast.v1.Scenario"},
});

struct Verdict {
  std::string path;
  std::string_view kind;
  std::optional<Error> error;
  std::vector<Remark> remarks;
};

// "# proto-message: holdfast.v1.Settings" in one of the first lines, as editors understand it.
std::optional<Kind> declared_kind(std::string_view text) {
  constexpr std::string_view kDeclaration = "# proto-message:";
  while (text.starts_with('#')) {
    const std::size_t end = text.find('\n');
    std::string_view first = text.substr(0, end);
    if (first.starts_with(kDeclaration)) {
      first.remove_prefix(kDeclaration.size());
      while (first.starts_with(' ')) first.remove_prefix(1);
      while (!first.empty() && (first.back() == ' ' || first.back() == '\r')) first.remove_suffix(1);
      const auto* row = std::ranges::find(kKinds, first, &KindName::message);
      if (row != kKinds.end()) return row->kind;
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

Verdict check_settings(const std::string& path, const std::string& text, const v1::AgentProfile& profile) {
  Verdict verdict{.path = path, .kind = "settings", .error = {}, .remarks = {}};
  const auto file = parse_settings(path, text);
  if (!file) {
    verdict.error = file.error();
  } else if (auto judged = judge_settings(file->settings, profile, file->locations, {}); !judged) {
    verdict.error = judged.error();
  } else {
    verdict.remarks = remarks_on(file->settings, profile, file->locations, {});
  }
  return verdict;
}

Verdict check_exceptions(const std::string& path, const std::string& text, const v1::AgentProfile& profile) {
  Verdict verdict{.path = path, .kind = "exceptions", .error = {}, .remarks = {}};
  v1::ExceptionList list;
  const auto locations = parse_text_proto(path, text, list);
  if (!locations) {
    verdict.error = locations.error();
    return verdict;
  }
  const auto built = engine::ExceptionList::create(list, engine::PathNormaliser(profile));
  if (!built) {
    Error error = built.error();
    // The list stands alone: its fields are not those of settings.
    constexpr std::string_view kInSettings = "exceptions.";
    if (error.field.starts_with(kInSettings)) error.field.erase(0, kInSettings.size());
    error.where = locations->where(field_path(error.field));
    verdict.error = std::move(error);
    return verdict;
  }
  for (engine::ExceptionRemark& remark : engine::lint(list, engine::PathNormaliser(profile))) {
    constexpr std::string_view kInSettings = "exceptions.";
    if (remark.field.starts_with(kInSettings)) remark.field.erase(0, kInSettings.size());
    verdict.remarks.push_back(
        {.where = locations->where(field_path(remark.field)), .field = remark.field, .what = remark.what});
  }
  return verdict;
}

Verdict check_scenario(const std::string& path, const std::string& text) {
  Verdict verdict{.path = path, .kind = "scenario", .error = {}, .remarks = {}};
  const auto file = parse_scenario(path, text);
  if (!file) {
    verdict.error = file.error();
    return verdict;
  }
  // A scenario may well show how bad settings are refused: its settings give remarks at most.
  v1::AgentProfile profile = file->scenario.agent();
  if (profile.platform() == v1::PLATFORM_UNSPECIFIED) profile.set_platform(v1::WINDOWS_10_X64);
  const v1::Settings& settings = file->scenario.settings();
  const FieldPath prefix{{.name = "settings", .index = -1}};
  if (auto judged = judge_settings(settings, profile, file->locations, prefix); !judged) {
    const Error& error = judged.error();
    verdict.remarks.push_back(
        {.where = error.where, .field = error.field, .what = "the engine will refuse this: " + error.what});
  }
  return verdict;
}

// How many names that begin a line are fields of the message.
int fields_of(const google::protobuf::Descriptor& message, std::string_view text) {
  int known = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view row = text.substr(0, end);
    const std::size_t length = row.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789");
    const std::string name(row.substr(0, length));
    if (!name.empty() && message.FindFieldByName(name) != nullptr) ++known;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return known;
}

// What the file looks like, if it does not say what it is.
Kind likely_kind(std::string_view text) {
  const int settings = fields_of(*v1::Settings::descriptor(), text);
  const int exceptions = fields_of(*v1::ExceptionList::descriptor(), text);
  const int scenario = fields_of(*v1::Scenario::descriptor(), text);
  if (scenario > settings && scenario >= exceptions) return Kind::kScenario;
  return exceptions > settings ? Kind::kExceptions : Kind::kSettings;
}

Verdict check_as(Kind kind, const std::string& path, const std::string& text, const v1::AgentProfile& profile) {
  switch (kind) {
    case Kind::kSettings: return check_settings(path, text, profile);
    case Kind::kExceptions: return check_exceptions(path, text, profile);
    case Kind::kScenario: break;
  }
  return check_scenario(path, text);
}

Verdict check_file(const std::string& path, std::optional<Kind> kind, const v1::AgentProfile& profile) {
  const auto text = read_text_file(path, kTextFileBytesMax);
  if (!text) return Verdict{.path = path, .kind = "file", .error = text.error(), .remarks = {}};
  if (!kind) kind = declared_kind(*text);
  return check_as(kind ? *kind : likely_kind(*text), path, *text, profile);
}

struct Tally {
  std::uint64_t files = 0;
  std::uint64_t refused = 0;
  std::uint64_t remarks = 0;
};

void print_text(const Verdict& verdict, std::string& text) {
  if (verdict.error) text += "  REFUSED  " + printable(verdict.error->text()) + '\n';
  for (const Remark& remark : verdict.remarks) text += "  remark   " + printable(remark.text()) + '\n';
  if (!verdict.error && verdict.remarks.empty())
    text += fmt::format("  ok       {} ({})\n", printable(verdict.path), verdict.kind);
}

void write_json(const Verdict& verdict, JsonWriter& json) {
  json.object().field("path", verdict.path).field("kind", verdict.kind).field("refused", verdict.error.has_value());
  if (verdict.error) {
    json.object("error").field("where", verdict.error->where).field("field", verdict.error->field);
    json.field("what", verdict.error->what).field("remedy", verdict.error->remedy).end();
  }
  json.array("remarks");
  for (const Remark& remark : verdict.remarks) {
    json.object().field("where", remark.where).field("field", remark.field).field("what", remark.what).end();
  }
  json.end().end();
}

ExitCode run(const Arguments& given, Terminal& terminal) {
  std::optional<Kind> kind;
  if (given.has("kind")) {
    const auto* row = std::ranges::find(kKinds, given.text("kind"), &KindName::name);
    if (row == kKinds.end()) {
      return bad_input(terminal, Error{.where = "check",
                                       .field = "--kind",
                                       .what = "\"" + given.text("kind") + "\" is no kind",
                                       .remedy = "write settings, exceptions or scenario"});
    }
    kind = row->kind;
  }
  v1::AgentProfile profile = usual_profile();
  if (given.has("platform")) {
    const auto platform = parse_platform(given.text("platform"));
    if (!platform) return bad_input(terminal, platform.error());
    profile = usual_profile(*platform);
  }
  std::string text;
  JsonWriter json;
  Tally tally;
  json.object().array("files");
  for (const std::string& path : given.positional()) {
    const auto files = find_text_files(path, ".txtpb", kFilesMax);
    if (!files) return bad_input(terminal, files.error());
    if (files->empty()) {
      return bad_input(terminal, Error{.where = path,
                                       .field = {},
                                       .what = "there is no .txtpb file in this folder",
                                       .remedy = "check the path"});
    }
    for (const std::string& file : *files) {
      const Verdict verdict = check_file(file, kind, profile);
      ++tally.files;
      tally.refused += verdict.error ? 1 : 0;
      tally.remarks += verdict.remarks.size();
      print_text(verdict, text);
      write_json(verdict, json);
    }
  }
  json.end().field("checked", tally.files).field("refused", tally.refused).field("remarks", tally.remarks).end();
  text += fmt::format("  {} checked, {} refused, {} remark{}\n", grouped(tally.files), grouped(tally.refused),
                      grouped(tally.remarks), tally.remarks == 1 ? "" : "s");
  terminal.out(given.has("json") ? json.text() + '\n' : text);
  if (tally.refused != 0) return ExitCode::kBadInput;
  return tally.remarks != 0 && given.has("strict") ? ExitCode::kExpectationFailed : ExitCode::kAsExpected;
}

}  // namespace

const Command& check_command() {
  static const Command kCommand{"check", "find fault with settings, exception lists and scenarios", line, run};
  return kCommand;
}

}  // namespace holdfast
