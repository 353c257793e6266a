#include "tests/support/allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> allocations{0};
std::atomic<std::size_t> held{0};

// Before each block of memory stands its size, in as many bytes as keep the block aligned for anything.
constexpr std::size_t kHeader = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

void give_back(void* memory) noexcept {
  if (memory == nullptr) return;
  char* block = static_cast<char*>(memory) - kHeader;
  held -= *reinterpret_cast<std::size_t*>(block);
  std::free(block);
}

}  // namespace

// In a file of their own, so that no compiler sees through them at their callers.
void* operator new(std::size_t size) {
  ++allocations;
  if (char* block = static_cast<char*>(std::malloc(kHeader + size))) {
    *reinterpret_cast<std::size_t*>(block) = size;
    held += size;
    return block + kHeader;
  }
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }

namespace holdfast {

std::size_t allocations_so_far() { return allocations; }
std::size_t bytes_held() { return held; }

}  // namespace holdfast
