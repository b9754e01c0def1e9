# SPDX-License-Identifier: Apache-2.0
"""Pixels and values of transformers with its torchvision backend, for the images of data/golden/image.

write(out_dir) writes:
  index.tsv      one case per line, as images.py does; the images are those of ../image/files
  expected.bin   the expected crops, RGB, one after the other
  levels.png     16 x 16 pixels, every level of grey once
  values.json    settings of rescaling and normalising
  values.bin     the values of levels.png with each of these settings: float32 [settings, 3, 256]
  versions.json  versions

The images are decoded by Pillow, for torchvision's own decoders give other pixels. Needs torch, torchvision (the build
that belongs to this torch), transformers, Pillow and numpy.
"""
import importlib.metadata
import json
import pathlib

import images
import numpy as np
from images import AS_IT_IS, EXACT, TORCHVISION

CLIP = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
HALF = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
# do_rescale, rescale_factor, do_normalize, mean and std
SETTINGS = [(True, 1 / 255, True, CLIP), (True, 1 / 255, True, HALF), (True, 1 / 255, True, IMAGENET),
            (True, 1 / 127.5, True, IMAGENET), (True, 0.0078, True, ([1.0, 1.0, 1.0], [1.0, 1.0, 1.0])),
            (True, 1 / 255, False, CLIP), (True, 0.0078, False, CLIP), (False, 1 / 255, True, CLIP),
            (False, 1 / 255, False, CLIP)]


def _cases(name):
    if name.startswith("resize-"):
        for resample in range(4):
            yield {"resample": resample}
        for size in (33, 47, 64):
            yield {"height": size, "crop_height": 33, "crop_width": 31}
        yield {"resize": EXACT, "height": 24, "width": 30, "crop_height": 24, "crop_width": 30, "resample": 2}
        yield {"resize": EXACT, "height": 30, "width": 57, "crop_height": 33, "crop_width": 20}
        yield {"resize": EXACT, "height": 150, "width": 9, "crop_height": 9, "crop_width": 12}
        yield {"resize": images.NONE, "crop_height": 36, "crop_width": 27}
    elif "interlaced" not in name and "adam7" not in name:
        yield {"height": 20, "crop_height": 18, "crop_width": 18}
        if "exif" in name:
            yield {"height": 13, "crop_height": 16, "crop_width": 15, "resample": 0}
            yield {"exif": 0, "height": 24, "crop_height": 24, "crop_width": 24}
        if "one-" in name or name in ("png-6-8.png", "png-3-8-transparent.png"):
            yield AS_IT_IS
            yield {"alpha": 1, "height": 9, "crop_height": 11, "crop_width": 10, "resample": 1}


def _write_values(root):
    from PIL import Image

    levels = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16))
    levels.save(root / "levels.png")
    lines, values = [], []
    for do_rescale, factor, do_normalize, (mean, std) in SETTINGS:
        settings = {"do_rescale": do_rescale, "rescale_factor": factor, "do_normalize": do_normalize,
                    "image_mean": mean, "image_std": std}
        processor = images.processor_class(TORCHVISION)(do_resize=False, do_center_crop=False, **settings)
        pixels = processor(levels, return_tensors="pt")["pixel_values"][0].numpy().astype(np.float32)
        lines.append(json.dumps(settings))
        values.append(pixels.reshape(3, 256))
    (root / "values.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="ascii")
    (root / "values.bin").write_bytes(np.stack(values).astype("<f4").tobytes())


def write(out_dir):
    root = pathlib.Path(out_dir)
    index, blob = ["\t".join(["picture", *images.FIELDS, "offset", "result_height", "result_width"])], bytearray()
    for path in sorted((root.parent / "image" / "files").iterdir()):
        for changes in _cases(path.name):
            images.write_case(index, blob, path.name, path.read_bytes(), {"rule": TORCHVISION, **changes})
    (root / "index.tsv").write_text("\n".join(index) + "\n", encoding="ascii")
    (root / "expected.bin").write_bytes(blob)
    _write_values(root)
    versions = {name: importlib.metadata.version(name)
                for name in ("torch", "torchvision", "transformers", "pillow", "numpy")}
    (root / "versions.json").write_text(
        json.dumps({"script": "scripts/golden/torchvision_pixels.py", "versions": versions}, indent=1) + "\n",
        encoding="utf-8")
