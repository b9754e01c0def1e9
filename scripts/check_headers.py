#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every header of lib/ compiles on its own. Usage: check_headers.py [COMPILER]

Where a source file of lib/ or app/ includes a header before anything else, the build itself has shown it, with more
warnings; this script compiles the other headers.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def compile_alone(compiler, header):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wno-psabi", "-x", "c++", "-I", str(ROOT / "lib"), "-"]
    source = f'#include "{header.relative_to(ROOT / "lib")}"\n'
    result = subprocess.run(command, input=source, text=True, capture_output=True, check=False)
    return header, result.returncode, result.stderr


def shown_by_the_build():
    """The headers that some source file includes first, as they are named there."""
    shown = set()
    for folder in ("lib", "app"):
        for source in (ROOT / folder).rglob("*.cpp"):
            first = re.search(r'^\s*#(?!\s*include\s*").*|^\s*#\s*include\s*"([^"]+)"', source.read_text(), re.MULTILINE)
            if first and first[1]:
                shown.add(first[1])
    return shown


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CXX", "c++")
    shown = shown_by_the_build()
    every = sorted((ROOT / "lib").rglob("*.h"))
    headers = [header for header in every if str(header.relative_to(ROOT / "lib")) not in shown]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for header, code, errors in pool.map(lambda h: compile_alone(compiler, h), headers):
            if code or errors:
                failed += 1
                print(f"{header.relative_to(ROOT)}:\n{errors}")
    print(f"headers: {len(headers) - failed} of {len(headers)} compile on their own; "
          f"{len(every) - len(headers)} are the first include of a source file")
    return 1 if failed or not every else 0


if __name__ == "__main__":
    sys.exit(main())
