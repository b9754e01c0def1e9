# SPDX-License-Identifier: Apache-2.0
# File names with any bytes are preserved in all formats.
copy_images
mkdir odd
cd odd
python3 - <<'P'
import shutil
names = [b"new\nline", b"tab\there", b'quo"te', b"esc\x1b[31m", b"*", b"-rf", b"=cmd", "\U0001f431".encode(), b"n\xff\xfe",
         b"a" * 251, b"back\\slash", b"comma,x", b"'", b" "]
for name in names:
    shutil.copy("../photos/grey.png", name + b".png")
P
sightline embed-image . -o ../out.npy
sightline embed-image . -f jsonl >../out.jsonl
sightline embed-image . -f csv >../out.csv
sightline embed-image . -f tsv >../out.tsv
sightline embed-image -- -rf.png >../dash.jsonl
find . -name '*.png' -print0 | sort -z >../list
sightline embed-image --files-from ../list -0 -f npy | cmp - ../out.npy
cd ..
python3 - <<'P'
import base64, csv, json, os
names = sorted(b"./" + name for name in os.listdir(b"odd"))
def label(object):
    return base64.b64decode(object["path_b64"]) if "path_b64" in object else object["path"].encode()
for name in ("out.index.jsonl", "out.jsonl"):
    assert [label(json.loads(line)) for line in open(name, encoding="utf-8")] == names, name
rows = csv.reader(open("out.csv", newline="", encoding="utf-8", errors="surrogateescape"))
assert [os.fsencode(row[0]) for row in rows if row[0] != "path"] == names
def unescape(field):
    out, i = b"", 0
    while i < len(field):
        pair = {b"\\t": b"\t", b"\\n": b"\n", b"\\\\": b"\\"}.get(field[i:i + 2])
        out, i = out + (pair or field[i:i + 1]), i + (2 if pair else 1)
    return out
rows = [line.split(b"\t")[0] for line in open("out.tsv", "rb").read().split(b"\n")[:-1]]
assert [unescape(row) for row in rows if row != b"path"] == names, rows
assert json.loads(open("dash.jsonl").read())["path"] == "-rf.png"
print(len(names))
P
