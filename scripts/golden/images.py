# SPDX-License-Identifier: Apache-2.0
"""Small images of every kind that the decoders accept, and the 8-bit crops that the references compute from them.

write(out_dir) writes:
  files/         JPEG and PNG files
  index.tsv      one case per line: image, pipeline, position and size of the expected crop
  expected.bin   the expected crops, RGB, one after the other
  versions.json  versions and seed

References: cases of rule 0 (hf) come from transformers' CLIPImageProcessorPil (rescaling and normalising off), on an image
turned by Pillow's ImageOps.exif_transpose. Rule 1 (openai) and `longest` cases follow torchvision's Resize and CenterCrop
and OpenCLIP's ResizeKeepRatio and CenterCropOrPad, written out below with Pillow's calls. One deliberate difference:
16-bit grey is reduced to its high byte (Pillow clips it to white).
Needs Pillow, numpy, transformers, and libjpeg-turbo's cjpeg and jpegtran for what Pillow cannot write.
"""
import importlib.metadata
import io
import json
import os
import shutil
import struct
import subprocess
import zlib

import numpy as np

SEED = 20261121
HF, OPENAI, TORCHVISION = range(3)
FIELDS = {"exif": 1, "alpha": 0, "rule": HF, "resize": 1, "height": 32, "width": 32, "resample": 3, "crop": 1,
          "crop_height": 32, "crop_width": 32, "fill": 0}
NONE, SHORTEST, LONGEST, EXACT = range(4)
AS_IT_IS = {"resize": NONE, "crop": 0}


# ---------------------------------------------------------------- references

def _has_alpha(image):
    return "A" in image.getbands() or image.info.get("transparency") is not None


def _eight_bits(image, keep_transparency):
    """I;16 by its high byte: as a grey image, or with the alpha of its transparent value."""
    if image.mode != "I;16":
        return image
    from PIL import Image

    values = np.asarray(image)
    grey = Image.fromarray((values >> 8).astype(np.uint8))
    if keep_transparency and image.info.get("transparency") is not None:
        clear = values == image.info["transparency"]
        grey.putalpha(Image.fromarray(np.where(clear, 0, 255).astype(np.uint8)))
    return grey


def processor_class(rule):
    """CLIP's image processor with the PIL or the torchvision backend."""
    if rule == TORCHVISION:
        from transformers import CLIPImageProcessor

        if CLIPImageProcessor().backend != "torchvision":
            raise RuntimeError("transformers does not find torchvision")
        return CLIPImageProcessor
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    return CLIPImageProcessorPil


def _hf(image, case):
    size = {"shortest_edge": case["height"]}
    if case["resize"] == EXACT:
        size = {"height": case["height"], "width": case["width"]}
    processor = processor_class(case["rule"])(
        size=size, crop_size={"height": case["crop_height"], "width": case["crop_width"]},
        do_resize=case["resize"] != NONE, do_center_crop=bool(case["crop"]), resample=case["resample"],
        do_rescale=False, do_normalize=False)
    if case["alpha"]:
        image = image.convert("RGB")
        image.info.pop("transparency", None)
    tensors = "pt" if case["rule"] == TORCHVISION else "np"
    return np.asarray(processor(image, return_tensors=tensors)["pixel_values"][0]).transpose(1, 2, 0)


def _pad(image, border, fill):
    """torchvision's functional pad of a Pillow image."""
    from PIL import ImageOps

    bands = len(image.getbands())
    padded = ImageOps.expand(image, border=border, fill=fill if bands == 1 else (fill,) * bands)
    if image.mode == "P":
        padded.putpalette(image.getpalette())
    return padded


def _torchvision(image, case):
    """Resize, CenterCrop (or CenterCropOrPad), then RGB."""
    width, height = image.size
    if case["resize"] == LONGEST:
        ratio = max(height / case["height"], width / case["width"])
        size = (round(width / ratio), round(height / ratio))
    elif case["resize"] == SHORTEST:
        short, long = sorted((width, height))
        other = int(case["height"] * long / short)
        size = (case["height"], other) if width <= height else (other, case["height"])
    else:
        size = image.size if case["resize"] == NONE else (case["width"], case["height"])
    if size != image.size:
        image = image.resize(size, case["resample"])
    if case["crop"]:
        image = _torchvision_crop(image, case)
    return np.asarray(image.convert("RGB"))


def _torchvision_crop(image, case):
    width, height = image.size
    crop_width, crop_height = case["crop_width"], case["crop_height"]
    if crop_width > width or crop_height > height:
        across, down = max(crop_width - width, 0), max(crop_height - height, 0)
        fill = case["fill"] if case["resize"] == LONGEST else 0
        image = _pad(image, (across // 2, down // 2, (across + 1) // 2, (down + 1) // 2), fill)
        width, height = image.size
    top, left = int(round((height - crop_height) / 2.0)), int(round((width - crop_width) / 2.0))
    return image.crop((left, top, left + crop_width, top + crop_height))


def reference(data, case, high_byte=True):
    """high_byte: 16-bit grey is reduced to its high byte, as sightline does for PNG; else clipped, as Pillow does."""
    from PIL import Image, ImageOps

    image = Image.open(io.BytesIO(data))
    image.load()
    image = _eight_bits(image, case["rule"] != OPENAI) if high_byte else image
    if case["exif"]:
        image = ImageOps.exif_transpose(image)
    if case["rule"] == OPENAI:
        return _torchvision(image, case)
    if case["resize"] == LONGEST:
        return _torchvision(_hf_rgb(image, case), case)
    return _hf(image, case)


def _hf_rgb(image, case):
    from PIL import Image

    if _has_alpha(image) and not case["alpha"]:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, (255, 255, 255, 255)), image)
    return image.convert("RGB")


# ---------------------------------------------------------------- images

def _picture(random, height, width, channels):
    """Waves, an edge and a little noise."""
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for _ in range(channels):
        a, b, c, d = random.uniform(0.05, 0.6, 4)
        wave = np.sin(a * x + b * y) + np.cos(c * x - d * y + random.uniform(0, 6)) + (x * height > y * width)
        planes.append(100 + 60 * wave + random.normal(0, 4, (height, width)))
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def _jpeg(pixels, **options):
    from PIL import Image

    out = io.BytesIO()
    mode = {1: "L", 3: "RGB", 4: "CMYK"}[pixels.shape[-1]]
    Image.fromarray(pixels[..., 0] if mode == "L" else pixels, mode=mode).save(out, "JPEG", **options)
    return out.getvalue()


def _exif(orientation):
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def _tool(name, data, *options):
    return subprocess.run([name, *options], input=data, capture_output=True, check=True).stdout


def _without(data, marker):
    """A JPEG without the segments of one marker."""
    out, at = data[:2], 2
    while data[at + 1] != 0xDA:
        size = 2 + struct.unpack_from(">H", data, at + 2)[0]
        out += b"" if data[at + 1] == marker else data[at:at + size]
        at += size
    return out + data[at:]


def _jpegs(random):
    rgb, grey, cmyk = _picture(random, 37, 45, 3), _picture(random, 37, 45, 1), _picture(random, 37, 45, 4)
    plain = _jpeg(rgb, quality=85, subsampling="4:2:0")
    ppm = b"P6 45 37 255\n" + rgb.tobytes()
    adobe = _jpeg(cmyk, quality=85)
    at = adobe.index(b"Adobe") + 11
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="8"/></x:xmpmeta>'
    yield from {
        "444": _jpeg(rgb, quality=85, subsampling="4:4:4"), "422": _jpeg(rgb, quality=85, subsampling="4:2:2"),
        "420": plain, "440": _tool("jpegtran", _jpeg(rgb[:32, :32], subsampling="4:2:2"), "-rotate", "90"),
        "411": _tool("cjpeg", ppm, "-sample", "4x1"), "410": _tool("cjpeg", ppm, "-sample", "4x2"),
        "rgb": _jpeg(rgb, quality=85, keep_rgb=True), "grey": _jpeg(grey, quality=85),
        "low-quality": _jpeg(rgb, quality=5), "optimized": _jpeg(rgb, quality=95, optimize=True),
        "restarts": _jpeg(rgb, quality=85, restart_marker_blocks=1),
        "progressive-420": _jpeg(rgb, quality=85, progressive=True, subsampling="4:2:0"),
        "progressive-444": _jpeg(rgb, quality=85, progressive=True, subsampling="4:4:4"),
        "progressive-grey": _jpeg(grey, quality=85, progressive=True),
        "arithmetic": _tool("jpegtran", plain, "-arithmetic"),
        "arithmetic-progressive": _tool("jpegtran", plain, "-arithmetic", "-progressive"),
        "several-scans": _several_scans(plain),
        "cmyk-adobe": adobe, "cmyk-plain": _without(adobe, 0xEE), "ycck": adobe[:at] + b"\2" + adobe[at + 1:],
        "cmyk-progressive": _jpeg(cmyk, quality=85, progressive=True),
        "xmp-orientation": _jpeg(rgb, quality=85, xmp=xmp),
        "one-pixel": _jpeg(rgb[:1, :1]), "one-row": _jpeg(rgb[:1]), "one-column": _jpeg(rgb[:, :1]),
    }.items()
    for orientation in range(1, 9):
        yield f"exif-{orientation}", _jpeg(rgb[:30, :40], quality=85, exif=_exif(orientation))


def _several_scans(data):
    """The same image, each component in a separate scan."""
    script = "scans.txt"
    with open(script, "w", encoding="ascii") as file:
        file.write("0;\n1;\n2;\n")
    try:
        return _tool("jpegtran", data, "-scans", script)
    finally:
        os.remove(script)


# ---------------------------------------------------------------- PNG, written by hand, because Pillow writes few variants

PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _pack_row(row, depth):
    """row [width, channels] of samples."""
    if depth == 16:
        return row.astype(">u2").tobytes()
    if depth == 8:
        return row.astype(np.uint8).tobytes()
    bits = np.unpackbits(row.astype(np.uint8).reshape(-1, 1), axis=1)[:, 8 - depth:]
    return np.packbits(bits.reshape(-1)).tobytes()


def _filtered(row, previous, kind, bpp):
    a = np.concatenate([np.zeros(bpp, int), row[:-bpp]]) if len(row) > bpp else np.zeros(len(row), int)
    c = np.concatenate([np.zeros(bpp, int), previous[:-bpp]]) if len(row) > bpp else np.zeros(len(row), int)
    p = a + previous - c
    pa, pb, pc = abs(p - a), abs(p - previous), abs(p - c)
    paeth = np.where((pa <= pb) & (pa <= pc), a, np.where(pb <= pc, previous, c))
    guess = [0 * row, a, previous, (a + previous) // 2, paeth][kind]
    return bytes([kind]) + ((row - guess) % 256).astype(np.uint8).tobytes()


def _scanlines(samples, depth):
    out, previous = b"", None
    bpp = max(1, samples.shape[2] * depth // 8)
    for y, line in enumerate(samples):
        row = np.frombuffer(_pack_row(line, depth), np.uint8).astype(int)
        previous = np.zeros(len(row), int) if previous is None else previous
        out += _filtered(row, previous, y % 5, bpp)
        previous = row
    return out


def png(samples, color, depth, interlaced=False, before=b"", after=b""):
    """samples [height, width, channels], unscaled. `before` and `after`: chunks around the image data."""
    height, width = samples.shape[:2]
    parts = [samples]
    if interlaced:
        parts = [samples[y0::dy, x0::dx] for x0, y0, dx, dy in PASSES]
    raw = b"".join(_scanlines(part, depth) for part in parts if part.size)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(raw, 9)) + after +
            chunk(b"IEND", b""))


def _pngs(random):
    height, width = 13, 17
    for color, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)), (6, (8, 16))):
        for depth in depths:
            samples = random.randint(0, 1 << depth, (height, width, CHANNELS[color]))
            if color == 0 and depth > 4:
                samples[:] = np.linspace(0, (1 << depth) - 1, height * width).astype(int).reshape(height, width, 1)
            palette = b""
            if color == 3:
                palette = chunk(b"PLTE", random.randint(0, 256, (1 << depth, 3)).astype(np.uint8).tobytes())
            for interlaced in (False, True):
                name = f"{color}-{depth}" + ("-interlaced" if interlaced else "")
                yield name, png(samples, color, depth, interlaced, palette)
            yield from _transparent(random, samples, color, depth, palette)
    rgb = _picture(random, 21, 33, 3)
    for orientation in (3, 6):
        exif = _exif(orientation).tobytes()[6:]
        yield f"exif-{orientation}", png(rgb, 2, 8, before=chunk(b"eXIf", exif))
    yield "exif-behind-data", png(rgb, 2, 8, after=chunk(b"eXIf", _exif(5).tobytes()[6:]))
    xmp = b"XML:com.adobe.xmp\0\0\0\0\0<tiff:Orientation>7</tiff:Orientation>"
    yield "xmp-orientation", png(rgb, 2, 8, before=chunk(b"iTXt", xmp))
    rgba = _picture(random, 40, 52, 4)
    rgba[:13, :, 3], rgba[-9:, :, 3] = 0, 255
    yield "smooth-alpha", png(rgba, 6, 8)
    yield "smooth-grey-alpha", png(rgba[..., 2:], 4, 8)
    for size in (1, 2, 3, 5, 9):
        yield f"adam7-{size}", png(rgb[:size, :size], 2, 8, True)


def _transparent(random, samples, color, depth, palette):
    """All forms of tRNS, with a transparent colour that occurs in the image."""
    key = samples[3, 4].astype(">u2").tobytes()
    name = f"{color}-{depth}-transparent"
    if color in (0, 2):
        yield name, png(samples, color, depth, before=chunk(b"tRNS", key))
    if color == 0 and depth == 2:
        yield name + "-scaled", png(samples, color, depth, before=chunk(b"tRNS", b"\0\x55"))
    if color == 3:
        entries = 1 << depth
        alphas = random.randint(0, 256, max(1, entries - 1)).astype(np.uint8).tobytes()
        yield name, png(samples, color, depth, before=palette + chunk(b"tRNS", alphas))
        one = b"\xff" * (entries // 2) + b"\0"
        yield name + "-one", png(samples, color, depth, before=palette + chunk(b"tRNS", one))
        newline = b"\xff" * (entries // 2 - 1) + b"\0\n"
        yield name + "-newline", png(samples, color, depth, before=palette + chunk(b"tRNS", newline))


# ---------------------------------------------------------------- cases

def _decoding_cases(name):
    yield AS_IT_IS
    yield {"height": 20, "crop_height": 18, "crop_width": 18}
    if name.startswith("png-") and "adam7" not in name:
        yield {**AS_IT_IS, "alpha": 1}
        yield {**AS_IT_IS, "rule": OPENAI}
        yield {"rule": OPENAI, "height": 9, "crop_height": 11, "crop_width": 10}
        yield {"rule": OPENAI, "height": 19, "crop_height": 19, "crop_width": 19, "resample": 0}
    if "cmyk" in name or "ycck" in name or "exif" in name:
        yield {"rule": OPENAI, "height": 16, "crop_height": 19, "crop_width": 20}
        yield {"exif": 0, "height": 24, "crop_height": 24, "crop_width": 24}
    if name in ("png-3-8", "png-0-1", "png-6-8", "png-0-4", "jpeg-cmyk-adobe"):
        for rule in (HF, OPENAI):
            yield {"rule": rule, "resize": LONGEST, "height": 20, "width": 20, "crop_height": 20,
                   "crop_width": 20, "fill": 77}


RESIZED = {"wide": (28, 196), "tall": (196, 28), "landscape": (150, 200), "portrait": (200, 150),
           "square": (57, 57), "strip": (200, 9), "same": (32, 45)}


def _resizing_cases(name):
    for resample in range(6):
        yield {"resample": resample}
    for size in (33, 47, 64):  # 64 enlarges some
        yield {"height": size, "crop_height": 33, "crop_width": 31}
    yield {"height": 45, "crop_height": 40, "crop_width": 48, "rule": OPENAI}
    yield {"resize": EXACT, "height": 24, "width": 30, "crop_height": 24, "crop_width": 30}
    yield {"resize": EXACT, "height": 30, "width": 100, "crop_height": 33, "crop_width": 33}
    yield {"resize": LONGEST, "fill": 127}
    yield {"resize": LONGEST, "height": 31, "width": 21, "crop_height": 31, "crop_width": 21}
    if name in ("landscape", "square", "same"):
        yield {"crop": 0}


def write_case(index, blob, picture, data, changes, **options):
    case = {**FIELDS, **changes}
    pixels = np.ascontiguousarray(reference(data, case, **options), np.uint8)
    fields = [picture, *case.values(), len(blob), *pixels.shape[:2]]
    index.append("\t".join(str(field) for field in fields))
    blob += pixels.tobytes()


def write(out_dir):
    from transformers.utils import logging

    logging.disable_progress_bar()
    root = os.fspath(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(os.path.join(root, "files"))
    random = np.random.RandomState(SEED)
    pictures = {f"jpeg-{name}": data for name, data in _jpegs(random)}
    pictures.update({f"png-{name}": data for name, data in _pngs(random)})
    index, blob = ["\t".join(["picture", *FIELDS, "offset", "result_height", "result_width"])], bytearray()
    files = {}
    for name, data in pictures.items():
        files[name] = name + (".jpg" if name.startswith("jpeg-") else ".png")
        for changes in _decoding_cases(name):
            write_case(index, blob, files[name], data, changes)
    for number, (name, (height, width)) in enumerate(RESIZED.items()):
        data = _jpeg(_picture(random, height, width, 3), quality=80, exif=_exif(number + 1))
        files["resize-" + name], pictures["resize-" + name] = f"resize-{name}.jpg", data
        for changes in _resizing_cases(name):
            write_case(index, blob, f"resize-{name}.jpg", data, changes)
    for name, data in pictures.items():
        with open(os.path.join(root, "files", files[name]), "wb") as file:
            file.write(data)
    with open(os.path.join(root, "index.tsv"), "w", encoding="ascii") as file:
        file.write("\n".join(index) + "\n")
    with open(os.path.join(root, "expected.bin"), "wb") as file:
        file.write(blob)
    _write_versions(root)


def _write_versions(root):
    from PIL import features

    versions = {name: importlib.metadata.version(name) for name in ("pillow", "transformers", "numpy")}
    versions["libjpeg-turbo in Pillow"] = features.version("libjpeg_turbo")
    versions["cjpeg, jpegtran"] = subprocess.run(["cjpeg", "-version"], capture_output=True, text=True,
                                                 check=True).stderr.split("\n")[0]
    with open(os.path.join(root, "versions.json"), "w", encoding="utf-8") as file:
        json.dump({"script": "scripts/golden/images.py", "versions": versions, "seed": SEED}, file, indent=1)
        file.write("\n")
