// Drive letters of paths that name a volume by its device, as Security's events on processes do.
//
//   Volumes volumes;
//   volumes.name_drive("PC1", path);  // "\Device\HarddiskVolume2\Windows\x.exe" -> "C:\Windows\x.exe"
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace holdfast {

// kLeft: nothing tells the drive; kNone: the path begins with no volume's device.
enum class VolumePath : std::uint8_t { kNone, kNamed, kLeft };

class Volumes {
 public:
  static constexpr std::size_t kComputersMax = 65'536;  // those beyond are told no drives

  // The first volume of a computer with a folder that only the drive of Windows has is its C:, and no other one is.
  VolumePath name_drive(std::string_view computer, std::string& path);

 private:
  // A volume is told by its number, by its disk and partition, or by its GUID; nothing tells which of them are one.
  enum class Told : std::uint8_t { kByNumber, kByPartition, kByGuid };
  struct Device {
    Told told;
    std::string_view name;  // "harddiskvolume2"
    std::string_view rest;  // "\Windows\x.exe"
  };
  using OfWindows = std::array<std::string, 3>;  // the device of C:, by Told; empty: not known yet

  static bool find_device(std::string_view path, Device& device);

  std::map<std::string, OfWindows, std::less<>> computers_;
};

}  // namespace holdfast
