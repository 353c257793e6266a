// A disk in memory that knows what it has stored and what it only promised. At any moment it can be asked what a power
// cut leaves, and it answers with something that a real disk might.
//
//   SimulatedDisk disk;
//   ... recorder writes, syncs begin and end as advance_to() goes on ...
//   SimulatedDisk left = disk.after_power_cut(PowerCut::kReordered, random);
//
// Assumed, as recorders must assume something: what was synced stays as it is, and renaming is whole or not at all.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sensors/recording/binary_file.h"
#include "sensors/recording/disk.h"
#include "sim/world/random.h"

namespace holdfast {

// What becomes of what was not stored.
enum class PowerCut : std::uint8_t {
  kTorn,       // of each file a beginning, cut at any byte; of the changes of names the first ones
  kReordered,  // any pages, zeros in place of the others, some pages in part; any of the changes of names
};

class SimulatedDisk final : public Disk {
 public:
  explicit SimulatedDisk(std::uint64_t page_bytes = 4096) : page_bytes_(page_bytes) {}

  // Time on which syncs end; never decreases.
  void advance_to(std::uint64_t now_ns);
  // Each sync that is asked for from now on takes so long. The call returns at once; stored is what was there when it
  // was made, from idle_at_ns() on.
  void set_sync_ns(std::uint64_t ns) { sync_ns_ = ns; }
  std::uint64_t idle_at_ns() const { return idle_at_ns_; }
  // So much more fits, then a write is cut short and refused.
  void set_free_bytes(std::uint64_t bytes) { free_bytes_ = bytes; }
  // Whether no file can be removed, as where another program holds them.
  void set_holds_files(bool holds) { holds_files_ = holds; }
  std::uint64_t appended_bytes() const { return appended_bytes_; }  // ever
  std::uint64_t syncs() const { return syncs_; }                    // asked for, ever

  SimulatedDisk after_power_cut(PowerCut kind, Random& random) const;
  const std::string& content(const std::string& path) const { return names_.at(path)->bytes; }

  Expected<void> make_folder(const std::string& folder) override;
  Expected<std::vector<Entry>> list(const std::string& folder) override;
  Expected<BinaryReader> open(const std::string& path) override;
  Expected<std::unique_ptr<DiskFile>> create(const std::string& path, const std::string& later) override;
  Expected<void> rename(const std::string& from, const std::string& to) override;
  Expected<void> remove(const std::string& path) override;
  Expected<void> sync_file(const std::string& path) override;
  Expected<void> sync_folder(const std::string& folder) override;

 private:
  class OpenFile;
  struct File {
    std::string bytes;
    std::uint64_t stored = 0;  // of them, from the beginning
    std::uint64_t storing = 0;
    std::uint64_t storing_until_ns = 0;
  };
  using Names = std::map<std::string, std::shared_ptr<File>>;
  // Of one call; null: the name is gone.
  using Change = std::vector<std::pair<std::string, std::shared_ptr<File>>>;

  void apply(Change change);
  void append(File& file, std::span<const std::uint8_t> bytes);
  std::uint64_t begin_sync();
  std::string bytes_after(const File& file, PowerCut kind, Random& random) const;
  Names names_after(PowerCut kind, Random& random) const;

  std::uint64_t page_bytes_;
  std::uint64_t now_ns_ = 0;
  std::uint64_t sync_ns_ = 0;
  std::uint64_t idle_at_ns_ = 0;
  std::uint64_t free_bytes_ = UINT64_MAX;
  bool holds_files_ = false;
  std::uint64_t appended_bytes_ = 0;
  std::uint64_t syncs_ = 0;
  Names names_;                    // as programs see them
  Names stored_names_;             // as the medium has them
  std::vector<Change> unstored_;   // what lies between, in order
  std::size_t storing_names_ = 0;  // of them, that are being stored
  std::uint64_t storing_names_until_ns_ = 0;
};

}  // namespace holdfast
