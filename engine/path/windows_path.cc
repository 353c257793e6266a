// How a path is read: its beginning decides what kind of name it is (Route), perhaps several times over, since
// "\\?\GLOBALROOT\Device\Mup\host\share" is four names in one. Each step takes at least one segment or ends the
// journey. Then the parts follow, which are the same for all kinds (PathAssembly). Junctions are undone last: ".."
// leads back by the names that were written, not by where they lead.
#include "engine/path/windows_path.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "engine/path/junctions.h"
#include "engine/path/path_assembly.h"
#include "engine/path/path_parts.h"
#include "engine/path/short_names.h"
#include "engine/text/ascii.h"
#include "engine/text/host_address.h"

namespace holdfast::engine {
namespace {

using Kind = WindowsPath::Kind;

// 32,767 units take at most three bytes each (a surrogate pair, two units, takes four); no more is looked at.
constexpr std::size_t kRawBytesMax = 4 * WindowsPath::kUnitsMax;

struct DeviceVolume {
  std::string device;  // folded normal form, "\DEVICE\HARDDISKVOLUME3"
  std::string drive;   // "C:"
};

enum class Route : std::uint8_t {
  kObject,      // "\..." of the object manager
  kDosDevice,   // behind "\\.\", "\\?\" or "\??\"
  kDevice,      // behind "\Device"
  kRedirector,  // behind the device that serves network paths
  kHost,        // behind "\\"
  kParts,       // the root is known
};

struct Redirection {
  std::string_view folded;
  Route route;
};
// First parts of an object name that say what the rest is.
constexpr Redirection kObjects[] = {
    {R"(\??)", Route::kDosDevice},
    {R"(\DOSDEVICES)", Route::kDosDevice},
    {R"(\GLOBAL??)", Route::kDosDevice},
    {R"(\DEVICE)", Route::kDevice},
};
// First parts of a DOS device name that say what the rest is.
constexpr Redirection kDosDevices[] = {
    {R"(\\.\UNC)", Route::kHost},
    {R"(\\.\GLOBALROOT)", Route::kObject},
};
constexpr std::string_view kRedirectors[] = {
    R"(\DEVICE\MUP)",
    R"(\DEVICE\LANMANREDIRECTOR)",
    R"(\DEVICE\WEBDAVREDIRECTOR)",
    R"(\DEVICE\DFS)",
};

// Blanks before a root mean nothing; before anything else they may belong to a name.
std::string_view without_blanks_before_root(std::string_view text) {
  const auto begin = std::ranges::find_if_not(text, ascii::is_blank);
  const std::string_view rest = text.substr(static_cast<std::size_t>(begin - text.begin()));
  const bool rooted =
      !rest.empty() && (is_separator(rest[0]) || (rest.size() >= 2 && ascii::is_letter(rest[0]) && rest[1] == ':'));
  return rooted || rest.empty() ? rest : text;
}

// Behind the separators of "\\?\" and "\??\".
bool is_verbatim(std::string_view rest) {
  const std::size_t marks = std::min(rest.find_first_not_of('?'), rest.size());
  return marks != 0 && marks < rest.size() && is_separator(rest[marks]);
}

}  // namespace

struct PathNormaliser::Rules {
  Environment environment;
  std::string system_root = R"(C:\Windows)";
  std::string system_root_folded;  // "C:\WINDOWS"
  std::string boot_folder;  // "\WINDOWS": as an object name, what the boot loader calls the system root's first folder
  std::vector<DeviceVolume> volumes;
  std::vector<std::string> own_names;  // folded hosts that mean this endpoint
  ShortNames short_names;
  Junctions junctions;

  explicit Rules(const v1::AgentProfile& profile);

  void normalise(std::string_view raw, WindowsPath& out) const;
  void assemble(std::string_view raw, WindowsPath& out) const;
  Route step(Route route, SegmentCursor& cursor, PathAssembly& assembly, WindowsPath& out) const;
  Route object(SegmentCursor& cursor, PathAssembly& assembly, WindowsPath& out) const;
  Route dos_device(SegmentCursor& cursor, PathAssembly& assembly, WindowsPath& out) const;
  Route device(SegmentCursor& cursor, PathAssembly& assembly, WindowsPath& out) const;
  static Route redirector(SegmentCursor& cursor);
  Route host(SegmentCursor& cursor, PathAssembly& assembly, WindowsPath& out) const;

  const DeviceVolume* volume_of(std::string_view device) const;
  bool is_own_name(std::string_view folded_host) const;
  void start_at_drive(char letter, PathAssembly& assembly) const;
  void start_at_system_root(PathAssembly& assembly) const;
  std::vector<ShortNamePair> short_name_pairs(const v1::AgentProfile& profile) const;
};

PathNormaliser::Rules::Rules(const v1::AgentProfile& profile) : environment(profile) {
  // Each step uses the rules made so far: short names may stand in nothing but short names.
  WindowsPath path;
  normalise(environment.system_root(), path);
  const bool usable = path.kind == Kind::kLocal && path.text.size() > 3;
  if (usable) system_root = path.text;
  system_root_folded = folded(system_root);
  boot_folder = system_root_folded.substr(2, system_root_folded.find('\\', 3) - 2);

  for (const v1::Volume& volume : profile.volume()) {
    if (volume.drive().size() < 2 || !is_drive(volume.drive().substr(0, 2)) || volume.device().empty()) continue;
    normalise(volume.device(), path);
    if (path.kind != Kind::kDevice || path.folded.size() < 2) continue;
    volumes.push_back({path.folded, {ascii::upper(volume.drive()[0]), ':'}});
  }

  // "PC042" and "pc042.corp.example" are one, as far as the profile knows its domain.
  if (!profile.endpoint().empty()) {
    const std::string name = folded(profile.endpoint());
    const std::string short_name = name.substr(0, name.find('.'));
    own_names = {name, short_name};
    const std::string* domain = environment.find("USERDNSDOMAIN");
    if (domain != nullptr && !domain->empty()) own_names.push_back(short_name + '.' + folded(*domain));
  }

  normalise(environment.users_folder(), path);
  short_names = ShortNames(short_name_pairs(profile), path.folded);

  junctions = Junctions(profile, environment, [&](std::string_view text) {
    assemble(text, path);
    return path;
  });
}

std::vector<ShortNamePair> PathNormaliser::Rules::short_name_pairs(const v1::AgentProfile& profile) const {
  std::vector<ShortNamePair> pairs;
  WindowsPath short_path;
  WindowsPath long_path;
  const auto add = [&](std::string_view short_raw, std::string_view long_raw) {
    normalise(short_raw, short_path);
    normalise(long_raw, long_path);
    if (short_path.kind == Kind::kLocal && long_path.kind == Kind::kLocal) {
      pairs.push_back({short_path.text, long_path.text});
    }
  };
  for (const v1::ShortName& name : profile.short_name()) add(name.short_path(), name.long_path());

  // Folders of a standard installation, in the order in which setup makes them and so numbers their short names.
  struct Standard {
    std::string_view short_path;  // below the drive of the long path
    std::string_view long_path;
    bool on_64_bit;
    bool on_32_bit;
    bool before_vista;
  };
  constexpr Standard kStandard[] = {
      {R"(\PROGRA~1)", "%ProgramFiles%", true, true, true},
      {R"(\PROGRA~2)", "%ProgramFiles(x86)%", true, false, true},
      {R"(\PROGRA~3)", "%ProgramData%", true, false, false},
      {R"(\PROGRA~2)", "%ProgramData%", false, true, false},
      {R"(\PROGRA~1\COMMON~1)", "%CommonProgramFiles%", true, true, true},
      {R"(\PROGRA~2\COMMON~1)", "%CommonProgramFiles(x86)%", true, false, true},
      {R"(\PROGRA~1\INTERN~1)", R"(%ProgramFiles%\Internet Explorer)", true, true, true},
      {R"(\PROGRA~2\INTERN~1)", R"(%ProgramFiles(x86)%\Internet Explorer)", true, false, true},
      {R"(\DOCUME~1)", R"(%SystemDrive%\Documents and Settings)", true, true, true},
      {R"(\DOCUME~1\ALLUSE~1)", R"(%SystemDrive%\Documents and Settings\All Users)", true, true, true},
      {R"(\DOCUME~1\ADMINI~1)", R"(%SystemDrive%\Documents and Settings\Administrator)", true, true, true},
      {R"(\Users\ALLUSE~1)", R"(%SystemDrive%\Users\All Users)", true, true, false},
      {R"(\Users\DEFAUL~1)", R"(%SystemDrive%\Users\Default User)", true, true, false},
      {R"(\Users\ADMINI~1)", R"(%SystemDrive%\Users\Administrator)", true, true, false},
  };
  const bool on_64_bit = is_64_bit(profile.platform());
  const bool before_vista = is_before_vista(profile.platform());
  for (const Standard& row : kStandard) {
    if (!(on_64_bit ? row.on_64_bit : row.on_32_bit) || (before_vista && !row.before_vista)) continue;
    const std::string long_raw = environment.expand(row.long_path);
    if (long_raw.size() < 3 || long_raw[1] != ':') continue;
    add(long_raw.substr(0, 2) + std::string(row.short_path), long_raw);
  }
  return pairs;
}

void PathNormaliser::Rules::normalise(std::string_view raw, WindowsPath& out) const {
  assemble(raw, out);
  std::optional<std::string> undone = junctions.undone(out);
  if (!undone) return;
  const std::string stream = out.stream;
  bool lookalike = out.lookalike;
  std::string shown = lookalike ? out.text : std::string();
  // Each junction takes at least one part of what was written.
  for (auto left = std::ranges::count(out.text, '\\'); undone && left != 0; --left, undone = junctions.undone(out)) {
    assemble(*undone, out);
    if (out.lookalike && !lookalike) shown = out.text;
    lookalike = lookalike || out.lookalike;
  }
  if (lookalike) out.text = std::move(shown);
  out.stream = stream;
  out.lookalike = lookalike;
}

void PathNormaliser::Rules::assemble(std::string_view raw, WindowsPath& out) const {
  out.lookalike = false;
  PathAssembly assembly(short_names, out);
  // What nearly every event carries, before anything is searched for: an ordinary path on a drive.
  if (raw.size() > 3 && ascii::is_letter(raw[0]) && raw[1] == ':' && raw[2] == '\\') {
    start_at_drive(raw[0], assembly);
    if (assembly.append_ordinary(raw.substr(2))) return;
  }

  raw = raw.substr(0, raw.find('\0'));
  const bool too_long = raw.size() > kRawBytesMax;
  raw = raw.substr(0, kRawBytesMax);
  std::string unquoted;  // no name may hold a quotation mark: they only ever stand around names
  if (raw.find('"') != std::string_view::npos) {
    std::ranges::copy_if(raw, std::back_inserter(unquoted), [](char c) { return c != '"'; });
    raw = unquoted;
  }
  raw = without_blanks_before_root(raw);

  SegmentCursor cursor(raw);
  const std::size_t separators = cursor.skip_separators();
  Route route = Route::kParts;
  if (separators == 1 || is_verbatim(cursor.rest())) assembly.read_verbatim();
  if (separators >= 2) {
    route = Route::kHost;
  } else if (separators == 1) {
    route = Route::kObject;
  } else if (raw.size() >= 2 && ascii::is_letter(raw[0]) && raw[1] == ':') {
    cursor = SegmentCursor(raw.substr(2));
    // "C:name" is relative to a current folder that nobody told.
    if (is_drive(raw) || is_separator(raw[2])) {
      start_at_drive(raw[0], assembly);
    } else {
      assembly.start(Kind::kRelative, "");
    }
  } else {
    assembly.start(Kind::kRelative, "");
  }
  while (route != Route::kParts) route = step(route, cursor, assembly, out);
  assembly.append_rest(cursor);
  if (too_long) assembly.stop();
  assembly.finish();
}

Route PathNormaliser::Rules::step(Route route, SegmentCursor& cursor, PathAssembly& assembly, WindowsPath& out) const {
  switch (route) {
    case Route::kObject: return object(cursor, assembly, out);
    case Route::kDosDevice: return dos_device(cursor, assembly, out);
    case Route::kDevice: return device(cursor, assembly, out);
    case Route::kRedirector: return redirector(cursor);
    case Route::kHost: return host(cursor, assembly, out);
    case Route::kParts: break;
  }
  return Route::kParts;
}

Route PathNormaliser::Rules::object(SegmentCursor& cursor, PathAssembly& assembly, WindowsPath& out) const {
  assembly.start(Kind::kDevice, "");
  const SegmentCursor first = cursor;
  if (!assembly.append_part(cursor)) return Route::kParts;
  for (const Redirection& object : kObjects) {
    if (out.folded == object.folded) {
      if (object.route == Route::kDevice) assembly.start(Kind::kDevice, R"(\Device)");
      return object.route;
    }
  }
  if (out.folded == R"(\SYSTEMROOT)") {
    start_at_system_root(assembly);
  } else if (out.folded == boot_folder) {
    start_at_drive(system_root[0], assembly);
    cursor = first;
  }
  return Route::kParts;
}

Route PathNormaliser::Rules::dos_device(SegmentCursor& cursor, PathAssembly& assembly, WindowsPath& out) const {
  assembly.start(Kind::kDevice, R"(\\.)");
  std::string_view segment;
  SegmentCursor first = cursor;
  while (assembly.parts() == 0) {
    first = cursor;
    if (!cursor.next(segment)) return Route::kParts;
    if (is_drive(segment)) {
      start_at_drive(segment[0], assembly);
      return Route::kParts;
    }
    assembly.append(segment);
  }
  for (const Redirection& name : kDosDevices) {
    if (out.folded == name.folded) return name.route;
  }
  if (out.folded == R"(\\.\PIPE)") {
    assembly.start(Kind::kDevice, R"(\Device\NamedPipe)");
    return Route::kParts;
  }
  if (out.folded.starts_with(R"(\\.\HARDDISKVOLUME)")) {
    assembly.start(Kind::kDevice, R"(\Device)");
    cursor = first;
    return Route::kDevice;
  }
  if (const DeviceVolume* volume = volume_of(out.folded)) start_at_drive(volume->drive[0], assembly);
  return Route::kParts;
}

Route PathNormaliser::Rules::device(SegmentCursor& cursor, PathAssembly& assembly, WindowsPath& out) const {
  // A volume's device has two parts below \Device at most on all systems known: \Device\Harddisk0\Partition1.
  constexpr std::size_t kVolumePartsMax = 4;
  for (std::size_t i = 0; i < kVolumePartsMax && assembly.append_part(cursor); ++i) {
    if (const DeviceVolume* volume = volume_of(out.folded)) {
      start_at_drive(volume->drive[0], assembly);
      return Route::kParts;
    }
    if (i == 0 && std::ranges::find(kRedirectors, out.folded) != std::end(kRedirectors)) return Route::kRedirector;
  }
  return Route::kParts;
}

// "\Device\Mup\;LanmanRedirector\;Z:000000000001e240\host\share": parts with a semicolon only say who serves the path.
Route PathNormaliser::Rules::redirector(SegmentCursor& cursor) {
  SegmentCursor ahead = cursor;
  std::string_view segment;
  while (ahead.next(segment)) {
    // A "." here is no host and does not make a device of what follows.
    if (!segment.starts_with(';') && !part_of(segment).name.empty()) return Route::kHost;
    cursor = ahead;
  }
  return Route::kParts;
}

Route PathNormaliser::Rules::host(SegmentCursor& cursor, PathAssembly& assembly, WindowsPath& out) const {
  assembly.start(Kind::kUnc, "\\");
  std::string_view segment;
  SegmentCursor ahead = cursor;
  if (ahead.next(segment) && segment == ".") {
    cursor = ahead;
    return Route::kDosDevice;
  }
  if (!assembly.append_part(cursor)) {
    assembly.start(Kind::kDevice, "");
    return Route::kParts;
  }
  if (out.folded == R"(\\?)" || out.folded == R"(\\??)") return Route::kDosDevice;
  const bool own = is_own_name(std::string_view(out.folded).substr(2));
  const std::size_t before_share = out.folded.size();
  if (!assembly.append_part(cursor) || !own) return Route::kParts;
  const std::string_view share = std::string_view(out.folded).substr(before_share + 1);
  if (share == "ADMIN$") {
    start_at_system_root(assembly);
  } else if (share.size() == 2 && ascii::is_letter(share[0]) && share[1] == '$') {
    start_at_drive(share[0], assembly);
  }
  return Route::kParts;
}

const DeviceVolume* PathNormaliser::Rules::volume_of(std::string_view device) const {
  const auto found = std::ranges::find(volumes, device, &DeviceVolume::device);
  return found == volumes.end() ? nullptr : &*found;
}

bool PathNormaliser::Rules::is_own_name(std::string_view folded_host) const {
  // "--1.ipv6-literal.net": an IPv6 address where no colon may stand.
  constexpr std::string_view kIpv6Names = ".IPV6-LITERAL.NET";
  if (folded_host.ends_with(kIpv6Names)) {
    std::string address(folded_host.substr(0, folded_host.size() - kIpv6Names.size()));
    std::ranges::replace(address, '-', ':');
    return is_loopback_host(address.substr(0, address.find('S')));  // its zone stands behind an s
  }
  return is_loopback_host(folded_host) || std::ranges::find(own_names, folded_host) != own_names.end();
}

void PathNormaliser::Rules::start_at_drive(char letter, PathAssembly& assembly) const {
  const std::array<char, 2> drive = {ascii::upper(letter), ':'};
  assembly.start(Kind::kLocal, std::string_view(drive.data(), drive.size()));
}

void PathNormaliser::Rules::start_at_system_root(PathAssembly& assembly) const {
  start_at_drive(system_root[0], assembly);
  SegmentCursor cursor(std::string_view(system_root).substr(2));
  while (assembly.append_part(cursor)) {
  }
}

std::string_view WindowsPath::file_name() const {
  const std::string_view path = folded;
  const std::size_t separator = path.rfind('\\');
  return separator == std::string_view::npos ? path : path.substr(separator + 1);
}

std::string_view WindowsPath::folder() const {
  const std::size_t separator = folded.rfind('\\');
  return separator == std::string::npos ? std::string_view() : std::string_view(folded).substr(0, separator);
}

std::string_view WindowsPath::extension() const {
  const std::string_view name = file_name();
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

std::string WindowsPath::spelling() const {
  std::string spelling = text;
  if (!stream.empty()) {
    if (kind == Kind::kRelative) spelling.insert(0, R"(.\)");  // "x:a" would be a file on drive X
    spelling.append(":").append(stream);
  }
  return spelling;
}

PathNormaliser::PathNormaliser(const v1::AgentProfile& profile) : rules_(std::make_unique<const Rules>(profile)) {}
PathNormaliser::~PathNormaliser() = default;
PathNormaliser::PathNormaliser(PathNormaliser&&) noexcept = default;
PathNormaliser& PathNormaliser::operator=(PathNormaliser&&) noexcept = default;

WindowsPath PathNormaliser::normalise(std::string_view raw) const {
  WindowsPath out;
  rules_->normalise(raw, out);
  return out;
}

void PathNormaliser::normalise(std::string_view raw, WindowsPath& out) const { rules_->normalise(raw, out); }

std::string PathNormaliser::expand(std::string_view text) const { return rules_->environment.expand(text); }

const Environment& PathNormaliser::environment() const { return rules_->environment; }

const std::string& PathNormaliser::system_root() const { return rules_->system_root_folded; }

}  // namespace holdfast::engine
