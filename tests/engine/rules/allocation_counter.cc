// The global operators are replaced in a file of their own, so that no compiler sees through them at their callers.
#include "tests/engine/rules/allocation_counter.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::size_t> allocations{0};
}  // namespace

// NOLINTBEGIN: replacing them is the purpose, and malloc is what they stand on.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
// NOLINTEND

namespace holdfast::engine {

std::size_t allocations_so_far() { return allocations; }

}  // namespace holdfast::engine
