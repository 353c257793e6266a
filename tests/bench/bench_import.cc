// Import of newline-delimited JSON, without and with writing the recording, beside a pass by a program that knows JSON
// and nothing of events:
//   bench_import --file=FILE   (a real log; without it, one is made in the temporary folder)
//   bench_import --make=FILE   (makes a log of 700 MB and ends: for measuring what `holdfast import` takes)
// bytes_per_second counts unpacked JSON.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "sensors/import/import.h"
#include "sensors/import/recording_sink.h"

namespace holdfast::bench {
namespace {

std::string& file() {
  static std::string path;
  return path;
}

class Discarded final : public ImportSink {
 public:
  Expected<void> begin(const v1::RecordingHeader&) override { return {}; }
  Expected<void> take(const v1::Input& input) override {
    benchmark::DoNotOptimize(&input);
    return {};
  }
  bool begins_anew() const override { return true; }
};

void BM_ImportOnly(benchmark::State& state) {
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    Discarded sink;
    const auto report = import_events({file()}, sink, {});
    if (!report) return state.SkipWithError(report.error().text().c_str());
    bytes += report->event_bytes;
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void BM_ImportAndWrite(benchmark::State& state) {
  const std::string recording = (std::filesystem::temp_directory_path() / "holdfast-bench-import.hfr").string();
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    RecordingSink sink(recording);
    const auto report = import_events({file()}, sink, {});
    if (!report) return state.SkipWithError(report.error().text().c_str());
    if (const auto closed = sink.close(report->summary); !closed)
      return state.SkipWithError(closed.error().text().c_str());
    bytes += report->event_bytes;
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  std::filesystem::remove(recording);
}

void BM_DomPass(benchmark::State& state) {
  std::uint64_t bytes = 0;
  simdjson::dom::parser parser;
  for (auto _ : state) {
    simdjson::padded_string json;
    if (simdjson::padded_string::load(file()).get(json) != simdjson::SUCCESS) return state.SkipWithError("no log");
    for (std::string_view rest = json; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      simdjson::dom::element document;
      if (parser.parse(line.data(), line.size(), false).get(document) != simdjson::SUCCESS)
        return state.SkipWithError("a line is no JSON");
      benchmark::DoNotOptimize(document);
    }
    bytes += json.size();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

BENCHMARK(BM_DomPass)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_ImportOnly)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_ImportAndWrite)->Unit(benchmark::kMillisecond);

// What collectors write around every event.
constexpr std::string_view kEnvelope =
    R"("SourceName":"Microsoft-Windows-Sysmon","ProviderGuid":"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}","Level":"4","Keywords":"0x8000000000000000",)"
    R"("Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"PC1.example","TimeCreated":"2022-07-05T02:00:50.240Z","@timestamp":"2022-07-05T02:00:50.240Z",)"
    R"("RuleName":"-","UtcTime":"2022-07-05 09:00:50.237",)";

void write_event(std::ofstream& out, std::uint32_t number, std::string_view task, std::string_view fields) {
  const std::string process = std::to_string(1000 + number % 250 * 4);
  const std::string started = std::to_string(1000 + number / 1000 % 9000);  // each process speaks four times
  out << R"({"EventID":)" << task << R"(,"Task":)" << task << ',' << kEnvelope << R"("ProcessGuid":"{01e2a015-)"
      << started << "-62bf-" << process << R"(-000000000700}","ProcessId":")" << process
      << R"(","SourceProcessGUID":"{01e2a015-)" << started << "-62bf-" << process
      << R"(-000000000700}","SourceProcessId":")" << process << "\"," << fields
      << R"(,"Message":"Event:\r\nUtcTime: 2022-07-05 09:00:50.237\r\n)" << std::string(700, 'm') << "\"}\n";
}

constexpr std::uint32_t kUsualEvents = 30'000;  // 64 MB
constexpr std::uint32_t kManyEvents = 330'000;  // 700 MB

// The proportions of a workstation under attack: two thirds process accesses, the rest images and the registry.
bool write_log(const std::string& path, std::uint32_t events) {
  std::ofstream out(path, std::ios::binary);
  const std::string trace(900, 'n');
  for (std::uint32_t i = 0; i < events; ++i) {
    if (i % 9 < 6) {
      write_event(
          out, i, "10",
          R"("SourceImage":"C:\\Windows\\System32\\svchost.exe","TargetImage":"C:\\Windows\\System32\\lsass.exe","TargetProcessId":"704","GrantedAccess":"0x1000","CallTrace":"C:\\Windows\\SYSTEM32\\ntdll.dll+9d104|)" +
              trace + '"');
    } else if (i % 9 == 6) {
      write_event(
          out, i, "13",
          R"("EventType":"SetValue","Image":"C:\\Windows\\Explorer.EXE","TargetObject":"HKU\\S-1-5-21-1\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\Value)" +
              std::to_string(i) + R"j(","Details":"DWORD (0x00000001)")j");
    } else {
      write_event(
          out, i, "7",
          R"("Image":"C:\\Windows\\System32\\svchost.exe","ImageLoaded":"C:\\Windows\\System32\\library)" +
              std::to_string(i % 400) +
              R"(.dll","Hashes":"SHA1=74F28DD9B0DA310D85F1931DB2749A26A9A8AB02,MD5=AD99B6147CBFF1C8ECCE8CE44E742681,SHA256=912D217D9F34121BC6150A2D7F22B49D2C876942653348C671F358FF58AF0EBA","Signed":"true","Signature":"Microsoft Windows","SignatureStatus":"Valid")");
    }
  }
  return out.good();
}

}  // namespace
}  // namespace holdfast::bench

int main(int argc, char** argv) {
  using namespace holdfast::bench;
  constexpr std::string_view kFile = "--file=";
  constexpr std::string_view kMake = "--make=";
  const std::string_view last = argc > 1 ? argv[argc - 1] : "";
  if (last.starts_with(kMake)) {
    return write_log(std::string(last.substr(kMake.size())), kManyEvents) ? 0 : 2;
  }
  if (last.starts_with(kFile)) {
    file() = last.substr(kFile.size());
    --argc;
  }
  const bool made = file().empty();
  if (made) {
    file() = (std::filesystem::temp_directory_path() / "holdfast-bench-import.json").string();
    if (!write_log(file(), kUsualEvents)) return 2;
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  if (made) std::filesystem::remove(file());
  return 0;
}
