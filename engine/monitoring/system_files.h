// Windows' own files: their names, the folders where they belong, and what they are to the rules (DOMAIN 4: events 11
// and 13, and whom every other event trusts).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/path/windows_path.h"

namespace holdfast::engine {

// Folders in which a file can belong, as bits: the table in system_files.cc gives the patterns of each.
using FolderMask = std::uint32_t;

// What a Windows file is beyond its name.
enum class SystemFileRole : std::uint8_t {
  kName,       // only its name is protected: a tool, a library, or a program that does what its user tells it
  kOwnWork,    // a component that does the system's own work
  kEssential,  // likewise, and a process that Windows relies on: event 13 watches over it
  kBroker,     // likewise essential, and it carries out what other programs ask it to
};

struct SystemFile {
  std::string_view name;  // folded: "SVCHOST.EXE"; one name is a pattern, for a driver with a new name each time
  FolderMask folders;
  SystemFileRole role;
};

// Sorted by name.
std::span<const SystemFile> system_files();

// The row of a folded file name, or null.
const SystemFile* find_system_file(std::string_view file_name);

// True if `image` is the Windows file of its name: in one of its folders, no alternate stream of it, and no path made
// to be mistaken for it.
bool is_genuine(const SystemFile& file, const WindowsPath& image, std::string_view system_root);

// True if `path` bears the name of a Windows file and is neither in one of that file's folders nor in one where Windows
// keeps spare copies (component store, update downloads), and of whatever lies in a folder made to be mistaken for one
// of Windows ("C:\Windows \System32"). A path without a folder is not judged.
bool is_misplaced(const WindowsPath& path, std::string_view system_root);

// A genuine Windows component with the role kEssential or kBroker.
bool is_system_process(const WindowsPath& image, std::string_view system_root);

// A genuine Windows component with the role kBroker: services.exe registers services, svchost.exe tasks and firewall
// rules, wmiprvse.exe and the remote registry service whatever a client asks for.
bool is_broker(const WindowsPath& image, std::string_view system_root);

// Sysmon, where its setup puts it: it opens every process with all rights, to tell its owner, image and hashes.
bool is_recorder(const WindowsPath& image, std::string_view system_root);

// True if Windows runs a file of this folded extension: programs, libraries, drivers and batch files.
bool is_executable_extension(std::string_view extension);

// What the tables behind these functions name besides system_files(): patterns of folders, processes that have no file,
// extensions.
std::vector<std::string_view> system_file_literals();

}  // namespace holdfast::engine
