#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command and ends as it ends, unless it took too much: then with status 98.

Usage: bounded.py SECONDS MEGABYTES COMMAND...
SECONDS: of processor time, which other work on the machine does not lengthen; run.py ends what waits for ever.
MEGABYTES: the largest resident set, - for no bound. With $SANITIZED=yes, which costs both, nothing is measured.
"""
import os
import sys


def main():
    seconds, megabytes, *command = sys.argv[1:]
    child = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    used, resident = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    if os.environ.get("SANITIZED") != "yes":
        if used > float(seconds):
            print(f"took {used:.1f} s, at most {seconds}", file=sys.stderr)
            return 98
        if megabytes != "-" and resident > float(megabytes):
            print(f"took {resident:.0f} MiB, at most {megabytes}", file=sys.stderr)
            return 98
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
