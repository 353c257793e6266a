// How often the program took memory from the heap: to test that a path of every event takes none.
#pragma once

#include <cstddef>

namespace holdfast::engine {

// Calls of operator new so far. The test program is single-threaded.
std::size_t allocations_so_far();

}  // namespace holdfast::engine
