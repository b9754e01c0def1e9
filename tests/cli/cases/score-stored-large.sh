# SPDX-License-Identifier: Apache-2.0
# More stored rows and captions than are scored in one block: both rankings, the matrix and --top agree with each other
# and with plain arithmetic; equal scores keep the input order.
python3 - <<'P'
import os, random, sys
sys.path.insert(0, os.environ["CLI"])
import npy
random.seed(3)
def rows(count):
    return [[random.choice((-2.0, -1.0, 0.5, 1.0)) for _ in range(32)] for _ in range(count)]
images = rows(2100)
images[2060] = images[7]
images[100] = [0.0] * 32
npy.write("images.npy", str(images))
npy.write("texts.npy", str(rows(150)))
P
stored() { sightline score --image-embeddings images.npy --text-embeddings texts.npy -q "$@"; }
stored -o cosines.npy --values cosine
stored -o alone.npy --values cosine -j 1
npy same cosines.npy alone.npy
stored -o by-image.csv
stored -o by-caption.csv --by caption
stored -o top-image.csv --top 3
stored -o top-caption.csv --by caption --top 3
stored -o top-caption-alone.csv --by caption --top 3 -j 1
cmp top-caption.csv top-caption-alone.csv
python3 - <<'P'
import csv, math, os, sys
sys.path.insert(0, os.environ["CLI"])
import npy
def floats(path):
    _, kind, data = npy.read(path)
    return [npy.floats(kind, row) for row in data]
def unit(row):
    norm = math.sqrt(math.fsum(x * x for x in row))
    return [x / norm for x in row] if norm else list(row)
images, texts = [unit(row) for row in floats("images.npy")], [unit(row) for row in floats("texts.npy")]
cosines = floats("cosines.npy")
assert len(cosines) == 2100 and len(cosines[0]) == 150
for i in (0, 7, 63, 64, 100, 2047, 2048, 2099):
    for t in (0, 1, 127, 128, 149):
        assert abs(cosines[i][t] - math.fsum(a * b for a, b in zip(images[i], texts[t]))) < 2e-7, (i, t)
def rankings(path, by, of):
    result = {}
    with open(path, newline="") as file:
        for line in csv.DictReader(file):
            result.setdefault(int(line[by].split("#")[1]), []).append(int(line[of].split("#")[1]))
    return result
by_image, by_caption = rankings("by-image.csv", "image", "caption"), rankings("by-caption.csv", "caption", "image")
assert len(by_image) == 2100 and len(by_caption) == 150
for i, order in by_image.items():
    assert order == sorted(range(150), key=lambda t: (-cosines[i][t], t)), i
for t, order in by_caption.items():
    assert order == sorted(range(2100), key=lambda i: (-cosines[i][t], i)), t
assert rankings("top-image.csv", "image", "caption") == {i: order[:3] for i, order in by_image.items()}
assert rankings("top-caption.csv", "caption", "image") == {t: order[:3] for t, order in by_caption.items()}
print("agree")
P
