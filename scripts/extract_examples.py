#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the C++ examples of a page to files, so that tests compile and run them.

A block ```cpp name=NAME becomes FOLDER/NAME.inc: its statements without the lines that include headers, to be included
inside a function. A block ```cpp file=NAME.cpp becomes FOLDER/NAME.cpp, a whole program. All headers that blocks include
are in FOLDER/includes.h. A block ```cpp without a name is an error: it would not be compiled.

Usage: extract_examples.py PAGE FOLDER
"""
import pathlib
import re
import sys

FENCE = re.compile(r"^```cpp *(.*)$")
LABEL = re.compile(r"^(?:name=(\w+)|file=(\w+\.cpp))$")


def blocks(page):
    """(line number of the first line, label, lines) of every C++ block."""
    label, first, lines = None, 0, []
    for number, line in enumerate(page.read_text(encoding="utf-8").split("\n"), 1):
        fence = FENCE.match(line)
        if label is None and fence:
            label, first, lines = fence.group(1), number + 1, []
        elif label is not None and line == "```":
            yield first, label, lines
            label = None
        elif label is not None:
            lines.append(line)


def write(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def main():
    page, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    includes, written = set(), {folder / "includes.h"}
    for first, label, lines in blocks(page):
        match = LABEL.match(label)
        if not match:
            sys.exit(f"{page}:{first - 1}: a C++ block needs name=NAME or file=NAME.cpp, so that it is compiled")
        path = folder / (match.group(2) or f"{match.group(1)}.inc")
        if path in written:
            sys.exit(f"{page}:{first - 1}: the label {label} is used twice")
        written.add(path)
        if match.group(1):
            includes |= {line for line in lines if line.startswith("#include")}
            lines = ["" if line.startswith("#include") else line for line in lines]
        write(path, f'#line {first} "{page}"\n' + "\n".join(lines) + "\n")
    write(folder / "includes.h", "#pragma once\n" + "".join(f"{line}\n" for line in sorted(includes)))
    for path in set(folder.iterdir()) - written:
        path.unlink()


if __name__ == "__main__":
    main()
