#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inspects .npy files with the standard library only.

Usage: npy.py show FILE                 shape, type, and which rows are all zeros
       npy.py same A B                  both have the same bytes after the header
       npy.py close A B TOLERANCE       the largest difference is at most TOLERANCE
       npy.py rows A I,J,.. B K,L,..    these rows of A equal those of B bit for bit
       npy.py write FILE [[1,2],[3,4]]  writes a float32 file
"""
import ast
import json
import struct
import sys


def read(path):
    """Shape, type and the rows as tuples of floats, or of bits for a row-by-row comparison."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x93NUMPY\x01\x00", f"{path}: not an .npy of version 1.0"
    length = struct.unpack("<H", data[8:10])[0]
    header = ast.literal_eval(data[10:10 + length].decode("latin1"))
    assert (10 + length) % 64 == 0 and data[10 + length - 1:10 + length] == b"\n", f"{path}: header not aligned"
    assert header["fortran_order"] is False
    shape, kind = header["shape"], header["descr"]
    size = {"<f4": 4, "<f2": 2}[kind]
    body = data[10 + length:]
    rows, columns = shape
    assert len(body) == rows * columns * size, f"{path}: {len(body)} bytes for shape {shape}"
    return shape, kind, [body[i * columns * size:(i + 1) * columns * size] for i in range(rows)]


def floats(kind, row):
    return struct.unpack("<" + {"<f4": "f", "<f2": "e"}[kind] * (len(row) // int(kind[2])), row)


def show(path):
    shape, kind, rows = read(path)
    kinds = ["zero" if not any(row) else "ok" for row in rows]
    print(f"{list(shape)} {kind}: {' '.join(kinds)}".rstrip())


def close(a, b, tolerance):
    (shape_a, kind_a, rows_a), (shape_b, kind_b, rows_b) = read(a), read(b)
    assert shape_a == shape_b, f"{shape_a} and {shape_b}"
    worst = 0.0
    for row_a, row_b in zip(rows_a, rows_b):
        for x, y in zip(floats(kind_a, row_a), floats(kind_b, row_b)):
            worst = max(worst, abs(x - y))
            assert abs(x - y) <= tolerance, f"difference {abs(x - y)}"
    return worst


def equal_rows(a, indices_a, b, indices_b):
    rows_a, rows_b = read(a)[2], read(b)[2]
    for i, j in zip(json.loads(f"[{indices_a}]"), json.loads(f"[{indices_b}]"), strict=True):
        assert rows_a[i] == rows_b[j], f"row {i} of {a} is not row {j} of {b}"


def write(path, text):
    rows = json.loads(text)
    columns = len(rows[0]) if rows else 0
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(rows)}, {columns}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for row in rows:
            file.write(struct.pack(f"<{columns}f", *row))


def main():
    command, *arguments = sys.argv[1:]
    if command == "show":
        show(arguments[0])
    elif command == "same":
        assert read(arguments[0]) == read(arguments[1]), "different"
    elif command == "close":
        close(arguments[0], arguments[1], float(arguments[2]))
    elif command == "rows":
        equal_rows(*arguments)
    elif command == "write":
        write(*arguments)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
