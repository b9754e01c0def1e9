#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes data/report.png, the screenshot at the top of README.md: a report on the sample images with the demo model, in
headless Chromium (packages chromium and chromium-driver).

Usage: make_screenshot.py [--binary build/sightline] [--output data/report.png]
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from support.webdriver import Browser, missing  # noqa: E402

IMAGES = ("dog.jpg", "cat.png", "pizza.jpg", "penguin.jpg")
WIDTH, HEIGHT = 1100, 620
DATE = "1767225600"  # 2026-01-01


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build" / "sightline")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "data" / "report.png")
    options = parser.parse_args()
    if tool := missing():
        sys.exit(f"{tool} is missing")
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "report.html"
        environment = os.environ | {"SOURCE_DATE_EPOCH": DATE}
        environment.pop("SIGHTLINE_MODEL", None)
        images = [f"data/images/{name}" for name in IMAGES]
        subprocess.run([str(options.binary.resolve()), "score", *images, "--labels", "dog,cat,pizza,penguin", "-q", "-o",
                        str(page)], cwd=ROOT, env=environment, check=True)
        with Browser(WIDTH, HEIGHT) as browser:
            browser.resize(WIDTH, HEIGHT)
            browser.open(page)
            browser.screenshot(options.output)
    print(f"{options.output}: {options.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
