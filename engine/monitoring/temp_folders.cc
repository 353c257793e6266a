#include "engine/monitoring/temp_folders.h"

#include <array>
#include <string>

#include "engine/monitoring/pattern.h"

namespace holdfast::engine {
namespace {

constexpr auto kUsual = std::to_array<std::string_view>({
    R"(**\APPDATA\LOCAL\TEMP\*\**)",
    R"(**\APPDATA\LOCALLOW\TEMP\*\**)",
    R"(**\LOCAL SETTINGS\TEMP\*\**)",
    R"(%SYSTEMROOT%\TEMP\*\**)",
    R"(*\TEMP\*\**)",
    R"(*\TMP\*\**)",
});

constexpr auto kVariables = std::to_array<std::string_view>({"%TEMP%", "%TMP%"});

// Every usual one is called so: of most paths that says enough.
bool named_so(std::string_view folded) {
  return folded.find(R"(\TEMP\)") != std::string_view::npos || folded.find(R"(\TMP\)") != std::string_view::npos;
}

}  // namespace

TempFolders::TempFolders(const PathNormaliser& paths) {
  for (const std::string_view pattern : kUsual) patterns_.add(place_pattern(pattern, paths.system_root()), 0);
  for (const std::string_view variable : kVariables) {
    const std::string expanded = paths.expand(variable);
    if (expanded == variable) continue;
    const WindowsPath path = paths.normalise(expanded);
    // A folder with a '*' in its name cannot exist; as a pattern it would match far too much.
    if (path.kind != WindowsPath::Kind::kLocal || path.folded.find('*') != std::string::npos) continue;
    patterns_.add(path.folded + R"(\*\**)", 0);
    all_named_so_ = all_named_so_ && named_so(path.folded + '\\');
  }
}

std::vector<std::string_view> TempFolders::literals() {
  std::vector<std::string_view> literals(kUsual.begin(), kUsual.end());
  literals.insert(literals.end(), kVariables.begin(), kVariables.end());
  return literals;
}

bool TempFolders::holds(const WindowsPath& path) const {
  if (path.empty() || (all_named_so_ && !named_so(path.folded))) return false;
  bool found = false;
  patterns_.find(path.folded, [&](std::uint32_t) { found = true; });
  return found;
}

}  // namespace holdfast::engine
