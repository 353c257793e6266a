// Files of bytes whose path is UTF-8 on every system, with errors a person can act on. Only what recordings need:
// reading at an offset, and writing to a partial file that gets its name when it is whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/schema/error.h"
#include "sensors/recording/disk.h"

namespace holdfast {

// Null stays null: closing is for those that must know whether it worked.
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

class BinaryReader {
 public:
  // Fails when `path` is missing, a directory, anything but a regular file, or must not be read.
  static Expected<BinaryReader> open(const std::string& path);
  // Reads `bytes` as if they stood in a file called `name`.
  static BinaryReader of(std::string name, std::vector<std::uint8_t> bytes);

  const std::string& path() const { return path_; }
  std::uint64_t size_bytes() const { return size_bytes_; }  // when it was opened
  // Fills `out` from `offset`. Fails on a read error, and when the file meanwhile became shorter.
  Expected<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out);

 private:
  std::string path_;
  std::unique_ptr<std::FILE, CloseFile> file_;  // null: reads from memory_
  std::vector<std::uint8_t> memory_;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t position_ = 0;
};

class PartialFile {
 public:
  // Creates `path`.partial, replacing one that an earlier run left. Fails when that or `path` is a directory, the
  // folder is missing or nothing may be written there. `disk` must outlive it.
  static Expected<PartialFile> create(const std::string& path, Disk& disk = system_disk());

  const std::string& path() const { return path_; }  // the final one
  std::string partial_path() const { return path_ + ".partial"; }
  std::uint64_t size_bytes() const;  // written so far
  // What it took is with the system, and a full disk is told at once.
  Expected<void> write(std::span<const std::uint8_t> bytes) { return file_->append(bytes); }
  enum class Store : std::uint8_t { kOnMedium, kWithSystem };
  // Gives the file its final name, replacing what bears it. kOnMedium: has the system store the bytes first, and waits
  // for it; kWithSystem: they survive this program, and a power cut only if the system got round to them.
  Expected<void> finish(Store store = Store::kOnMedium);
  // Closes and removes the partial file; for those that do not want half a recording.
  void discard();

 private:
  Disk* disk_ = nullptr;
  std::string path_;
  std::unique_ptr<DiskFile> file_;  // null: closed
  std::uint64_t size_bytes_ = 0;    // once it is
};

}  // namespace holdfast
