// Replaying and verifying against only reading and decoding, on one recording in one run:
//   bench_replay --recording=FILE   (an imported one; without it, one is written from the Sysmon mix)
// What is verified is that recording together with what the engine says about it; with held:1 as if every operation had
// been held, so that there is a verdict about each.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/recording/recording.h"
#include "sim/replay/replay.h"
#include "sim/replay/verification.h"
#include "tests/bench/sysmon_mix.h"

namespace holdfast::bench {
namespace {

std::string& recording() {
  static std::string path;
  return path;
}

std::string recorded_path(bool held) { return held ? "bench_replay_held.hfr" : "bench_replay_recorded.hfr"; }

void read_and_decode(const std::string& path, benchmark::State& state) {
  std::uint64_t events = 0;
  for (auto _ : state) {
    const auto inputs = count_inputs(path);
    if (!inputs) return state.SkipWithError(inputs.error().text().c_str());
    events += *inputs;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

void BM_ReadAndDecode(benchmark::State& state) { read_and_decode(recording(), state); }
void BM_ReadAndDecodeRecorded(benchmark::State& state) { read_and_decode(recorded_path(state.range(0) != 0), state); }

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

void BM_Verify(benchmark::State& state) {
  std::uint64_t events = 0;
  for (auto _ : state) {
    const auto verified = verify_recording(recorded_path(state.range(0) != 0), false);
    if (!verified) return state.SkipWithError(verified.error().text().c_str());
    if (!verified->same()) return state.SkipWithError("the engine says something else");
    events += verified->fidelity.inputs;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

BENCHMARK(BM_ReadAndDecode)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Replay)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_ReadAndDecodeRecorded)->ArgName("held")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Verify)->ArgName("held")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

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

class Recorder final : public StepObserver {
 public:
  explicit Recorder(RecordingWriter& writer) : writer_(writer) {}

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override {
    if (auto written = writer_.write(input); !written) return written;
    for (const v1::Output& output : outputs) {
      if (auto written = writer_.write(output); !written) return written;
    }
    return {};
  }

 private:
  RecordingWriter& writer_;
};

// The recording as if every operation had been held.
Expected<std::string> with_holds() {
  std::string path = "bench_replay_holds.hfr";
  auto reader = RecordingReader::open(recording());
  if (!reader) return std::unexpected(reader.error());
  auto writer = RecordingWriter::create(path, reader->header());
  if (!writer) return std::unexpected(writer.error());
  v1::Record record;
  while (true) {
    const auto next = reader->next(record);
    if (!next) return std::unexpected(next.error());
    if (*next == RecordingReader::Next::kEnd) break;
    if (!record.has_input()) continue;
    v1::Input& input = *record.mutable_input();
    if (input.has_operation()) input.mutable_operation()->set_hold(v1::HOLD_CAPABILITY_PRE_EXECUTION);
    if (auto written = writer->write(input); !written) return std::unexpected(written.error());
  }
  if (auto closed = writer->close(); !closed) return std::unexpected(closed.error());
  return path;
}

// What an engine says about it, every event assessed, as an agent would have recorded it.
Expected<void> record_replay(bool held) {
  const Expected<std::string> path = held ? with_holds() : recording();
  if (!path) return std::unexpected(path.error());
  auto replay = Replay::open({.path = *path});
  if (!replay) return std::unexpected(replay.error());
  v1::RecordingHeader header = replay->header();
  header.set_origin(v1::RecordingHeader::SIMULATED);
  auto writer = RecordingWriter::create(recorded_path(held), header);
  if (!writer) return std::unexpected(writer.error());
  Recorder recorder(*writer);
  if (auto ended = replay->run({&recorder}); !ended) return std::unexpected(ended.error());
  return writer->close();
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
  for (const bool held : {false, true}) {
    if (const auto recorded = record_replay(held); !recorded) {
      std::fprintf(stderr, "bench_replay: %s\n", recorded.error().text().c_str());
      return 2;
    }
  }
  benchmark::Initialize(&kept, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
