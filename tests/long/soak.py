# SPDX-License-Identifier: Apache-2.0
"""Large jobs stay bounded: memory, descriptors, starting, stopping and continuing do not grow with the number of inputs.

  images    100,000 images (hard links to a few): resident memory grows by at most 5 % after the first 2,000, and the
            number of open descriptors by no more than the threads have open at a time
  continue  the same job, killed half-way: the new process goes on within 2 s, and ends with the same bytes
  signals   20 runs that get SIGINT or SIGTERM at a random time end within 2 s, by that signal
  writers   20 pairs of runs that write to the same output: one completes it, the other ends at once with status 8
  start     the first result of a folder of a million files, and of a list of a million lines, comes within 2 s

Usage: soak.py --binary PATH [--images N] [--files N] [--seed N] [CHECK ...]
"""
import argparse
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

DATA = pathlib.Path(__file__).resolve().parents[2] / "data"
MODEL = DATA / "golden" / "model" / "nano_quick_gelu"
IMAGES = sorted((DATA / "golden" / "model" / "images").glob("*.*"))
OUTPUTS = ("out.npy", "out.index.jsonl", "out.info.json", "report.jsonl")
ARRAY_HEADER = 128
WARM_UP = 2000
LOCKED = 8
PER_FOLDER = 10_000
MAX_LINKS = 50_000  # of one file; ext4 allows 65,000


class Job:
    """embed-image of a folder with hard links to the sample images."""

    def __init__(self, binary, work, count):
        self.binary, self.count = binary, count
        self.folder = work / f"images-{count}"
        self.folder.mkdir()
        for number in range(count):
            if number % (MAX_LINKS * len(IMAGES)) == 0:
                samples = self.copy_samples(work, f"pool-{count}-{number}")
            sample = samples[number % len(samples)]
            part = self.folder / f"{number // PER_FOLDER:03}"
            if number % PER_FOLDER == 0:
                part.mkdir()
            os.link(sample, part / f"{number:07}{sample.suffix}")

    @staticmethod
    def copy_samples(work, name):
        pool = work / name
        pool.mkdir()
        return [pathlib.Path(shutil.copy(path, pool)) for path in IMAGES]

    def start(self, out, *more):
        out.mkdir(exist_ok=True)
        line = [str(self.binary), "embed-image", str(self.folder), "-o", "out.npy", "--report", "report.jsonl", "-q",
                "-m", str(MODEL), *more]
        # A shell ignores SIGINT in the background, and the program would too: the default is set again.
        restore = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
        return subprocess.Popen(line, cwd=out, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=restore)


def outputs(folder):
    return {name: (folder / name).read_bytes() for name in OUTPUTS if (folder / name).exists()}


def rows_done(out, width):
    """Rows of the array that is being written; it is written out now and then."""
    part = out / "out.npy.part"
    try:
        return max(part.stat().st_size - ARRAY_HEADER, 0) // width
    except FileNotFoundError:
        return 0


def row_bytes(array, count):
    return (array.stat().st_size - ARRAY_HEADER) // count


def resident(pid):
    """Resident memory in KiB that belongs to the process alone (a mapped file is shared), and its descriptors."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]), len(os.listdir(f"/proc/{pid}/fd"))
    raise ProcessLookupError


def check_images(soak):
    job, out = soak.large_job(), soak.work / "whole"
    begin, samples = time.monotonic(), []
    run = job.start(out, "--checkpoint", "500")
    while run.poll() is None:
        try:
            samples.append((rows_done(out, 1), *resident(run.pid)))  # bytes of rows, for now
        except (OSError, ProcessLookupError):
            pass
        time.sleep(0.05)
    if run.returncode != 0:
        return [f"exit {run.returncode}"]
    width = row_bytes(out / "out.npy", job.count)
    seconds = time.monotonic() - begin
    samples = [(done // width, memory, open_files) for done, memory, open_files in samples]
    early = [s for s in samples if WARM_UP <= s[0] < job.count // 5]
    late = [s for s in samples if job.count // 5 <= s[0] < job.count]
    if not early or not late:
        return ["over too soon to be looked at; try more --images"]
    before, after = max(s[1] for s in early), max(s[1] for s in late)
    files_before, files_after = max(s[2] for s in early), max(s[2] for s in late)
    print(f"  {job.count} images in {seconds:.1f} s; {before / 1024:.1f} MiB of its own after the first ones, at most "
          f"{after / 1024:.1f} MiB later; {files_before} and {files_after} descriptors; {len(samples)} looks")
    problems = []
    if after > 1.05 * before:
        problems.append(f"memory grows from {before} to {after} KiB")
    if files_after > files_before + os.cpu_count():  # a thread has one open now and then
        problems.append(f"descriptors grow from {files_before} to {files_after}")
    return problems


def check_continue(soak):
    job, whole, out = soak.large_job(), soak.work / "whole", soak.work / "killed"
    if not (whole / "out.npy").exists():
        job.start(whole).wait()
    width = row_bytes(whole / "out.npy", job.count)
    run = job.start(out, "--checkpoint", "500")
    while run.poll() is None and rows_done(out, width) < job.count // 2:
        time.sleep(0.02)
    run.kill()
    run.wait()
    done, begin = rows_done(out, width), time.monotonic()
    run = job.start(out, "--resume", "--checkpoint", "500")
    # It cuts the file to the last checkpoint first, and then goes beyond where it was.
    while run.poll() is None and rows_done(out, width) <= done:
        time.sleep(0.01)
    seconds = time.monotonic() - begin
    status = run.wait()
    print(f"  killed after {done} rows; the next run was beyond them after {seconds:.2f} s")
    problems = []
    if status != 0 or outputs(out) != outputs(whole):
        problems.append(f"exit {status}, or other bytes than those of an undisturbed run")
    if seconds > 2 + 500 / 1000:  # 500 images may have to be encoded again
        problems.append(f"goes on after {seconds:.2f} s")
    return problems


def check_signals(soak):
    job, slowest, problems = soak.large_job(), 0, []
    for round_number in range(20):
        number = (signal.SIGINT, signal.SIGTERM)[round_number % 2]
        run = job.start(soak.work / "signals", "--force")
        time.sleep(soak.random.uniform(0.2, 1.5))
        begin = time.monotonic()
        run.send_signal(number)
        status = run.wait()
        slowest = max(slowest, time.monotonic() - begin)
        if status != -number:
            problems.append(f"ends with {status} after signal {int(number)}")
    print(f"  the slowest of 20 runs ended {slowest * 1000:.0f} ms after its signal")
    if slowest > 2:
        problems.append(f"ends after {slowest:.1f} s")
    return problems


def check_writers(soak):
    job, out, problems = Job(soak.binary, soak.work, 2000), soak.work / "writers", []
    for _ in range(20):
        runs = [job.start(out, "--force") for _ in range(2)]
        statuses = sorted(run.wait() for run in runs)
        if statuses != [0, LOCKED]:
            problems.append(f"two writers end with {statuses}")
    return problems


def first_line(line, seconds, text=None):
    """Problems, and the seconds until the first line of the output; the process is then killed."""
    begin = time.monotonic()
    with tempfile.TemporaryFile() as source:
        if text is not None:
            source.write(text)
            source.seek(0)
        run = subprocess.Popen(line, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        run.stdout.readline()
        elapsed = time.monotonic() - begin
        run.kill()
        run.wait()
    return [] if elapsed <= seconds else [f"first line after {elapsed:.2f} s"], elapsed


def check_start(soak):
    job = Job(soak.binary, soak.work, soak.files)
    line = [str(soak.binary), "embed-image", "-f", "jsonl", "-q", "-m", str(MODEL)]
    problems, folder_seconds = first_line([*line, str(job.folder)], 2)
    listed = "".join(f"{IMAGES[i % len(IMAGES)]}\n" for i in range(soak.files)).encode()
    more, list_seconds = first_line([*line, "--files-from", "-"], 2, listed)
    print(f"  {soak.files} inputs: first line after {folder_seconds:.2f} s (folder), {list_seconds:.2f} s (list)")
    return problems + more


CHECKS = {"images": check_images, "continue": check_continue, "signals": check_signals, "writers": check_writers,
          "start": check_start}


class Soak:
    """What the checks share."""

    def __init__(self, binary, work, images, files, seed):
        self.binary, self.work, self.images, self.files = binary, work, images, files
        self.random = random.Random(seed)
        self.large = None

    def large_job(self):
        if self.large is None:
            self.large = Job(self.binary, self.work, self.images)
        return self.large

    def run(self, name):
        """Whether the check holds."""
        print(f"soak: {name}", flush=True)
        problems = CHECKS[name](self)
        for problem in problems:
            print(f"  {problem}")
        return not problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("checks", nargs="*", metavar="CHECK")
    options = parser.parse_args()
    for name in options.checks:
        if name not in CHECKS:
            parser.error(f"no check '{name}'")
    with tempfile.TemporaryDirectory(prefix="sightline-soak-") as folder:
        soak = Soak(options.binary, pathlib.Path(folder), options.images, options.files, options.seed)
        results = [soak.run(name) for name in CHECKS if not options.checks or name in options.checks]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
