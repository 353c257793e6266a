"""The tables of docs/detection.md add up, and what counts as background is what the table of attackers' doings leaves."""
import importlib.machinery
import importlib.util
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True


def tool():
    loader = importlib.machinery.SourceFileLoader("detection", str(ROOT / "tools/detection"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("detection", loader))
    loader.exec_module(module)
    return module


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def number(cell):
    return int(cell.replace(",", ""))


class Detection(unittest.TestCase):
    def setUp(self):
        self.tool = tool()
        page = (ROOT / "docs/detection.md").read_text(encoding="utf-8")
        shown = page.split(self.tool.BEGIN)[1].split(self.tool.END)[0]
        self.tables = [[cells(line) for line in table.splitlines()[2:]] for table in shown.strip().split("\n\n")]

    def test_the_rates_are_those_of_the_product(self):
        minute_ns = self.tool.HOUR_NS // 60
        self.assertEqual(self.tool.per_hour(1, 7 * minute_ns), "8.6")
        self.assertEqual(self.tool.per_hour(0, 0), "0.0")
        self.assertEqual(self.tool.per_hour(2000, 60 * minute_ns), "2,000.0")

    def test_the_rows_of_all_are_the_sums(self):
        collections, events, causes = self.tables
        single = [row for row in collections if row[0] not in ("all", "whole machines")]
        whole = [row for row in single if row[0] in self.tool.WHOLE_MACHINES]
        named = {row[0]: row for row in collections}
        for column in (1, 3):
            self.assertEqual(number(named["all"][column]), sum(number(row[column]) for row in single))
            self.assertEqual(number(named["whole machines"][column]), sum(number(row[column]) for row in whole))
        background = sum(number(row[5]) for row in whole)
        self.assertEqual(number(named["whole machines"][5]), background)
        for column in (1, 2, 3):
            self.assertEqual(number(events[-1][column]), sum(number(row[column]) for row in events[:-1]))
        self.assertEqual(number(events[-1][3]), background)
        self.assertEqual(sum(number(row[2]) for row in causes), background)

    def test_every_row_of_the_attackers_names_an_event(self):
        proto = (ROOT / "engine/schema/settings.proto").read_text(encoding="utf-8")
        events = set(re.findall(r"^  ([A-Z_]+) = \d+;", proto.split("enum MonitoredEvent {")[1].split("}")[0], re.M))
        rows = self.tool.attack_causes()
        self.assertGreater(len(rows), 20)
        for event, program, part in rows:
            self.assertIn(event, events | {"*"})
            self.assertEqual(program, program.lower())
            self.assertTrue(part)

    def test_what_no_row_names_is_background(self):
        rows = [["NEW_SERVICE", "services.exe", r"\Services\evil"], ["NEW_SERVICE", "-", "*"], ["*", "evil.exe", "*"]]

        def attack(event, program, target):
            return self.tool.is_attack({"event": event, "program": program, "target": target}, rows)

        self.assertTrue(attack("NEW_SERVICE", r"C:\Windows\System32\Services.exe", r"HKLM\System\SERVICES\Evil\ImagePath"))
        self.assertFalse(attack("NEW_SERVICE", r"C:\Windows\System32\services.exe", r"HKLM\System\Services\good\ImagePath"))
        self.assertTrue(attack("NEW_SERVICE", "", "service Updater"))
        self.assertTrue(attack("SHELL_MODIFICATION", r"C:\evil.exe", ""))
        self.assertFalse(attack("SHELL_MODIFICATION", r"C:\notevil.exe", ""))


if __name__ == "__main__":
    unittest.main()
