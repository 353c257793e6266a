// What a step of the engine costs, and that it does not grow with processes or exceptions.
#include <benchmark/benchmark.h>

#include <vector>

#include "engine/core/engine.h"
#include "tests/bench/sysmon_mix.h"

namespace holdfast::bench {
namespace {

// Arguments: live processes, exceptions. Reports time per event.
void BM_EngineStep(benchmark::State& state) {
  const auto processes = static_cast<std::uint32_t>(state.range(0));
  constexpr std::uint32_t kBatch = 100'000;
  engine::Engine engine;
  std::vector<v1::Output> outputs;
  std::uint64_t sequence = 0;
  for (const v1::Input& input : opening(processes, static_cast<std::uint32_t>(state.range(1)))) {
    engine.step(input, outputs);
    sequence = input.sequence();
  }
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<v1::Input> batch = sysmon_mix(kBatch, processes, sequence + 1);
    sequence += kBatch;
    state.ResumeTiming();
    for (const v1::Input& input : batch) {
      outputs.clear();
      engine.step(input, outputs);
      benchmark::DoNotOptimize(outputs.data());
    }
  }
  state.SetItemsProcessed(state.iterations() * kBatch);
  state.counters["ns_per_event"] = benchmark::Counter(static_cast<double>(state.iterations() * kBatch) * 1e-9,
                                                      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
// What the same events cost to copy: of the same memory, on the same machine, in the same minute.
void BM_CopyEvent(benchmark::State& state) {
  constexpr std::uint32_t kBatch = 100'000;
  v1::Input copy;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<v1::Input> batch = sysmon_mix(kBatch, 1'000, 1);
    state.ResumeTiming();
    for (const v1::Input& input : batch) {
      copy = input;
      benchmark::DoNotOptimize(copy);
    }
  }
  state.counters["ns_per_event"] = benchmark::Counter(static_cast<double>(state.iterations() * kBatch) * 1e-9,
                                                      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_CopyEvent)->Unit(benchmark::kMillisecond);

BENCHMARK(BM_EngineStep)
    ->ArgNames({"processes", "exceptions"})
    ->Args({1'000, 10})
    ->Args({1'000, 1'024})
    ->Args({100'000, 10})
    ->Args({1'000'000, 10})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast::bench

BENCHMARK_MAIN();
