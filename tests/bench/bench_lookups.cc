// What waiting for the services outside costs: 10,000 held operations that all ask at once, and an answer that is
// known.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "tests/bench/lookups.h"

namespace holdfast::bench {
namespace {

// All operations ask, all attempts fail, all pauses end, all second attempts are answered: 40,000 steps.
void BM_TenThousandWait(benchmark::State& state) {
  std::uint64_t steps = 0;
  for (auto _ : state) {
    state.PauseTiming();
    {
      Drive drive(true);
      for (std::uint32_t program = 1; program <= kPrograms; ++program) drive.step(program_starts(program));
      std::vector<v1::Input> inputs;
      const auto measure = [&] {
        state.ResumeTiming();
        for (v1::Input& input : inputs) drive.step(input);
        state.PauseTiming();
        steps += inputs.size();
        inputs.clear();
      };
      for (std::uint32_t program = 1; program <= kPrograms; ++program) {
        inputs.push_back(sets_a_run_key(program, kPrograms + program));
      }
      measure();
      if (drive.verdicts != 0 || drive.waiting().lookup_size() != static_cast<int>(kPrograms)) {
        return state.SkipWithError("not all of them wait");
      }
      drive.now_ns = kSecond;
      for (std::uint32_t program = 1; program <= kPrograms; ++program) {
        v1::Input& input = inputs.emplace_back();
        input.mutable_http_outcome()->set_request_id(program);
        input.mutable_http_outcome()->set_result(v1::HTTP_REFUSED);
      }
      measure();
      drive.now_ns = 2 * kSecond;
      const v1::CloudState waiting = drive.waiting();
      for (const v1::LookupState& lookup : waiting.lookup()) {
        inputs.emplace_back().mutable_timer_fired()->set_timer_id(lookup.timer_id());
      }
      measure();
      drive.now_ns = 3 * kSecond;
      for (std::uint32_t program = 1; program <= kPrograms; ++program) {
        inputs.push_back(answered(kPrograms + program, program));
      }
      measure();
      if (drive.verdicts != kPrograms || drive.late != 0) return state.SkipWithError("not all got a verdict in time");
    }
    state.ResumeTiming();
  }
  state.counters["ns_per_step"] =
      benchmark::Counter(static_cast<double>(steps) * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_TenThousandWait)->Unit(benchmark::kMillisecond);

// The same operation again and again: without the service, and with an answer that is known.
void BM_KnownAnswer(benchmark::State& state) {
  const bool service = state.range(0) != 0;
  Drive drive(service);
  drive.step(program_starts(1));
  std::uint64_t id = 10;
  drive.step(sets_a_run_key(1, ++id));
  if (service) drive.step(answered(1, 1));
  if (drive.verdicts != 1) return state.SkipWithError("the answer is not known");
  v1::Input input = sets_a_run_key(1, 0);
  for (auto _ : state) {
    input.mutable_operation()->set_id(++id);
    drive.step(input);
  }
}
BENCHMARK(BM_KnownAnswer)->ArgName("service")->Arg(0)->Arg(1);

}  // namespace
}  // namespace holdfast::bench

BENCHMARK_MAIN();
