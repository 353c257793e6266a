"""A function is a screen: clang-tidy finds one of more than 60 lines and none of 60, by the checks of the whole tree."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TIDY = "clang-tidy-19"


def complaints(lines):
    """What clang-tidy says of a function whose body spans so many lines."""
    statements = "".join("  ++number;\n" for _ in range(lines - 1))
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / ".clang-tidy", folder)
        source = pathlib.Path(folder, "planted.cc")
        source.write_text(f"void count(int& number) {{\n{statements}}}\n", encoding="utf-8")
        done = subprocess.run([TIDY, "-quiet", source, "--", "-std=c++20"], capture_output=True, text=True, check=False)
        return done.stdout


@unittest.skipIf(shutil.which(TIDY) is None, f"there is no {TIDY} here")
class FunctionSize(unittest.TestCase):
    def test_sixty_lines_are_the_most(self):
        self.assertNotIn("readability-function-size", complaints(60))
        self.assertIn("readability-function-size", complaints(61))

    def test_every_exception_says_why(self):
        for room in ("engine", "sensors", "agent", "sim", "commands", "reports", "cloud"):
            for path in sorted((ROOT / room).rglob("*.cc")):
                lines = path.read_text(encoding="utf-8").splitlines()
                for before, line in zip([""] + lines, lines):
                    if "NOLINTNEXTLINE(readability-function-size)" in line:
                        self.assertRegex(before, r"^\s*// \w", f"{path}: say why the function is longer")


if __name__ == "__main__":
    unittest.main()
