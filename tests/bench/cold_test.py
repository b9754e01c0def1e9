#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The cold rows of scripts/bench.py: files are dropped from the page cache, or the row is not measured.

Usage: cold_test.py [--sightline BINARY --engine BINARY] [unittest options]
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
sys.dont_write_bytecode = True
import bench_machine  # noqa: E402
import bench_rows  # noqa: E402
import test_options  # noqa: E402,F401: takes the options that unittest does not know
from bench_processes import Failure  # noqa: E402

MAPPER = """import mmap, sys
with open(sys.argv[1], "rb") as file:
    pages = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
sum(pages[::mmap.PAGESIZE])
print("mapped", flush=True)
sys.stdin.read()
"""


class Server:
    def __init__(self):
        self.open = True

    def close(self):
        self.open = False


class Bench(bench_rows.Rows):
    """The part of Bench that the cold rows use. Nothing is measured; one run is prepared."""
    disk, rounds = 1.0, 1

    def __init__(self, file):
        self.file, self.server, self.constants, self.failures = file, Server(), [], []

    def constant(self, name):
        self.constants.append((name, self.server.open))

    def close_servers(self):
        self.server.close()

    def score_runs(self, prepare=None):
        def run():
            with prepare([self.file]):
                self.share = bench_machine.resident(self.file)
        return {"folder": run}

    def score_rows(self, name, title, runs, **more):
        return [(name, title, runs, {})]

    def compare(self, rows, **more):
        self.open = self.server.open
        try:
            rows[0][2]["folder"]()
        except Failure as failure:
            self.failures.append(str(failure))


class ColdTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=pathlib.Path.cwd())  # /tmp may be in memory
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "weights"
        self.file.write_bytes(bytes(range(256)) * 16384)
        try:
            bench_machine.evict(self.file)
        except bench_machine.StillCached as kept:
            self.skipTest(str(kept))
        self.file.read_bytes()

    def mapped(self):
        """Another process that has mapped the file."""
        process = subprocess.Popen([sys.executable, "-S", "-c", MAPPER, self.file], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.assertEqual(process.stdout.readline(), b"mapped\n")

    def test_evicted_file_is_not_resident(self):
        self.assertEqual(bench_machine.resident(self.file), 1)
        bench_machine.evict(self.file)
        self.assertLessEqual(bench_machine.resident(self.file), bench_machine.MAX_RESIDENT)

    def test_file_that_a_process_has_mapped_stays(self):
        self.mapped()
        with self.assertRaisesRegex(bench_machine.StillCached, "100% of weights stayed in the page cache"):
            bench_machine.evict(self.file)

    def test_servers_are_closed_before_the_rows(self):
        bench = Bench(self.file)
        bench.cold()
        self.assertEqual(bench.constants, [("start", True), ("decode", True)])
        self.assertFalse(bench.open)
        self.assertEqual(bench.failures, [])
        self.assertLessEqual(bench.share, bench_machine.MAX_RESIDENT)

    def test_row_is_not_measured_while_the_file_stays(self):
        self.mapped()
        bench = Bench(self.file)
        bench.cold()
        self.assertEqual(bench.failures, ["100% of weights stayed in the page cache"])
        self.assertFalse(hasattr(bench, "share"))


if __name__ == "__main__":
    unittest.main()
