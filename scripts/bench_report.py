#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the figures of scripts/bench.py into the documents.

Usage: scripts/bench_report.py bench.json [--docs FOLDER]

Draws docs/performance.svg, and replaces what README.md and docs/performance.md have between the lines
<!-- bench: NAME --> and <!-- bench: end -->. FOLDER is the root of the repository that is written [this one].
"""
import argparse
import json
import pathlib
import re
import sys

import bench_svg
from bench_results import OWN, factor, shown

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ("transformers", "onnxruntime", "openvino")
# rows of the chart and of README.md, with their titles there
CHART = {"fresh-folder": "fresh process: 1 JPEG, 10 captions", "fresh-packed-bf16": "the same, packed, bfloat16",
         "image-f32": "loaded model: one image", "batch-f32": "loaded model: batch of 8, per image",
         "captions-10-f32": "loaded model: 10 short captions", "prompts-f32": "loaded model: prompts, each",
         "folder-f32": "folder of 640x480 JPEGs, per image", "pixels-jpeg": "JPEG of 640x480 to pixels",
         "search-f32-1": "search in 1 million rows, float32"}
README = {"fresh-folder": "**cold**: a fresh process, one JPEG and ten captions",
          "fresh-packed-f32": "**cold**: the same from a packed model",
          "image-f32": "**warm**: one image", "batch-f32": "**warm**: batch of 8, per image",
          "captions-10-f32": "**warm**: ten short captions",
          "prompts-f32": "**warm**: prompts sorted by length, per prompt",
          "prompts-77": "**warm**: prompts padded to 77 tokens, per prompt",
          "folder-f32": "**warm**: a folder of JPEGs of 640x480, per image"}
KINDS = (("Fresh processes", ("start", "fresh", "busy", "cold")), ("A loaded model", ("image", "batch", "captions",
         "prompts")), ("Files and stored embeddings", ("folder", "pixels", "search")))
MARK = re.compile(r"(<!-- bench: (\w+) -->\n).*?(<!-- bench: end -->)", re.S)


def name_of(label):
    return bench_svg.NAMES.get(label, label)


def machine_text(report):
    machine, versions = report["machine"], report["versions"]
    peaks = machine.get("peaks", {})
    parts = [f"{machine['cores']} cores of {machine['cpu']} ({', '.join(machine['instructions'])}), "
             f"{machine['memory_gib']} GiB, {machine['system']}, {machine['date']}"]
    kinds = [f"{shown(peaks[kind + '_all'])} ({kind})" for kind in ("f32", "bf16", "int8") if kind + "_all" in peaks]
    if kinds:
        parts.append(f"10^9 operations per second on all threads: {', '.join(kinds)}; memory {peaks['memory_all']} GB/s")
    if "disk" in machine:
        parts.append(f"disk {machine['disk']} GB/s")
    parts.append(", ".join(f"{name_of(name)} {version}" for name, version in versions.items()))
    parts.append(f"{machine['threads']} threads, median of {report['rounds']}, model shapes {report['model']}, random weights")
    return "; ".join(parts) + "."


def wrap(text, width=118):
    lines, line = [], ""
    for word in text.split():
        if len(line) + 1 + len(word) > width and line:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


def by_name(report):
    return {row["name"]: row for row in report["rows"]}


def readme(report):
    rows = by_name(report)
    lines = ["| | sightline | against transformers | against ONNX Runtime | against OpenVINO |", "|---|---|---|---|---|"]
    for name, title in README.items():
        if name in rows:
            row = rows[name]
            cells = [factor(row["ratio"][peer]) if peer in row["ratio"] else "" for peer in PEERS]
            lines.append(f"| {title} | {shown(row['median'][OWN])} ms | {' | '.join(cells)} |")
    return "\n".join([wrap("Measured on " + machine_text(report)), "", *lines])


def summary(report):
    """All rows, by kind: medians, the floor, and the others with their ratios."""
    out = [wrap(machine_text(report)), ""]
    for kind, names in KINDS:
        rows = [row for row in report["rows"] if row["name"].split("-")[0] in names]
        if not rows:
            continue
        out += [f"**{kind}**", "", "| row | scenario | sightline | floor | others |", "|---|---|---|---|---|"]
        for row in rows:
            floor = f"{shown(row['floor']['ms'])} ({100 * row['fraction']:.0f} %)" if "floor" in row else ""
            others = ", ".join(f"{name_of(label)} {shown(row['median'][label])} ({factor(ratio)})"
                               for label, ratio in row["ratio"].items())
            out.append(f"| `{row['name']}` | {row['title']} | {shown(row['median'][OWN])} {row['unit']} | {floor} "
                       f"| {others} |")
        out.append("")
    if report["skipped"]:
        names = sorted({entry["name"] for entry in report["skipped"]})
        out += [wrap("Not measured in this run: " + ", ".join(names) + "."), ""]
    return "\n".join(out).rstrip()


BLOCKS = {"readme": readme, "summary": summary}


def filled(text, report):
    """`text` with the blocks between its marks made from the report."""
    return MARK.sub(lambda found: found[1] + BLOCKS[found[2]](report) + "\n" + found[3], text)


def chart(report):
    rows = by_name(report)
    machine = report["machine"]
    return bench_svg.chart([(rows[name], title) for name, title in CHART.items() if name in rows],
                           f"Time of sightline and other programs, {machine['cores']} cores of {machine['cpu']}, "
                           "ViT-B/32 shapes",
                           "floor: the least time that arithmetic and memory of this machine allow. Factors: time of the "
                           "other program / time of sightline.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=pathlib.Path)
    parser.add_argument("--docs", type=pathlib.Path, default=ROOT, metavar="FOLDER")
    options = parser.parse_args()
    report = json.loads(options.report.read_text(encoding="utf-8"))
    if report.get("format") != 1:
        sys.exit(f"bench_report: {options.report}: unknown format")
    for page in ("README.md", "docs/performance.md"):
        path = options.docs / page
        text = path.read_text(encoding="utf-8")
        if not MARK.search(text):
            sys.exit(f"bench_report: {path}: no line <!-- bench: NAME -->")
        path.write_text(filled(text, report), encoding="utf-8")
    (options.docs / "docs" / "performance.svg").write_text(chart(report), encoding="utf-8")


if __name__ == "__main__":
    main()
