#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Updates of a large folder: 100,000 files with 1,000 different contents, and jobs that are killed.

The files are hard links to small BMP images. An update of the unchanged folder, of the folder with other times and of one
with other names, new and removed files must give the bytes of a fresh run, and the counts of their summaries must be
exact. The times are printed, and not checked. A chain kills an update of its own output again and again; each job goes
on with --update --resume, and the last one gives the bytes of a fresh run.

Usage: updates.py --binary PATH [--files N] [--chains N]
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

MODEL = pathlib.Path(__file__).resolve().parent.parent.parent / "data" / "golden" / "model" / "nano_quick_gelu"
DISTINCT = 1000
PER_FOLDER = 1000
SIDE = 8
MAX_KILLS = 20
ENDINGS = (".npy", ".index.jsonl", ".info.json")


def bmp(number):
    """An image of 24-bit pixels; each number gives another one."""
    size = SIDE * SIDE * 3
    header = b"BM" + struct.pack("<IIIIiiHHIIiiII", 54 + size, 0, 54, 40, SIDE, SIDE, 1, 24, 0, size, 0, 0, 0, 0)
    return header + random.Random(number).randbytes(size)


def make_folder(work, files):
    contents = work / "contents"
    contents.mkdir()
    for number in range(DISTINCT):
        (contents / f"{number}.bmp").write_bytes(bmp(number))
    for number in range(files):
        folder = work / "photos" / f"{number // PER_FOLDER:04}"
        if number % PER_FOLDER == 0:
            folder.mkdir(parents=True)
        os.link(contents / f"{number % DISTINCT}.bmp", folder / f"{number % PER_FOLDER:04}.bmp")


class Job:
    def __init__(self, binary, work):
        self.binary, self.work = binary, work

    def start(self, output, *options):
        line = [str(self.binary), "embed-image", "photos", "-o", output, "-m", str(MODEL), "-q", *options]
        return subprocess.Popen(line, cwd=self.work, stderr=subprocess.DEVNULL)

    def run(self, output, *options):
        begin = time.monotonic()
        status = self.start(output, *options).wait()
        if status != 0:
            raise SystemExit(f"updates: {' '.join(options)} ends with {status}")
        return time.monotonic() - begin

    def outputs(self, output):
        return [(self.work / output).with_suffix(ending).read_bytes() for ending in ENDINGS]

    def check(self, name, expected):
        """Updates old.npy into new.npy, which must be what a fresh run gives, with these counts."""
        fresh = self.run("fresh.npy", "--index", "full", "--force")
        seconds = self.run("new.npy", "--update", "old.npy", "--report", "new.jsonl", "--force")
        summary = json.loads((self.work / "new.jsonl").read_text().splitlines()[-1])["summary"]
        counts = tuple(summary[key] for key in ("reused", "encoded", "gone"))
        print(f"updates: {name}: {seconds:.2f} s ({fresh:.2f} s afresh), {counts} reused, encoded, gone")
        if counts != expected:
            raise SystemExit(f"updates: {name}: expected {expected}")
        if self.outputs("new.npy") != self.outputs("fresh.npy"):
            raise SystemExit(f"updates: {name}: the outputs are not those of a fresh run")


def change_folder(photos, files):
    """Renames a folder, changes, adds and removes images. The numbers of new and removed contents."""
    folders = sorted(photos.iterdir())
    folders[0].rename(photos / "renamed")
    kept = folders[-1]
    removed = 0
    for number, path in enumerate(sorted(kept.iterdir())):
        if number % 3 == 0:
            path.unlink()  # the content is in other folders, too
            removed += 1
        elif number % 3 == 1:
            path.unlink()
            path.write_bytes(bmp(DISTINCT + number))
    changed = len([number for number in range(PER_FOLDER) if number % 3 == 1])
    return files - removed - changed, changed


def run_chain(job, base, seconds, random_numbers):
    """Kills updates of one output; the number of kills."""
    for ending in ENDINGS:
        shutil.copy(job.work / f"{base}{ending}", job.work / f"chain{ending}")
    kills = 0
    while kills < MAX_KILLS:
        run = job.start("chain.npy", "--update", "--resume", "--checkpoint", "1000")
        time.sleep(random_numbers.uniform(0, 0.7 * seconds))
        run.send_signal(random_numbers.choice((signal.SIGINT, signal.SIGTERM, signal.SIGKILL)))
        status = run.wait()
        if status == 0:
            break
        if status > 0:
            raise SystemExit(f"updates: exit status {status} after {kills} kills")
        kills += 1
    job.run("chain.npy", "--update", "--resume")
    if job.outputs("chain.npy") != job.outputs("fresh.npy"):
        raise SystemExit(f"updates: after {kills} kills, the outputs are not those of a fresh run")
    return kills


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--chains", type=int, default=10)
    options = parser.parse_args()
    if options.files % PER_FOLDER != 0 or options.files < 2 * PER_FOLDER:
        parser.error(f"--files must be a multiple of {PER_FOLDER}, at least twice as many")
    with tempfile.TemporaryDirectory(prefix="sightline-updates-") as name:
        work = pathlib.Path(name)
        make_folder(work, options.files)
        job = Job(options.binary.resolve(), work)
        job.run("old.npy", "--index", "full")
        job.check("unchanged", (options.files, 0, 0))
        for path in (work / "contents").iterdir():
            os.utime(path, (1, 1))
        job.check("other times", (options.files, 0, 0))
        reused, encoded = change_folder(work / "photos", options.files)
        job.check("changed", (reused, encoded, 0))
        seconds = job.run("new.npy", "--update", "old.npy", "--force")
        kills = sum(run_chain(job, "old", seconds, random.Random(number)) for number in range(options.chains))
        print(f"updates: {options.chains} chains, {kills} kills")
        return 0 if kills > 0 or options.chains == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
