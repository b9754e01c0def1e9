# SPDX-License-Identifier: Apache-2.0
# jsonl, json, csv and tsv contain the same numbers as npy.
copy_images
sightline embed-image photos -o out.npy
sightline embed-image photos >out.jsonl
sightline embed-image photos -o out.json
sightline embed-image photos -o out.csv
sightline embed-image photos -f tsv -o out.dat
python3 - <<'P'
import csv, json, os, struct, sys
sys.path.insert(0, os.environ["CLI"])
import npy
def f32(x):
    return struct.unpack("<f", struct.pack("<f", float(x)))[0]
shape, kind, rows = npy.read("out.npy")
rows = [list(npy.floats(kind, row)) for row in rows]
objects = [json.loads(line) for line in open("out.jsonl")]
assert all(list(o) == ["path", "status", "embedding"] for o in objects)
assert [[f32(x) for x in o["embedding"]] for o in objects] == rows
assert json.load(open("out.json")) == objects
for name, delimiter in (("out.csv", ","), ("out.dat", "\t")):
    lines = list(csv.reader(open(name, newline=""), delimiter=delimiter))
    lines = [line for line in lines if line[0] != "path"]
    assert [line[0] for line in lines] == [o["path"] for o in objects], lines
    assert [[f32(x) for x in line[1:]] for line in lines] == rows, name
P
ls
