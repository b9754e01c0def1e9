#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the precisions of models with float32: the table of docs/accuracy.md#precisions. Standard library only.

usage: compare_precisions.py PROGRAM FOLDER [MODEL ...]

Without MODEL, these models are compared: the demo model; a random model of ViT-B/32's shapes (made in FOLDER, 600 MB);
and the same model with outlier channels. Images and captions are those of data/images. A row of the table contains the
lowest cosine of an embedding with that of float32, for images and captions, the largest difference of a logit, and the
number of images with another best caption, with other captions among the best five, and with another order of all
captions. "int8, packed" is a packed model in FOLDER, "int8" the folder itself with --dtype int8.
"""
import array
import json
import math
import pathlib
import shutil
import struct
import subprocess
import sys

import bench_data

IMAGES = bench_data.ROOT / "data" / "images"
CHANNELS, FACTOR = (17, 101, 230, 409), 20  # outliers: these channels of each layer norm, so many times as large


def read_tensor(file, start, entry):
    file.seek(start + entry["data_offsets"][0])
    return array.array("f", file.read(entry["data_offsets"][1] - entry["data_offsets"][0]))


def readers(norm):
    """The matrices that multiply the output of a layer norm."""
    block, _, last = norm.rpartition(".")
    if last == "layer_norm1":
        return [f"{block}.self_attn.{name}.weight" for name in ("q_proj", "k_proj", "v_proj")]
    if last == "layer_norm2":
        return [f"{block}.mlp.fc1.weight"]
    return {"vision_model.post_layernorm": ["visual_projection.weight"],
            "text_model.final_layer_norm": ["text_projection.weight"]}.get(norm, [])


def plant_outliers(source, target):
    """A copy of a float32 model whose layer norms have outlier channels; it computes the same function."""
    if (target / "complete").is_file():
        return target
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("complete"))
    with open(target / "model.safetensors", "r+b") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        entries = json.loads(file.read(length))
        entries.pop("__metadata__", None)
        for norm in sorted(name[:-len(".weight")] for name in entries if "norm" in name and name.endswith(".weight")):
            factors = [(f"{norm}.{part}", FACTOR) for part in ("weight", "bias")]
            factors += [(name, 1 / FACTOR) for name in readers(norm)]
            for name, factor in factors if readers(norm) else []:
                values = read_tensor(file, 8 + length, entries[name])
                width = entries[name]["shape"][-1]
                for channel in CHANNELS:
                    values[channel::width] = array.array("f", (factor * value for value in values[channel::width]))
                file.seek(8 + length + entries[name]["data_offsets"][0])
                file.write(values.tobytes())
    (target / "complete").write_text("")
    return target


def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True)
    return done.stdout


def lines(program, *arguments):
    return [json.loads(line) for line in run(program, *arguments, "-q").splitlines()]


def embeddings(program, model, options):
    options = ["-m", model, "-f", "jsonl", *options]
    rows = (lines(program, "embed-image", IMAGES, *options),
            lines(program, "embed-text", "--captions", IMAGES / "labels.txt", *options))
    return [[row["embedding"] for row in side] for side in rows]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def logits(sides, scale):
    return [[scale * dot(image, text) for text in sides[1]] for image in sides[0]]


def order(row):
    return sorted(range(len(row)), key=lambda i: -row[i])


def compare(program, folder, model):
    exact = embeddings(program, model, ["--dtype", "f32"])
    first = lines(program, "score", IMAGES, "-m", model, "--captions", IMAGES / "labels.txt", "-f", "jsonl", "--top", 1)
    scale = first[0]["scores"][0]["logit"] / first[0]["scores"][0]["cosine"]
    expected = logits(exact, scale)
    orders = [order(row) for row in expected]
    packed = folder / f"{model.name}-int8.sightline"
    run(program, "convert-weights", model, "-o", packed, "--dtype", "int8", "--force", "-q")
    for name, source, options in (("f16", model, ["--dtype", "f16"]), ("bf16", model, ["--dtype", "bf16"]),
                                  ("int8", model, ["--dtype", "int8"]), ("int8, packed", packed, [])):
        sides = embeddings(program, source, options)
        cosines = [min(dot(a, b) / math.sqrt(dot(a, a) * dot(b, b)) for a, b in zip(*pair))
                   for pair in zip(exact, sides)]
        rows = logits(sides, scale)
        difference = max(abs(a - b) for pair in zip(expected, rows) for a, b in zip(*pair))
        found = [order(row) for row in rows]
        changes = [sum(key(a) != key(b) for a, b in zip(orders, found))
                   for key in (lambda x: x[0], lambda x: set(x[:5]), list)]
        print(f"| {model.name} | {name} | {cosines[0]:.6f} | {cosines[1]:.6f} | {difference:.3f} | "
              + " | ".join(map(str, changes)) + " |", flush=True)
    for line in run(program, "info", packed).splitlines():
        if line.startswith(("quantized:", "self-check:")):
            print(f"{model.name}-int8.sightline: {line}", file=sys.stderr)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    models = [pathlib.Path(path) for path in sys.argv[3:]]
    if not models:
        random_model = bench_data.make_model(folder, "b32")
        models = [bench_data.ROOT / "data" / "demo-model", random_model,
                  plant_outliers(random_model, folder / "b32-outliers")]
    print("| model | precision | cosine of images | cosine of captions | logit difference | other best caption "
          "| other best five | other order |")
    print("|---|---|---|---|---|---|---|---|")
    for model in models:
        compare(program, folder, model)


if __name__ == "__main__":
    main()
