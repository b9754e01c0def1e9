# SPDX-License-Identifier: Apache-2.0
"""The programs under test, which every test of this folder gets, whether it needs them or not."""
import sys


def take_program(name):
    """The value of --name, which is removed from the command line, so that unittest does not see it; or None."""
    option = f"--{name}"
    if option not in sys.argv:
        return None
    at = sys.argv.index(option)
    value = sys.argv[at + 1]
    del sys.argv[at:at + 2]
    return value


SIGHTLINE, ENGINE = take_program("sightline"), take_program("engine")
