# SPDX-License-Identifier: Apache-2.0
"""WebP, AVIF and HEIC files of every kind, and the 8-bit pixels that Pillow and transformers make of them.

write(out_dir) writes the same files as images.py, whose references it uses. Needs Pillow, pillow_heif, numpy,
transformers, a C compiler and libavif with an encoder (avif_encode.c). Encoders differ between
versions, so a second run may give other files; `expected.bin` always contains what Pillow reads from them.
"""
import importlib.metadata
import io
import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile

import images
import numpy as np

SEED = 20261127
HEIGHT, WIDTH = 19, 26
RESIZED = {"rule": images.OPENAI, "height": 13, "crop_height": 15, "crop_width": 14}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="8"/></x:xmpmeta>'


def _picture(random, channels, height=HEIGHT, width=WIDTH):
    pixels = images._picture(random, height, width, channels)
    if channels == 4:  # wholly transparent and wholly opaque parts, too
        pixels[:5, :, 3], pixels[-4:, :, 3] = 0, 255
    return pixels


def _save(pixels, kind, **options):
    from PIL import Image

    out = io.BytesIO()
    frames = [Image.fromarray(p) for p in (pixels if isinstance(pixels, list) else [pixels])]
    if len(frames) > 1:
        options.update(save_all=True, append_images=frames[1:], duration=40)
    frames[0].save(out, kind, **options)
    return out.getvalue()


# ---------------------------------------------------------------- WebP

def _chunks(data):
    at = 12
    while at + 8 <= len(data):
        size = struct.unpack_from("<I", data, at + 4)[0]
        yield data[at:at + 4], data[at + 8:at + 8 + size]
        at += 8 + size + size % 2


def riff(chunks):
    body = b"WEBP" + b"".join(k + struct.pack("<I", len(d)) + d + b"\0" * (len(d) % 2) for k, d in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def vp8x(flags, width, height):
    return b"VP8X", struct.pack("<I", flags) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]


def _frame(data, left, top, width, height):
    """One frame of an animation, from a still image."""
    def u24(value):
        return struct.pack("<I", value)[:3]
    payload = b"".join(k + struct.pack("<I", len(d)) + d + b"\0" * (len(d) % 2)
                       for k, d in _chunks(data) if k in (b"VP8 ", b"VP8L", b"ALPH"))
    return b"ANMF", u24(left // 2) + u24(top // 2) + u24(width - 1) + u24(height - 1) + u24(40) + b"\0" + payload


def _webps(random):
    rgb, rgba, grey = _picture(random, 3), _picture(random, 4), _picture(random, 1)[..., 0]
    for quality in (20, 90):
        yield f"lossy-{quality}", _save(rgb, "WEBP", quality=quality)
        yield f"lossy-alpha-{quality}", _save(rgba, "WEBP", quality=quality)
    yield "lossy-alpha-rough", _save(rgba, "WEBP", quality=60, alpha_quality=20)
    yield "lossless", _save(rgb, "WEBP", lossless=True)
    yield "lossless-alpha", _save(rgba, "WEBP", lossless=True)
    yield "lossless-exact", _save(rgba, "WEBP", lossless=True, exact=True)
    few = np.array([[9, 200, 7], [250, 3, 90], [30, 30, 30]], np.uint8)[random.randint(0, 3, (HEIGHT, WIDTH))]
    yield "lossless-few-colors", _save(few, "WEBP", lossless=True)
    yield "grey", _save(grey, "WEBP", quality=80)
    for height, width in ((1, 1), (1, 17), (17, 1), (2, 3), (33, 16)):
        yield f"{height}x{width}", _save(_picture(random, 3, height, width), "WEBP", quality=80)
        yield f"{height}x{width}-alpha", _save(_picture(random, 4, height, width), "WEBP", quality=80)
    for orientation in range(1, 9):
        yield f"exif-{orientation}", _save(rgb[:12], "WEBP", quality=70, exif=images._exif(orientation))
    exif = list(_chunks(_save(rgb, "WEBP", quality=70, exif=images._exif(6))))
    yield "exif-with-prefix", riff([(k, b"Exif\0\0" + d if k == b"EXIF" else d) for k, d in exif])
    yield "exif-without-flag", riff([(k, b"\0" + d[1:] if k == b"VP8X" else d) for k, d in exif])
    yield "exif-twice", riff(exif + [(b"EXIF", images._exif(3).tobytes()[6:])])
    yield "xmp", _save(rgb, "WEBP", quality=70, xmp=XMP)
    yield "exif-and-xmp", _save(rgb, "WEBP", quality=70, exif=images._exif(3), xmp=XMP)
    yield "icc", _save(rgb, "WEBP", quality=70, icc_profile=b"no profile at all")
    yield "unknown-chunk", riff([vp8x(0, WIDTH, HEIGHT), *_chunks(_save(rgb, "WEBP", quality=70)), (b"ABCD", b"x")])
    yield "trailing", _save(rgb, "WEBP", quality=70) + b"behind the end"
    second = _picture(random, 4)
    yield "animated", _save([rgb, second[..., :3]], "WEBP", quality=70)
    yield "animated-alpha", _save([rgba, second], "WEBP", lossless=True)
    anim = b"ANIM", b"\x20\x40\x80\xff\0\0"
    small, clear = _save(rgb[:9, :11], "WEBP", quality=70), _save(rgba[:9, :11], "WEBP", lossless=True)
    for name, flags, data in (("opaque", 2, small), ("alpha", 0x12, clear), ("hidden-alpha", 2, clear)):
        frames = [_frame(data, 6, 4, 11, 9), _frame(small, 0, 0, 11, 9)]
        yield f"animated-part-{name}", riff([vp8x(flags, WIDTH, HEIGHT), anim, *frames])
    yield "alpha-flag-without-alpha", riff([vp8x(0x10, WIDTH, HEIGHT), *_chunks(_save(rgb, "WEBP", quality=70))])


# ---------------------------------------------------------------- AVIF

def _avif_encoder(folder):
    program = os.path.join(folder, "avif_encode")
    source = pathlib.Path(__file__).with_name("avif_encode.c")
    subprocess.run(["cc", "-O1", "-o", program, os.fspath(source), "-lavif"], check=True)

    def encode(pixels, depth, form, full, matrix, premultiplied=0):
        """8-bit `pixels` with something in the bits below them."""
        height, width, channels = pixels.shape
        pixels = (pixels.astype("<u2") << 8) + (pixels.astype("<u2") * 77 + np.arange(width)[:, None]) % 256
        pixels = pixels.astype("<u2")
        arguments = [width, height, depth, form, full, matrix, channels, premultiplied]
        return subprocess.run([program, *map(str, arguments)], input=pixels.tobytes(), capture_output=True,
                              check=True).stdout
    return encode


def _mirrored_otherwise(data):
    at = data.index(b"imir") + 4
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def _with_exif_orientation(pixels, turned):
    """Pillow moves an orientation from EXIF to irot and imir. Here EXIF says 6, whatever they say."""
    exif = images._exif(turned)
    exif[0x0113] = 6
    data = _save(pixels, "AVIF", quality=60, exif=exif)
    at = data.index(b"\x13\x01") if b"II*\0" in data else data.index(b"\x01\x13")
    tag = data[at:at + 2].replace(b"\x13", b"\x12")
    return data[:at] + tag + data[at + 2:]


def _avifs(random, encode):
    rgb, rgba, grey = _picture(random, 3), _picture(random, 4), _picture(random, 1)[..., 0]
    for form in ("444", "422", "420", "400"):
        subsampling = ":".join(form)
        for kind in ("full", "limited"):
            options = {"subsampling": subsampling, "range": kind, "quality": 80}
            yield f"{form}-{kind}", _save(rgb, "AVIF", **options)
            yield f"{form}-{kind}-alpha", _save(rgba, "AVIF", **options)
    yield "premultiplied", _save(rgba, "AVIF", quality=80, alpha_premultiplied=True)
    yield "best", _save(rgb, "AVIF", quality=100, subsampling="4:4:4")
    yield "grey", _save(grey, "AVIF", quality=80)
    for height, width in ((1, 1), (1, 17), (17, 1), (2, 3), (65, 70)):
        yield f"{height}x{width}", _save(_picture(random, 3, height, width), "AVIF", quality=60)
    for orientation in range(2, 9):
        data = _save(rgb[:12], "AVIF", quality=60, exif=images._exif(orientation))
        yield f"turned-{orientation}", data
        if b"imir" in data:
            yield f"turned-otherwise-{orientation}", _mirrored_otherwise(data)
    for turned in (1, 8):  # EXIF says 6, the transform, or its absence, something else
        yield f"exif-overridden-by-{turned}", _with_exif_orientation(rgb, turned)
    yield "xmp", _save(rgb, "AVIF", quality=60, xmp=XMP)
    yield "icc", _save(rgb, "AVIF", quality=60, icc_profile=b"no profile at all")
    plain = _save(rgb, "AVIF", quality=60)
    yield "mif1", plain.replace(b"ftypavif", b"ftypmif1", 1)
    frames = [_picture(random, 4) for _ in range(2)]
    yield "sequence", _save([f[..., :3] for f in frames], "AVIF", quality=60)
    yield "sequence-alpha", _save(frames, "AVIF", quality=60)
    for matrix in (0, 1, 4, 8, 9, 12):  # identity, BT.709, FCC, YCgCo, BT.2020, derived
        yield f"8-bit-matrix-{matrix}", encode(rgb, 8, 1, 1, matrix)
    for depth in (10, 12):
        for form in (1, 2, 3, 4):
            yield f"{depth}-bit-{form}", encode(rgb, depth, form, 0, 6)
            yield f"{depth}-bit-{form}-alpha", encode(rgba, depth, form, 1, 1)
            yield f"{depth}-bit-{form}-alpha-fcc", encode(rgba, depth, form, 1, 4)
            yield f"{depth}-bit-{form}-premultiplied", encode(rgba, depth, form, 1, 6, 1)
        yield f"{depth}-bit-identity", encode(rgb, depth, 1, 1, 0)


# ---------------------------------------------------------------- HEIC

def _heifs(random):
    import pillow_heif

    pillow_heif.register_heif_opener()  # not before: it would take AVIF with the brand mif1, and fail
    rgb, rgba, grey = _picture(random, 3, 38, 45), _picture(random, 4, 38, 45), _picture(random, 1, 38, 45)[..., 0]
    for chroma in ("444", "422", "420"):
        yield f"{chroma}", _save(rgb, "HEIF", chroma=chroma, quality=80)
    yield "alpha", _save(rgba, "HEIF", quality=80)
    yield "grey", _save(grey, "HEIF", quality=80)
    yield "turned", _save(rgb, "HEIF", quality=60, exif=images._exif(6))
    yield "mirrored", _save(rgb, "HEIF", quality=60, exif=images._exif(5))
    yield "tiles", _save(_picture(random, 3, 100, 130), "HEIF", quality=40, tile_size=64)
    yield "mif1", _save(rgb, "HEIF", quality=60).replace(b"ftypheic", b"ftypmif1", 1)
    yield "two-images", _save([rgb, rgb[::-1].copy()], "HEIF", quality=40)


# ---------------------------------------------------------------- all

def _cases(name):
    yield images.AS_IT_IS
    if name.startswith("heic-"):
        return  # within one level: only what is decoded can be compared
    if "alpha" in name or "premultiplied" in name or "exact" in name:
        yield {**images.AS_IT_IS, "alpha": 1}
        yield {"height": 11, "crop_height": 12, "crop_width": 10}
        yield RESIZED
    if "exif-6" in name or "turned-5" in name or "400-full" in name:
        yield RESIZED
        yield {**images.AS_IT_IS, "exif": 0}


def _pictures(random):
    yield from ((f"webp-{name}.webp", data) for name, data in _webps(random))
    with tempfile.TemporaryDirectory() as folder:
        yield from ((f"avif-{name}.avif", data) for name, data in _avifs(random, _avif_encoder(folder)))
    yield from ((f"heic-{name}.heic", data) for name, data in _heifs(random))


def write(out_dir):
    from transformers.utils import logging

    logging.disable_progress_bar()
    root = os.fspath(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(os.path.join(root, "files"))
    index, blob = ["\t".join(["picture", *images.FIELDS, "offset", "result_height", "result_width"])], bytearray()
    for name, data in _pictures(np.random.RandomState(SEED)):
        for changes in _cases(name):
            images.write_case(index, blob, name, data, changes)
        with open(os.path.join(root, "files", name), "wb") as file:
            file.write(data)
    with open(os.path.join(root, "index.tsv"), "w", encoding="ascii") as file:
        file.write("\n".join(index) + "\n")
    with open(os.path.join(root, "expected.bin"), "wb") as file:
        file.write(blob)
    _write_versions(root)


def _write_versions(root):
    import pillow_heif
    from PIL import features

    versions = {name: importlib.metadata.version(name)
                for name in ("pillow", "pillow_heif", "transformers", "numpy")}
    versions["libwebp in Pillow"] = features.version("webp")
    versions["libavif in Pillow"] = features.version("avif")
    versions["libheif in pillow_heif"] = pillow_heif.libheif_version()
    with open(os.path.join(root, "versions.json"), "w", encoding="utf-8") as file:
        json.dump({"script": "scripts/golden/coded_images.py", "versions": versions, "seed": SEED}, file, indent=1)
        file.write("\n")
