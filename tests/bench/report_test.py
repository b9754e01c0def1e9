#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/bench_report.py: the tables and the chart that it makes from a report.

Usage: report_test.py [--sightline BINARY --engine BINARY] [unittest options]
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
sys.dont_write_bytecode = True
import bench  # noqa: E402
import bench_report  # noqa: E402
import bench_results  # noqa: E402
import test_options  # noqa: E402,F401: takes the options that unittest does not know

FLOOR = {"ms": 40.0, "parts": {"arithmetic": 38.0}, "constants": {"start": 2.0}}
REPORT = {
    "format": 1, "model": "b32", "rounds": 3, "versions": {"sightline": "1.2.3"}, "arguments": [], "constants": {},
    "machine": {"cpu": "CPU & Co", "cores": 2, "threads": 2, "instructions": ["avx2"], "memory_gib": 24,
                "system": "Linux", "date": "2026-01-01", "peaks": {"f32_all": 200.0, "memory_all": 35.0}},
    "rows": [bench_results.make_row("fresh-folder", "a fresh process", "ms",
                                    {"sightline": [80.0], "openvino": [1200.0], "transformers": [4500.0]},
                                    precision="f32", floor=FLOOR),
             bench_results.make_row("image-f32", "one image", "ms", {"sightline": [40.0], "onnxruntime": [50.0]})],
    "skipped": [{"name": "packed int8", "reason": "not supported"}]}
PAGE = "before\n<!-- bench: {} -->\nold\n<!-- bench: end -->\nafter\n"


class ReportTest(unittest.TestCase):
    def test_readme(self):
        text = bench_report.filled(PAGE.format("readme"), REPORT)
        self.assertTrue(text.startswith("before\n<!-- bench: readme -->\n"))
        self.assertTrue(text.endswith("\n<!-- bench: end -->\nafter\n"))
        self.assertNotIn("\nold\n", text)
        self.assertIn("| 80 ms | 56x |  | 15.0x |", text)
        self.assertIn("| 40 ms |  | 1.25x |  |", text)

    def test_summary(self):
        text = bench_report.filled(PAGE.format("summary"), REPORT)
        self.assertIn("| `fresh-folder` | a fresh process | 80 ms | 40 (50 %) | OpenVINO 1200 (15.0x), "
                      "transformers 4500 (56x) |", text)
        self.assertIn("Not measured in this run: packed int8.", text)

    def test_a_second_time_changes_nothing(self):
        once = bench_report.filled(PAGE.format("summary"), REPORT)
        self.assertEqual(bench_report.filled(once, REPORT), once)

    def test_chart_has_a_bar_per_program(self):
        tree = ElementTree.fromstring(bench_report.chart(REPORT))
        bars = [e for e in tree.iter("{http://www.w3.org/2000/svg}rect") if e.get("class") in ("own", "other")]
        self.assertEqual(len(bars), 5)
        lengths = [float(bar.get("width")) for bar in bars]
        self.assertAlmostEqual(lengths[1] / lengths[2], 1200 / 4500, delta=0.01)
        self.assertIn("CPU & Co", tree.get("aria-label"))
        self.assertIn("prefers-color-scheme: dark", bench_report.chart(REPORT))

    def test_script_writes_the_documents(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "docs").mkdir()
            (folder / "README.md").write_text(PAGE.format("readme"))
            (folder / "docs" / "performance.md").write_text(PAGE.format("summary"))
            (folder / "report.json").write_text(json.dumps(REPORT))
            script = [sys.executable, ROOT / "scripts" / "bench_report.py", "--docs", folder, folder / "report.json"]
            subprocess.run(script, check=True)
            self.assertIn("15.0x", (folder / "README.md").read_text())
            self.assertTrue((folder / "docs" / "performance.svg").read_text().startswith("<svg"))
            (folder / "README.md").write_text("no marks\n")
            done = subprocess.run(script, capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("README.md", done.stderr)

    def test_documents_have_the_blocks(self):
        for page, block in (("README.md", "readme"), ("docs/performance.md", "summary")):
            names = [found[2] for found in bench_report.MARK.finditer((ROOT / page).read_text(encoding="utf-8"))]
            self.assertEqual(names, [block], page)

    def test_rows_that_are_shown_exist(self):
        known = {name for names in bench.SCENARIO_ROWS.values() for name in names}
        for name in {*bench_report.CHART, *bench_report.README}:
            self.assertIn(name.split("-")[0], known)


if __name__ == "__main__":
    unittest.main()
