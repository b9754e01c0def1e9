#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A folder of many files of every image format, a tenth of them broken: exact counts, exit 3, flat memory.

The good files are the sample images of the golden tests; the broken ones are the same files cut short, kept only
where the program refuses them on their own. Every good row must have the bits it has in a run of its own, and the
peak memory may exceed that of a folder of JPEGs alone by at most 64 MB.

Usage: mixed_folder.py --binary PATH [--files N]
"""
import argparse
import collections
import json
import os
import pathlib
import struct
import sys
import tempfile

DATA = pathlib.Path(__file__).resolve().parent.parent.parent / "data"
MODEL = DATA / "golden" / "model" / "nano_quick_gelu"
ENDINGS = (".jpg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic")


def embed(binary, folder, output):
    """(exit status, peak MiB) of one run."""
    child = os.posix_spawnp(str(binary), [str(binary), "embed-image", str(folder), "-o", str(output), "-q", "-m",
                                          str(MODEL), "--report", f"{output}.report"], os.environ,
                            file_actions=[(os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss / 1024


def rows_of(path):
    """Bytes of each row of a float32 .npy file."""
    data = path.read_bytes()
    header = struct.unpack_from("<H", data, 8)[0]
    shape = data[10:10 + header].decode().split("(")[1].split(")")[0].split(",")
    rows, width = int(shape[0]), int(shape[1]) * 4
    body = data[10 + header:]
    return [body[i * width:(i + 1) * width] for i in range(rows)]


def statuses(output):
    lines = [json.loads(line) for line in pathlib.Path(f"{output}.report").read_text().splitlines()]
    return lines[:-1], lines[-1]["summary"]


def distinct_files(folder):
    """Good and broken files, one each of every sample."""
    samples = [p for p in sorted((DATA / "golden").glob("image*/files/*")) if p.suffix in ENDINGS]
    for number, sample in enumerate(samples):
        content = sample.read_bytes()
        (folder / f"{number:04}-good{sample.suffix}").write_bytes(content)
        (folder / f"{number:04}-broken{sample.suffix}").write_bytes(content[:len(content) * 2 // 5])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--files", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sightline-mixed-") as name:
        work = pathlib.Path(name)
        single, mixed, plain = work / "single", work / "mixed", work / "plain"
        for folder in (single, mixed, plain):
            folder.mkdir()
        distinct_files(single)
        embed(options.binary, single, work / "single.npy")
        alone, _ = statuses(work / "single.npy")
        bits = rows_of(work / "single.npy")
        good = [(entry, row) for entry, row in zip(alone, bits) if entry["status"] == "ok" and "-good" in entry["path"]]
        broken = [entry for entry in alone if entry["status"] == "skipped" and "-broken" in entry["path"]]
        jpegs = [entry["path"] for entry, _ in good if entry["path"].endswith(".jpg")]
        expected, classes = [], collections.Counter()
        for number in range(options.files):
            if number % 10 == 7:
                entry, row = broken[number // 10 % len(broken)], None
                classes[entry["class"]] += 1
            else:
                entry, row = good[number % len(good)]
            path = pathlib.Path(entry["path"])
            os.link(path, mixed / f"{number:06}{path.suffix}")
            os.link(jpegs[number % len(jpegs)], plain / f"{number:06}.jpg")
            expected.append(row)
        status, peak = embed(options.binary, mixed, work / "mixed.npy")
        _, plain_peak = embed(options.binary, plain, work / "plain.npy")
        entries, summary = statuses(work / "mixed.npy")
        rows = rows_of(work / "mixed.npy")
        problems = []
        if status != 3:
            problems.append(f"exit {status}, expected 3")
        if summary["inputs"] != options.files or summary["skipped"] != sum(classes.values()):
            problems.append(f"summary {summary}, expected {options.files} inputs, {sum(classes.values())} skipped")
        seen = collections.Counter(entry["class"] for entry in entries if entry["status"] == "skipped")
        if seen != classes:
            problems.append(f"classes {seen}, expected {classes}")
        zero = bytes(len(rows[0]))
        wrong = sum(row != (want or zero) for row, want in zip(rows, expected))
        if len(rows) != options.files or wrong:
            problems.append(f"{wrong} of {len(rows)} rows are not those of the same file alone")
        if peak > plain_peak + 64:
            problems.append(f"peak {peak:.0f} MiB, {plain_peak:.0f} MiB with JPEGs alone")
        endings = sorted({pathlib.Path(entry["path"]).suffix for entry, _ in good})
        print(f"mixed folder: {options.files} files of {len(good)} good and {len(broken)} broken samples "
              f"({' '.join(endings)}), {summary['skipped']} skipped, exit {status}, "
              f"peak {peak:.0f} MiB (JPEGs alone {plain_peak:.0f} MiB)", *problems, sep="\n")
        return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
