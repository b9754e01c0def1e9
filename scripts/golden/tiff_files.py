# SPDX-License-Identifier: Apache-2.0
"""TIFF files written byte by byte: kinds that Pillow reads but does not write, and those that it does.

tiffs(random) yields (name, bytes).
"""
import io
import struct
import zlib

import numpy as np

SHORT, LONG, LONG8 = 3, 4, 16
FORMS = {1: "B", 2: "s", SHORT: "H", LONG: "I", 5: "I", 11: "f", 12: "d", LONG8: "Q"}


# ---------------------------------------------------------------- compression

def packbits(data, row):
    """Each row separately: runs of three and more, and the bytes between them."""
    out = bytearray()
    for start in range(0, len(data), row):
        line, x = data[start:start + row], 0
        while x < len(line):
            run = 1
            while run < 128 and x + run < len(line) and line[x + run] == line[x]:
                run += 1
            if run >= 3:
                out += bytes([257 - run, line[x]])
                x += run
                continue
            end = x + 1
            while end < len(line) and end - x < 128 and line[end:end + 3] != line[end:end + 1] * 3:
                end += 1
            out += bytes([end - x - 1]) + line[x:end]
            x = end
    return bytes(out)


def lzw(data):
    """TIFF's variant: most significant bit first, and the code width grows one code early."""
    bits, table, size = [], {bytes([i]): i for i in range(256)}, 9

    def emit(code):
        bits.append(format(code, f"0{size}b"))

    emit(256)
    free, string = 258, b""
    for byte in data:
        longer = string + bytes([byte])
        if longer in table:
            string = longer
            continue
        emit(table[string])
        table[longer], free = free, free + 1
        if free == 4094:
            emit(256)
            table, free, size = {bytes([i]): i for i in range(256)}, 258, 9
        elif free + 1 > 1 << size:
            size += 1
        string = bytes([byte])
    if string:
        emit(table[string])
        free += 1
        size += free + 1 > 1 << size and size < 12
    emit(257)
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))


def compressed(data, compression, row):
    if compression in (8, 32946):
        return zlib.compress(data, 9)
    return {1: lambda: data, 5: lambda: lzw(data), 32773: lambda: packbits(data, row)}[compression]()


# ---------------------------------------------------------------- the file

def _reversed_bits(data):
    return bytes(int(format(byte, "08b")[::-1], 2) for byte in data)


def _packed(samples, bits, order):
    """[rows, values] to bytes, each row padded to whole ones."""
    if bits in (16, 32, 64) or samples.dtype.kind == "f":
        kind = {"f": "f", "i": "i"}.get(samples.dtype.kind, "u")
        return samples.astype(f"{order}{kind}{bits // 8}").tobytes()
    rows = []
    for row in samples.astype(np.int64):
        text = "".join(format(value & (1 << bits) - 1, f"0{bits}b") for value in row)
        text += "0" * (-len(text) % 8)
        rows.append(bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8)))
    return b"".join(rows)


def tiff(samples, bits, photometric, order="<", compression=1, planar=1, fill=1, rows=None, tile=None, extra=(),
         sample_format=None, predictor=None, big=False, palette=None, tags=(), bits_tag=None, chunks=None):
    """samples: [height, width, channels]. rows: of a strip. tile: (height, width). tags: more entries.
    chunks: the stored strips instead of those made here."""
    height, width, channels = samples.shape
    planes = [samples[..., c:c + 1] for c in range(channels)] if planar == 2 else [samples]
    parts = []
    for plane in planes:
        if tile:
            for y in range(0, height, tile[0]):
                for x in range(0, width, tile[1]):
                    part = plane[y:y + tile[0], x:x + tile[1]]
                    parts.append(np.pad(part, ((0, tile[0] - part.shape[0]), (0, tile[1] - part.shape[1]), (0, 0))))
        else:
            parts += [plane[y:y + (rows or height)] for y in range(0, height, rows or height)]
    data = []
    for part in parts:
        if predictor == 2:
            wide = part.astype(np.int64)
            part = np.concatenate([wide[:, :1], wide[:, 1:] - wide[:, :-1]], 1) % (1 << bits)
        raw = _packed(part.reshape(part.shape[0], -1), bits, order)
        raw = _reversed_bits(raw) if fill == 2 and compression == 1 else raw
        stored = compressed(raw, compression, len(raw) // part.shape[0])
        data.append(_reversed_bits(stored) if fill == 2 and compression != 1 else stored)
    data = chunks or data
    entries = [(256, LONG, [width]), (257, LONG, [height]), (258, SHORT, bits_tag or [bits] * channels),
               (259, SHORT, [compression]), (262, SHORT, [photometric]), (277, SHORT, [channels]),
               (284, SHORT, [planar]), *tags]
    if fill != 1:
        entries.append((266, SHORT, [fill]))
    if extra:
        entries.append((338, SHORT, list(extra)))
    if sample_format:
        entries.append((339, SHORT, [sample_format] * channels))
    if predictor:
        entries.append((317, SHORT, [predictor]))
    if palette is not None:
        entries.append((320, SHORT, list(np.asarray(palette).T.reshape(-1) * 257)))
    if tile:
        entries += [(322, LONG, [tile[1]]), (323, LONG, [tile[0]]), (324, LONG, "place"), (325, LONG, "sizes")]
    else:
        entries += [(273, LONG, "place"), (278, LONG, [rows or height]), (279, LONG, "sizes")]
    return assemble(entries, data, order, big)


def assemble(entries, data, order="<", big=False):
    """entries: (tag, type, values), with "place" and "sizes" for those of the data."""
    head = 16 if big else 8
    number, entry_size = ("Q", 20) if big else ("I", 12)
    places, at = [], head
    for part in data:
        places.append(at)
        at += len(part) + len(part) % 2
    body = b"".join(part + b"\0" * (len(part) % 2) for part in data)
    directory, beyond = at, b""
    after = directory + (8 if big else 2) + entry_size * len(entries) + (8 if big else 4)
    table = struct.pack(order + ("Q" if big else "H"), len(entries))
    for tag, kind, values in sorted(entries, key=lambda entry: entry[0]):
        values = places if values == "place" else [len(part) for part in data] if values == "sizes" else values
        if isinstance(values, bytes):
            packed, count = values, len(values)
        else:
            packed, count = struct.pack(order + FORMS[kind] * len(values), *values), len(values) // (2 if kind == 5 else 1)
        if len(packed) > (8 if big else 4):
            place = after + len(beyond)
            beyond += packed + b"\0" * (len(packed) % 2)
            packed = struct.pack(order + number, place)
        table += struct.pack(order + "HH" + number, tag, kind, count) + packed.ljust(8 if big else 4, b"\0")
    magic = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "H", 43 if big else 42)
    magic += struct.pack(order + "HHQ", 8, 0, directory) if big else struct.pack(order + "I", directory)
    return magic + body + table + struct.pack(order + number, 0) + beyond


# ---------------------------------------------------------------- images

def _kinds(random):
    """(name, samples, options of tiff) of every mode."""
    height, width = 5, 9

    def noise(channels, most):
        return random.randint(0, most, (height, width, channels))

    for photometric, name in ((0, "inverted"), (1, "grey"), (3, "palette")):
        for bits in (1, 2, 4, 8):
            options = {"palette": random.randint(0, 256, (1 << bits, 3))} if photometric == 3 else {}
            yield f"{name}-{bits}", noise(1, 1 << bits), {"bits": bits, "photometric": photometric, **options}
    yield "inverted-16", noise(1, 600), {"bits": 16, "photometric": 0}
    yield "grey-16", noise(1, 600), {"bits": 16, "photometric": 1}
    yield "grey-12", noise(1, 600), {"bits": 12, "photometric": 1}
    yield "signed-8", noise(1, 256), {"bits": 8, "photometric": 1, "sample_format": 2}
    yield "signed-16", noise(1, 900) - 300, {"bits": 16, "photometric": 1, "sample_format": 2}
    yield "signed-32", noise(1, 900) - 300, {"bits": 32, "photometric": 1, "sample_format": 2}
    large = noise(1, 600).astype(np.uint32)
    large[2] += 1 << 31
    yield "grey-32", large, {"bits": 32, "photometric": 1}
    floats = (random.normal(100, 120, (height, width, 1))).astype(np.float32)
    floats[0, :4, 0] = (np.nan, np.inf, -np.inf, 255.9)
    yield "float-32", floats, {"bits": 32, "photometric": 1, "sample_format": 3}
    yield "float-32-inverted", floats, {"bits": 32, "photometric": 0, "sample_format": 3}
    yield "grey-alpha", noise(2, 256), {"bits": 8, "photometric": 1, "extra": (2,)}
    yield "grey-unknown", noise(2, 256), {"bits": 8, "photometric": 1, "extra": (0,)}
    yield "grey-premultiplied", noise(2, 256), {"bits": 8, "photometric": 1, "extra": (1,)}
    palette = random.randint(0, 256, (256, 3))
    yield "palette-alpha", noise(2, 256), {"bits": 8, "photometric": 3, "extra": (2,), "palette": palette}
    yield "palette-unknown", noise(2, 256), {"bits": 8, "photometric": 3, "extra": (0,), "palette": palette}
    for bits in (8, 16):
        yield f"rgb-{bits}", noise(3, 1 << bits), {"bits": bits, "photometric": 2}
        for extra in ((), (0,), (1,), (2,)):
            name = f"rgb-{bits}-extra{''.join(map(str, extra)) or '-none'}"
            yield name, noise(4, 1 << bits), {"bits": bits, "photometric": 2, "extra": extra}
        yield f"cmyk-{bits}", noise(4, 1 << bits), {"bits": bits, "photometric": 5}
    for extra in ((999,), (0, 0), (1, 0), (2, 0), (0, 0, 0), (1, 0, 0), (2, 0, 0)):
        yield f"rgb-8-extra{''.join(map(str, extra))}", noise(3 + len(extra), 256), \
            {"bits": 8, "photometric": 2, "extra": extra}
    for extra in ((0,), (0, 0)):
        yield f"cmyk-8-extra{''.join(map(str, extra))}", noise(4 + len(extra), 256), \
            {"bits": 8, "photometric": 5, "extra": extra}
    yield "ycbcr", noise(3, 256), {"bits": 8, "photometric": 6}
    yield "ycbcr-1", noise(1, 256), {"bits": 8, "photometric": 6}


WAYS = {"": {}, "-big-endian": {"order": ">"}, "-strips": {"rows": 3}, "-tiles": {"tile": (16, 16)},
        "-planes": {"planar": 2, "rows": 3}, "-plane-tiles": {"planar": 2, "tile": (16, 16)}, "-fill": {"fill": 2},
        "-lzw": {"compression": 5}, "-deflate-big-endian": {"compression": 8, "order": ">"},
        "-packbits-strips": {"compression": 32773, "rows": 2}, "-deflate-tiles": {"compression": 8, "tile": (16, 16)},
        "-deflate-planes": {"compression": 8, "planar": 2, "rows": 3},
        "-lzw-plane-tiles": {"compression": 5, "planar": 2, "tile": (16, 16)},
        "-lzw-predictor": {"compression": 5, "predictor": 2}, "-lzw-fill": {"compression": 5, "fill": 2},
        "-big": {"big": True}, "-big-deflate": {"big": True, "compression": 8}}


def _pillow(random):
    """What libtiff writes: fax, JPEG."""
    from PIL import Image

    grey = Image.fromarray((np.add.outer(np.arange(20) * 9, np.arange(24) * 7) % 256).astype(np.uint8))
    bilevel, rgb = grey.point(lambda v: 255 * (v > 99)).convert("1"), Image.merge("RGB", [grey, grey.rotate(90).resize(grey.size), grey.rotate(180)])
    for name, image, compression in (("fax-2", bilevel, "tiff_ccitt"), ("fax-3", bilevel, "group3"),
                                     ("fax-4", bilevel, "group4"), ("lzma", rgb, "lzma"), ("zstd", rgb, "zstd"),
                                     ("jpeg", rgb, "jpeg"), ("jpeg-grey", grey, "jpeg")):
        out = io.BytesIO()
        image.save(out, "TIFF", compression=compression)
        yield name, out.getvalue()


OFTEN = ("grey-1", "grey-16", "palette-8", "rgb-8", "rgb-16")
# Where Pillow takes numbers for others (planes, above all uncompressed ones; compressed numbers of a big-endian file):
# the same image stored in the plain way is the reference.
AS_PLAIN = ("inverted-1-planes", "grey-4-planes", "palette-2-planes", "palette-4-plane-tiles", "grey-16-planes",
            "signed-16-deflate-big-endian", "float-32-deflate-big-endian", "rgb-16-planes", "rgb-16-plane-tiles",
            "rgb-16-extra2-planes", "cmyk-16-planes", "grey-alpha-planes", "grey-alpha-deflate-planes",
            "palette-alpha-lzw-plane-tiles", "rgb-8-extra-none-plane-tiles", "rgb-8-extra0-planes",
            "rgb-8-extra1-planes", "rgb-8-extra20-deflate-planes", "rgb-8-extra100-planes")


def chosen(random):
    """(name, data, the file whose pixels are expected): every kind once, some in every way, and AS_PLAIN."""
    for name, samples, options in _kinds(random):
        plain = tiff(samples, **options)
        if "premultiplied" not in name:  # Pillow reads it, but cannot convert it
            yield name, plain, plain
        for way, changes in WAYS.items():
            data = tiff(samples, **{**options, **changes})
            if name + way in AS_PLAIN:
                yield name + way, data, plain
            elif way and name in OFTEN and not (way.endswith("-predictor") and name == "grey-1") \
                    and not ("fill" in way and "fill" not in _ways_of(options)) \
                    and not ("plane" in way and way[1:6] == "plane" and options["bits"] != 8):
                yield name + way, data, data
    for name, data in others(random):
        yield name, data, data


def _ways_of(options):
    """Reversed bits are supported for few kinds only."""
    few = options["bits"] <= 8 and not options.get("extra") and options["photometric"] in (0, 1, 3)
    rgb = options["photometric"] == 2 and options["bits"] == 8 and not options.get("extra")
    return ("fill",) if few or rgb else ()


def everything(random):
    """Every kind in every way; more than Pillow reads."""
    for name, samples, options in _kinds(random):
        for way, changes in WAYS.items():
            yield name + way, tiff(samples, **{**options, **changes})
    yield from others(random)


def others(random):
    yield from _pillow(random)
    rgb = random.randint(0, 256, (5, 9, 3))
    for orientation in range(1, 9):
        yield f"orientation-{orientation}", tiff(rgb, 8, 2, tags=[(274, SHORT, [orientation])])
    yield "orientation-9", tiff(rgb, 8, 2, tags=[(274, SHORT, [9])])
    yield "orientation-float", tiff(rgb, 8, 2, tags=[(274, 11, [6.0])])
    yield "orientation-byte", tiff(rgb, 8, 2, tags=[(274, 1, [6])])
    yield "orientation-deflate", tiff(rgb, 8, 2, compression=8, tags=[(274, SHORT, [6])])
    yield "orientation-big", tiff(rgb, 8, 2, big=True, tags=[(274, SHORT, [8])])
    xmp = b'<rdf:Description tiff:Orientation="6"/>'
    yield "xmp-orientation", tiff(rgb, 8, 2, tags=[(700, 1, xmp)])
    yield "xmp-beside-orientation", tiff(rgb, 8, 2, tags=[(700, 1, xmp), (274, SHORT, [3])])
    yield "bits-once", tiff(rgb, 8, 2, bits_tag=[8])
    yield "bits-too-many", tiff(rgb, 8, 2, bits_tag=[8] * 5)
    yield "short-numbers", tiff(rgb, 8, 2).replace(struct.pack("<HHII", 256, LONG, 1, 9), struct.pack("<HHII", 256, SHORT, 1, 9))
    yield "predictor-of-none", tiff(rgb, 8, 2, tags=[(317, SHORT, [2])])
    yield "two-pages", _two_pages(rgb)
    wide = random.randint(0, 256, (20, 21, 3))
    yield "many-tiles", tiff(wide, 8, 2, tile=(16, 16))
    yield "many-tiles-deflate", tiff(wide, 8, 2, tile=(16, 16), compression=8, predictor=2)
    yield "many-strips", tiff(wide, 8, 2, rows=1)
    yield "predictor-16", tiff(random.randint(0, 65536, (5, 9, 3)), 16, 2, compression=8, predictor=2, order=">")


def _two_pages(rgb):
    """The second directory is the first one again: a cycle."""
    data = tiff(rgb, 8, 2)
    directory, = struct.unpack_from("<I", data, 4)
    count, = struct.unpack_from("<H", data, directory)
    at = directory + 2 + 12 * count
    return data[:at] + struct.pack("<I", directory) + data[at + 4:]
