// Windows paths on any host: one normal form for every way of writing a path, so that no rule is passed by spelling.
//
//   PathNormaliser paths(profile);
//   WindowsPath path = paths.normalise(R"(\\?\c:/Windows/.\system32\..\System32\CMD.EXE. )");
//   path.text    -> C:\Windows\System32\CMD.EXE
//   path.folded  -> C:\WINDOWS\SYSTEM32\CMD.EXE      (what rules compare)
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

// A path in normal form. Separators are '\', no "." or "..", no trailing dots or spaces in a part, no \\?\ prefix.
struct WindowsPath {
  enum class Kind : std::uint8_t {
    kEmpty,     // nothing was given
    kLocal,     // "C:\..."
    kUnc,       // "\\host\share\..."
    kDevice,    // "\Device\..." that no volume of the profile explains, or another object name
    kRelative,  // no root: a bare file name such as Sysmon's "System"
  };

  Kind kind = Kind::kEmpty;
  std::string text;    // for people: case as given
  std::string folded;  // for comparing: upper case by NTFS rules
  std::string stream;  // alternate stream, folded, without ':'; empty for the unnamed one. Not part of text and folded.

  // Views into `folded`.
  std::string_view file_name() const;  // after the last '\'
  std::string_view folder() const;     // before the last '\', without it; empty if there is none
  std::string_view extension() const;  // after the last '.' of the file name, without it; empty if there is none
  bool empty() const { return kind == Kind::kEmpty; }
};

class PathNormaliser {
 public:
  // Takes volumes, short names, environment variables and the system root from the profile (defaults of a standard
  // installation where it says nothing).
  explicit PathNormaliser(const v1::AgentProfile& profile);
  ~PathNormaliser();
  PathNormaliser(PathNormaliser&&) noexcept;
  PathNormaliser& operator=(PathNormaliser&&) noexcept;

  // Never fails: every byte string has a normal form; invalid UTF-8 becomes U+FFFD.
  WindowsPath normalise(std::string_view raw) const;
  // The same into `out`, reusing its memory: for the path of every event.
  void normalise(std::string_view raw, WindowsPath& out) const;

  // Expands "%NAME%" as ExpandEnvironmentStrings does: unknown names stay as they are.
  std::string expand(std::string_view text) const;

  // Folded "C:\WINDOWS" (or where the profile puts it).
  const std::string& system_root() const;

 private:
  struct Rules;
  std::unique_ptr<const Rules> rules_;
};

// Appends `utf8` to `out` in upper case by the NTFS rules (one UTF-16 unit to one, not locale dependent).
void append_folded(std::string_view utf8, std::string& out);
std::string folded(std::string_view utf8);

// A registry key in normal form. text: "HKLM\SYSTEM\CurrentControlSet\Services\x", "HKU\S-1-5-21-...\Software\...".
// folded, for rules: upper case; ControlSet001 as CURRENTCONTROLSET; a user's hive HKU\<SID> (and HKCU) as HKCU;
// HKU\<SID>_Classes as HKCU\SOFTWARE\CLASSES; HKCR as HKLM\SOFTWARE\CLASSES; WOW6432NODE left out.
struct RegistryPath {
  std::string text;
  std::string folded;
};
RegistryPath normalise_registry_key(std::string_view raw);
void normalise_registry_key(std::string_view raw, RegistryPath& out);

}  // namespace holdfast::engine
