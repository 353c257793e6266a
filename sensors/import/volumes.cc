#include "sensors/import/volumes.h"

#include <algorithm>
#include <span>

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

bool takes(std::string_view prefix, std::string_view& text) {
  if (text.size() < prefix.size() || !ascii::equal_without_case(text.substr(0, prefix.size()), prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool takes_any(std::span<const std::string_view> prefixes, std::string_view& text) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return takes(prefix, text); });
}

bool takes_number(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(digits);
  return digits != 0;
}

bool is_of_windows(std::string_view folder) {
  constexpr std::string_view kOfWindows[] = {
      "Windows", "Users", "Program Files", "Program Files (x86)", "ProgramData", "Documents and Settings"};
  return std::ranges::any_of(kOfWindows,
                             [&](std::string_view name) { return ascii::equal_without_case(name, folder); });
}

}  // namespace

bool Volumes::find_device(std::string_view path, Device& device) {
  // Names of the object manager's root for whoever needs a path of Win32.
  constexpr std::string_view kRoots[] = {R"(\\?\GLOBALROOT)", R"(\\.\GLOBALROOT)", R"(\??\GLOBALROOT)",
                                         R"(\GLOBAL??\GLOBALROOT)"};
  constexpr std::string_view kLinks[] = {R"(\\?\)", R"(\\.\)", R"(\??\)", R"(\GLOBAL??\)"};
  std::string_view rest = path;
  takes_any(kRoots, rest);
  const char* const begin = rest.data();
  if (takes(R"(\Device\HarddiskVolume)", rest)) {
    device.told = Told::kByNumber;
    if (!takes_number(rest)) return false;
  } else if (takes(R"(\Device\Harddisk)", rest)) {
    device.told = Told::kByPartition;
    if (!takes_number(rest) || !takes(R"(\Partition)", rest) || !takes_number(rest)) return false;
  } else if (takes_any(kLinks, rest) && takes("Volume{", rest)) {
    device.told = Told::kByGuid;
    const std::size_t end = rest.find('}');
    if (end == rest.npos) return false;
    rest.remove_prefix(end + 1);
  } else {
    return false;
  }
  device.name = std::string_view(begin, static_cast<std::size_t>(rest.data() - begin));
  device.rest = rest;
  return rest.starts_with('\\');
}

VolumePath Volumes::name_drive(std::string_view computer, std::string& path) {
  Device device{};
  if (!find_device(path, device)) return VolumePath::kNone;
  auto known = computers_.find(computer);
  if (known == computers_.end() && computers_.size() < kComputersMax)
    known = computers_.try_emplace(std::string(computer)).first;
  if (known == computers_.end()) return VolumePath::kLeft;
  std::string& of_windows = known->second[static_cast<std::size_t>(device.told)];
  const std::size_t folder = std::min(device.rest.find_first_not_of('\\'), device.rest.size());
  const std::string_view below = device.rest.substr(folder);
  if (of_windows.empty() && is_of_windows(below.substr(0, below.find('\\')))) {
    of_windows = ascii::lower_case(std::string(device.name));
  }
  if (of_windows.empty() || !ascii::equal_without_case(of_windows, device.name)) return VolumePath::kLeft;
  // Nobody drops anything from the end of a name that is told so: "Windows." is not Windows.
  const bool is_odd = below.ends_with('.') || below.ends_with(' ') || below.contains(".\\") || below.contains(" \\");
  path = (is_odd ? R"(\\?\C:\)" : R"(C:\)") + std::string(below);
  return VolumePath::kNamed;
}

}  // namespace holdfast
