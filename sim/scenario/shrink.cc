#include "sim/scenario/shrink.h"

#include <algorithm>
#include <numeric>

namespace holdfast {
namespace {

// One pass over the list, in pieces of this size. True if something could be left out.
bool leave_out_pieces(std::vector<std::size_t>& kept, std::size_t piece, const Holds& holds, RunBudget& budget) {
  bool shrunk = false;
  std::vector<std::size_t> rest;
  for (std::size_t end = kept.size(); end > 0;) {
    const std::size_t begin = end - std::min(piece, end);
    rest.assign(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(begin));
    rest.insert(rest.end(), kept.begin() + static_cast<std::ptrdiff_t>(end), kept.end());
    if (!budget.take()) return shrunk;
    if (holds(rest)) {
      kept.swap(rest);
      shrunk = true;
    }
    end = begin;
  }
  return shrunk;
}

}  // namespace

std::vector<std::size_t> shrink(std::size_t items, const Holds& holds, RunBudget& budget) {
  std::vector<std::size_t> kept(items);
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  for (std::size_t piece = items; piece > 1; piece = std::min(piece / 2, kept.size())) {
    leave_out_pieces(kept, piece, holds, budget);
  }
  // What could not be left out before may be in vain after another item is gone.
  while (leave_out_pieces(kept, 1, holds, budget)) {
  }
  return kept;
}

}  // namespace holdfast
