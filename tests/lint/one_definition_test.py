"""A type with external linkage has one definition in the whole tree: where two files define a type of the same name in
the same namespace, the linker mixes them without a word, and memory is overwritten. Types that a file keeps to itself
stand in a namespace without a name."""
import collections
import importlib.machinery
import importlib.util
import pathlib
import re
import sys
import unittest

sys.dont_write_bytecode = True  # nothing beside the script
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ROOMS = ("engine", "sensors", "agent", "sim", "commands", "reports", "cloud", "tests")
SKIPPED = ("tests/lint/planted/",)

TOKEN = re.compile(
    r"(?P<namespace>\bnamespace\b(?P<path>[\w\s:]*)\{)"
    r"|(?P<type>\b(?:class|struct|union|enum(?:\s+(?:class|struct))?)\s+(?:\[\[[^\]]*\]\]\s*)?(?P<name>[\w:]+)(?:<[^;{}()]*>)?\s*(?:final\s*)?"
    r"(?::(?!:)[^;{}]*)?\{)"
    r"|(?P<open>\{)|(?P<close>\})")


def load_seam_lint():
    loader = importlib.machinery.SourceFileLoader("seam_lint", str(ROOT / "tools/seam-lint"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("seam_lint", loader))
    loader.exec_module(module)
    return module


seam_lint = load_seam_lint()


def types_of(text):
    """Full names of the types that `text` defines with external linkage, members of other types left out."""
    code, _ = seam_lint.code_and_includes(text, False)
    scopes, names = [], []
    for token in TOKEN.finditer(code):
        if token.group("close"):
            if scopes:
                scopes.pop()
        elif token.group("namespace"):
            scopes.append(("namespace", "".join(token.group("path").split())))
        elif token.group("type"):
            if all(kind == "namespace" and name for kind, name in scopes):
                names.append("::".join([name for _, name in scopes] + [token.group("name")]))
            scopes.append(("type", token.group("name")))
        else:
            scopes.append(("block", ""))
    return names


def tree():
    """{full name of a type: [files that define it]}."""
    places = collections.defaultdict(list)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix not in (".h", ".cc") or name.startswith(SKIPPED):
                continue
            for type_name in types_of(path.read_text(encoding="utf-8")):
                places[type_name].append(name)
    return places


class OneDefinition(unittest.TestCase):
    def test_no_two_files_define_the_same_type(self):
        places = tree()
        self.assertGreater(len(places), 300)
        twice = {name: files for name, files in places.items() if len(files) > 1}
        self.assertEqual(twice, {}, "put what a file keeps to itself into a namespace without a name, or name it otherwise")

    def test_sees_what_links_and_nothing_else(self):
        self.assertEqual(types_of("""
            // struct Comment {};
            namespace holdfast { namespace { struct Hidden {}; }
              class A final : public B<int> { struct Member {}; void f() { struct Local {}; } };
              struct Declared; enum class E : int { kX }; template <typename T> struct T1 { T x{}; };
              inline int g() { struct InFunction {}; return 0; }
              namespace engine { struct A { int x = 0; }; } }
            namespace holdfast::v2 { struct A {}; namespace { struct AlsoHidden {}; } }
        """), ["holdfast::A", "holdfast::E", "holdfast::T1", "holdfast::engine::A", "holdfast::v2::A"])


if __name__ == "__main__":
    unittest.main()
