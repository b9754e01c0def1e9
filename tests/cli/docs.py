#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the examples of the documentation and compares what they print.

Every fenced block ```console of README.md and docs/*.md is a session: lines that begin with "$ " are commands (with
continuation lines after a backslash), the lines below a command are what it prints on stdout and stderr. A line of ...
stands for any number of lines, * and ... inside a line for anything. The blocks of a page are one session in a folder
of its own, in which data/ and scripts/ are the repository's and sightline is on PATH and in build/, so that commands
are written as from the top of the repository. In a block ```yaml (a workflow of a CI service) the steps "run: sightline
..." are commands of the same session, which must end with status 0.

Usage: docs.py --binary PATH [PAGE...]
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MARK = "end-of-example"


def block_lines(text):
    """(line number, kind of block, line) of every line inside a console or yaml block; None as line ends a block."""
    kind = None
    for number, line in enumerate(text.split("\n"), 1):
        if kind is None and line.strip() in ("```console", "```yaml"):
            kind = line.strip()[3:]
        elif kind and line.strip() == "```":
            yield number, kind, None
            kind = None
        elif kind:
            yield number, kind, line


def examples(text):
    """[line number, command, expected lines] of every command of a page."""
    found, continued = [], False
    for number, kind, line in block_lines(text):
        if line is None:
            continued = False
            continue
        if kind == "yaml":
            step = re.match(r"\s*(?:- )?run: (sightline .*)", line)
            if step:
                found.append([number, f"{step[1]} >/dev/null 2>&1 && echo passed", ["passed"]])
            continue
        if continued:
            found[-1][1] += "\n" + line
        elif line.startswith("$ "):
            found.append([number, line[2:], []])
        elif found:
            found[-1][2].append(line)
        continued = line.endswith("\\") and (continued or line.startswith("$ "))
    return found


def run_session(commands, folder, environment):
    """What each command printed."""
    script = "".join(f"{command}\ns=$?; printf '\\n{MARK}\\n'; (exit $s)\n" for command in commands)
    result = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False)
    printed = result.stdout.decode(errors="replace").split(f"\n{MARK}\n")
    return [text.strip("\n").split("\n") if text.strip("\n") else [] for text in printed]


def line_matches(pattern, line):
    parts = re.split(r"\.\.\.|\*", pattern.rstrip())
    return re.fullmatch(".*".join(re.escape(part) for part in parts), line.rstrip()) is not None


def matches(patterns, lines):
    if not patterns:
        return not lines
    if patterns[0].strip() == "...":
        return any(matches(patterns[1:], lines[i:]) for i in range(len(lines) + 1))
    return bool(lines) and line_matches(patterns[0], lines[0]) and matches(patterns[1:], lines[1:])


def session_environment(folder, home):
    kept = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
    return kept | {"PATH": f"{folder}/build:/usr/local/bin:/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C.UTF-8",
                   "TERM": "dumb", "PYTHONDONTWRITEBYTECODE": "1"}


def check_page(page, binary):
    """(examples, wrong ones) of one page; says what differs."""
    found = examples(page.read_text(encoding="utf-8"))
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="sightline-docs-") as name:
        folder, home = pathlib.Path(name) / "repository", pathlib.Path(name) / "home"
        (folder / "build").mkdir(parents=True)
        for linked in ("data", "scripts"):
            (folder / linked).symlink_to(ROOT / linked)
        (folder / "build" / "sightline").symlink_to(binary)
        printed = run_session([command for _, command, _ in found], folder, session_environment(folder, home))
    for (number, command, expected), seen in zip(found, printed):
        while expected and not expected[-1].strip():
            expected.pop()
        if not matches(expected, seen):
            wrong += 1
            print(f"{page.name}:{number}: $ {command}", "expected:", *expected, "seen:", *seen, "", sep="\n")
    return len(found), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("pages", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    pages = [p.resolve() for p in options.pages] or [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    total = failed = 0
    for page in pages:
        if page.exists():
            count, wrong = check_page(page, options.binary.resolve())
            total, failed = total + count, failed + wrong
    print(f"docs: {total - failed} of {total} examples print what they say")
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
