#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What scripts/bench.py measures with loads and runs: a model it makes by itself, and prompts.

Usage: data_test.py --sightline BINARY [--engine BINARY] [unittest options]
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
sys.dont_write_bytecode = True
import bench_data  # noqa: E402
from test_options import SIGHTLINE  # noqa: E402


class BenchDataTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_sightline(self, *arguments):
        done = subprocess.run([SIGHTLINE, *map(str, arguments)], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_model_is_complete_and_runs(self):
        model = bench_data.make_model(self.folder, "search")
        self.assertIn("image_encoder", self.run_sightline("info", model))
        out = self.folder / "out.npy"
        self.run_sightline("embed-image", ROOT / "data" / "images" / "dog.jpg", "--model", model, "--output", out,
                           "--quiet")
        header, values = out.read_bytes()[:128], out.read_bytes()[128:]
        self.assertIn(b"(1, 512)", header)
        self.assertEqual(len(values), 512 * 4)
        self.assertNotEqual(values, bytes(512 * 4))

    def test_model_is_made_once(self):
        model = bench_data.make_model(self.folder, "search")
        before = (model / "model.safetensors").stat().st_mtime_ns
        self.assertEqual((bench_data.make_model(self.folder, "search") / "model.safetensors").stat().st_mtime_ns, before)

    def test_prompts(self):
        lines = bench_data.make_prompts(self.folder, 300).read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(lines), 300)
        self.assertEqual(len(set(lines)), 300)
        self.assertFalse(any("{}" in line for line in lines))

    def test_parameters_of_the_published_shape(self):
        total = 0
        for _, sizes in bench_data._tensors(bench_data.SHAPES["b32"], 49408):
            count = 1
            for size in sizes:
                count *= size
            total += count
        self.assertEqual(total, 151_277_313)


if __name__ == "__main__":
    unittest.main()
