// Event logs as streams of bytes: plain files, compressed ones, or the members of an archive.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/schema/error.h"
#include "sensors/byte_source.h"
#include "sensors/import/import.h"

namespace holdfast {

// One file given to the importer, as a sequence of members: a plain file is its own only member.
class EventFile {
 public:
  // Fails where `path` is missing, a folder or unreadable, or where an archive is damaged.
  static Expected<std::unique_ptr<EventFile>> open(const std::string& path, const ImportLimits& limits);
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
};

// Size of a file in bytes; fails where it is missing, no regular file or unreadable.
Expected<std::uint64_t> event_file_size(const std::string& path);

}  // namespace holdfast
