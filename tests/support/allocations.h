// How often the program took memory from the heap, whoever in it did: to test that a path of every event takes none.
// Link holdfast_test_allocations, which replaces operator new of the whole program.
#pragma once

#include <cstddef>

namespace holdfast {

// Calls of operator new so far.
std::size_t allocations_so_far();

}  // namespace holdfast
