// How often the program took memory from the heap and how much it holds, whoever in it did: to test that a path of
// every event takes none, and to measure what a held operation costs. Link holdfast_test_allocations, which replaces
// operator new of the whole program.
#pragma once

#include <cstddef>

namespace holdfast {

// Calls of operator new so far.
std::size_t allocations_so_far();
// Bytes asked for by operator new and not given back yet, without what the heap itself needs.
std::size_t bytes_held();

}  // namespace holdfast
