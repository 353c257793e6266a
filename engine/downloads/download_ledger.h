// What arrived from outside lately: every download that a sensor told of, and every file that bears a mark of the web.
// Bounded; the oldest is forgotten first.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/path/windows_path.h"
#include "engine/schema/operation.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast::engine {

// An arrival that a program may have come with.
struct Arrival {
  const v1::Download* download = nullptr;
  const v1::ArchiveMember* member = nullptr;  // of the download's archive; null: the downloaded file itself
  bool same_file = false;                     // path or content are the program's; else only its name is
  bool same_name = false;
};

class DownloadLedger {
 public:
  // A file arrived. True where the oldest had to be forgotten.
  bool add(const v1::Download& download, std::uint64_t at_ns, const PathNormaliser& paths);
  // A file got, or lost, its mark of the web (stream Zone.Identifier). `contents`: of the stream. True as above.
  bool mark(std::string_view path, std::string_view contents, std::uint64_t at_ns, const PathNormaliser& paths);
  void unmark(std::string_view path, const PathNormaliser& paths);

  // The latest arrival that the program at `path` may have come with: the same file, or, `by_name`, one of its name
  // that came by email. `sha256`: of the program, or empty.
  std::optional<Arrival> find(const WindowsPath& path, std::string_view sha256, bool by_name) const;

  // Forgets down to the new limit. True where something had to go.
  bool set_downloads_max(std::uint32_t downloads_max);

  std::size_t size() const { return entries_.size(); }
  void save(v1::EngineState& state) const;
  void load(const v1::EngineState& state, const PathNormaliser& paths);

 private:
  struct Entry {
    v1::DownloadState kept;
    std::string path;               // folded
    std::vector<std::string> keys;  // under which it is found
  };
  bool shrink();
  void erase(std::uint64_t number);
  std::uint64_t number_of(const std::string& key) const;  // 0: none

  std::map<std::uint64_t, Entry> entries_;  // by number, oldest first
  std::uint64_t next_number_ = 1;
  std::uint32_t downloads_max_ = 4'096;
  std::unordered_map<std::string, std::vector<std::uint64_t>> numbers_;  // by key, ascending
};

// ZoneId of a mark of the web plus 1, as in Download.zone_id; 0 where the text names none.
std::uint32_t zone_of_mark(std::string_view contents);

// The file whose stream Zone.Identifier `path` names; nothing if it names none.
std::optional<std::string_view> marked_file(std::string_view path);

}  // namespace holdfast::engine
