// A hash index from process keys to a number: open addressing, one cache line per look-up, so that the cost of an event
// does not grow with the number of live processes.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/processes/program_key.h"

namespace holdfast::engine {

// Iteration is not offered: nothing may depend on the order of hashes.
class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;
  using Key = ProgramKey;
  static constexpr Key any_start(const Key& key) { return {.start_ns = 0, .pid = key.pid, .computer = key.computer}; }

  // Null if absent. The value may be changed through the pointer, to anything but kNone; it stays valid until put or
  // erase.
  std::uint32_t* find(const Key& key);
  const std::uint32_t* find(const Key& key) const;
  // Puts or replaces; `value` is not kNone.
  void put(const Key& key, std::uint32_t value);
  // Absent keys are fine.
  void erase(const Key& key);
  std::size_t size() const { return size_; }

 private:
  // Start and computer in one word, so that four cells share a cache line: where the computers differ, a fingerprint of
  // 64 bits keeps two such words apart as well as it does two computers.
  static constexpr std::uint64_t run_of(const Key& key) { return key.start_ns ^ key.computer; }
  struct Cell {
    std::uint64_t run = 0;
    std::uint32_t pid = 0;
    std::uint32_t value = kNone;
  };

  std::size_t home(std::uint64_t run, std::uint32_t pid) const;
  std::size_t next(std::size_t cell) const { return (cell + 1) & (cells_.size() - 1); }
  // The cell of `key`, or the free one where it would go.
  std::size_t locate(std::uint64_t run, std::uint32_t pid) const;
  std::size_t locate(const Key& key) const { return locate(run_of(key), key.pid); }
  void grow();

  std::vector<Cell> cells_ = std::vector<Cell>(64);  // size is a power of two, at most half full
  std::size_t size_ = 0;
};

}  // namespace holdfast::engine
