#!/usr/bin/env python3
"""Plants bugs: copies sources of the engine in which each row's text can be exchanged for another while a program runs.

  plant.py TABLE SOURCE_DIR OUT_DIR           writes OUT_DIR/engine/... and OUT_DIR/planted_rows.inc
  plant.py --sources TABLE                    names the files that the table changes, one a line
  plant.py --check TABLE SOURCE_DIR           only looks whether every row fits

A row of the table begins with "bug NAME", then lines "file PATH", "mix NAME" and "old"/"new" blocks: the lines that
follow, indented by four, up to the next keyword. The old text stands exactly once in the file. Where both end in ';' or
'}' they are statements, else expressions. The engine's own sources stay as they are.
"""
import pathlib
import sys
from typing import NamedTuple

HEADER = '#include "tests/mutation/planted.h"\n'


class Row(NamedTuple):
    name: str
    file: str
    mix: str
    old: str
    new: str


def fail(text):
    sys.exit(f"plant.py: {text}")


def read_table(path):
    rows, fields, block = [], {}, None
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()

    def finish():
        if not fields:
            return
        missing = [key for key in ("bug", "file", "mix", "old", "new") if key not in fields]
        if missing:
            fail(f"{path}: {fields.get('bug')}: lacks {', '.join(missing)}")
        rows.append(Row(fields["bug"], fields["file"], fields["mix"], "\n".join(fields["old"]), "\n".join(fields["new"])))

    for line in lines:
        if line.startswith("    ") and block:
            fields[block].append(line[4:])
            continue
        word, _, rest = line.partition(" ")
        if not line.strip() or line.startswith("#"):
            continue
        if word == "bug":
            finish()
            fields, block = {"bug": rest}, None
        elif word in ("old", "new") and not rest:
            block = word
            fields[block] = []
        elif word in ("file", "mix"):
            fields[word], block = rest, None
        else:
            fail(f"{path}: cannot read: {line}")
    finish()
    names = [row.name for row in rows]
    if len(names) != len(set(names)):
        fail(f"{path}: a name stands twice")
    return rows


def exchanged(number, row):
    is_statement = [text.rstrip().endswith((";", "}")) for text in (row.old, row.new)]
    if is_statement[0] != is_statement[1]:
        fail(f"{row.name}: one text is a statement, the other is not")
    chosen = f"::holdfast::planted::is({number})"
    if is_statement[0]:
        return f"if ({chosen}) {{\n{row.new}\n}} else {{\n{row.old}\n}}"
    return f"({chosen} ? ({row.new}) : ({row.old}))"


def plant(rows, source, where):
    for file in sorted({row.file for row in rows}):
        text = (source / file).read_text(encoding="utf-8")
        places = []
        for number, row in enumerate(rows, 1):
            if row.file != file:
                continue
            times = text.count(row.old)
            if times != 1:
                fail(f"{row.name}: its text stands {times} times in {file}")
            begin = text.index(row.old)
            places.append((begin, begin + len(row.old), number, row))
        places.sort()
        for one, next_one in zip(places, places[1:]):
            if one[1] > next_one[0]:
                fail(f"{one[3].name} and {next_one[3].name} share text")
        for begin, end, number, row in reversed(places):
            text = text[:begin] + exchanged(number, row) + text[end:]
        if where is not None:
            out = where / file
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(HEADER + text, encoding="utf-8")


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--sources":
        print("\n".join(sorted({row.file for row in read_table(arguments[1])})))
    elif len(arguments) == 3 and arguments[0] == "--check":
        plant(read_table(arguments[1]), pathlib.Path(arguments[2]), None)
    elif len(arguments) == 3:
        rows = read_table(arguments[0])
        where = pathlib.Path(arguments[2])
        plant(rows, pathlib.Path(arguments[1]), where)
        rows_text = "".join(f'{{"{row.name}", "{row.file}", "{row.mix}"}},\n' for row in rows)
        (where / "planted_rows.inc").write_text(rows_text, encoding="utf-8")
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
