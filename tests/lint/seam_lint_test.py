"""The seam lint finds each planted violation, nothing else, and the project's own tree is clean."""
import importlib.machinery
import importlib.util
import pathlib
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # nothing beside the script
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PLANTED = ROOT / "tests/lint/planted"


def load_seam_lint():
    loader = importlib.machinery.SourceFileLoader("seam_lint", str(ROOT / "tools/seam-lint"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("seam_lint", loader))
    loader.exec_module(module)
    return module


seam_lint = load_seam_lint()


def marked_lines():
    """{(path, line, kind)} of every `// planted: kind [kind...]` below tests/lint/planted."""
    marks = set()
    for path in PLANTED.rglob("*"):
        if path.is_file():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                mark = re.search(r"// planted: ([a-z_ ]+)$", line)
                for kind in mark.group(1).split() if mark else ():
                    marks.add((path.relative_to(PLANTED).as_posix(), number, kind))
    return marks


def allowlist_of(text):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(text)
        file.flush()
        return seam_lint.read_allowlist(file.name)


class PlantedViolations(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        findings, _, _ = seam_lint.lint(PLANTED, [])
        cls.found = {(finding.path, finding.line, finding.kind) for finding in findings}

    def test_each_kind_has_a_planted_violation(self):
        self.assertEqual(set(seam_lint.KIND_NAMES), {kind for _, _, kind in marked_lines()})

    def test_each_is_found_with_its_kind_and_line(self):
        self.assertEqual(set(), marked_lines() - self.found)

    def test_nothing_else_is_found(self):
        self.assertEqual(set(), self.found - marked_lines())

    def test_every_arrow_of_the_design_has_one_against_it(self):
        against = {seam_lint.room_of(path) for path, _, kind in marked_lines() if kind == "include_direction"}
        self.assertEqual(set(seam_lint.PRODUCT), against)


class Arrows(unittest.TestCase):
    """The table of rooms itself: who may include whom."""

    ROOMS = [row[0] for row in seam_lint.ARROWS if row[0] != "tests/"]

    def rooms_below(self, row):
        """Rooms that a row lets in, itself left out."""
        return {room for room in self.ROOMS for prefix in row[1]
                if room != row[0] and (room.startswith(prefix) or prefix.startswith(room))}

    def test_no_arrow_goes_up_and_none_in_a_circle(self):
        for place, row in enumerate(seam_lint.ARROWS[:-1]):
            for room in self.rooms_below(row):
                if row[0].startswith(room) or room.startswith(row[0]):  # the broad row of the same house
                    continue
                other = seam_lint.ARROWS[self.ROOMS.index(room)]
                self.assertNotIn(row[0], self.rooms_below(other) - {room}, f"{row[0]} and {room} include each other")

    def test_each_room_has_a_room_that_it_must_not_include(self):
        for row in seam_lint.ARROWS[:-1]:
            stranger = "cloud/server.h" if row[0].startswith("commands/") else "commands/holdfast/commands.h"
            found = list(seam_lint.include_findings(row[0] + "planted.h", [(1, stranger, False)]))
            self.assertEqual(1, len(found), row[0])

    def test_sim_has_few_rooms_on_few_floors(self):
        rows = {row[0]: row for row in seam_lint.ARROWS if row[0].startswith("sim/")}

        def floor(room):
            below = [other for other in rows if other != room and any(other.startswith(prefix) for prefix in rows[room][1])]
            return 1 + max((floor(other) for other in below), default=0)

        self.assertLessEqual(len(rows), 12)
        self.assertLessEqual(max(floor(room) for room in rows), 6)


class Allowlist(unittest.TestCase):
    def test_allows_a_named_kind_in_a_named_file_only(self):
        rows = allowlist_of("sim/world/clock.cc  clock  for this test\n")
        findings, unused, _ = seam_lint.lint(PLANTED, rows)
        self.assertNotIn("sim/world/clock.cc", {finding.path for finding in findings})
        self.assertIn("tests/sim/clock.cc", {finding.path for finding in findings})
        self.assertEqual([], unused)

    def test_reports_a_row_that_nothing_needs(self):
        _, unused, _ = seam_lint.lint(PLANTED, allowlist_of("sim/world/clock.cc  clock,thread  for this test\n"))
        self.assertEqual(["thread"], [kind for _, kind in unused])

    def test_refuses_a_row_for_the_engine(self):
        for pattern in ("engine/core/clock.cc", "engine/*", "*", "*.cc"):
            with self.assertRaisesRegex(seam_lint.BadInput, "the engine has no exceptions"):
                allowlist_of(f"{pattern}  clock  because\n")

    def test_refuses_a_row_without_a_reason_or_with_an_unknown_kind(self):
        with self.assertRaisesRegex(seam_lint.BadInput, ":1: a row is"):
            allowlist_of("sim/world/clock.cc  clock\n")
        with self.assertRaisesRegex(seam_lint.BadInput, ":2: unknown kind 'clocks'"):
            allowlist_of("# comment\nsim/clock.cc  clocks  because\n")


class ProjectTree(unittest.TestCase):
    maxDiff = None

    def test_is_clean_and_its_allowlist_has_no_idle_rows(self):
        allowlist = seam_lint.read_allowlist(ROOT / "tests/lint/allowlist.txt")
        findings, unused, files = seam_lint.lint(ROOT, allowlist)
        self.assertGreater(files, 50)
        self.assertEqual([], [finding.text() for finding in findings])
        self.assertEqual([], [f"line {row.line}: {row.pattern} {kind}" for row, kind in unused])


if __name__ == "__main__":
    unittest.main()
