#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench_engine answers every task with a time, and ends with an error for anything else.

Usage: engine_test.py --engine BINARY [--sightline BINARY] [unittest options]
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = ROOT / "data" / "golden" / "model" / "nano_quick_gelu"
sys.dont_write_bytecode = True
from test_options import ENGINE  # noqa: E402


class EngineTest(unittest.TestCase):
    def ask(self, *requests):
        return subprocess.run([ENGINE, MODEL, "2"], input="".join(f"{request}\n" for request in requests),
                              capture_output=True, text=True, timeout=60)

    def list_of(self, *items):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "with space.txt"
        path.write_text("".join(f"{item}\n" for item in items))
        return path

    def test_every_task_has_a_time(self):
        images = self.list_of(ROOT / "data" / "images" / "dog.jpg")
        done = self.ask("image 2", f"captions {self.list_of('a dog', 'a cat')}", f"pixels {images}", f"decode {images}")
        self.assertEqual(done.returncode, 0, done.stderr)
        ready, *times = done.stdout.splitlines()
        self.assertEqual(ready, "ready")
        self.assertEqual(len(times), 4)
        self.assertTrue(all(0 < float(time) < 60 for time in times), times)

    def test_errors(self):
        for request in ("sleep 1", f"pixels {self.list_of('/nonexistent.jpg')}", "captions /nonexistent.txt"):
            done = self.ask(request)
            self.assertEqual(done.returncode, 1, request)
            self.assertIn("bench_engine: ", done.stderr)


if __name__ == "__main__":
    unittest.main()
