// How fast stories are told.
#include <benchmark/benchmark.h>

#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"

namespace holdfast::bench {
namespace {

constexpr const char* kIdleDay = R"(
name: "A day with nothing but a prompt each hour"
source: "DOMAIN 5"
agent { platform: WINDOWS_10_X64 }
settings { event_monitoring { enabled: true  policy { event: NEW_STARTUP_PROGRAM  do: ASK_WHEN_NECESSARY } } }
at { t: "1s"  process_start { pid: 4711  image: "C:\\Users\\user\\setup.exe"  signature { status: SIGNATURE_STATUS_NONE } } }
at { t: "1h"  every: "1h"  times: 23  by: 4711
     registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run"  value: "Updater"  data: "C:\\a.exe" } }
expect { count { prompts: 23 } }
runs_for: "24h"
)";

constexpr const char* kSmall = R"(
name: "Nobody answers: the program is allowed after 30 seconds"
source: "DOMAIN 5"
settings { event_monitoring { enabled: true  policy { event: NEW_STARTUP_PROGRAM  do: ASK_WHEN_NECESSARY } } }
at { t: "1s"  process_start { pid: 4711  image: "C:\\Users\\user\\setup.exe"  signature { status: SIGNATURE_STATUS_NONE } } }
at { t: "2.5s"  by: 4711
     registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run"  value: "Updater"  data: "C:\\a.exe" } }
expect { verdict { of: "registry_set"  decision: ALLOW  because: NOBODY_ANSWERED  at: "32.5s" } }
)";

void tell(benchmark::State& state, const char* text) {
  for (auto _ : state) {
    const auto file = parse_scenario("benchmark", text);
    if (!file) return state.SkipWithError(file.error().text().c_str());
    const auto run = run_scenario(file->scenario, engine::default_tables(), &file->locations);
    if (!run) return state.SkipWithError(run.error().text().c_str());
    if (!run->met()) return state.SkipWithError(run->failures[0].actual.c_str());
  }
}

void BM_IdleDay(benchmark::State& state) { tell(state, kIdleDay); }
void BM_SmallScenario(benchmark::State& state) { tell(state, kSmall); }
BENCHMARK(BM_IdleDay)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_SmallScenario)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast::bench

BENCHMARK_MAIN();
