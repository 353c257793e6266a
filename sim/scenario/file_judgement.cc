#include "sim/scenario/file_judgement.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/exceptions/exception_list.h"
#include "engine/path/windows_path.h"
#include "engine/settings/effective_settings.h"
#include "engine/tables/tables.h"
#include "sim/scenario/scenario_file.h"
#include "sim/text/settings_file.h"
#include "sim/text/text_file.h"
#include "sim/world/network.h"

namespace holdfast {
namespace {

struct KindName {
  FileKind kind;
  std::string_view name;     // as a person writes it
  std::string_view message;  // as "# proto-message:" names it
};
constexpr auto kKinds = std::to_array<KindName>({
    {FileKind::kSettings, "settings", "holdfast.v1.Settings"},
    {FileKind::kExceptions, "exceptions", "holdfast.v1.ExceptionList"},
    {FileKind::kScenario, "scenario", "holdfast.v1.Scenario"},
});

// "# proto-message: holdfast.v1.Settings" in one of the first lines, as editors understand it.
std::optional<FileKind> declared_kind(std::string_view text) {
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

FileJudgement check_settings(const std::string& path, const std::string& text, const v1::AgentProfile& profile) {
  FileJudgement judgement{.path = path, .kind = "settings", .error = {}, .remarks = {}};
  const auto file = parse_settings(path, text);
  if (!file) {
    judgement.error = file.error();
  } else if (auto judged = judge_settings(file->settings, profile, file->locations, {}); !judged) {
    judgement.error = judged.error();
  } else {
    judgement.remarks = remarks_on(file->settings, profile, file->locations, {});
  }
  return judgement;
}

FileJudgement check_exceptions(const std::string& path, const std::string& text, const v1::AgentProfile& profile) {
  FileJudgement judgement{.path = path, .kind = "exceptions", .error = {}, .remarks = {}};
  v1::ExceptionList list;
  const auto locations = parse_text_proto(path, text, list);
  if (!locations) {
    judgement.error = locations.error();
    return judgement;
  }
  const auto built = engine::ExceptionList::create(list, engine::PathNormaliser(profile));
  if (!built) {
    Error error = built.error();
    // The list stands alone: its fields are not those of settings.
    constexpr std::string_view kInSettings = "exceptions.";
    if (error.field.starts_with(kInSettings)) error.field.erase(0, kInSettings.size());
    error.where = locations->where(field_path(error.field));
    judgement.error = std::move(error);
    return judgement;
  }
  for (engine::ExceptionRemark& remark : engine::lint(list, engine::PathNormaliser(profile))) {
    constexpr std::string_view kInSettings = "exceptions.";
    if (remark.field.starts_with(kInSettings)) remark.field.erase(0, kInSettings.size());
    judgement.remarks.push_back(
        {.where = locations->where(field_path(remark.field)), .field = remark.field, .what = remark.what});
  }
  return judgement;
}

FileJudgement check_scenario(const std::string& path, const std::string& text) {
  FileJudgement judgement{.path = path, .kind = "scenario", .error = {}, .remarks = {}};
  const auto file = parse_scenario(path, text);
  if (!file) {
    judgement.error = file.error();
    return judgement;
  }
  // A scenario may well show how bad settings are refused: its settings give remarks at most.
  v1::AgentProfile profile = file->scenario.agent();
  if (profile.platform() == v1::PLATFORM_UNSPECIFIED) profile.set_platform(v1::WINDOWS_10_X64);
  const v1::Settings& settings = file->scenario.settings();
  const FieldPath prefix{{.name = "settings", .index = -1}};
  if (auto judged = judge_settings(settings, profile, file->locations, prefix); !judged) {
    const Error& error = judged.error();
    judgement.remarks.push_back(
        {.where = error.where, .field = error.field, .what = "the engine will refuse this: " + error.what});
  } else if (engine::validate_profile(profile, engine::default_tables())) {
    judgement.remarks =
        remarks_on_story(settings, profile, network_at_start(file->scenario.world()), file->locations, prefix);
  }
  return judgement;
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
FileKind likely_kind(std::string_view text) {
  const int settings = fields_of(*v1::Settings::descriptor(), text);
  const int exceptions = fields_of(*v1::ExceptionList::descriptor(), text);
  const int scenario = fields_of(*v1::Scenario::descriptor(), text);
  if (scenario > settings && scenario >= exceptions) return FileKind::kScenario;
  return exceptions > settings ? FileKind::kExceptions : FileKind::kSettings;
}

FileJudgement check_as(FileKind kind, const std::string& path, const std::string& text,
                       const v1::AgentProfile& profile) {
  switch (kind) {
    case FileKind::kSettings: return check_settings(path, text, profile);
    case FileKind::kExceptions: return check_exceptions(path, text, profile);
    case FileKind::kScenario: break;
  }
  return check_scenario(path, text);
}

}  // namespace

std::optional<FileKind> parse_file_kind(std::string_view name) {
  const auto* row = std::ranges::find(kKinds, name, &KindName::name);
  return row == kKinds.end() ? std::nullopt : std::optional(row->kind);
}

FileJudgement judge_text(const std::string& path, const std::string& text, std::optional<FileKind> kind,
                         const v1::AgentProfile& profile) {
  if (!kind) kind = declared_kind(text);
  return check_as(kind ? *kind : likely_kind(text), path, text, profile);
}

FileJudgement judge_file(const std::string& path, std::optional<FileKind> kind, const v1::AgentProfile& profile) {
  const auto text = read_text_file(path, kTextFileBytesMax);
  if (!text) return FileJudgement{.path = path, .kind = "file", .error = text.error(), .remarks = {}};
  return judge_text(path, *text, kind, profile);
}

}  // namespace holdfast
