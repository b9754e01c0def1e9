#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/setup.sh and scripts/demo.sh where nothing can be installed: without root and sudo, and on other
distributions; demo.sh and check.sh where the build folder exists. The commands that they look for are stand-ins in a
folder that is the whole PATH.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"


def run(script, *options, commands):
    """(exit status, stdout, stderr) of a script that finds only bash, sed, dirname and `commands`: {name: body}."""
    with tempfile.TemporaryDirectory(prefix="sightline-setup-") as name:
        for tool in ("bash", "sed", "dirname"):
            os.symlink(shutil.which(tool), pathlib.Path(name, tool))
        for command, body in commands.items():
            path = pathlib.Path(name, command)
            path.write_text(f"#!/bin/sh\n{body}\n")
            path.chmod(0o755)
        result = subprocess.run([shutil.which("bash"), SCRIPTS / script, *options], env={"PATH": name},
                                capture_output=True, text=True)
        return result.returncode, result.stdout, result.stderr


DEBIAN = {"dpkg-query": "echo not-installed", "apt-get": "echo called; exit 9", "apt-cache": "exit 1"}


INSTALLED = {"dpkg-query": "echo installed", "apt-get": "exit 9", "apt-cache": "exit 1"}
CMAKE = {"cmake": 'echo "cmake $*" >>calls; case $1 in -S) : >build/CMakeCache.txt; exit 1 ;; esac'}


def run_in_copy(script, *options, left=(), commands):
    """(exit status, how cmake was called) of a script in a copy of scripts/, where build/ holds the files `left`."""
    with tempfile.TemporaryDirectory(prefix="sightline-setup-") as name:
        copy = pathlib.Path(name)
        shutil.copytree(SCRIPTS, copy / "scripts")
        (copy / "build").mkdir()
        for file in left:
            (copy / "build" / file).touch()
        tools = {tool: f'exec {shutil.which(tool)} "$@"' for tool in ("cat", "mkdir", "mktemp", "nproc", "rm")}
        result = run(copy / "scripts" / script, *options, commands={**tools, **commands})
        calls = copy / "calls"
        return result[0], calls.read_text() if calls.exists() else ""


def check_build_folders(expect):
    commands = {**INSTALLED, **CMAKE}
    for left, configured in (((), True), (("CMakeCache.txt",), True), (("CMakeCache.txt", "build.ninja"), False),
                             (("CMakeCache.txt", "Makefile"), False)):
        result = run_in_copy("demo.sh", left=left, commands=commands)
        expect(f"demo.sh with {left} in build/", ("cmake -S" in result[1]) == configured, result)
        result = run_in_copy("check.sh", "--only", "release", left=left, commands=commands)
        expect(f"check.sh with {left} in build/", result[0] == 1 and ("-G Ninja" in result[1]) == (not left), result)
    for steps in (",", " ", "", "nosuch", "release,nosuch"):
        result = run_in_copy("check.sh", "--only", steps, commands=commands)
        expect(f"check.sh --only '{steps}'", result == (2, ""), result)


def main():
    problems = []

    def expect(what, holds, result):
        if not holds:
            problems.append(f"{what}: {result}")

    user = {**DEBIAN, "id": "echo 1000"}
    for script in ("setup.sh", "demo.sh"):
        result = run(script, commands=user)
        expect(f"{script} without sudo", result[0] == 1 and "root or sudo" in result[2] and "  apt-get install" in result[2]
               and "called" not in result[1], result)
        result = run(script, "--help", commands={})
        expect(f"{script} --help", result[0] == 0 and f"Usage: scripts/{script}" in result[1] and not result[2], result)
        result = run(script, "--unknown", commands={})
        expect(f"{script} --unknown", result[0] == 2 and "unknown option" in result[2], result)
    for command, package in (("dnf", "cli11-devel"), ("pacman", "cli11 openblas"), ("zypper", "openblas_pthreads-devel")):
        result = run("setup.sh", commands={command: "echo called"})
        expect(command, result[0] == 0 and package in result[2] and result[1] == "" and f"\n  {command} " in result[2], result)
    result = run("setup.sh", commands={})
    expect("unknown distribution", result[0] == 0 and "C++20 compiler" in result[2], result)
    check_build_folders(expect)
    print("\n".join(problems) or "setup scripts: ok")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
