#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Renames the tensors of a safetensors file with the standard library only: safetensors.py IN OUT EXPRESSION

EXPRESSION is Python with `name`: the new name, or None to leave the tensor out.
"""
import json
import struct
import sys

source, target, expression = sys.argv[1:]
data = open(source, "rb").read()
size = struct.unpack("<Q", data[:8])[0]
header, body = json.loads(data[8:8 + size]), data[8 + size:]
header.pop("__metadata__", None)
entries, parts, at = {}, [], 0
for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    new = eval(expression, {"name": name})
    if new is None:
        continue
    begin, end = entry["data_offsets"]
    entries[new] = entry | {"data_offsets": [at, at + end - begin]}
    parts.append(body[begin:end])
    at += end - begin
text = json.dumps(entries).encode()
open(target, "wb").write(struct.pack("<Q", len(text)) + text + b"".join(parts))
