#!/usr/bin/env python3
"""What the laboratory takes for equal, and that it notices when it is not. Needs no root and no network."""
import copy
import sys
import unittest

sys.dont_write_bytecode = True
import comparison
import fidelity
import plan as plans


def run(name, late_ns=0):
    """One question and the verdict on who waited for it."""
    def told(at_ns, **document):
        return {"run": name, "at_ns": at_ns, **document}
    return [
        told(1_000, input={"operation": {"operation_id": "2"}}),
        told(1_000, output={"timer_set": {"timer_id": "1", "at_ns": "500"}}),
        told(1_000, output={"http_request": {"request_id": "1", "purpose": "CERTIFIED_SAFE_SOFTWARE", "family": "IPV4",
                                             "url": "http://service.test/v1/safe/ab"}}),
        told(9_000 + late_ns, input={"http_outcome": {"request_id": "1", "result": "HTTP_RESPONSE", "status": 503,
                                                      "took_ns": str(8_000 + late_ns)}}),
        told(9_000 + late_ns, output={"verdict": {"operation_id": "2", "decision": "DENY", "held_ns": str(8_000 + late_ns),
                                                  "reason": [{"code": "CSSS_FAILED", "text": "LOOKUP_HTTP_STATUS"},
                                                             {"code": "ACTION_IS_DENY"}]}}),
    ]


def both(late_ns=0):
    return run("simulated") + run("real", late_ns) + [{"run": "real", "replayed": True}]


def real(documents, kind, name):
    """The message of that name in the real run."""
    return next(document[kind][name] for document in documents
                if document["run"] == "real" and name in document.get(kind, {}))


class Comparison(unittest.TestCase):
    def differences(self, change=lambda documents: None, late_ns=0):
        documents = copy.deepcopy(both(late_ns))
        change(documents)
        return comparison.compare(documents).differences

    def finds(self, text, change):
        differences = self.differences(change)
        self.assertTrue(any(text in difference for difference in differences), differences)

    def test_equal_runs_are_equal_whatever_the_time(self):
        self.assertEqual(self.differences(), [])
        self.assertEqual(self.differences(late_ns=comparison.TOLERANCE_MS * 1_000_000), [])

    def test_waits_beyond_the_tolerance(self):
        differences = self.differences(late_ns=comparison.TOLERANCE_MS * 1_000_000 + 1)
        self.assertEqual([line.split(":")[0] for line in differences], ["operation 2", "attempt 1"])

    def test_another_decision(self):
        self.finds("decision 1.verdict.decision: simulated DENY, real ALLOW",
                   lambda documents: real(documents, "output", "verdict").update(decision="ALLOW"))

    def test_another_reason(self):
        self.finds("decision 1.verdict.reason 1.text: simulated LOOKUP_HTTP_STATUS, real LOOKUP_REFUSED",
                   lambda documents: real(documents, "output", "verdict")["reason"][0].update(text="LOOKUP_REFUSED"))

    def test_a_shorter_chain(self):
        self.finds("reason 2", lambda documents: real(documents, "output", "verdict")["reason"].pop())

    def test_another_end_of_an_attempt(self):
        self.finds("attempt 1", lambda documents: real(documents, "input", "http_outcome").update(result="HTTP_REFUSED"))

    def test_another_class_of_status(self):
        self.finds("attempt 1", lambda documents: real(documents, "input", "http_outcome").update(status=404))

    def test_another_status_of_the_same_class_is_equal(self):
        self.assertEqual(
            self.differences(lambda documents: real(documents, "input", "http_outcome").update(status=500)), [])

    def test_another_route(self):
        self.finds("attempt 1", lambda documents: real(documents, "output", "http_request").update(family="IPV6"))

    def test_an_attempt_too_many(self):
        self.finds("attempt 2", lambda documents: documents.append(
            {"run": "real", "output": {"http_request": {"request_id": "2", "purpose": "P", "url": "u"}}}))

    def test_an_attempt_without_an_outcome(self):
        self.finds("attempt 1", lambda documents: documents.remove(
            next(document for document in documents
                 if document["run"] == "real" and "http_outcome" in document.get("input", {}))))

    def test_an_output_too_many(self):
        self.finds("decision 2", lambda documents: documents.append({"run": "real", "output": {"prompt": {}}}))

    def test_what_does_not_hold_in_a_run(self):
        self.finds("real: a promise", lambda documents: documents.append({"run": "real", "failed": "a promise"}))

    def test_a_real_run_that_cannot_be_replayed(self):
        self.finds("decision log", lambda documents: documents[-1].update(replayed=False))
        self.finds("decision log", lambda documents: documents.pop())

    def test_runs_that_decide_nothing(self):
        self.assertIn("nothing was decided", comparison.compare([{"run": "real", "replayed": True}]).differences)


class Page(unittest.TestCase):
    def test_measured_times_alone_may_differ(self):
        def page(late_ns, name="A story"):
            row = fidelity.Row(name=name, case="story", parts=["squid"], comparison=comparison.compare(both(late_ns)))
            return fidelity.without_measurements(fidelity.page([row]))
        self.assertEqual(page(0), page(20_000_000))
        self.assertNotEqual(page(0), page(0, name="Another story"))
        self.assertIn("| A story | `story` | squid | RESPONSE 503 | DENY: CSSS_FAILED(LOOKUP_HTTP_STATUS) > ACTION_IS_DENY "
                      "| 0 |", page(0))


class Plan(unittest.TestCase):
    def plan(self, world, url="http://service.test", **settings):
        return plans.Plan({"settings": {"certified_safe_software": {"service_url": url}, **settings}, "world": world})

    def refuses(self, world, why, **arguments):
        with self.assertRaisesRegex(plans.NotRealisable, why):
            self.plan(world, **arguments)

    def test_what_cannot_be_made_is_refused(self):
        self.refuses({"service": {"loss_percent": 5}}, "loss_percent")
        self.refuses({"service": {"latency_at_most": "1s"}}, "latency_at_most")
        self.refuses({"service": {"latency": "soon"}}, "no time")
        self.refuses({"phase": [{"proxy": "PROXY_REFUSES"}]}, "only the service")
        self.refuses({"proxy": [{"address": "p.test:1", "connect_timeout": "5s"}]}, "connect_timeout")
        self.refuses({}, r"\.test", url="https://csss.example")
        self.refuses({}, r"fd77::2", url="http://[fd77::3]")
        self.refuses({}, "certificate", url="https://10.77.0.2")
        self.refuses({"service": {"behaviour": "SERVICE_NAME_UNKNOWN"}}, "looks it up", url="http://10.77.0.2")

    def test_the_service_may_be_named_by_its_address(self):
        self.assertTrue(self.plan({}, url="http://[fd77::2]:8080").by_address)
        self.assertTrue(self.plan({}, url="http://10.77.0.2").by_address)
        self.assertFalse(self.plan({}).by_address)

    def test_phases_become_changes(self):
        plan = self.plan({"phase": [{"from": "1s", "until": "2s", "service": "SERVICE_REFUSES"}]})
        self.assertEqual(plan.changes, [(0, "SERVICE_ANSWERS"), (1, "SERVICE_REFUSES"), (2, "SERVICE_ANSWERS")])
        plan = self.plan({"phase": [{"until": "500ms", "every": "2s", "service": "SERVICE_HANGS"}]})
        self.assertEqual(plan.changes[:3], [(0, "SERVICE_HANGS"), (0.5, "SERVICE_ANSWERS"), (2, "SERVICE_HANGS")])

    def test_the_reference_service_stands_wherever_it_can(self):
        self.assertEqual(self.plan({"service": {"latency": "1ms"}}).service_part(), plans.CLOUD)
        self.assertEqual(self.plan({"service": {"latency": "1s"}}).service_part(), plans.MISBEHAVING)
        self.assertEqual(self.plan({"service": {"behaviour": "SERVICE_ABORTS"}}).service_part(), plans.MISBEHAVING)

    def test_both_products_where_it_matters(self):
        self.assertEqual(self.plan({}).products(), [None])
        self.assertEqual(self.plan({"proxy": [{"behaviour": "PROXY_BLACK_HOLE"}]}).products(), [None])
        self.assertEqual(self.plan({"proxy": [{}]}).products(), ["squid", "tinyproxy"])
        told = {"credentials": "one", "wrong_credentials_status": 401}
        self.assertEqual(self.plan({"proxy": [told]}, proxy={"credentials": "other"}).products(), ["tinyproxy"])
        self.assertEqual(self.plan({"proxy": [told]}, proxy={"credentials": "one"}).products(), ["squid", "tinyproxy"])


if __name__ == "__main__":
    unittest.main()
