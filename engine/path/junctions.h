// Where names lead that Windows keeps for the programs of its older versions: the junctions that setup makes since
// Vista ("C:\Documents and Settings" is C:\Users), and Sysnative, by which a 32-bit program names System32.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/path/environment.h"
#include "engine/path/windows_path.h"
#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

class Junctions {
 public:
  Junctions() = default;

  // Those of a standard installation whose folders lie where `environment` has them: none before Vista, Sysnative on 64
  // bits only. `normal` gives the normal form of a text but for its junctions. Left out is what leads to no end.
  Junctions(const v1::AgentProfile& profile, const Environment& environment,
            const std::function<WindowsPath(std::string_view)>& normal);

  // Takes a path in normal form but for its junctions. Gives the text in which the first one is undone, without stream;
  // nothing if there is none.
  std::optional<std::string> undone(const WindowsPath& path) const;

 private:
  struct Row {
    std::string name;    // folded, below the folder
    std::string target;  // what stands in its place; whole, or below a user's folder
  };
  // A folder with junctions in it, or all folders of a folder.
  struct Folder {
    std::string prefix;     // folded, with a separator
    bool each = false;      // the junctions are in every folder below it
    std::vector<Row> rows;  // earlier ones win
  };

  static const Row* row_at(const Folder& folder, std::string_view below);

  std::vector<Folder> folders_;
};

// Names of all of them and where they lead, for every installation.
std::vector<std::string_view> junction_literals();

}  // namespace holdfast::engine
