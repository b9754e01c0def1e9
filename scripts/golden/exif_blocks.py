# SPDX-License-Identifier: Apache-2.0
"""Unusual EXIF blocks, alone and with XMP, and the orientation that Pillow's ImageOps.exif_transpose applies for them.

table(random) yields (exif, xmp, turn): bytes, bytes and "1" to "8", or "error" where Pillow fails.
"""
import struct
import warnings

TYPES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q"}
XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="8"/></x:xmpmeta>'


def block(entries, order="<", magic=None, directory=8, tail=b"", count=None):
    """entries: (tag, type, count, the 4 bytes of the value or its offset)."""
    head = ((b"II*\0" if order == "<" else b"MM\0*") if magic is None else magic) + struct.pack(order + "I", directory)
    body = struct.pack(order + "H", len(entries) if count is None else count)
    for tag, kind, number, value in entries:
        body += struct.pack(order + "HHI", tag, kind, number) + value
    return head + body + struct.pack(order + "I", 0) + tail


def one(kind, data, order="<", number=1, tag=0x0112):
    """One entry, whose value is inside it if it fits in 4 bytes, else after the directory."""
    if len(data) <= 4:
        return block([(tag, kind, number, data.ljust(4, b"\0"))], order)
    return block([(tag, kind, number, struct.pack(order + "I", 26))], order, tail=data)


def _values(order):
    """Every type, with valid and invalid orientations."""
    for kind, form in TYPES.items():
        for value in (0, 2, 6, 8, 9) + ((6.5, -6.0, float("nan"), float("inf"), 1e300 if kind == 12 else 1e30)
                                        if form in "fd" else ()):
            yield one(kind, struct.pack(order + form, value), order)
        yield one(kind, struct.pack(order + form * 3, 3, 6, 9), order, 3)
        if form in "bhi":
            yield one(kind, struct.pack(order + form, -6), order)
    yield one(16, struct.pack(order + "Q", 6 << 32), order)
    yield one(16, struct.pack(order + "Q", (1 << 63) + 6), order)
    for kind in (2, 7):
        for data in (b"6\0", b"\6", b"6", b"66666\0"):
            yield one(kind, data, order, len(data))
    for kind, form in ((5, "II"), (10, "ii")):
        for over, under in ((6, 1), (12, 2), (13, 2), (6, 0), (0, 0), (0, 6), (18, 3)):
            yield one(kind, struct.pack(order + form, over, under), order)
    for over, under in ((-12, -2), (-12, 2), (-2147483648, -1), (-6, -1)):
        yield one(10, struct.pack(order + "ii", over, under), order)
    for kind in (0, 14, 15, 17, 18, 129, 65535):
        yield one(kind, b"\6\0\0\0", order)


def _structures():
    six, three = (0x0112, 3, 1, b"\6\0\0\0"), (0x0112, 3, 1, b"\3\0\0\0")
    text = (0x010E, 2, 4, b"abc\0")
    good = block([six])
    yield b""
    yield from (good[:size] for size in range(1, len(good)))
    yield from (b"Exif\0\0" * times + good for times in (1, 2, 3))
    yield from (b"Exif\0\0" * times for times in (1, 2, 3))
    for magic in (b"II\0*", b"II+\0", b"MM+\0", b"XX*\0", b"II*\1", b"IM*\0", b"\0\0\0\0", b"exif"):
        yield block([six], magic=magic)
    for magic in (b"MM*\0", b"MM\0+"):
        yield block([(0x0112, 3, 1, b"\0\6\0\0")], ">", magic=magic)
    for directory in (0, 4, 7, 9, 26, 1000, 0xFFFFFFFF):
        yield block([six], directory=directory)
    yield block([three, six])
    yield block([(0x0112, 3, 0, b"\6\0\0\0"), three])
    yield block([(0x0112, 14, 1, b"\6\0\0\0"), three])
    yield block([text, six], count=1)
    yield block([text, six], count=900)
    yield block([six], count=0)
    for number, place in ((5, 38), (9, 38), (9, 1000), (65536, 38), (0xFFFFFFFF, 0xFFFFFFFF)):
        yield block([(0x010E, 2, number, struct.pack("<I", place)), six])
        yield block([six, (0x010E, 2, number, struct.pack("<I", place))])
    yield block([(0x0112, 3, 5, struct.pack("<I", 26))], tail=struct.pack("<5H", 7, 0, 0, 0, 0))
    yield block([(0x0112, 3, 5, struct.pack("<I", 26))], tail=struct.pack("<3H", 7, 0, 0))
    yield block([(0x0132, 3, 1, b"\6\0\0\0")])


def _turn(exif, xmp):
    """Which of the eight orientations exif_transpose took."""
    from PIL import Image, ImageOps

    image = Image.frombytes("L", (3, 2), bytes([1, 2, 3, 4, 5, 6]))
    image.info.update({key: value for key, value in (("exif", exif), ("xmp", xmp)) if value})
    method = Image.Transpose
    turns = [None, method.FLIP_LEFT_RIGHT, method.ROTATE_180, method.FLIP_TOP_BOTTOM, method.TRANSPOSE,
             method.ROTATE_270, method.TRANSVERSE, method.ROTATE_90]
    try:
        turned = ImageOps.exif_transpose(image)
    except Exception:  # many kinds
        return "error"
    for number, turn in enumerate(turns, 1):
        expected = image if turn is None else image.transpose(turn)
        if (expected.size, expected.tobytes()) == (turned.size, turned.tobytes()):
            return str(number)
    raise AssertionError("no turn at all")


def table():
    warnings.simplefilter("ignore")
    packets = (b'<tiff:Orientation>3</tiff:Orientation>', b'tiff:Orientation="9"', b'tiff:Orientation="0" Orientation="6"',
               b'tiff:Orientation = "6"', b'tiff:Orientation tiff:Orientation=\'6\' tiff:Orientation>5', b"")
    for exif in (*_values("<"), *_values(">")):
        yield exif, b"", _turn(exif, b"")
    for exif in (*_structures(), one(1, b"\6"), one(2, b"6\0"), one(11, struct.pack("<f", 6))):
        for xmp in (b"", XMP):
            yield exif, xmp, _turn(exif, xmp)
    for xmp in packets:
        yield b"", xmp, _turn(b"", xmp)
