// What the flight recorder adds to each event of a Sysmon-shaped mix, on the host's thread and on disk. Writes to the
// folder in which it is started.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "agent/flight/flight_recorder.h"
#include "agent/flight/sync_thread.h"
#include "engine/core/engine.h"
#include "tests/bench/sysmon_mix.h"

namespace holdfast::bench {
namespace {

constexpr std::uint32_t kBatch = 100'000;
constexpr std::uint32_t kProcesses = 1'000;
constexpr std::uint64_t kBetweenEventsNs = 1'000'000;  // a busy workstation: a thousand events a second
constexpr std::uint64_t kSyncAfterNs = 10'000'000;     // a batch is over in a fraction of a second

std::uint64_t bytes_in(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) bytes += file.file_size();
  return bytes;
}

// Argument: 0 no recorder, 1 a recorder, 2 one whose segments a thread has the disk store meanwhile. The engine's step
// is part of all.
void BM_Event(benchmark::State& state) {
  const bool records = state.range(0) != 0;
  const bool stores = state.range(0) == 2;
  const std::filesystem::path folder = "flight";
  std::uint64_t events = 0;
  double bytes_per_event = 0;
  for (auto _ : state) {
    state.PauseTiming();
    {
      std::filesystem::remove_all(folder);
      engine::Engine engine;
      std::vector<v1::Output> outputs;
      std::uint64_t sequence = 0;
      for (const v1::Input& input : opening(kProcesses, 10)) {
        engine.step(input, outputs);
        sequence = input.sequence();
      }
      std::vector<v1::Input> batch = sysmon_mix(kBatch, kProcesses, sequence + 1);
      for (std::uint32_t i = 0; i < kBatch; ++i) batch[i].set_at_ns(i * kBetweenEventsNs);
      std::optional<FlightRecorder> recorder;
      std::optional<SyncThread> syncs;
      if (records) {
        auto created = FlightRecorder::create(engine, v1::RecordingHeader(),
                                              {.folder = folder.string(), .sync_after_ns = kSyncAfterNs});
        if (!created) return state.SkipWithError(created.error().text().c_str());
        recorder.emplace(std::move(*created));
        if (stores) syncs.emplace(recorder->syncer());
      }
      const std::uint64_t before = records ? bytes_in(folder) : 0;
      state.ResumeTiming();
      for (const v1::Input& input : batch) {
        outputs.clear();
        engine.step(input, outputs);
        if (recorder && !recorder->on_step(input, outputs)) return state.SkipWithError("the recorder failed");
      }
      state.PauseTiming();
      events += kBatch;
      if (recorder) bytes_per_event = static_cast<double>(bytes_in(folder) - before) / kBatch;
      if (recorder && recorder->status().inputs_written != kBatch) return state.SkipWithError("inputs were lost");
    }
    state.ResumeTiming();
  }
  std::filesystem::remove_all(folder);
  state.counters["ns_per_event"] =
      benchmark::Counter(static_cast<double>(events) * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["bytes_per_event"] = bytes_per_event;
}
BENCHMARK(BM_Event)->ArgName("recorder")->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast::bench

BENCHMARK_MAIN();
