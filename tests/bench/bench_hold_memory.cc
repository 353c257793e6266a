// What the engine keeps of an operation that waits for a service. In a program of its own: counting memory takes time.
#include <benchmark/benchmark.h>

#include "tests/bench/lookups.h"
#include "tests/support/allocations.h"

namespace holdfast::bench {
namespace {

// What the engine keeps of an operation that waits alone for its question.
double bytes_per_hold() {
  Drive drive(true);
  for (std::uint32_t program = 1; program <= kPrograms; ++program) drive.step(program_starts(program));
  drive.forget();
  const std::size_t before = bytes_held();
  for (std::uint32_t program = 1; program <= kPrograms; ++program) {
    drive.step(sets_a_run_key(program, kPrograms + program));
    drive.forget();
  }
  return static_cast<double>(bytes_held() - before) / kPrograms;
}

void BM_HoldMemory(benchmark::State& state) {
  double bytes = 0;
  for (auto _ : state) bytes = bytes_per_hold();
  state.counters["bytes_per_hold"] = bytes;
}
BENCHMARK(BM_HoldMemory)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast::bench

BENCHMARK_MAIN();
