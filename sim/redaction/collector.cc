// Everything here looks at folded text with '\' as its only separator of paths: names are words, and a word is the same
// word in any case.
#include "sim/redaction/collector.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/path/case_folding.h"
#include "engine/text/ascii.h"
#include "sim/redaction/secrets.h"
#include "sim/redaction/words.h"

namespace holdfast {
namespace {

using Kind = Names::Kind;

constexpr std::size_t kExtensionBytesMax = 4;

constexpr auto kVariablesOfAUser =
    std::to_array<std::string_view>({R"(%USERPROFILE%\)", R"(%APPDATA%\)", R"(%LOCALAPPDATA%\)", R"(%TEMP%\)",
                                     R"(%TMP%\)", R"(%HOMEPATH%\)", R"(%ONEDRIVE%\)"});

// Folded, '/' as '\', runs of '\' as one.
std::string flattened(std::string_view text) {
  std::string flat;
  for (const char c : engine::folded(text)) {
    const char separator_or_c = c == '/' ? '\\' : c;
    if (separator_or_c != '\\' || !flat.ends_with('\\')) flat += separator_or_c;
  }
  return flat;
}

// Where the word of `name`'s extension begins, or the end of `name`.
std::size_t extension_begin(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const std::size_t begin = dot == std::string_view::npos ? name.size() : dot + 1;
  const bool fits = begin < name.size() && begin > 1 && name.size() - begin <= kExtensionBytesMax;
  return fits && word_end(name, begin) == name.size() ? begin : name.size();
}

// After a blank in a command line: does the path go on? Its next part does if more parts or an extension follow in it.
bool goes_on(std::string_view rest) {
  const std::string_view token = rest.substr(0, rest.find_first_of(" \t\"<>|\r\n"));
  if (token.empty() || std::string_view(R"(\-%&(=;)").find(token.front()) != std::string_view::npos) return false;
  if (token.size() > 1 && token[1] == ':') return false;
  return token.find('\\') != std::string_view::npos || extension_begin(token) < token.size();
}

// End of the path that begins before `at` in a text that holds more than it.
std::size_t path_end(std::string_view text, std::size_t at) {
  const bool quoted = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '"') % 2 != 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (std::string_view("\"<>|\r\n\t").find(c) != std::string_view::npos) return at;
    if (quoted) continue;
    if (std::string_view(";,'&:").find(c) != std::string_view::npos) return at;
    if (c == ' ' && !goes_on(text.substr(at + 1))) return at;
  }
  return at;
}

std::string in_quotes(std::string_view name) { return '"' + std::string(name) + '"'; }

bool is_address(std::string_view host) {
  return std::ranges::count(host, ':') > 1 ||
         std::ranges::all_of(host, [](char c) { return ascii::is_digit(c) || c == '.' || c == ':'; });
}

}  // namespace

Collector::Collector(Names& names) : names_(names) { on_endpoint({}); }

void Collector::on_endpoint(const v1::AgentProfile& profile) {
  paths_ = std::make_unique<engine::PathNormaliser>(profile);
  roots_ = {{R"(\USERS\)", true}, {R"(\DOCUMENTS AND SETTINGS\)", true}, {R"(\DOCUME~1\)", true}};
  for (const std::string_view variable : kVariablesOfAUser) roots_.push_back({std::string(variable), false});
  const std::string moved = flattened(paths_->environment().users_folder());
  if (moved.size() > 3) roots_.push_back({moved.substr(2) + '\\', true});
  if (const std::string* own = paths_->environment().find("USERPROFILE")) {
    const std::string folder = flattened(*own);
    const std::size_t owner = folder.rfind('\\');
    const bool of_a_person =
        folder.find(R"(\SYSTEM32\)") == std::string::npos && owner != std::string::npos && owner > 2;
    if (of_a_person) roots_.push_back({folder.substr(2, owner - 1), true});
  }
}

Expected<void> Collector::take(FieldClass type, std::string_view text) {
  switch (type) {
    case FieldClass::kKept:
    case FieldClass::kHash:
    case FieldClass::kCleared:
    case FieldClass::kReasonText: return {};
    case FieldClass::kAccount: return take_account(text, true);
    case FieldClass::kMachine: return take_machine(text);
    case FieldClass::kHost: return take_host(text);
    case FieldClass::kFile:
    case FieldClass::kEntry: return take_file(text, false);
    case FieldClass::kFolder: return take_file(text, true);
    case FieldClass::kQuoting:
    case FieldClass::kText: return take_text(text);
    case FieldClass::kBody:
    case FieldClass::kCommand: HOLDFAST_TRY_DO(take_confidential(text)); return take_text(text);
  }
  return {};
}

Expected<void> Collector::take_file(std::string_view text, bool is_folder) {
  const std::string folded = engine::folded(text);
  HOLDFAST_TRY_DO(take_paths(flattened(text), Extent::kWholeText, is_folder));
  HOLDFAST_TRY_DO(take_hosts_of_shares(folded));
  // The engine may see through a spelling that we do not: a volume's device, a short name, "..".
  paths_->normalise(text, path_);
  if (path_.folded == folded) return {};
  HOLDFAST_TRY_DO(take_paths(path_.folded, Extent::kWholeText, is_folder));
  return take_hosts_of_shares(path_.folded);
}

Expected<void> Collector::take_text(std::string_view text) {
  HOLDFAST_TRY_DO(take_paths(flattened(text), Extent::kInside, false));
  const std::string folded = engine::folded(text);
  HOLDFAST_TRY_DO(take_hosts_of_shares(folded));
  HOLDFAST_TRY_DO(take_sids(folded));
  return take_addresses(folded);
}

Expected<void> Collector::take_confidential(std::string_view text) {
  const Confidential found = find_confidential(text);
  for (const std::string_view secret : found.secrets) {
    HOLDFAST_TRY_DO(names_.add_secret(secret));
  }
  for (const std::string_view account : found.accounts) {
    HOLDFAST_TRY_DO(take_account(account, false));
  }
  for (const std::string_view host : found.hosts) {
    HOLDFAST_TRY_DO(take_host(host));
  }
  return {};
}

Expected<void> Collector::take_paths(std::string_view folded, Extent extent, bool is_folder) {
  for (const Root& root : roots_) {
    for (std::size_t at = folded.find(root.folded); at != std::string_view::npos; at = folded.find(root.folded, at)) {
      at += root.folded.size();
      const std::size_t end = extent == Extent::kWholeText ? folded.size() : path_end(folded, at);
      HOLDFAST_TRY_DO(take_path_below(folded.substr(at, end - at), root.owner_follows, is_folder));
      --at;  // the separator may begin the next root
    }
  }
  return {};
}

Expected<void> Collector::take_path_below(std::string_view path, bool owner_follows, bool is_folder) {
  bool owner = owner_follows;
  while (!path.empty()) {
    const std::size_t separator = path.find('\\');
    const std::string_view part = path.substr(0, separator);
    path = separator == std::string_view::npos ? std::string_view() : path.substr(separator + 1);
    if (owner) {
      HOLDFAST_TRY_DO(identity(part, false));
    } else {
      const bool file = path.empty() && !is_folder;
      HOLDFAST_TRY_DO(names_.add(part.substr(0, file ? extension_begin(part) : part.size()), Kind::kPart));
    }
    owner = false;
  }
  return {};
}

Expected<void> Collector::identity(std::string_view name, bool must) {
  const std::string folded = engine::folded(name);
  if (is_well_known_account(folded)) return {};
  HOLDFAST_TRY(added, names_.add(folded, Kind::kIdentity));
  if (added != 0) return {};
  if (folded.find_first_of("*?") != std::string::npos) return {};  // an entry for whoever it is
  // "FILES-1": each word is common, both together are not.
  if (folded.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != std::string::npos)
    return names_.add_secret(folded);
  if (!must) return {};
  return failure(
      {}, in_quotes(name) + " is nothing but words that the engine decides by, or too short to be replaced everywhere",
      "rename the account or machine, or do not hand this recording on");
}

Expected<void> Collector::take_account(std::string_view account, bool must) {
  const std::string folded = engine::folded(account);
  if (folded.starts_with("S-1-")) return take_sids(folded);
  if (folded.find('@') != std::string::npos) return take_addresses(folded);
  const std::size_t separator = folded.find('\\');
  if (separator == std::string::npos) return identity(folded, must);
  const std::string_view domain = std::string_view(folded).substr(0, separator);
  const std::string_view name = std::string_view(folded).substr(separator + 1);
  // What Windows makes per session or per service names nobody: "Window Manager\DWM-1", "NT SERVICE\TrustedInstaller".
  if (is_well_known_account(domain) && domain.find(' ') != std::string_view::npos) return {};
  HOLDFAST_TRY_DO(identity(domain, false));
  return identity(name, must);
}

Expected<void> Collector::take_machine(std::string_view machine) {
  return is_address(machine) ? Expected<void>{} : identity(machine, true);
}

Expected<void> Collector::take_host(std::string_view host) {
  const std::string_view name = host.substr(0, host.find(':'));
  if (is_address(host) || name.find('.') != std::string_view::npos) return take_text(host);
  return identity(name, false);
}

Expected<void> Collector::take_hosts_of_shares(std::string_view folded) {
  const auto separates = [&](std::size_t at) { return folded[at] == '\\' || folded[at] == '/'; };
  for (std::size_t at = 0; at + 2 < folded.size(); ++at) {
    if (!separates(at) || !separates(at + 1)) continue;
    const bool begins = at == 0 || (!is_word_byte(folded[at - 1]) && folded[at - 1] != ':');
    while (at < folded.size() && separates(at)) ++at;
    if (!begins) continue;
    const std::size_t end =
        std::min(folded.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._", at), folded.size());
    // "\\host" may stand alone; "//nologo" is a switch.
    const bool stands_alone =
        folded[at - 1] == '\\' && (end == folded.size() || std::string_view(" \t\r\n\"',;").contains(folded[end]));
    if (end == at || (!stands_alone && (end == folded.size() || !separates(end)))) continue;
    const std::string_view host = folded.substr(at, end - at);
    if (is_address(host)) continue;
    HOLDFAST_TRY_DO(identity(host, false));
  }
  return {};
}

// "S-1-5-21-1004336348-1177238915-682003330-1001": the long numbers name the machine or the domain.
Expected<void> Collector::take_sids(std::string_view folded) {
  constexpr std::string_view kSid = "S-1-";
  for (std::size_t at = folded.find(kSid); at != std::string_view::npos; at = folded.find(kSid, at)) {
    const std::size_t end = std::min(folded.find_first_not_of("0123456789-", at + 1), folded.size());
    HOLDFAST_TRY_DO(names_.add(folded.substr(at, end - at), Kind::kPart));
    at = end;
  }
  return {};
}

// "alice@corp.example": who, and where except for the last label.
Expected<void> Collector::take_addresses(std::string_view folded) {
  const auto belongs = [](char c) { return is_word_byte(c) || c == '.' || c == '-' || c == '_' || c == '+'; };
  for (std::size_t at = folded.find('@'); at != std::string_view::npos; at = folded.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && belongs(folded[begin - 1])) --begin;
    std::size_t end = at + 1;
    while (end < folded.size() && belongs(folded[end])) ++end;
    const std::string_view domain = folded.substr(at + 1, end - at - 1);
    const std::size_t dot = domain.rfind('.');
    if (begin == at || dot == std::string_view::npos || dot + 2 >= domain.size() || !ascii::is_letter(domain[dot + 1]))
      continue;
    HOLDFAST_TRY_DO(identity(folded.substr(begin, at - begin), false));
    HOLDFAST_TRY_DO(names_.add(domain.substr(0, dot), Kind::kPart));
  }
  return {};
}

Expected<void> Collector::check_entry(std::string_view entry) const {
  const std::string flat = flattened(entry);
  std::size_t profile = flat.size();
  for (const Root& root : roots_) {
    const std::size_t at = flat.find(root.folded);
    if (at != std::string::npos) profile = std::min(profile, at + root.folded.size());
  }
  for (std::size_t at = flat.find_first_of("*?"); at != std::string::npos; at = flat.find_first_of("*?", at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && is_word_byte(flat[begin - 1])) --begin;
    const std::size_t end = word_end(flat, at + 1);
    const bool extension = begin > 0 && flat[begin - 1] == '.' && flat.find('\\', begin) == std::string::npos &&
                           at - begin <= kExtensionBytesMax;
    const bool touches = begin < at || end > at + 1;
    const bool replaced = names_.contains(std::string_view(flat).substr(begin, at - begin)) ||
                          names_.contains(std::string_view(flat).substr(at + 1, end - at - 1));
    const bool below = at >= profile && ((touches && !extension) || flat[at] == '?');
    if (!replaced && !below) continue;
    return failure({},
                   in_quotes(entry) +
                       ": a wildcard stands for a part of a name that is replaced, and what it matches would change",
                   "name the file or folder whole, or put * for all of it");
  }
  return {};
}

}  // namespace holdfast
