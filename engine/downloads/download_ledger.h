// What arrived from outside lately: every download that a sensor told of, and every file that bears a mark of the web.
// Bounded in number and in bytes; the oldest is forgotten first. Paths are kept as the sensor gave them and found by
// the normal form of the profile in force (renormalise), so that a ledger that was saved and loaded is the one that
// went on.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/path/windows_path.h"
#include "engine/schema/error.h"
#include "engine/schema/operation.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast::engine {

// An arrival that a program may have come with.
struct Arrival {
  const v1::Download* download = nullptr;
  const v1::ArchiveMember* member = nullptr;  // of the download's archive; null: the downloaded file itself
  bool same_file = false;                     // path or content are the program's; else only its name is
  bool same_name = false;
  std::uint64_t number = 0;  // a later arrival has a higher one
};

class DownloadLedger {
 public:
  // What is kept of a download at most: longer texts are cut at the end of a character, and of an archive only the
  // first members are kept.
  static constexpr std::size_t kPathBytesMax = 4 * (WindowsPath::kUnitsMax + 1);
  static constexpr std::size_t kUrlBytesMax = 8'192;
  static constexpr std::size_t kMemberNameBytesMax = 65'535;  // a zip file's own limit
  static constexpr std::size_t kHashBytesMax = 64;            // a longer one is none
  static constexpr std::uint64_t kMembersBytesMax = 512ULL << 10U;
  // What the bounds in bytes count besides the texts, the same on every machine.
  static constexpr std::uint64_t kEntryBytes = 512;
  static constexpr std::uint64_t kMemberBytes = 64;
  static constexpr std::uint64_t kKeyBytes = 96;
  static constexpr std::uint64_t kBytesMaxDefault = 16ULL << 20U;

  // A file arrived, on the computer `endpoint` as in Operation. True where the oldest had to be forgotten.
  bool add(const v1::Download& download, std::uint64_t at_ns, const PathNormaliser& paths,
           std::string_view endpoint = {});
  // A file got, or lost, its mark of the web (stream Zone.Identifier). `contents`: of the stream. True as above.
  bool mark(std::string_view path, std::string_view contents, std::uint64_t at_ns, const PathNormaliser& paths,
            std::string_view endpoint = {});
  void unmark(std::string_view path, const PathNormaliser& paths, std::string_view endpoint = {});

  // Every arrival on its computer that the program at `path` may have come with, the likeliest first: those of the same
  // file, by path or content, then, `by_name`, those of its name that came by email; of each the latest first. What
  // came to the path before the last download to it was overwritten. `sha256`: of the program, or empty.
  std::vector<Arrival> find(const WindowsPath& path, std::string_view sha256, bool by_name,
                            std::string_view endpoint = {}) const;

  // Forgets down to the new limit. True where something had to go.
  bool set_downloads_max(std::uint32_t downloads_max);
  // The same for the bytes; one download is always kept.
  bool set_bytes_max(std::uint64_t bytes_max);

  // A new profile is in force: every download is found where its path means now. May forget some (bytes).
  void renormalise(const PathNormaliser& paths);

  // Since the last call: downloads forgotten for their bytes, and members of archives that were not kept. They are no
  // part of the state: ask in the step in which it happens.
  bool has_dropped() const { return dropped_for_bytes_ != 0 || members_left_out_ != 0; }
  std::uint64_t take_dropped_for_bytes();
  std::uint64_t take_members_left_out();

  std::size_t size() const { return entries_.size(); }
  std::uint64_t bytes() const { return bytes_; }  // as the bound counts them
  std::uint64_t bytes_max() const { return bytes_max_; }
  void save(v1::EngineState& state) const;
  // In place of what it holds, of which nothing may be used after a failure. Fails on what no ledger can have saved:
  // Error.field is "download[3].download.url".
  Expected<void> load(const v1::EngineState& state, const PathNormaliser& paths);

 private:
  struct Entry {
    v1::DownloadState kept;
    std::string path;               // folded
    std::vector<std::string> keys;  // under which it is found
    std::uint64_t bytes = 0;        // that it takes
  };
  bool shrink();
  void insert(v1::DownloadState kept, const PathNormaliser& paths);
  void index(std::uint64_t number, Entry& entry, const PathNormaliser& paths);
  void erase(std::uint64_t number);
  std::vector<std::uint64_t> numbers_of(const std::string& key) const;  // the latest first
  std::vector<std::uint64_t> numbers_at(const WindowsPath& path, std::uint64_t computer) const;
  Arrival arrival_of(std::uint64_t number, const WindowsPath& path, std::string_view sha256) const;

  std::map<std::uint64_t, Entry> entries_;  // by number, oldest first
  std::uint64_t next_number_ = 1;
  std::uint32_t downloads_max_ = 4'096;
  std::uint64_t bytes_max_ = kBytesMaxDefault;
  std::uint64_t bytes_ = 0;
  std::uint64_t dropped_for_bytes_ = 0;
  std::uint64_t members_left_out_ = 0;
  std::unordered_map<std::string, std::vector<std::uint64_t>> numbers_;  // by key, ascending
};

// ZoneId of a mark of the web plus 1, as in Download.zone_id; 0 where the text names none.
std::uint32_t zone_of_mark(std::string_view contents);

// The file whose stream Zone.Identifier `path` names; nothing if it names none.
std::optional<std::string_view> marked_file(std::string_view path);

}  // namespace holdfast::engine
