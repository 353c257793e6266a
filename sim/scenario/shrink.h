// Delta debugging: the part of a list that is needed for something to be seen.
//
//   RunBudget budget{.runs_max = 1'000};
//   shrink(100, [](const std::vector<std::size_t>& kept) { return contains(kept, 17); }, budget)   -> {17}
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace holdfast {

// How often the question may be asked; shared by all lists that are shrunk for one purpose.
struct RunBudget {
  std::uint64_t runs_max = 0;
  std::uint64_t runs = 0;
  bool spent = false;  // another run was wanted and refused

  bool take() {
    spent = spent || runs == runs_max;
    if (!spent) ++runs;
    return !spent;
  }
};

// Whether what is to be seen is still seen with these items of the list only; ascending.
using Holds = std::function<bool(const std::vector<std::size_t>& kept)>;

// Of the items 0 to `items` - 1 those to keep, ascending: `holds` is true of them, and false as soon as any single one
// of them is left out too. `holds` must be true of all items and always answer alike. Ever smaller pieces are left
// out, from the whole list down to single items, the last items first: what comes later rests on what came before.
// When the budget is spent, what was reached so far: `holds` is true of it, but single items may still be in vain.
std::vector<std::size_t> shrink(std::size_t items, const Holds& holds, RunBudget& budget);

}  // namespace holdfast
