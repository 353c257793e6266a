// A hash index from process keys to a number: open addressing, one cache line per look-up, so that the cost of an event
// does not grow with the number of live processes.
#pragma once

#include <cstdint>
#include <vector>

namespace holdfast::engine {

// Iteration is not offered: nothing may depend on the order of hashes.
class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Key {
    std::uint64_t start_ns = 0;
    std::uint32_t pid = 0;
    bool operator==(const Key&) const = default;
  };
  static constexpr Key any_start(std::uint32_t pid) { return {.start_ns = 0, .pid = pid}; }

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
  struct Cell {
    std::uint64_t start_ns = 0;
    std::uint32_t pid = 0;
    std::uint32_t value = kNone;
    bool holds(const Key& key) const { return start_ns == key.start_ns && pid == key.pid; }
  };

  std::size_t home(const Key& key) const;
  std::size_t next(std::size_t cell) const { return (cell + 1) & (cells_.size() - 1); }
  // The cell of `key`, or the free one where it would go.
  std::size_t locate(const Key& key) const;
  void grow();

  std::vector<Cell> cells_ = std::vector<Cell>(64);  // size is a power of two, at most half full
  std::size_t size_ = 0;
};

}  // namespace holdfast::engine
