#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks docs/keras.md: every name that works is used in the tests that its row lists, every name that is left out has a
reason, and every name of Keras's and KerasCV's pages (data/golden/keras/page_names.txt) is listed. Exits 1 and prints what
does not hold.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "keras.md"
NAMES = ROOT / "data" / "golden" / "keras" / "page_names.txt"
STATUS = ("works", "left out")
# How a name is written in C++.
SPELLING = {"__call__": "operator()"}


def rows():
    """(names, status, reason, tests) of each row of the tables."""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 4:
            yield re.findall(r"`([^`]+)`", cells[0]), cells[1], cells[2], re.findall(r"`([^`]+)`", cells[3])


def test_text(name):
    """The text of a test, or of the golden that a test compares with."""
    folder = ROOT / ("data" if name.startswith("golden/") else "tests")
    path = folder / (name if "." in name else name + ".cpp")
    return path.read_text(encoding="utf-8") if path.is_file() else None


def has_name(name, texts):
    spelled = SPELLING.get(name, name)
    if spelled == "operator()":
        return any(re.search(r"\w\(\{?\w+(, \w+)*\}?\)", text) for text in texts)
    word = r"(?<![\w-])" + re.escape(spelled) + r"(?![\w-])"
    return any(re.search(word, text) for text in texts)


def problems():
    listed = set()
    for names, status, reason, tests in rows():
        listed.update(names)
        if status not in STATUS:
            yield f"{names[0]}: its status is '{status}', expected one of {', '.join(STATUS)}"
        if status == "left out" and not reason:
            yield f"{names[0]}: is left out without a reason"
        if status != "works":
            continue
        if not tests:
            yield f"{names[0]}: works, but no test is named"
        texts = [test_text(test) for test in tests]
        for test, text in zip(tests, texts):
            if text is None:
                yield f"{names[0]}: names the test {test}, which is not there"
        known = [text for text in texts if text is not None]
        for name in names:
            if known and not has_name(name, known):
                yield f"{name}: is not used in {', '.join(tests)}"
    for name in NAMES.read_text(encoding="utf-8").split():
        if not name.startswith("#") and name not in listed:
            yield f"{name}: is a name of Keras's pages that is not in {DOCUMENT.relative_to(ROOT)}"


def main():
    found = list(problems())
    for problem in found:
        print(problem)
    print(f"keras names: {len(found)} problems in {sum(len(names) for names, *_ in rows())} names")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
