// The disk below recordings: what they need of one, so that a test can put another in its place that is full, slow or
// loses what it had not stored. Paths are UTF-8 with '/', errors name the path.
//
//   auto file = system_disk().create("flight/a.hfr.partial", "flight/a.hfr");
//   (*file)->append(bytes);                       // with the system: survives this program
//   system_disk().sync_file("flight/a.hfr.partial");     // on the medium: survives a power cut ...
//   system_disk().sync_folder("flight");                 // ... once its name does too
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/schema/error.h"

namespace holdfast {

class BinaryReader;

// A file that is being written, by one thread at a time.
class DiskFile {
 public:
  virtual ~DiskFile() = default;  // closes; for those that need not know whether that worked
  // Hands the bytes to the system, behind those before. When it takes only some of them that is a failure, and
  // size_bytes() counts what it took.
  virtual Expected<void> append(std::span<const std::uint8_t> bytes) = 0;
  virtual std::uint64_t size_bytes() const = 0;
  virtual Expected<void> close() = 0;  // nothing else may be called afterwards, also when it fails
};

class Disk {
 public:
  struct Entry {
    std::string name;
    std::uint64_t bytes = 0;
  };

  virtual ~Disk() = default;
  virtual Expected<void> make_folder(const std::string& folder) = 0;         // no failure if it is there
  virtual Expected<std::vector<Entry>> list(const std::string& folder) = 0;  // regular files, in any order
  virtual Expected<BinaryReader> open(const std::string& path) = 0;          // to read
  // An empty file in place of an older one, that is to be renamed to `later`. Fails also where that could never be.
  virtual Expected<std::unique_ptr<DiskFile>> create(const std::string& path, const std::string& later) = 0;
  virtual Expected<void> rename(const std::string& from, const std::string& to) = 0;  // in place of what bears the name
  virtual Expected<void> remove(const std::string& path) = 0;

  // Both wait until the medium has it, and may be called on another thread than the one that writes, which does not
  // wait for them: everything that was appended to the file before; the names in the folder.
  virtual Expected<void> sync_file(const std::string& path) = 0;
  virtual Expected<void> sync_folder(const std::string& folder) = 0;
};

// The disk of this machine.
Disk& system_disk();

}  // namespace holdfast
