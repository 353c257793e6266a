// The files of a folder, and of the folders in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/schema/error.h"

namespace holdfast {

struct FolderFiles {
  struct LeftOut {
    std::string path;
    std::string reason;  // "is a link to a folder, which is not followed"
  };

  std::vector<std::string> files;
  std::vector<LeftOut> left_out;  // what may hold events and cannot be read
  std::uint64_t unused = 0;       // pipes, sockets and their kind
};

inline constexpr std::size_t kFolderFilesMax = 100'000;

// In no order that means anything. Links to files are followed, links to folders are not: they may lead in circles.
// Fails where `path` cannot be read or holds more than `files_max` files.
Expected<FolderFiles> files_of_folder(const std::string& path, std::size_t files_max = kFolderFilesMax);

bool is_event_folder(const std::string& path);

// The path without detours and with '/': one for a file that was named, and for the same one of a folder that was.
std::string plain_path(const std::string& path);

// One name for each file, whatever the path, the link or the hard link that leads to it.
class OwnNames {
 public:
  std::string of(const std::string& path, std::uint64_t size);

 private:
  // Files that may be one, by what all names of a file share: its size, and when it was changed.
  std::map<std::pair<std::uint64_t, std::int64_t>, std::vector<std::string>> alike_;
};

}  // namespace holdfast
