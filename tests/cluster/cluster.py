# SPDX-License-Identifier: Apache-2.0
"""What the tests of scripts/cluster have in common: inputs, the outputs of an undivided run, and comparisons."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "scripts" / "cluster"
MODEL = ROOT / "data" / "golden" / "model" / "nano_quick_gelu"
IMAGES = sorted((ROOT / "data" / "images").glob("*.*g"))
OUTPUTS = ("out.npy", "out.index.jsonl", "out.info.json", "out.report.jsonl")
SKIPPED = 77


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def need(*commands):
    """Skips the test if a command is missing."""
    for command in commands:
        if not shutil.which(command):
            skip(f"{command} is missing")


def parse_arguments(description):
    """Puts the program and the folders of daemons on PATH, and sets the model."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    binary = parser.parse_args().binary
    folders = [str(binary.resolve().parent), os.environ.get("PATH", ""), "/usr/local/sbin:/usr/sbin:/sbin"]
    os.environ["PATH"] = ":".join(folders)
    os.environ["SIGHTLINE_MODEL"] = str(MODEL)


def write_list(path, count):
    """A list of `count` images, every 500th of them absent."""
    paths = [f"absent-{i}.jpg" if i % 500 == 7 else str(IMAGES[i % len(IMAGES)]) for i in range(count)]
    path.write_text("\n".join(paths) + "\n")


def write_archive(path, count):
    with tarfile.open(path, "w") as archive:
        for number in range(count):
            image = IMAGES[number % len(IMAGES)]
            archive.add(image, f"{number:05}{image.suffix}")


def run(command, folder, expected=0, **options):
    """Runs a command and returns what it prints; another status than `expected` ends the test."""
    result = subprocess.run([str(part) for part in command], cwd=folder, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, check=False, **options)
    if result.returncode != expected:
        raise AssertionError(f"{command} ends with {result.returncode}, expected {expected}:\n{result.stdout}")
    return result.stdout


def run_undivided(folder, *inputs):
    """The bytes of each output of one process with all inputs."""
    whole = folder / "undivided"
    whole.mkdir()
    run(["sightline", "embed-image", *inputs, "-o", whole / "out.npy", "--report", whole / "out.report.jsonl", "-q"],
        folder, expected=3)
    return {name: (whole / name).read_bytes() for name in OUTPUTS}


def differences(folder, expected):
    return [f"{name} differs from that of an undivided run" for name, content in expected.items()
            if not (folder / name).exists() or (folder / name).read_bytes() != content]


def wait_for(condition, what, seconds=120):
    """Waits until the condition holds and returns its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


def processes_of(folder, *words):
    """Ids of the processes whose command line has all of these words, with this working folder unless it is None."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            if line and all(word.encode() in line for word in words) and folder in (None, (entry / "cwd").resolve()):
                found.append(int(entry.name))
        except OSError:
            continue  # it has ended, or belongs to someone else
    return found


def finish(name, problems, done):
    print(f"{name}: {done}", *problems, sep="\n")
    return 1 if problems else 0
