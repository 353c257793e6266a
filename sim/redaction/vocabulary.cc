#include "sim/redaction/vocabulary.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <functional>

#include "engine/monitoring/literals.h"
#include "engine/monitoring/pattern.h"
#include "engine/path/case_folding.h"
#include "engine/schema/cloud.pb.h"
#include "engine/text/ascii.h"
#include "sim/redaction/words.h"

namespace holdfast {
namespace {

constexpr std::size_t kShortNumberDigits = 5;

// What Windows itself makes in every profile, for people who read a redacted recording: no rule asks for these.
constexpr auto kFoldersOfAProfile = std::to_array<std::string_view>({
    "3D Objects",
    "Contacts",
    "Cookies",
    "Desktop",
    "Documents",
    "Downloads",
    "Favorites",
    "History",
    "INetCookies",
    "Links",
    "Local",
    "LocalLow",
    "Music",
    "My Music",
    "My Pictures",
    "My Videos",
    "NetHood",
    "OneDrive",
    "Packages",
    "Pictures",
    "PrintHood",
    "Quick Launch",
    "Recent",
    "Roaming",
    "Saved Games",
    "Searches",
    "SendTo",
    "Templates",
    "Temporary Internet Files",
    "Videos",
    "NTUSER.DAT",
    "UsrClass.dat",
});

constexpr auto kWellKnownAccounts = std::to_array<std::string_view>({
    "",
    "-",
    ".",
    "ADMIN",
    "ADMINISTRATOR",
    "ADMINISTRATORS",
    "ALL USERS",
    "ANONYMOUS LOGON",
    "APPLICATION PACKAGE AUTHORITY",
    "BUILTIN",
    "DEFAULT",
    "DEFAULT USER",
    "DEFAULTACCOUNT",
    "EVERYONE",
    "FONT DRIVER HOST",
    "GUEST",
    "IIS APPPOOL",
    "LOCAL SERVICE",
    "LOCALSERVICE",
    "LOCALSYSTEM",
    "NETWORK SERVICE",
    "NETWORKSERVICE",
    "NT AUTHORITY",
    "NT SERVICE",
    "NT VIRTUAL MACHINE",
    "PUBLIC",
    "SYSTEM",
    "USER",
    "USERS",
    "WINDOW MANAGER",
    "WORKGROUP",
});

void add_names_of(const google::protobuf::Descriptor& message, const std::function<void(std::string_view)>& add) {
  for (int i = 0; i < message.field_count(); ++i) add(message.field(i)->json_name());
  for (int i = 0; i < message.enum_type_count(); ++i) {
    for (int j = 0; j < message.enum_type(i)->value_count(); ++j) add(message.enum_type(i)->value(j)->name());
  }
}

}  // namespace

Vocabulary::Vocabulary() {
  engine::for_each_literal([this](engine::LiteralKind kind, std::string_view text) {
    switch (kind) {
      case engine::LiteralKind::kText: add(text); break;
      case engine::LiteralKind::kPattern:
        for (const std::string& pattern : engine::pattern_alternatives(text)) add(pattern);
        break;
      case engine::LiteralKind::kExpression: add_expression(text); break;
    }
  });
  for (const std::string_view folder : kFoldersOfAProfile) add(folder);
  // The answers of the services are JSON in protobuf's own mapping.
  const auto add_name = [this](std::string_view name) { add(name); };
  add_names_of(*v1::SafeSoftwareAnswer::descriptor(), add_name);
  add_names_of(*v1::PrevalenceAnswer::descriptor(), add_name);
}

void Vocabulary::add(std::string_view text) {
  for_each_word(engine::folded(text), [this](std::string_view word) { words_.emplace(word); });
}

// Behind a backslash stands a class or an assertion and no letter of a word; a letter with '?' may be missing.
void Vocabulary::add_expression(std::string_view expression) {
  std::string plain;
  for (std::size_t at = 0; at < expression.size(); ++at) {
    if (expression[at] != '\\') {
      plain += expression[at];
      continue;
    }
    plain += ' ';
    ++at;
  }
  add(plain);
  for (std::size_t at = plain.find('?'); at != std::string::npos; at = plain.find('?', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && is_word_byte(plain[begin - 1])) --begin;
    if (at - begin > 1) add(std::string_view(plain).substr(begin, at - begin - 1));
  }
}

bool Vocabulary::keeps(std::string_view folded_word) const {
  const bool number = std::ranges::all_of(folded_word, ascii::is_digit);
  return folded_word.size() < 2 || (number && folded_word.size() <= kShortNumberDigits) || contains(folded_word);
}

bool is_well_known_account(std::string_view folded_name) {
  return std::ranges::find(kWellKnownAccounts, folded_name) != kWellKnownAccounts.end();
}

}  // namespace holdfast
