#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs of embed-image and convert-weights that are killed at random times leave nothing half-written.

Every run writes in a folder of its own, half of them over older outputs, and gets SIGINT, SIGTERM or SIGKILL at a random
time. Afterwards each final name holds what it held before or the complete new bytes, the exit status is the signal (or 0
when the run was faster), SIGINT and SIGTERM leave no other files behind than those of an interrupted run, and a second
run completes: with --resume for embed-image, which gives the bytes of an undisturbed run. A chain kills one job up to 20
times and resumes it each time; half of the chains also cut the unpublished files or change a byte near their ends.

Usage: kills.py --binary PATH [--rounds N] [--chains N] [--seed N] [--only COMMAND]
"""
import argparse
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

DATA = pathlib.Path(__file__).resolve().parent.parent.parent / "data"
MODEL = DATA / "golden" / "model" / "nano_quick_gelu"
IMAGES = sorted((DATA / "golden" / "model" / "images").glob("*.*"))
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
JOURNAL = "out.npy.journal"
RECORDED = ("out.npy.part", "out.index.jsonl.part", "report.jsonl.part", JOURNAL)
KEPT = (*RECORDED, "out.info.json.part")
OLD = b"what was there before"
LISTED = 2000
UNDISTURBED = 5
CHAIN = 20
TAIL = 5000
ARRAY_HEADER = 128


class Command:
    """A command line, and the outputs that an undisturbed run of it makes."""

    def __init__(self, name, binary, arguments, inputs, kept=()):
        self.name, self.inputs, self.kept = name, inputs, kept
        self.resumes = bool(kept)
        self.line = [str(binary), *arguments]
        # The shortest of several runs: signals that come after the end would test nothing.
        self.seconds = min(self.run_undisturbed() for _ in range(UNDISTURBED))

    def run_undisturbed(self):
        """Keeps the outputs; the seconds of the run."""
        with tempfile.TemporaryDirectory(prefix="sightline-kills-") as folder:
            work = pathlib.Path(folder)
            self.prepare(work)
            begin = time.monotonic()
            status = self.start(work).wait()
            seconds = time.monotonic() - begin
            if status != 0:
                raise SystemExit(f"kills: {self.name} ends with {status} when nobody disturbs it")
            self.expected = self.outputs(work)
            return seconds

    def prepare(self, work):
        for name, content in self.inputs.items():
            (work / name).write_bytes(content)

    def start(self, work, *more):
        # Python ignores no signal here, but a shell in the background would: the default is set again.
        restore = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
        return subprocess.Popen([*self.line, *more], cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                preexec_fn=restore)

    def outputs(self, work):
        return {str(path.relative_to(work)): path.read_bytes() for path in sorted(work.rglob("*"))
                if path.is_file() and path.name not in self.inputs}


def write_old(command, work):
    """Older outputs under the final names: files with other bytes; a folder of its own for a model."""
    if command.name == "convert-weights":
        shutil.copytree(MODEL, work / "model")
    else:
        for name in command.expected:
            (work / name).write_bytes(OLD)
    return command.outputs(work)


def is_temporary(name):
    return ".part" in name or name.endswith(".journal")


def problems_of(command, work, number, status, before):
    left = command.outputs(work)
    problems = []
    if status not in (0, -number):
        problems.append(f"exit status {status}")
    for name in command.expected | before | left:
        content = left.get(name)
        if is_temporary(name):
            kept = command.resumes and name in command.kept and JOURNAL in left
            if number != signal.SIGKILL and not kept:
                problems.append(f"{name} is left behind")
        elif content not in (before.get(name), command.expected.get(name)):
            problems.append(f"{name} is half-written: {len(content)} bytes")
    if status == 0 and any(left.get(name) != content for name, content in command.expected.items()):
        problems.append("exit status 0, but the outputs are not complete")
    whole = {name: content for name, content in left.items() if not is_temporary(name)}
    if command.name == "convert-weights" and whole not in (before, command.expected):
        problems.append(f"a folder that is neither the old nor the new one: {sorted(whole)}")
    return problems


def run_once(command, number, random_numbers):
    """What is wrong after one run that got signal `number`, and whether it came in time."""
    with tempfile.TemporaryDirectory(prefix="sightline-kills-") as folder:
        work = pathlib.Path(folder)
        command.prepare(work)
        over_old = random_numbers.random() < 0.5
        before = write_old(command, work) if over_old else {}
        force = ["--force"] if over_old else []
        run = command.start(work, *force)
        time.sleep(random_numbers.uniform(0, 1.1 * command.seconds))
        run.send_signal(number)
        status = run.wait(timeout=60)
        problems = problems_of(command, work, number, status, before)
        # A run over older outputs that was killed before it opened its own has left nothing to resume.
        resume = command.resumes and not (over_old and JOURNAL not in command.outputs(work))
        more = ["--resume", *force] if resume else ["--force"]
        again = command.start(work, *more).wait(timeout=60 + 20 * command.seconds)
        if again != 0 or command.outputs(work) != command.expected:
            problems.append(f"the next run with {' '.join(more)} ends with {again}, with {sorted(command.outputs(work))}")
        return problems, status != 0


def damage(work, random_numbers):
    """Cuts the unpublished files or changes a byte near their ends, as a power cut may; the header of an array, which is
    written again, and the journal's, which makes it worthless, are changed too."""
    for name in RECORDED:
        path = work / name
        size = path.stat().st_size if path.exists() else 0
        if size == 0 or random_numbers.random() < 0.5:
            continue
        with path.open("r+b") as file:
            place = random_numbers.randrange(max(0, size - TAIL), size)
            if random_numbers.random() < 0.5:
                file.truncate(place)
            else:
                file.seek(place)
                byte = file.read(1)[0]
                file.seek(place)
                file.write(bytes([byte ^ 1 << random_numbers.randrange(8)]))


def run_chain(command, random_numbers, damaged):
    """What is wrong after one job that is killed again and again, and the number of kills."""
    with tempfile.TemporaryDirectory(prefix="sightline-kills-") as folder:
        work = pathlib.Path(folder)
        command.prepare(work)
        kills = 0
        while kills < CHAIN:
            run = command.start(work, "--resume")
            time.sleep(random_numbers.uniform(0, 0.5 * command.seconds))
            run.send_signal(random_numbers.choice(SIGNALS))
            status = run.wait(timeout=60)
            if status == 0:
                break
            if status > 0:
                return [f"exit status {status} after {kills} kills"], kills
            kills += 1
            if damaged and not (work / "out.index.jsonl").exists():  # which is published first
                damage(work, random_numbers)
        status = command.start(work, "--resume").wait(timeout=60 + 20 * command.seconds)
        if status != 0 or command.outputs(work) != command.expected:
            return [f"ends with {status} after {kills} kills, with {sorted(command.outputs(work))}"], kills
        return [], kills


def run_chains(command, count, random_numbers):
    failed, kills = False, 0
    for number in range(count):
        problems, chain_kills = run_chain(command, random_numbers, damaged=number % 2 == 1)
        kills += chain_kills
        for problem in problems:
            failed = True
            print(f"kills: {command.name}, chain {number}: {problem}")
    print(f"kills: {command.name}: {count} chains, {kills} kills")
    return failed or (count > 0 and kills == 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=100, help="runs for each command and signal [100]")
    parser.add_argument("--chains", type=int, default=50, help="jobs that are killed again and again [50]")
    parser.add_argument("--only", help="one command: embed-image or convert-weights")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    binary = options.binary.resolve()
    random_numbers = random.Random(options.seed)
    listed = "".join(f"{path}\n" for path in IMAGES * (LISTED // len(IMAGES))).encode()
    commands = [
        Command("embed-image", binary, ["embed-image", "--files-from", "list", "-o", "out.npy", "--report", "report.jsonl",
                                        "--checkpoint", "100", "-m", str(MODEL), "-q"], {"list": listed}, KEPT),
        Command("convert-weights", binary, ["convert-weights", str(MODEL), "-o", "model", "--dtype", "f16", "-q"], {}),
    ]
    failed = False
    for command in commands:
        if options.only not in (None, command.name):
            continue
        if command.resumes:
            failed |= run_chains(command, options.chains, random_numbers)
        for number in SIGNALS:
            in_time = 0
            for round_number in range(options.rounds):
                problems, stopped = run_once(command, number, random_numbers)
                in_time += stopped
                for problem in problems:
                    failed = True
                    print(f"kills: {command.name}, {number.name}, round {round_number}: {problem}")
            print(f"kills: {command.name}, {number.name}: {options.rounds} runs, {in_time} stopped")
            if in_time == 0:
                failed = True
                print("kills: no run was stopped: nothing was tested")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
