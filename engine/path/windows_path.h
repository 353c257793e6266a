// Windows paths on any host: one normal form for every way of writing a path, so that no rule is passed by spelling.
//
//   PathNormaliser paths(profile);
//   WindowsPath path = paths.normalise(R"(\\?\c:/Windows/.\system32\..\System32\CMD.EXE. )");
//   path.text    -> C:\Windows\System32\CMD.EXE
//   path.folded  -> C:\WINDOWS\SYSTEM32\CMD.EXE      (what rules compare)
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/path/case_folding.h"
#include "engine/path/environment.h"
#include "engine/path/registry_path.h"
#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

// A path in normal form. Separators are '\', no "." or "..", no trailing dots or spaces in a part, no \\?\ prefix.
struct WindowsPath {
  // UTF-16 units of the longest path Windows can open (UNICODE_STRING). What lies beyond is cut off, part by part.
  static constexpr std::size_t kUnitsMax = 32767;

  enum class Kind : std::uint8_t {
    kEmpty,     // nothing was given
    kLocal,     // "C:\...", mapped drives included
    kUnc,       // "\\host\share\..."
    kDevice,    // "\Device\..." that no volume of the profile explains, "\\.\..." or another object name
    kRelative,  // no root: a bare file name such as Sysmon's "System"; what is relative to a drive's current folder
  };

  Kind kind = Kind::kEmpty;
  // True where the spelling can only name another object than the normal form does, one made to be mistaken for it: a
  // folder part that ends in spaces or several dots, which Win32 keeps ("C:\Windows \System32\x.exe"), or a path cut at
  // kUnitsMax or longer than any text that names one. What allows must not trust such a path; what forbids need not
  // care.
  bool lookalike = false;
  // For people: case as given, and of a lookalike the folder that makes it one, as far as it can be shown.
  std::string text;
  std::string folded;  // for comparing: upper case by NTFS rules
  std::string stream;  // alternate stream, folded, without ':'; empty for the unnamed one. Not part of text and folded.

  // Views into `folded`.
  std::string_view file_name() const;  // after the last '\'
  std::string_view folder() const;     // before the last '\', without it; empty if there is none
  std::string_view extension() const;  // after the last '.' of the file name, without it; empty if there is none
  bool empty() const { return kind == Kind::kEmpty; }

  // One text for all of it, stream included: its normal form is this path again. For keys and snapshots, where `text`
  // alone would make of a program in a stream the file that holds it.
  std::string spelling() const;
};

class PathNormaliser {
 public:
  // Takes volumes, short names, environment variables and the system root from the profile (defaults of a standard
  // installation where it says nothing). What makes no sense there (a short name with another number of parts than its
  // long one, a volume without a drive letter) is left out.
  explicit PathNormaliser(const v1::AgentProfile& profile);
  ~PathNormaliser();
  PathNormaliser(PathNormaliser&&) noexcept;
  PathNormaliser& operator=(PathNormaliser&&) noexcept;

  // Never fails: every byte string has a normal form, and the normal form is its own (DOMAIN 6).
  //   \\?\C:\ \\.\C:\ \??\C:\ \DosDevices\C:\ \\?\GLOBALROOT\...   as if without
  //   \\?\UNC\host\share  \Device\Mup\host\share                   \\host\share
  //   \Device\HarddiskVolume3\...   the drive that the profile names for it, else kDevice
  //   \SystemRoot\...  \Windows\... as the boot loader writes it     below the system root
  //   \\localhost\C$\...  (or any loopback address, or the endpoint's own name; ADMIN$)   C:\...
  //   C:\PROGRA~1\...   the long name of the profile, or of a standard installation
  //   C:\Documents and Settings\...  and the other junctions that setup makes since Vista: where they lead
  //   C:\Windows\Sysnative\...       on 64 bits C:\Windows\System32
  //   quotes are dropped, a NUL ends the path, invalid UTF-8 becomes U+FFFD
  WindowsPath normalise(std::string_view raw) const;
  // The same into `out`, reusing its memory: for the path of every event. `raw` must not lie inside `out`.
  void normalise(std::string_view raw, WindowsPath& out) const;

  // Expands "%NAME%" as ExpandEnvironmentStrings does: unknown names stay as they are.
  std::string expand(std::string_view text) const;
  const Environment& environment() const;

  // Folded "C:\WINDOWS" (or where the profile puts it).
  const std::string& system_root() const;

 private:
  struct Rules;
  std::unique_ptr<const Rules> rules_;
};

}  // namespace holdfast::engine
