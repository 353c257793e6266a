"""Compares the simulated and the real run of one scenario, as network_lab_run prints them.

What must be equal: every decision with its whole chain of reasons, every other output that is no timer, and every attempt
with its route and how it ended. What must be near: how long each operation, detection and attempt took.
"""
from typing import NamedTuple

SIMULATED, REAL = "simulated", "real"
TOLERANCE_MS = 250  # between the two runs' waits; every wait that is meant as one is longer

# Outputs that say how and when something is done, not what was decided.
NO_DECISIONS = {"timer_set", "timer_cancelled", "http_request", "http_cancel"}


class Wait(NamedTuple):
    what: str
    ns: int


class Attempt(NamedTuple):
    question: str
    route: str
    result: str
    status: int

    def text(self):
        return self.result.removeprefix("HTTP_") + (f" {self.status}" if self.status else "")

    def comparable(self):
        """Proxies choose different statuses of one class where they reach no service."""
        return self.question, self.route, self.result, self.status // 100


class Run(NamedTuple):
    decisions: list  # messages without their times
    attempts: list
    waits: list
    broken: list  # expectations and promises that do not hold


class Comparison(NamedTuple):
    simulated: Run
    real: Run
    differences: list  # empty: simulated = real


def timeless(message):
    if isinstance(message, dict):
        return {key: timeless(value) for key, value in message.items() if not key.endswith("_ns")}
    if isinstance(message, list):
        return [timeless(value) for value in message]
    return message


def attempt(request, outcome):
    route = request.get("proxy") or request.get("family", "ADDRESS_FAMILY_UNSPECIFIED")
    return Attempt(question=request["purpose"] + " " + request["url"].rsplit("/", 1)[-1], route=route,
                   result=outcome.get("result", "no outcome"), status=outcome.get("status", 0))


def waits_of(output):
    if "verdict" in output:
        verdict = output["verdict"]
        yield Wait(f"operation {verdict['operation_id']}", int(verdict.get("held_ns", 0)))
    if "detection_answer" in output:
        answer = output["detection_answer"]
        yield Wait(f"detection {answer['detection_id']}", int(answer.get("waited_ns", 0)))


def run_of(documents, name):
    requests, outcomes = {}, {}
    run = Run(decisions=[], attempts=[], waits=[], broken=[])
    for document in documents:
        if document["run"] != name:
            continue
        if "failed" in document:
            run.broken.append(document["failed"])
        outcome = document.get("input", {}).get("http_outcome")
        if outcome:
            outcomes[outcome["request_id"]] = outcome
        output = document.get("output", {})
        if "http_request" in output:
            requests[output["http_request"]["request_id"]] = output["http_request"]
        run.waits.extend(waits_of(output))
        if output and not NO_DECISIONS & output.keys():
            run.decisions.append(timeless(output))
    for request_id, request in requests.items():
        outcome = outcomes.get(request_id, {})
        run.attempts.append(attempt(request, outcome))
        if outcome:
            run.waits.append(Wait(f"attempt {request_id}", int(outcome.get("took_ns", 0))))
    return run


def inner_differences(path, one, other):
    """Where two messages differ, down to the fields that do."""
    if isinstance(one, dict) and isinstance(other, dict) and (one.keys() & other.keys() or not one.keys() | other.keys()):
        for key in {**one, **other}:
            yield from inner_differences(f"{path}.{key}", one.get(key, "nothing"), other.get(key, "nothing"))
    elif isinstance(one, list) and isinstance(other, list):
        yield from pairs(path, one, other)
    elif one != other:
        yield f"{path}: simulated {one}, real {other}"


def pairs(what, simulated, real):
    """Differences of two lists that should be equal, by position."""
    for i in range(max(len(simulated), len(real))):
        one, other = (run[i] if i < len(run) else "nothing" for run in (simulated, real))
        yield from inner_differences(f"{what} {i + 1}", one, other)


def far_apart(simulated, real):
    others = dict(real)
    for what, ns in simulated:
        if what in others and abs(others[what] - ns) > TOLERANCE_MS * 1_000_000:
            yield (f"{what}: simulated {ns / 1e6:.0f} ms, real {others[what] / 1e6:.0f} ms, more than {TOLERANCE_MS} ms "
                   "apart")


def compare(documents):
    simulated, real = run_of(documents, SIMULATED), run_of(documents, REAL)
    differences = [f"{name}: {broken}" for name, run in ((SIMULATED, simulated), (REAL, real)) for broken in run.broken]
    if not simulated.decisions:
        differences.append("nothing was decided")
    differences += pairs("decision", simulated.decisions, real.decisions)
    differences += pairs("attempt", [a.comparable() for a in simulated.attempts], [a.comparable() for a in real.attempts])
    differences += pairs("wait", [what for what, _ in simulated.waits], [what for what, _ in real.waits])
    differences += far_apart(simulated.waits, real.waits)
    replayed = [document["replayed"] for document in documents if "replayed" in document]
    if replayed != [True]:
        differences.append("the real run's inputs do not give a new engine the same decision log")
    return Comparison(simulated, real, differences)
