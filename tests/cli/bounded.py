#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command and returns its exit status, or 98 if it exceeds a limit.

Usage: bounded.py SECONDS MEGABYTES COMMAND...
SECONDS: processor time, which does not depend on the load of the machine; run.py limits the elapsed time.
MEGABYTES: largest resident set, - for no limit. With $SANITIZED=yes, nothing is measured, because sanitizers increase both.
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
            print(f"used {used:.1f} s, expected at most {seconds}", file=sys.stderr)
            return 98
        if megabytes != "-" and resident > float(megabytes):
            print(f"used {resident:.0f} MiB, expected at most {megabytes}", file=sys.stderr)
            return 98
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
