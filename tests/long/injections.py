#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""System calls of embed-image that fail, one at a time, cost no more than the run.

strace makes the Nth call of one kind fail, or kills the program there, for N = 1, 2, ... until a run has fewer calls. Each final name is then absent or
complete, the status is that of a reported failure, and the same command with --resume completes with the bytes of an
undisturbed run. Skipped (status 77) without strace.

Usage: injections.py --binary PATH [--every N]
"""
import argparse
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

DATA = pathlib.Path(__file__).resolve().parent.parent.parent / "data"
MODEL = DATA / "golden" / "model" / "nano_quick_gelu"
IMAGES = sorted((DATA / "golden" / "model" / "images").glob("*.*"))
SKIPPED = 77
# The calls and the errors they fail with. What the loader of the system calls before the program starts may fail, too.
CALLS = [
    ("write", "ENOSPC"), ("write", "EIO"), ("write", "EINTR"), ("pwrite64", "ENOSPC"), ("pwrite64", "EINTR"),
    ("fdatasync", "EIO"), ("fsync", "EIO"), ("ftruncate", "EIO"), ("rename", "EIO"), ("renameat2", "EIO"),
    ("unlink", "EIO"), ("openat", "EMFILE"), ("mmap", "ENOMEM"),
    ("fdatasync", "KILL"), ("renameat2", "KILL"), ("unlink", "KILL"), ("ftruncate", "KILL"),
]
SKIPPED_ROWS, OUTPUT_FAILED = 3, 6
# Model and memory; an input; 127 is the system's loader.
OTHER = {"openat": (1, 4, 5, 6, 7, 127), "mmap": (1, 5, 6, 7, 127)}
LOADER_CALLS = {"mmap": 2}  # a failure of these crashes the loader
MAX_CALLS = 400


def outputs(work):
    return {path.name: path.read_bytes() for path in sorted(work.iterdir()) if path.name not in ("list", "trace")}


def start(binary, work, *more, strace=()):
    line = [*strace, str(binary), "embed-image", "--files-from", "list", "-o", "out.npy", "--report", "report.jsonl",
            "-m", str(MODEL), "-j", "1", "-b", "2", "--checkpoint", "4", *more]
    return subprocess.run(line, cwd=work, capture_output=True, timeout=120, check=False)


def problems_of(run, call, error, number, left, expected):
    problems = []
    allowed = [0, OUTPUT_FAILED, *OTHER.get(call, ())]
    if error == "KILL":
        allowed = [-signal.SIGKILL]
    elif number <= LOADER_CALLS.get(call, 0):
        allowed.append(-signal.SIGSEGV)
    if run.returncode not in (*allowed, SKIPPED_ROWS):
        problems.append(f"status {run.returncode}: {run.stderr.decode(errors='replace')}")
    if run.returncode == SKIPPED_ROWS:
        return problems  # a failed input is one row, and the outputs say so
    for name, content in left.items():
        if name in expected and content != expected[name]:
            problems.append(f"{name} is half-written")
    if run.returncode == 0 and left != expected:
        problems.append(f"status 0 with {sorted(left)}")
    return problems


def inject(binary, work, call, error, number, expected, resumed):
    """What is wrong, or None if there was no such call."""
    for path in outputs(work):
        (work / path).unlink()
    if resumed:  # what an interrupted run leaves
        stopped = start(binary, work, strace=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync",
                                              "-e", "inject=fdatasync:signal=TERM:when=5"])
        if stopped.returncode >= 0 or "out.npy.journal" not in outputs(work):
            return [f"the run was not interrupted: {stopped.returncode}, {sorted(outputs(work))}"]
    more = ["--resume"] if resumed else []
    what = "signal=KILL" if error == "KILL" else f"error={error}"
    tracer = ["strace", "-f", "-qq", "-o", "trace", "-e", f"trace={call}", "-e", f"inject={call}:{what}:when={number}"]
    run = start(binary, work, *more, strace=tracer)
    happened = run.returncode != 0 if error == "KILL" else b"INJECTED" in (work / "trace").read_bytes()
    if not happened:
        return None
    problems = problems_of(run, call, error, number, outputs(work), expected)
    again = start(binary, work, *(["--force"] if run.returncode == SKIPPED_ROWS else ["--resume"]))
    if again.returncode != 0 or outputs(work) != expected:
        problems.append(f"the next run ends with {again.returncode}: {again.stderr.decode(errors='replace')}, "
                        f"after {run.returncode}: {run.stderr.decode(errors='replace')}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--every", type=int, default=1, help="only each Nth call [1]")
    options = parser.parse_args()
    if shutil.which("strace") is None:
        print("injections: skipped: strace is missing")
        return SKIPPED
    binary = options.binary.resolve()
    failed = False
    with tempfile.TemporaryDirectory(prefix="sightline-injections-") as folder:
        work = pathlib.Path(folder)
        (work / "list").write_text("".join(f"{path}\n" for path in (IMAGES * 3)[:16]))
        if start(binary, work).returncode != 0:
            raise SystemExit("injections: the run fails when nothing disturbs it")
        expected = outputs(work)
        traced = start(binary, work, "--force", strace=["strace", "-o", "/dev/null", "-e", "trace=none"])
        if traced.returncode != 0:
            print("injections: skipped: strace cannot trace here")
            return SKIPPED
        for call, error in CALLS:
            for resumed in (False, True):
                count = 0
                for number in range(1, MAX_CALLS, options.every):
                    problems = inject(binary, work, call, error, number, expected, resumed)
                    if problems is None:
                        break
                    count += 1
                    for problem in problems:
                        failed = True
                        print(f"injections: {call} {number} {error}{' resumed' if resumed else ''}: {problem}")
                print(f"injections: {call} {error}{' resumed' if resumed else ''}: {count} injected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
