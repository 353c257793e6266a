"""The page that shows the laboratory's result: docs/fidelity.md."""
import difflib
import re
from typing import NamedTuple

from comparison import TOLERANCE_MS, Comparison

MADE_BY = "tests/lab/network/run build/release --write"
HEAD = f"""# Does the simulation tell the truth?

A simulator that is kinder than the world proves nothing. So every fault of the simulated network is also made for real: hosts in
namespaces of one machine, proxies and name servers from Debian's packages, `holdfast-cloud` itself as the service. The live
host with its HTTP actuator plays each story there, the simulator plays the same file on its virtual clock, and both runs are
compared. As root, after `tools/setup --laboratory`:

```
{MADE_BY}
```

wrote this page; without `--write` the command fails where the page does not say what was seen. The gate runs it.

**Equal** in both runs, or the case fails: every decision with its whole chain of reasons, every other output (prompts, violations,
warnings, status of the services) but for times, and each attempt: question, route, family, and how it ended. Of an HTTP
status only the class counts, because products choose: where a service cannot be reached squid says 503, tinyproxy 500. The
scenario's expectations and the promises of every run hold in both. The real run's inputs, given to a new engine, yield its
decision log again, byte for byte.

**Near**: how long each operation, detection and attempt took, within {TOLERANCE_MS} ms. Every wait that is meant as one (a deadline,
a budget, a slow answer) is longer than that, so one that is missing or added shows; what takes 20 ms here does so because services
do. A machine under load is late; the stories' times leave room for it.

"""
TAIL = """
## What stands for what

| in the scenario | here |
|---|---|
| the agent's addresses, the service's, a converting proxy's | addresses of their namespaces; without IPv4 there is no route to it |
| a service that answers, an absent, hanging, refusing one | `holdfast-cloud`; packets dropped by nftables; stopped by SIGSTOP; no listener, or a reset by nftables |
| a service that answers badly, or slowly | `tests/lab/network/service.py` |
| names | dnsmasq; without the record, or with its port dropped |
| proxies | squid and tinyproxy, each case with both where it matters; with passwords, forbidding; stopped by SIGSTOP where they swallow requests; dropped or reset by nftables |
| a proxy's `connect_timeout` | the retries of its system, `net.ipv4.tcp_syn_retries` |
| phases | the same changes at the same times, while the story runs |

## What it does not show

Loss and spread of latency are drawn from a seed in the simulation and are not made here. Hosts share one kernel: no packet is late,
no cable is long. NAT64 and IPv6 over tunnels have no case. The agent is the Linux build; the Windows build's actuator is tested
on its own, and was never run on real Windows.

## What it found

- tinyproxy answers wrong credentials with 401, not 407: over HTTP nobody can tell whether the service said so. Scenarios can
  now say `wrong_credentials_status: 401`.
- How long a proxy tries to reach a service is a matter of its machine: scenarios can now say `connect_timeout`.
"""


class Row(NamedTuple):
    name: str  # of the scenario
    case: str  # its file
    parts: list
    comparison: Comparison


def longest_ms(run):
    """The longest that an operation or a detection waited."""
    return max((ns for what, ns in run.waits if not what.startswith("attempt")), default=0) / 1e6


def reason_text(reason):
    return reason["code"] + (f"({reason['text']})" if reason["code"].endswith("_FAILED") else "")


def decided(run):
    """The last decision that waited for an answer, with the end of its chain."""
    answer = ""
    for decision in run.decisions:
        if "verdict" in decision and decision["verdict"]["reason"]:
            verdict = decision["verdict"]
            answer = verdict["decision"] + ": " + " > ".join(reason_text(reason) for reason in verdict["reason"][-2:])
        elif "detection_answer" in decision:
            answer = decision["detection_answer"]["verdict"] + " to antivirus"
    return answer


def attempts(comparison):
    texts = []
    for simulated, real in zip(comparison.simulated.attempts, comparison.real.attempts):
        differs = f" (simulated {simulated.status})" if simulated.status != real.status else ""
        texts.append(real.text() + differs)
    return ", ".join(texts) or "none"


def line(row):
    simulated, real = row.comparison.simulated, row.comparison.real
    return (f"| {row.name} | `{row.case}` | {', '.join(row.parts)} | {attempts(row.comparison)} | {decided(real)} | "
            f"{longest_ms(simulated):.0f} | {longest_ms(real):.0f} |")


def apart_ms(row):
    return abs(longest_ms(row.comparison.simulated) - longest_ms(row.comparison.real))


def page(rows):
    apart = sorted(apart_ms(row) for row in rows)
    summary = (f"{len(rows)} cases, simulated = real in all. The longest wait of a case differs by "
               f"{apart[len(apart) // 2]:.0f} ms in the median and {apart[-1]:.0f} ms at most.\n")
    table = ["| what happens | case | real parts | attempts ended as | decision | waited, simulated, ms | real, ms |",
             "|---|---|---|---|---|---|---|", *map(line, rows)]
    return HEAD + summary + "\n" + "\n".join(table) + "\n" + TAIL


def without_measurements(text):
    text = re.sub(r" \d+ \|$", " |", text, flags=re.MULTILINE)
    return re.sub(r"differs by\s+\d+ ms in the median and \d+ ms", "differs by", text)


def publish(rows, path, write):
    """Writes the page, or compares what stands there; 1 if that is not what was seen."""
    new = page(rows)
    if write:
        path.write_text(new)
        return 0
    old = path.read_text() if path.exists() else ""
    lines = [without_measurements(text).splitlines() for text in (old, new)]
    if lines[0] == lines[1]:
        return 0
    print(f"  FAIL  {path.name} does not say what was seen; make it anew: {MADE_BY}")
    print("\n".join(difflib.unified_diff(*lines, "the page", "seen", lineterm="", n=0)))
    return 1
