# SPDX-License-Identifier: Apache-2.0
"""Inputs of scripts/bench.py: models with random weights, images, captions. Standard library only.

Weights are random and have the shapes of the published models, so speeds are realistic and results are meaningless.
"""
import array
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys

import bench_siglip

ROOT = pathlib.Path(__file__).resolve().parent.parent
CAPTIONS = [f"a photo of a {name}" for name in
            ("cat", "dog", "bird", "car", "house", "tree", "boat", "horse", "pizza", "guitar")]

# name: width, layers, heads, mlp of the image tower, image side, patch; the same for the text tower; projection
SHAPES = {
    "b32": dict(vision=(768, 12, 12, 3072), image=224, patch=32, text=(512, 12, 8, 2048), projection=512, vocab=49408),
    "b16": dict(vision=(768, 12, 12, 3072), image=224, patch=16, text=(512, 12, 8, 2048), projection=512, vocab=49408),
    "l14": dict(vision=(1024, 24, 16, 4096), image=224, patch=14, text=(768, 12, 12, 3072), projection=768,
                vocab=49408),
    "siglip-b16": dict(family="siglip", vision=(768, 12, 12, 3072), image=224, patch=16, text=(768, 12, 12, 3072),
                       projection=768, vocab=32000),
    # almost no arithmetic, and embeddings of the usual size
    "search": dict(vision=(8, 1, 1, 8), image=224, patch=112, text=(8, 1, 1, 8), projection=512, vocab=None),
}


def _block_tensors(prefix, width, layers, mlp):
    for i in range(layers):
        layer = f"{prefix}.encoder.layers.{i}."
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            yield layer + f"self_attn.{name}.weight", (width, width)
            yield layer + f"self_attn.{name}.bias", (width,)
        for norm in ("layer_norm1", "layer_norm2"):
            yield layer + norm + ".weight", (width,)
            yield layer + norm + ".bias", (width,)
        yield layer + "mlp.fc1.weight", (mlp, width)
        yield layer + "mlp.fc1.bias", (mlp,)
        yield layer + "mlp.fc2.weight", (width, mlp)
        yield layer + "mlp.fc2.bias", (width,)


def _tensors(shape, vocabulary):
    """Names and sizes of a CLIP checkpoint as transformers stores it."""
    width, layers, _, mlp = shape["vision"]
    patch = shape["patch"]
    positions = (shape["image"] // patch) ** 2 + 1
    vision = "vision_model.embeddings."
    yield vision + "class_embedding", (width,)
    yield vision + "patch_embedding.weight", (width, 3, patch, patch)
    yield vision + "position_embedding.weight", (positions, width)
    for norm in ("pre_layrnorm", "post_layernorm"):
        yield f"vision_model.{norm}.weight", (width,)
        yield f"vision_model.{norm}.bias", (width,)
    yield from _block_tensors("vision_model", width, layers, mlp)
    yield "visual_projection.weight", (shape["projection"], width)
    width, layers, _, mlp = shape["text"]
    yield "text_model.embeddings.token_embedding.weight", (vocabulary, width)
    yield "text_model.embeddings.position_embedding.weight", (77, width)
    yield "text_model.final_layer_norm.weight", (width,)
    yield "text_model.final_layer_norm.bias", (width,)
    yield from _block_tensors("text_model", width, layers, mlp)
    yield "text_projection.weight", (shape["projection"], width)
    yield "logit_scale", ()


def _write_safetensors(path, tensors):
    """Values come from one block of a million normal numbers, starting at another offset for each tensor."""
    source = random.Random(7)
    block = array.array("f", (source.gauss(0, 1) for _ in range(1 << 20)))
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, sizes in tensors:
        count = 1
        for size in sizes:
            count *= size
        header[name] = {"dtype": "F32", "shape": list(sizes), "data_offsets": [offset, offset + 4 * count]}
        offset += 4 * count
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    scaled = {}
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, sizes in tensors:
            scale, shift = _scale(name, sizes)
            if (scale, shift) not in scaled:
                scaled[scale, shift] = array.array("f", (scale * x + shift for x in block)).tobytes()
            data = scaled[scale, shift]
            left = header[name]["data_offsets"][1] - header[name]["data_offsets"][0]
            start = 4 * source.randrange(1 << 20)
            while left > 0:
                piece = data[start:start + left]
                file.write(piece)
                left, start = left - len(piece), 0


def _scale(name, sizes):
    if name in ("logit_scale", "logit_bias"):
        return 0.0, 4.6052 if name == "logit_scale" else -10.0
    if "norm" in name or "layrnorm" in name:
        return (0.1, 1.0) if name.endswith("weight") else (0.02, 0.0)
    if "embedding" in name or name.endswith("bias"):
        return 0.02, 0.0
    return round(sizes[-1] ** -0.5, 5), 0.0


def _tower_config(tower):
    width, layers, heads, mlp = tower
    return {"hidden_size": width, "num_hidden_layers": layers, "num_attention_heads": heads, "intermediate_size": mlp,
            "hidden_act": "quick_gelu", "layer_norm_eps": 1e-5}


def make_model(folder, name):
    """A Hugging Face model folder of the shape `name`, created once."""
    target = pathlib.Path(folder) / name
    if (target / "complete").is_file():
        return target
    print(f"bench: creating a random model of shape {name} in {target}", file=sys.stderr)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shape = SHAPES[name]
    if shape.get("family") == "siglip":
        bench_siglip.write_files(target, shape)
        tensors = bench_siglip.tensors(shape, _block_tensors)
    else:
        tensors = _tensors(shape, _write_clip_files(target, shape))
    _write_safetensors(target / "model.safetensors", list(tensors))
    (target / "complete").write_text("")
    return target


def _write_clip_files(target, shape):
    """Everything but the weights of a CLIP model. Returns the size of its vocabulary."""
    nano = shape["vocab"] is None
    tokenizer = ROOT / "data" / ("golden/model/nano_quick_gelu" if nano else "vocab")
    if not nano and os.environ.get("CLIP_BPE"):
        tokenizer = pathlib.Path(os.environ["CLIP_BPE"])
    for file in ("vocab.json", "merges.txt"):
        shutil.copy(tokenizer / file, target / file)
    vocabulary = len(json.loads((target / "vocab.json").read_text(encoding="utf-8")))
    end = vocabulary - 1
    text = dict(_tower_config(shape["text"]), vocab_size=vocabulary, max_position_embeddings=77,
                bos_token_id=end - 1, eos_token_id=end, pad_token_id=end, projection_dim=shape["projection"])
    vision = dict(_tower_config(shape["vision"]), image_size=shape["image"], patch_size=shape["patch"],
                  projection_dim=shape["projection"])
    config = {"architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": shape["projection"],
              "text_config": text, "vision_config": vision}
    special = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
               "unk_token": "<|endoftext|>"}
    preprocessor = {"do_resize": True, "size": {"shortest_edge": shape["image"]}, "resample": 3,
                    "do_center_crop": True, "crop_size": {"height": shape["image"], "width": shape["image"]},
                    "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True, "do_convert_rgb": True,
                    "image_mean": [0.48145466, 0.4578275, 0.40821073],
                    "image_std": [0.26862954, 0.26130258, 0.27577711], "image_processor_type": "CLIPImageProcessor"}
    for file, value in (("config.json", config), ("preprocessor_config.json", preprocessor),
                        ("special_tokens_map.json", special),
                        ("tokenizer_config.json", dict(special, tokenizer_class="CLIPTokenizer",
                                                       model_max_length=77))):
        (target / file).write_text(json.dumps(value, indent=1))
    return vocabulary


IMAGES_SCRIPT = """
import sys
import numpy as np
from PIL import Image
folder, extension, width, height, count = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
y, x = np.mgrid[0:height, 0:width] * (640 / max(width, height))
for n in range(count):
    r = np.random.RandomState(n)
    planes = [127 + 40 * sum(np.sin(a * x + b * y + c) for a, b, c in r.uniform(-0.2, 0.2, (4, 3)))
              + 12 * r.randn(height, width) for _ in range(3)]
    image = Image.fromarray(np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8))
    image.save(f"{folder}/{n:04}.{extension}", quality=90)
"""


def make_images(folder, python, width, height, distinct, count, extension="jpg"):
    """Paths of `count` image files of this size, `distinct` of them different. Without Pillow and numpy, JPEG samples of
    data/images in other sizes, in a folder that says so; no PNG files."""
    name = f"{width}x{height}-{count}" + ("" if extension == "jpg" else f"-{extension}")
    target = pathlib.Path(folder) / name
    if not target.is_dir():
        made = pathlib.Path(str(target) + ".new")
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        done = subprocess.run([python, "-c", IMAGES_SCRIPT, str(made), extension, *map(str, (width, height, distinct))],
                              capture_output=True, text=True)
        sources = sorted(made.iterdir())
        if done.returncode != 0:
            print(f"bench: {python} has no Pillow and numpy; using the samples of data/images, which have other sizes",
                  file=sys.stderr)
            sources = sorted((ROOT / "data" / "images").glob(f"*.{extension}"))
            target = target.with_name(f"samples-{name}")
            shutil.rmtree(target, ignore_errors=True)
        for n in range(len(list(made.iterdir())), count if sources else 0):
            os.link(sources[n % len(sources)], made / f"{n:04}.{extension}")
        made.rename(target)
    return sorted(target.glob(f"*.{extension}"))


def make_rows(folder, count, width, dtype):
    """An .npy file of random embeddings, "f16" or "f32": one block of rows, rotated for each further block."""
    path = folder / f"rows-{count}x{width}-{dtype}.npy"
    if path.exists():
        return path
    size, code, block = (2, "e", 1000) if dtype == "f16" else (4, "f", 1000)
    generator = random.Random(7)
    rows = [struct.pack(f"<{width}{code}", *(generator.gauss(0, width ** -0.5) for _ in range(width)))
            for _ in range(min(block, count))]
    header = f"{{'descr': '<f{size}', 'fortran_order': False, 'shape': ({count}, {width}), }}".ljust(117) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for first in range(0, count, block):
            cut = first // block % width * size
            file.write(b"".join(row[cut:] + row[:cut] for row in rows[:count - first]))
    return path


def make_prompts(folder, count):
    """ImageNet's prompts in random order: published templates times class names, or a built-in list if these are missing."""
    target = pathlib.Path(folder) / f"prompts-{count}.txt"
    if target.is_file():
        return target
    found = sorted((ROOT / "data" / "templates").glob("*.txt"))
    templates = [line for path in found for line in path.read_text(encoding="utf-8").splitlines() if "{}" in line]
    templates = templates or ["a photo of a {}.", "a bad photo of the {}.", "a close-up photo of the {}.",
                              "a rendering of a {}.", "art of the {}.", "a photo of the large {}."]
    kinds = "red small old wooden striped mountain sea garden toy desert".split()
    things = ("cat dog shark eagle lizard turtle spider crab castle bridge truck bicycle guitar piano lamp clock "
              "bottle helmet mushroom pretzel").split()
    labels = [f"{kind} {thing}" for thing in things for kind in kinds] + things
    classes = ROOT / "data" / "templates" / "imagenet-classes.txt"
    if classes.is_file():
        labels = list(dict.fromkeys(classes.read_text(encoding="utf-8").splitlines()))
    pairs = [template.format(label) for template in templates for label in labels]
    random.Random(3).shuffle(pairs)
    target.write_text("".join(line + "\n" for line in pairs[:count]), encoding="utf-8")
    return target
