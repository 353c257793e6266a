// Replay against only reading and decoding, on one recording in one run:
//   bench_replay --recording=FILE   (an imported one; without it, one is written from the Sysmon mix)
#include <benchmark/benchmark.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "sensors/recording/recording.h"
#include "sim/replay.h"
#include "tests/bench/sysmon_mix.h"

namespace holdfast::bench {
namespace {

std::string& recording() {
  static std::string path;
  return path;
}

void BM_ReadAndDecode(benchmark::State& state) {
  std::uint64_t events = 0;
  for (auto _ : state) {
    const auto inputs = count_inputs(recording());
    if (!inputs) return state.SkipWithError(inputs.error().text().c_str());
    events += *inputs;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

void BM_Replay(benchmark::State& state) {
  std::uint64_t events = 0;
  for (auto _ : state) {
    auto replay = Replay::open({.path = recording()});
    if (!replay) return state.SkipWithError(replay.error().text().c_str());
    DecisionLog log;
    const auto ended = replay->run({&log});
    if (!ended) return state.SkipWithError(ended.error().text().c_str());
    events += ended->events;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

BENCHMARK(BM_ReadAndDecode)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Replay)->Unit(benchmark::kMillisecond);

// A recording of the mix, for machines without the corpus. Returns false when it cannot be written.
bool write_mix(const std::string& path) {
  v1::RecordingHeader header;
  header.set_origin(v1::RecordingHeader::IMPORTED);
  header.mutable_profile()->set_platform(v1::WINDOWS_10_X64);
  auto writer = RecordingWriter::create(path, header);
  if (!writer) return false;
  for (const v1::Input& input : sysmon_mix(200'000, 1'000, 1)) {
    if (!writer->write(input)) return false;
  }
  return writer->close().has_value();
}

}  // namespace
}  // namespace holdfast::bench

int main(int argc, char** argv) {
  using namespace holdfast::bench;
  constexpr std::string_view kOption = "--recording=";
  int kept = 0;
  for (int i = 0; i < argc; ++i) {
    if (std::string_view(argv[i]).starts_with(kOption)) {
      recording() = argv[i] + kOption.size();
    } else {
      argv[kept++] = argv[i];
    }
  }
  if (recording().empty()) {
    recording() = "bench_replay.hfr";
    if (!write_mix(recording())) {
      std::fputs("bench_replay: cannot write bench_replay.hfr here\n", stderr);
      return 2;
    }
  }
  benchmark::Initialize(&kept, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
