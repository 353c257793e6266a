#include "engine/processes/flat_index.h"

#include <utility>

namespace holdfast::engine {

std::size_t FlatIndex::home(std::uint64_t run, std::uint32_t pid) const {
  // Two rounds of a 64-bit multiplicative mix (constants of splitmix64): pids are multiples of 4, starts share low
  // zeros.
  std::uint64_t h = run * 0xbf58476d1ce4e5b9ULL + pid;
  h = (h ^ h >> 31U) * 0x94d049bb133111ebULL;
  return static_cast<std::size_t>(h ^ h >> 32U) & (cells_.size() - 1);
}

std::size_t FlatIndex::locate(std::uint64_t run, std::uint32_t pid) const {
  std::size_t cell = home(run, pid);
  while (cells_[cell].value != kNone && (cells_[cell].run != run || cells_[cell].pid != pid)) cell = next(cell);
  return cell;
}

const std::uint32_t* FlatIndex::find(const Key& key) const {
  const Cell& cell = cells_[locate(key)];
  return cell.value == kNone ? nullptr : &cell.value;
}

std::uint32_t* FlatIndex::find(const Key& key) {
  Cell& cell = cells_[locate(key)];
  return cell.value == kNone ? nullptr : &cell.value;
}

void FlatIndex::put(const Key& key, std::uint32_t value) {
  if (2 * (size_ + 1) > cells_.size()) grow();
  Cell& cell = cells_[locate(key)];
  if (cell.value == kNone) ++size_;
  cell = {.run = run_of(key), .pid = key.pid, .value = value};
}

void FlatIndex::erase(const Key& key) {
  std::size_t hole = locate(key);
  if (cells_[hole].value == kNone) return;
  --size_;
  // Close the gap: a later cell of the same run moves back when its home lies at or before the hole.
  for (std::size_t cell = next(hole); cells_[cell].value != kNone; cell = next(cell)) {
    const std::size_t mask = cells_.size() - 1;
    const std::size_t distance_from_home = (cell - home(cells_[cell].run, cells_[cell].pid)) & mask;
    if (distance_from_home >= ((cell - hole) & mask)) {
      cells_[hole] = cells_[cell];
      hole = cell;
    }
  }
  cells_[hole] = Cell{};
}

void FlatIndex::grow() {
  std::vector<Cell> old = std::exchange(cells_, std::vector<Cell>(cells_.size() * 2));
  for (const Cell& cell : old) {
    if (cell.value != kNone) cells_[locate(cell.run, cell.pid)] = cell;
  }
}

}  // namespace holdfast::engine
