#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the command line tests: each cases/NAME.sh in a separate folder, similar to zstd's cli-tests.

Files next to a script define the expected output and exit status:
  NAME.stdout.exact, NAME.stderr.exact   exact bytes
  NAME.stdout.glob, NAME.stderr.glob     line by line; * matches anything in a line, a line of ... any number of lines
  NAME.exit                              the exit status
A script that ends with status 77 (`skip REASON`) cannot run here; its last line on stderr is the reason.
The list after "this build reads" depends on the libraries of the build, so it is replaced with FORMATS.
A missing file means no output, or status 0. A script ends at its first failing command (bash -e), so a check
inside it is a plain command. It can use
  sightline (on PATH), $SIGHTLINE_MODEL (the nano model), $DATA, $IMAGES, $MODELS, $CLI (this folder), $SANITIZED
  (yes or no: a sanitized build is slow and large), and the functions of prelude.sh.

Usage: run.py --binary PATH [--update] [NAME...]     --update rewrites .exact and .exit, never .glob
Exit status: 0 all pass, 1 some fail, 77 all were skipped.
"""
import argparse
import mmap
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CASES = HERE / "cases"
DATA = HERE.parent.parent / "data"
TIME_LIMIT_S = 100
SKIPPED = 77
FORMATS = re.compile(rb"(this build reads )[A-Z][A-Za-z0-9]*(?:, [A-Za-z0-9]+)*(?: and [A-Za-z0-9]+)?")


def is_sanitized(binary):
    with binary.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(b"__asan_init") >= 0 or content.find(b"__tsan_init") >= 0


def environment(binary, folder):
    tools = folder / "bin"
    tools.mkdir()
    (tools / "sightline").symlink_to(binary)
    models = DATA / "golden" / "model"
    kept = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS") or k == "LD_LIBRARY_PATH"}
    return kept | {
        "PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder / "home"), "LC_ALL": "C", "TERM": "dumb",
        "DATA": str(DATA), "IMAGES": str(models / "images"), "MODELS": str(models), "CLI": str(HERE),
        "SIGHTLINE_MODEL": str(models / "nano_quick_gelu"), "PYTHONDONTWRITEBYTECODE": "1",
        "BASH_ENV": str(HERE / "prelude.sh"), "SANITIZED": "yes" if is_sanitized(binary) else "no",
    }


def run_case(script, binary):
    with tempfile.TemporaryDirectory(prefix="sightline-cli-") as name:
        folder = pathlib.Path(name)
        work = folder / "work"
        work.mkdir()
        result = subprocess.run(["bash", "-e", str(script)], cwd=work, env=environment(binary, folder),
                                stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_LIMIT_S, check=False)
        subprocess.run(["chmod", "-R", "u+rwX", name], check=False)
    result.stdout = FORMATS.sub(rb"\1FORMATS", result.stdout)
    result.stderr = FORMATS.sub(rb"\1FORMATS", result.stderr)
    return result


def line_matches(pattern, line):
    return re.fullmatch(b".*".join(re.escape(part) for part in pattern.split(b"*")), line, re.DOTALL) is not None


def glob_matches(patterns, lines):
    """Whether the lines match; '...' matches any number of lines."""
    if not patterns:
        return not lines
    if patterns[0] == b"...":
        return any(glob_matches(patterns[1:], lines[i:]) for i in range(len(lines) + 1))
    return bool(lines) and line_matches(patterns[0], lines[0]) and glob_matches(patterns[1:], lines[1:])


def beside(script, ending):
    return script.parent / (script.stem + ending)


def check_stream(script, stream, actual):
    """Returns an empty text if the output is as expected, else the difference."""
    glob = beside(script, f".{stream}.glob")
    if glob.exists():
        expected = glob.read_bytes()
        if glob_matches(expected.split(b"\n"), actual.split(b"\n")):
            return ""
    else:
        exact = beside(script, f".{stream}.exact")
        expected = exact.read_bytes() if exact.exists() else b""
        if actual == expected:
            return ""
    return f"{stream} expected:\n{expected.decode(errors='replace')}\n{stream} actual:\n{actual.decode(errors='replace')}\n"


def write_or_remove(path, content, default):
    if content == default:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)


def update(script, result):
    for stream in ("stdout", "stderr"):
        if not beside(script, f".{stream}.glob").exists():
            write_or_remove(beside(script, f".{stream}.exact"), getattr(result, stream), b"")
    write_or_remove(beside(script, ".exit"), b"%d\n" % result.returncode, b"0\n")


def check(script, result):
    problems = check_stream(script, "stdout", result.stdout) + check_stream(script, "stderr", result.stderr)
    exit_file = beside(script, ".exit")
    expected = int(exit_file.read_text()) if exit_file.exists() else 0
    if result.returncode != expected:
        problems += f"exit status expected {expected}, actual {result.returncode}\n"
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    scripts = [CASES / f"{name}.sh" for name in options.names] or sorted(CASES.glob("*.sh"))
    failed, skipped = [], []
    for script in scripts:
        try:
            result = run_case(script, options.binary.resolve())
        except subprocess.TimeoutExpired:
            failed.append(script.stem)
            print(f"FAIL {script.stem}: still running after {TIME_LIMIT_S} s")
            continue
        if result.returncode == SKIPPED:
            skipped.append(script.stem)
            print(f"SKIP {script.stem}: {result.stderr.decode(errors='replace').strip().splitlines()[-1]}")
            continue
        if options.update:
            update(script, result)
        problems = check(script, result)
        if problems:
            failed.append(script.stem)
            print(f"FAIL {script.stem}\n{problems}")
    passed = len(scripts) - len(failed) - len(skipped)
    print(f"cli: {passed} of {len(scripts)} pass" + (f", {len(skipped)} skipped" if skipped else "")
          + (f"; failed: {' '.join(failed)}" if failed else ""))
    if failed or not scripts:
        return 1
    return SKIPPED if len(skipped) == len(scripts) else 0


if __name__ == "__main__":
    sys.exit(main())
