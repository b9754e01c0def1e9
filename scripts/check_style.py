#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the style rules of docs/conventions.md that need no compiler.

Errors: a missing SPDX line or #pragma once, a third-party include in a header, duplicate file names, a public header
without any doc comment, task markers, machine-specific paths, lines above 110 columns. Functions above 40 lines and files
above 250 are listed without an error.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("app", "lib", "tests", "scripts", "docs", "third_party", ".ci")
CODE = (".h", ".cpp")
THIRD_PARTY = re.compile(r'#include <(?:CLI|spdlog|simdjson|png|jpeg|cblas|openblas|libdeflate|webp|avif|libheif|tiff)')
MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
PATHS = re.compile(r"(?:^|[^A-Za-z0-9_.])/(?:work|farm|root|opt)/")
LICENCE = "SPDX-License-Identifier: Apache-2.0"
LICENSED = (".h", ".cpp", ".c", ".py", ".sh", ".cmake")
MAX_COLUMNS = 110


def files():
    yield from sorted(p for p in ROOT.iterdir() if p.is_file() and p.name != ".git")  # .git: a file in a worktree
    for folder in FOLDERS:
        yield from sorted(p for p in (ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def check_code(path, text, problems):
    name = path.relative_to(ROOT)
    is_header = path.suffix == ".h"
    if is_header and "#pragma once" not in text:
        problems.append(f"{name}: no #pragma once")
    if is_header and "lib" in path.parts and THIRD_PARTY.search(text):
        problems.append(f"{name}: a third-party header in a header")
    if is_header and "lib" in path.parts and "///" not in text:
        problems.append(f"{name}: no doc comment")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_COLUMNS and "R\"" not in line and "http" not in line:
            problems.append(f"{name}:{number}: {len(line)} columns")


def long_functions(text):
    """(first line, length) of functions: from a line at column 0 that opens a brace to the closing brace at column 0."""
    start = None
    for number, line in enumerate(text.split("\n"), 1):
        if line and not line[0].isspace() and line.rstrip().endswith("{") and "namespace" not in line:
            if not re.match(r"(class|struct|enum|union)\b", line):
                start = number
        elif line.startswith("}") and start:
            yield start, number - start + 1
            start = None


def main():
    problems, notes, seen = [], [], {}
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(ROOT)
        if MARKS.search(text) and path.name != "check_style.py":
            problems.append(f"{name}: a task marker ({MARKS.search(text).group()})")
        if PATHS.search(text) and path.name != "check_style.py":
            problems.append(f"{name}: a machine-specific path ({PATHS.search(text).group().strip()})")
        if (path.suffix in LICENSED or path.name == "CMakeLists.txt") and LICENCE not in text[:300]:
            problems.append(f"{name}: no line '{LICENCE}'")
        if path.suffix not in CODE:
            continue
        generated = "generated" in text[:400].lower()
        if not generated:
            check_code(path, text, problems)
        if path.name in seen and path.name != "main.cpp":
            problems.append(f"{name}: the file name is also used by {seen[path.name]}")
        seen[path.name] = name
        if generated:
            continue
        if text.count("\n") > 250:
            notes.append(f"note: {name} has {text.count(chr(10))} lines")
        notes += [f"note: {name}:{line}: a function of {length} lines"
                  for line, length in long_functions(text) if length > 40]
    print("\n".join(notes + problems + [f"style: {len(problems)} problems, {len(notes)} notes"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
