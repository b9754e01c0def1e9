#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The figures of scripts/bench.py: selection of rows, medians, ratios, floors. Nothing is measured.

Usage: results_test.py [--sightline BINARY --engine BINARY] [unittest options]
"""
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
sys.dont_write_bytecode = True
import bench_data  # noqa: E402
import bench_floor  # noqa: E402
import bench_results  # noqa: E402
import test_options  # noqa: E402,F401: takes the options that unittest does not know

B32 = bench_data.SHAPES["b32"]
PEAKS = {"f32_all": 200.0, "bf16_all": 400.0, "memory_all": 40.0}


class RowsTest(unittest.TestCase):
    def test_selection_is_by_whole_words(self):
        self.assertTrue(bench_results.selected("image-f32", []))
        self.assertTrue(bench_results.selected("image-f32", ["image"]))
        self.assertTrue(bench_results.selected("image-f32", ["start", "image-f32"]))
        self.assertFalse(bench_results.selected("image-f32", ["image-f3", "im"]))

    def test_ratio_is_the_median_of_rounds(self):
        row = bench_results.make_row("r", "t", "ms", {"sightline": [1, 2, 4], "openvino": [3, 4, 20]})
        self.assertEqual(row["median"], {"sightline": 2, "openvino": 4})
        self.assertEqual(row["ratio"], {"openvino": 3})

    def test_spread_is_the_quartiles_and_shown_where_it_is_wide(self):
        row = bench_results.make_row("r", "t", "ms", {"sightline": [13, 13, 13, 19, 20], "openvino": [16] * 5})
        self.assertEqual(row["spread"], {"sightline": [13, 19], "openvino": [16, 16]})
        self.assertIn("sightline 13 [13 to 19] ms, openvino 16 (", bench_results.line(row))
        self.assertEqual(bench_results.make_row("r", "t", "ms", {"sightline": [3]})["spread"], {"sightline": [3, 3]})

    def test_fraction_of_the_floor(self):
        floor = {"ms": 15.0, "parts": {"arithmetic": 10.0, "memory": 2.0}, "constants": {"start": 5.0}}
        row = bench_results.make_row("r", "t", "ms", {"sightline": [20.0]}, floor=floor)
        self.assertEqual(row["fraction"], 0.75)
        self.assertIn("floor 15 (75 %)", bench_results.line(row))

    def test_numbers(self):
        self.assertEqual([bench_results.shown(x) for x in (4543.2, 99.96, 3.0, 0.7512)], ["4543", "100", "3", "0.751"])
        self.assertEqual([bench_results.factor(x) for x in (31.2, 11.74, 1.504)], ["31x", "11.7x", "1.50x"])


class FloorTest(unittest.TestCase):
    def test_image_without_the_last_block(self):
        """ViT-B/32: 8.82e9 operations in full (24 T w^2 + 4 T^2 w per block), 8.23e9 with a pruned last block."""
        self.assertAlmostEqual(bench_floor.image_work(B32, "f32").operations / 1e9, 8.23, places=2)
        self.assertAlmostEqual(bench_floor.image_work(B32, "f32", 8).operations / 8e9, 8.23, places=2)

    def test_bytes_are_those_of_the_matrices(self):
        matrices = 0
        for name, sizes in bench_data._tensors(B32, 49408):
            if name.startswith(("vision_model", "visual_projection")) and len(sizes) > 1 and "position" not in name:
                count = 1
                for size in sizes:
                    count *= size
                matrices += count
        for precision, size in (("f32", 4), ("f16", 2), ("bf16", 2), ("int8", 1)):
            self.assertEqual(bench_floor.image_work(B32, precision).bytes, matrices * size)

    def test_texts_share_prefixes(self):
        shared = bench_floor.text_work(B32, "f32", 10, 25, 70)
        alone = bench_floor.text_work(B32, "f32", 10, 70, 70)
        self.assertEqual(shared.bytes, alone.bytes)
        self.assertLess(shared.operations, 0.4 * alone.operations)

    def test_the_slower_part_counts(self):
        arithmetic = bench_floor.floor(bench_floor.Work(2e9, 4e6), "f32", PEAKS, {"start": 1.0})
        self.assertAlmostEqual(arithmetic["ms"], 11.0)
        memory = bench_floor.floor(bench_floor.Work(2e6, 4e9), "f32", PEAKS)
        self.assertAlmostEqual(memory["ms"], 100.0)
        disk = bench_floor.floor(bench_floor.Work(2e6, 4e9), "f32", PEAKS, disk=2.0)
        self.assertAlmostEqual(disk["ms"], 2000.0)

    def test_peaks_of_formats(self):
        work = bench_floor.Work(4e9, 0)
        self.assertAlmostEqual(bench_floor.floor(work, "f16", PEAKS)["ms"], 20.0)
        self.assertAlmostEqual(bench_floor.floor(work, "bf16", PEAKS)["ms"], 10.0)
        self.assertAlmostEqual(bench_floor.floor(work, "int8", PEAKS)["ms"], 20.0)  # no instruction of its own
        self.assertIsNone(bench_floor.floor(work, "f32", {}))

    def test_neighbour(self):
        self.assertAlmostEqual(bench_floor.neighbour_share(2, 2), 2 / 3)
        self.assertEqual(bench_floor.neighbour_share(4, 2), 1.0)


class ArgumentsTest(unittest.TestCase):
    def run_bench(self, *arguments):
        return subprocess.run([sys.executable, ROOT / "scripts" / "bench.py", *arguments], capture_output=True, text=True)

    def test_unknown_names_are_errors(self):
        for option in (("--peers", "openvinos"), ("--rows", "imagine"), ("--sightline", "/nonexistent")):
            done = self.run_bench("--sightline", sys.executable, *option)
            self.assertEqual(done.returncode, 2, option)
            self.assertIn(option[1], done.stderr)


if __name__ == "__main__":
    unittest.main()
