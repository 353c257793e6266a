// Endpoints that the tests of paths and exceptions share.
#pragma once

#include <string_view>

#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

inline void add_volume(v1::AgentProfile& profile, std::string_view drive, std::string_view device,
                       std::string_view unc) {
  v1::Volume& volume = *profile.add_volume();
  volume.set_drive(std::string(drive));
  volume.set_device(std::string(device));
  volume.set_unc(std::string(unc));
}

inline void add_short_name(v1::AgentProfile& profile, std::string_view short_path, std::string_view long_path) {
  v1::ShortName& name = *profile.add_short_name();
  name.set_short_path(std::string(short_path));
  name.set_long_path(std::string(long_path));
}

inline void add_variable(v1::AgentProfile& profile, std::string_view name, std::string_view value) {
  v1::EnvironmentVariable& variable = *profile.add_environment();
  variable.set_name(std::string(name));
  variable.set_value(std::string(value));
}

// A workstation with two local volumes, a mapped drive and some short names.
inline v1::AgentProfile workstation() {
  v1::AgentProfile profile;
  profile.set_platform(v1::WINDOWS_10_X64);
  profile.set_endpoint("PC042");
  add_volume(profile, "C:", R"(\Device\HarddiskVolume3)", "");
  add_volume(profile, "D:", R"(\\?\Volume{6e0e4ef5-0000-0000-0000-100000000000}\)", "");
  add_volume(profile, "E:", R"(\Device\Harddisk1\Partition1)", "");
  add_volume(profile, "Z:", "", R"(\\srv\tools)");
  add_short_name(profile, R"(C:\Users\ALEXAN~1)", R"(C:\Users\Alexandra)");
  add_short_name(profile, R"(C:\Tools\LONGTO~1.EXE)", R"(C:\Tools\Long tool name.exe)");
  return profile;
}

}  // namespace holdfast::engine
