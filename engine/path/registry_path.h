// Registry keys in one normal form, whatever the sensor or the user calls them.
//
//   normalise_registry_key(R"(\REGISTRY\MACHINE\System\ControlSet001\Services\x\)")
//     .text   -> HKLM\System\ControlSet001\Services\x
//     .folded -> HKLM\SYSTEM\CURRENTCONTROLSET\SERVICES\X      (what rules compare)
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::engine {

// A registry key in normal form. text: root as HKLM, HKU, HKCU, HKCR or HKCC, the rest as given:
// "HKLM\SYSTEM\CurrentControlSet\Services\x", "HKU\S-1-5-21-...\Software\...".
// folded, for rules: upper case; ControlSet001 as CURRENTCONTROLSET; a user's hive HKU\<SID> (and HKCU) as HKCU;
// HKU\<SID>_Classes as HKCU\SOFTWARE\CLASSES; HKCR as HKLM\SOFTWARE\CLASSES; HKCC as the current hardware profile;
// WOW6432NODE below SOFTWARE and SOFTWARE\CLASSES left out. Application hives stay "\REGISTRY\A\...", keys without a
// known root as they are.
struct RegistryPath {
  std::string text;
  std::string folded;
};

// Never fails; the text of a result has that same result. '/' is no separator: key names may hold it. A NUL inside the
// key is U+FFFD, because a counted name may hold one, made to hide the key from programs that stop there.
RegistryPath normalise_registry_key(std::string_view raw);
// The same into `out`, reusing its memory. `raw` must not lie inside `out`.
void normalise_registry_key(std::string_view raw, RegistryPath& out);

// What a key may begin with, in all its spellings, and what these stand for.
std::vector<std::string_view> registry_literals();

}  // namespace holdfast::engine
