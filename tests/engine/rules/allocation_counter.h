// How often this test program asked for memory, whoever in it did.
#pragma once

#include <cstddef>

namespace holdfast::engine {

std::size_t allocations_so_far();

}  // namespace holdfast::engine
