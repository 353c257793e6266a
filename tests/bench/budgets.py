#!/usr/bin/env python3
"""Runs the benchmarks of a build folder and holds what they say against the budgets of docs/performance.md.

usage: budgets.py BUILD_DIR [RECORDING.hfr]

Without a recording, the one named below is imported from the corpus of real recordings; without that corpus, a made up
one serves. Everything is a median of three repetitions. What can be said as a ratio of one run is. A shared machine has
good and bad minutes, and a ratio's two sides may each meet another: a time, or a ratio of times, that is over its budget
is measured again, three times in all, and the best counts; the line says so. What is counted, as bytes are, is held at
once. Exit code 1: a budget is exceeded.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CAMPAIGN = ROOT.parent / ("shared/corpus/OTRF+Security-Datasets/datasets/compound/LSASS_campaign_05/"
                          "metasploit_sharpdump_lsass_memory_dump.zip")
SECURITY_LOG = ROOT.parent / ("shared/corpus/mdecrevoisier+EVTX-to-MITRE-Attack/TA0005-Defense Evasion/"
                              "T1562.004-Impair Defenses-Disable or Modify System Firewall/"
                              "ID4688-5447-4950-Firewall disabled (command).evtx")
REPETITIONS = 3
ATTEMPTS = 3


def medians(program, *arguments, folder, only="."):
    """Per benchmark whose name matches `only`: median real time in ns, and its counters."""
    output = subprocess.run(
        [program, *arguments, f"--benchmark_filter={only}", f"--benchmark_repetitions={REPETITIONS}",
         # Good and bad minutes then fall on all of them alike.
         "--benchmark_enable_random_interleaving=true",
         "--benchmark_report_aggregates_only=true", "--benchmark_format=json"],
        cwd=folder, check=True, capture_output=True, text=True).stdout
    units = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
    result = {}
    for row in json.loads(output)["benchmarks"]:
        if row.get("error_occurred"):
            sys.exit(f"budgets: {row['name']}: {row['error_message']}")
        if row.get("aggregate_name") == "median":
            result[row["run_name"]] = (row["real_time"] * units[row["time_unit"]], row)
    return result


def run_measured(*command):
    """Wall time in s, processor time in s and greatest resident memory in bytes of one program.

    The memory is never below this script's own (about 15 MB): the system counts what the child had before its exec.
    """
    started = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"budgets: {' '.join(map(str, command))} failed")
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def instructions(*command, inside=None):
    """How many a program executes, all in all or inside the function of that name; and what it says."""
    toggle = [f"--toggle-collect={inside}"] if inside else []
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *toggle, *command],
                          check=True, capture_output=True, text=True)
    return int(re.search(r"Collected : (\d+)", done.stderr)[1]), done.stdout


class Budgets:
    def __init__(self):
        self.exceeded = 0

    def _say(self, held, what, value, limit, unit, note=""):
        self.exceeded += not held
        print(f"  {'ok  ' if held else 'OVER'}  {what}: {value:.3g}{unit} ({limit}{unit}){note}", flush=True)

    def hold_count(self, what, value, at_most, unit):
        self._say(value <= at_most, what, value, f"at most {at_most:g}", unit)

    def hold_time(self, what, measure, unit, at_most=None, at_least=None):
        """`measure` is called again while its value is beyond the budget."""
        held = (lambda value: value <= at_most) if at_most is not None else (lambda value: value >= at_least)
        limit = f"at most {at_most:g}" if at_most is not None else f"at least {at_least:g}"
        values = [measure()]
        while not held(values[-1]) and len(values) < ATTEMPTS:
            values.append(measure())
        best = min(values) if at_most is not None else max(values)
        note = "" if len(values) == 1 else f", the best of {len(values)}: {', '.join(f'{v:.3g}' for v in values)}"
        self._say(held(best), what, best, limit, unit, note)


def hold_start(budgets, build):
    budgets.hold_count("instructions of a start", instructions(build / "holdfast", "--version")[0] / 1e6, 6, " million")


def hold_reading(budgets, build, folder):
    if not SECURITY_LOG.exists():
        return
    spent, said = instructions(build / "holdfast", "import", SECURITY_LOG, "-o", folder / "security.hfr",
                               inside="holdfast::EvtxEvents::next(holdfast::EventDocument&)")
    events = int(re.search(r"(\d[\d,]*) events", said)[1].replace(",", ""))
    budgets.hold_count("instructions of reading a long event of a Security log", spent / events, 28_000, "")


def hold_engine(budgets, build, folder):
    def steps(only):
        return {name: row["ns_per_event"] for name, (_, row) in
                medians(build / "bench_engine", folder=folder, only=only).items()}

    def against_usual(other):
        seen = steps(f"^({usual}|{other})$")
        return seen[other] / seen[usual]

    usual = "BM_EngineStep/processes:1000/exceptions:10"
    budgets.hold_time("1,000,000 processes against 1,000",
                      lambda: against_usual("BM_EngineStep/processes:1000000/exceptions:10"), "x", at_most=1.5)
    budgets.hold_time("1,024 exceptions against 10",
                      lambda: against_usual("BM_EngineStep/processes:1000/exceptions:1024"), "x", at_most=1.5)

    def against_copying():
        seen = steps(f"^({usual}|BM_CopyEvent)$")
        return seen[usual] / seen["BM_CopyEvent"]

    budgets.hold_time("engine step against copying its event", against_copying, "x", at_most=1.3)


def hold_lookups(budgets, build, folder):
    def waiting_against_usual():
        usual = "BM_EngineStep/processes:1000/exceptions:10"
        waiting = medians(build / "bench_lookups", folder=folder, only="BM_TenThousandWait")["BM_TenThousandWait"][1]
        return (waiting["ns_per_step"] /
                medians(build / "bench_engine", folder=folder, only=f"{usual}$")[usual][1]["ns_per_event"])

    def known_answer():
        seen = medians(build / "bench_lookups", folder=folder, only="BM_KnownAnswer")
        return seen["BM_KnownAnswer/service:1"][0] / seen["BM_KnownAnswer/service:0"][0]

    memory = medians(build / "bench_hold_memory", folder=folder)["BM_HoldMemory/iterations:1"][1]["bytes_per_hold"]
    budgets.hold_count("memory of an operation that waits for a service", memory, 2048, " B")
    budgets.hold_time("step with 10,000 operations waiting against a usual one", waiting_against_usual, "x", at_most=8)
    budgets.hold_time("denied with a known answer against denied without the service", known_answer, "x", at_most=1.35)


def campaign(build, folder):
    recording = folder / "campaign.hfr"
    run_measured(build / "holdfast", "import", CAMPAIGN, "-o", recording)
    return recording


def hold_recorder(budgets, build, folder):
    def events():
        return {name: row for name, (_, row) in medians(build / "bench_flight_recorder", folder=folder).items()}

    def added_ns():
        seen = events()
        return seen["BM_Event/recorder:1"]["ns_per_event"] - seen["BM_Event/recorder:0"]["ns_per_event"]

    budgets.hold_count("flight recorder, per event on disk", events()["BM_Event/recorder:1"]["bytes_per_event"], 50, " B")
    budgets.hold_time("flight recorder, added to each event", added_ns, " ns", at_most=1500)


def hold_replay(budgets, build, folder, recording):
    if recording is None and CAMPAIGN.exists():
        recording = campaign(build, folder)

    def against(one, other):
        seen = medians(build / "bench_replay", *([f"--recording={recording}"] if recording else []), folder=folder,
                       only=f"^({one}|{other})$")
        return seen[one][0] / seen[other][0]

    budgets.hold_time(f"replay against only reading and decoding, {recording.name if recording else 'made up recording'}",
                      lambda: against("BM_Replay", "BM_ReadAndDecode"), "x", at_most=2)
    for held, at_most in ((0, 2), (1, 3)):
        budgets.hold_time(
            f"verifying what was recorded of it against only reading and decoding{', all held' * held}",
            lambda: against(f"BM_Verify/held:{held}", f"BM_ReadAndDecodeRecorded/held:{held}"), "x", at_most=at_most)


def hold_stories(budgets, build, folder):
    def seconds(benchmark):
        return medians(build / "bench_scenarios", folder=folder, only=f"{benchmark}$")[benchmark][0] / 1e9

    budgets.hold_time("a day with a prompt each hour", lambda: seconds("BM_IdleDay") * 1e3, " ms", at_most=50)
    budgets.hold_time("1,000 scenario runs", lambda: seconds("BM_SmallScenario") * 1000, " s", at_most=2)


def hold_import(budgets, build, folder):
    log = folder / "log.json"
    subprocess.run([build / "bench_import", f"--make={log}"], check=True)
    size = log.stat().st_size
    memory = []

    def speed():
        _, processor_s, resident = run_measured(build / "holdfast", "import", log, "-o", folder / "log.hfr")
        memory.append(resident)
        return size / 1e6 / processor_s

    budgets.hold_time(f"import of {size / 1e6:.0f} MB of JSON, per second of processor time", speed, " MB", at_least=300)
    def against_dom_pass():
        speeds = {name: row["bytes_per_second"] for name, (_, row) in
                  medians(build / "bench_import", folder=folder, only="^(BM_DomPass|BM_ImportOnly)$").items()}
        return speeds["BM_ImportOnly"] / speeds["BM_DomPass"]

    budgets.hold_time("import of JSON against a pass of simdjson", against_dom_pass, "x", at_least=0.65)
    budgets.hold_count("memory while importing it", max(memory) / 1e6, 100, " MB")


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    build = pathlib.Path(sys.argv[1]).resolve() / "bin"
    recording = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
    budgets = Budgets()
    with tempfile.TemporaryDirectory(dir=build.parent, prefix="budgets-") as scratch:
        folder = pathlib.Path(scratch)
        hold_start(budgets, build)
        hold_reading(budgets, build, folder)
        hold_engine(budgets, build, folder)
        hold_lookups(budgets, build, folder)
        hold_recorder(budgets, build, folder)
        hold_replay(budgets, build, folder, recording)
        hold_stories(budgets, build, folder)
        hold_import(budgets, build, folder)
    return 1 if budgets.exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
