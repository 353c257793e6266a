"""The example at the head of a header compiles: each stands word for word in header_examples.cc, which is compiled.

Comments and blanks do not count, so that an example may say beside a line what comes of it.
"""
import importlib.machinery
import importlib.util
import pathlib
import re
import sys
import unittest

sys.dont_write_bytecode = True  # nothing beside the script
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ROOMS = ("engine", "sensors", "agent", "sim", "commands", "reports", "cloud")

# What stands indented at the head of these is no C++: a grammar, a file's lines, a list.
NO_CODE = {
    "cloud/csv.h", "engine/core/core.h", "engine/exceptions/path_pattern.h", "engine/monitoring/event_rule.h", "engine/monitoring/pattern.h",
    "reports/console.h", "reports/decisions.h", "sim/fork/forked_world.h", "sim/story/timeline.h", "sim/world/network.h",
    "sim/world/user.h",
}
# Sketches with parts left out. Nothing joins them.
SKETCHES = {
    "agent/flight/flight_dump.h", "agent/flight/flight_recorder.h", "agent/flight/recovery.h", "agent/flight/sync_thread.h",
    "agent/flight/syncer.h", "agent/playback/playback.h", "engine/core/state_view.h", "engine/exceptions/exception_list.h",
    "engine/holds/holds.h", "engine/holds/prompts.h", "engine/judgement/judge.h", "engine/lookups/lookups.h",
    "engine/step/step.h", "engine/step/timers.h",
    "engine/monitoring/pattern_trie.h", "engine/path/registry_path.h", "engine/path/windows_path.h", "reports/json.h",
    "reports/timeline.h", "reports/wording.h", "sensors/evtx/evtx_reader.h", "sensors/http/http_actuator.h",
    "sensors/import/import.h", "sensors/recording/disk.h", "sensors/recording/recording.h",
    "sensors/recording/recording_sensor.h", "sim/checkers/promises.h", "sim/checkers/seen_step.h",
    "sim/explore/choices.h", "sim/explore/explore.h", "sim/explore/life.h", "sim/explore/material.h", "sim/explore/probes.h",
    "sim/explore/trial.h", "sim/compare/child_process.h",
    "sim/compare/decision_diff.h", "sim/compare/decision_list.h", "sim/redaction/names.h", "sim/redaction/redact.h",
    "sim/replay/from_recording.h", "sim/replay/recorded_beginning.h", "sim/replay/verification.h", "sim/scenario/runner.h",
    "sim/scenario/scenario_run.h", "sim/scenario/verdict_map.h", "sim/scenario/shrink.h", "sim/text/complaints.h",
    "sim/text/duration.h", "sim/text/settings_file.h", "sim/text/text_proto.h", "sim/world/observed_network.h",
    "reports/explain.h", "reports/summary.h",
}


def load_seam_lint():
    loader = importlib.machinery.SourceFileLoader("seam_lint", str(ROOT / "tools/seam-lint"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("seam_lint", loader))
    loader.exec_module(module)
    return module


seam_lint = load_seam_lint()


def without_comments(code):
    """Code in which only what the compiler sees is left, literals included, blanks not."""
    return "".join(seam_lint.TOKEN.sub(lambda match: "" if match.group(0)[0] == "/" else match.group(0), code).split())


def example_of(text):
    """What stands indented in the comment that opens a header."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        if line.startswith("//   "):
            lines.append(line[5:])
    return "\n".join(lines)


def examples():
    found = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.h")):
            example = example_of(path.read_text(encoding="utf-8"))
            if example:
                found[path.relative_to(ROOT).as_posix()] = example
    return found


class HeaderExamples(unittest.TestCase):
    def test_each_stands_in_the_file_that_is_compiled(self):
        compiled = without_comments((ROOT / "tests/docs/header_examples.cc").read_text(encoding="utf-8"))
        found = {name: example for name, example in examples().items() if name not in NO_CODE | SKETCHES}
        self.assertGreater(len(found), 20)
        for name, example in found.items():
            with self.subTest(header=name):
                self.assertIn(without_comments(example), compiled)

    def test_nothing_is_excused_that_needs_no_excuse(self):
        compiled = without_comments((ROOT / "tests/docs/header_examples.cc").read_text(encoding="utf-8"))
        found = examples()
        for name in sorted(NO_CODE | SKETCHES):
            with self.subTest(header=name):
                self.assertIn(name, found)
                self.assertNotIn(without_comments(found[name]), compiled)

    def test_only_what_the_compiler_sees_counts(self):
        self.assertEqual(without_comments('f("// no comment");  // a comment\n  g();'), 'f("//nocomment");g();')
        self.assertEqual(example_of("// What it is.\n//\n//   f();   // 7\n//\n// More.\n#pragma once\n//   g();"), "f();   // 7")


if __name__ == "__main__":
    unittest.main()
