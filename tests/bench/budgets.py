#!/usr/bin/env python3
"""Runs the benchmarks of a build folder and holds their ratios against the budgets.

usage: budgets.py BUILD_DIR [RECORDING.hfr]

Ratios of one run are compared, medians of several repetitions; absolute times are printed for people only, because a
shared machine has good and bad minutes. Exit code 1: a budget is exceeded.
"""
import json
import pathlib
import subprocess
import sys


def medians(program, *arguments, repetitions):
    """Median real time in ns per benchmark name, and its counters."""
    output = subprocess.run(
        [program, *arguments, f"--benchmark_repetitions={repetitions}", "--benchmark_report_aggregates_only=true",
         "--benchmark_format=json"], check=True, capture_output=True, text=True).stdout
    units = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
    result = {}
    for row in json.loads(output)["benchmarks"]:
        if row.get("aggregate_name") == "median":
            result[row["run_name"]] = (row["real_time"] * units[row["time_unit"]], row)
    return result


class Budgets:
    def __init__(self):
        self.exceeded = 0

    def hold(self, what, value, at_most, unit=""):
        verdict = "ok  " if value <= at_most else "OVER"
        self.exceeded += value > at_most
        print(f"  {verdict}  {what}: {value:.3g}{unit} (at most {at_most:g}{unit})")


def main():
    build = pathlib.Path(sys.argv[1]) / "bin"
    recording = [f"--recording={sys.argv[2]}"] if len(sys.argv) > 2 else []
    budgets = Budgets()

    steps = {name: row["ns_per_event"]
             for name, (_, row) in medians(build / "bench_engine", repetitions=5).items()}
    base = steps["BM_EngineStep/processes:1000/exceptions:10"]
    budgets.hold("engine step, median per event", base, 1000, " ns")
    budgets.hold("1,000,000 processes against 1,000",
                 steps["BM_EngineStep/processes:1000000/exceptions:10"] / base, 1.5, "x")
    budgets.hold("1,024 exceptions against 10", steps["BM_EngineStep/processes:1000/exceptions:1024"] / base, 1.5, "x")

    replay = medians(build / "bench_replay", *recording, repetitions=5)
    budgets.hold("replay against only reading and decoding",
                 replay["BM_Replay"][0] / replay["BM_ReadAndDecode"][0], 2.0, "x")

    stories = medians(build / "bench_scenarios", repetitions=5)
    budgets.hold("a day with a prompt each hour", stories["BM_IdleDay"][0] / 1e6, 50, " ms")
    budgets.hold("1,000 scenario runs", stories["BM_SmallScenario"][0] * 1000 / 1e9, 2, " s")
    return 1 if budgets.exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
