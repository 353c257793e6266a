#include "engine/monitoring/literals.h"

#include <array>
#include <cstddef>

#include "engine/monitoring/command_text.h"
#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"
#include "engine/monitoring/system_files.h"
#include "engine/monitoring/temp_folders.h"
#include "engine/path/environment.h"
#include "engine/path/junctions.h"
#include "engine/path/registry_path.h"

namespace holdfast::engine {
namespace {

// What no table holds, or an expression spells with classes of letters. The first rows are compared, the last are what
// the engine adds to a target, a reason or a route in its own words.
constexpr auto kOfCode = std::to_array<std::string_view>({
    "ControlSet001 ControlSet002 ControlSet003 ControlSet004 ControlSet005",
    ".DEFAULT _Classes",
    "Zone.Identifier ZoneTransfer ZoneId HostUrl ReferrerUrl",
    "LoadLibraryA LoadLibraryW LoadLibraryExA LoadLibraryExW enc EncodedCommand",
    "\u2013enc \u2014enc \u2015enc \u2013e \u2014e \u2015e \u2013ec \u2014ec \u2015ec",
    "\u2013EncodedCommand \u2014EncodedCommand \u2015EncodedCommand",
    ".mui .exe .sys .zip .rar",
    "<Command> </Command> <ComHandler> </ComHandler> <ClassId> </ClassId>",
    "application/json",
    "Device Mup LanmanRedirector WebDavRedirector Dfs DosDevices Global?? GLOBALROOT UNC ADMIN$ localhost",
    "PROGRA~1 COMMON~1 INTERN~1 DOCUME~1 ALLUSE~1 ADMINI~1 LOCALS~1 APPLIC~1 STARTM~1 MYDOCU~1 DEFAUL~1",
    "All Users Administrator Start Menu My Documents",
    "(Default) service task port pipe WMI subscription audit policy firewall policy",
    "HTTP over TLS email another way an unknown way",
    "direct proxy IPv4 IPv6",
});

// What netsh.exe reads, each word also cut to any length.
constexpr auto kOfNetsh =
    std::to_array<std::string_view>({"advfirewall", "firewall", "set", "opmode", "mode", "state", "off", "disable"});

}  // namespace

void for_each_literal(const std::function<void(LiteralKind, std::string_view)>& take) {
  for (const EventRule& rule : event_rules()) {
    for (const std::string_view pattern : {rule.target, rule.program, rule.value, rule.not_value, rule.except}) {
      take(LiteralKind::kPattern, pattern);
    }
    take(LiteralKind::kExpression, rule.text);
    take(LiteralKind::kExpression, rule.not_text);
  }
  take(LiteralKind::kText, kFirewallAccount);
  for (const SystemFile& file : system_files()) take(LiteralKind::kText, file.name);
  for (const std::string_view text : interpreters()) take(LiteralKind::kText, text);
  for (const std::string_view text : system_file_literals()) take(LiteralKind::kText, text);
  for (const std::string_view text : system_task_handlers()) take(LiteralKind::kText, text);
  for (const std::string_view text : TempFolders::literals()) take(LiteralKind::kText, text);
  for (const std::string_view text : environment_literals()) take(LiteralKind::kText, text);
  for (const std::string_view text : junction_literals()) take(LiteralKind::kText, text);
  for (const std::string_view text : registry_literals()) take(LiteralKind::kText, text);
  for (const std::string_view text : kOfCode) take(LiteralKind::kText, text);
  for (const std::string_view word : kOfNetsh) {
    for (std::size_t length = 1; length <= word.size(); ++length) take(LiteralKind::kText, word.substr(0, length));
  }
}

}  // namespace holdfast::engine
