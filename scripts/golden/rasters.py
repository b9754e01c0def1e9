# SPDX-License-Identifier: Apache-2.0
"""GIF, BMP, TIFF and animated PNG files of every kind, and the 8-bit pixels that Pillow and transformers make of them.

write(out_dir) writes the same files as images.py, whose references it uses, and cuts.tsv: how many bytes of each image
Pillow needs to read it, and exif.tsv (exif_blocks.py). Needs Pillow, numpy and transformers.
"""
import importlib.metadata
import io
import json
import os
import shutil
import warnings

import exif_blocks
import gif_bmp_files
import images
import numpy as np
import tiff_files

SEED = 20261127
RESIZED = {"rule": images.OPENAI, "height": 9, "crop_height": 11, "crop_width": 10}
RESIZED_TOO = ("gif-plain.gif", "gif-grey.gif", "gif-transparent.gif", "gif-grey-transparent.gif", "gif-offset.gif",
               "bmp-1-grey.bmp", "bmp-8-grey.bmp", "bmp-8.bmp", "bmp-4-os2.bmp", "bmp-16.bmp",
               "bmp-masks-bgra-124.bmp", "bmp-rle8.bmp")


def _cases(name):
    """Unchanged, without alpha, and resized in OpenAI's order, if these differ."""
    yield images.AS_IT_IS
    if "transparent" in name or "masks" in name or "alpha" in name or "extra2" in name:
        yield {**images.AS_IT_IS, "alpha": 1}
    if name in RESIZED_TOO:
        yield RESIZED


def _pictures(random):
    for name, data in gif_bmp_files.gifs(random):
        yield f"gif-{name}.gif", data
    for name, data in gif_bmp_files.bmps(random):
        yield f"bmp-{name}.bmp", data
    yield from _animations(random)


def _animations(random):
    """Animated PNG: the first frame, or a default image that is not one of the frames."""
    from PIL import Image

    frames = [Image.fromarray(random.randint(0, 256, (9, 12, 4)).astype(np.uint8)) for _ in range(3)]
    for name, mode in (("rgba", "RGBA"), ("rgb", "RGB"), ("palette", "P")):
        for default in (False, True):
            out = io.BytesIO()
            first, *rest = [frame.convert(mode) for frame in frames]
            first.save(out, "PNG", save_all=True, append_images=rest, default_image=default, duration=50, loop=0)
            yield f"apng-{name}{'-default' if default else ''}.apng", out.getvalue()


def _shortest(data):
    """The number of bytes that Pillow needs; longer prefixes of the file give the same image."""
    from PIL import Image

    def pixels(size):
        try:
            with Image.open(io.BytesIO(data[:size])) as image:
                return image.convert("RGBA").tobytes()
        except Exception:  # many kinds
            return None

    size, whole = len(data), pixels(len(data))
    while pixels(size - 1) == whole:
        size -= 1
    return size


def write(out_dir):
    from transformers.utils import logging

    logging.disable_progress_bar()
    warnings.simplefilter("ignore")
    root = os.fspath(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(os.path.join(root, "files"))
    index, blob = ["\t".join(["picture", *images.FIELDS, "offset", "result_height", "result_width"])], bytearray()
    cuts = ["picture\tshortest"]
    random = np.random.RandomState(SEED)
    for name, data, like in tiff_files.chosen(random):
        for changes in _cases(f"tiff-{name}"):
            images.write_case(index, blob, f"tiff-{name}.tif", like, changes, high_byte=False)
        if like is data:
            cuts.append(f"tiff-{name}.tif\t{_shortest(data)}")
        with open(os.path.join(root, "files", f"tiff-{name}.tif"), "wb") as file:
            file.write(data)
    for name, data in _pictures(random):
        if len(data) < 2500 and not name.endswith(".apng"):
            cuts.append(f"{name}\t{_shortest(data)}")
        for changes in _cases(name):
            images.write_case(index, blob, name, data, changes)
        with open(os.path.join(root, "files", name), "wb") as file:
            file.write(data)
    with open(os.path.join(root, "index.tsv"), "w", encoding="ascii") as file:
        file.write("\n".join(index) + "\n")
    with open(os.path.join(root, "cuts.tsv"), "w", encoding="ascii") as file:
        file.write("\n".join(cuts) + "\n")
    with open(os.path.join(root, "exif.tsv"), "w", encoding="ascii") as file:
        file.write("exif\txmp\tturn\n")
        for exif, xmp, turn in exif_blocks.table():
            file.write(f"{exif.hex() or '-'}\t{xmp.hex() or '-'}\t{turn}\n")
    with open(os.path.join(root, "expected.bin"), "wb") as file:
        file.write(blob)
    versions = {name: importlib.metadata.version(name) for name in ("pillow", "transformers", "numpy")}
    with open(os.path.join(root, "versions.json"), "w", encoding="utf-8") as file:
        json.dump({"script": "scripts/golden/rasters.py", "versions": versions, "seed": SEED}, file, indent=1)
        file.write("\n")
