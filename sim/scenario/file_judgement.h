// Finds fault with a file that a person wrote, without running it: settings, an exception list or a scenario.
//
//   const FileJudgement judged = judge_file("ask-all.txtpb", std::nullopt, usual_profile());
//   print(judged.error ? judged.error->text() : judged.remarks.front().text());
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/settings.pb.h"
#include "sim/scenario/settings_judgement.h"

namespace holdfast {

enum class FileKind : std::uint8_t { kSettings, kExceptions, kScenario };

// "settings", "exceptions" or "scenario"; nothing: there is no such kind.
std::optional<FileKind> parse_file_kind(std::string_view name);

struct FileJudgement {
  std::string path;
  std::string_view kind;  // as parse_file_kind takes it; "file" where it could not be read
  std::optional<Error> error;
  std::vector<Remark> remarks;  // of what is valid but surely not meant so
};

// `kind`: nothing: what the file says of itself ("# proto-message: holdfast.v1.Settings" among its first lines), or
// else what it looks like. `profile`: of the endpoint that settings and exceptions are for; a scenario brings its own.
FileJudgement judge_file(const std::string& path, std::optional<FileKind> kind, const v1::AgentProfile& profile);
// The same of a text that was read from `path`.
FileJudgement judge_text(const std::string& path, const std::string& text, std::optional<FileKind> kind,
                         const v1::AgentProfile& profile);

}  // namespace holdfast
