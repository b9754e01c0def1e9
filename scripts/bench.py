#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures sightline and other programs in the same minutes on the same machine.

Usage: scripts/bench.py [--sightline BINARY] [--quick] [--rows NAME,...] [--peers NAME,...|none] [--json FILE]
                        [--work DIR] [--threads N] [--rounds N] [--model b32|b16|l14|siglip-b16] [--python PYTHON] [-- ARGS]

The programs take turns (A B C A B C ...). A figure is the median over the rounds, and a ratio is the median of the
ratios of single rounds. Rows are of three kinds: whole processes; a loaded model, in a loop (the library in
bench_engine, which is built with the tests); and, for searches, differences of two runs of the program. Most have a floor, the least
time that the arithmetic and the memory of this machine allow (bench_floor.py). Weights are random.

Peers (bench_peers.py) run under --python if their packages are installed; what cannot run is skipped by name.
--rows selects rows by the beginnings of their names: start, fresh, busy, image, batch, captions, prompts,
folder, pixels, search, cold; or image-bf16. ARGS after -- are passed to every sightline run, for example:
-- --backend openblas. scripts/bench_report.py writes the figures of --json FILE into the documents.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import bench_data
import bench_floor
import bench_machine
import bench_peers
import bench_results
import bench_siglip
from bench_processes import Engine, Failure, Neighbour, Peer, Run
from bench_rows import FORMATS, PRECISIONS, Rows

HERE = pathlib.Path(__file__).resolve().parent
PAUSE = 0.1  # seconds between two programs: some runtimes poll for work after a run
# Beginnings of the names of rows, by scenario.
SCENARIO_ROWS = {"start": ("start",), "fresh": ("fresh",), "busy": ("busy",), "images": ("image", "batch"),
                 "captions": ("captions", "prompts"), "folder": ("folder",), "pixels": ("pixels",),
                 "search": ("search",), "cold": ("cold",)}


class Bench(Rows):
    def __init__(self, options):
        self.options = options
        self.rounds = options.rounds or (3 if options.quick else 7)
        self.cores = len(os.sched_getaffinity(0))
        self.shape = bench_data.SHAPES[options.model]
        self.results, self.skipped, self.versions = [], [], {}
        self.peaks_mib, self.constants, self.counts = {}, {}, {}
        self.machine = bench_machine.describe(options.threads)  # before anything else, with the load of others
        version = subprocess.run([options.sightline, "--version"], capture_output=True, text=True).stdout.split()
        self.versions["sightline"] = version[-1] if version else "unknown"
        self.work = pathlib.Path(options.work)
        self.work.mkdir(parents=True, exist_ok=True)
        self.model = bench_data.make_model(self.work, options.model)
        self.engines, self.packed, self.busy_process = {}, {}, None
        self.probe = bench_machine.Probe(self.work)
        self.peaks = self.probe.peaks(options.threads)
        if not self.peaks:
            self.skip("floors", "no compiler for scripts/bench_machine.cpp")
        self.peers = dict(self._available())
        self._pack()
        self._start_engines()
        self.disk = self._disk_rate() if self.wants("cold") else None

    # ------------------------------------------------------------ what is measured with

    def skip(self, name, reason):
        self.skipped.append({"name": name, "reason": reason})
        print(f"bench: {name} skipped: {reason}", file=sys.stderr)

    def _available(self):
        names = list(bench_peers.PACKAGES) if self.options.peers is None else self.options.peers
        for name in names:
            peer = Peer(name, self.options.python, self.model, self.work / "peers" / self.options.model,
                        self.options.threads)
            versions = peer.check()
            if versions is None:
                self.skip(name, f"needs the packages {', '.join(bench_peers.PACKAGES[name])}")
            elif not peer.convert():
                self.skip(name, "its model could not be converted")
            else:
                self.versions |= versions
                yield name, peer

    def _pack(self):
        """Packed files in all precisions, written by the program that is measured."""
        folder = self.work / "packed"
        folder.mkdir(exist_ok=True)
        for precision in PRECISIONS:
            file = folder / f"{self.options.model}-{precision}.sightline"
            try:
                Run([self.options.sightline, "convert-weights", self.model, "--output", file, "--dtype", precision,
                     "--force", "--quiet"])
                self.packed[precision] = file
            except Failure as failure:
                self.skip(f"packed {FORMATS[precision]}", str(failure))

    def _start_engines(self):
        program = self.options.engine
        if not os.access(program, os.X_OK):
            self.skip("rows of a loaded model", f"{program} does not exist; build the target bench_engine")
            return
        for precision, file in {"f32": self.model, **{p: f for p, f in self.packed.items() if p != "f32"}}.items():
            self.engines[precision] = Engine(program, file, self.options.threads)

    def _disk_rate(self):
        try:
            return bench_machine.disk_rate(self.model / "model.safetensors")
        except bench_machine.StillCached as kept:
            self.skip("cold", str(kept))
            return None

    def close_servers(self):
        """Ends the programs that keep a model loaded; the next request starts them again."""
        for server in (*self.peers.values(), *self.engines.values()):
            server.close()

    def models(self):
        return {name: peer for name, peer in self.peers.items()
                if name not in ("pillow", "hf_processors_rs", "numpy")}

    def converted_files(self):
        return [path for path in (self.work / "peers" / self.options.model).rglob("*")
                if path.suffix in (".onnx", ".bin", ".blob")]

    def sightline(self, command, *arguments, model=None):
        return [self.options.sightline, command, *arguments, "--model", model or self.model, "--threads",
                self.options.threads, "--quiet", *self.options.arguments]

    def lines(self, name, items):
        """A file in the work folder with one item per line."""
        file = self.work / name
        file.write_text("".join(f"{item}\n" for item in items), encoding="utf-8")
        return file

    def image_files(self, extension, width, height, count):
        return bench_data.make_images(self.work, self.options.python, width, height, 8 if width < 2000 else 2, count,
                                      extension)

    def embed_images(self, paths, model=None):
        names = self.lines(f"images-{len(paths)}.txt", paths)
        return self.sightline("embed-image", "--files-from", names, "--output", self.work / "out.npy", "--force",
                              model=model)

    def difference(self, make_command, few, many):
        """Milliseconds of a run with `many` items less those of a run with `few`."""
        def measure():
            short, long = Run(make_command(few)).seconds, Run(make_command(many)).seconds
            return max(1e-3, (long - short) * 1e3)
        return measure

    def neighbour(self):
        self.busy_process = self.busy_process or Neighbour()
        return self.busy_process

    def tokens(self, texts):
        """Numbers of texts, distinct prefixes and tokens, from the program's messages."""
        key = tuple(texts)
        if self.shape.get("family") == "siglip":
            rows = len(texts) * bench_siglip.POSITIONS
            return len(texts), rows, rows
        if key not in self.counts:
            command = self.sightline("embed-text", "--captions", self.lines("counted.txt", texts), "--output",
                                     self.work / "out.npy", "--force")
            messages = Run([word for word in command if word != "--quiet"] + ["-vv"]).messages
            found = re.search(r"texts: (\d+) in \d+ passes, (\d+) distinct prefixes of (\d+) tokens", messages)
            self.counts[key] = tuple(map(int, found.groups())) if found else (len(texts), 0, 0)
        return self.counts[key]

    def constant(self, name):
        """Milliseconds that cannot overlap with products, measured once."""
        if name not in self.constants:
            if name == "start":
                values = [Run([self.options.sightline, "--version"]).seconds * 1e3 for _ in range(9)]
            else:
                paths = self.image_files("jpg", 640, 480, 8)
                file = self.lines("decode.txt", paths)
                engine = self.engines.get("f32")
                values = [engine.ask("decode", file) / len(paths) * 1e3 for _ in range(9)] if engine else [0.0]
            self.constants[name] = sorted(values)[len(values) // 2]
        return self.constants[name]

    # ------------------------------------------------------------ rows

    def wants(self, scenario):
        return not self.options.rows or any(wanted.split("-")[0] in SCENARIO_ROWS[scenario]
                                            for wanted in self.options.rows)

    def compare(self, rows, rounds=None, note="", warmups=1):
        """rows: (name, title, {label: function that returns a number}, settings). Functions that several rows share run
        once per round; the first rounds are warm-ups. Returns whether anything was measured."""
        rows = [(*row, {})[:4] for row in rows if bench_results.selected(row[0], self.options.rows)]
        functions = {id(function): function for _, _, contenders, _ in rows for function in contenders.values()}
        values = {key: [] for key in functions}
        for counted in range(-warmups, rounds or self.rounds):
            for key, function in list(functions.items()):
                time.sleep(PAUSE)
                try:
                    value = function()
                except Failure as failure:
                    names = [name for name, _, contenders, _ in rows if function in contenders.values()]
                    self.skip(names[0], str(failure))
                    del functions[key], values[key]
                    continue
                if counted >= 0:
                    values[key].append(value)
        for name, title, contenders, more in rows:
            measured = {label: values[id(f)] for label, f in contenders.items() if id(f) in functions}
            if bench_results.OWN in measured:
                floor = self.floor_of(more, measured)
                measured.pop(more.get("floor_is"), None)
                self.add(name, title, more.get("unit", "ms"), measured, precision=more.get("precision"), floor=floor,
                         note=note)
        return bool(rows)

    def floor_of(self, more, measured):
        if more.get("floor_is") in measured:
            times = sorted(measured[more["floor_is"]])
            return {"ms": times[len(times) // 2], "parts": {more["floor_is"]: times[len(times) // 2]}, "constants": {}}
        if "work" not in more:
            return None
        constants = {name: self.constant(name) / more.get("decoders", 1) for name in more.get("constants", ())}
        return bench_floor.floor(more["work"], more["precision"], self.peaks, constants, more.get("disk"),
                                 more.get("share", 1.0))

    def add(self, name, title, unit, values, **more):
        if bench_results.selected(name, self.options.rows):
            self.results.append(bench_results.make_row(name, title, unit, values, **more))
            print(bench_results.line(self.results[-1]), flush=True)
            self.save()

    def save(self):
        """Writes what was measured so far, so that a run that is interrupted leaves a report."""
        if not self.options.json:
            return
        disk = {"disk": round(self.disk, 2)} if self.disk else {}
        report = {"format": 1, "machine": {**self.machine, "peaks": self.peaks, **disk},
                  "versions": dict(sorted(self.versions.items())), "model": self.options.model,
                  "arguments": self.options.arguments, "rounds": self.rounds,
                  "constants": {name: bench_results.rounded(ms) for name, ms in self.constants.items()},
                  "rows": self.results, "skipped": self.skipped}
        pathlib.Path(self.options.json).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")

    def run(self):
        try:
            for scenario in SCENARIO_ROWS:
                if self.wants(scenario):
                    getattr(self, scenario)()
        finally:
            self.close_servers()
            if self.busy_process:
                self.busy_process.close()


def parse(arguments):
    rest = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, rest = arguments[:at], arguments[at + 1:]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = lambda text: [name for name in text.split(",") if name and name != "none"]  # noqa: E731
    parser.add_argument("--sightline", default=str(HERE.parent / "build" / "sightline"))
    parser.add_argument("--engine", help="bench_engine [tests/bench_engine next to BINARY]")
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "sightline-bench"))
    parser.add_argument("--python", default=sys.executable, help="Python interpreter with the packages of the peers")
    parser.add_argument("--model", default="b32", choices=["b32", "b16", "l14", "siglip-b16"])
    parser.add_argument("--threads", type=int, default=min(2, len(os.sched_getaffinity(0))))
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and items")
    parser.add_argument("--rows", type=names, default=[], help="rows whose names begin with NAME: start,fresh,image,...")
    parser.add_argument("--peers", type=names, default=None, help=", ".join(bench_peers.PACKAGES))
    parser.add_argument("--json", help="write all values to this file")
    options = parser.parse_args(arguments)
    options.arguments = rest
    options.engine = options.engine or str(pathlib.Path(options.sightline).parent / "tests" / "bench_engine")
    beginnings = [name for names in SCENARIO_ROWS.values() for name in names]
    for name in options.rows:
        if name.split("-")[0] not in beginnings:
            parser.error(f"unknown row '{name}': {', '.join(beginnings)}")
    for name in options.peers or ():
        if name not in bench_peers.PACKAGES:
            parser.error(f"unknown peer '{name}': {', '.join(bench_peers.PACKAGES)}")
    if not os.access(options.sightline, os.X_OK):
        parser.error(f"{options.sightline} does not exist; build it, or use --sightline")
    return options


def main():
    options = parse(sys.argv[1:])
    started = time.monotonic()
    bench = Bench(options)
    for title, facts in (("machine", bench.machine), ("peaks", bench.peaks), ("versions", bench.versions)):
        print(f"{title}: " + ", ".join(f"{key} {value}" for key, value in facts.items()))
    try:
        bench.run()
    except KeyboardInterrupt:
        sys.exit("bench: interrupted; the report has the rows that were shown")
    bench.save()
    print(f"bench: {time.monotonic() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
