// Folders for temporary files, where installers unpack and droppers start (DOMAIN 4, event 16).
#pragma once

#include <string_view>
#include <vector>

#include "engine/monitoring/pattern_trie.h"
#include "engine/path/windows_path.h"

namespace holdfast::engine {

class TempFolders {
 public:
  // The usual ones of every Windows, and those that %TEMP% and %TMP% name.
  explicit TempFolders(const PathNormaliser& paths);

  // True if `path` lies below one, at any depth. Never allocates.
  bool holds(const WindowsPath& path) const;

  // Patterns of the usual ones, and the names of the variables.
  static std::vector<std::string_view> literals();

 private:
  PatternTrie patterns_;
  bool all_named_so_ = true;  // no folder is called otherwise than TEMP or TMP
};

}  // namespace holdfast::engine
