// Lives a life that the bytes choose: every input there is, sensible or not, snapshots, restores, damaged states.
// Promises: whatever sim/checkers promises of every run; an engine that was restored from a snapshot says the same as
// the one that never stopped; a damaged state is refused with its field, or taken by an engine that can go on.
//
// Links: holdfast_explore
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "sim/explore/explore.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace holdfast;
  static const Material material = builtin_material();
  if (size == 0) return 0;
  const auto menu = mixes();
  const ExplorePlan plan{.material = &material,
                         .mix = &menu[bytes[0] % menu.size()],
                         .inputs = 2'000,
                         .restores = 60,
                         .damaged_states = 40};
  const SeedResult result = explore_bytes(plan, std::span(bytes, size).subspan(1));
  if (!result.fault) return 0;
  std::fprintf(stderr, "broken promise: %s: %s\n", result.fault->kind.c_str(), result.fault->what.c_str());
  std::abort();
}
