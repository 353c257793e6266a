"""A function is a screen. clang-tidy finds one of more than 60 lines and none of 60, by the checks of the whole tree; since it
looks at what has changed only, a quick reader of our own looks at everything, and has the same exceptions."""
import importlib.machinery
import importlib.util
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # nothing beside the script
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TIDY = "clang-tidy-19"
ROOMS = ("engine", "sensors", "agent", "sim", "commands", "reports", "cloud")
LINES_MAX = 60
EXCEPTION = "NOLINTNEXTLINE(readability-function-size)"


def load_seam_lint():
    loader = importlib.machinery.SourceFileLoader("seam_lint", str(ROOT / "tools/seam-lint"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("seam_lint", loader))
    loader.exec_module(module)
    return module


seam_lint = load_seam_lint()


def long_functions(text):
    """[(line, lines)] of the functions that are too long, from the first line of what names them to the closing brace."""
    code, _ = seam_lint.code_and_includes(text, False)
    found, scopes, since = [], [], 0
    for brace in re.finditer(r"[{};]|^[ \t]*#[^\n]*", code, re.MULTILINE):
        if brace.group(0) == "{":
            named = code[since:brace.start()]
            begin = since + len(named) - len(named.lstrip())
            inside = any(kind == "function" for kind, _ in scopes)
            plain = re.sub(r"operator\s*[=!<>]+", "operator", named)
            outside = re.sub(r"\([^()]*\)", "", plain)
            if re.search(r"\b(?:namespace|class|struct|enum|union)\b", outside) and not outside.rstrip().endswith(")"):
                kind = "scope"
            else:
                kind = "function" if "(" in plain and "=" not in outside and not inside else "block"
            scopes.append((kind, begin))
        elif brace.group(0) == "}" and scopes:
            kind, begin = scopes.pop()
            first = code.count("\n", 0, begin) + 1
            lines = code.count("\n", begin, brace.start()) + 1
            if kind == "function" and lines > LINES_MAX:
                found.append((first, lines))
        since = brace.end()
    return found


def complaints(lines):
    """What clang-tidy says of a function whose body spans so many lines."""
    statements = "".join("  ++number;\n" for _ in range(lines - 1))
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / ".clang-tidy", folder)
        source = pathlib.Path(folder, "planted.cc")
        source.write_text(f"void count(int& number) {{\n{statements}}}\n", encoding="utf-8")
        done = subprocess.run([TIDY, "-quiet", source, "--", "-std=c++20"], capture_output=True, text=True, check=False)
        return done.stdout


class FunctionSize(unittest.TestCase):
    def test_no_function_of_the_house_is_longer(self):
        for room in ROOMS:
            for path in sorted((ROOT / room).rglob("*.cc")) + sorted((ROOT / room).rglob("*.h")):
                text = path.read_text(encoding="utf-8")
                lines = text.splitlines()
                for first, length in long_functions(text):
                    excused = any(EXCEPTION in line for line in lines[max(0, first - 2):first])
                    self.assertTrue(excused, f"{path.relative_to(ROOT)}:{first}: a function of {length} lines")

    def test_the_quick_reader_counts_as_clang_tidy_does(self):
        body = "  ++number;\n"
        self.assertEqual(long_functions(f"namespace a {{\nclass B {{\n  void f(int number) {{\n{body * 58}  }}\n}};\n}}\n"), [])
        self.assertEqual(long_functions(f"namespace a {{\nvoid f(int number) {{\n{body * 59}}}\n}}\n"), [(2, 61)])
        self.assertEqual(long_functions(f"bool operator==(A a, B b) {{\n{body * 70}}}\n"), [(1, 72)])
        self.assertEqual(long_functions(f"constexpr auto kTable = to_array<Row>({{\n{body * 70}}});\n"), [])
        self.assertEqual(long_functions(f"enum A {{\n{body * 70}}};\nstruct C {{\n{body * 70}}};\n"), [])

    @unittest.skipIf(shutil.which(TIDY) is None, f"there is no {TIDY} here")
    def test_sixty_lines_are_the_most(self):
        self.assertNotIn("readability-function-size", complaints(60))
        self.assertIn("readability-function-size", complaints(61))

    def test_every_exception_says_why(self):
        for room in ROOMS:
            for path in sorted((ROOT / room).rglob("*.cc")):
                lines = path.read_text(encoding="utf-8").splitlines()
                for before, line in zip([""] + lines, lines):
                    if EXCEPTION in line:
                        self.assertRegex(before, r"^\s*// \w", f"{path}: say why the function is longer")


if __name__ == "__main__":
    unittest.main()
