# SPDX-License-Identifier: Apache-2.0
"""GIF and BMP files written byte by byte: kinds that Pillow reads but does not write.

gifs(random) and bmps(random) yield (name, bytes).
"""
import struct

import numpy as np

# ---------------------------------------------------------------- GIF


def lzw(indices, bits, clear_every=0, end=True):
    """The codes of a GIF's image data. clear_every: a clear code after this many codes; 0: when the table is full."""
    clear, size = 1 << bits, bits + 1
    out, buffer, filled, emitted = bytearray(), 0, 0, 0

    def emit(code):
        nonlocal buffer, filled, emitted
        buffer |= code << filled
        filled += size
        emitted += 1
        while filled >= 8:
            out.append(buffer & 255)
            buffer >>= 8
            filled -= 8

    def fresh():
        return {bytes([i]): i for i in range(clear)}, clear + 2

    emit(clear)
    table, free = fresh()
    string = b""
    for index in indices:
        longer = string + bytes([index])
        if longer in table:
            string = longer
            continue
        emit(table[string])
        if free < 4096:
            table[longer] = free
            size = size + 1 if free == 1 << size and size < 12 else size
            free += 1
        if free == 4096 and clear_every == 0 or clear_every and emitted >= clear_every:
            emit(clear)
            size, emitted = bits + 1, 0
            table, free = fresh()
        string = bytes([index])
    emit(table[string])
    if end:
        emit(clear + 1)
    if filled:
        out.append(buffer & 255)
    return bytes(out)


def blocks(data, size=255):
    return b"".join(bytes([len(data[i:i + size])]) + data[i:i + size] for i in range(0, len(data), size)) + b"\0"


def palette(colors):
    return np.asarray(colors, np.uint8).tobytes()


def control(transparent=None, disposal=0):
    flags = (transparent is not None) | disposal << 2
    return b"\x21\xf9\x04" + struct.pack("<BHBB", flags, 7, transparent or 0, 0)


def frame(indices, bits, left=0, top=0, colors=None, interlaced=False, block=255, **options):
    height, width = indices.shape
    rows = indices
    if interlaced:
        rows = np.concatenate([indices[first::step] for first, step in ((0, 8), (4, 8), (2, 4), (1, 2))])
    flags = 0x40 if interlaced else 0
    if colors is not None:
        flags |= 0x80 | (len(colors).bit_length() - 2)
    return (b"," + struct.pack("<HHHHB", left, top, width, height, flags) +
            (palette(colors) if colors is not None else b"") + bytes([bits]) +
            blocks(lzw(rows.tobytes(), bits, **options), block))


def gif(width, height, *parts, colors=None, version=b"GIF89a", background=0):
    flags = 0x80 | (len(colors).bit_length() - 2) if colors is not None else 0
    return (version + struct.pack("<HHBBB", width, height, flags, background, 0) +
            (palette(colors) if colors is not None else b"") + b"".join(parts) + b";")


def gifs(random):
    four, many = random.randint(0, 256, (4, 3)), random.randint(0, 256, (256, 3))
    grey = np.arange(256)[:, None].repeat(3, 1)
    small = random.randint(0, 4, (9, 13)).astype(np.uint8)
    large = (np.add.outer(np.arange(19) * 9, np.arange(27) * 5) % 256).astype(np.uint8)
    noise = random.randint(0, 256, (64, 64)).astype(np.uint8)
    comment = b"\x21\xfe" + blocks(b"a comment, " * 30)
    netscape = b"\x21\xff\x0bNETSCAPE2.0\x03\1\0\0\0"
    yield "plain", gif(13, 9, frame(small, 2), colors=four, version=b"GIF87a")
    yield "256", gif(27, 19, frame(large, 8), colors=many)
    yield "two-colors", gif(13, 9, frame(small & 1, 2), colors=four[:2])
    yield "interlaced", gif(27, 19, frame(large, 8, interlaced=True), colors=many)
    yield "interlaced-transparent", gif(15, 11, control(2), frame(small, 2, 1, 1, interlaced=True), colors=four)
    for height in range(1, 6):
        yield f"interlaced-{height}", gif(13, height, frame(small[:height], 2, interlaced=True), colors=four)
    yield "local-palette", gif(13, 9, frame(small, 2, colors=four[::-1]), colors=four)
    yield "local-only", gif(13, 9, frame(small, 2, colors=four))
    yield "no-palette", gif(13, 9, frame(small * 60, 8))
    yield "grey", gif(27, 19, frame(large, 8), colors=grey)
    yield "grey-transparent", gif(31, 21, control(90), frame(large, 8, 3, 1), colors=grey)
    yield "local-grey", gif(27, 19, frame(large, 8, colors=grey), colors=many)
    yield "offset", gif(20, 16, frame(small, 2, 5, 3), colors=four, background=3)
    yield "offset-transparent", gif(20, 16, control(1), frame(small, 2, 5, 3), colors=four, background=3)
    yield "beyond-canvas", gif(10, 4, frame(small, 2, 5, 3), colors=four)
    yield "no-canvas", gif(0, 0, frame(small, 2), colors=four)
    yield "transparent", gif(13, 9, control(0), frame(small, 2), colors=four)
    yield "transparent-beyond", gif(13, 9, control(200), frame(small, 2), colors=four)
    yield "indices-beyond", gif(27, 19, frame(large, 8), colors=many[:32])
    yield "full-table", gif(64, 64, frame(noise, 8), colors=many)
    yield "deferred-clear", gif(64, 64, frame(noise, 8, clear_every=1 << 30), colors=many)
    yield "many-clears", gif(27, 19, frame(large, 8, clear_every=20), colors=many)
    yield "small-blocks", gif(27, 19, frame(large, 8, block=7), colors=many)
    yield "no-end-code", gif(13, 9, frame(small, 2, end=False), colors=four)
    yield "no-trailer", gif(13, 9, frame(small, 2), colors=four)[:-1]
    yield "extensions", gif(13, 9, netscape, comment, control(3, 2), b"\x21\x01\x02ab\0", b"\0\0",
                            frame(small, 2), colors=four)
    yield "two-controls", gif(13, 9, control(1), control(), frame(small, 2), colors=four)
    yield "two-frames", gif(13, 9, control(1, 2), frame(small, 2), control(2), frame(small[::-1], 2), colors=four)
    yield "zero-block-inside", gif(13, 9, _zero_block(frame(small, 2, block=9)), colors=four)


def _zero_block(data):
    """An empty block between two of the data, although only the last may be empty; Pillow continues."""
    return data[:21] + b"\0" + data[21:]


# ---------------------------------------------------------------- BMP

MASKS = {"565": (16, 0xF800, 0x7E0, 0x1F), "555": (16, 0x7C00, 0x3E0, 0x1F),
         "24": (24, 0xFF0000, 0xFF00, 0xFF),
         "bgrx": (32, 0xFF0000, 0xFF00, 0xFF, 0), "xbgr": (32, 0xFF000000, 0xFF0000, 0xFF00, 0),
         "bgxr": (32, 0xFF000000, 0xFF00, 0xFF, 0), "abgr": (32, 0xFF000000, 0xFF0000, 0xFF00, 0xFF),
         "rgba": (32, 0xFF, 0xFF00, 0xFF0000, 0xFF000000), "bgra": (32, 0xFF0000, 0xFF00, 0xFF, 0xFF000000),
         "bgar": (32, 0xFF000000, 0xFF00, 0xFF, 0xFF0000), "none": (32, 0, 0, 0, 0)}


def bmp(width, height, bits, pixels, colors=b"", header=40, compression=0, used=0, masks=(), offset=None,
        gap=b""):
    """pixels: the stored bytes. offset: instead of the right one. masks: red, green, blue and alpha."""
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, len(pixels), 2835, 2835,
                           used, 0)
        fields = b"".join(struct.pack("<I", mask) for mask in masks)
        info = info + fields if header == 40 else (info + fields).ljust(header, b"\0")
    at = 14 + len(info) + len(colors) + len(gap)
    start = at if offset is None else offset
    return b"BM" + struct.pack("<IHHI", at + len(pixels), 0, 0, start) + info + colors + gap + pixels


def rows_of(samples, bits):
    """[height, width] of indices to padded rows, the lowest first."""
    out = b""
    for row in samples[::-1]:
        packed = np.packbits(np.unpackbits(row.astype(np.uint8)[:, None], axis=1)[:, 8 - bits:].reshape(-1)).tobytes()
        out += packed + b"\0" * (-len(packed) % 4)
    return out


def _quads(rgb):
    return b"".join(bytes([b, g, r, 0]) for r, g, b in np.asarray(rgb, np.uint8))


def rle8(samples):
    """Runs, copies of odd and even length, skips and ends of rows."""
    out = b""
    for row in samples[::-1]:
        x = 0
        while x < len(row):
            run = 1
            while x + run < len(row) and row[x + run] == row[x]:
                run += 1
            rest = len(row) - x
            if run >= 3 or rest < 3:
                out += bytes([run, row[x]])
                x += run
            else:
                count = min(rest, 5)
                out += bytes([0, count]) + row[x:x + count].tobytes() + b"\0" * (count % 2)
                x += count
        out += b"\0\0"
    return out + b"\0\1"


def rle4(samples):
    out = b""
    for y, row in enumerate(samples[::-1]):
        x = 0
        while x < len(row):
            rest = len(row) - x
            if y % 2 == 0 or rest < 3:
                count = min(rest, 2)
                out += bytes([count, row[x] << 4 | row[x + count - 1]])
            else:
                count = min(rest, 7)
                nibbles = list(row[x:x + count]) + [0] * (-count % 4)
                out += bytes([0, count]) + bytes(a << 4 | b for a, b in zip(nibbles[::2], nibbles[1::2]))
            x += count
        out += b"\0\0"
    return out + b"\0\1"


def bmps(random):
    width, height = 11, 7
    rgb = random.randint(0, 256, (256, 3))
    greys = np.arange(256)[:, None].repeat(3, 1)
    black_white = np.array([[0, 0, 0], [255, 255, 255]])
    for bits in (1, 4, 8):
        samples = random.randint(0, 1 << bits, (height, width))
        data, colors = rows_of(samples, bits), _quads(rgb[:1 << bits])
        yield f"{bits}", bmp(width, height, bits, data, colors)
        yield f"{bits}-top-down", bmp(width, -height, bits, data, colors)
        yield f"{bits}-no-offset", bmp(width, height, bits, data, colors, offset=0)
        yield f"{bits}-offset-of-palette", bmp(width, height, bits, data, colors, offset=54)
        yield f"{bits}-os2", bmp(width, height, bits, data, palette(rgb[:1 << bits, ::-1]), header=12)
        for header in (64, 124):
            yield f"{bits}-header-{header}", bmp(width, height, bits, data, colors, header=header)
        yield f"{bits}-gap", bmp(width, height, bits, data, colors, gap=b"nothing")
    eight = random.randint(0, 256, (height, width))
    yield "8-few-colors", bmp(width, height, 8, rows_of(eight % 5, 8), _quads(rgb[:5]), used=5)
    yield "8-indices-beyond", bmp(width, height, 8, rows_of(eight, 8), _quads(rgb[:200]), used=200)
    yield "8-grey", bmp(width, height, 8, rows_of(eight, 8), _quads(greys))
    yield "8-grey-few", bmp(width, height, 8, rows_of(eight, 8), _quads(greys[:90]), used=90)
    yield "1-grey", bmp(width, height, 1, rows_of(eight & 1, 1), _quads(black_white))
    yield "1-grey-inverted", bmp(width, height, 1, rows_of(eight & 1, 1), _quads(black_white[::-1]))
    yield "1-grey-one", bmp(width, height, 1, rows_of(eight & 1, 1), _quads(black_white[:1]), used=1)
    yield "1-os2-grey", bmp(width, height, 1, rows_of(eight & 1, 1), palette(black_white), header=12)
    yield "no-padding-at-the-end", bmp(width, height, 8, rows_of(eight, 8)[:-1], _quads(rgb))
    for bits in (16, 24, 32):
        data = random.randint(0, 256, (height * ((width * bits + 31) // 32 * 4))).astype(np.uint8).tobytes()
        yield f"{bits}", bmp(width, height, bits, data)
        yield f"{bits}-top-down", bmp(width, -height, bits, data)
        yield f"{bits}-header-124", bmp(width, height, bits, data, header=124)
        yield f"{bits}-os2", bmp(width, height, bits, data, header=12)
    for name, (bits, *masks) in MASKS.items():
        data = random.randint(0, 256, (height * ((width * bits + 31) // 32 * 4))).astype(np.uint8).tobytes()
        if len(masks) == 3 or masks[3] == 0:
            yield f"masks-{name}", bmp(width, height, bits, data, compression=3, masks=masks[:3])
            yield f"masks-{name}-52", bmp(width, height, bits, data, header=52, compression=3, masks=masks[:3])
        for header in (56, 124):
            yield f"masks-{name}-{header}", bmp(width, height, bits, data, header=header, compression=3, masks=masks)
    yield from _run_lengths(random, rgb)


def _run_lengths(random, rgb):
    runs = np.repeat(random.randint(0, 256, (7, 6)), 3, axis=1)[:, :17]
    runs[2:4] = random.randint(0, 256, (2, 17))
    runs = runs.astype(np.uint8)
    colors, few = _quads(rgb), _quads(rgb[:16])
    yield "rle8", bmp(17, 7, 8, rle8(runs), colors, compression=1)
    yield "rle8-top-down", bmp(17, -7, 8, rle8(runs), colors, compression=1)
    yield "rle8-grey", bmp(17, 7, 8, rle8(runs), _quads(np.arange(256)[:, None].repeat(3, 1)), compression=1)
    yield "rle4", bmp(17, 7, 4, rle4(runs & 15), few, compression=2)
    yield "rle4-os2", bmp(17, 7, 4, rle4(runs & 15), few, compression=2, header=64)
    skips = bytes([4, 9, 0, 2, 3, 2, 5, 7, 0, 0, 0, 0, 0, 2, 250, 1, 0, 2, 250, 1])
    yield "rle8-skips", bmp(17, 7, 8, skips, colors, compression=1)
    yield "rle8-rows-too-long", bmp(17, 7, 8, bytes([30, 1, 9, 2, 0, 0] * 7), colors, compression=1)
    copies = bytes([0, 21]) + bytes(range(21)) + b"\0" + bytes([9, 3, 0, 0]) + bytes([17, 5, 0, 0] * 6)
    yield "rle8-copy-across-rows", bmp(17, 7, 8, copies, colors, compression=1)
    odd = bytes([0, 3, 1, 2, 3]) + bytes([14, 4, 0, 0] + [17, 5, 0, 0] * 6)
    yield "rle8-odd-offset", bmp(17, 7, 8, odd, colors, compression=1, gap=b"x")
