#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures sightline and other programs in the same minutes on the same machine.

Usage: scripts/bench.py [--sightline BINARY] [--quick] [--only NAME,...] [--peers NAME,...|none] [--json FILE]
                        [--work DIR] [--threads N] [--rounds N] [--model b32|b16|l14] [--python PYTHON] [-- ARGS]

The programs take turns (A B C A B C ...). A figure is the median over the rounds, and a ratio is the median of the
ratios of single rounds. "Per item" times of sightline come from two whole runs, one with more items:
(long - short) / more items, so that startup and loading do not count. The peers run in a process that has loaded the
model. Weights are random. Peers (transformers, onnxruntime, openvino, pillow) run under --python if their packages are
installed. ARGS after -- are passed to every sightline run, for example: -- --backend openblas
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import bench_data

HERE = pathlib.Path(__file__).resolve().parent
ENGINES = ("transformers", "onnxruntime", "openvino")


class Run:
    """One process from start to end: seconds, seconds to the first byte of output, peak memory."""

    def __init__(self, command):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        process.stdout.read(1)
        self.first_byte = time.perf_counter() - started
        process.stdout.read()
        errors = process.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds = time.perf_counter() - started
        self.peak_mib = usage.ru_maxrss / 1024
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        process.stderr.close()
        if process.returncode != 0:
            shown = " ".join(map(str, command))[:200]
            sys.exit(f"bench: {shown}: exit {process.returncode}: {errors.strip()[-600:]}")


class Peer:
    """Another program, connected by a pipe; it loads the model at the first request."""

    def __init__(self, name, options, model):
        self.command = [options.python, HERE / "bench_peers.py", name]
        self.name, self.model, self.threads = name, model, str(options.threads)
        self.process = None

    def ask(self, **request):
        if self.process is None:
            self.process = subprocess.Popen([*self.command, "serve", self.model, self.threads], text=True,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._answer()
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._answer()["seconds"]

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"bench: {self.name} ended early")
        return json.loads(line)

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()


class Bench:
    def __init__(self, options):
        self.options = options
        self.rounds = options.rounds or (3 if options.quick else 7)
        self.results = []
        self.work = pathlib.Path(options.work)
        self.work.mkdir(parents=True, exist_ok=True)
        self.model = bench_data.make_model(self.work, options.model)
        self.versions = {}
        self.peers = {name: Peer(name, options, self.model) for name in self._available()}

    def _available(self):
        names = (*ENGINES, "pillow") if self.options.peers is None else self.options.peers
        for name in names:
            done = subprocess.run([self.options.python, HERE / "bench_peers.py", name, "check"], capture_output=True,
                                  text=True)
            if done.returncode != 0:
                print(f"bench: {name} is skipped, it cannot run under {self.options.python}", file=sys.stderr)
                continue
            self.versions.update(json.loads(done.stdout.splitlines()[-1]))
            if name in ("onnxruntime", "openvino"):
                export = [self.options.python, HERE / "bench_peers.py", name, "export", self.model]
                if subprocess.run(export, stdout=sys.stderr).returncode != 0:
                    print(f"bench: {name} is skipped, torch could not export ONNX", file=sys.stderr)
                    continue
            yield name

    def sightline(self, command, *arguments, model=None, threads=None):
        return [self.options.sightline, command, *arguments, "--model", model or self.model, "--threads",
                str(threads or self.options.threads), "--quiet", *self.options.arguments]

    def compare(self, name, unit, contenders, note=""):
        """contenders: {label: function that returns a number}; the first is sightline."""
        if self.options.only and not any(name.startswith(wanted) for wanted in self.options.only):
            return
        values = {label: [] for label in contenders}
        for function in contenders.values():
            function()
        for _ in range(self.rounds):
            for label, function in contenders.items():
                time.sleep(0.1)
                values[label].append(function())
        first = next(iter(values))
        entry = {"scenario": name, "unit": unit, "note": note, "values": values,
                 "median": {label: statistics.median(v) for label, v in values.items()},
                 "ratio": {label: statistics.median(b / a for a, b in zip(values[first], v))
                           for label, v in values.items() if label != first and min(values[first]) > 0}}
        self.results.append(entry)
        print(row(entry), flush=True)

    def per_item(self, make_command, few, many):
        """Milliseconds for one more item."""
        def measure():
            short, long = Run(make_command(few)).seconds, Run(make_command(many)).seconds
            return max(1e-6, (long - short) / (many - few) * 1e3)
        return measure

    def engines(self, per=1, scale=1e3, **request):
        return {name: (lambda peer=peer: peer.ask(**request) / per * scale)
                for name, peer in self.peers.items() if name != "pillow"}

    # ------------------------------------------------------------ scenarios

    def start(self):
        binary = self.options.sightline
        self.compare("start: --version", "ms", {"sightline": lambda: Run([binary, "--version"]).seconds * 1e3})
        self.compare("start: info", "ms", {"sightline": lambda: Run(
            [binary, "info", self.model]).seconds * 1e3})
        first = self.sightline("embed-text", "a dog")
        self.compare("start: embed-text, first byte", "ms", {"sightline": lambda: Run(first).first_byte * 1e3})

    def score(self):
        image_path = sorted(bench_data.make_images(self.work, self.options.python, 640, 480, 8, 8).glob("*.jpg"))[0]
        captions = [argument for caption in bench_data.CAPTIONS for argument in ("-c", caption)]
        contenders = {"sightline": self.sightline("score", image_path, *captions)}
        for name, peer in self.peers.items():
            if name != "pillow":
                contenders[name] = [*peer.command, "score", self.model, peer.threads, image_path, *bench_data.CAPTIONS]
        rounds, self.rounds = self.rounds, min(self.rounds, 3)
        self.compare("score: fresh process, 1 image 640x480, 10 captions", "ms",
                     {name: (lambda command=command: Run(command).seconds * 1e3)
                      for name, command in contenders.items()}, "warm page cache")
        self.rounds = 1
        self.compare("score: its peak memory", "MiB", {name: (lambda command=command: Run(command).peak_mib)
                                                      for name, command in contenders.items()}, "mapped files included")
        self.rounds = rounds

    def lines(self, name, items):
        """A file in the work folder with one item per line."""
        file = self.work / name
        file.write_text("".join(f"{item}\n" for item in items), encoding="utf-8")
        return file

    def image_command(self, paths, batch=None, **more):
        out = self.work / "out.npy"
        size = ["--batch-size", str(batch)] if batch else []
        names = self.lines(f"images-{len(paths)}.txt", paths)
        return self.sightline("embed-image", "--files-from", names, "--output", out, "--force", *size, **more)

    def images(self):
        count = 16 if self.options.quick else 48
        small = sorted(bench_data.make_images(self.work, self.options.python, 224, 224, 8, count).glob("*.jpg"))
        for batch in (1, 8):
            self.compare(f"image tower, batch {batch}", "ms/image", {
                "sightline": self.per_item(lambda n, b=batch: self.image_command(small[:n], b), 8, count),
                **self.engines(per=batch, task="image", batch=batch)},
                "sightline: one more file of 224x224, including decoding; peers: the tower alone")
        count = 24 if self.options.quick else 96
        paths = sorted(bench_data.make_images(self.work, self.options.python, 640, 480, 8, count).glob("*.jpg"))
        self.compare("folder of 640x480 JPEGs", "ms/image", {
            "sightline": self.per_item(lambda n: self.image_command(paths[:n]), 8, count),
            **self.engines(per=len(paths) // 2, task="folder", batch=8,
                           paths=list(map(str, paths[:len(paths) // 2])))}, "decode, resize, encode")
        self.compare("folder of 640x480 JPEGs: peak memory", "MiB",
                     {"sightline": lambda: Run(self.image_command(paths)).peak_mib})

    def captions(self):
        ten = self.sightline("embed-text", "--captions", self.lines("captions.txt", bench_data.CAPTIONS))
        self.compare("10 captions", "ms", {"sightline": lambda: Run(ten).seconds * 1e3,
                                           **self.engines(task="captions", texts=bench_data.CAPTIONS, batch=10)},
                     "sightline: the whole process; peers: warm")
        count = 400 if self.options.quick else 4000
        file = bench_data.make_prompts(self.work, count)
        texts = file.read_text(encoding="utf-8").splitlines()
        few = self.lines("prompts-few.txt", texts[:40])
        out = self.work / "out.npy"

        def command(n):
            return self.sightline("embed-text", "--captions", few if n == 40 else file, "--output", out, "--force")

        part = texts[:80 if self.options.quick else 320]
        self.compare("prompts, sorted by length, batches of 32", "ms/prompt", {
            "sightline": self.per_item(command, 40, len(texts)),
            **self.engines(per=len(part), task="captions", texts=part, batch=32, sorted=True)},
            f"sightline: {len(texts)} prompts")
        part = texts[:32 if self.options.quick else 64]
        self.compare("prompts, padded to 77", "ms/prompt", {
            "sightline": self.per_item(command, 40, len(texts)),
            **self.engines(per=len(part), task="captions", texts=part, batch=32, pad_to=77)},
            f"sightline: {len(texts)} prompts")

    def pixels(self):
        model = bench_data.make_model(self.work, "pixels")
        for width, height, distinct, count in ((640, 480, 8, 96 if self.options.quick else 400), (4032, 3024, 2, 10)):
            folder = bench_data.make_images(self.work, self.options.python, width, height, distinct, count)
            paths = sorted(folder.glob("*.jpg"))
            contenders = {"sightline": self.per_item(
                lambda n, paths=paths: self.image_command(paths[:n], model=model, threads=1), 2, count)}
            if "pillow" in self.peers:
                part = list(map(str, paths[:max(2, count // 4)]))
                contenders["pillow"] = lambda part=part: self.peers["pillow"].ask(
                    task="pixels", paths=part) / len(part) * 1e3
            self.compare(f"file to pixels, {width}x{height}, 1 thread", "ms/image", contenders)

    def search(self):
        rows, few = 1_000_000, 1000
        for size, dtype in ((2, "f16"), (4, "f32")):
            arrays = {count: bench_data.make_rows(self.work, count, 512, dtype) for count in (few, rows)}
            for count in (1, 10):
                captions = [argument for caption in bench_data.CAPTIONS[:count] for argument in ("-c", caption)]

                def search(arrays=arrays, captions=captions):
                    long, short = (Run(self.sightline("score", "--image-embeddings", arrays[n], "--by", "caption",
                                                      "--top", "10", "--format", "text", *captions)).seconds
                                   for n in (rows, few))
                    return max(1e-6, (long - short) * 1e3)
                self.compare(f"search: {rows:,} x 512 {dtype}, {count} caption{'s' * (count > 1)}", "ms", {
                    "sightline": search,
                    "memory": lambda array=arrays[rows]: bench_data.read_seconds(array, self.options.threads) * 1e3},
                    f"memory: reading the {rows * 512 * size / 1e9:.2g} GB of the mapped file")

    def run(self):
        for scenario in (self.start, self.score, self.images, self.captions, self.pixels, self.search):
            scenario()
        for peer in self.peers.values():
            peer.close()


def row(entry):
    figures = []
    for label, value in entry["median"].items():
        ratio = f" ({entry['ratio'][label]:.2f}x)" if label in entry["ratio"] else ""
        figures.append(f"{label} {value:.4g}{ratio}")
    return f"| {entry['scenario']} | {entry['unit']} | {' | '.join(figures)} | {entry['note']} |"


def machine(options):
    text = pathlib.Path("/proc/cpuinfo").read_text() if os.path.exists("/proc/cpuinfo") else ""
    model = next((line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")), "")
    flags = next((line.split(":", 1)[1].split() for line in text.splitlines() if line.startswith("flags")), [])
    version = subprocess.run([options.sightline, "--version"], capture_output=True, text=True).stdout.strip()
    return {"cpu": model or platform.processor(), "cores": len(os.sched_getaffinity(0)), "threads": options.threads,
            "instructions": [f for f in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile") if f in flags],
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
            "system": f"{platform.system()} {platform.release()}", "load_before": os.getloadavg()[0],
            "sightline": version, "arguments": options.arguments, "model": options.model,
            "date": time.strftime("%Y-%m-%d")}


def parse(arguments):
    rest = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, rest = arguments[:at], arguments[at + 1:]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = lambda text: [name for name in text.split(",") if name and name != "none"]  # noqa: E731
    parser.add_argument("--sightline", default=str(HERE.parent / "build" / "sightline"))
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "sightline-bench"))
    parser.add_argument("--python", default=sys.executable, help="Python interpreter with the packages of the peers")
    parser.add_argument("--model", default="b32", choices=[name for name in bench_data.SHAPES if name != "pixels"])
    parser.add_argument("--threads", type=int, default=min(2, len(os.sched_getaffinity(0))))
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and items")
    parser.add_argument("--only", type=names, default=[], help="scenarios whose names start with: start,score,image,...")
    parser.add_argument("--peers", type=names, default=None)
    parser.add_argument("--json", help="write all values to this file")
    options = parser.parse_args(arguments)
    options.arguments = rest
    if not os.access(options.sightline, os.X_OK):
        parser.error(f"{options.sightline} does not exist; build it, or use --sightline")
    return options


def main():
    options = parse(sys.argv[1:])
    facts = machine(options)
    print(", ".join(f"{key}: {value}" for key, value in facts.items()))
    bench = Bench(options)
    if bench.versions:
        print("versions: " + ", ".join(f"{key} {value}" for key, value in sorted(bench.versions.items())))
    bench.run()
    if options.json:
        report = {"machine": facts, "versions": bench.versions, "rounds": bench.rounds, "results": bench.results}
        pathlib.Path(options.json).write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
