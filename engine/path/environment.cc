#include "engine/path/environment.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "engine/path/case_folding.h"
#include "engine/text/ascii.h"

namespace holdfast::engine {
namespace {

enum class Where : std::uint8_t { kEverywhere, kOn64Bit, kSinceVista };

// A standard installation as the services' environment shows it. In values, %...% are earlier rows.
struct Default {
  std::string_view name;
  Where where;
  std::string_view since_vista;
  std::string_view before_vista;  // empty: the same
};
constexpr Default kDefaults[] = {
    {"windir", Where::kEverywhere, "%SystemRoot%", ""},
    {"ComSpec", Where::kEverywhere, R"(%SystemRoot%\System32\cmd.exe)", ""},
    {"TEMP", Where::kEverywhere, R"(%SystemRoot%\Temp)", ""},
    {"TMP", Where::kEverywhere, R"(%SystemRoot%\Temp)", ""},
    {"ProgramFiles", Where::kEverywhere, R"(%SystemDrive%\Program Files)", ""},
    {"ProgramFiles(x86)", Where::kOn64Bit, R"(%SystemDrive%\Program Files (x86))", ""},
    {"ProgramW6432", Where::kOn64Bit, "%ProgramFiles%", ""},
    {"CommonProgramFiles", Where::kEverywhere, R"(%ProgramFiles%\Common Files)", ""},
    {"CommonProgramFiles(x86)", Where::kOn64Bit, R"(%ProgramFiles(x86)%\Common Files)", ""},
    {"CommonProgramW6432", Where::kOn64Bit, "%CommonProgramFiles%", ""},
    {"ALLUSERSPROFILE", Where::kEverywhere, R"(%SystemDrive%\ProgramData)",
     R"(%SystemDrive%\Documents and Settings\All Users)"},
    {"ProgramData", Where::kSinceVista, "%ALLUSERSPROFILE%", R"(%ALLUSERSPROFILE%\Application Data)"},
    {"PUBLIC", Where::kSinceVista, R"(%SystemDrive%\Users\Public)", R"(%ALLUSERSPROFILE%)"},
    {"USERPROFILE", Where::kEverywhere, R"(%SystemRoot%\System32\config\systemprofile)", ""},
    {"APPDATA", Where::kEverywhere, R"(%USERPROFILE%\AppData\Roaming)", R"(%USERPROFILE%\Application Data)"},
    {"LOCALAPPDATA", Where::kSinceVista, R"(%USERPROFILE%\AppData\Local)",
     R"(%USERPROFILE%\Local Settings\Application Data)"},
};

struct UserDefault {
  std::string_view name;
  std::string_view since_vista;  // below the user's folder
  std::string_view before_vista;
  bool by_session = false;
};
constexpr UserDefault kUserDefaults[] = {
    {"USERPROFILE", "", ""},
    {"APPDATA", R"(\AppData\Roaming)", R"(\Application Data)"},
    {"LOCALAPPDATA", R"(\AppData\Local)", R"(\Local Settings\Application Data)"},
    {"TEMP", R"(\AppData\Local\Temp)", R"(\Local Settings\Temp)", true},
    {"TMP", R"(\AppData\Local\Temp)", R"(\Local Settings\Temp)", true},
};

using Lookup = std::function<const std::string*(std::string_view name)>;

// Replaces each %NAME% that `lookup` knows. `unknown`, if not null, gets the first name that it does not know.
std::string replace_variables(std::string_view text, const Lookup& lookup, std::optional<std::string>* unknown) {
  std::string out;
  while (!text.empty()) {
    const std::size_t begin = text.find('%');
    const std::size_t end = begin == std::string_view::npos ? begin : text.find('%', begin + 1);
    if (end == std::string_view::npos) break;
    out.append(text.substr(0, begin));
    const std::string_view name = text.substr(begin + 1, end - begin - 1);
    if (const std::string* value = name.empty() ? nullptr : lookup(name)) {
      out.append(*value);
      text.remove_prefix(end + 1);
      continue;
    }
    if (unknown != nullptr && !*unknown) *unknown = std::string(name);
    out.append(text.substr(begin, end - begin));  // the second '%' may open the next name
    text.remove_prefix(end);
  }
  out.append(text);
  return out;
}

// "C:" of "C:\Windows"; empty if there is no drive.
std::string_view drive_of(std::string_view path) {
  return path.size() >= 2 && ascii::is_letter(path[0]) && path[1] == ':' ? path.substr(0, 2) : std::string_view();
}

std::string_view parent_of(std::string_view path) {
  const std::size_t separator = path.rfind('\\');
  return separator == std::string_view::npos ? std::string_view() : path.substr(0, separator);
}

}  // namespace

std::vector<std::string_view> environment_literals() {
  std::vector<std::string_view> literals{"SystemRoot", "SystemDrive", R"(C:\Windows)", "Users",
                                         "Documents and Settings"};
  for (const Default& row : kDefaults) literals.insert(literals.end(), {row.name, row.since_vista, row.before_vista});
  for (const UserDefault& row : kUserDefaults) literals.insert(literals.end(), {row.since_vista, row.before_vista});
  return literals;
}

bool is_64_bit(v1::Platform platform) {
  constexpr v1::Platform k32Bit[] = {v1::WINDOWS_XP_X86,          v1::WINDOWS_SERVER_2003_X86, v1::WINDOWS_VISTA_X86,
                                     v1::WINDOWS_SERVER_2008_X86, v1::WINDOWS_7_X86,           v1::WINDOWS_8_X86,
                                     v1::WINDOWS_8_1_X86,         v1::WINDOWS_10_X86};
  return std::ranges::find(k32Bit, platform) == std::end(k32Bit);
}

bool is_before_vista(v1::Platform platform) {
  return platform == v1::WINDOWS_XP_X86 || platform == v1::WINDOWS_XP_X64 || platform == v1::WINDOWS_SERVER_2003_X86 ||
         platform == v1::WINDOWS_SERVER_2003_X64;
}

Environment::Environment(const v1::AgentProfile& profile) {
  Values given;
  for (const v1::EnvironmentVariable& variable : profile.environment()) {
    given.insert_or_assign(folded(variable.name()), variable.value());
  }
  const auto given_or = [&](std::string_view name, std::string_view otherwise) {
    const auto found = given.find(name);
    return found != given.end() && !drive_of(found->second).empty() ? found->second : std::string(otherwise);
  };

  system_root_ = profile.system_root().empty() ? given_or("SYSTEMROOT", given_or("WINDIR", R"(C:\Windows)"))
                                               : profile.system_root();
  while (system_root_.ends_with('\\') || system_root_.ends_with('/')) system_root_.pop_back();
  const std::string_view system_drive = drive_of(system_root_);
  values_.emplace("SYSTEMROOT", system_root_);
  values_.emplace("SYSTEMDRIVE", given_or("SYSTEMDRIVE", system_drive.empty() ? "C:" : system_drive));

  // Variables may be built of others, and the profile may give one that a default is built of: so in the table's order,
  // and the profile's value first.
  const bool before_vista = is_before_vista(profile.platform());
  const bool on_64_bit = is_64_bit(profile.platform());
  const Lookup so_far = [&](std::string_view name) -> const std::string* {
    const std::string key = folded(name);
    for (const Values* values : {&values_, &foreign_}) {
      if (const auto found = values->find(key); found != values->end()) return &found->second;
    }
    return nullptr;
  };
  for (const Default& row : kDefaults) {
    const std::string key = folded(row.name);
    const bool here = row.where == Where::kEverywhere || (row.where == Where::kOn64Bit && on_64_bit) ||
                      (row.where == Where::kSinceVista && !before_vista);
    std::string_view value = before_vista && !row.before_vista.empty() ? row.before_vista : row.since_vista;
    // On 32 bits there is one folder for programs.
    if (row.where == Where::kOn64Bit && !here) {
      value = row.name.starts_with("Common") ? "%CommonProgramFiles%" : "%ProgramFiles%";
    }
    const auto found = given.find(key);
    if (found != given.end()) value = found->second;
    Values& values = here || found != given.end() ? values_ : foreign_;
    values.emplace(key, replace_variables(value, so_far, nullptr));
  }
  for (const auto& [key, value] : given) values_.try_emplace(key, replace_variables(value, so_far, nullptr));

  const std::string drive = values_.at("SYSTEMDRIVE");
  users_folder_ = before_vista ? drive + R"(\Documents and Settings)" : drive + R"(\Users)";
  const std::string shared = given_or(before_vista ? "ALLUSERSPROFILE" : "PUBLIC", "");
  if (const std::string_view moved = parent_of(shared); !moved.empty()) users_folder_ = moved;
  for (const UserDefault& row : kUserDefaults) {
    std::string value = users_folder_ + '\\';
    value += kAnyUser;
    value += before_vista ? row.before_vista : row.since_vista;
    if (row.by_session) value.append("\\").append(kAnySession);
    of_any_user_.emplace(row.name, std::move(value));
  }
}

const std::string* Environment::find(std::string_view name) const {
  const auto found = values_.find(folded(name));
  return found == values_.end() ? nullptr : &found->second;
}

std::string Environment::expand(std::string_view text) const {
  return replace_variables(text, [this](std::string_view name) { return find(name); }, nullptr);
}

Expected<std::string> Environment::expand_entry(std::string_view text) const {
  std::optional<std::string> unknown;
  const Lookup lookup = [this](std::string_view name) -> const std::string* {
    const std::string key = folded(name);
    for (const Values* values : {&of_any_user_, &values_, &foreign_}) {
      if (const auto found = values->find(key); found != values->end()) return &found->second;
    }
    return nullptr;
  };
  std::string expanded = replace_variables(text, lookup, &unknown);
  if (unknown) {
    return std::unexpected(Error{.where = "",
                                 .field = "",
                                 .what = "no endpoint has an environment variable %" + *unknown + "%",
                                 .remedy = "write the path out, or define the variable in the profile"});
  }
  return expanded;
}

}  // namespace holdfast::engine
