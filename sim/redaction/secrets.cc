#include "sim/redaction/secrets.h"

#include <re2/re2.h>

#include <array>
#include <memory>
#include <string>

namespace holdfast {
namespace {

enum class Finds : std::uint8_t { kSecretText, kAccountName, kHostName };

struct Row {
  Finds what;
  std::string_view expression;  // RE2, case-insensitive; its groups are what is found
};

// What stands for @, # and % in the rows.
constexpr std::string_view kValue = R"re((?:"([^"\r\n]+)"|'([^'\r\n]+)'|([^\s"'&|<>,;)]+)))re";
constexpr std::string_view kSecretNames =
    "(?:[a-z]+[-_])*(?:passwords?|passwd|passphrase|pwd|token|secret|api[-_]?key|access[-_]?key|pass|pw|rp)";
// Programs that take a name and a password so, up to where an option of theirs begins.
constexpr std::string_view kTools =
    R"re(\b(?:psexec\w*|paexec|sqlcmd|osql|bcp|schtasks|winexe|winrs|rasdial|sshpass)(?:\.exe)?"?\s(?:[^\r\n]*?\s)?)re";

constexpr auto kRows = std::to_array<Row>({
    // -Password x, --access-token=x, /pass:x, -pw x, /rp x
    {Finds::kSecretText, R"re((?:^|[\s"'])(?:--?|/)#(?:\s*[:=]\s*|\s+)@)re"},
    // /p:x and -p:x; with a blank only behind programs that take a password so
    {Finds::kSecretText, R"re((?:^|\s)[-/]p:@)re"},
    {Finds::kSecretText, R"re(%[-/]p\s+@)re"},
    {Finds::kAccountName, R"re(%[-/]u\s+@)re"},
    // password=x; "token": "x"; Pwd=x in connection strings and queries of URLs
    {Finds::kSecretText, R"re(\b#["']?\s*[=:]\s*@)re"},
    // https://user:x@host; [@] is the character itself
    {Finds::kSecretText, R"re([a-z][a-z0-9+.-]*://[^\s/:"']+:([^\s/"'[@]]+)[@])re"},
    {Finds::kAccountName, R"re([a-z][a-z0-9+.-]*://([^\s/:"'[@]]+)(?::[^\s/"'[@]]+)?[@])re"},
    // net use \\host\share x; net user name x
    {Finds::kSecretText, R"re(\bnet1?(?:\.exe)?"?\s+use\s+(?:[a-z*]:?\s+)?"?\\\\[^\s"]+"?\s+@)re"},
    {Finds::kSecretText, R"re(\bnet1?(?:\.exe)?"?\s+user\s+(?:"[^"]+"|[^\s"/]+)\s+@)re"},
    {Finds::kAccountName, R"re(\bnet1?(?:\.exe)?"?\s+user\s+@)re"},
    // curl -u name:x
    {Finds::kSecretText, R"re(\bcurl(?:\.exe)?"?\s(?:[^\r\n]*?\s)?(?:-u|--user)\s+["']?[^\s:"']+:([^\s"']+))re"},
    {Finds::kAccountName, R"re(\bcurl(?:\.exe)?"?\s(?:[^\r\n]*?\s)?(?:-u|--user)\s+["']?([^\s:"']+))re"},
    // mysql -px, 7z a -px, rar a -hpx: no blank between, and a capital P is something else
    {Finds::kSecretText, R"re(\b(?:mysql\w*|7z\w?|(?:win|un)?rar)(?:\.exe)?"?\s(?:[^\r\n]*?\s)?-(?-i:h?p)@)re"},
    {Finds::kSecretText, R"re(\bopenssl(?:\.exe)?"?\s[^\r\n]*?\s-k\s+@)re"},
    {Finds::kSecretText, R"re(\bconvertto-securestring\s+(?:-string\s+)?@)re"},
    // wmic /node:srv01, sqlcmd -S srv01\instance
    {Finds::kHostName, R"re(\s/node:\s*"?([a-z0-9._-]+))re"},
    {Finds::kHostName,
     R"re(\b(?:sqlcmd|osql|bcp)(?:\.exe)?"?\s(?:[^\r\n]*?\s)?-(?-i:S)\s*"?(?:tcp:)?([a-z0-9._-]+))re"},
    // powershell -enc SQBFAFgA...
    {Finds::kSecretText, R"re(\s[-/](?:e|ec|en[a-z]*)\s+["']?([a-z0-9+/]{16,}={0,2}))re"},
    {Finds::kSecretText, R"re(frombase64string\s*\(\s*["']([a-z0-9+/]{16,}={0,2}))re"},
    {Finds::kSecretText, R"re(\b(?:bearer|basic)\s+([a-z0-9._~+/=-]{8,}))re"},
    // /user:CORP\alice, /ru alice, -Username alice
    {Finds::kAccountName, R"re((?:^|\s)(?:--?|/)(?:user|username|ru|runas|account)(?:\s*[:=]\s*|\s+)@)re"},
    // reg add "...\SpecialAccounts\Userlist" /v alice
    {Finds::kAccountName, R"re(\\specialaccounts\\userlist"?\s(?:[^\r\n]*?\s)?/v\s+@)re"},
    {Finds::kAccountName, R"re(<(?:Author|UserId|GroupId|User)>([^<]+)<)re"},
});

constexpr int kGroupsMax = 4;  // the whole match and three ways of quoting

// What must stand in a text for any row to find something: most texts of a recording end here.
constexpr std::string_view kAny =
    R"(pass|pwd|\bpw\b|token|secret|key|[-/](?:p|hp|rp|ru|u|e|k|s|node)|user|secure|://|\bnet1?\b|base64|bearer|basic|account|<author)";

struct Compiled {
  Finds what;
  std::unique_ptr<const RE2> expression;
};

std::unique_ptr<const RE2> compile(std::string_view expression) {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_encoding(RE2::Options::EncodingLatin1);
  std::string full;
  while (!expression.empty()) {
    if (expression.starts_with("[@]")) {
      full += '@';
      expression.remove_prefix(3);
      continue;
    }
    const char c = expression.front();
    expression.remove_prefix(1);
    if (c == '@') {
      full += kValue;
    } else if (c == '#') {
      full += kSecretNames;
    } else if (c == '%') {
      full += kTools;
    } else {
      full += c;
    }
  }
  return std::make_unique<const RE2>(full, options);
}

const std::vector<Compiled>& rows() {
  static const std::vector<Compiled> compiled = [] {
    std::vector<Compiled> all;
    for (const Row& row : kRows) all.push_back({row.what, compile(row.expression)});
    return all;
  }();
  return compiled;
}

// Switches where a value was expected, variables, and the star that makes a program ask for it.
bool is_value(std::string_view value) {
  return !value.empty() && value != "*" && std::string_view("-/$%").find(value.front()) == std::string_view::npos;
}

void find(const Compiled& row, std::string_view text, std::vector<std::string_view>& found) {
  const re2::StringPiece whole(text.data(), text.size());
  std::array<re2::StringPiece, kGroupsMax> groups;
  for (std::size_t at = 0; at < text.size();) {
    const int count = 1 + row.expression->NumberOfCapturingGroups();
    if (!row.expression->Match(whole, at, text.size(), RE2::UNANCHORED, groups.data(), count)) return;
    for (std::size_t i = 1; i < static_cast<std::size_t>(count); ++i) {
      const std::string_view value(groups[i].data(), groups[i].size());
      if (is_value(value)) found.push_back(value);
    }
    const std::size_t end = static_cast<std::size_t>(groups[0].data() - text.data()) + groups[0].size();
    at = end > at ? end : at + 1;
  }
}

}  // namespace

Confidential find_confidential(std::string_view text) {
  static const std::unique_ptr<const RE2> any = compile(kAny);
  Confidential found;
  if (!RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *any)) return found;
  for (const Compiled& row : rows()) {
    switch (row.what) {
      case Finds::kSecretText: find(row, text, found.secrets); break;
      case Finds::kAccountName: find(row, text, found.accounts); break;
      case Finds::kHostName: find(row, text, found.hosts); break;
    }
  }
  return found;
}

}  // namespace holdfast
