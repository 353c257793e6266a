#include "engine/path/junctions.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/path/case_folding.h"

namespace holdfast::engine {
namespace {

enum class Place : std::uint8_t { kSystemDrive, kSystemRoot, kUsers, kUser, kPublic, kProgramData };

// Made by setup since Vista, the same in every language. Left out: those whose end differs from version to version
// (Cookies, History, Temporary Internet Files).
struct StandardJunction {
  Place in;
  std::string_view name;
  Place leads_to;
  std::string_view below;
};
constexpr auto kStandardJunctions = std::to_array<StandardJunction>({
    {Place::kSystemDrive, R"(Documents and Settings)", Place::kUsers, ""},
    {Place::kSystemRoot, R"(Sysnative)", Place::kSystemRoot, R"(\System32)"},
    {Place::kUsers, R"(All Users)", Place::kProgramData, ""},
    {Place::kUsers, R"(Default User)", Place::kUsers, R"(\Default)"},
    {Place::kProgramData, R"(Application Data)", Place::kProgramData, ""},
    {Place::kProgramData, R"(Desktop)", Place::kPublic, R"(\Desktop)"},
    {Place::kProgramData, R"(Documents)", Place::kPublic, R"(\Documents)"},
    {Place::kProgramData, R"(Start Menu)", Place::kProgramData, R"(\Microsoft\Windows\Start Menu)"},
    {Place::kProgramData, R"(Templates)", Place::kProgramData, R"(\Microsoft\Windows\Templates)"},
    {Place::kUser, R"(Application Data)", Place::kUser, R"(\AppData\Roaming)"},
    {Place::kUser, R"(Local Settings)", Place::kUser, R"(\AppData\Local)"},
    {Place::kUser, R"(My Documents)", Place::kUser, R"(\Documents)"},
    {Place::kUser, R"(NetHood)", Place::kUser, R"(\AppData\Roaming\Microsoft\Windows\Network Shortcuts)"},
    {Place::kUser, R"(PrintHood)", Place::kUser, R"(\AppData\Roaming\Microsoft\Windows\Printer Shortcuts)"},
    {Place::kUser, R"(Recent)", Place::kUser, R"(\AppData\Roaming\Microsoft\Windows\Recent)"},
    {Place::kUser, R"(SendTo)", Place::kUser, R"(\AppData\Roaming\Microsoft\Windows\SendTo)"},
    {Place::kUser, R"(Start Menu)", Place::kUser, R"(\AppData\Roaming\Microsoft\Windows\Start Menu)"},
    {Place::kUser, R"(Templates)", Place::kUser, R"(\AppData\Roaming\Microsoft\Windows\Templates)"},
    {Place::kUser, R"(AppData\Local\Application Data)", Place::kUser, R"(\AppData\Local)"},
    {Place::kUser, R"(Documents\My Music)", Place::kUser, R"(\Music)"},
    {Place::kUser, R"(Documents\My Pictures)", Place::kUser, R"(\Pictures)"},
    {Place::kUser, R"(Documents\My Videos)", Place::kUser, R"(\Videos)"},
});

std::string_view text_of(Place place) {
  switch (place) {
    case Place::kSystemDrive: return "%SystemDrive%";
    case Place::kSystemRoot: return "%SystemRoot%";
    case Place::kPublic: return "%PUBLIC%";
    case Place::kProgramData: return "%ProgramData%";
    case Place::kUsers:
    case Place::kUser: break;
  }
  return "";
}

// Where the part behind `parts` parts begins: at its separator, or at the end.
std::size_t behind_parts(std::string_view text, std::ptrdiff_t parts) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '\\' && --parts == 0) break;
  }
  return at;
}

}  // namespace

std::vector<std::string_view> junction_literals() {
  std::vector<std::string_view> literals;
  for (const StandardJunction& row : kStandardJunctions) literals.insert(literals.end(), {row.name, row.below});
  return literals;
}

Junctions::Junctions(const v1::AgentProfile& profile, const Environment& environment,
                     const std::function<WindowsPath(std::string_view)>& normal) {
  if (is_before_vista(profile.platform())) return;
  // Without a separator at its end; empty if it is no local folder.
  const auto folder_of = [&](Place place) {
    const bool of_users = place == Place::kUsers || place == Place::kUser;
    WindowsPath path = normal(of_users ? environment.users_folder() : environment.expand(text_of(place)));
    if (path.text.ends_with('\\')) path.text.pop_back();
    return path.kind == WindowsPath::Kind::kLocal ? path.text : std::string();
  };
  for (const StandardJunction& standard : kStandardJunctions) {
    if (standard.in == Place::kSystemRoot && !is_64_bit(profile.platform())) continue;
    const std::string in = folder_of(standard.in);
    const std::string target = folder_of(standard.leads_to);
    if (in.empty() || target.empty()) continue;
    const bool each = standard.in == Place::kUser;
    const std::string prefix = folded(in) + '\\';
    auto folder = std::ranges::find_if(
        folders_, [&](const Folder& known) { return known.each == each && known.prefix == prefix; });
    if (folder == folders_.end()) {
      folder = folders_.insert(folders_.end(), {.prefix = prefix, .each = each, .rows = {}});
    }
    folder->rows.push_back({.name = folded(standard.name), .target = each ? "" : target});
    folder->rows.back().target += standard.below;
  }
  for (Folder& folder : folders_) {
    for (auto row = folder.rows.begin(); row != folder.rows.end();) {
      const std::string target = (folder.each ? folder.prefix + 'X' : std::string()) + row->target;
      const WindowsPath end = normal(target);
      const bool is_end = end.text.starts_with(target) && end.text.size() <= target.size() + 1 && !undone(end);
      row = is_end ? row + 1 : folder.rows.erase(row);
    }
  }
}

const Junctions::Row* Junctions::row_at(const Folder& folder, std::string_view below) {
  for (const Row& row : folder.rows) {
    if (!below.starts_with(row.name.front()) || !below.starts_with(row.name)) continue;
    if (below.size() == row.name.size() || below[row.name.size()] == '\\') return &row;
  }
  return nullptr;
}

std::optional<std::string> Junctions::undone(const WindowsPath& path) const {
  if (path.kind != WindowsPath::Kind::kLocal) return std::nullopt;
  const std::string_view whole = path.folded;
  for (const Folder& folder : folders_) {
    if (!whole.starts_with(folder.prefix)) continue;
    std::size_t in = folder.prefix.size();
    if (folder.each) {
      in = whole.find('\\', in);
      if (in == std::string_view::npos) continue;
      ++in;
    }
    const Row* row = row_at(folder, whole.substr(in));
    if (row == nullptr) continue;
    // Folding may change how many bytes a name has, but not how many parts there are.
    const std::string_view text = path.lookalike ? path.folded : path.text;  // the text of one has folders more
    const auto parts = [](std::string_view some) { return std::ranges::count(some, '\\') + 1; };
    const auto kept = parts(whole.substr(0, in)) - 1;
    std::string undone(folder.each ? text.substr(0, behind_parts(text, kept)) : "");
    undone += row->target;
    undone += text.substr(behind_parts(text, kept + parts(row->name)));
    return undone;
  }
  return std::nullopt;
}

}  // namespace holdfast::engine
