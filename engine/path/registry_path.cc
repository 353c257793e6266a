#include "engine/path/registry_path.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "engine/path/case_folding.h"
#include "engine/text/ascii.h"
#include "engine/text/ascii_words.h"
#include "engine/text/utf8.h"

namespace holdfast::engine {
namespace {

struct Root {
  std::string_view name;  // folded, as the first part of a key
  std::string_view text;
  std::string_view folded;  // what rules compare
};
// The first row of each root is the normal one.
constexpr Root kRoots[] = {
    {"HKLM", "HKLM", "HKLM"},
    {"HKEY_LOCAL_MACHINE", "HKLM", "HKLM"},
    {"MACHINE", "HKLM", "HKLM"},  // security templates, and \REGISTRY\MACHINE
    {"HKU", "HKU", "HKU"},
    {"HKEY_USERS", "HKU", "HKU"},
    {"USER", "HKU", "HKU"},
    {"USERS", "HKU", "HKU"},
    {"HKCU", "HKCU", "HKCU"},
    {"HKEY_CURRENT_USER", "HKCU", "HKCU"},
    {"CURRENT_USER", "HKCU", "HKCU"},
    {"HKCR", "HKCR", R"(HKLM\SOFTWARE\CLASSES)"},
    {"HKEY_CLASSES_ROOT", "HKCR", R"(HKLM\SOFTWARE\CLASSES)"},
    {"CLASSES_ROOT", "HKCR", R"(HKLM\SOFTWARE\CLASSES)"},
    {"HKCC", "HKCC", R"(HKLM\SYSTEM\CURRENTCONTROLSET\HARDWARE PROFILES\CURRENT)"},
    {"HKEY_CURRENT_CONFIG", "HKCC", R"(HKLM\SYSTEM\CURRENTCONTROLSET\HARDWARE PROFILES\CURRENT)"},
};

// What may stand before a root: the registry editor's and PowerShell's ways of writing.
constexpr std::string_view kPrefixes[] = {R"(COMPUTER\)", R"(MICROSOFT.POWERSHELL.CORE\)", "REGISTRY::"};

constexpr std::string_view kWow64Node = R"(\WOW6432NODE)";

// Whether `text` begins with `folded_prefix` in any case.
bool begins(std::string_view text, std::string_view folded_prefix) {
  return text.size() >= folded_prefix.size() && std::ranges::equal(text.substr(0, folded_prefix.size()), folded_prefix,
                                                                   [](char a, char b) { return ascii::upper(a) == b; });
}

// Whether `text` is `folded_part`, or has it as its first part.
bool begins_with_part(std::string_view text, std::string_view folded_part) {
  return begins(text, folded_part) && (text.size() == folded_part.size() || text[folded_part.size()] == '\\');
}

// Single separators, none at the end, nothing around the key, valid UTF-8: what sensors give nearly always.
bool is_tidy(std::string_view key) {
  using ascii::Word;
  Word bad = 0;
  Word before = 0;
  const auto test = [&](Word word) {
    const Word separators = ascii::equal(word, '\\');
    bad |= separators & ((separators << 8U) | before);
    before = separators >> 56U;
    bad |= ascii::any_non_ascii(word) | ascii::any_below(word, 1);
  };
  std::size_t at = 0;
  for (; at + sizeof(Word) <= key.size(); at += sizeof(Word)) test(ascii::load(key.data() + at));
  if (at < key.size()) test(ascii::load_tail(key.data() + at, key.size() - at));
  return bad == 0 && (key.empty() || (!ascii::is_blank(key.front()) && key.front() != '"' && key.back() != '\\'));
}

std::string_view without_surroundings(std::string_view key) {
  for (;;) {
    const std::size_t size = key.size();
    while (!key.empty() && ascii::is_blank(key.front())) key.remove_prefix(1);
    while (!key.empty() && (key.back() == '\0' || key.back() == '\\')) key.remove_suffix(1);
    if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
    if (key.size() == size) return key;
  }
}

std::string tidied(std::string_view raw) {
  std::string valid;
  append_valid_utf8(without_surroundings(raw), valid);
  std::string key;
  for (const char c : valid) {
    if (c == '\0') {
      append_utf8(kReplacementCharacter, key);
    } else if (c != '\\' || key.empty() || key.back() != '\\') {
      key.push_back(c);
    }
  }
  return key;
}

// The root that `key` begins with, which is taken off it; null, and nothing taken, if there is none.
const Root* take_root(std::string_view& key) {
  std::string_view rest = key;
  if (rest.starts_with('\\')) rest.remove_prefix(1);
  if (begins(rest, R"(REGISTRY\)")) {
    const std::string_view behind = rest.substr(9);
    if (begins_with_part(behind, "MACHINE") || begins_with_part(behind, "USER")) rest = behind;
  }
  for (const std::string_view prefix : kPrefixes) {
    if (begins(rest, prefix)) rest.remove_prefix(prefix.size());
  }
  std::size_t end = rest.find('\\');
  if (end == std::string_view::npos) end = rest.size();
  std::string_view name = rest.substr(0, end);
  if (name.ends_with(':')) name.remove_suffix(1);  // PowerShell's drives: "HKLM:\SOFTWARE"
  for (const Root& root : kRoots) {
    if (root.name.size() != name.size() || !begins(name, root.name)) continue;
    key = rest.substr(end);
    return &root;
  }
  return nullptr;
}

// By its beginning only: a hive that merely looks like a user's is better watched as one than not at all.
bool is_user_hive(std::string_view name) {
  constexpr std::string_view kDefault = ".DEFAULT";
  constexpr std::string_view kSid = "S-1-";
  if (name.size() == kDefault.size() && begins(name, kDefault)) return true;
  return name.size() > kSid.size() && ascii::is_digit(name[kSid.size()]) && begins(name, kSid);
}

// What rules see in place of the beginning of a key, and how much of the key that is.
struct Replacement {
  std::string_view folded;
  std::size_t bytes = 0;
};

// "\S-1-5-21-...\..." below HKU is HKCU: whose hive it is does not matter to rules.
Replacement user_hive(std::string_view key) {
  constexpr std::string_view kClasses = "_CLASSES";
  const std::size_t end = std::min(key.find('\\', 1), key.size());
  if (end < 2) return {"HKU", 0};
  std::string_view hive = key.substr(1, end - 1);
  const bool classes = hive.size() > kClasses.size() && begins(hive.substr(hive.size() - kClasses.size()), kClasses);
  if (classes) hive.remove_suffix(kClasses.size());
  if (!is_user_hive(hive)) return {"HKU", 0};
  return {classes ? R"(HKCU\SOFTWARE\CLASSES)" : "HKCU", end};
}

// "\SYSTEM\ControlSet001" below HKLM is one of the sets that CurrentControlSet stands for.
Replacement control_set(std::string_view key) {
  constexpr std::string_view kNumbered = R"(\SYSTEM\CONTROLSET)";
  constexpr std::size_t kDigits = 3;
  constexpr std::size_t kEnd = kNumbered.size() + kDigits;
  if (key.size() < kEnd || (key.size() > kEnd && key[kEnd] != '\\') || !begins(key, kNumbered) ||
      !std::ranges::all_of(key.substr(kNumbered.size(), kDigits), ascii::is_digit)) {
    return {"HKLM", 0};
  }
  return {R"(HKLM\SYSTEM\CURRENTCONTROLSET)", kEnd};
}

void leave_out_wow64_nodes(std::string& key) {
  if (!key.starts_with(R"(HKLM\SOFTWARE\)") && !key.starts_with(R"(HKCU\SOFTWARE\)")) return;
  const auto leave_out_at = [&key](std::size_t at) {
    while (begins_with_part(std::string_view(key).substr(at), kWow64Node)) key.erase(at, kWow64Node.size());
  };
  constexpr std::string_view kSoftware = R"(HKLM\SOFTWARE)";
  constexpr std::string_view kClasses = R"(\CLASSES)";
  leave_out_at(kSoftware.size());
  if (begins_with_part(std::string_view(key).substr(kSoftware.size()), kClasses)) {
    leave_out_at(kSoftware.size() + kClasses.size());
  }
}

}  // namespace

std::vector<std::string_view> registry_literals() {
  std::vector<std::string_view> literals(std::begin(kPrefixes), std::end(kPrefixes));
  for (const Root& root : kRoots) literals.insert(literals.end(), {root.name, root.folded});
  literals.push_back(kWow64Node);
  return literals;
}

void normalise_registry_key(std::string_view raw, RegistryPath& out) {
  std::string cleaned;
  std::string_view key = raw;
  if (!is_tidy(raw)) {
    cleaned = tidied(raw);
    key = cleaned;
  }
  const Root* root = take_root(key);
  if (root == nullptr) {
    out.text.assign(key);
    out.folded.clear();
    append_folded(key, out.folded);
    return;
  }
  out.text.assign(root->text).append(key);
  Replacement beginning{root->folded, 0};
  if (root->folded == "HKU") beginning = user_hive(key);
  if (root->folded == "HKLM") beginning = control_set(key);
  out.folded.assign(beginning.folded);
  append_folded(key.substr(beginning.bytes), out.folded);
  leave_out_wow64_nodes(out.folded);
}

RegistryPath normalise_registry_key(std::string_view raw) {
  RegistryPath out;
  normalise_registry_key(raw, out);
  return out;
}

}  // namespace holdfast::engine
