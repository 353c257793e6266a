// Event logs as streams of bytes: plain files, compressed ones, or the members of an archive.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/schema/error.h"
#include "sensors/byte_source.h"
#include "sensors/import/import.h"

namespace holdfast {

// One file given to the importer, as a sequence of members: a plain file is its own only member.
class EventFile {
 public:
  // Fails where `path` is missing, a folder or unreadable, or where an archive is damaged.
  static Expected<std::unique_ptr<EventFile>> open(const std::string& path, const ImportLimits& limits);
  // The archive that this file's member is: `bytes` are the member's and begin with `start`, which looks packed. They
  // and this file must outlive it. What it unpacks counts for this file too.
  virtual Expected<std::unique_ptr<EventFile>> open_member(ByteSource& bytes, std::string_view start) = 0;
  virtual ~EventFile() = default;

  // Moves to the next member that may hold events. False at the end.
  virtual Expected<bool> next_member() = 0;
  // Of the member: the file's path, or "path!member".
  virtual const std::string& name() const = 0;
  virtual ByteSource& bytes() = 0;
  // Bytes of the file that were consumed so far, of size().
  virtual std::uint64_t position() const = 0;
  virtual bool is_archive() const { return false; }  // of members that may be anything
  virtual std::uint64_t unused_members() const { return 0; }
  // True where a limit was crossed: whatever failed is not to be taken for damage.
  virtual bool is_exhausting() const { return false; }
};

// True where a file or a member that begins so is an archive or compressed.
bool looks_packed(std::string_view start);

inline constexpr std::uint32_t kArchiveDepthMax = 3;  // archives one in the other

// Size of a file in bytes; fails where it is missing, no regular file or unreadable.
Expected<std::uint64_t> event_file_size(const std::string& path);

}  // namespace holdfast
