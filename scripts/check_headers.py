#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every public header compiles on its own. Usage: check_headers.py [COMPILER]"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def compile_alone(compiler, header):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wno-psabi", "-x", "c++", "-I", str(ROOT / "lib"), "-"]
    source = f'#include "{header.relative_to(ROOT / "lib")}"\n'
    result = subprocess.run(command, input=source, text=True, capture_output=True, check=False)
    return header, result.returncode, result.stderr


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CXX", "c++")
    headers = sorted((ROOT / "lib").rglob("*.h"))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for header, code, errors in pool.map(lambda h: compile_alone(compiler, h), headers):
            if code or errors:
                failed += 1
                print(f"{header.relative_to(ROOT)}:\n{errors}")
    print(f"headers: {len(headers) - failed} of {len(headers)} compile on their own")
    return 1 if failed or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
